package thumbs

import (
	"context"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	fileName      = "thumbs.db"
	defaultBudget = 256 << 20
	leastBudget   = 4 << 20

	batchBytes = 1 << 20                // of pictures in one transaction
	batchRows  = 256                    // of all kinds in one transaction
	batchWait  = 300 * time.Millisecond // how long a write waits for others
	maxPending = 8 << 20                // bytes in memory; beyond that the disk is too slow, and pictures are dropped
	maxShare   = 16                     // a picture is at most this part of the budget
)

// ErrClosed is what calls after Close fail with.
var ErrClosed = errors.New("the thumbnail cache is closed")

// Config says where the cache is and how large it may get.
type Config struct {
	Dir    string // folder for the cache's file, made when missing
	Budget int64  // bytes on the disk; 0 = 256 MiB, at least 4 MiB; a batch of 1 MiB may come on top
	Logger *slog.Logger
	Now    func() time.Time // nil = time.Now
}

// Key names a file's thumbnails. Scope keeps services and accounts apart.
type Key struct{ Scope, File string }

// Found is what the cache knows of a file.
type Found struct {
	None  bool   // the file has no thumbnail
	Class int    // the size class of Data
	Data  []byte // as it was put in
}

// Store is the open cache. All methods may be called from any goroutine; only
// Get, Flush, Clear and Close wait for the disk.
type Store struct {
	cfg  Config
	path string

	mu sync.RWMutex // held for writing while the database is exchanged
	db *database    // nil while there is none: everything is a miss

	pendMu  sync.Mutex
	pending map[Key][]row // by class; a row without thumbnail stands alone
	waiting int64         // bytes in pending
	rows    int           // in pending
	touched map[int64]int64
	clock   int64 // counts uses; the order of use across restarts

	wake    chan struct{} // room for one: there is something to write
	full    chan struct{} // room for one: there is a batch to write
	flush   chan chan error
	closing chan struct{}
	done    chan struct{}
	close   sync.Once
	closed  error
	failing bool // the last write failed; of the writing goroutine
}

// row is one entry that waits to be written.
type row struct {
	class int // 0: the file has no thumbnail
	data  []byte
	until time.Time // of class 0
}

// Open opens the cache in its folder. What can't be used is begun anew. It
// fails only where no file can be made, or
// another program holds it.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Budget <= 0 {
		cfg.Budget = defaultBudget
	}
	cfg.Budget = max(cfg.Budget, leastBudget)
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, describe("find the folder", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, describe("make the folder", err)
	}
	s := &Store{
		cfg: cfg, path: filepath.Join(dir, fileName), pending: map[Key][]row{}, touched: map[int64]int64{},
		wake: make(chan struct{}, 1), full: make(chan struct{}, 1), flush: make(chan chan error),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	if s.db, err = openDatabase(ctx, s.path); err != nil {
		if isPassing(err) {
			return nil, err
		}
		cfg.Logger.Info("thumbnail cache begun anew", slog.Any("error", err))
		if s.db, err = newDatabase(ctx, s.path); err != nil {
			return nil, err
		}
	}
	s.clock = s.db.lastUse
	if err := s.db.shrink(ctx, cfg.Budget); err != nil {
		s.renew(ctx, s.db, err)
	}
	go s.writeLoop(context.WithoutCancel(ctx))
	return s, nil
}

// Close writes what waits and closes the file.
func (s *Store) Close() error {
	s.close.Do(func() {
		close(s.closing)
		<-s.done
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.db != nil {
			s.closed = s.db.close()
			s.db = nil
		}
	})
	return s.closed
}

// Get looks a file up. Of several sizes it gives that of class, else the next
// larger one, else the largest. ok is false when nothing is known.
func (s *Store) Get(ctx context.Context, key Key, class int) (found Found, ok bool) {
	waiting, ok := s.getPending(key, class)
	if waiting.None {
		return waiting, ok
	}
	if found, kept := s.getKept(ctx, key, class); kept && (!ok || !found.None && fits(found.Class, waiting.Class, class) < 0) {
		return found, true
	}
	return waiting, ok
}

// getKept looks a file up on the disk.
func (s *Store) getKept(ctx context.Context, key Key, class int) (found Found, ok bool) {
	s.mu.RLock()
	db := s.db
	if db == nil {
		s.mu.RUnlock()
		return Found{}, false
	}
	e, err := db.get(ctx, key, class)
	s.mu.RUnlock()
	switch {
	case errors.Is(err, errMiss):
		return Found{}, false
	case err != nil:
		s.renew(ctx, db, err)
		return Found{}, false
	case e.class == 0:
		if !s.cfg.Now().Before(time.Unix(e.until, 0)) {
			return Found{}, false
		}
	case crc32.ChecksumIEEE(e.data) != e.sum:
		s.renew(ctx, db, errDamaged)
		return Found{}, false
	}
	s.touch(e.id)
	return Found{None: e.class == 0, Class: e.class, Data: e.data}, true
}

// Put keeps a picture under a size class, which is a number above 0. The data
// must not be changed afterwards.
func (s *Store) Put(key Key, class int, data []byte) {
	if class <= 0 || len(data) == 0 || int64(len(data)) > s.cfg.Budget/maxShare {
		return
	}
	s.put(key, row{class: class, data: data})
}

// PutNone keeps until a given time that a file has no thumbnail, in place of
// those it has.
func (s *Store) PutNone(key Key, until time.Time) { s.put(key, row{until: until}) }

// Flush writes what waits.
func (s *Store) Flush(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case s.flush <- done:
		return <-done
	case <-s.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Clear forgets everything and gives the space on the disk back.
func (s *Store) Clear(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return ErrClosed
	}
	s.drop()
	return s.exchange(ctx)
}

// Size tells how many bytes the thumbnails take on the disk.
func (s *Store) Size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db == nil {
		return 0
	}
	return s.db.total.Load()
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// renew begins the cache anew after db failed by err, if it is still in use
// and its file is to blame.
func (s *Store) renew(ctx context.Context, db *database, err error) {
	if !isDamage(err) {
		if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			s.cfg.Logger.Debug("thumbnail cache", slog.Any("error", err)) // could come with every picture
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db != db || s.isClosed() {
		return
	}
	s.cfg.Logger.Info("thumbnail cache begun anew", slog.Any("error", err))
	if err := s.exchange(context.WithoutCancel(ctx)); err != nil {
		s.cfg.Logger.Warn("thumbnail cache", slog.Any("error", err))
	}
}

// exchange puts an empty database in place of the one in use; s.mu is held.
func (s *Store) exchange(ctx context.Context) error {
	if s.db != nil {
		_ = s.db.close() // whatever it says, the file goes
		s.db = nil
	}
	s.pendMu.Lock()
	clear(s.touched) // they are rows of the old one
	s.pendMu.Unlock()
	db, err := newDatabase(ctx, s.path)
	if err != nil {
		return err
	}
	s.db = db
	return nil
}
