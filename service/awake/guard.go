// Package awake keeps the computer from going to sleep by itself while there
// is work. It asks the desktop or the system for that and says why; closing
// the lid and the user's own command still work, and the screen goes dark as
// always. docs/decisions tells what is asked for on which platform.
package awake

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Lock is what keeps the computer awake.
type Lock interface {
	// Release lets the computer sleep again. It is called once, and returns
	// soon.
	Release()
	// Lost is closed when the computer may sleep all the same, because whoever
	// granted the lock is gone. nil: that can't happen.
	Lost() <-chan struct{}
}

// Config of a Guard. Take is needed, all else may be left out.
type Config struct {
	// Take gets the lock within the time of ctx. The reason is for people.
	Take   func(ctx context.Context, reason string) (Lock, error)
	Reason string
	Logger *slog.Logger // nil = discard

	Grace time.Duration // how long a lock is kept after the work has ended; 0 = 10 s
	Limit time.Duration // how long Take may take; 0 = 10 s
	Again time.Duration // after how long Take is tried again when it failed; 0 = 5 min
}

const (
	defaultGrace = 10 * time.Second
	defaultLimit = 10 * time.Second
	defaultAgain = 5 * time.Minute
)

// Guard holds a Lock as long as it is wanted. Its methods may be called from
// any goroutine.
type Guard struct {
	cfg    Config
	cancel context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{}

	mu   sync.Mutex
	want bool
}

// NewGuard gives a Guard that wants nothing yet. Close ends it.
func NewGuard(cfg Config) *Guard {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Grace = orDefault(cfg.Grace, defaultGrace)
	cfg.Limit = orDefault(cfg.Limit, defaultLimit)
	cfg.Again = orDefault(cfg.Again, defaultAgain)
	ctx, cancel := context.WithCancel(context.Background())
	g := &Guard{cfg: cfg, cancel: cancel, wake: make(chan struct{}, 1)}
	h := &holder{cfg: cfg, wanted: g.wanted}
	g.done.Go(func() { h.run(ctx, g.wake) })
	return g
}

func orDefault(d, standard time.Duration) time.Duration {
	if d <= 0 {
		return standard
	}
	return d
}

// Set says whether there is work. It returns at once, and may be called as
// often as one likes: a lock that was lost meanwhile is taken again.
func (g *Guard) Set(on bool) {
	g.mu.Lock()
	g.want = on
	g.mu.Unlock()
	select {
	case g.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (g *Guard) wanted() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.want
}

// Close lets the computer sleep again and waits until that is done. Set does
// nothing from then on.
func (g *Guard) Close() {
	g.cancel()
	g.done.Wait()
}

// holder is the goroutine that owns the lock.
type holder struct {
	cfg    Config
	wanted func() bool

	lock   Lock      // nil: not held
	next   time.Time // no try before
	ending *time.Timer
	failed bool // it was told
}

func (h *holder) run(ctx context.Context, wake <-chan struct{}) {
	defer h.release()
	for {
		var lost <-chan struct{}
		var end <-chan time.Time
		if h.lock != nil {
			lost = h.lock.Lost()
		}
		if h.ending != nil {
			end = h.ending.C
		}
		select {
		case <-ctx.Done():
			return
		case <-lost:
			h.cfg.Logger.Info("the computer is no longer kept awake")
			h.release()
		case <-end:
			h.release()
		case <-wake:
			h.look(ctx)
		}
	}
}

// look does what is wanted now.
func (h *holder) look(ctx context.Context) {
	want := h.wanted()
	switch {
	case want && h.lock == nil:
		h.take(ctx)
	case want:
		h.stay()
	case h.lock != nil && h.ending == nil:
		h.ending = time.NewTimer(h.cfg.Grace)
	}
}

func (h *holder) take(ctx context.Context) {
	now := time.Now()
	if now.Before(h.next) {
		return
	}
	limited, cancel := context.WithTimeout(ctx, h.cfg.Limit)
	defer cancel()
	lock, err := h.cfg.Take(limited, h.cfg.Reason)
	switch {
	case err == nil:
		h.lock, h.next = lock, now.Add(h.cfg.Grace) // whoever grants and goes is not asked all the time
		if !h.wanted() {
			h.ending = time.NewTimer(h.cfg.Grace)
		}
	case ctx.Err() == nil:
		h.next = time.Now().Add(h.cfg.Again)
		if !h.failed {
			h.failed = true
			h.cfg.Logger.Warn("the computer can't be kept awake", slog.Any("err", err))
		}
	}
}

// stay gives up a release that was due.
func (h *holder) stay() {
	if h.ending != nil {
		h.ending.Stop()
		h.ending = nil
	}
}

func (h *holder) release() {
	h.stay()
	if h.lock != nil {
		h.lock.Release()
		h.lock = nil
	}
}
