package upload

import (
	"context"
	"slices"

	"sluice/service"
)

// seek looks for the content of r's file in the account and among what is
// under way. A tiny file has its hash already; a large one is read once more
// only when a file of its size and samples is there.
func (r *run) seek(ctx context.Context) outcome {
	e := r.e
	e.mu.Lock()
	skip := e.skipKnown
	e.mu.Unlock()
	if !skip {
		return outcome{}
	}
	if r.src.data == nil {
		if out := r.seekTwin(); out.verdict != goOn {
			return out
		}
		e.mu.Lock()
		may := e.known.mayHave(r.src.size(), r.samples)
		e.mu.Unlock()
		if !may {
			return outcome{}
		}
		if out := r.hash(ctx); out.verdict != goOn {
			return out
		}
	}
	return r.seekContent(ctx)
}

// samples gives the print of r's file. e.mu is held, so it must have been
// taken before: see seekTwin.
func (r *run) samples() (contentPrint, bool) {
	if r.j.print == nil {
		return contentPrint{}, false
	}
	return *r.j.print, true
}

// seekTwin looks for a large file with the same samples that started before.
func (r *run) seekTwin() outcome {
	e, j := r.e, r.j
	e.mu.Lock()
	e.stand(j, r.src.size())
	before := e.standBefore(j)
	wanted := len(before) > 0 || e.known.sizes[j.sized] != nil
	e.mu.Unlock()
	if !wanted {
		return outcome{}
	}
	mine, err := printOf(r.src.file, r.src.size())
	if err != nil {
		return outcome{} // reading for the upload tells what is wrong
	}
	e.mu.Lock()
	j.print = &mine
	e.mu.Unlock()
	for _, other := range before {
		if theirs, ok := e.printOf(other, r.src.size()); ok && theirs == mine {
			return outcome{verdict: behind, leader: other}
		}
	}
	return outcome{}
}

// printOf gives the samples of another job's file, taken when they are not
// known yet.
func (e *Engine) printOf(j *job, size int64) (contentPrint, bool) {
	e.mu.Lock()
	known, path := j.print, j.row.Path
	e.mu.Unlock()
	if known != nil {
		return *known, true
	}
	file, err := openFile(path)
	if err != nil {
		return contentPrint{}, false
	}
	defer func() { _ = file.Close() }() // it was only read
	p, err := printOf(file, size)
	if err != nil {
		return contentPrint{}, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if j.sized == size && j.print == nil {
		j.print = &p
	}
	return p, true
}

// hash reads the whole file for its hash.
func (r *run) hash(ctx context.Context) outcome {
	e := r.e
	e.mu.Lock()
	e.show(r.j, Hashing, nil)
	e.mu.Unlock()
	_, err := r.src.hash(ctx, func(n int) { r.sent.Add(int64(n)) })
	switch {
	case err == nil:
		return outcome{}
	case stoppedBy(ctx) != nil:
		return outcome{verdict: back, note: attemptStopped}
	}
	return r.sourceFailed(outcome{err: err})
}

// seekContent looks for the known hash of r's file.
func (r *run) seekContent(ctx context.Context) outcome {
	e := r.e
	key, ok := keyOf(r.src.size(), r.src.sum)
	if !ok {
		return outcome{}
	}
	for {
		e.mu.Lock()
		leader, id := e.claim(r.j, key), e.known.files[key]
		if _, gone := e.doomed[id]; gone {
			e.known.drop(key, id)
			id = ""
		}
		e.mu.Unlock()
		if leader != nil {
			return outcome{verdict: behind, leader: leader}
		}
		if id == "" {
			return outcome{}
		}
		out := r.confirm(ctx, id)
		if out.verdict != goOn {
			return out
		}
		e.mu.Lock()
		e.known.drop(key, id)
		e.mu.Unlock()
	}
}

// confirm makes sure that a file which the listing named is still there with
// this content. Nothing decided means that it is not.
func (r *run) confirm(ctx context.Context, id service.FileID) outcome {
	f, err := r.client.Info(ctx, id)
	switch {
	case err == nil && f.SHA256 == r.src.sum && f.Size == r.src.size():
		r.e.mu.Lock()
		r.e.reached(r.client)
		r.e.mu.Unlock()
		return outcome{verdict: existing, file: id, told: f.SHA256, sum: r.src.sum, api: r.client.APIURL()}
	case err == nil, service.KindOf(err) == service.NotFound:
		return outcome{}
	case stoppedBy(ctx) != nil:
		return outcome{verdict: back, note: attemptStopped}
	}
	out := r.judge(outcome{err: service.AsError("upload", err)})
	if out.verdict == refused {
		return outcome{} // it can't be asked for: then it is no use as a link either
	}
	return out
}

// claim makes j the one that uploads a content, unless another does: that one
// is given. e.mu is held.
func (e *Engine) claim(j *job, key contentKey) *job {
	if other := e.contents[key]; other != nil && other != j {
		return other
	}
	if j.contentOf != key {
		e.unclaim(j)
	}
	e.contents[key], j.contentOf = j, key
	return nil
}

func (e *Engine) unclaim(j *job) {
	if e.contents[j.contentOf] == j {
		delete(e.contents, j.contentOf)
	}
	j.contentOf = contentKey{}
}

// stand puts j in line among the large files of its size. e.mu is held.
func (e *Engine) stand(j *job, size int64) {
	if j.sized == size {
		return
	}
	e.unstand(j)
	j.sized = size
	e.sizes[size] = append(e.sizes[size], j)
}

func (e *Engine) unstand(j *job) {
	if j.sized == 0 {
		return
	}
	rest := slices.DeleteFunc(e.sizes[j.sized], func(other *job) bool { return other == j })
	if len(rest) == 0 {
		delete(e.sizes, j.sized)
	} else {
		e.sizes[j.sized] = rest
	}
	j.sized = 0
}

// standBefore gives those of j's size that came first and do not wait for a
// twin themselves. e.mu is held.
func (e *Engine) standBefore(j *job) []*job {
	var before []*job
	for _, other := range e.sizes[j.sized] {
		if other == j {
			break
		}
		if other.place != twin {
			before = append(before, other)
		}
	}
	return before
}

// leave takes j out of what is under way and lets its twins go on. e.mu is
// held.
func (e *Engine) leave(j *job) {
	e.unclaim(j)
	e.unstand(j)
	for _, f := range j.followers {
		if f.place == twin {
			e.enqueue(f)
		}
	}
	j.followers = nil
}

// follow lets j wait for the end of its twin. e.mu is held.
func (e *Engine) follow(j, leader *job) {
	e.show(j, Waiting, nil)
	if leader.contentOf == (contentKey{}) && leader.sized == 0 {
		e.enqueue(j) // it has ended in the meantime
		return
	}
	j.place = twin
	leader.followers = append(leader.followers, j)
}
