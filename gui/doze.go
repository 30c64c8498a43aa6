package gui

import (
	"context"
	"sync"
	"time"
)

// napTime is how long the interface goroutine waits at a time while there is no
// window: other programs that paste what was copied here get an answer in between.
const napTime = 150 * time.Millisecond

// doze slows Fyne's loop down while there is no window. That looks for input and
// for something to draw 60 times a second, whatever there is to do, which takes
// more than a hundredth of a processor. Its methods may be called from any
// goroutine.
type doze struct {
	run  func(func()) // runs a function on the interface goroutine, later
	wake chan struct{}

	mu  sync.Mutex
	end context.CancelFunc // nil: awake
}

func newDoze(run func(func())) *doze { return &doze{run: run, wake: make(chan struct{}, 1)} }

// do runs f on the interface goroutine, also when that is asleep.
func (d *doze) do(f func()) {
	d.run(f)
	select {
	case d.wake <- struct{}{}:
	default: // it wakes anyway
	}
}

// begin lets the interface goroutine doze until ctx ends or stop is called. The
// work is the caller's to start, on a goroutine of its own; nil: it dozes already.
func (d *doze) begin(ctx context.Context) (work func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end != nil {
		return nil
	}
	ctx, d.end = context.WithCancel(ctx)
	return func() {
		for ctx.Err() == nil {
			d.nap(ctx)
		}
	}
}

// nap has the interface goroutine wait for a while.
func (d *doze) nap(ctx context.Context) {
	over := make(chan struct{})
	d.run(func() {
		defer close(over)
		timer := time.NewTimer(napTime)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-d.wake:
		case <-ctx.Done():
		}
	})
	select {
	case <-over:
	case <-ctx.Done():
	}
}

// stop wakes the interface goroutine for good.
func (d *doze) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end != nil {
		d.end()
		d.end = nil
	}
}

// doze lets the interface goroutine rest while there is no window.
func (s *Shell) doze() {
	if s.dozing == nil {
		return // a test's goroutine
	}
	if work := s.dozing.begin(s.ctx); work != nil {
		s.wg.Go(work)
	}
}

// wake ends that.
func (s *Shell) wake() {
	if s.dozing != nil {
		s.dozing.stop()
	}
}
