//go:build realwindow && bench

package realwindow

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// startPairs is how often both programs are started, in turns.
const startPairs = 21

// TestBenchStart measures the start of `sluice -sandbox` against a Fyne window
// with nothing in it: from exec to the first painted pixels of the window.
// Both are built as they are released; both were started before, so that
// caches are warm and the database exists.
func TestBenchStart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	folder := t.TempDir()
	sluice, empty := filepath.Join(folder, "sluice"), filepath.Join(folder, "emptywindow")
	build(ctx, t, sluice, "migrated_fynedo", "sluice")
	build(ctx, t, empty, "migrated_fynedo,bench", "sluice/gui/realwindow/emptywindow")

	d := newDesktop(t, 1)
	var ours, theirs, ratios []time.Duration
	for i := range startPairs + 1 {
		var a, b time.Duration
		if i%2 == 0 { // neither always profits from the other's warm caches
			a, b = d.timeStart(ctx, t, sluice, "-sandbox"), d.timeStart(ctx, t, empty)
		} else {
			b, a = d.timeStart(ctx, t, empty), d.timeStart(ctx, t, sluice, "-sandbox")
		}
		if i == 0 {
			continue // cold
		}
		ours, theirs = append(ours, a), append(theirs, b)
		ratios = append(ratios, a*1000/b) // thousandths
	}
	o, e := median(ours), median(theirs)
	t.Logf("start of sluice -sandbox: %d ms (%d to %d), empty Fyne window: %d ms (%d to %d), median ratio of %d pairs: %.2f",
		o.Milliseconds(), slices.Min(ours).Milliseconds(), slices.Max(ours).Milliseconds(),
		e.Milliseconds(), slices.Min(theirs).Milliseconds(), slices.Max(theirs).Milliseconds(),
		startPairs, float64(median(ratios))/1000)
}

func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}

// timeStart starts a program, waits for the first pixels of its window, and
// ends it.
func (d *desktop) timeStart(ctx context.Context, t *testing.T, program string, args ...string) time.Duration {
	t.Helper()
	events := d.display.subscribe()
	defer events.close()
	cmd := exec.Command(program, args...) //nolint:noctx // ended below
	cmd.Env = d.env()
	begin := time.Now()
	p := startProcess(t, filepath.Base(program), cmd)
	defer p.Stop()
	if err := d.display.firstPixels(ctx, events, p.PID()); err != nil {
		t.Fatalf("%s: %v\n%s", p.Name, err, p.Output())
	}
	return time.Since(begin)
}

// firstPixels waits until a window that is made from now on is shown and
// painted by the process pid.
func (d *Display) firstPixels(ctx context.Context, events *inbox, pid int) error {
	watched := map[damage.Damage]xproto.Window{}
	for {
		event, err := events.next(ctx)
		if err != nil {
			return fmt.Errorf("nothing is painted: %w", err)
		}
		switch e := event.(type) {
		case xproto.CreateNotifyEvent:
			id, err := damage.NewDamageId(d.conn)
			if err != nil {
				return fmt.Errorf("damage id: %w", err)
			}
			watched[id] = e.Window // a window that went again at once gives an error that is nobody's
			damage.Create(d.conn, id, xproto.Drawable(e.Window), damage.ReportLevelNonEmpty)
		case damage.NotifyEvent:
			window := watched[e.Damage]
			if e.Area.Width > 1 && d.pidOf(window) == pid && d.viewable(window) {
				return nil
			}
			damage.Subtract(d.conn, e.Damage, 0, 0)
		}
	}
}
