package thumbnail

import (
	"bytes"
	"context"
	"image"
	"slices"
	"time"

	"sluice/service"
	"sluice/service/thumbnail/picture"
	"sluice/storage/thumbs"
)

const (
	// noneAge is how long a file is taken to have no thumbnail. The service may
	// still be at work on that of a fresh file.
	noneAge      = 24 * time.Hour
	freshNoneAge = 5 * time.Minute
	freshAge     = time.Hour
	// maxUndecoded is how many bytes may wait for a decoder before others
	// are read or asked for.
	maxUndecoded = 8 << 20
)

// thumbnailLimit bounds what is decoded of what the service or the disk gave:
// nothing larger was asked for.
func thumbnailLimit() picture.Limit {
	return picture.Limit{Side: service.MaxThumbnailNew, Memory: 4 << 20}
}

// take waits for the nearest job for which one of choices holds, the first
// choice before the next, and gives it with the context of the work on it, and
// false at Close. read takes from it, under the lock, what the worker needs.
func (l *Loader) take(read func(*job), choices ...func(*job) bool) (*job, context.Context, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if l.ctx.Err() != nil {
			return nil, nil, false
		}
		for _, ready := range choices {
			at := slices.IndexFunc(l.order, func(j *job) bool { return !j.busy && ready(j) })
			if at >= 0 {
				j := l.order[at]
				ctx, cancel := context.WithCancel(l.ctx)
				j.busy, j.cancel = true, cancel
				read(j)
				return j, ctx, true
			}
		}
		l.change.Wait()
	}
}

// put gives a job back. Then then decides what comes next; it is not called
// when the job is wanted no longer.
func (l *Loader) put(j *job, then func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.cancel()
	j.cancel, j.busy = nil, false
	if l.jobs[j.File] == j {
		then()
	}
	l.change.Broadcast()
}

// lookUp looks wanted files up on the disk.
func (l *Loader) lookUp() {
	for {
		var scope string
		var class int
		j, ctx, ok := l.take(
			func(j *job) { scope, class = l.scope, j.class() },
			func(j *job) bool { return j.phase == toLook && l.undecoded < maxUndecoded },
		)
		if !ok {
			return
		}
		var found thumbs.Found
		kept := false // on the disk, whatever it is
		if l.cfg.Disk != nil && scope != "" {
			found, kept = l.cfg.Disk.Get(ctx, thumbs.Key{Scope: scope, File: string(j.File)}, class)
		}
		path, data, turn, rough := "", found.Data, picture.Upright, false
		if !found.None && found.Class < class {
			path, rough = l.localPath(j.Wanted), true
			if path != "" && !kept {
				data, turn = preview(ctx, path)
			}
		}
		l.put(j, func() {
			j.path = path
			switch {
			case found.None:
				l.end(j, note{none: true, until: time.Now().Add(noneAge)})
			case data != nil && (!rough || !l.hasAny(j)):
				j.rough, j.turn, j.asked = rough, turn, false
				l.toDecode(j, data)
			default:
				j.phase = j.source()
			}
		})
	}
}

// localPath gives the picture on this computer, "" when there is none.
func (l *Loader) localPath(w Wanted) string {
	if l.cfg.Local == nil || !decodable(w) {
		return ""
	}
	if path, ok := l.cfg.Local(w.File); ok {
		return path
	}
	return ""
}

// source is the phase that brings a picture which the disk does not have.
func (j *job) source() phase {
	if j.path != "" {
		return toRead
	}
	return toFetch
}

// hasAny tells whether all sides have at least a rough picture.
func (l *Loader) hasAny(j *job) bool {
	for _, side := range j.sides {
		if l.memory.get(memoryKey{j.File, side}) == nil {
			return false
		}
	}
	return true
}

// toDecode hands a job on to the decoders.
func (l *Loader) toDecode(j *job, data []byte) {
	l.release(j)
	j.phase, j.data = toDecode, data
	l.undecoded += int64(len(data))
}

// release lets go of a job's data.
func (l *Loader) release(j *job) {
	l.undecoded -= int64(len(j.data))
	j.data = nil
}

// result is what decoding gave.
type result struct {
	pictures map[int]*image.RGBA // by side
	size     image.Point         // of the original
	plain    bool                // all of one colour
	err      error
}

// decode makes pictures of what the disk or the service gave, and of local
// pictures, which can take long, if local is set.
func (l *Loader) decode(local bool) {
	choices := []func(*job) bool{func(j *job) bool { return j.phase == toDecode }}
	if local {
		choices = append(choices, func(j *job) bool { return j.phase == toRead })
	}
	for {
		var work job
		var scope string
		j, ctx, ok := l.take(func(j *job) { work, scope = *j, l.scope }, choices...)
		if !ok {
			return
		}
		var r result
		if work.phase == toRead {
			r = l.readLocal(ctx, thumbs.Key{Scope: scope, File: string(work.File)}, work)
		} else {
			r = decodeData(ctx, work)
		}
		l.put(j, func() { l.decoded(j, work, r) })
	}
}

// decoded puts pictures into memory and decides what comes next for the job.
// work is the job as it was before.
func (l *Loader) decoded(j *job, work job, r result) {
	isLocal := work.phase == toRead
	if r.err != nil {
		switch {
		case l.ctx.Err() != nil:
		case isLocal:
			j.path, j.phase = "", toFetch
		case work.rough:
			l.release(j)
			j.phase = j.source()
		default:
			l.none(j.Wanted)
			l.done(j)
		}
		return
	}
	if work.asked && max(r.size.X, r.size.Y) > service.MaxThumbnail {
		l.large = true
	}
	if !isLocal && !work.rough && !r.plain && l.isIcon(j.Wanted, work.data) {
		l.none(j.Wanted)
		l.done(j)
		return
	}
	for side, img := range r.pictures {
		l.memory.put(&entry{key: memoryKey{j.File, side}, picture: img, rough: work.rough})
	}
	l.report(j.File)
	switch {
	case work.rough:
		l.release(j)
		j.phase = j.source()
	case slices.ContainsFunc(j.sides, func(side int) bool { return r.pictures[side] == nil }):
		// It is wanted in another size since: once more.
	default:
		l.notes.drop(j.File)
		l.done(j)
	}
}

// isIcon tells whether an answer is known to be an icon, and takes back the
// picture of another file that gave it away.
func (l *Loader) isIcon(w Wanted, data []byte) bool {
	is, also := l.icons.isIcon(w, data)
	if also != nil {
		l.none(*also)
	}
	return is
}

// done ends a job. Its file is worked on again when it is wanted anew.
func (l *Loader) done(j *job) {
	l.release(j)
	j.phase = finished
	delete(l.jobs, j.File)
}

// end ends a job without a picture.
func (l *Loader) end(j *job, why note) {
	l.notes.put(j.File, why)
	l.report(j.File)
	l.done(j)
}

// none notes that a file has no thumbnail, here and on the disk.
func (l *Loader) none(w Wanted) {
	until := time.Now().Add(noneAge)
	if !w.Uploaded.IsZero() && time.Since(w.Uploaded) < freshAge {
		until = time.Now().Add(freshNoneAge)
	}
	l.memory.dropFile(w.File)
	l.notes.put(w.File, note{none: true, until: until})
	l.report(w.File)
	if l.cfg.Disk != nil { // it is written later
		l.cfg.Disk.PutNone(thumbs.Key{Scope: l.scope, File: string(w.File)}, until)
	}
}

// decodeData makes pictures of all sides of what the disk or the service gave.
func decodeData(ctx context.Context, work job) result {
	p, err := picture.Decode(ctx, bytes.NewReader(work.data), int64(len(work.data)), thumbnailLimit())
	if err != nil {
		return result{err: err}
	}
	if work.turn != picture.Upright {
		p.Turn = work.turn
	}
	var part image.Rectangle
	if opaque(work.Wanted) { // then bands around it are not part of it
		var whole bool
		if part, whole = p.Seen(); !whole {
			return result{err: picture.ErrNone} // cut to a shape: an icon
		}
	}
	r := result{pictures: make(map[int]*image.RGBA, len(work.sides)), size: p.Bounds().Size()}
	for _, side := range work.sides {
		img := picture.Square(p, part, side)
		r.pictures[side], r.plain = img, isPlain(img)
	}
	return r
}

// isPlain tells whether all pixels are the same.
func isPlain(img *image.RGBA) bool {
	return bytes.Equal(img.Pix[4:], img.Pix[:len(img.Pix)-4])
}
