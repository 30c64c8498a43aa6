package awake

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// granter gives locks and knows which are held.
type granter struct {
	mu      sync.Mutex
	asked   int
	held    int
	current *fakeLock
	refuse  error
	mute    bool // answers only when the caller gives up
	reason  string
}

type fakeLock struct {
	g    *granter
	lost chan struct{}
}

func (g *granter) take(ctx context.Context, reason string) (Lock, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	g.reason = reason
	if g.mute {
		g.mu.Unlock()
		<-ctx.Done()
		g.mu.Lock()
		return nil, ctx.Err()
	}
	if g.refuse != nil {
		return nil, g.refuse
	}
	g.held++
	g.current = &fakeLock{g: g, lost: make(chan struct{})}
	return g.current, nil
}

func (l *fakeLock) Release() {
	l.g.mu.Lock()
	defer l.g.mu.Unlock()
	l.g.held--
}

func (l *fakeLock) Lost() <-chan struct{} { return l.lost }

// want checks what became of everything said so far.
func (g *granter) want(t *testing.T, asked, held int) {
	t.Helper()
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.asked != asked || g.held != held {
		t.Fatalf("asked %d times and held %d, want %d and %d", g.asked, g.held, asked, held)
	}
}

func TestGuardHoldsWhileThereIsWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &granter{}
		guard := NewGuard(Config{Take: g.take, Reason: "why"})
		guard.Set(false)
		g.want(t, 0, 0)
		guard.Set(true)
		guard.Set(true)
		g.want(t, 1, 1)
		if g.reason != "why" {
			t.Errorf("the reason is %q", g.reason)
		}
		// Between two files it stays, also when that is said again and again.
		for range 20 {
			guard.Set(false)
			<-time.After(defaultGrace / 2)
			guard.Set(false)
			<-time.After(defaultGrace/2 - 1)
			guard.Set(true)
			g.want(t, 1, 1)
		}
		guard.Set(false)
		<-time.After(defaultGrace - 1)
		guard.Set(false)
		g.want(t, 1, 1)
		<-time.After(time.Nanosecond)
		g.want(t, 1, 0)
		guard.Set(true)
		g.want(t, 2, 1)
		guard.Close()
		g.want(t, 2, 0)
		guard.Set(true)
		g.want(t, 2, 0)
	})
}

func TestGuardTellsOnceThatItCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &granter{refuse: errors.New("nobody there")}
		var log bytes.Buffer
		guard := NewGuard(Config{Take: g.take, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		defer guard.Close()
		for range 100 { // over 50 minutes
			guard.Set(true)
			synctest.Wait()
			<-time.After(30 * time.Second)
		}
		g.want(t, 10, 0)
		if n := strings.Count(log.String(), "nobody there"); n != 1 {
			t.Errorf("told %d times:\n%s", n, log.String())
		}
		g.refuse = nil
		guard.Set(true)
		g.want(t, 11, 1)
	})
}

func TestGuardTakesAgainWhatWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &granter{}
		guard := NewGuard(Config{Take: g.take})
		defer guard.Close()
		guard.Set(true)
		g.want(t, 1, 1)
		<-time.After(time.Hour)
		close(g.current.lost)
		g.want(t, 1, 0)
		guard.Set(true)
		g.want(t, 2, 1)
		// Whoever grants and goes at once is not asked at once.
		close(g.current.lost)
		g.want(t, 2, 0)
		guard.Set(true)
		g.want(t, 2, 0)
		<-time.After(defaultGrace)
		guard.Set(true)
		g.want(t, 3, 1)
		// What is lost in the grace is not wanted any more.
		guard.Set(false)
		g.want(t, 3, 1)
		close(g.current.lost)
		<-time.After(defaultGrace)
		g.want(t, 3, 0)
		guard.Set(true)
		g.want(t, 4, 1)
		<-time.After(2 * defaultGrace)
		g.want(t, 4, 1)
	})
}

func TestGuardGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &granter{mute: true}
		guard := NewGuard(Config{Take: g.take})
		began := time.Now()
		guard.Set(true)
		<-time.After(defaultLimit)
		g.want(t, 1, 0)
		<-time.After(defaultAgain)
		guard.Set(true)
		synctest.Wait() // it asks, in vain
		guard.Close()
		if took := time.Since(began); took != defaultLimit+defaultAgain {
			t.Errorf("it took %v", took)
		}
		g.want(t, 2, 0)
	})
}

// The work can end while the lock is being taken.
func TestGuardWhoseWorkEndsMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &granter{}
		slow := func(ctx context.Context, reason string) (Lock, error) {
			<-time.After(time.Second)
			return g.take(ctx, reason)
		}
		guard := NewGuard(Config{Take: slow})
		guard.Set(true)
		synctest.Wait()
		guard.Set(false)
		<-time.After(time.Second)
		g.want(t, 1, 1)
		<-time.After(defaultGrace)
		g.want(t, 1, 0)
		guard.Set(true)
		synctest.Wait()
		guard.Close() // while it is being taken
		g.want(t, 2, 0)
	})
}
