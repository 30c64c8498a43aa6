package download

import (
	"slices"
	"time"

	"sluice/service"
	"sluice/service/transfer"
)

// jobHeap is a heap of jobs by an order.
type jobHeap = transfer.Heap[*job]

func newHeap(less func(a, b *job) bool) *jobHeap {
	return transfer.NewHeap(less, func(j *job) *int { return &j.index })
}

func byPosition(a, b *job) bool {
	if a.row.Position != b.row.Position {
		return a.row.Position < b.row.Position
	}
	return a.row.ID < b.row.ID
}

func byDue(a, b *job) bool {
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	return byPosition(a, b)
}

// enqueue gives j its turn by its position. e.mu is held.
func (e *Engine) enqueue(j *job) {
	j.place = queued
	e.ready.Add(j)
}

// postpone lets j wait until due. e.mu is held.
func (e *Engine) postpone(j *job, due time.Time) {
	j.place, j.due = later, due
	e.later.Add(j)
	e.alarm.Rouse()
}

// take takes a job that nobody works on out of its place. It reports false for
// one that has another owner. e.mu is held.
func (e *Engine) take(j *job) bool {
	switch j.place {
	case queued:
		e.ready.Remove(j)
	case later:
		e.later.Remove(j)
	case resting:
	case running, control:
		return false
	}
	j.place = control
	return true
}

// putBack returns a job that was taken to where it belongs by its state. e.mu
// is held.
func (e *Engine) putBack(j *job) {
	switch {
	case j.state.Finished() || j.state == Paused:
		j.place = resting
	case j.state == Retrying:
		e.postpone(j, j.next)
	default:
		e.enqueue(j)
	}
}

// dispatch lets jobs start while there is room. e.mu is held.
func (e *Engine) dispatch() {
	for !e.closing && len(e.running) < e.limit() {
		j := e.ready.First()
		if j == nil {
			return
		}
		e.start(j)
	}
}

// start hands the first of the queue to a goroutine of its own. e.mu is held.
func (e *Engine) start(j *job) {
	e.ready.Remove(j)
	r := &run{e: e, j: j, client: e.client, ended: make(chan struct{})}
	r.ctx, r.stop = e.begin()
	r.got.Store(j.here)
	e.setPart(j, 0)
	j.place, j.run, j.wish = running, r, nil
	e.running[j] = struct{}{}
	if len(e.running) == 1 {
		e.alarm.Rouse() // progress is due from now on
	}
	e.wg.Go(r.main)
}

// accept takes new rows into the queue. e.mu is held.
func (e *Engine) accept(jobs []*job) {
	for _, j := range jobs {
		e.jobs[j.row.ID] = j
		j.batch.jobs = append(j.batch.jobs, j)
		e.totals.count[j.state]++
		e.count(j)
		e.enqueue(j)
	}
	e.tell(jobs...)
	e.dispatch()
}

// finish ends j. e.mu is held.
func (e *Engine) finish(j *job, s State, err *service.Error) {
	j.place = resting
	e.discount(j, s)
	e.show(j, s, err)
	e.endBatch(j.batch)
}

// forget takes jobs that the database no longer holds out of the list, as
// cancelled if they had not ended. e.mu is held.
func (e *Engine) forget(jobs ...*job) {
	removed := make([]service.DownloadID, len(jobs))
	for i, j := range jobs {
		j.place = resting
		if !j.state.Finished() {
			e.discount(j, Cancelled)
			e.show(j, Cancelled, nil)
			e.endBatch(j.batch)
		}
		e.remove(j)
		removed[i] = service.DownloadID(j.row.ID)
	}
	t := e.sum()
	e.feed.Publish(Event{Removed: removed, Totals: &t})
}

// remove takes j out of the list, not yet telling anybody. e.mu is held.
func (e *Engine) remove(j *job) {
	e.totals.count[j.state]--
	j.hidden = true
	delete(e.jobs, j.row.ID)
	if j.batch.hidden++; j.batch.left() == 0 {
		delete(e.batches, j.batch.id)
	}
}

// dissolve puts the files of an album into its place. e.mu is held.
func (e *Engine) dissolve(album *job, files []*job) {
	b := album.batch
	e.accept(files)
	at := slices.Index(b.jobs, album)
	b.jobs = slices.Concat(b.jobs[:at], files, b.jobs[at+1:len(b.jobs)-len(files)])
	album.place = resting
	e.discount(album, Cancelled)
	b.hidden-- // it is no longer one of the batch
	e.remove(album)
	t := e.sum()
	e.feed.Publish(Event{Removed: []service.DownloadID{service.DownloadID(album.row.ID)}, Totals: &t})
}
