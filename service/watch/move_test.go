package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o640)); err != nil {
		t.Fatal(err)
	}
}

// contents gives what is in the files of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, entry := range list {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = string(content)
	}
	return all
}

func TestMovedFilesReplaceNothing(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "new", "folder")
	for _, content := range []string{"one", "two", "three"} {
		put(t, filepath.Join(from, "a.b.txt"), content)
		if err := (Disk{}).Move(t.Context(), filepath.Join(from, "a.b.txt"), to); err != nil {
			t.Fatal(err)
		}
	}
	got := contents(t, to)
	if len(got) != 3 || got["a.b.txt"] != "one" || got["a.b (2).txt"] != "two" || got["a.b (3).txt"] != "three" {
		t.Errorf("%q", got)
	}
	if left := contents(t, from); len(left) != 0 {
		t.Errorf("left %q", left)
	}
	if err := (Disk{}).Move(t.Context(), filepath.Join(from, "none"), to); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("moved nothing: %v", err)
	}
}

func TestFilesAreCopiedToOtherDisks(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	path := filepath.Join(from, "a.txt")
	put(t, path, "one")
	put(t, filepath.Join(to, "a.txt"), "other")
	when := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, when, when); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := copyInto(stopped, path, to); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if got := contents(t, to); len(got) != 1 {
		t.Errorf("a part was left: %q", got)
	}
	if err := copyInto(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, to); len(got) != 2 || got["a.txt"] != "other" || got["a (2).txt"] != "one" {
		t.Errorf("%q", got)
	}
	info, err := os.Stat(filepath.Join(to, "a (2).txt"))
	if err != nil || !info.ModTime().Equal(when) {
		t.Errorf("dated %v, %v", info, err)
	}
	if left := contents(t, from); len(left) != 0 {
		t.Errorf("left %q", left)
	}
	if slices.ContainsFunc([]error{nil, os.ErrExist}, otherDisk) {
		t.Error("takes others for the error of another disk")
	}
}

// atFirstLook is a context that does something when it is first looked at.
type atFirstLook struct {
	context.Context

	do func()
}

func (c *atFirstLook) Err() error {
	if c.do != nil {
		c.do()
		c.do = nil
	}
	return c.Context.Err()
}

// A file whose name another took while it was read has not that name's hash.
func TestReplacedWhileItIsHashed(t *testing.T) {
	t.Parallel()
	path, next := filepath.Join(t.TempDir(), "a.txt"), filepath.Join(t.TempDir(), "b.txt")
	put(t, path, "one")
	put(t, next, "two")
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	w := &Watcher{slow: make(chan struct{}, 1)}
	id := identOf(path, info)
	if sum, err := w.sum(t.Context(), path, id); err != nil || sum != sumOf([]byte("one")) {
		t.Errorf("%s, %v", sum, err)
	}
	replace := func() {
		if err := os.Rename(next, path); err != nil {
			t.Error(err)
		}
	}
	if sum, err := w.sum(&atFirstLook{t.Context(), replace}, path, id); !errors.Is(err, errChanged) {
		t.Errorf("the hash of what is gone: %s, %v", sum, err)
	}
}
