//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/gui/kit"
)

// patience bounds every journey: far more than any takes, far less than what
// a developer waits for.
const patience = 5 * time.Minute

// frameQuiet is how long a window has to stand still to be read.
const frameQuiet = 150 * time.Millisecond

// desktop is one user's computer: a screen, a session bus, a home folder.
type desktop struct {
	display *Display
	bus     *Bus
	home    string
	scale   int
	reader  *Reader
	seen    string // on the screen, of a test that failed
}

// newDesktop starts a computer whose screen shows the program at a scale. Flags
// are for its X server.
func newDesktop(t *testing.T, scale int, flags ...string) *desktop {
	t.Helper()
	theme := kit.NewTheme(kit.AppearanceLight)
	d := &desktop{
		bus: StartBus(t), home: t.TempDir(), scale: scale,
		reader: NewReader(t, float32(scale), theme,
			kit.SizeName, kit.SizeBody, kit.SizeSmall, kit.SizeSection, kit.SizeTitle, kit.SizeBrand),
	}
	d.display = StartDisplay(t, 2600, 1700, flags...)
	t.Cleanup(func() { d.explain(t) })
	d.makeFolders(t)
	return d
}

// makeFolders makes the folders that every home has.
func (d *desktop) makeFolders(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"config", "data", "cache", "state", "home"} {
		if err := os.Mkdir(filepath.Join(d.home, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// sluiceHome is where the program keeps everything.
func (d *desktop) sluiceHome() string { return filepath.Join(d.home, "sluice") }

// env is the environment of the user's programs.
func (d *desktop) env(extra ...string) []string {
	in := func(folder string) string { return filepath.Join(d.home, folder) }
	env := environ(append(d.display.Env(), d.bus.Env()...)...)
	scale := []string{"", "1", "2"}[d.scale]
	env = append(env, noon(), "FYNE_SCALE="+scale, "HOME="+in("home"), "XDG_CONFIG_HOME="+in("config"), "XDG_DATA_HOME="+in("data"),
		"XDG_CACHE_HOME="+in("cache"), "XDG_STATE_HOME="+in("state"), "SLUICE_HOME="+d.sluiceHome())
	return append(env, extra...)
}

// noon is a time zone in which it is about noon: a journey never goes on from one
// day to the next, where what was finished today is of yesterday.
func noon() string { return fmt.Sprintf("TZ=Etc/GMT%+d", time.Now().UTC().Hour()-12) }

// command prepares the program; env is added to the user's environment.
func (d *desktop) command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...) //nolint:noctx // its life is the test's, see startProcess
	cmd.Env = d.env(env...)
	cmd.Dir = filepath.Join(d.home, "home")
	return cmd
}

var errEnded = errors.New("the program has ended")

// running is Sluice with its window.
type running struct {
	*Process
	*Window

	desktop *desktop
}

// start opens the program's window at its usual size.
func (d *desktop) start(ctx context.Context, t *testing.T, env []string, args ...string) *running {
	t.Helper()
	p := startProcess(t, "sluice", d.command(env, args...))
	r := &running{Process: p, desktop: d}
	t.Cleanup(func() { r.judge(t) })
	alive, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-p.Done():
			cancel(errEnded)
		case <-alive.Done():
		}
	}()
	window, err := d.display.Window(alive, p.PID())
	if err != nil {
		t.Fatalf("%v (%v)\n%s", err, context.Cause(alive), p.Output())
	}
	r.Window = window
	if err := window.Place(ctx, 100, 60, windowWidth*d.scale, windowHeight*d.scale); err != nil {
		t.Fatal(err)
	}
	return r
}

// judge fails the test for what the program must never have written, and keeps
// what explains a failure.
func (r *running) judge(t *testing.T) {
	t.Helper()
	written := r.desktop.logs()
	written["stderr.txt"] = r.Output()
	for name, text := range written {
		for _, bad := range []string{"Error in Fyne call thread", "panic:", "fatal error:", "broke down"} {
			if strings.Contains(text, bad) {
				t.Errorf("the program wrote %q, see %s", bad, name)
			}
		}
	}
	if t.Failed() {
		r.explain(t)
	}
}

// quit closes the window as a user does, and waits for the end.
func (r *running) quit(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	code, err := r.Wait(ctx)
	if err != nil || code != 0 {
		t.Fatalf("after closing the window: exit %d, %v\n%s", code, err, r.Output())
	}
}

// awaitText waits for words in the window.
func (r *running) awaitText(ctx context.Context, t *testing.T, text string) Found {
	t.Helper()
	found, err := r.desktop.reader.AwaitText(ctx, r.Window, text)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// awaitOne waits for one of several texts in the window.
func (r *running) awaitOne(ctx context.Context, t *testing.T, texts []string) {
	t.Helper()
	defer r.desktop.display.step("wait for one of %q", texts)()
	_, err := r.Await(ctx, func(img *image.RGBA) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return r.desktop.reader.Has(img, text) })
	})
	if err != nil {
		t.Fatalf("none of %q appears: %v", texts, err)
	}
}

// click waits for words and clicks on them.
func (r *running) click(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	if err := r.desktop.reader.ClickText(ctx, r.Window, text); err != nil {
		t.Fatal(err)
	}
}

// drop drops files on the middle of the window.
func (r *running) drop(ctx context.Context, t *testing.T, paths ...string) {
	t.Helper()
	if err := r.Drop(ctx, r.center(), paths...); err != nil {
		t.Fatal(err)
	}
}

// picture keeps what the window shows once it stands still, or after a while: a
// text cursor blinks.
func (r *running) picture(ctx context.Context, t *testing.T, name string) *image.RGBA {
	t.Helper()
	still, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	img, err := r.Settled(still, 300*time.Millisecond)
	if err != nil && still.Err() != nil {
		img, err = r.Image()
	}
	if err != nil {
		t.Fatal(err)
	}
	keep(t, name, img)
	return img
}

// glimpse keeps what the window shows at this moment, while it moves.
func (r *running) glimpse(t *testing.T, name string) {
	t.Helper()
	img, err := r.Image()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, name, img)
}

// alive proves that the window still answers: the pointer over something that
// can be clicked changes what is painted, and so does its leaving.
func (r *running) alive(ctx context.Context, t *testing.T, at image.Point) {
	t.Helper()
	for _, to := range []image.Point{at, r.nowhere()} {
		before, err := r.Settled(ctx, frameQuiet)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Move(ctx, to); err != nil {
			t.Fatal(err)
		}
		_, err = r.Await(ctx, func(img *image.RGBA) bool { return string(img.Pix) != string(before.Pix) })
		if err != nil {
			t.Fatalf("the window does not answer the pointer at %v: %v", to, err)
		}
	}
}

// keep writes a picture to the artefacts.
func keep(t *testing.T, name string, img image.Image) {
	t.Helper()
	if err := SavePNG(artefact(t, name+".png"), img); err != nil {
		t.Error(err)
	}
}

// artefacts is the folder of what is kept: in $ARTEFACTS, or in artefacts/ at the
// top of the repository.
func artefacts() string {
	root := os.Getenv("ARTEFACTS")
	if root == "" {
		root = filepath.Join("..", "..", "artefacts")
	}
	return filepath.Join(root, "realwindow")
}

// artefact names a file to be kept.
func artefact(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(artefacts(), t.Name(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	return path
}

// journey is the context of one test.
func journey(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
