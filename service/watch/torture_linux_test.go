//go:build torture

package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTortureKills(t *testing.T) {
	killChaos(t, uint64(time.Now().UnixNano()), time.Duration(*minutes)*time.Minute)
}

func TestTortureKillsAsNobody(t *testing.T) {
	killChaos(t, uint64(time.Now().UnixNano()), time.Duration(*minutes)*time.Minute, asNobody)
}

// mount puts an empty small file system in place of a folder.
func (r *rig) mount() {
	r.t.Helper()
	if err := unix.Mount("tmpfs", r.dir, "tmpfs", 0, "size=8m"); err != nil {
		r.t.Fatalf("this test has to run as root: %v", err)
	}
}

// A drive is taken away and comes back: nothing on it is new then, what came on
// it meanwhile is.
func TestTortureUnmount(t *testing.T) {
	r := newRig(t)
	keep := t.TempDir() // what the drive holds while it is away
	r.mount()
	mounted := true
	t.Cleanup(func() {
		r.close()
		if mounted {
			r.ok(unix.Unmount(r.dir, unix.MNT_DETACH))
		}
	})
	r.mkdir("sub")
	id := r.watch(deepOptions())
	var want []string
	arrive := func(name string) {
		t.Helper()
		r.write(name, name)
		r.entry(name, Uploaded, "")
		want = append(want, filepath.Base(name))
	}
	for round := range 10 {
		arrive(fmt.Sprintf("sub/%d.txt", round))
		arrive(fmt.Sprintf("%d.txt", round))
		r.ok(os.CopyFS(filepath.Join(keep, fmt.Sprint(round)), os.DirFS(r.dir)))
		dated(t, r.dir, filepath.Join(keep, fmt.Sprint(round)))
		r.ok(unix.Unmount(r.dir, unix.MNT_DETACH))
		mounted = false
		arrive(fmt.Sprintf("under %d.txt", round)) // the folder below is a folder, too
		r.idle(id)
		fill := filepath.Join(keep, fmt.Sprint(round))
		r.ok(os.WriteFile(filepath.Join(fill, fmt.Sprintf("meanwhile %d.txt", round)), fmt.Append(nil, "meanwhile ", round), 0o600))
		want = append(want, fmt.Sprintf("meanwhile %d.txt", round))
		r.mount()
		mounted = true
		r.ok(os.CopyFS(r.dir, os.DirFS(fill)))
		dated(t, fill, r.dir)
		r.entry(fmt.Sprintf("meanwhile %d.txt", round), Uploaded, "")
		r.idle(id)
	}
	r.has(want...)
	t.Attr("figures", fmt.Sprintf("unmounted 10 times, %d files", len(want)))
}

// dated gives files the times of those that they are copies of.
func dated(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		return errors.Join(err, os.Chtimes(filepath.Join(to, rel), info.ModTime(), info.ModTime()))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// More happens at once than the system keeps events of.
func TestTortureOverflow(t *testing.T) {
	var lost atomic.Int32
	r := newRig(t, func(c *Config) {
		c.SweepEvery, c.Logger = time.Hour, slog.New(counting{slog.DiscardHandler, "events of a watched folder were lost", &lost})
	})
	r.patience = 3 * time.Minute
	id := r.watch(DefaultOptions())
	held, release := make(chan struct{}), make(chan struct{})
	r.w.folders[0].inbox.put(func() { close(held); <-release })
	<-held
	const files = 12_000
	for i := range files {
		r.write(fmt.Sprintf("%d.txt", i), fmt.Sprint(i))
	}
	close(release)
	r.until("everything", func() bool { return len(r.server.sent()) == files })
	r.idle(id)
	t.Attr("figures", fmt.Sprintf("%d files; events were lost %d times", files, lost.Load()))
	if lost.Load() == 0 {
		t.Error("no events were lost")
	}
}

// counting counts what is logged.
type counting struct {
	slog.Handler
	text string
	n    *atomic.Int32
}

func (c counting) Enabled(context.Context, slog.Level) bool { return true }

func (c counting) Handle(_ context.Context, r slog.Record) error {
	if r.Message == c.text {
		c.n.Add(1)
	}
	return nil
}

// A process that may watch three folders only watches six all the same.
func TestTortureTheRealLimit(t *testing.T) {
	var k *keeper
	killChaos(t, uint64(time.Now().UnixNano()), 30*time.Second, func(runs *keeper, _ *tree) {
		k = runs
		k.attr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		t.Setenv(childWatches, "3")
	})
	t.Attr("figures", fmt.Sprintf("polled %d times", k.heard["polling watch_limit"]))
	if k.heard["polling watch_limit"] == 0 {
		t.Errorf("no folder reached the limit: %v", k.heard)
	}
}
