package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"sluice/service"
)

// The program dies after each of its writes in turn; the next start finishes,
// once.
func TestCrashesLoseAndDoubleNothing(t *testing.T) {
	for _, point := range []string{"handing", "handed", "queued", "ended"} {
		t.Run(point, func(t *testing.T) {
			var once sync.Once
			dead := make(chan struct{})
			var r *rig
			r = newRig(t, func(c *Config) {
				c.written = func(at string) {
					if at == point {
						// Nothing that comes later reaches the disk.
						once.Do(func() { r.ok(r.cfg.DB.Close()); close(dead) })
					}
				}
			})
			id := r.watch(DefaultOptions())
			r.write("a.txt", "a")
			r.write("b.txt", "b")
			<-dead
			r.sub.Close()
			r.ok(r.w.Close())
			r.open()
			r.until("both files", func() bool { return len(r.server.sent()) == 2 && r.cards[id].Queued == 0 && r.cards[id].Pending == 0 })
			r.write("mark.txt", "mark")
			r.entry("mark.txt", Uploaded, "")
			r.idle(id)
			r.has("a.txt", "b.txt", "mark.txt")
			for path, batches := range r.server.added {
				if len(batches) != 1 {
					t.Errorf("%s was given to the queue %d times", path, len(batches))
				}
			}
		})
	}
}

func TestResultsThatCameWhileNobodyWatched(t *testing.T) {
	r := newRig(t)
	r.server.hold = make(chan struct{})
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.until("the queue", func() bool { return r.cards[id].Queued == 1 })
	r.close()
	close(r.server.hold)
	r.open()
	r.entry("a.txt", Uploaded, "")
	r.has("a.txt")
}

// A file that is renamed in the queue is lost to the queue, and is uploaded
// under its new name.
func TestRenamedWhileInTheQueue(t *testing.T) {
	r := newRig(t)
	hold := make(chan struct{})
	r.server.hold = hold
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.until("the queue", func() bool { return r.cards[id].Queued == 1 })
	r.ok(os.Rename(r.path("a.txt"), r.path("b.txt")))
	r.until("the new name", func() bool { return r.cards[id].Pending == 1 })
	close(hold)
	r.entry("b.txt", Uploaded, "")
	r.has("b.txt")
}

func TestAQueueThatTakesNothingIsTriedAgain(t *testing.T) {
	r := newRig(t)
	full := errors.New("disk full")
	r.server.failAdd = full
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.until("the trouble", func() bool { return r.cards[id].Reason == ReasonUnwritable && errors.Is(r.cards[id].Err, full) })
	r.server.mu.Lock()
	r.server.failAdd = nil
	r.server.mu.Unlock()
	r.entry("a.txt", Uploaded, "")
	r.until("no trouble", func() bool { return r.cards[id].Reason == "" })
}

// remover moves files for real, or fails.
type remover struct {
	mu  sync.Mutex
	err error
	bin string
}

func (m *remover) Move(_ context.Context, path, folder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(m.err, os.MkdirAll(folder, 0o755), os.Rename(path, filepath.Join(folder, filepath.Base(path))))
}

func (m *remover) Bin(ctx context.Context, path string) error { return m.Move(ctx, path, m.bin) }

func TestFilesAreMovedAwayAfterwards(t *testing.T) {
	m := &remover{}
	r := newRig(t, func(c *Config) { c.Remover = m })
	m.bin = filepath.Join(filepath.Dir(r.dir), "bin")
	target := filepath.Join(filepath.Dir(r.dir), "done")
	opts := DefaultOptions()
	opts.Then, opts.MoveTo = Move, target
	id := r.watch(opts)
	r.write("a.txt", "a")
	if e := r.entry("a.txt", Moved, ""); e.Link == "" {
		t.Error("no link")
	}
	if _, err := os.Stat(filepath.Join(target, "a.txt")); err != nil {
		t.Error(err)
	}
	opts.Then = Bin
	r.ok(r.w.Update(t.Context(), id, opts))
	r.write("b.txt", "b")
	r.entry("b.txt", Binned, "")
	m.mu.Lock()
	m.err = errors.New("no bin here")
	m.mu.Unlock()
	r.write("c.txt", "c")
	r.entry("c.txt", Kept, ReasonNotMoved)
	m.mu.Lock()
	m.err = &service.Error{Kind: service.Invalid, Value: service.ReasonNoBin}
	m.mu.Unlock()
	r.write("d.txt", "d")
	r.entry("d.txt", Kept, service.ReasonNoBin)
	if _, err := os.Stat(r.path("b.txt")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("b.txt is still there: %v", err)
	}
}

// A file that is another by the time it is to go stays.
func TestWhatWasNotUploadedIsNotMovedAway(t *testing.T) {
	m := &remover{}
	var r *rig
	r = newRig(t, func(c *Config) {
		c.Remover = m
		c.written = func(at string) {
			if at == "ended" {
				if _, err := os.Stat(r.path("a.txt")); err == nil {
					r.ok(os.WriteFile(r.path("a.txt"), []byte("something else"), 0o600))
				}
			}
		}
	})
	opts := DefaultOptions()
	opts.Then, opts.MoveTo = Move, filepath.Join(filepath.Dir(r.dir), "done")
	r.watch(opts)
	r.write("a.txt", "a")
	r.entry("a.txt", Kept, ReasonChanged)
	if content, err := os.ReadFile(r.path("a.txt")); err != nil || string(content) != "something else" {
		t.Errorf("%q, %v", content, err)
	}
}

func TestLocalFailures(t *testing.T) {
	t.Parallel()
	if !local(&service.Error{Kind: service.NotFound, Value: service.ReasonMissingFile}) || local(&service.Error{Kind: service.Forbidden}) {
		t.Error("wrong judgement")
	}
	if failure(nil) != "cancelled" || failure(&service.Error{Kind: service.Forbidden, Value: "x"}) != "x" {
		t.Error("wrong reason")
	}
}

// A file that changes while it is in the queue, and is uploaded as it is then,
// is moved away as others are.
func TestAFileThatChangedInTheQueueIsMovedAway(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Remover = &remover{} })
	r.server.before = func(path string) {
		r.server.before = nil
		r.ok(os.WriteFile(path, []byte("changed"), 0o600))
	}
	opts := DefaultOptions()
	opts.Then, opts.MoveTo = Move, filepath.Join(filepath.Dir(r.dir), "done")
	r.watch(opts)
	r.write("a.txt", "a")
	r.entry("a.txt", Moved, "")
	if got := r.server.sent(); len(got) != 1 || got[0].sum != sumOf([]byte("changed")) {
		t.Errorf("%+v", got)
	}
}

// Results that come while the watcher is being closed are kept as a whole: the file
// and the number.
func TestResultsAtTheLastMomentAreKeptAsAWhole(t *testing.T) {
	r := newRig(t, func(*Config) {})
	hold := make(chan struct{})
	r.server.hold = hold
	id := r.watch(DefaultOptions())
	r.write("a.txt", "a")
	r.until("the file to be queued", func() bool { return r.cards[id].Queued == 1 })
	closing, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	r.w.mu.Lock()
	f := r.w.folders[0]
	r.w.mu.Unlock()
	f.inbox.put(func() {
		defer close(done)
		f.ended(closing, 1, []Result{{Path: filepath.Join(r.dir, "a.txt"), What: Uploaded, SHA256: sumOf([]byte("a")), Link: "link"}})
	})
	<-done
	folders, err := r.cfg.DB.WatchFolders(t.Context())
	r.ok(err)
	files, err := r.cfg.DB.WatchFiles(t.Context(), int64(id))
	r.ok(err)
	if len(folders) != 1 || folders[0].Uploaded != 1 || len(files) != 1 || files[0].State != rowUploaded {
		t.Errorf("kept: %+v, %+v", folders, files)
	}
	close(hold)
	r.restart()
	r.state(id, Watching)
	if n := r.cards[id].Uploaded; n != 1 {
		t.Errorf("%d uploads are counted", n)
	}
}

// What failed and was tried again by hand is moved away as others are, in the
// same run and after the next start.
func TestTriedAgainByHand(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Remover = &remover{} })
	opts := DefaultOptions()
	opts.Then, opts.MoveTo = Move, filepath.Join(filepath.Dir(r.dir), "done")
	id := r.watch(opts)
	retry := func(batch service.BatchID) {
		r.server.mu.Lock()
		defer r.server.mu.Unlock()
		r.server.refuse, r.server.done[batch-1] = nil, false
	}
	for i, name := range []string{"a.txt", "b.txt"} {
		r.server.mu.Lock()
		r.server.refuse = func(string) *service.Error { return &service.Error{Kind: service.Forbidden} }
		r.server.mu.Unlock()
		r.write(name, name)
		r.entry(name, Failed, "forbidden")
		batch := service.BatchID(i + 1)
		r.w.Ended(batch) // for the first time
		if retry(batch); i == 0 {
			r.w.Ended(batch)
		} else {
			r.restart()
		}
		if e := r.entry(name, Moved, ""); e.Link == "" {
			t.Error("no link")
		}
	}
	r.until("both counted", func() bool { return r.cards[id].Uploaded == 2 })
	if n := len(slices.DeleteFunc(r.log, func(e Entry) bool { return e.What != Failed })); n != 2 {
		t.Errorf("told %d failures of 2", n)
	}
}
