// Package clock is the time as engines know it, so that tests can make it pass.
package clock

import "time"

// Clock tells the time and waits. Its methods may be called from any goroutine.
type Clock interface {
	Now() time.Time
	// After gives a channel that is sent to once when d has passed, and a
	// function that gives it up.
	After(d time.Duration) (<-chan time.Time, func() bool)
}

// System is the computer's clock.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now() }

// After implements Clock.
func (System) After(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}
