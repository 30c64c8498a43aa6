package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"sluice/service"
	"sluice/storage"
)

// folder is one watched folder. Fields below "owned" belong to the goroutine of
// run while that runs, else to whoever holds Watcher.commands.
type folder struct {
	w     *Watcher
	id    FolderID
	path  string
	added time.Time
	inbox inbox

	card Card // guarded by Watcher.mu

	// guarded by Watcher.commands, changed only while run does not run
	opts    Options
	enabled bool
	asFirst bool      // the first sweep takes what it finds for what was there first
	late    time.Time // what the first sweep finds from before then had come unwatched; zero for nothing
	cancel  context.CancelFunc
	done    chan struct{} // closed when run has ended; nil while it does not run

	// owned
	count    int // uploaded, ever
	last     time.Time
	ledger   *ledger
	root     os.FileInfo            // nil while the folder is not there
	events   notifier               // nil while it is polled or not there
	dirs     map[string]os.FileInfo // the folder, "", and the subfolders that are watched
	dirty    map[string]struct{}    // paths to look at
	pending  map[string]*pending
	change   storage.WatchChange // not written yet
	problem  error               // why the ledger or queue could not be written
	check    time.Time           // when to check the folder
	sweep    time.Time           // when to sweep it
	attach   time.Time           // when to try events again, zero while they work
	canary   time.Time           // when to give up waiting for the test file's event, zero for none
	retry    time.Time           // when to write again what could not be written
	reasons  Reason              // of polling
	busy     sync.WaitGroup      // what run has started
	inFlight int                 // rows in the queue
	followed map[service.BatchID]struct{}
	over     []service.BatchID // ended, perhaps not for the first time
	removing map[string]bool
}

func newFolder(w *Watcher, r storage.WatchFolder) *folder {
	f := &folder{w: w, id: FolderID(r.ID), path: r.Path, added: r.Added, enabled: r.Enabled, count: r.Uploaded, last: r.Last}
	f.inbox.ready = make(chan struct{}, 1)
	f.opts = DefaultOptions()
	if err := json.Unmarshal([]byte(r.Options), &f.opts); err != nil {
		w.cfg.Logger.Warn("the options of a watched folder are damaged", slog.String("path", r.Path), slog.Any("error", err))
		f.opts = DefaultOptions()
	}
	f.card = Card{ID: f.id, Path: f.path, Options: f.opts, State: Starting, Uploaded: f.count, Last: f.last}
	return f
}

func (f *folder) save(ctx context.Context) error {
	text, err := json.Marshal(f.opts)
	if err == nil {
		err = f.w.cfg.DB.UpdateWatchFolder(ctx, storage.WatchFolder{
			ID: int64(f.id), Options: string(text), Enabled: f.enabled, Uploaded: f.count, Last: f.last,
		})
	}
	if err != nil {
		return fmt.Errorf("keep a watched folder: %w", err)
	}
	return nil
}

// start begins to watch, if the folder is switched on.
func (f *folder) start() {
	f.w.mu.Lock()
	closing := f.w.closing
	f.w.mu.Unlock()
	if closing || !f.enabled {
		f.tell(func(c *Card) { c.State, c.Reason, c.Err, c.Pending, c.Queued = Off, "", nil, 0, 0 })
		return
	}
	f.tell(func(c *Card) { c.State, c.Reason, c.Err = Starting, "", nil })
	f.w.launch(f)
}

// halt stops watching and waits for that.
func (f *folder) halt() {
	if f.done == nil {
		return
	}
	f.cancel()
	<-f.done
	f.done = nil
}

// tell changes the card and tells of it, if it is another then.
func (f *folder) tell(change func(c *Card)) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	before := f.card
	change(&f.card)
	b, a := before, f.card
	if b.State == a.State && b.Reason == a.Reason && b.Pending == a.Pending && b.Queued == a.Queued && b.Uploaded == a.Uploaded &&
		b.Last.Equal(a.Last) && reflect.DeepEqual(b.Options, a.Options) {
		return
	}
	f.w.feed.Progress(f.id, Event{Cards: []Card{f.card}})
}

// inbox holds what others want to be done on the goroutine of run.
type inbox struct {
	ready chan struct{}
	mu    sync.Mutex
	queue []func()
}

func (b *inbox) put(do func()) {
	b.mu.Lock()
	b.queue = append(b.queue, do)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.queue
	b.queue = nil
	return all
}

// run watches until ctx ends.
func (f *folder) run(ctx context.Context) {
	defer f.busy.Wait()
	defer f.detach()
	f.inbox.take()
	if !f.load(ctx) {
		return
	}
	for ctx.Err() == nil {
		f.step(ctx)
		f.report()
		f.rest(ctx)
	}
}

// load reads the ledger, however long that takes; false when ctx ended.
func (f *folder) load(ctx context.Context) bool {
	f.root, f.events, f.dirs = nil, nil, make(map[string]os.FileInfo)
	f.dirty, f.pending = make(map[string]struct{}), make(map[string]*pending)
	f.followed, f.removing = make(map[service.BatchID]struct{}), make(map[string]bool)
	f.change, f.problem, f.inFlight, f.over = storage.WatchChange{}, nil, 0, nil
	f.check, f.sweep, f.attach, f.canary, f.retry = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	for {
		files, err := f.w.cfg.DB.WatchFiles(ctx, int64(f.id))
		if err == nil {
			f.ledger = newLedger(files)
			f.resume(ctx)
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		f.trouble(err)
		f.report()
		timer, stop := f.w.cfg.Clock.After(retryAfter)
		select {
		case <-timer:
		case <-ctx.Done():
		}
		stop()
	}
}

// retryAfter is when what could not be written is tried again.
const retryAfter = 5 * time.Second

// step does all that is due.
func (f *folder) step(ctx context.Context) {
	for _, do := range f.inbox.take() {
		do()
	}
	f.again(ctx)
	f.drain()
	now := f.w.cfg.Clock.Now()
	if !f.canary.IsZero() && !now.Before(f.canary) {
		f.pollInstead(ReasonNoEvents, nil)
	}
	if !now.Before(f.check) {
		f.verify(ctx)
	}
	if f.root != nil && !now.Before(f.sweep) {
		f.sweepAll(ctx)
	}
	for len(f.dirty) > 0 {
		for rel := range f.dirty {
			delete(f.dirty, rel)
			f.look(rel)
		}
	}
	f.ripen(ctx)
	if len(f.change.Put)+len(f.change.Add)+len(f.change.Forget) > 0 && !f.w.cfg.Clock.Now().Before(f.retry) {
		f.write(ctx)
	}
}

// drain takes the events that are there, without waiting.
func (f *folder) drain() {
	for f.events != nil {
		select {
		case e, ok := <-f.events.Events():
			f.event(e, ok)
		case err, ok := <-f.events.Errors():
			f.failure(err, ok)
		default:
			return
		}
	}
}

// rest waits until there is something to do.
func (f *folder) rest(ctx context.Context) {
	var events <-chan fsnotify.Event
	var errs <-chan error
	if f.events != nil {
		events, errs = f.events.Events(), f.events.Errors()
	}
	timer, stop := f.w.cfg.Clock.After(max(0, f.next().Sub(f.w.cfg.Clock.Now())))
	defer stop()
	select {
	case <-timer:
	case e, ok := <-events:
		f.event(e, ok)
	case err, ok := <-errs:
		f.failure(err, ok)
	case <-f.inbox.ready:
	case <-ctx.Done():
	}
}

// next gives the time of what is due first.
func (f *folder) next() time.Time {
	next := f.check
	if len(f.dirty) > 0 {
		return time.Time{}
	}
	sooner := func(t time.Time) {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	if f.root != nil {
		sooner(f.sweep)
	}
	sooner(f.canary)
	if len(f.change.Put)+len(f.change.Add)+len(f.change.Forget) > 0 {
		sooner(f.retry)
	}
	for _, p := range f.pending {
		if !p.hashing {
			sooner(p.due)
		}
	}
	return next
}

// event notes what an event is about.
func (f *folder) event(e fsnotify.Event, ok bool) {
	if !ok {
		f.detach()
		f.check = time.Time{}
		return
	}
	rel, err := filepath.Rel(f.path, e.Name)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		f.check = time.Time{} // the folder itself
		if e.Has(fsnotify.Chmod) {
			f.sweep = time.Time{} // files may have come that could not be looked at
		}
		return
	}
	if rel == canaryName {
		f.canary = time.Time{}
		return
	}
	if dir, known := f.dirs[rel]; known {
		now, err := os.Lstat(e.Name)
		if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) || e.Has(fsnotify.Chmod) || err != nil || !os.SameFile(dir, now) {
			f.leave(rel)
		}
	}
	f.dirty[rel] = struct{}{}
}

// failure sees to lost events.
func (f *folder) failure(err error, ok bool) {
	if !ok {
		f.detach()
		f.check = time.Time{}
		return
	}
	f.w.cfg.Logger.Info("events of a watched folder were lost", slog.Any("error", err))
	f.sweep = time.Time{}
}

// report brings the card up to date.
func (f *folder) report() {
	f.tell(func(c *Card) {
		c.Pending, c.Queued, c.Uploaded, c.Last = len(f.pending), f.inFlight, f.count, f.last
		switch {
		case f.problem != nil:
			c.Reason, c.Err = ReasonUnwritable, f.problem
		case c.Reason == ReasonUnwritable:
			c.Reason, c.Err = f.reasons, nil
		}
	})
}

// trouble notes that the ledger or the queue can't be written.
func (f *folder) trouble(err error) {
	f.w.cfg.Logger.Warn("watched folder: nothing can be written", slog.String("path", f.path), slog.Any("error", err))
	f.problem = err
	f.retry = f.w.cfg.Clock.Now().Add(retryAfter)
}
