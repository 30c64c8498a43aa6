// Package clocktest has clocks for tests. It is apart from package clock so
// that programs do not have them.
package clocktest

import "time"

// Quick runs faster than the real time, so that waits which take a minute take
// a second. It implements clock.Clock.
type Quick struct {
	start time.Time
	times int
}

// NewQuick gives a clock that begins with the real time and runs so many times
// as fast.
func NewQuick(times int) *Quick { return &Quick{start: time.Now(), times: times} }

// Now implements clock.Clock.
func (c *Quick) Now() time.Time {
	return c.start.Add(time.Since(c.start) * time.Duration(c.times))
}

// After implements clock.Clock.
func (c *Quick) After(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d / time.Duration(c.times))
	return t.C, t.Stop
}
