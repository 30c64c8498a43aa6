package upload

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
	past  int64       // of bytes, of files that ended
	open  int         // unfinished jobs that are not held
}

// batch keeps together what was accepted together.
type batch struct {
	id      int64
	origin  string
	intakes int // paths not looked through to the end
	open    int // unfinished jobs
	jobs    []*job
	gone    int           // of jobs, those no longer in the engine
	done    chan struct{} // closed when it has ended; nil when nobody waits
}

// batchOf gives the batch, made when it is new. e.mu is held.
func (e *Engine) batchOf(id int64, origin string) *batch {
	b := e.batches[id]
	if b == nil {
		b = &batch{id: id, origin: origin}
		e.batches[id] = b
	}
	return b
}

// count puts a job that is unfinished now into its batch and the sums. e.mu is
// held.
func (e *Engine) count(j *job) {
	j.batch.open++
	e.include(j)
}

// include puts an unfinished job into the sums. e.mu is held.
func (e *Engine) include(j *job) {
	t := &e.totals
	if j.summed {
		return
	}
	if t.open == 0 && e.scan.open == 0 {
		e.newEpoch()
	}
	t.open++
	j.summed = true
	switch {
	case j.epoch != t.epoch:
		t.files++
	default: // ended in this epoch before
		t.done--
		t.past -= j.counted
		t.bytes -= j.counted
	}
	j.epoch, j.counted = t.epoch, j.row.Size
	t.bytes += j.counted
}

func (e *Engine) newEpoch() {
	t := &e.totals
	t.epoch++
	t.files, t.done, t.bytes, t.past = 0, 0, 0, 0
}

// recount follows a new size of a job in the sums. e.mu is held.
func (e *Engine) recount(j *job) {
	e.totals.bytes += j.row.Size - j.counted
	j.counted = j.row.Size
}

// discount takes a job out of its batch and the sums: it ended as state says.
// e.mu is held.
func (e *Engine) discount(j *job, state State) {
	j.batch.open--
	e.exclude(j, state)
}

// exclude takes a job out of the sums: it ended or is Paused, as state says.
// e.mu is held.
func (e *Engine) exclude(j *job, state State) {
	t := &e.totals
	if !j.summed {
		return
	}
	t.open--
	j.summed = false
	switch {
	case state.Linked():
		t.done++
		t.past += j.counted
	case state == Failed:
		t.done++
		t.bytes -= j.counted
		j.counted = 0
	default:
		t.files--
		t.bytes -= j.counted
		j.counted, j.epoch = 0, 0
	}
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

// show changes what people see of j and tells them. e.mu is held.
func (e *Engine) show(j *job, s State, err *service.Error) {
	if j.hidden {
		return
	}
	e.setState(j, s, err)
	e.tell(j)
}

// tell publishes j as it is. e.mu is held.
func (e *Engine) tell(jobs ...*job) {
	if e.feed.Subscribers() == 0 {
		return
	}
	t := e.sum()
	views := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		if !j.hidden {
			views = append(views, e.view(j))
		}
	}
	e.feed.Publish(Event{Jobs: views, Totals: &t})
}

// tellTotals publishes the sums. e.mu is held.
func (e *Engine) tellTotals() { e.tell() }

// sum gives the totals. e.mu is held.
func (e *Engine) sum() Totals {
	t, n := &e.totals, &e.totals.count
	s := Totals{
		Active:  n[Hashing] + n[Uploading] + n[Finishing] + n[Verifying],
		Waiting: n[Waiting] + n[Retrying], Held: n[Paused], Failed: n[Failed], Finished: n[Uploaded] + n[AlreadyThere],
		Bytes: t.bytes, Sent: t.past, Files: t.files, FilesDone: t.done,
		Speed: e.speeds.Total.Speed(), Left: -1, Scanning: e.scan.open,
	}
	for _, r := range e.slots.sending {
		if r.j.state == Uploading || r.j.state == Finishing {
			s.Sent += min(r.sent.Load(), r.j.counted)
		}
	}
	if s.Busy() {
		s.Left = transfer.TimeLeft(s.Bytes-s.Sent, s.Speed)
	}
	h := e.hold.Tell()
	s.Paused, s.Offline, s.NeedsKey, s.Err, s.Until = h.Paused, h.Offline, h.NeedsKey, h.Err, h.Until
	return s
}

// snapshot is everything in memory. e.mu is held.
func (e *Engine) snapshot() Snapshot {
	s := Snapshot{Jobs: make([]Job, 0, len(e.jobs)), Totals: e.sum()}
	for _, j := range e.jobs {
		if !j.hidden {
			s.Jobs = append(s.Jobs, e.view(j))
		}
	}
	slices.SortFunc(s.Jobs, func(a, b Job) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// endBatch tells when all of a batch has ended. e.mu is held.
func (e *Engine) endBatch(b *batch) {
	if b.open > 0 || b.intakes > 0 {
		return
	}
	if b.done != nil {
		close(b.done)
		b.done = nil
	}
	if e.feed.Subscribers() == 0 {
		return
	}
	views := make([]Job, 0, len(b.jobs))
	for _, j := range b.jobs {
		if !j.hidden && j.state != Cancelled {
			views = append(views, e.view(j))
		}
	}
	t := e.sum()
	e.feed.Publish(Event{Totals: &t, BatchDone: &Batch{ID: service.BatchID(b.id), Origin: Origin(b.origin), Jobs: views}})
}
