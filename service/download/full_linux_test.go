//go:build torture

package download_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/sandbox"
)

// TestTortureFullDisk downloads to a small file system, which only root can
// mount, whose room others take in the middle: what does not fit says so, keeps
// what is here, and goes on from there once there is room.
func TestTortureFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatalf("this test has to run as root: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(dir, 0)) })
	r := newRig(t, func(cfg *download.Config, s *sandbox.Config) {
		s.Throttle = 20 * mib
		cfg.Space = func(string) (download.Space, error) { return download.Space{Free: 1 << 40}, nil } // it will only turn out
	})
	t.Cleanup(r.close)
	r.folder = dir
	full, kept, sent, size := 0, int64(0), int64(0), int64(0)
	for range 30 {
		var ids []service.FileID
		for range 3 {
			ids = append(ids, r.put("film.mkv", 4*mib).ID)
		}
		s := r.follow()
		batch := r.add(ids...)
		s.until("bytes", func() bool { return s.totals.Done > mib })
		fillUp(t, filepath.Join(dir, "filler"))
		for _, j := range r.wait(batch) {
			if j.State == download.Downloaded {
				continue
			}
			failed(t, j, service.Invalid, service.ReasonDiskFull)
			if info, err := os.Stat(filepath.Join(dir, "filler")); err != nil || info.Size() == 0 {
				t.Errorf("the disk is not full: %v", err)
			}
			full++
			kept += j.Done
		}
		must(t, os.Remove(filepath.Join(dir, "filler")))
		must(t, r.engine.RetryFailed(t.Context()))
		for _, j := range r.wait(batch) {
			r.arrived(j, j.Name)
			must(t, os.Remove(j.Path))
			size += j.Size
			sent += r.sent(j.File)
		}
		if strings.Contains(r.names(), ".part") {
			t.Errorf("folder has %s", r.names())
		}
		s.sub.Close()
		must(t, r.engine.ClearFinished(t.Context()))
	}
	t.Attr("figures", fmt.Sprintf("30 fillings, 90 downloads, %d MB: %d times full, %d MB kept; %.2f came twice", size/1e6, full, kept/1e6, float64(sent-size)/float64(size)))
	if full == 0 || sent > size+int64(full)*mib {
		t.Error("never full, or sent again")
	}
}

// fillUp leaves no byte on the file system.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	must(t, err)
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	must(t, f.Close())
}
