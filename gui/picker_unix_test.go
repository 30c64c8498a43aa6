//go:build unix

package gui

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Fyne's dialog opens the files that it shows: one that is a pipe must not stop
// the window.
func TestFynesDialogLeavesPipesAlone(t *testing.T) {
	b := newBench(t)
	t.Setenv("HOME", b.home) // where the dialog begins
	pipe := filepath.Join(b.home, "pipe")
	b.must(syscall.Mkfifo(pipe, 0o600))
	b.must(os.Symlink(pipe, filepath.Join(b.home, "link-to-pipe")))
	b.file("empty", "")
	b.file("notes", "words")
	b.shell.cfg.Pick = b.shell.fynePicker
	b.Tap("Choose files…")
	b.UntilSees("notes")
	b.MustNotSee("pipe", "link-to-pipe", "empty")
	b.Tap("Cancel")
	b.UntilGone("notes")
}
