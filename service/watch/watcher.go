package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/service/clock"
	"sluice/service/feed"
	"sluice/storage"
)

const separator = string(filepath.Separator)

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
}

// New takes up the folders that the database has, and starts. It fails only
// when the database can't be read. The Uploader must outlive the Watcher.
func New(cfg Config) (*Watcher, error) {
	cfg = cfg.complete()
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{cfg: cfg, ctx: ctx, stop: stop, slow: make(chan struct{}, 2), wake: make(chan struct{}, 1)}

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
		f.asFirst = !f.opts.CatchUp
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
	s := Snapshot{Pause: w.pause}
	for _, f := range w.folders {
		s.Cards = append(s.Cards, f.card)
	}
	return s, w.feed.Subscribe(ctx)
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

// Pause hands nothing to the queue until a time, or with the zero time until
// Resume or the next start. What appears meanwhile is handed over afterwards.
func (w *Watcher) Pause(until time.Time) { w.setPause(Pause{On: true, Until: until}) }

// Resume ends a pause.
func (w *Watcher) Resume() { w.setPause(Pause{}) }

func (w *Watcher) setPause(p Pause) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = p
	w.feed.Publish(Event{Pause: &p})
	for _, f := range w.folders {
		f.inbox.put(func() { f.hurry() })
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Watcher) isPaused() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pause.On
}

// tend ends pauses and tidies, until Close.
func (w *Watcher) tend() {
	next := w.cfg.Clock.Now()
	for {
		now := w.cfg.Clock.Now()
		if !now.Before(next) {
			next = now.Add(tidyEvery)
			if err := w.cfg.DB.ForgetWatched(w.ctx, now.Add(-activityAge), now.Add(-goneAge)); err != nil && w.ctx.Err() == nil {
				w.cfg.Logger.Warn("old activity could not be forgotten", slog.Any("error", err))
			}
		}
		w.mu.Lock()
		ends := w.pause.Until
		over := w.pause.On && !ends.IsZero() && !now.Before(ends)
		w.mu.Unlock()
		if over {
			w.Resume()
			ends = time.Time{}
		}
		wait := next.Sub(now)
		if !ends.IsZero() {
			wait = min(wait, ends.Sub(now))
		}
		timer, stop := w.cfg.Clock.After(wait)
		select {
		case <-timer:
		case <-w.wake:
		case <-w.ctx.Done():
		}
		stop()
		if w.ctx.Err() != nil {
			return
		}
	}
}

// AddFolder watches a folder from now on. Unless existing is set, what is
// there already is not uploaded, ever. It fails with ErrNotFolder, ErrWatched,
// ErrOverlap, what Rules.Check says, or because the folder can't be read or the
// database not be written.
func (w *Watcher) AddFolder(ctx context.Context, path string, opts Options, existing bool) (FolderID, error) {
	w.commands.Lock()
	defer w.commands.Unlock()
	path, err := filepath.Abs(path)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	if err := w.check(path, opts, 0); err != nil {
		return 0, err
	}
	var files []storage.WatchFile
	if !existing {
		if files, err = first(ctx, path, nil); err != nil {
			return 0, fmt.Errorf("watch %q: %w", path, err)
		}
	}
	text, err := json.Marshal(opts)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	kept, err := w.cfg.DB.AddWatchFolder(ctx, storage.WatchFolder{Path: path, Options: string(text), Enabled: true, Added: w.cfg.Clock.Now()}, files)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	f := newFolder(w, kept)
	w.mu.Lock()
	w.folders = append(w.folders, f)
	w.feed.Publish(Event{Cards: []Card{f.card}})
	w.mu.Unlock()
	f.start()
	return f.id, nil
}

// check tells what is wrong with a folder that is to be watched.
func (w *Watcher) check(path string, opts Options, but FolderID) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("watch %q: %w", path, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("watch %q: %w", path, ErrNotFolder)
	}
	for _, f := range w.folders {
		if f.id == but {
			continue
		}
		other, err := os.Stat(f.path)
		if f.path == path || err == nil && os.SameFile(info, other) {
			return fmt.Errorf("watch %q: %w", path, ErrWatched)
		}
		if opts.Subfolders && inside(f.path, path) || f.opts.Subfolders && inside(path, f.path) {
			return fmt.Errorf("watch %q: %w", path, ErrOverlap)
		}
	}
	return opts.check(path)
}

func (o Options) check(path string) error {
	if o.Then == Move {
		switch {
		case !filepath.IsAbs(o.MoveTo):
			return ErrNoTarget
		case filepath.Clean(o.MoveTo) == path || o.Subfolders && inside(o.MoveTo, path):
			return ErrTargetHere
		}
	}
	return o.Rules.Check()
}

// inside reports whether path is below dir.
func inside(path, dir string) bool {
	return strings.HasPrefix(filepath.Clean(path), strings.TrimSuffix(dir, separator)+separator)
}

// change stops a folder, does something to it and starts it again.
func (w *Watcher) change(id FolderID, do func(f *folder) error) error {
	w.commands.Lock()
	defer w.commands.Unlock()
	i := slices.IndexFunc(w.folders, func(f *folder) bool { return f.id == id })
	if i < 0 {
		return ErrUnknown
	}
	f := w.folders[i]
	f.halt()
	err := do(f)
	f.start()
	return err
}

// Update changes the options of a folder. What is there and was not taken by
// the old ones is not uploaded by the new ones either. It fails as AddFolder
// does; the old options stay then.
func (w *Watcher) Update(ctx context.Context, id FolderID, opts Options) error {
	return w.change(id, func(f *folder) error {
		if err := errors.Join(opts.check(f.path), w.overlaps(f, opts)); err != nil {
			return err
		}
		known, err := w.cfg.DB.WatchFiles(ctx, int64(id))
		if err != nil {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		old, rows := f.opts, newLedger(known)
		files, err := first(ctx, f.path, func(rel string, size int64) bool {
			r := rows.rows[rel]
			return (r == nil || r.state == rowSkipped) && !old.covers(rel, size)
		})
		if err != nil && !notThere(err) && !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		for i := range files {
			files[i].Folder = int64(id)
		}
		if _, err := w.cfg.DB.KeepWatched(ctx, storage.WatchChange{Put: files}); err != nil {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		f.opts = opts
		if err := f.save(ctx); err != nil {
			f.opts = old
			return err
		}
		f.tell(func(c *Card) { c.Options = opts })
		return nil
	})
}

func (w *Watcher) overlaps(f *folder, opts Options) error {
	for _, other := range w.folders {
		if other != f && opts.Subfolders && inside(other.path, f.path) {
			return ErrOverlap
		}
	}
	return nil
}

// SetEnabled switches a folder off or on. What came meanwhile is uploaded if
// Options.CatchUp is set.
func (w *Watcher) SetEnabled(ctx context.Context, id FolderID, on bool) error {
	return w.change(id, func(f *folder) error {
		was := f.enabled
		f.enabled = on
		if err := f.save(ctx); err != nil {
			f.enabled = was
			return err
		}
		f.asFirst = on && !was && !f.opts.CatchUp
		return nil
	})
}

// Remove forgets a folder, with what is known of its files. What is in the
// queue stays there.
func (w *Watcher) Remove(ctx context.Context, id FolderID) error {
	w.commands.Lock()
	defer w.commands.Unlock()
	i := slices.IndexFunc(w.folders, func(f *folder) bool { return f.id == id })
	if i < 0 {
		return ErrUnknown
	}
	f := w.folders[i]
	f.halt()
	if err := w.cfg.DB.DeleteWatchFolder(ctx, int64(id)); err != nil {
		f.start()
		return fmt.Errorf("forget a watched folder: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.folders = slices.Delete(w.folders, i, i+1)
	w.feed.Publish(Event{Removed: []FolderID{id}})
	return nil
}
