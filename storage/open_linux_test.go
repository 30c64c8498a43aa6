package storage

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs f without the power of root over files, if this is root.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := unix.Setfsuid(65534); err != nil {
			t.Error(err)
		}
		f()
	}()
	<-done
}

func TestFolderThatCanNotBeWritten(t *testing.T) {
	full := t.TempDir()
	if err := open(t, full).Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(full, fileName))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dir, file os.FileMode // 0: none
	}{
		"no folder": {}, "empty folder": {dir: 0o555}, "folder": {dir: 0o555, file: 0o666}, "file": {dir: 0o777, file: 0o444}, "unreadable": {dir: 0o777, file: 0o111},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "kept")
			path := filepath.Join(dir, fileName)
			t.Cleanup(func() { // so that it can be removed by whoever is not root
				_, _ = os.Chmod(parent, 0o700), os.Chmod(dir, 0o700)
			})
			var errs []error
			if c.dir != 0 {
				errs = append(errs, os.Mkdir(dir, 0o700))
			}
			if c.file != 0 {
				errs = append(errs, os.WriteFile(path, data, 0o600), os.Chmod(path, c.file))
			}
			if c.dir != 0 {
				errs = append(errs, os.Chmod(dir, c.dir))
			}
			errs = append(errs, os.Chmod(parent, 0o555), os.Chmod(filepath.Dir(parent), 0o755)) //nolint:gosec // others are to look in
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			asNobody(t, func() {
				d, err := Open(t.Context(), dir)
				if !errors.Is(err, ErrReadOnly) {
					t.Errorf("%v, %v", d, err)
				}
			})
			if c.file == 0 {
				return
			}
			if names := list(t, dir); len(names) != 1 {
				t.Errorf("left behind: %q", names)
			}
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != string(data) {
				t.Errorf("the database changed: %v", err)
			}
		})
	}
}
