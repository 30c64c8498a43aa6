package watch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"sluice/service/clock"
	"sluice/service/feed"
	"sluice/storage"
)

// How long things are kept.
const (
	activityAge = 30 * 24 * time.Hour
	goneAge     = 365 * 24 * time.Hour
	tidyEvery   = 24 * time.Hour
)

// Config is what a Watcher is made from. DB and Uploader are needed.
type Config struct {
	DB       *storage.DB
	Uploader Uploader
	Remover  Remover      // nil: all files are kept
	Clock    clock.Clock  // nil = the system's
	Logger   *slog.Logger // nil = discard

	Quiet      time.Duration // how long a file must not change; 0 = 1 s
	CheckEvery time.Duration // is the folder still there and watched? 0 = 3 s
	PollEvery  time.Duration // sweeps where events can't be relied on; 0 = 5 s
	SweepEvery time.Duration // sweeps to be sure; 0 = 5 min

	open    func() (notifier, error)                    // tests; nil = the system's
	readDir func(path string) ([]os.DirEntry, error)    // tests; nil = os.ReadDir
	remote  func(path string) bool                      // tests; nil = ask the system
	written func(point string)                          // tests: called after writes, with what was written
	probe   func(path string, id ident) (holding, bool) // tests; nil = ask the system
}

func (c Config) complete() Config {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		to    *time.Duration
		usual time.Duration
	}{{&c.Quiet, time.Second}, {&c.CheckEvery, 3 * time.Second}, {&c.PollEvery, 5 * time.Second}, {&c.SweepEvery, 5 * time.Minute}} {
		if *d.to <= 0 {
			*d.to = d.usual
		}
	}
	if c.open == nil {
		c.open = openNotifier
	}
	if c.readDir == nil {
		c.readDir = os.ReadDir
	}
	if c.remote == nil {
		c.remote = remote
	}
	if c.written == nil {
		c.written = func(string) {}
	}
	if c.probe == nil {
		c.probe = probe
	}
	return c
}

// Watcher watches folders. Its methods may be called from any goroutine; those
// with a context do disk work and belong on no window's goroutine.
type Watcher struct {
	cfg Config
	ctx context.Context // of everything that runs; ends with Close

	launch func(f *folder) // starts a folder's goroutine

	stop context.CancelFunc
	wg   sync.WaitGroup
	slow chan struct{} // a token for each file that is being read
	wake chan struct{} // the pause changed

	commands sync.Mutex // held over changes of the list of folders: they come one after the other

	mu      sync.Mutex
	feed    feed.Feed[FolderID, Event]
	folders []*folder // in the order of adding
	pause   Pause
	closing bool
	late    map[string]struct{}     // see CaughtUp
	whole   [2]map[string]time.Time // see WholeSince, the newest ones and those before them
}

// New takes up the folders that the database has, and starts. It fails only
// when the database can't be read. The Uploader must outlive the Watcher.
func New(cfg Config) (*Watcher, error) {
	cfg = cfg.complete()
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{cfg: cfg, ctx: ctx, stop: stop, slow: make(chan struct{}, 2), wake: make(chan struct{}, 1), late: make(map[string]struct{})}

	w.launch = func(f *folder) {
		run, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		f.cancel, f.done = cancel, done
		w.wg.Go(func() {
			defer close(done)
			f.run(run)
		})
	}
	rows, err := cfg.DB.WatchFolders(ctx)
	if err != nil {
		stop()
		return nil, fmt.Errorf("watched folders: %w", err)
	}
	for _, r := range rows {
		f := newFolder(w, r)
		f.asFirst, f.late = !f.opts.CatchUp, cfg.Clock.Now()
		w.folders = append(w.folders, f)
	}
	for _, f := range w.folders {
		f.start()
	}
	w.wg.Go(w.tend)
	return w, nil
}

// Close stops watching and waits for everything that runs. What is in the
// queue stays there; its results are taken in at the next start.
func (w *Watcher) Close() error {
	w.mu.Lock()
	w.closing = true
	w.mu.Unlock()
	w.stop()
	w.commands.Lock()
	defer w.commands.Unlock()
	for _, f := range w.folders {
		f.halt()
	}
	w.wg.Wait()
	w.feed.Close()
	return nil
}

// Subscribe gives what there is and a stream of all changes from then on, until
// ctx ends.
func (w *Watcher) Subscribe(ctx context.Context) (Snapshot, *feed.Subscription[Event]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Snapshot{Pause: w.pause, Cards: w.cards()}, w.feed.Subscribe(ctx)
}

// Cards gives the watched folders as they are, in the order of adding.
func (w *Watcher) Cards() []Card {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cards()
}

// cards is Cards under w.mu.
func (w *Watcher) cards() (all []Card) {
	for _, f := range w.folders {
		all = append(all, f.card)
	}
	return all
}

// CaughtUp reports whether a file that was last given to the Uploader under this
// path had come before its folder was watched, while this program did not run or
// the folder was switched off: nobody waits for its link.
func (w *Watcher) CaughtUp(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, late := w.late[path]
	return late
}

// WholeSince tells since when a file had not changed that was given to the
// Uploader under this path; zero when that is not known any more, which it is of
// the last thousands of files.
func (w *Watcher) WholeSince(path string) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.whole {
		if since, ok := m[path]; ok {
			return since
		}
	}
	return time.Time{}
}

// giving notes for CaughtUp and WholeSince what is about to be given to the
// Uploader.
func (w *Watcher) giving(paths []string, list []*pending) {
	const enough = 4096
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole[0] == nil || len(w.whole[0]) >= enough {
		w.whole = [2]map[string]time.Time{make(map[string]time.Time), w.whole[0]}
	}
	for i, p := range list {
		w.whole[0][paths[i]] = p.since
		if p.late {
			w.late[paths[i]] = struct{}{}
		} else {
			delete(w.late, paths[i])
		}
	}
}

// Activity gives at most limit entries with IDs below before (0: from the
// newest), newest first. They are kept for 30 days.
func (w *Watcher) Activity(ctx context.Context, before int64, limit int) ([]Entry, error) {
	rows, err := w.cfg.DB.WatchActivity(ctx, before, limit)
	return entries(rows), err
}

func entries(rows []storage.WatchEntry) []Entry {
	all := make([]Entry, 0, len(rows))
	for _, r := range rows {
		all = append(all, Entry{
			ID: r.ID, Folder: FolderID(r.Folder), At: r.At, Path: r.Path, What: What(r.What), Reason: Reason(r.Reason), Link: r.Link, Size: r.Size,
		})
	}
	return all
}
