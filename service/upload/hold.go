package upload

import (
	"log/slog"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
)

// raiseAfter is how long uploads go well after "too many requests" until one
// more at a time is tried.
const raiseAfter = 10 * time.Second

// limit is how many uploads may send now, and whether the quick lane is open.
// e.mu is held.
func (e *Engine) limit() (n int, lane bool) {
	if e.client == nil || e.mends != nil {
		return 0, false
	}
	return e.hold.Limit(e.clock.Now(), e.workers)
}

// trouble notes a failure of client that concerns more than one file. It gives
// the time until which everything waits, and whether it was such a failure.
// sent is how much of a file went out before. e.mu is held.
func (e *Engine) trouble(client *pixeldrain.Client, err *service.Error, sent int64) (until time.Time, all bool) {
	h, now := &e.hold, e.clock.Now()
	var news bool
	switch {
	case client != e.client: // of yesterday
		return time.Time{}, false
	case err.Kind == service.Unauthorized:
		if h.Refuse(err) {
			e.tellTotals()
		}
		return time.Time{}, true
	case err.Kind == service.Offline && err.Value != service.ReasonStalled && sent == 0:
		news = h.Lose(now, err)
	case err.Kind == service.RateLimited:
		news = h.Slow(now, err, h.Allowed(e.workers))
	default:
		return time.Time{}, false
	}
	if news {
		e.log.Info("waiting for the service", slog.Any("error", err), slog.Time("until", h.Until()))
		e.tellTotals()
	}
	e.alarm.Rouse()
	return h.Until(), true
}

// reached notes that the service answered client. e.mu is held.
func (e *Engine) reached(client *pixeldrain.Client) {
	if client != e.client {
		return
	}
	ends, back := e.hold.Reached(e.clock.Now(), e.workers)
	if !ends {
		return
	}
	e.tellTotals()
	if back {
		e.recall()
	}
	e.stir()
}

// recall ends the waiting of jobs whose connection failed. e.mu is held.
func (e *Engine) recall() {
	for _, j := range e.later.Select(func(j *job) bool { return j.err != nil && j.err.Kind == service.Offline }) {
		e.later.Remove(j)
		j.next = e.clock.Now()
		e.enqueue(j)
	}
}

// diskTold notes how a write of the queue went.
func (e *Engine) diskTold(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		if e.hold.DiskWorks() {
			e.tellTotals()
			e.stir()
		}
		return
	}
	if e.hold.DiskFails(&service.Error{Op: "write the queue", Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}) {
		e.log.Error("the queue can't be written", slog.Any("error", err))
	}
	e.tellTotals()
}
