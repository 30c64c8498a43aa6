package download

import (
	"errors"
	"log/slog"
	"net"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
)

// raiseAfter is how long downloads go well after "too many requests" until one
// more at a time is tried.
const raiseAfter = 30 * time.Second

// limit is how many downloads there may be now. e.mu is held.
func (e *Engine) limit() int {
	if e.client == nil {
		return 0
	}
	n, _ := e.hold.Limit(e.clock.Now(), e.workers)
	return n
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
	var news bool
	switch {
	case err.Kind == service.Unauthorized && client.HasKey():
		if h.Refuse(err) {
			e.tellTotals()
		}
		return time.Time{}, true
	case unreachable(err):
		news = h.Lose(now, err)
	case err.Kind == service.RateLimited:
		news = h.Slow(now, err, len(e.running))
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

// crowded notes that the service allows fewer downloads at a time than are
// running; it reports false when there is only one. e.mu is held.
func (e *Engine) crowded() bool {
	if len(e.running) < 2 {
		return false
	}
	e.hold.Crowd(e.clock.Now(), len(e.running))
	return true
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
	e.dispatch()
}

// recall ends the waiting of jobs whose connection failed. e.mu is held.
func (e *Engine) recall() {
	for _, j := range e.later.Select(func(j *job) bool { return j.err != nil && j.err.Kind == service.Offline }) {
		e.later.Remove(j)
		e.enqueue(j)
	}
}

// diskTold notes how a write to the database went.
func (e *Engine) diskTold(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err == nil {
		if e.hold.DiskWorks() {
			e.tellTotals()
			e.dispatch()
		}
		return
	}
	if e.hold.DiskFails(unwritable("write the downloads", err)) {
		e.log.Error("the downloads can't be written", slog.Any("error", err))
	}
	e.tellTotals()
}

// unwritable is the error of a write to the database.
func unwritable(op string, err error) *service.Error {
	return &service.Error{Op: op, Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
}
