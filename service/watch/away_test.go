package watch

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func noNotifier() (notifier, error) { return nil, errors.New("none here") }

// deaf is a notifier that may refuse folders and keep events to itself.
type deaf struct {
	notifier
	events chan fsnotify.Event
	errs   chan error
	refuse func(path string) error
}

func (d deaf) Events() <-chan fsnotify.Event { return d.events }
func (d deaf) Errors() <-chan error          { return d.errs }
func (d deaf) Add(path string) error {
	if d.refuse != nil {
		if err := d.refuse(path); err != nil {
			return err
		}
	}
	return d.notifier.Add(path)
}

// Close must not stop at an event that nobody reads.
func (d deaf) Close() error {
	done := make(chan error, 1)
	go func() { done <- d.notifier.Close() }()
	for {
		select {
		case err := <-done:
			return err
		case <-d.notifier.Events():
		case err := <-d.notifier.Errors():
			_ = err
		}
	}
}

func TestAFolderThatGoesAwayIsPickedUpAgain(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	away := r.dir + " away"
	for i, name := range []string{"a.txt", "b.txt", "c.txt"} {
		r.ok(os.Rename(r.dir, away))
		r.state(id, Missing)
		r.ok(os.WriteFile(filepath.Join(away, name), []byte(name), 0o600))
		r.ok(os.Rename(away, r.dir))
		r.entry(name, Uploaded, "")
		r.state(id, Watching)
		if i == 1 {
			r.restart()
		}
	}
	r.has("a.txt", "b.txt", "c.txt")
}

func TestAFolderThatIsRemovedAndMadeAgain(t *testing.T) {
	r := newRig(t)
	id := r.watch(deepOptions())
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
	r.ok(os.RemoveAll(r.dir))
	r.state(id, Missing)
	r.mkdir("sub/deep")
	r.write("sub/deep/b.txt", "b")
	r.entry("sub/deep/b.txt", Uploaded, "")
	// At once, so that nobody sees it missing.
	r.ok(os.RemoveAll(r.dir))
	r.mkdir("sub")
	r.write("sub/c.txt", "c")
	r.entry("sub/c.txt", Uploaded, "")
	r.write("d.txt", "d")
	r.entry("d.txt", Uploaded, "")
	r.has("a.txt", "b.txt", "c.txt", "d.txt")
}

func TestSubfoldersMadeAgainAndMoved(t *testing.T) {
	r := newRig(t)
	id := r.watch(deepOptions())
	r.mkdir("one/two")
	r.write("one/two/a.txt", "a")
	r.entry("one/two/a.txt", Uploaded, "")
	r.ok(os.Rename(r.path("one"), r.path("uno")))
	r.write("uno/two/b.txt", "b")
	r.entry("uno/two/b.txt", Uploaded, "")
	r.mkdir("one/two")
	r.write("one/two/c.txt", "c")
	r.entry("one/two/c.txt", Uploaded, "")
	r.ok(os.RemoveAll(r.path("one")))
	r.mkdir("one/two")
	r.write("one/two/d.txt", "d")
	r.entry("one/two/d.txt", Uploaded, "")
	r.idle(id)
	r.has("a.txt", "b.txt", "c.txt", "d.txt")
}

// A drive that is unmounted leaves an empty folder; when it is back, nothing on
// it is new, whatever its files' numbers are now.
func TestADriveThatComesBackIsNotNew(t *testing.T) {
	r := newRig(t)
	r.write("first.txt", "first")
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
	drive, copied := r.dir+" drive", r.dir+" copy"
	r.ok(os.Rename(r.dir, drive))
	r.mkdir("")
	r.write("mark.txt", "mark")
	r.entry("mark.txt", Uploaded, "")
	r.idle(id)
	r.ok(os.Mkdir(copied, 0o755))
	for _, name := range []string{"first.txt", "a.txt"} {
		content, err := os.ReadFile(filepath.Join(drive, name))
		r.ok(err)
		info, err := os.Stat(filepath.Join(drive, name))
		r.ok(err)
		r.ok(os.WriteFile(filepath.Join(copied, name), content, 0o600))
		r.ok(os.Chtimes(filepath.Join(copied, name), info.ModTime(), info.ModTime()))
	}
	r.ok(os.Rename(r.dir, r.dir+" empty"))
	r.ok(os.Rename(copied, r.dir))
	r.write("b.txt", "b")
	r.entry("b.txt", Uploaded, "")
	r.idle(id)
	r.has("a.txt", "mark.txt", "b.txt")
}

func TestEventsThatNeverComeAreNoticed(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.open = func() (notifier, error) {
			n, err := openNotifier()
			return deaf{notifier: n}, err
		}
	})
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.state(id, Polling)
	if got := r.cards[id].Reason; got != ReasonNoEvents {
		t.Errorf("reason %q", got)
	}
	r.entry("a.txt", Uploaded, "")
	r.write("b.txt", "b")
	r.entry("b.txt", Uploaded, "")
}

func TestLostEventsMeanASweep(t *testing.T) {
	errs := make(chan error, 1)
	events := make(chan fsnotify.Event)
	r := newRig(t, func(c *Config) {
		c.open = func() (notifier, error) {
			n, err := openNotifier()
			return deaf{notifier: n, events: events, errs: errs}, err
		}
	})
	r.watch(DefaultOptions())
	events <- fsnotify.Event{Name: r.path(canaryName), Op: fsnotify.Create}
	r.write("a.txt", "a")
	errs <- fsnotify.ErrEventOverflow
	r.entry("a.txt", Uploaded, "")
}

func TestTheLimitOfWatchesMeansPolling(t *testing.T) {
	var mu sync.Mutex
	full := true
	r := newRig(t, func(c *Config) {
		c.SweepEvery = 20 * time.Second
		c.open = func() (notifier, error) {
			n, err := openNotifier()
			return deaf{notifier: n, events: make(chan fsnotify.Event), refuse: func(path string) error {
				mu.Lock()
				defer mu.Unlock()
				if full && filepath.Base(path) == "sub" {
					return syscall.ENOSPC
				}
				return nil
			}}, err
		}
	})
	r.mkdir("sub")
	id, err := r.w.AddFolder(t.Context(), r.dir, deepOptions(), false)
	r.ok(err)
	r.until("the limit", func() bool { return r.cards[id].State == Polling && r.cards[id].Reason == ReasonWatches })
	r.write("sub/a.txt", "a")
	r.entry("sub/a.txt", Uploaded, "")
	mu.Lock()
	full = false
	mu.Unlock()
	r.state(id, Watching) // it is tried again by itself
	if runtime.GOOS == "linux" && (r.cards[id].Limit < 1 || limitOf(ReasonInstances) < 1 || limitOf(ReasonNetwork) != 0) {
		t.Errorf("the limit of watches is told as %d", r.cards[id].Limit)
	}
	if r := limitReason(syscall.EMFILE); r != ReasonInstances {
		t.Errorf("EMFILE gives %q", r)
	}
}

func TestNetworkDrivesArePolled(t *testing.T) {
	r := newRig(t, func(c *Config) { c.remote = func(string) bool { return true } })
	id, err := r.w.AddFolder(t.Context(), r.dir, DefaultOptions(), false)
	r.ok(err)
	r.state(id, Polling)
	if got := r.cards[id].Reason; got != ReasonNetwork {
		t.Errorf("reason %q", got)
	}
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
}

func TestUnreadableFilesAreTriedAgain(t *testing.T) {
	var mu sync.Mutex
	locked := true
	r := newRig(t, func(c *Config) {
		c.probe = func(path string, id ident) (holding, bool) {
			mu.Lock()
			defer mu.Unlock()
			if locked {
				return unreadable, false
			}
			return probe(path, id)
		}
	})
	r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.entry("a.txt", Waiting, ReasonUnreadable)
	mu.Lock()
	locked = false
	mu.Unlock()
	r.ok(os.Chmod(r.path("a.txt"), 0o640)) // an event
	r.entry("a.txt", Uploaded, "")
}

func TestAFileInPlaceOfTheFolder(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.ok(os.RemoveAll(r.dir))
	r.ok(os.WriteFile(r.dir, nil, 0o600))
	r.state(id, Unreadable)
	r.ok(os.Remove(r.dir))
	r.mkdir("")
	r.state(id, Watching)
}

func TestAFolderThatMayNotBeRead(t *testing.T) {
	var mu sync.Mutex
	locked := map[string]bool{}
	lock := func(path string, on bool) {
		mu.Lock()
		defer mu.Unlock()
		locked[path] = on
	}
	r := newRig(t, func(c *Config) {
		c.SweepEvery = 2 * time.Second
		c.readDir = func(path string) ([]os.DirEntry, error) {
			mu.Lock()
			defer mu.Unlock()
			if locked[path] {
				return nil, &os.PathError{Op: "open", Path: path, Err: os.ErrPermission}
			}
			return os.ReadDir(path)
		}
	})
	r.mkdir("sub")
	id := r.watch(deepOptions())
	lock(r.dir, true)
	r.state(id, Unreadable)
	if !errors.Is(r.cards[id].Err, os.ErrPermission) {
		t.Errorf("the card says %v", r.cards[id].Err)
	}
	r.write("sub/a.txt", "a")
	lock(r.path("sub"), true)
	lock(r.dir, false)
	r.state(id, Watching)
	r.entry("sub", Skipped, ReasonUnreadable)
	lock(r.path("sub"), false)
	r.entry("sub/a.txt", Uploaded, "")
}

// After an unmount the system has just forgotten the folder, without a word.
func TestAWatchThatEndsSilentlyIsNoticed(t *testing.T) {
	opened := make(chan notifier, 8)
	r := newRig(t, func(c *Config) {
		c.SweepEvery = time.Hour
		c.open = func() (notifier, error) {
			n, err := openNotifier()
			opened <- n
			return n, err
		}
	})
	r.mkdir("sub")
	r.watch(deepOptions())
	n := <-opened
	r.ok(n.Remove(r.dir))
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
	n = <-opened
	r.ok(n.Remove(r.path("sub")))
	r.write("sub/b.txt", "b")
	r.entry("sub/b.txt", Uploaded, "")
}

// While the folder is away its files are not gone: an edited one is no new one
// when it comes back.
func TestFilesOfAFolderThatIsAwayAreNotGone(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
	away := r.dir + " away"
	r.ok(os.Rename(r.dir, away))
	r.state(id, Missing)
	looked := make(chan struct{})
	f := r.w.folders[0]
	f.inbox.put(func() { f.look("a.txt"); close(looked) })
	<-looked
	r.ok(os.WriteFile(filepath.Join(away, "a.txt"), []byte("edited"), 0o600))
	r.ok(os.Rename(away, r.dir))
	r.entry("a.txt", Skipped, ReasonEdited)
	r.has("a.txt")
}

// The folder may go between the look at it and the system's.
func TestAFolderThatGoesWhileItIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want State
	}{
		"gone":   {&os.PathError{Op: "watch", Err: syscall.ENOENT}, Missing},
		"locked": {&os.PathError{Op: "watch", Err: syscall.EACCES}, Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			fails := true
			r := newRig(t, func(cfg *Config) {
				cfg.open = func() (notifier, error) {
					n, err := openNotifier()
					return deaf{notifier: n, events: make(chan fsnotify.Event), refuse: func(string) error {
						mu.Lock()
						defer mu.Unlock()
						if fails {
							return c.err
						}
						return nil
					}}, err
				}
			})
			id, err := r.w.AddFolder(t.Context(), r.dir, deepOptions(), false)
			r.ok(err)
			r.state(id, c.want)
			mu.Lock()
			fails = false
			mu.Unlock()
			r.state(id, Watching) // soon
		})
	}
}
