package upload

import (
	"time"

	"sluice/service/transfer"
)

// beat does what is due at a time: next tries, the ends of holds, looks, and
// while something is sent the progress reports. It gives when it has to be
// called again.
func (e *Engine) beat(now time.Time) (next time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for j := e.later.First(); j != nil && !j.due.After(now); j = e.later.First() {
		e.later.Remove(j)
		e.enqueue(j)
	}
	e.stir()
	e.sample(now)
	times := []time.Time{e.hold.Until(), e.known.retry}
	for _, h := range []*jobHeap{e.later, e.checks, e.doubts} {
		if j := h.First(); j != nil {
			times = append(times, j.due)
		}
	}
	if len(e.slots.sending) > 0 || e.speeds.Total.Speed() > 0 {
		times = append(times, e.speeds.Next(now))
	}
	return transfer.Next(now, times...)
}

// sample measures speeds and publishes them. e.mu is held.
func (e *Engine) sample(now time.Time) {
	was, sending := e.speeds.Total.Speed(), e.slots.sending
	passed, due := e.speeds.Due(now, e.moved.Load(), len(sending) > 0)
	switch {
	case !due:
		return
	case len(sending) == 0:
		if was > 0 {
			e.tellTotals()
		}
		return
	}
	for _, r := range sending {
		r.meter.Sample(r.sent.Load(), passed)
		if e.hold.Offline() && r.sent.Load() > 0 && r.began.After(e.hold.Until()) {
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
