package watch

import "time"

// Clock is the time as the watcher knows it.
type Clock interface {
	Now() time.Time
	// After gives a channel that is sent to once when d has passed, and a
	// function that gives it up.
	After(d time.Duration) (<-chan time.Time, func() bool)
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) After(d time.Duration) (<-chan time.Time, func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}
