package spare

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryIsGivenBackOncePerRest(t *testing.T) {
	const mega = 1 << 20
	now, freed, drawn := state{}, 0, uint64(0)
	var done []string
	k := keeper{
		read:   func() state { return state{now.allocated + drawn, now.held, now.live} },
		forget: func() { done = append(done, "forget"); drawn += 10 << 20 }, // which is not the end of the rest
		free:   func() { done = append(done, "free"); freed++ },
		trim:   func() { done = append(done, "trim") },
	}
	for i, step := range []struct {
		allocated, held, live uint64 // MiB
		want                  int    // freed by then
	}{
		{50, 60, 20, 0},  // at work
		{90, 100, 40, 0}, // still
		{90, 100, 40, 1}, // at rest
		{90, 100, 40, 1}, // and on
		{200, 130, 40, 1},
		{200, 130, 40, 2},
		{300, 44, 40, 2},
		{300, 44, 40, 2}, // nothing much to give
		{300, 90, 40, 3}, // something was freed since, not by us
	} {
		now = state{step.allocated * mega, step.held * mega, step.live * mega}
		k.look()
		if freed != step.want {
			t.Errorf("step %d: given back %d times, want %d", i, freed, step.want)
		}
	}
	if want := slices.Repeat([]string{"forget", "free", "trim"}, 3); !slices.Equal(done, want) {
		t.Errorf("in the order %v, want %v", done, want)
	}
}

// What the runtime says is understood: garbage is seen, and gone after it was
// given back.
func TestGarbageIsSeen(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it stays until the end
	runtime.GC()
	before := read()
	for range 64 {
		runtime.KeepAlive(make([]byte, 1<<20))
	}
	after := read()
	if got := after.allocated - before.allocated; got < 64<<20 || got > 80<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
	if after.held < after.live+32<<20 {
		t.Errorf("of 64 MiB of garbage %d bytes are seen", after.held-after.live)
	}
	debug.FreeOSMemory()
	if now := read(); now.held > now.live+worth {
		t.Errorf("%d bytes are spare after all was given back", now.held-now.live)
	}
}

func TestRunTurnsTheCollectorBack(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Run(ctx, nil)
		}()
		now := func() int { p := debug.SetGCPercent(100); debug.SetGCPercent(p); return p }
		<-time.After(lookEvery / 2)
		if p := now(); p != 100 {
			t.Errorf("at the start it is %d %%", p)
		}
		<-time.After(2 * lookEvery)
		if p := now(); p != percent {
			t.Errorf("later it is %d %%", p)
		}
		cancel()
		<-ended
		if p := now(); p != 100 {
			t.Errorf("in the end it is %d %%", p)
		}
	})
}
