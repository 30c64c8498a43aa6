//go:build realwindow

package realwindow

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWithoutAScreen starts the program where no window is possible: it says
// so in plain words and ends, and `sluice upload` works.
func TestWithoutAScreen(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	files, _ := d.material(t)
	api := d.startService(ctx, t)
	for name, display := range map[string]string{"no display": "DISPLAY=", "a display that is not there": "DISPLAY=:99999"} {
		t.Run(name, func(t *testing.T) {
			d.refuses(ctx, t, display)
			d.uploads(ctx, t, files[0], display, "SLUICE_API_URL="+api, "SLUICE_API_KEY=any")
		})
	}
}

// TestWithoutOpenGL does so on a display that cannot draw in three dimensions.
func TestWithoutOpenGL(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1, "-extension", "GLX")
	files, _ := d.material(t)
	d.refuses(ctx, t)
	d.uploads(ctx, t, files[0], "SLUICE_API_URL="+d.startService(ctx, t), "SLUICE_API_KEY=any")
}

// TestWithoutASessionBus starts and closes the window where there is no D-Bus
// session. The D-Bus library would start one that outlives the program.
func TestWithoutASessionBus(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	r := d.start(ctx, t, []string{"DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=" + t.TempDir()}, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.alive(ctx, t, r.entry(ctx, t, "Settings"))
	r.quit(ctx, t)
	d.awaitNothingLeft(ctx, t)
}

// awaitNothingLeft waits until no program of the user is running. What the last
// one has started may take a moment to see that it has ended.
func (d *desktop) awaitNothingLeft(ctx context.Context, t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		left := d.programs(t)
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("left behind: %q", left)
		}
	}
}

// programs gives the arguments of all processes that have the user's environment.
func (d *desktop) programs(t *testing.T) (lines []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		environ, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err != nil || !strings.Contains(string(environ), "SLUICE_HOME="+d.sluiceHome()) {
			continue // no process, another user's, or another program's
		}
		line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		lines = append(lines, string(line))
	}
	return lines
}

// refuses starts the window and expects a message instead.
func (d *desktop) refuses(ctx context.Context, t *testing.T, env ...string) {
	t.Helper()
	p := startProcess(t, "sluice", d.command(env, "-sandbox"))
	code, err := p.Wait(ctx)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Output())
	}
	text := p.Output()
	if code != 1 || !strings.Contains(text, "sluice upload") || strings.Contains(text, "goroutine ") || strings.Contains(text, "panic") {
		t.Errorf("exit %d and these words:\n%s", code, text)
	}
	if lines := strings.Count(text, "\n"); lines > 6 {
		t.Errorf("%d lines are more than a person reads:\n%s", lines, text)
	}
}

// uploads uploads a file by command and follows the link.
func (d *desktop) uploads(ctx context.Context, t *testing.T, file string, env ...string) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := d.command(env, "upload", file)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	p := startProcess(t, "sluice upload", cmd)
	code, err := p.Wait(ctx)
	if err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, stderr.String())
	}
	link := strings.TrimSuffix(stdout.String(), "\n")
	if _, sum := served(ctx, t, link); sum != sumOf(t, file) {
		t.Errorf("%s serves something else", link)
	}
}
