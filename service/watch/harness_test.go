package watch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/feed"
	"sluice/storage"
	"sluice/storage/leftover"
)

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		os.Exit(child(home))
	}
	leftover.Main(m)
}

// handClock moves when it is told to.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[chan time.Time]time.Time
}

func newHandClock() *handClock {
	return &handClock{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), timers: make(map[chan time.Time]time.Time)}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) After(d time.Duration) (<-chan time.Time, func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := make(chan time.Time, 1)
	if d <= 0 {
		t <- c.now
		return t, func() bool { return false }
	}
	c.timers[t] = c.now.Add(d)
	return t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, t)
		return true
	}
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for t, due := range c.timers {
		if !c.now.Before(due) {
			t <- c.now
			delete(c.timers, t)
		}
	}
}

// sleep is time that passes while the computer sleeps: timers stand still.
func (c *handClock) sleep(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for t, due := range c.timers {
		c.timers[t] = due.Add(d)
	}
}

// server is an Uploader that outlives watchers, as the queue in the database
// does. It sends a batch when that is waited for.
type server struct {
	mu      sync.Mutex
	batches [][]Result
	done    []bool
	added   map[string][]service.BatchID
	files   []sent
	refuse  func(path string) *service.Error
	hold    chan struct{} // while it is not nil and open, nothing is sent
	failAdd error
	before  func(path string) // called before a file is read
	after   func(path string) // and after
}

type sent struct{ path, sum string }

func (s *server) Add(_ context.Context, paths []string) (service.BatchID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failAdd != nil {
		return 0, s.failAdd
	}
	if s.added == nil {
		s.added = make(map[string][]service.BatchID)
	}
	var batch []Result
	for _, p := range paths {
		batch = append(batch, Result{Path: p})
		s.added[p] = append(s.added[p], service.BatchID(len(s.batches)+1))
	}
	s.batches, s.done = append(s.batches, batch), append(s.done, false)
	return service.BatchID(len(s.batches)), nil
}

func (s *server) Find(_ context.Context, path string, _ time.Time) (service.BatchID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if all := s.added[path]; len(all) > 0 {
		return all[len(all)-1], nil
	}
	return 0, nil
}

func (s *server) Wait(ctx context.Context, id service.BatchID) ([]Result, error) {
	s.mu.Lock()
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.batches[id-1]
	if !s.done[id-1] {
		for i := range batch {
			s.send(&batch[i])
		}
		s.done[id-1] = true
	}
	return slices.Clone(batch), nil
}

func (s *server) send(r *Result) {
	r.What = Failed
	if s.before != nil {
		s.before(r.Path)
	}
	if s.refuse != nil {
		if r.Err = s.refuse(r.Path); r.Err != nil {
			return
		}
	}
	sum, err := sumStill(r.Path)
	switch {
	case errors.Is(err, errChanged):
		r.Err = &service.Error{Kind: service.SourceChanged}
		return
	case sum == sumOf(nil) && err == nil:
		r.Err = &service.Error{Kind: service.Invalid, Value: service.ReasonEmptyFile}
		return
	case err != nil:
		r.Err = &service.Error{Kind: service.NotFound, Value: service.ReasonMissingFile, Err: err}
		return
	}
	r.SHA256, r.Link = sum, "https://sluice.test/u/"+sum[:8]
	r.What = Uploaded
	if slices.ContainsFunc(s.files, func(f sent) bool { return f.sum == r.SHA256 }) {
		r.What = AlreadyThere
	} else {
		s.files = append(s.files, sent{r.Path, r.SHA256})
	}
	if s.after != nil {
		s.after(r.Path)
	}
}

// sumStill gives the hash of a file that does not change meanwhile.
func sumStill(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	before, err := f.Stat()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return "", err
	}
	after, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if before.Size() != after.Size() || !before.ModTime().Equal(after.ModTime()) || n != after.Size() {
		return "", errChanged
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func (s *server) sent() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.files)
}

func (s *server) names() []string {
	names := []string{}
	for _, f := range s.sent() {
		names = append(names, filepath.Base(f.path))
	}
	slices.Sort(names)
	return names
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// rig is a watcher with all around it.
type rig struct {
	t      *testing.T
	home   string
	dir    string // the watched folder, once there is one
	server *server
	cfg    Config
	w      *Watcher
	sub    *feed.Subscription[Event]
	cards  map[FolderID]Card
	log    []Entry

	patience time.Duration
}

func newRig(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	t.Parallel()
	r := &rig{
		patience: 2 * time.Minute,
		t:        t, home: t.TempDir(), dir: filepath.Join(t.TempDir(), "w"), server: &server{},
		cfg: Config{Clock: clocktest.NewQuick(10), Logger: slog.New(slog.DiscardHandler), CheckEvery: time.Second},
	}
	r.cfg.Uploader = r.server
	for _, c := range change {
		c(&r.cfg)
	}
	r.mkdir("")
	r.open()
	t.Cleanup(r.close)
	return r
}

func faster(cfg *Config) { cfg.Clock = clocktest.NewQuick(60) }

func byHand(c *handClock) func(*Config) { return func(cfg *Config) { cfg.Clock = c } }

func (r *rig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) open() {
	r.t.Helper()
	db, err := storage.Open(r.t.Context(), r.home)
	r.ok(err)
	r.cfg.DB = db
	r.w, err = New(r.cfg)
	r.ok(err)
	var s Snapshot
	s, r.sub = r.w.Subscribe(r.t.Context())
	r.cards = make(map[FolderID]Card)
	for _, c := range s.Cards {
		r.cards[c.ID] = c
	}
}

func (r *rig) close() {
	r.t.Helper()
	if r.w == nil {
		return
	}
	r.sub.Close()
	if err := errors.Join(r.w.Close(), r.cfg.DB.Close()); err != nil {
		r.t.Error(err)
	}
	r.w = nil
}

func (r *rig) restart() {
	r.t.Helper()
	r.close()
	r.open()
}

// watch adds the folder and waits until it is watched.
func (r *rig) watch(opts Options) FolderID {
	r.t.Helper()
	id, err := r.w.AddFolder(r.t.Context(), r.dir, opts, false)
	r.ok(err)
	r.state(id, Watching)
	return id
}

// until takes events until a condition holds.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), r.patience)
	defer cancel()
	for !ok() {
		events, err := r.sub.Next(ctx)
		if err != nil {
			var b bytes.Buffer
			for _, e := range r.log[max(0, len(r.log)-30):] {
				fmt.Fprintf(&b, "%s %s %s\n", e.Path, e.What, e.Reason)
			}
			r.t.Fatalf("no %s: %v; cards %+v, server has %d, activity:\n%s", what, err, r.cards, len(r.server.sent()), &b)
		}
		for _, e := range events {
			for _, c := range e.Cards {
				r.cards[c.ID] = c
			}
			for _, id := range e.Removed {
				delete(r.cards, id)
			}
			r.log = append(r.log, e.Entries...)
		}
	}
}

func (r *rig) state(id FolderID, want State) {
	r.t.Helper()
	r.until(string(want), func() bool { return r.cards[id].State == want })
}

// entry waits for a line of the activity list.
func (r *rig) entry(path string, what What, reason Reason) Entry {
	r.t.Helper()
	var found Entry
	r.until(fmt.Sprintf("%s %s %s", path, what, reason), func() bool {
		for _, e := range r.log {
			if e.Path == path && e.What == what && e.Reason == reason {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) mkdir(name string) {
	r.t.Helper()
	r.ok(os.MkdirAll(r.path(name), 0o755))
}

func (r *rig) write(name, content string) {
	r.t.Helper()
	r.ok(os.WriteFile(r.path(name), []byte(content), 0o644))
}

// movein makes a file appear whole, at once.
func (r *rig) movein(name, content string) {
	r.t.Helper()
	outside := filepath.Join(filepath.Dir(r.dir), "outside")
	r.ok(os.WriteFile(outside, []byte(content), 0o600))
	r.ok(os.Rename(outside, r.path(name)))
}

// idle waits until all that was done before is through: files that came first
// are uploaded first or known not to be.
func (r *rig) idle(id FolderID) {
	r.t.Helper()
	r.until("rest", func() bool { c := r.cards[id]; return c.State == Watching && c.Pending == 0 && c.Queued == 0 })
}

// has checks what the server has, by name.
func (r *rig) has(names ...string) {
	r.t.Helper()
	slices.Sort(names)
	if got := r.server.names(); !slices.Equal(got, names) {
		r.t.Errorf("the server has %q, want %q", got, names)
	}
}
