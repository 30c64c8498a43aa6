//go:build realwindow && bench

package realwindow

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"sluice/service/bench/figure"
)

// TestBenchIdle measures what the program costs while nothing happens: closed,
// but watching a folder in the background; and minimised, beside a Fyne window
// that has nothing in it.
func TestBenchIdle(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	a := newAccount(ctx, t)
	say(t, "\n### Idle\n\n%s, Xvfb, software OpenGL.\n", figure.Machine())
	if err := os.MkdirAll(filepath.Join(a.home, "home", "Pictures", "Screenshots"), 0o700); err != nil {
		t.Fatal(err)
	}
	a.firstStart(ctx, t)
	o, empty := a.opens(ctx, t, a.sluice), a.opens(ctx, t, a.empty)
	a.iconify(ctx, t, o)
	a.iconify(ctx, t, empty)
	minimised, nothing := idle(ctx, t, o.PID()), idle(ctx, t, empty.PID())
	o.Stop()
	empty.Stop()

	o = a.opens(ctx, t, a.sluice)
	r := &running{Process: o.Process, Window: o.Window, desktop: a.desktop}
	r.open(ctx, t, "Watched folders")
	r.click(ctx, t, "Watch ~/Pictures/Screenshots")
	r.awaitText(ctx, t, "Watching · nothing uploaded yet")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.click(ctx, t, "Keep watching in the background")
	if err := a.display.AwaitWindows(ctx, r.PID(), 0); err != nil {
		t.Fatal(err)
	}
	hidden := idle(ctx, t, r.PID())
	say(t, "\nMinimised: %.2f %% of a core, an empty Fyne window %.2f %%.\n", minimised, nothing)
	say(t, "\n%s\n", figure.Budget("in the background, of a core", hidden, 0.5, " %"))
}

// iconify hides a window as its minimise button does.
func (a *account) iconify(ctx context.Context, t *testing.T, o *opened) {
	t.Helper()
	const iconic = 3
	err := a.display.send(a.display.root, o.id, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, "WM_CHANGE_STATE", iconic)
	if err == nil {
		err = a.display.AwaitWindows(ctx, o.PID(), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// idle is what part of a core a process uses while nothing happens, in percent.
func idle(ctx context.Context, t *testing.T, pid int) float64 {
	t.Helper()
	const over = 20 * time.Second
	used := func() time.Duration {
		d, err := figure.ProcessorTime(pid)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if err := rest(ctx, 5*time.Second); err != nil { // whatever was under way ends
		t.Fatal(err)
	}
	before, began := used(), time.Now()
	if err := rest(ctx, over); err != nil {
		t.Fatal(err)
	}
	return 100 * float64(used()-before) / float64(time.Since(began))
}
