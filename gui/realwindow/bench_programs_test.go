//go:build realwindow && bench

package realwindow

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"sluice/service/bench/figure"
)

var (
	pairs  = flag.Int("pairs", 15, "starts of each program")
	record = flag.String("record", "", "file that gets the figures too")
)

// account is a computer whose user has 100,000 files on a service that is 40 ms
// away, and both programs as people get them.
type account struct {
	*desktop

	sluice, empty string
	env           []string
	user          *syscall.Credential // nil: whose the test is
}

func newAccount(ctx context.Context, t *testing.T) *account {
	t.Helper()
	folder := t.TempDir()
	a := &account{sluice: filepath.Join(folder, "sluice"), empty: filepath.Join(folder, "emptywindow")}
	build(ctx, t, a.sluice, "migrated_fynedo", "sluice")
	build(ctx, t, a.empty, "migrated_fynedo,bench", "sluice/gui/realwindow/emptywindow")
	syscall.Sync()               // what is not on the disk yet of a program counts as memory that it has written
	a.desktop = newDesktop(t, 1) //nolint:contextcheck // its display ends with the test
	api := a.startService(ctx, t, "-files", "100000", "-latency", "40ms")
	a.env = []string{"SLUICE_API_URL=" + api, "SLUICE_API_KEY=" + sessionKey, "FYNE_THEME=light"}
	if os.Geteuid() == 0 {
		a.becomeNobody(t, folder)
	}
	return a
}

// becomeNobody has the programs run without rights: the X library does less for
// root than for people. folder holds the programs.
func (a *account) becomeNobody(t *testing.T, folder string) {
	t.Helper()
	const nobody = 65534
	authority := os.Getenv("XAUTHORITY")
	for _, dir := range []string{folder, a.home, filepath.Dir(authority)} {
		for ; filepath.Dir(dir) != filepath.Dir(os.TempDir()); dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // a test's folder, for others to come in
				t.Fatal(err)
			}
		}
	}
	give := func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(path, nobody, nobody))
	}
	if err := errors.Join(filepath.WalkDir(a.home, give), os.Chown(authority, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	a.user = &syscall.Credential{Uid: nobody, Gid: nobody}
}

// opened is a program whose window has been painted.
type opened struct {
	*Process
	*Window

	begun  time.Time     // the start of the process
	pixels time.Duration // from there to the first painted pixels
}

// opens starts a program and waits for the first pixels of its window.
func (a *account) opens(ctx context.Context, t *testing.T, program string) *opened {
	t.Helper()
	events := a.display.subscribe()
	defer events.close()
	cmd := exec.Command(program) //nolint:noctx // its life is the test's, see startProcess
	cmd.Env = a.desktop.env(a.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.user}
	o := &opened{begun: time.Now()}
	o.Process = startProcess(t, filepath.Base(program), cmd)
	id, err := a.display.firstPixels(ctx, events, o.PID())
	o.pixels = time.Since(o.begun)
	if err == nil {
		o.Window, err = a.display.watch(id)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", o.Name, err, o.Output())
	}
	return o
}

// firstPixels waits until a window that is made from now on is shown and
// painted by the process pid.
func (d *Display) firstPixels(ctx context.Context, events *inbox, pid int) (xproto.Window, error) {
	watched := map[damage.Damage]xproto.Window{}
	for {
		event, err := events.next(ctx)
		if err != nil {
			return 0, fmt.Errorf("nothing is painted: %w", err)
		}
		switch e := event.(type) {
		case xproto.CreateNotifyEvent:
			id, err := damage.NewDamageId(d.conn)
			if err != nil {
				return 0, fmt.Errorf("damage id: %w", err)
			}
			watched[id] = e.Window // a window that went again at once gives an error that is nobody's
			damage.Create(d.conn, id, xproto.Drawable(e.Window), damage.ReportLevelNonEmpty)
		case damage.NotifyEvent:
			window := watched[e.Damage]
			if e.Area.Width > 1 && d.pidOf(window) == pid && d.viewable(window) {
				damage.Destroy(d.conn, e.Damage)
				return window, nil
			}
			damage.Subtract(d.conn, e.Damage, 0, 0)
		}
	}
}

// tilesArea is where the Files screen has its tiles, without the scroll bar.
func tilesArea() image.Rectangle { return image.Rect(232, 96, 890, 738) }

// scrollTrack is where the scroll bar's thumb is at the top and at the bottom.
func scrollTrack() (top, bottom image.Point) { return image.Pt(899, 107), image.Pt(899, 726) }

// tiles is what they look like now.
func (o *opened) tiles(t *testing.T) []byte {
	t.Helper()
	data, err := o.Window.pixels(tilesArea())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// settledTiles is what they look like once nothing moves any more.
func (o *opened) settledTiles(ctx context.Context, t *testing.T) []byte {
	t.Helper()
	if _, err := o.Settled(ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	return o.tiles(t)
}

// untilTiles waits until they look like want, and gives when that was.
func (o *opened) untilTiles(ctx context.Context, t *testing.T, want []byte) time.Time {
	t.Helper()
	watch, err := o.watchPixels()
	if err != nil {
		t.Fatal(err)
	}
	defer watch.close()
	for {
		at, now := time.Now(), o.tiles(t)
		if bytes.Equal(now, want) {
			return at
		}
		if err := watch.next(ctx); err != nil {
			if img, err := o.Image(); err == nil {
				keep(t, "failure", img)
			}
			t.Fatalf("the tiles never look as they should: %v", err)
		}
	}
}

// answered turns the wheel over the tiles, notch by notch, until they look
// otherwise than want, and gives when that was. One notch would not do: Fyne drops
// those that come before it has heard where the pointer is.
func (o *opened) answered(ctx context.Context, t *testing.T, want []byte) time.Time {
	t.Helper()
	const notchEvery = 8 * time.Millisecond
	watch, err := o.watchPixels()
	if err != nil {
		t.Fatal(err)
	}
	defer watch.close()
	o.point(t, image.Pt(560, 400))
	for {
		o.display.button(t, 5)
		notch, cancel := context.WithTimeout(ctx, notchEvery)
		err := watch.next(notch)
		cancel()
		if at := time.Now(); err == nil && !bytes.Equal(o.tiles(t), want) {
			return at
		}
		if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
			t.Fatalf("the wheel is not answered: %v", err)
		}
	}
}

// button presses and releases a button of the mouse where the pointer is, at once.
func (d *Display) button(t *testing.T, number byte) {
	t.Helper()
	for _, kind := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
		if err := xtest.FakeInputChecked(d.conn, kind, number, 0, d.root, 0, 0, 0).Check(); err != nil {
			t.Fatal(err)
		}
	}
}

// point moves the pointer to a point of the window, at once.
func (w *Window) point(t *testing.T, at image.Point) {
	t.Helper()
	origin, err := w.Origin()
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(origin)
	err = xtest.FakeInputChecked(w.display.conn, xproto.MotionNotify, 0, 0, w.display.root, int16(at.X), int16(at.Y), 0).Check()
	if err != nil {
		t.Fatal(err)
	}
}

// rest lets time pass.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// memory is what a process holds now.
func memory(t *testing.T, o *opened) figure.Memory {
	t.Helper()
	m, err := figure.MemoryOf(o.PID())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// say prints figures and records them.
func say(t *testing.T, format string, args ...any) {
	t.Helper()
	figure.Say(t, *record, fmt.Sprintf(format, args...))
}
