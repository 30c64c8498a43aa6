//go:build realwindow

package realwindow

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDropOfWhatCannotBeUploaded drops what people drop by mistake, together
// with one good file: each gets its own plain words, and the good one its link.
func TestDropOfWhatCannotBeUploaded(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	dropped, _ := d.material(t)
	desk := filepath.Join(d.home, "home", "Desktop")
	empty, pipe, hollow := filepath.Join(desk, "empty.log"), filepath.Join(desk, "pipe"), filepath.Join(desk, "hollow")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(hollow, 0o700); err != nil {
		t.Fatal(err)
	}
	r := d.start(ctx, t, nil, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	uris := []string{"https://example.com/picture.png"}
	for _, path := range []string{empty, pipe, hollow, filepath.Join(desk, "gone.txt"), dropped[0]} {
		uris = append(uris, "file://"+path)
	}
	if err := r.DropURIs(ctx, r.center(), uris...); err != nil {
		t.Fatal(err)
	}
	link, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Contains(s, "/u/") })
	if err != nil {
		t.Fatal(err)
	}
	if name, _ := served(ctx, t, link); name != filepath.Base(dropped[0]) {
		t.Errorf("the clipboard has the link of %q", name)
	}
	r.awaitText(ctx, t, "FAILED · 5")
	for _, words := range badDrops() {
		r.awaitText(ctx, t, words)
	}
	r.picture(ctx, t, "failed")
	r.quit(ctx, t)
}
