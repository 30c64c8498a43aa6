//go:build realwindow

package realwindow

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// screenshot has a real screenshot tool put a picture of the whole screen into
// a folder.
func (d *desktop) screenshot(ctx context.Context, t *testing.T, folder, name string, more ...string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	cmd := exec.CommandContext(ctx, "import", append(append([]string{"-window", "root"}, more...), path)...)
	cmd.Env = d.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("import (of ImageMagick): %v\n%s", err, out)
	}
	return path
}

// shotServed waits until the link of a screenshot is on the clipboard in place
// of another text, and fails the test unless the service has its bytes there.
func (d *desktop) shotServed(ctx context.Context, t *testing.T, path, before string) (link string) {
	t.Helper()
	link, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Contains(s, "/u/") && s != before })
	if err != nil {
		t.Fatal(err)
	}
	name, sum := served(ctx, t, link)
	if name != filepath.Base(path) || sum != sumOf(t, path) {
		t.Errorf("%s serves %q with SHA-256 %s, the screenshot is %q", link, name, sum, filepath.Base(path))
	}
	return link
}

// noteOf waits for the notification of an upload.
func noteOf(ctx context.Context, t *testing.T, board *Board, path, link string) Shown {
	t.Helper()
	note, err := board.Await(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if note.Title != filepath.Base(path) || note.Text != link || strings.Join(note.Actions, " ") != "copy Copy link open Open default Open" {
		t.Errorf("told %+v of %s", note, link)
	}
	return note
}

// TestWatchedScreenshots adds a folder through the window, and takes screenshots
// with a real tool: the link is on the clipboard, a notification with buttons
// says so, and the service has the bytes. Then the folder is renamed away and
// back.
func TestWatchedScreenshots(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	board := StartBoard(t, d.bus)
	chooser := StartChooser(t, d.bus)
	browser := newBrowser(t, d.home)
	api := d.startService(ctx, t)
	folder := filepath.Join(d.home, "home", "Pictures", "Screenshots")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	writePNG(t, filepath.Join(folder, "old.png"))
	r := d.start(ctx, t, []string{"SLUICE_API_URL=" + api, "SLUICE_API_KEY=" + sessionKey, browser.env()})

	r.open(ctx, t, "Watched folders")
	r.awaitText(ctx, t, "No watched folders yet")
	r.awaitText(ctx, t, "Watch ~/Pictures/Screenshots")
	r.picture(ctx, t, "no folders")
	chooser.Choose(folder)
	r.click(ctx, t, "Add folder")
	r.awaitText(ctx, t, "Upload the 1 file")
	r.picture(ctx, t, "adding")
	r.click(ctx, t, "Only new ones")
	r.awaitText(ctx, t, "Watching · nothing uploaded yet")

	first := d.screenshot(ctx, t, folder, "first.png")
	link := d.shotServed(ctx, t, first, "")
	note := noteOf(ctx, t, board, first, link)
	r.awaitText(ctx, t, "Link copied")
	r.picture(ctx, t, "uploaded")
	d.display.SetClipboard(t, "something else")
	board.Press(t, note, "copy")
	if _, err := d.display.AwaitClipboard(ctx, func(s string) bool { return s == link }); err != nil {
		t.Fatal(err)
	}
	board.Press(t, note, "open")
	if opened := browser.await(ctx, t); opened != link {
		t.Errorf("the browser shows %q", opened)
	}

	away := folder + " of last year"
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Folder not found")
	r.picture(ctx, t, "away")
	if err := os.Rename(away, folder); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Watching · last upload")
	second := d.screenshot(ctx, t, folder, "second.png")
	noteOf(ctx, t, board, second, d.shotServed(ctx, t, second, link))
	if stored := listing(ctx, t, api); len(stored) != 2 {
		t.Errorf("the service has %d files: %v", len(stored), stored)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "1 folder is watched")
	r.picture(ctx, t, "closing")
	r.click(ctx, t, "Quit")
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, r.Output())
	}
}

// TestWatchedInTheBackground closes the window and takes a screenshot: its link
// is on the clipboard, and the notification's button brings the page. What was
// taken while Sluice was closed is uploaded and told at the next start.
func TestWatchedInTheBackground(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	board := StartBoard(t, d.bus)
	browser := newBrowser(t, d.home)
	api := d.startService(ctx, t)
	folder := filepath.Join(d.home, "home", "Pictures", "Screenshots")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	env := []string{"SLUICE_API_URL=" + api, "SLUICE_API_KEY=" + sessionKey, browser.env()}
	r := d.start(ctx, t, env)
	r.open(ctx, t, "Watched folders")
	r.click(ctx, t, "Watch ~/Pictures/Screenshots")
	r.awaitText(ctx, t, "Watching · nothing uploaded yet")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.click(ctx, t, "Keep watching in the background")
	if err := d.display.AwaitWindows(ctx, r.PID(), 0); err != nil {
		t.Fatal(err)
	}
	first := d.screenshot(ctx, t, folder, "first.png")
	link := d.shotServed(ctx, t, first, "")
	board.Press(t, noteOf(ctx, t, board, first, link), "open")
	if opened := browser.await(ctx, t); opened != link {
		t.Errorf("the browser shows %q", opened)
	}
	r.signal(syscall.SIGTERM)
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, r.Output())
	}
	second := d.screenshot(ctx, t, folder, "second.png", "-resize", "50%") // other bytes: the screen is as empty as before
	r = d.start(ctx, t, env)
	note, err := board.Await(ctx) // nobody waits for this link: the clipboard is left alone
	if err != nil {
		t.Fatal(err)
	}
	if name, sum := served(ctx, t, note.Text); note.Title != "second.png" || name != note.Title || sum != sumOf(t, second) {
		t.Errorf("told %+v, which serves %q with SHA-256 %s", note, name, sum)
	}
	if err := r.Activate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Press(ctx, KeyCtrl, 'q'); err != nil { // without asking
		t.Fatal(err)
	}
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, r.Output())
	}
}
