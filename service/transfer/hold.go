package transfer

import (
	"math/rand/v2"
	"time"

	"sluice/service"
)

const (
	firstBackoff = time.Second
	// MaxBackoff is about the longest time between two tries of a file, unless
	// the service asks for more.
	MaxBackoff = time.Minute
	// MaxAskedWait is the longest Retry-After that is believed.
	MaxAskedWait = time.Hour
)

// Backoff is how long to wait after the n-th failure in a row: a second,
// doubling to MaxBackoff, give or take a fifth, and what the service asks for
// with err if that is longer. err may be nil.
func Backoff(n int, err *service.Error) time.Duration {
	d := MaxBackoff
	if n < 7 {
		d = min(firstBackoff<<max(n-1, 0), MaxBackoff)
	}
	d = time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreads load, guards nothing
	if err != nil {
		d = max(d, min(err.RetryAfter, MaxAskedWait))
	}
	return d
}

// Postponed reports whether a try has to be waited for that was put off until
// next, as a session before wrote it down. One that is further away than any
// wait was written when the clock was wrong.
func Postponed(next, now time.Time) bool {
	return next.After(now) && next.Before(now.Add(2*MaxAskedWait))
}

// Hold is what keeps a whole queue from going on, or from going on with all its
// workers. Its zero value holds nothing.
type Hold struct {
	Paused   bool          // by the user
	NeedsKey bool          // there is no client that may do the work; set by Refuse too
	Raise    time.Duration // how long it goes well after "too many requests" until one more at a time is tried

	offline  bool
	until    time.Time // nothing starts before
	fails    int       // in a row, of those that set until
	err      *service.Error
	disk     *service.Error // the database can't be written
	throttle int            // fewer at a time than workers, 0 = no
	raise    time.Time      // when throttle may grow
}

// Holding is what people are told of a Hold.
type Holding struct {
	Paused   bool
	Offline  bool // the service can't be reached
	NeedsKey bool
	Err      *service.Error // why it waits, nil when it does not or needs no reason
	Until    time.Time      // when it is tried again, zero when that does not depend on a time
}

// Tell gives what people are told.
func (h *Hold) Tell() Holding {
	t := Holding{Paused: h.Paused, Offline: h.offline, NeedsKey: h.NeedsKey, Err: h.err}
	if h.disk != nil {
		t.Err = h.disk
	}
	if h.offline || h.fails > 0 {
		t.Until = h.until
	}
	return t
}

// Renew forgets all that was about the service and the key, because others are
// used from now on.
func (h *Hold) Renew() { *h = Hold{Paused: h.Paused, Raise: h.Raise, disk: h.disk} }

// Limit is how many may be worked on at a time now, of at most workers, and
// whether that is all that there ever may.
func (h *Hold) Limit(now time.Time, workers int) (n int, all bool) {
	switch {
	case h.Paused, !h.Open(now):
		return 0, false
	case h.offline:
		return 1, false // one tries whether the service is back
	}
	n = h.Allowed(workers)
	return n, n == workers
}

// Open reports whether the service may be asked now, paused or not.
func (h *Hold) Open(now time.Time) bool {
	return !h.NeedsKey && h.disk == nil && !h.Waits(now)
}

// Allowed is how many of workers the service can bear, as far as is known.
func (h *Hold) Allowed(workers int) int {
	if h.throttle > 0 {
		return min(h.throttle, workers)
	}
	return workers
}

// Waits reports whether requests have to wait for the time Until.
func (h *Hold) Waits(now time.Time) bool { return now.Before(h.until) }

// Until is when requests may go on, a time in the past when they may.
func (h *Hold) Until() time.Time { return h.until }

// Offline reports whether the service can't be reached.
func (h *Hold) Offline() bool { return h.offline }

// Refuse notes that the service does not take the key. Like the other methods
// that note something it reports whether people are to be told.
func (h *Hold) Refuse(err *service.Error) bool {
	if h.NeedsKey {
		return false
	}
	h.NeedsKey, h.err = true, err
	return true
}

// Lose notes that the service can't be reached.
func (h *Hold) Lose(now time.Time, err *service.Error) bool {
	h.offline = true
	return h.wait(now, err)
}

// Slow notes that the service has had too many requests while so many were
// under way: half of them is what it gets for a while.
func (h *Hold) Slow(now time.Time, err *service.Error, running int) bool {
	if !h.Waits(now) { // else that was before it waited
		h.throttle = max(1, running/2)
	}
	h.raise = now.Add(h.Raise)
	return h.wait(now, err)
}

// Crowd notes that the service does not take as many at a time as are under way.
func (h *Hold) Crowd(now time.Time, running int) {
	h.throttle, h.raise = max(1, running-1), now.Add(h.Raise)
}

// wait sets the time of the next try, unless one is set that was not reached;
// then it only follows what the service asks for.
func (h *Hold) wait(now time.Time, err *service.Error) bool {
	if h.Waits(now) {
		if asked := now.Add(min(err.RetryAfter, MaxAskedWait)); asked.After(h.until) {
			h.until = asked
		}
		return false
	}
	h.fails++
	h.until, h.err = now.Add(Backoff(h.fails, err)), err
	return true
}

// TryNow ends the wait for a service that is out of reach. Where the service
// itself asked to wait, it does nothing and reports false.
func (h *Hold) TryNow(now time.Time) bool {
	if !h.offline {
		return false
	}
	h.until, h.fails = now, 0
	return true
}

// Reached notes that the service answered. It reports whether that ends a wait,
// and whether one for a service that was out of reach.
func (h *Hold) Reached(now time.Time, workers int) (ends, back bool) {
	if h.throttle > 0 && now.After(h.raise) {
		h.throttle, h.raise = h.throttle+1, now.Add(h.Raise)
		if h.throttle >= workers {
			h.throttle = 0
		}
	}
	if h.NeedsKey || h.fails == 0 && !h.offline || h.Waits(now) && !h.offline {
		return false, false
	}
	back = h.offline
	h.offline, h.fails, h.until, h.err = false, 0, time.Time{}, nil
	return true, back
}

// DiskFails notes that the queue can't be written. It reports whether it could
// before.
func (h *Hold) DiskFails(err *service.Error) bool {
	could := h.disk == nil
	h.disk = err
	return could
}

// DiskWorks notes that the queue can be written. It reports whether it could
// not before.
func (h *Hold) DiskWorks() bool {
	could := h.disk == nil
	h.disk = nil
	return !could
}
