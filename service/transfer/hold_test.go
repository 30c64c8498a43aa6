package transfer

import (
	"testing"
	"time"

	"sluice/service"
)

func TestPostponed(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{
		-time.Hour: false, 0: false, time.Second: true, MaxAskedWait: true, MaxAskedWait + MaxBackoff: true, 24 * time.Hour: false,
	} {
		if got := Postponed(now.Add(after), now); got != want {
			t.Errorf("%v ahead: %v", after, got)
		}
	}
}

func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 70: time.Minute} {
		for range 100 {
			if d := Backoff(n, nil); d < want*8/10 || d > want*12/10 {
				t.Fatalf("after %d failures %v, want about %v", n, d, want)
			}
		}
	}
	if d := Backoff(1, &service.Error{RetryAfter: 90 * time.Second}); d != 90*time.Second {
		t.Errorf("asked for 90 s, waits %v", d)
	}
	if d := Backoff(1, &service.Error{RetryAfter: 1000 * time.Hour}); d != MaxAskedWait {
		t.Errorf("waits %v", d)
	}
}

// limits checks how many of 4 may go on.
func limits(t *testing.T, h *Hold, now time.Time, want int, when string) {
	t.Helper()
	if n, all := h.Limit(now, 4); n != want || all != (want == 4) {
		t.Errorf("%s: %d, %v", when, n, all)
	}
}

func TestHoldForAnOutage(t *testing.T) {
	h, now := Hold{Raise: 10 * time.Second}, time.Now()
	gone := &service.Error{Kind: service.Offline}
	limits(t, &h, now, 4, "at first")
	if !h.Lose(now, gone) || h.Lose(now, gone) {
		t.Error("an outage is not told once")
	}
	limits(t, &h, now, 0, "right after")
	told := h.Tell()
	if !told.Offline || told.Err != gone || told.Until != h.Until() || !told.Until.After(now) {
		t.Errorf("told %+v", told)
	}
	now = h.Until()
	limits(t, &h, now, 1, "when it is due")
	first := now
	h.Lose(now, gone)
	if wait := h.Until().Sub(first); wait < 1600*time.Millisecond {
		t.Errorf("the second wait is %v", wait)
	}
	if !h.TryNow(now) || h.Waits(now) {
		t.Error("it waits all the same")
	}
	limits(t, &h, now, 1, "tried now")
	if ends, back := h.Reached(now, 4); !ends || !back || h.Tell() != (Holding{}) {
		t.Errorf("back: %v, %v, %+v", ends, back, h.Tell())
	}
	if ends, back := h.Reached(now, 4); ends || back || h.TryNow(now) {
		t.Error("it is back twice")
	}
	limits(t, &h, now, 4, "back")
}

func TestHoldSlowsDown(t *testing.T) {
	h, now := Hold{Raise: 10 * time.Second}, time.Now()
	busy := &service.Error{Kind: service.RateLimited, RetryAfter: 5 * time.Second}
	if !h.Slow(now, busy, 4) {
		t.Error("not told")
	}
	if h.Slow(now, &service.Error{RetryAfter: 9 * time.Second}, 1); !h.Until().Equal(now.Add(9 * time.Second)) {
		t.Errorf("waits for %v", h.Until().Sub(now))
	}
	if ends, _ := h.Reached(now, 4); ends { // of a request that was under way
		t.Error("does not wait as long as it was asked to")
	}
	limits(t, &h, now, 0, "asked to wait")
	now = h.Until()
	limits(t, &h, now, 2, "half")
	if ends, back := h.Reached(now, 4); !ends || back {
		t.Error("goes on as after an outage")
	}
	limits(t, &h, now, 2, "half still")
	now = now.Add(11 * time.Second)
	h.Reached(now, 4)
	limits(t, &h, now, 3, "one more")
	h.Reached(now.Add(time.Second), 4)
	limits(t, &h, now, 3, "not yet another")
	h.Reached(now.Add(11*time.Second), 4)
	limits(t, &h, now, 4, "all")
	h.Crowd(now, 4)
	limits(t, &h, now, 3, "crowded")
	h.Crowd(now, 1)
	limits(t, &h, now, 1, "never none")
}

func TestHoldForUsers(t *testing.T) {
	h, now := Hold{}, time.Now()
	no := &service.Error{Kind: service.Unauthorized}
	if !h.Refuse(no) || h.Refuse(&service.Error{}) {
		t.Error("a refusal is not told once")
	}
	if told := h.Tell(); !told.NeedsKey || told.Err != no || !told.Until.IsZero() {
		t.Errorf("told %+v", told)
	}
	limits(t, &h, now, 0, "refused")
	h.Reached(now, 4) // of what went out before
	if h.Open(now) {
		t.Error("the key is good again")
	}
	full := &service.Error{Kind: service.Internal}
	h.Paused = true
	if !h.DiskFails(full) || h.DiskFails(full) || h.Tell().Err != full {
		t.Error("the full disk is not told once")
	}
	h.Renew()
	if told := h.Tell(); told.NeedsKey || !told.Paused || told.Err != full {
		t.Errorf("with another key: %+v", told)
	}
	if !h.DiskWorks() || h.DiskWorks() || !h.Open(now) {
		t.Error("the disk works")
	}
	limits(t, &h, now, 0, "paused")
	h.Paused = false
	limits(t, &h, now, 4, "all is well")
}
