package session

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
	"sluice/service/awake"
	"sluice/service/feed"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
)

func TestWhatTheComputerStaysAwakeFor(t *testing.T) {
	offline := &service.Error{Kind: service.Offline}
	full := &service.Error{Kind: service.Internal, Value: service.ReasonQueueUnwritable}
	for name, c := range map[string]struct {
		totals upload.Totals
		on     bool
		ends   bool // after a while
	}{
		"nothing":                  {totals: upload.Totals{Finished: 3, Failed: 2}},
		"sending":                  {totals: upload.Totals{Active: 1}, on: true},
		"last file":                {totals: upload.Totals{Active: 1, Finished: 9}, on: true},
		"looking through":          {totals: upload.Totals{Scanning: 1}, on: true},
		"all waiting":              {totals: upload.Totals{Waiting: 3}, on: true, ends: true},
		"offline":                  {totals: upload.Totals{Waiting: 3, Offline: true, Err: offline}, on: true, ends: true},
		"offline and tries":        {totals: upload.Totals{Waiting: 3, Active: 1, Offline: true, Err: offline}, on: true, ends: true},
		"disk full":                {totals: upload.Totals{Waiting: 3, Active: 1, Err: full}, on: true, ends: true},
		"paused":                   {totals: upload.Totals{Waiting: 3, Scanning: 1, Paused: true}},
		"paused, but one finishes": {totals: upload.Totals{Waiting: 3, Active: 1, Paused: true}, on: true},
		"no key":                   {totals: upload.Totals{Waiting: 3, NeedsKey: true}},
		"paused offline":           {totals: upload.Totals{Waiting: 3, Paused: true, Offline: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w, now := work{}, time.Now()
			l := uploadLoad(&c.totals)
			on, left := w.judge(&l, now)
			if on != c.on || (left == stuckAwake) != c.ends || !c.ends && left != 0 {
				t.Errorf("now: %v for %v", on, left)
			}
			on, left = w.judge(&l, now.Add(stuckAwake-time.Second))
			if on != c.on || c.ends && left != time.Second {
				t.Errorf("a second before the end: %v for %v", on, left)
			}
			on, left = w.judge(&l, now.Add(stuckAwake))
			if on != (c.on && !c.ends) || left != 0 {
				t.Errorf("at the end: %v for %v", on, left)
			}
			if on, _ = w.judge(&load{active: 1, busy: true}, now.Add(stuckAwake)); !on {
				t.Error("not for work that goes on")
			}
			if on, _ = w.judge(&l, now.Add(time.Hour)); on != c.on {
				t.Error("the time does not begin anew")
			}
		})
	}
}

// Time passes without news too.
func TestOfflineForLongLetsTheComputerSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f feed.Feed[struct{}, upload.Event]
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		events := f.Subscribe(ctx)
		var on atomic.Bool
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			first, next := news(load{busy: true, offline: true}, events, uploadNews)
			watchWork(ctx, first, next, on.Store)
		}()
		is := func(want bool, when string) {
			synctest.Wait()
			if on.Load() != want {
				t.Errorf("%s: %v", when, !want)
			}
		}
		is(true, "offline")
		<-time.After(stuckAwake - 1)
		f.Publish(upload.Event{Removed: []service.JobID{1}}) // no totals in it
		is(true, "offline for a while")
		<-time.After(time.Nanosecond)
		is(false, "offline for long")
		f.Publish(upload.Event{Totals: &upload.Totals{Active: 1}})
		is(true, "again")
		f.Publish(upload.Event{Totals: &upload.Totals{Finished: 1}})
		is(false, "done")
		f.Close()
		<-ended
	})
}

// held is the only lock of a test.
type held struct{ taken, released chan struct{} }

func (h held) Release()              { close(h.released) }
func (h held) Lost() <-chan struct{} { return nil }

func TestSessionKeepsTheComputerAwake(t *testing.T) {
	server := sandboxtest.New(t)
	stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", After: 1000})
	h := held{make(chan struct{}), make(chan struct{})}
	cfg := Config{Home: newHome(t), APIURL: server.APIURL(), Key: sandboxtest.Key, Keyring: newRing()}
	cfg.KeepAwake = func(_ context.Context, reason string) (awake.Lock, error) {
		if reason != awakeReason {
			t.Errorf("the reason is %q", reason)
		}
		close(h.taken)
		return h, nil
	}
	s := enter(t, cfg)
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := write(t, strings.Repeat("x", 100_000))
	if _, err := s.Engine().Add(t.Context(), upload.Choose, []string{path}); err != nil {
		t.Fatal(err)
	}
	if err := stall.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	<-h.taken
	select {
	case <-h.released:
		t.Error("let go in the middle of an upload")
	default:
	}
	closeIt(t, s)
	<-h.released
}

// With a window, "Pause all" outlives the session. A command has nobody to
// press "Resume".
func TestPauseIsRememberedForWindows(t *testing.T) {
	server := sandboxtest.New(t)
	cfg := Config{Home: newHome(t), APIURL: server.APIURL(), Key: sandboxtest.Key, Keyring: newRing()}
	window := cfg
	window.OnOpen = func() {}
	paused := func(cfg Config) bool {
		s := enter(t, cfg)
		defer closeIt(t, s)
		snapshot, events := s.Engine().Subscribe(t.Context())
		events.Close()
		return snapshot.Totals.Paused
	}
	s := enter(t, window)
	if err := s.Engine().Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	if paused(cfg) {
		t.Error("a command is paused")
	}
	for range 2 {
		if !paused(window) {
			t.Error("a window is not paused any more")
		}
	}
	s = enter(t, cfg)
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	uploadOne(t, s, "by a command")
	closeIt(t, s)
	s = enter(t, window)
	if err := s.Engine().Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	if paused(window) {
		t.Error("resumed, and paused again")
	}
	if got := filepath.Base(path(t, server)); got != "file.txt" {
		t.Errorf("uploaded %q", got)
	}
}

func path(t *testing.T, server *sandbox.Server) string {
	t.Helper()
	files := server.Uploads()
	if len(files) != 1 {
		t.Fatalf("%d uploads", len(files))
	}
	return files[0].Name
}
