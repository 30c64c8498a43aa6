//go:build torture

package storage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTortureFullDisk fills a small file system, which only root can mount.
func TestTortureFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Fatalf("this test has to run as root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	d := open(t, filepath.Join(dir, "data"))
	filler := filepath.Join(dir, "filler")
	fillUp := func() {
		f, err := os.OpenFile(filler, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for size := 1 << 16; size > 0; {
			if _, err := f.Write(make([]byte, size)); err != nil {
				size /= 2
			}
		}
		closeAll(t, f)
	}
	kept, links := 0, 0
	for round := range 20 {
		for i := 0; ; i++ {
			_, err := d.AddJobs(t.Context(), 0, []Job{{Path: fmt.Sprint("/", round, "/", i), Finished: at(i), FailText: strings.Repeat("x", 300)}})
			if errors.Is(err, ErrFull) {
				break
			}
			if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			links++
			if kept++; i == 50 {
				fillUp()
			}
			if i > 20_000 {
				t.Fatal("never full")
			}
		}
		if got := must(d.FinishedJobs(t.Context(), 0, 1<<20, ""))(t); len(got) != kept {
			t.Fatalf("round %d: %d jobs, want %d", round, len(got), kept)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err := d.SetSetting(t.Context(), "round", fmt.Sprint(round)); err != nil {
			t.Fatalf("round %d, with room again: %v", round, err)
		}
		if _, err := d.ClearFinished(t.Context(), at(25)); err != nil {
			t.Fatal(err)
		}
		kept = len(must(d.FinishedJobs(t.Context(), 0, 1<<20, ""))(t))
	}
	want := read(t, d)
	closeAll(t, d)
	fillUp()
	for range 5 { // it opens and tells its links, time and again
		d = open(t, filepath.Join(dir, "data"))
		if got := read(t, d); !reflect.DeepEqual(got, want) {
			t.Error("opened on a full disk, the database tells something else")
		}
		for {
			err := d.SetSetting(t.Context(), fmt.Sprint(rand.Int()), strings.Repeat("x", 100))
			if errors.Is(err, ErrFull) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want = read(t, d)
		closeAll(t, d)
		fillUp()
	}
	withoutRoom(t, "a new database", filepath.Join(dir, "new"))
	// Nor is a damaged one lost when there is no room for its repair.
	path := filepath.Join(dir, "data", fileName)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(make([]byte, headerSize), 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	closeAll(t, f)
	withoutRoom(t, "a repair", filepath.Join(dir, "data"))
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	d = open(t, filepath.Join(dir, "data"))
	if got := read(t, d); !reflect.DeepEqual(got, want) || d.Opening().MovedAside == "" {
		t.Errorf("not repaired once there is room: %+v", d.Opening())
	}
	closeAll(t, d)
	t.Attr("figures", fmt.Sprintf("20 fillings, %d links, 5 starts on a full disk", links))
}

func withoutRoom(t *testing.T, what, dir string) {
	t.Helper()
	d, err := Open(t.Context(), dir)
	if !errors.Is(err, ErrFull) {
		t.Errorf("%s without room: %v", what, err)
	}
	if err == nil {
		closeAll(t, d)
	}
}
