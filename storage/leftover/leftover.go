// Package leftover tells what tests leave behind: goroutines, open descriptors
// and temporary files. Only TestMain functions use it.
package leftover

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/goleak"
)

// Main runs the tests of a package and ends the process: with a failure, too,
// when all of them passed but something was left.
func Main(m goleak.TestingM) {
	check, err := watch()
	if err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := check(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		os.Exit(code)
	}))
}

// watch gives all temporary files of this process from now on a folder of their
// own, and a check for after the tests: it removes the folder, and fails when
// something was in it, or when a file or socket is open that was not before.
// Where the system does not tell what is open, only files are checked.
func watch() (check func() error, err error) {
	dir, err := os.MkdirTemp("", "sluice-test-")
	if err != nil {
		return nil, fmt.Errorf("watch temporary files: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // as the usual one, where other users come in
		return nil, fmt.Errorf("watch temporary files: %w", err)
	}
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // whichever the system looks at
		if err := os.Setenv(name, dir); err != nil {
			return nil, fmt.Errorf("watch temporary files: %w", err)
		}
	}
	before := open()
	return func() error {
		return errors.Join(checkOpen(before), checkFiles(dir))
	}, nil
}

// open counts what this process has open, by what it is.
func open() map[string]int {
	all := map[string]int{}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return all
	}
	for _, e := range entries {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(to, "anon_inode:") || strings.HasPrefix(to, "/proc/") {
			continue // the runtime's own, and that of ReadDir
		}
		if kind, _, numbered := strings.Cut(to, ":["); numbered {
			to = kind // sockets and pipes have numbers for names
		}
		all[to]++
	}
	return all
}

func checkOpen(before map[string]int) error {
	var left []error
	for what, n := range open() {
		if more := n - before[what]; more > 0 {
			left = append(left, fmt.Errorf("the tests left %d open: %s", more, what))
		}
	}
	return errors.Join(left...)
}

func checkFiles(dir string) error {
	var left []error
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != dir {
			left = append(left, fmt.Errorf("the tests left %s", path))
		}
		return err
	})
	return errors.Join(append(left, err, os.RemoveAll(dir))...)
}
