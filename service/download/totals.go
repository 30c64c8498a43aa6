package download

import (
	"cmp"
	"slices"
	"time"

	"sluice/service"
	"sluice/service/transfer"
)

// totals are the sums of the queue, kept up to date with every change.
type totals struct {
	count [states]int // jobs in the list by state
	epoch int         // grows whenever the queue starts from empty
	files int         // in this epoch
	done  int         // of files
	bytes int64       // of files
	past  int64       // of bytes, of files that ended well
	parts int64       // of bytes, what is here of files that wait
	open  int         // unfinished jobs
}

// batch keeps together what was accepted together.
type batch struct {
	id     int64
	open   int // unfinished jobs
	jobs   []*job
	hidden int           // of jobs
	done   chan struct{} // closed when it has ended; nil when nobody waits
}

// left is how many jobs are in the list.
func (b *batch) left() int { return len(b.jobs) - b.hidden }

// batchOf gives the batch, made when it is new. e.mu is held.
func (e *Engine) batchOf(id int64) *batch {
	b := e.batches[id]
	if b == nil {
		b = &batch{id: id}
		e.batches[id] = b
	}
	return b
}

// count puts an unfinished job into the sums. e.mu is held.
func (e *Engine) count(j *job) {
	t := &e.totals
	if t.open == 0 {
		t.epoch++
		t.files, t.done, t.bytes, t.past = 0, 0, 0, 0
	}
	t.open++
	j.batch.open++
	switch {
	case j.epoch != t.epoch:
		t.files++
	default: // failed in this epoch before
		t.done--
	}
	j.epoch, j.counted = t.epoch, max(j.row.Size, 0)
	t.bytes += j.counted
}

// recount follows a new size of an unfinished job. e.mu is held.
func (e *Engine) recount(j *job) {
	size := max(j.row.Size, 0)
	e.totals.bytes += size - j.counted
	j.counted = size
}

// setPart says how much of a waiting file is here. e.mu is held.
func (e *Engine) setPart(j *job, n int64) {
	n = min(n, j.counted)
	e.totals.parts += n - j.part
	j.part = n
}

// discount takes an unfinished job out of the sums: it ended as state says.
// e.mu is held.
func (e *Engine) discount(j *job, state State) {
	t := &e.totals
	e.setPart(j, 0)
	t.open--
	j.batch.open--
	switch state {
	case Downloaded:
		t.done++
		t.past += j.counted
		return
	case Failed:
		t.done++
	case Waiting, Looking, Downloading, Checking, Retrying, Paused, Cancelled, states:
		t.files--
		j.epoch = 0
	}
	t.bytes -= j.counted
	j.counted = 0
}

// show changes what people see of j and tells them. e.mu is held.
func (e *Engine) show(j *job, s State, err *service.Error) {
	e.setState(j, s, err)
	e.tell(j)
}

// setState changes what people see, not yet telling them. e.mu is held.
func (e *Engine) setState(j *job, s State, err *service.Error) {
	if !j.hidden {
		e.totals.count[j.state]--
		e.totals.count[s]++
	}
	j.state, j.err = s, err
	if s != Retrying {
		j.next = time.Time{}
	}
}

// tell publishes jobs as they are. e.mu is held.
func (e *Engine) tell(jobs ...*job) {
	if e.feed.Subscribers() == 0 {
		return
	}
	t := e.sum()
	e.feed.Publish(Event{Jobs: e.views(jobs), Totals: &t})
}

// tellTotals publishes the sums. e.mu is held.
func (e *Engine) tellTotals() { e.tell() }

// views are those of the jobs that are in the list. e.mu is held.
func (e *Engine) views(jobs []*job) []Job {
	views := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		if !j.hidden {
			views = append(views, e.view(j))
		}
	}
	return views
}

// sum gives the totals. e.mu is held.
func (e *Engine) sum() Totals {
	t, n := &e.totals, &e.totals.count
	s := Totals{
		Active: n[Looking] + n[Downloading] + n[Checking], Waiting: n[Waiting] + n[Retrying], Held: n[Paused],
		Failed: n[Failed], Finished: n[Downloaded], Bytes: t.bytes, Done: t.past + t.parts, Files: t.files, FilesDone: t.done,
		Speed: e.speeds.Total.Speed(), Left: -1,
	}
	for j := range e.running {
		s.Done += min(j.run.got.Load(), j.counted)
	}
	if s.Busy() {
		s.Left = transfer.TimeLeft(s.Bytes-s.Done, s.Speed)
	}
	h := e.hold.Tell()
	s.Paused, s.Offline, s.NeedsKey, s.Err, s.Until = h.Paused, h.Offline, h.NeedsKey, h.Err, h.Until
	return s
}

// snapshot is everything in memory. e.mu is held.
func (e *Engine) snapshot() Snapshot {
	s := Snapshot{Jobs: make([]Job, 0, len(e.jobs)), Totals: e.sum()}
	for _, j := range e.jobs {
		s.Jobs = append(s.Jobs, e.view(j))
	}
	slices.SortFunc(s.Jobs, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// endBatch tells when all of a batch has ended. e.mu is held.
func (e *Engine) endBatch(b *batch) {
	if b.open > 0 {
		return
	}
	if b.done != nil {
		close(b.done)
		b.done = nil
	}
	for _, j := range b.jobs {
		if j.row.FileID != "" && j.row.Album != "" {
			delete(e.folders, j.row.Folder)
		}
	}
	if e.feed.Subscribers() == 0 {
		return
	}
	ended := slices.DeleteFunc(slices.Clone(b.jobs), func(j *job) bool { return j.state == Cancelled })
	t := e.sum()
	e.feed.Publish(Event{Totals: &t, BatchDone: &Batch{ID: service.DownloadBatchID(b.id), Jobs: e.views(ended)}})
}
