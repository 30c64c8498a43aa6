package upload

import (
	"time"

	"sluice/service"
)

const (
	// tinySize is the size up to which a file is read into memory whole, so that
	// it is read once for everything, and prepared ahead of its turn to send.
	tinySize = 1 << 20
	// Of these, so many for each worker and so many bytes are prepared ahead:
	// their attempts are written down together.
	aheadFactor = 8
	aheadBytes  = 4 << 20
	// maxIdle is how many goroutines stay to wait for a job.
	maxIdle = 64
	// quickSize is the size up to which a file may use the quick lane: one slot
	// beyond the workers for when all of them are busy with larger files.
	quickSize = 8 << 20
)

// The lanes.
const (
	quick = iota
	bulk
)

func laneOf(j *job) int {
	if j.row.Size <= quickSize {
		return quick
	}
	return bulk
}

// enqueue gives j its turn by its position. e.mu is held.
func (e *Engine) enqueue(j *job) {
	j.place = queued
	e.ready[laneOf(j)].Add(j)
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
		e.ready[laneOf(j)].Remove(j)
	case later:
		e.later.Remove(j)
	case checking:
		e.checks.Remove(j)
	case unknown:
		e.doubts.Remove(j)
	case twin, resting, aside:
	case running, control:
		return false
	}
	j.place = control
	return true
}

// dispatch lets jobs start while there is room. e.mu is held.
func (e *Engine) dispatch() {
	if e.closing {
		return
	}
	e.grant()
	for {
		j, slot := e.admit()
		if j == nil {
			return
		}
		e.start(j, slot)
	}
}

// admit chooses the job to start, and whether it starts with a slot. e.mu is
// held.
func (e *Engine) admit() (j *job, slot bool) {
	limit, lane := e.limit()
	q, b := e.ready[quick].First(), e.ready[bulk].First()
	next := q
	if next == nil || b != nil && byTurn(b, next) {
		next = b
	}
	if limit == 0 || next == nil || !e.knownEnough() {
		return nil, false
	}
	switch s := &e.slots; {
	case next.row.Size <= tinySize && s.ahead < limit*aheadFactor && s.bytes+next.row.Size <= aheadBytes:
		return next, false
	case len(s.sending) < limit && len(s.waiting) == 0:
		return next, true
	case lane && q != nil && s.quick == 0 && s.ahead == 0:
		return q, true
	}
	return nil, false
}

// start hands j to a goroutine of its own. e.mu is held.
func (e *Engine) start(j *job, slot bool) {
	e.ready[laneOf(j)].Remove(j)
	r := &run{e: e, j: j, client: e.client}
	r.ctx, r.stop = e.begin()
	j.place, j.run = running, r
	e.active[j] = struct{}{}
	if slot {
		e.hand(r)
	} else {
		r.ahead = max(j.row.Size, 1)
		e.slots.ahead++
		e.slots.bytes += r.ahead
	}
	if e.idle > 0 {
		e.idle--
		e.work <- r
		return
	}
	e.wg.Go(func() { e.serve(r) })
}

// serve runs jobs, one after the other: a goroutine that has run one has grown
// the stack that the next one needs.
func (e *Engine) serve(r *run) {
	for {
		r.main()
		e.mu.Lock()
		if e.idle == maxIdle {
			e.mu.Unlock()
			return
		}
		e.idle++
		e.mu.Unlock()
		select {
		case r = <-e.work:
		case <-e.ctx.Done():
			select {
			case r = <-e.work: // was on its way
			default:
				return
			}
		}
	}
}

// accept takes new rows from the scanner into the queue. e.mu is held.
func (e *Engine) accept(jobs []*job) {
	for _, j := range jobs {
		e.jobs[j.row.ID] = j
		j.batch.jobs = append(j.batch.jobs, j)
		e.totals.count[j.state]++
		if j.place == resting {
			continue
		}
		e.count(j)
		e.enqueue(j)
	}
	e.tell(jobs...)
	e.stir()
}

// finish ends j. e.mu is held.
func (e *Engine) finish(j *job, s State, err *service.Error) {
	j.place, j.pausing = resting, false
	e.leave(j)
	e.discount(j, s)
	e.show(j, s, err)
	e.endBatch(j.batch)
}

// forget takes j, which the database no longer holds, out of memory. e.mu is
// held.
func (e *Engine) forget(j *job) {
	if j.place != resting {
		j.place = resting
		e.leave(j)
	}
	if !j.hidden {
		e.hide(j)
	}
	e.dropJob(j)
}

// dropJob lets go of a hidden job. e.mu is held.
func (e *Engine) dropJob(j *job) {
	delete(e.jobs, j.row.ID)
	b := j.batch
	if b.gone++; b.gone == len(b.jobs) && b.intakes == 0 {
		delete(e.batches, b.id)
	}
}

// hide takes j out of what people see, as cancelled if it had not ended. e.mu
// is held.
func (e *Engine) hide(j *job) {
	if !j.state.Finished() {
		e.discount(j, Cancelled)
		e.show(j, Cancelled, nil)
		e.endBatch(j.batch)
	}
	e.totals.count[j.state]--
	j.hidden = true
	t := e.sum()
	e.feed.Publish(Event{Removed: []service.JobID{service.JobID(j.row.ID)}, Totals: &t})
}
