//go:build realwindow

package realwindow

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// underWay starts the program and drops a file on it of which the service takes a
// little: more is left than the system keeps on the way.
func (d *desktop) underWay(ctx context.Context, t *testing.T) (server *held, r *running, file string) {
	t.Helper()
	server = startHeld(t, 1_000_000)
	file = filepath.Join(d.home, "home", "talk-recording.mkv")
	content := make([]byte, 48_000_000)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(content) // never fails
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r = d.start(ctx, t, server.env)
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.drop(ctx, t, file)
	server.await(ctx, t, 1)
	r.awaitText(ctx, t, "UPLOADING")
	return server, r, file
}

// toBackground closes the window so that the uploads go on without it.
func (r *running) toBackground(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Uploads are under way")
	r.glimpse(t, "closing")
	r.click(ctx, t, "Keep uploading in the background")
	if err := r.desktop.display.AwaitWindows(ctx, r.PID(), 0); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.Done():
		t.Fatalf("the program has ended: %v", r.exit())
	default:
	}
}

// storedOnce fails the test unless a file is on the service once, as it is.
func storedOnce(ctx context.Context, t *testing.T, api, file string) {
	t.Helper()
	stored := listing(ctx, t, api)
	if got := stored[filepath.Base(file)]; len(got) != 1 || got[0] != sumOf(t, file) {
		t.Errorf("%q is on the service as %q", filepath.Base(file), got)
	}
}

// TestBackgroundEndsByItself closes the window during an upload and lets that
// go on: the file arrives, a notification says so, and the program ends.
func TestBackgroundEndsByItself(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	notes := StartNotes(t, d.bus)
	server, r, file := d.underWay(ctx, t)
	r.toBackground(ctx, t)
	server.hold.Release()
	note, err := notes.Await(ctx)
	if want := (Note{"Sluice", "1 file uploaded"}); err != nil || note != want {
		t.Errorf("told %+v, %v", note, err)
	}
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v", code, err)
	}
	storedOnce(ctx, t, server.api, file)
}

// TestSecondStartRaisesTheBackground starts the program again while uploads go
// on without a window: that comes back and stays.
func TestSecondStartRaisesTheBackground(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server, r, file := d.underWay(ctx, t)
	r.toBackground(ctx, t)
	second := startProcess(t, "second sluice", d.command(server.env))
	if code, err := second.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("the second start: exit %d, %v\n%s", code, err, second.Output())
	}
	if err := d.display.AwaitWindows(ctx, r.PID(), 1); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "UPLOADING")
	server.hold.Release()
	r.awaitText(ctx, t, "FINISHED TODAY · 1")
	r.picture(ctx, t, "raised")
	storedOnce(ctx, t, server.api, file)
	r.quit(ctx, t)
}

// TestBackgroundIsAskedToEnd ends the session's programs, as logging out does:
// the upload goes on at the next start.
func TestBackgroundIsAskedToEnd(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server, r, _ := d.underWay(ctx, t)
	r.toBackground(ctx, t)
	r.signal(syscall.SIGTERM)
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, r.Output())
	}
	r = d.start(ctx, t, server.env)
	r.awaitText(ctx, t, "UPLOADING")
	server.await(ctx, t, 2)
	r.awaitText(ctx, t, "talk-recording.mkv")
	r.Kill()
}

// TestRowIsPausedAndResumed pauses one upload and lets it go on.
func TestRowIsPausedAndResumed(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server, r, file := d.underWay(ctx, t)
	name := filepath.Base(file)
	r.press(ctx, t, r.awaitText(ctx, t, name), pauseIcon)
	r.awaitText(ctx, t, "PAUSED · 1")
	r.awaitText(ctx, t, "Starts over when resumed")
	r.picture(ctx, t, "paused")
	r.press(ctx, t, r.awaitText(ctx, t, name), pauseIcon)
	r.awaitText(ctx, t, "UPLOADING")
	server.await(ctx, t, 2)
	server.hold.Release()
	r.awaitText(ctx, t, "FINISHED TODAY · 1")
	storedOnce(ctx, t, server.api, file)
	r.quit(ctx, t)
}
