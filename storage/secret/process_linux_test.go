package secret

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// allGone checks that n processes left their ids in dir and none still runs.
func allGone(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != n {
		t.Errorf("%d processes ran, want %d: %v", len(entries), n, err)
	}
	for _, e := range entries {
		awaitEnd(t, e.Name())
	}
}

// awaitEnd waits until a process has ended. One that was killed may take a
// moment, and one whose parent does not look stays as a zombie.
func awaitEnd(t *testing.T, pid string) {
	t.Helper()
	var number int
	if _, err := fmt.Sscan(pid, &number); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.PidfdOpen(number, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	ready, err := 0, error(unix.EINTR)
	for errors.Is(err, unix.EINTR) {
		ready, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 60_000) //nolint:gosec // a descriptor
	}
	if err != nil || ready == 0 {
		state, _ := os.ReadFile("/proc/" + pid + "/stat")
		t.Errorf("process %s still runs: %s, %v", pid, bytes.TrimSpace(state), err)
	}
}

// awaitFiles waits until n files are in dir.
func awaitFiles(t *testing.T, dir string, n int) {
	t.Helper()
	watch, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(watch) }()
	if _, err := unix.InotifyAddWatch(watch, dir, unix.IN_CREATE); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) >= n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d processes started", len(entries), n)
		}
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(watch), Events: unix.POLLIN}}, 1000); err != nil && !errors.Is(err, unix.EINTR) { //nolint:gosec // a descriptor
			t.Fatal(err)
		}
		if _, err := unix.Read(watch, make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}
