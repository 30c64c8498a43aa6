package upload

import (
	"context"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

// quietFor is how long a file that changed must have been left alone before it
// is sent.
const quietFor = time.Second

// maxRestless is how often a file may be found changed before it fails; with
// the waits between, about a quarter of an hour.
const maxRestless = 20

// run is one job on its way from the queue to an outcome.
type run struct {
	e      *Engine
	j      *job
	client *pixeldrain.Client
	src    *source
	buffer *[]byte         // of a tiny file's content, nil when there is none
	ctx    context.Context // the life of this run
	stop   context.CancelCauseFunc

	sent atomic.Int64 // bytes read for sending or hashed

	// Guarded by Engine.mu.
	slot  bool          // it may send
	lane  int           // of the slot
	ahead int64         // bytes that it counts for in what is prepared ahead, 0 when it is not
	turn  chan struct{} // closed when a slot was given
	meter transfer.Meter
	began time.Time // when it began to send

	marked bool // the row says that the service may have the file
}

func (r *run) main() {
	defer r.stop(nil)
	out := r.prepare(r.ctx)
	if out.verdict == goOn {
		out = r.send(r.ctx)
	}
	r.src.close()
	if r.buffer != nil {
		r.e.buffers.Put(r.buffer)
	}
	r.e.release(r)
	r.e.settle(r.j, out)
}

// prepare does everything before sending: it pins the source, looks for its
// content in the account, and writes the attempt down.
func (r *run) prepare(ctx context.Context) outcome {
	for _, step := range []func(context.Context) outcome{r.open, r.seek, r.begin} {
		if out := step(ctx); out.verdict != goOn {
			return out
		}
		if stoppedBy(ctx) != nil {
			return outcome{verdict: back, note: attemptStopped}
		}
	}
	return outcome{}
}

// open pins the source.
func (r *run) open(context.Context) outcome {
	row := &r.j.row
	if row.Folder != "" {
		if err := stillInside(row); err != nil {
			return outcome{verdict: refused, err: err}
		}
	}
	var err *service.Error
	if r.src, err = openSource(row.Path); err != nil {
		switch info, unseen := look(row.Path, ""); {
		case unseen != nil:
			err = unseen
		case info.IsDir():
			return outcome{verdict: folder}
		}
		return outcome{verdict: refused, err: err}
	}
	if err = checkName(row.Path, row.Name); err == nil {
		err = checkSize(row.Path, r.src.size(), r.e.maxFileSize())
	}
	if err != nil {
		return outcome{verdict: refused, err: err}
	}
	if out := r.pin(); out.verdict != goOn {
		return out
	}
	if r.src.size() <= tinySize {
		buffer, _ := r.e.buffers.Get().(*[]byte)
		if buffer == nil {
			buffer = new([]byte)
		}
		err := r.src.swallow(*buffer)
		*buffer = r.src.data
		r.buffer = buffer
		if err != nil {
			return r.sourceFailed(outcome{err: err})
		}
	}
	return outcome{}
}

// stillInside makes sure that a file of a folder has not become a link.
func stillInside(row *storage.Job) *service.Error {
	info, err := os.Lstat(row.Path)
	if err != nil {
		return unseen(row.Path, err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return refusal(row.Path, service.ReasonLinkOutside, nil)
	}
	return nil
}

// pin compares the source with what the row says. A file that changed since is
// taken as it is now, once it has been quiet for a while.
func (r *run) pin() outcome {
	e, j, s := r.e, r.j, r.src
	e.mu.Lock()
	defer e.mu.Unlock()
	if j.row.Size == s.size() && j.row.ModTime.Equal(s.modTime()) {
		return outcome{}
	}
	e.leave(j)
	j.row.Size, j.row.ModTime, j.row.SHA256, j.print = s.size(), s.modTime(), "", nil
	j.newer = true
	e.recount(j)
	if age := e.clock.Now().Sub(s.modTime()); age >= quietFor || age < -quietFor {
		return outcome{}
	}
	j.restless++
	if j.restless > maxRestless {
		return outcome{verdict: refused, err: changed(s.path)}
	}
	return outcome{verdict: again, err: changed(s.path), until: e.clock.Now().Add(transfer.Backoff(j.restless, nil))}
}

// begin writes the attempt down before anything is sent.
func (r *run) begin(ctx context.Context) outcome {
	e, j := r.e, r.j
	e.mu.Lock()
	fresh := j.row.Tries == 0 && j.row.NextTry.IsZero() && j.row.FailKind == "" && j.row.FileID == "" && !j.newer
	j.row.State, j.row.LinkAPI, j.row.FileID = rowUploading, r.client.APIURL(), ""
	j.row.NextTry = time.Time{}
	if r.src.data != nil {
		j.row.State = rowFinishing // nothing holds back its last byte
	}
	row := j.row
	ahead := !r.slot && !e.free(r) // others are being sent meanwhile
	e.mu.Unlock()
	a := storage.Attempt{
		Number: row.Tries + 1, API: row.LinkAPI, Started: e.clock.Now(),
		Size: r.src.size(), ModTime: r.src.modTime(), SHA256: r.src.sum,
	}
	if fresh { // the attempt tells all that is new, see aloneInAttempt
		a.Job, a.Outcome = row.ID, row.State
	}
	err := e.save("attempt", func(ctx context.Context) (err error) {
		if ahead {
			ctx = storage.Unhurried(ctx)
		}
		if fresh {
			j.attempt, err = e.db.AddAttempt(ctx, a)
		} else {
			j.attempt, err = e.db.StartAttempt(ctx, row, a)
		}
		return err
	})
	if err == nil && j.attempt.ID == 0 { // its row was cleared away together with the history
		e.mu.Lock()
		j.cancelled = true
		e.mu.Unlock()
		return outcome{verdict: back}
	}
	if err != nil || stoppedBy(ctx) != nil {
		return outcome{verdict: back, note: attemptStopped}
	}
	return outcome{}
}

// send uploads the file.
func (r *run) send(ctx context.Context) outcome {
	e := r.e
	if err := e.acquire(ctx, r); err != nil {
		return outcome{verdict: back, note: attemptStopped}
	}
	r.sent.Store(0)
	if r.src.data == nil {
		r.src.final = r.mark
	}
	e.mu.Lock()
	r.meter.Start(0)
	r.began = e.clock.Now()
	e.show(r.j, Uploading, nil)
	e.mu.Unlock()
	known := ""
	if r.src.data != nil {
		known = r.src.sum
	}
	up, err := r.client.Upload(ctx, pixeldrain.Upload{
		Name: r.j.row.Name, Size: r.src.size(), Body: r.src, SHA256: known,
		Progress:  func(n int) { r.sent.Add(int64(n)); e.moved.Add(int64(n)) },
		OnRestart: func() { r.sent.Store(0) },
		OnSent:    r.finishing,
		Wrap:      func(body io.Reader) io.Reader { return e.speed.reader(ctx, body) },
	})
	e.release(r)
	if err != nil {
		return r.failedUpload(ctx, err)
	}
	e.mu.Lock()
	e.reached(r.client)
	e.mu.Unlock()
	return r.uploaded(up)
}

// uploaded decides what a success means.
func (r *run) uploaded(up pixeldrain.Uploaded) outcome {
	out := outcome{
		verdict: stored, note: attemptStored, file: up.ID, told: up.File.SHA256,
		sum: up.SHA256Sent, sent: r.src.size(),
	}
	r.sample()
	err := r.src.checkEnd()
	if err == nil && r.src.sum != "" && r.src.sum != up.SHA256Sent {
		err = changed(r.src.path)
	}
	switch {
	case err != nil:
		out.verdict, out.note, out.err, out.costs = spoiled, attemptWrong, changed(r.src.path), true
	case out.told != "" && out.told != out.sum:
		return r.e.wrongHash(r.j, out)
	}
	return out
}

// finishing is called when all is handed to the connection.
func (r *run) finishing() {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	if r.j.state == Uploading {
		r.e.show(r.j, Finishing, nil)
	}
}

// mark writes down that the service may soon have the file. It is called on a
// goroutine of the transport while the upload runs.
func (r *run) mark() error {
	r.e.mu.Lock()
	r.j.row.State = rowFinishing
	row, marked := r.j.row, r.marked
	r.e.mu.Unlock()
	if marked {
		return nil
	}
	if err := r.e.save("mark", func(ctx context.Context) error { return r.e.db.UpdateJob(ctx, row) }); err != nil {
		return err
	}
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.marked = true
	return nil
}

// sample takes the samples of what was sent, so that the next file of this size
// need not be read twice.
func (r *run) sample() {
	if r.src.file == nil || r.j.print != nil {
		return
	}
	p, err := printOf(r.src.file, r.src.size())
	if err != nil {
		return
	}
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.print = &p
}
