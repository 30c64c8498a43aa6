package download

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
)

const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	maxAskedWait = time.Hour        // the longest Retry-After that is believed
	raiseAfter   = 30 * time.Second // until one more download at a time is tried again
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
	throttle int            // fewer downloads at a time than workers, 0 = no
	raise    time.Time      // when throttle may grow
}

func (h *hold) tell(t *Totals) {
	t.Paused, t.Offline, t.NeedsKey, t.Err = h.paused, h.offline, h.needsKey, h.err
	if h.disk != nil {
		t.Err = h.disk
	}
	if h.offline || h.fails > 0 {
		t.Until = h.until
	}
}

// limit is how many downloads there may be now. e.mu is held.
func (e *Engine) limit() int {
	h := &e.hold
	switch {
	case h.paused, h.needsKey, h.disk != nil, e.client == nil, e.clock.Now().Before(h.until):
		return 0
	case h.offline:
		return 1 // one tries whether the service is back
	case h.throttle > 0:
		return min(h.throttle, e.workers)
	}
	return e.workers
}

// unreachable tells whether a failure means that the service can't be reached
// at all. A connection that breaks later may be about one file.
func unreachable(err *service.Error) bool {
	if err.Kind != service.Offline || err.Status != 0 || err.Value == service.ReasonStalled {
		return false
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() { // of the handshake, too
		return true
	}
	return err.Value == service.ReasonBadCertificate
}

// trouble notes a failure of client that concerns more than one file. It gives
// the time until which everything waits, and whether it was such a failure.
// e.mu is held.
func (e *Engine) trouble(client *pixeldrain.Client, err *service.Error) (until time.Time, all bool) {
	h, now := &e.hold, e.clock.Now()
	switch {
	case err.Kind == service.Unauthorized && client.HasKey():
		if !h.needsKey {
			h.needsKey, h.err = true, err
			e.tellTotals()
		}
		return time.Time{}, true
	case unreachable(err):
		h.offline = true
	case err.Kind == service.RateLimited:
		if !now.Before(h.until) {
			h.throttle = max(1, len(e.running)/2)
		}
		h.raise = now.Add(raiseAfter)
	default:
		return time.Time{}, false
	}
	if !now.Before(h.until) {
		h.fails++
		h.until, h.err = now.Add(backoff(h.fails, err)), err
		e.log.Info("waiting for the service", slog.Any("error", err), slog.Time("until", h.until))
		e.tellTotals()
	} else if asked := now.Add(min(err.RetryAfter, maxAskedWait)); asked.After(h.until) {
		h.until = asked
	}
	e.rouse()
	return h.until, true
}

// crowded notes that the service allows fewer downloads at a time than are
// running; it reports false when there is only one. e.mu is held.
func (e *Engine) crowded() bool {
	if len(e.running) < 2 {
		return false
	}
	e.hold.throttle, e.hold.raise = len(e.running)-1, e.clock.Now().Add(raiseAfter)
	return true
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
	if h.needsKey || h.fails == 0 || now.Before(h.until) && !h.offline {
		return
	}
	wasOffline := h.offline
	h.offline, h.fails, h.until, h.err = false, 0, time.Time{}, nil
	e.tellTotals()
	if wasOffline {
		e.recall()
	}
	e.dispatch()
}

// recall ends the waiting of jobs whose connection failed. e.mu is held.
func (e *Engine) recall() {
	var back []*job
	for _, j := range e.later.jobs {
		if j.err != nil && j.err.Kind == service.Offline {
			back = append(back, j)
		}
	}
	for _, j := range back {
		e.later.remove(j)
		e.enqueue(j)
	}
}

func (e *Engine) diskFails(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hold.disk == nil {
		e.log.Error("the downloads can't be written", slog.Any("error", err))
	}
	e.hold.disk = unwritable("write the downloads", err)
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
	e.dispatch()
}

// unwritable is the error of a write to the database.
func unwritable(op string, err error) *service.Error {
	return &service.Error{Op: op, Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
}
