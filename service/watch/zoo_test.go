package watch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// zoo is a folder in which many programs write in their ways. All are let
// loose at once.
type zoo struct {
	*rig
	times int // by how much the writers are slower than the watcher's clock is fast
	large int // bytes of the huge file
	wg    sync.WaitGroup
	mu    sync.Mutex
	want  map[string]string // hash by path, slashed
	errs  []error
}

func newZoo(r *rig) *zoo {
	return &zoo{rig: r, times: 1, large: 16<<20 + 5, want: make(map[string]string)}
}

// let starts a writer, which gives what its file ends as; "" for nothing to be
// uploaded.
func (z *zoo) let(name string, write func(path string) (string, error)) {
	z.wg.Go(func() {
		content, err := write(z.path(name))
		z.mu.Lock()
		defer z.mu.Unlock()
		if err != nil {
			z.errs = append(z.errs, fmt.Errorf("%s: %w", name, err))
		}
		if content != "" {
			z.want[name] = sumOf([]byte(content))
		}
	})
}

// slowly writes in pieces, with pauses between.
func slowly(f *os.File, pause time.Duration, pieces ...string) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for _, p := range pieces {
		if _, err := f.WriteString(p); err != nil {
			return err
		}
		<-tick.C
	}
	return nil
}

// pause gives a time of a writer.
func (z *zoo) pause(ms int) time.Duration { return time.Duration(ms*z.times) * time.Millisecond }

// huge copies a file that takes its time.
func (z *zoo) huge(name string) {
	z.wg.Go(func() {
		f, err := os.Create(z.path(name))
		hash := sha256.New()
		if err == nil {
			piece := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
			for left := z.large; err == nil && left > 0; left -= len(piece) {
				piece = piece[:min(left, len(piece))]
				_, err = io.MultiWriter(f, hash).Write(piece)
			}
			err = errors.Join(err, f.Close())
		}
		z.mu.Lock()
		defer z.mu.Unlock()
		z.errs = append(z.errs, err)
		z.want[name] = hex.EncodeToString(hash.Sum(nil))
	})
}

func (z *zoo) animals(burst, depth int) {
	z.let("slow.txt", func(path string) (string, error) {
		f, err := os.Create(path)
		if err != nil {
			return "", err
		}
		text := strings.Repeat("s", 50) // a byte each 200 ms by the watcher's clock
		return text, errors.Join(slowly(f, z.pause(20), strings.Split(text, "")...), f.Close())
	})
	z.let("appended.txt", func(path string) (string, error) { // opens and closes each time
		tick := time.NewTicker(z.pause(30))
		defer tick.Stop()
		for range 20 {
			f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			if err != nil {
				return "", err
			}
			_, err = f.WriteString("line\n")
			if err := errors.Join(err, f.Close()); err != nil {
				return "", err
			}
			<-tick.C
		}
		return strings.Repeat("line\n", 20), nil
	})
	z.let("renamed.txt", func(path string) (string, error) {
		temp := filepath.Join(filepath.Dir(path), ".renamed.txt.tmp123")
		return "renamed", errors.Join(os.WriteFile(temp, []byte("renamed"), 0o600), os.Rename(temp, path))
	})
	z.let("preallocated.bin", func(path string) (string, error) {
		f, err := os.Create(path)
		if err != nil {
			return "", err
		}
		err = f.Truncate(1 << 16)
		text := strings.Repeat("p", 1<<16)
		for i := 0; err == nil && i < 4; i++ {
			err = slowly(f, z.pause(60), text[:1<<14])
		}
		return text, errors.Join(err, f.Close())
	})
	z.let("video.mkv", func(path string) (string, error) {
		part, err := os.Create(path + ".part")
		if err != nil {
			return "", err
		}
		err = slowly(part, z.pause(40), "down", "load", "ed")
		return "downloaded", errors.Join(err, part.Close(), os.Rename(path+".part", path))
	})
	z.huge("huge.bin")
	z.let("moved.txt", func(path string) (string, error) {
		from := filepath.Join(filepath.Dir(z.dir), "from elsewhere")
		return "moved in", errors.Join(os.WriteFile(from, []byte("moved in"), 0o600), os.Rename(from, path))
	})
	z.let("hardlink.txt", func(path string) (string, error) {
		from := filepath.Join(filepath.Dir(z.dir), "linked")
		return "hard linked", errors.Join(os.WriteFile(from, []byte("hard linked"), 0o600), os.Link(from, path))
	})
	z.let("symlink.txt", func(path string) (string, error) {
		from := filepath.Join(filepath.Dir(z.dir), "secret")
		return "", errors.Join(os.WriteFile(from, []byte("outside"), 0o600), os.Symlink(from, path), os.Symlink(filepath.Dir(z.dir), path+".d"))
	})
	z.let("inner.txt", func(path string) (string, error) { return "", os.Symlink("moved.txt", path) })
	z.let("rewritten.txt", func(path string) (string, error) {
		f, err := os.Create(path)
		if err != nil {
			return "", err
		}
		err = slowly(f, z.pause(50), "first")
		_, seekErr := f.Seek(0, io.SeekStart)
		return "again", errors.Join(err, seekErr, slowly(f, z.pause(50), "again"), f.Close())
	})
	z.let("deleted.txt", func(path string) (string, error) {
		f, err := os.Create(path)
		if err != nil {
			return "", err
		}
		return "", errors.Join(slowly(f, z.pause(50), "to be deleted"), os.Remove(path), f.Close())
	})
	for i := range depth {
		dir := "deep" + strings.Repeat("/d", i)
		z.let(dir+"/f", func(path string) (string, error) {
			return dir, errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(dir), 0o600))
		})
	}
	for i := range burst {
		name := fmt.Sprintf("burst%d.txt", i)
		z.let(name, func(path string) (string, error) { return name, os.WriteFile(path, []byte(name), 0o600) })
	}
}

func (z *zoo) check(id FolderID) {
	z.t.Helper()
	z.wg.Wait()
	if err := errors.Join(z.errs...); err != nil {
		z.t.Error(err)
	}
	z.until("everything on the server", func() bool {
		return len(z.server.sent()) >= len(z.want) && z.cards[id].Pending == 0 && z.cards[id].Queued == 0
	})
	z.write("zz-mark.txt", "mark")
	z.entry("zz-mark.txt", Uploaded, "")
	z.idle(id)
	for _, f := range z.server.sent() {
		rel, err := filepath.Rel(z.dir, f.path)
		name := filepath.ToSlash(rel)
		switch want := z.want[name]; {
		case err != nil:
			z.t.Error(err)
		case name == "zz-mark.txt":
		case want != f.sum:
			z.t.Errorf("%s: was sent as %s, should be %q", name, f.sum, want)
		default:
			delete(z.want, name)
		}
	}
	for name := range z.want {
		z.t.Errorf("%s: is not on the server", name)
	}
}

func deepOptions() Options {
	opts := DefaultOptions()
	opts.Subfolders = true
	return opts
}

func TestWritersZoo(t *testing.T) {
	z := newZoo(newRig(t))
	id := z.watch(deepOptions())
	z.animals(300, 60)
	z.mapped()
	z.check(id)
}

// The same by sweeps alone.
func TestWritersZooPolled(t *testing.T) {
	z := newZoo(newRig(t, func(c *Config) { c.open, c.PollEvery = noNotifier, 2*time.Second }))
	id, err := z.w.AddFolder(t.Context(), z.dir, deepOptions(), false)
	z.ok(err)
	z.state(id, Polling)
	z.animals(100, 20)
	z.wg.Wait()
	z.until("everything on the server", func() bool { return len(z.server.sent()) >= len(z.want) })
	if z.cards[id].Reason != ReasonNoWatcher {
		t.Errorf("reason %q", z.cards[id].Reason)
	}
	for _, f := range z.server.sent() {
		rel, err := filepath.Rel(z.dir, f.path)
		z.ok(err)
		if z.want[filepath.ToSlash(rel)] != f.sum {
			t.Errorf("%s: wrong content", rel)
		}
	}
}
