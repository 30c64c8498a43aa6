package upload

import (
	"math"
	"time"
)

const (
	// progressEvery is the time between two reports of byte progress.
	progressEvery = 100 * time.Millisecond
	// speedMemory is how long a speed takes to follow a change, mostly.
	speedMemory = 2 * time.Second
)

// beat does what is due at a time: next tries, the ends of holds, looks, and
// while something is sent the progress reports.
func (e *Engine) beat() {
	s := sampler{at: e.clock.Now()}
	for {
		e.mu.Lock()
		now := e.clock.Now()
		e.callDue(now)
		s.sample(e, now)
		wait, ok := e.nextDue(now, s.at)
		e.mu.Unlock()
		if !e.waitBeat(wait, ok) {
			return
		}
	}
}

// waitBeat waits for the time or for rouse, without a time for rouse only. It
// reports false when the engine closes.
func (e *Engine) waitBeat(wait time.Duration, timed bool) bool {
	var due <-chan time.Time
	if timed {
		passed, giveUp := e.clock.After(wait)
		defer giveUp()
		due = passed
	}
	select {
	case <-due:
	case <-e.wake:
	case <-e.ctx.Done():
		return false
	}
	return true
}

// callDue moves on whatever waited for a time that has come. e.mu is held.
func (e *Engine) callDue(now time.Time) {
	for j := e.later.first(); j != nil && !j.due.After(now); j = e.later.first() {
		e.later.remove(j)
		e.enqueue(j)
	}
	e.stir()
}

// nextDue is how long beat may sleep, and false when nothing has a time. e.mu
// is held.
func (e *Engine) nextDue(now, sampled time.Time) (time.Duration, bool) {
	var next time.Time
	note := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, h := range []*jobHeap{e.later, e.checks, e.doubts} {
		if j := h.first(); j != nil {
			note(j.due)
		}
	}
	note(e.hold.until)
	note(e.known.retry)
	if len(e.slots.sending) > 0 || e.totals.speed > 0 {
		note(latest(sampled.Add(progressEvery), now.Add(time.Millisecond)))
	}
	return next.Sub(now), !next.IsZero()
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// sampler measures speeds. It belongs to beat.
type sampler struct {
	at    time.Time // of the last sample
	moved int64     // Engine.moved then
}

// sample measures and publishes, at most once every progressEvery. e.mu is
// held.
func (s *sampler) sample(e *Engine, now time.Time) {
	passed := now.Sub(s.at)
	if passed < progressEvery {
		return
	}
	s.at = now
	moved := e.moved.Load()
	if len(e.slots.sending) == 0 {
		s.moved = moved
		if e.totals.speed > 0 {
			e.totals.speed = 0
			e.tellTotals()
		}
		return
	}
	idle := passed > 10*progressEvery // nothing was sent for a while
	e.totals.speed = smooth(e.totals.speed, moved-s.moved, passed, e.totals.speed == 0 && !idle)
	s.moved = moved
	for _, r := range e.slots.sending {
		r.measureSpeed(passed)
		if e.hold.offline && r.sent.Load() > 0 && r.began.After(e.hold.until) {
			e.reached(r.client) // no need to wait for the end of a large file
		}
	}
	if e.feed.Subscribers() == 0 {
		return
	}
	views := make([]Job, 0, len(e.slots.sending))
	for _, r := range e.slots.sending {
		if !r.j.hidden {
			views = append(views, e.view(r.j))
		}
	}
	t := e.sum()
	e.feed.Progress(struct{}{}, Event{Jobs: views, Totals: &t})
}

// measureSpeed takes a sample of r's speed. e.mu is held.
func (r *run) measureSpeed(passed time.Duration) {
	sent := r.sent.Load()
	if sent < r.sampled { // it started over
		r.sampled, r.measure = sent, false
		return
	}
	r.speed = smooth(r.speed, sent-r.sampled, passed, !r.measure)
	r.sampled, r.measure = sent, true
}

// smooth lets a speed follow what was moved in a time; the first sample counts
// in full.
func smooth(speed float64, moved int64, passed time.Duration, first bool) float64 {
	now := float64(moved) / passed.Seconds()
	if first {
		return now
	}
	weight := 1 - math.Exp(-passed.Seconds()/speedMemory.Seconds())
	return speed + weight*(now-speed)
}
