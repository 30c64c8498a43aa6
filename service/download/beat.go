package download

import (
	"math"
	"time"
)

const (
	// progressEvery is the time between two reports of byte progress.
	progressEvery = 100 * time.Millisecond
	// speedMemory is how long a speed takes to follow a change, mostly.
	speedMemory = 2 * time.Second
	// A download that brings less than leastMoved in crawlTime is begun anew.
	// One that brings nothing at all ends sooner, by the client.
	crawlTime  = 5 * time.Minute
	leastMoved = 64 << 10
)

// beat does what is due at a time: next tries, the ends of holds, and while
// something comes in the progress reports.
func (e *Engine) beat() {
	s := sampler{at: e.clock.Now()}
	for {
		e.mu.Lock()
		now := e.clock.Now()
		e.callDue(now)
		s.sample(e, now)
		wait, timed := e.nextDue(now, s.at)
		e.mu.Unlock()
		if !e.waitBeat(wait, timed) {
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
	e.dispatch()
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
	if j := e.later.first(); j != nil {
		note(j.due)
	}
	note(e.hold.until)
	if len(e.running) > 0 || e.totals.speed > 0 {
		report := sampled.Add(progressEvery)
		if soon := now.Add(time.Millisecond); report.Before(soon) {
			report = soon
		}
		note(report)
	}
	return next.Sub(now), !next.IsZero()
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
	if len(e.running) == 0 {
		s.moved = moved
		if e.totals.speed > 0 {
			e.totals.speed = 0
			e.tellTotals()
		}
		return
	}
	idle := passed > 10*progressEvery // nothing ran for a while
	e.totals.speed = smooth(e.totals.speed, moved-s.moved, passed, e.totals.speed == 0 && !idle)
	s.moved = moved
	var views []Job
	for j := range e.running {
		if j.state != Downloading {
			continue
		}
		j.run.measureSpeed(now, passed)
		if e.feed.Subscribers() > 0 && !j.hidden {
			views = append(views, e.view(j))
		}
	}
	if e.feed.Subscribers() > 0 {
		t := e.sum()
		e.feed.Progress(struct{}{}, Event{Jobs: views, Totals: &t})
	}
}

// measureSpeed takes a sample of r's speed, and ends r when it crawls. e.mu is
// held.
func (r *run) measureSpeed(now time.Time, passed time.Duration) {
	got := r.got.Load()
	if got < r.sampled { // it started over
		r.sampled, r.measured, r.mark = got, false, got
		return
	}
	r.speed = smooth(r.speed, got-r.sampled, passed, !r.measured)
	r.sampled, r.measured = got, true
	if now.Sub(r.marked) < crawlTime {
		return
	}
	if got-r.mark < leastMoved {
		r.stop(errCrawling)
	}
	r.mark, r.marked = got, now
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
