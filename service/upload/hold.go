package upload

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
)

const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	maxAskedWait = time.Hour        // the longest Retry-After that is believed
	raiseAfter   = 10 * time.Second // without "too many requests" until one more upload is allowed
)

// backoff is how long to wait after the n-th failure in a row: a second,
// doubling to a minute, give or take a fifth, and what the service asks for if
// that is longer.
func backoff(n int, err *service.Error) time.Duration {
	d := maxBackoff
	if n < 7 {
		d = min(firstBackoff<<max(n-1, 0), maxBackoff)
	}
	d = time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreads load, guards nothing
	if err != nil {
		d = max(d, min(err.RetryAfter, maxAskedWait))
	}
	return d
}

// hold is what keeps the whole queue from going on.
type hold struct {
	paused   bool
	needsKey bool
	offline  bool
	until    time.Time // nothing starts before
	fails    int       // in a row, of those that set until
	err      *service.Error
	disk     *service.Error // the database can't be written
	throttle int            // fewer uploads at a time than workers, 0 = no
	raise    time.Time      // when throttle may grow
}

func (h *hold) tell(t *Totals) {
	t.Paused, t.Offline, t.NeedsKey = h.paused, h.offline, h.needsKey
	t.Err = h.err
	if h.disk != nil {
		t.Err = h.disk
	}
	if h.offline || h.fails > 0 {
		t.Until = h.until
	}
}

// limit is how many uploads may send now, and whether the quick lane is open.
// e.mu is held.
func (e *Engine) limit() (n int, lane bool) {
	h := &e.hold
	switch {
	case h.paused, h.needsKey, h.disk != nil, e.client == nil, e.held(), e.mends != nil:
		return 0, false
	case h.offline:
		return 1, false // one tries whether the service is back
	case h.throttle > 0 && h.throttle < e.workers:
		return h.throttle, false
	}
	return e.workers, true
}

// held tells whether requests have to wait for a time. e.mu is held.
func (e *Engine) held() bool { return e.clock.Now().Before(e.hold.until) }

// trouble notes a failure of client that concerns more than one file. It gives
// the time until which everything waits, and whether it was such a failure.
// sent is how much of a file went out before. e.mu is held.
func (e *Engine) trouble(client *pixeldrain.Client, err *service.Error, sent int64) (until time.Time, all bool) {
	h, now := &e.hold, e.clock.Now()
	switch {
	case client != e.client: // of yesterday
		return time.Time{}, false
	case err.Kind == service.Unauthorized:
		if !h.needsKey {
			h.needsKey, h.err = true, err
			e.tellTotals()
		}
		return time.Time{}, true
	case err.Kind == service.Offline && err.Value != service.ReasonStalled && sent == 0:
		h.offline = true
	case err.Kind == service.RateLimited:
		if now.After(h.until) {
			h.throttle = max(1, e.allowed()/2)
		}
		h.raise = now.Add(raiseAfter)
	default:
		return time.Time{}, false
	}
	if !now.Before(h.until) {
		h.fails++
		h.until = now.Add(backoff(h.fails, err))
		h.err = err
		e.log.Info("waiting for the service", slog.Any("error", err), slog.Time("until", h.until))
		e.rouse()
		e.tellTotals()
	} else if asked := now.Add(min(err.RetryAfter, maxAskedWait)); asked.After(h.until) {
		h.until = asked
		e.rouse()
	}
	return h.until, true
}

// allowed is how many uploads at a time there may be. e.mu is held.
func (e *Engine) allowed() int {
	if t := e.hold.throttle; t > 0 {
		return min(t, e.workers)
	}
	return e.workers
}

// reached notes that the service answered client. e.mu is held.
func (e *Engine) reached(client *pixeldrain.Client) {
	if client != e.client {
		return
	}
	h, now := &e.hold, e.clock.Now()
	if h.throttle > 0 && now.After(h.raise) {
		h.throttle, h.raise = h.throttle+1, now.Add(raiseAfter)
		if h.throttle >= e.workers {
			h.throttle = 0
		}
	}
	if h.needsKey || h.fails == 0 && !h.offline || e.held() && !h.offline {
		return
	}
	wasOffline := h.offline
	h.offline, h.fails, h.until, h.err = false, 0, time.Time{}, nil
	e.tellTotals()
	if wasOffline {
		e.recall(func(j *job) bool { return j.err != nil && j.err.Kind == service.Offline })
	}
	e.stir()
}

// recall ends the waiting of postponed jobs. e.mu is held.
func (e *Engine) recall(which func(*job) bool) {
	var back []*job
	for _, j := range e.later.jobs {
		if which(j) {
			back = append(back, j)
		}
	}
	for _, j := range back {
		e.later.remove(j)
		j.next = e.clock.Now()
		e.enqueue(j)
	}
}

func (e *Engine) diskFails(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hold.disk == nil {
		e.log.Error("the queue can't be written", slog.Any("error", err))
	}
	e.hold.disk = &service.Error{Op: "write the queue", Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
	e.tellTotals()
}

func (e *Engine) diskWorks() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hold.disk == nil {
		return
	}
	e.hold.disk = nil
	e.tellTotals()
	e.stir()
}
