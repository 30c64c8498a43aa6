package session

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sluice/service/sandbox/sandboxtest"
	"sluice/service/watch"
)

func TestWatchedFilesGoToTheBin(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	cfg := windowed(t, sandboxtest.New(t))
	cfg.Key = sandboxtest.Key
	w := loaded(t, enter(t, cfg)).Watched()
	dir := filepath.Join(home, "shots")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, news := w.Subscribe(t.Context())
	opts := watch.DefaultOptions()
	opts.Then = watch.Bin
	if _, err := w.AddFolder(t.Context(), dir, opts, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for binned := false; !binned; {
		events, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			for _, entry := range e.Entries {
				binned = binned || entry.What == watch.Binned && entry.Link != ""
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "a.txt")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	content, err := os.ReadFile(filepath.Join(home, "data", "Trash", "files", "a.txt"))
	if err != nil || string(content) != "one" {
		t.Errorf("in the bin: %q, %v", content, err)
	}
}
