//go:build realwindow && bench

package realwindow

import (
	"context"
	"slices"
	"testing"
	"time"

	"sluice/service/bench/figure"
)

// TestBenchStart opens the Files screen of an account with 100,000 files: the
// first time, when nothing is known of them, and then again and again, in turns
// with a Fyne window that has nothing in it.
func TestBenchStart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	a := newAccount(ctx, t)
	say(t, "\n### Start of the window\n\n%s, Xvfb, software OpenGL.\n", figure.Machine())
	a.firstStart(ctx, t)

	want := a.reference(ctx, t)
	var pixels, grid, answered, empty, wheel, thread, emptyThread []time.Duration
	for i := range *pairs + 1 {
		var ours start
		var theirs start
		if i%2 == 0 { // neither always profits from the other's warm caches
			ours, theirs = a.timeStart(ctx, t, want), a.timeEmpty(ctx, t)
		} else {
			theirs, ours = a.timeEmpty(ctx, t), a.timeStart(ctx, t, want)
		}
		bare := a.timeWheel(ctx, t)
		if i == 0 {
			continue // cold
		}
		pixels, grid, answered = append(pixels, ours.pixels), append(grid, ours.grid), append(answered, ours.answered)
		empty, wheel = append(empty, theirs.pixels), append(wheel, bare.answered)
		thread, emptyThread = append(thread, ours.thread), append(emptyThread, theirs.thread)
	}
	say(t, `
| from the start of the process to | median (least to most), ms | beside the empty window's first pixels |
|---|---|---|
| an empty Fyne window: first pixels | %s | 1 |
| the same, the wheel answered | %s | %.2f |
| Sluice: first pixels | %s | %.2f |
| the first rows with names and pictures in place | %s | %.2f |
| the wheel turned after that and answered | %s | %.2f |

Processor time of the interface goroutine, which says more on a busy computer: until the rows are in place %s ms, the empty
window until its first pixels %s ms, ratio %.2f.

`, figure.Spread(empty), figure.Spread(wheel), figure.Ratio(wheel, empty), figure.Spread(pixels), figure.Ratio(pixels, empty), figure.Spread(grid), figure.Ratio(grid, empty),
		figure.Spread(answered), figure.Ratio(answered, empty),
		figure.Spread(thread), figure.Spread(emptyThread), figure.Ratio(thread, emptyThread))
	say(t, "%s\n", figure.Budget("a usable Files screen beside an empty window", figure.Ratio(answered, empty), 1.3, ""))
}

// firstStart measures from the start of the process to all files, when nothing
// is known yet, and leaves the program on the Files screen for the next start.
func (a *account) firstStart(ctx context.Context, t *testing.T) {
	t.Helper()
	o := a.opens(ctx, t, a.sluice)
	r := &running{Process: o.Process, Window: o.Window, desktop: a.desktop}
	all, err := a.reader.AwaitText(ctx, o.Window, "100,000 files ·") // at the bottom of the navigation
	took := time.Since(o.begun)
	if err != nil {
		t.Fatal(err)
	}
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Search 100,000 files")
	o.settledTiles(ctx, t)
	say(t, "\nFirst start, nothing known: all 100,000 files after %.2f s (read off the screen at %v).\n", took.Seconds(), all.Min)
	r.quit(ctx, t)
}

// reference is what the tiles look like after a start, all pictures there.
func (a *account) reference(ctx context.Context, t *testing.T) []byte {
	t.Helper()
	o := a.opens(ctx, t, a.sluice)
	if _, err := a.reader.AwaitText(ctx, o.Window, "Search 100,000 files"); err != nil {
		t.Fatal(err)
	}
	want := o.settledTiles(ctx, t)
	img, err := o.Image()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "reference", img)
	o.Stop()
	return want
}

// start is how long after the start of the process something was, and what the
// interface goroutine had used of a processor when the window was as it should be.
type start struct{ pixels, grid, answered, thread time.Duration }

func (a *account) timeStart(ctx context.Context, t *testing.T, want []byte) start {
	t.Helper()
	o := a.opens(ctx, t, a.sluice)
	defer o.Stop()
	s := start{pixels: o.pixels}
	s.grid = o.untilTiles(ctx, t, want).Sub(o.begun)
	s.thread = used(t, o)
	s.answered = o.answered(ctx, t, want).Sub(o.begun)
	return s
}

func (a *account) timeEmpty(ctx context.Context, t *testing.T) start {
	t.Helper()
	o := a.opens(ctx, t, a.empty)
	defer o.Stop()
	return start{pixels: o.pixels, thread: used(t, o)}
}

// timeWheel starts an empty window that answers the wheel, and nothing else.
func (a *account) timeWheel(ctx context.Context, t *testing.T) start {
	t.Helper()
	wheel := *a
	wheel.env = append(slices.Clone(a.env), "EMPTYWINDOW_WHEEL=1")
	o := wheel.opens(ctx, t, a.empty)
	defer o.Stop()
	return start{pixels: o.pixels, answered: o.answered(ctx, t, o.tiles(t)).Sub(o.begun)}
}

func used(t *testing.T, o *opened) time.Duration {
	t.Helper()
	d, err := figure.MainThreadTime(o.PID())
	if err != nil {
		t.Fatal(err)
	}
	return d
}
