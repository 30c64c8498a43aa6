package download

import (
	"time"

	"sluice/service/transfer"
)

// A download that brings less than leastMoved in crawlTime is begun anew. One
// that brings nothing at all ends sooner, by the client.
const (
	crawlTime  = 5 * time.Minute
	leastMoved = 64 << 10
)

// beat does what is due at a time: next tries, the ends of holds, and while
// something comes in the progress reports. It gives when it has to be called
// again.
func (e *Engine) beat(now time.Time) (next time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for j := e.later.First(); j != nil && !j.due.After(now); j = e.later.First() {
		e.later.Remove(j)
		e.enqueue(j)
	}
	e.dispatch()
	e.sample(now)
	times := []time.Time{e.hold.Until()}
	if j := e.later.First(); j != nil {
		times = append(times, j.due)
	}
	if len(e.running) > 0 || e.speeds.Total.Speed() > 0 {
		times = append(times, e.speeds.Next(now))
	}
	return transfer.Next(now, times...)
}

// sample measures speeds and publishes them. e.mu is held.
func (e *Engine) sample(now time.Time) {
	was := e.speeds.Total.Speed()
	passed, due := e.speeds.Due(now, e.moved.Load(), len(e.running) > 0)
	switch {
	case !due:
		return
	case len(e.running) == 0:
		if was > 0 {
			e.tellTotals()
		}
		return
	}
	watched := e.feed.Subscribers() > 0
	var views []Job
	for j := range e.running {
		if j.state != Downloading {
			continue
		}
		j.run.measure(now, passed)
		if watched && !j.hidden {
			views = append(views, e.view(j))
		}
	}
	if watched {
		t := e.sum()
		e.feed.Progress(struct{}{}, Event{Jobs: views, Totals: &t})
	}
}

// measure takes a sample of r's speed, and ends r when it crawls. e.mu is held.
func (r *run) measure(now time.Time, passed time.Duration) {
	got := r.got.Load()
	r.meter.Sample(got, passed)
	if got < r.mark { // it started over
		r.mark = got
	}
	if now.Sub(r.marked) < crawlTime {
		return
	}
	if got-r.mark < leastMoved {
		r.stop(errCrawling)
	}
	r.mark, r.marked = got, now
}
