package transfer

import (
	"context"
	"time"

	"sluice/service/clock"
)

// Alarm calls an engine when something is due. Its methods may be called from
// any goroutine.
type Alarm struct {
	clock clock.Clock
	wake  chan struct{} // holds one token: there may be something to do earlier
}

// NewAlarm makes an alarm that goes by a clock.
func NewAlarm(c clock.Clock) *Alarm { return &Alarm{clock: c, wake: make(chan struct{}, 1)} }

// Rouse makes the alarm go off at once.
func (a *Alarm) Rouse() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Run calls do, and again whenever the time has come that do gave, or Rouse was
// called, until ctx ends. The zero time stands for never.
func (a *Alarm) Run(ctx context.Context, do func(now time.Time) (next time.Time)) {
	for {
		now := a.clock.Now()
		next := do(now)
		if !a.wait(ctx, now, next) {
			return
		}
	}
}

// wait reports false when ctx has ended.
func (a *Alarm) wait(ctx context.Context, now, next time.Time) bool {
	var due <-chan time.Time
	if !next.IsZero() {
		passed, giveUp := a.clock.After(next.Sub(now))
		defer giveUp()
		due = passed
	}
	select {
	case <-due:
	case <-a.wake:
	case <-ctx.Done():
		return false
	}
	return true
}

// Next is the earliest of those times that are to come, zero when none is.
func Next(now time.Time, times ...time.Time) (next time.Time) {
	for _, t := range times {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
