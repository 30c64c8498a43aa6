package library

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/service"
	"sluice/service/feed"
	"sluice/storage/listing"
)

// Lister lists the account's files: a *pixeldrain.Client.
type Lister interface {
	EachFile(ctx context.Context, f func(service.File) error) error
}

// Config of a Catalogue; all of it may be left out.
type Config struct {
	Store  *listing.Store // nil: nothing is kept for the next start
	Logger *slog.Logger   // nil = discard
	Now    func() time.Time

	// Ease is how long the files of the last time are shown before the service
	// is asked for new ones by Use: a listing needs a processor, and so does
	// whatever shows the files. 0 = it is asked at once.
	Ease time.Duration

	// Glance is for how long the first of the files may stand for all of them,
	// see Status.Glance: reading all needs a processor too. Whole ends that
	// sooner. 0 = all files are read before one is shown.
	Glance time.Duration
}

// Status is how the catalogue stands. Several that nobody read yet are one.
type Status struct {
	Scope   string // see Use
	Known   bool   // there has been a listing; else the files are not known yet
	At      time.Time
	Files   int
	Bytes   int64 // of all files
	Reading int   // files read so far, while a listing comes; Busy
	Busy    bool  // a listing is asked for
	// Problem is why the last listing failed, nil when it did not. What was
	// known before stays.
	Problem *service.Error
	Version int // grows when the files changed: time to Find again

	// Glance: only the first of the files are known yet, as they were sorted when
	// people saw them last, and what is said here of all of them.
	Glance bool
}

// Catalogue knows the account's files. Its methods may be called from any
// goroutine and return at once, but for Find and Close; what they bring about is
// told to subscribers.
type Catalogue struct {
	cfg    Config
	cancel context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{}
	files  atomic.Pointer[snapshot]
	sorted atomic.Pointer[sorting] // what the last Find of all files was sorted by

	mu     sync.Mutex // guards what follows, and publishing in order
	orders []order    // not taken yet
	status Status
	news   feed.Feed[struct{}, Status]
}

// order is what the owner is to do: one of them.
type order struct {
	use             *account
	forget, refresh bool
	whole, look     bool // read all files; keep how they are seen
	changes         []change
}

// account is whose files these are.
type account struct {
	scope string
	from  Lister // nil: the service is not asked
}

// change is what this computer has done: a file put, or one taken away.
type change struct {
	id  string
	put record // "": taken away
}

// New makes a catalogue without files. Close ends it; the store stays open.
func New(cfg Config) *Catalogue {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Catalogue{cfg: cfg, cancel: cancel, wake: make(chan struct{}, 1)}
	c.files.Store(newSnapshot(nil))
	o := &owner{c: c, answers: make(chan answer)}
	c.done.Go(func() { o.run(ctx) })
	return c
}

// Close ends what is under way and waits for that.
func (c *Catalogue) Close() {
	c.cancel()
	c.done.Wait()
	c.news.Close()
}

// Scope names an account of a service, for Use. It tells nothing of the key.
func Scope(apiURL, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("sluice: files of\n" + apiURL))
	return hex.EncodeToString(mac.Sum(nil))
}

// tell gives the owner an order. Changes that come together are one.
func (c *Catalogue) tell(o order) {
	c.mu.Lock()
	if n := len(c.orders); n > 0 && c.orders[n-1].changes != nil && o.changes != nil {
		c.orders[n-1].changes = append(c.orders[n-1].changes, o.changes...)
	} else if n == 0 || !o.same(&c.orders[n-1]) {
		c.orders = append(c.orders, o)
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// same reports whether the order was given already.
func (o *order) same(last *order) bool {
	return o.refresh && last.refresh || o.whole && last.whole || o.look && last.look
}

// Use shows the files of an account: those known from earlier at once, and a
// new listing when there is a lister, see Config.Ease. The scope names service
// and account and tells nothing else about either; "" is for no account.
func (c *Catalogue) Use(scope string, from Lister) {
	c.tell(order{use: &account{scope, from}})
}

// Refresh asks for a listing. While one is coming, it asks again after that.
func (c *Catalogue) Refresh() { c.tell(order{refresh: true}) }

// Whole has all files read where only a glance of them is shown.
func (c *Catalogue) Whole() { c.tell(order{whole: true}) }

// AwaitWhole has all files read and waits for that, or for the end of ctx.
func (c *Catalogue) AwaitWhole(ctx context.Context) error {
	status, news := c.Subscribe(ctx)
	defer news.Close()
	for status.Glance {
		c.Whole()
		list, err := news.Next(ctx)
		if err != nil {
			return err
		}
		status = list[len(list)-1]
	}
	return nil
}

// Forget removes the files of the account in use from memory and disk.
func (c *Catalogue) Forget() { c.tell(order{forget: true}) }

// Added tells of files that this computer has uploaded.
func (c *Catalogue) Added(files ...service.File) {
	changes := make([]change, 0, len(files))
	for i := range files {
		if id := string(files[i].ID); id != "" {
			changes = append(changes, change{id, newRecord(&files[i])})
		}
	}
	c.tell(order{changes: changes})
}

// Removed tells of files that this computer has deleted.
func (c *Catalogue) Removed(ids ...service.FileID) {
	changes := make([]change, 0, len(ids))
	for _, id := range ids {
		changes = append(changes, change{id: string(id)})
	}
	c.tell(order{changes: changes})
}

// Find searches the files as they are now. It takes some milliseconds for
// 100,000 files, and the first time with a Field a tenth of a second. It gives nil
// where a glance does not tell: all files are read then, and the Version grows.
func (c *Catalogue) Find(search Search) *List {
	list := newList(c.files.Load(), &search)
	switch {
	case list == nil:
		c.Whole()
	case !search.narrow() && list.Len() > 0:
		c.seen(search.sorting())
	}
	return list
}

// File gives what is known of a file. A glance knows but the first.
func (c *Catalogue) File(id service.FileID) (service.File, bool) {
	if r := c.files.Load().get(string(id)); r != "" {
		return r.file(), true
	}
	return service.File{}, false
}

// Status is the present state.
func (c *Catalogue) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Subscribe gives the present state and a stream of those that follow.
func (c *Catalogue) Subscribe(ctx context.Context) (Status, *feed.Subscription[Status]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status, c.news.Subscribe(ctx)
}

// change changes the status and tells of it.
func (c *Catalogue) change(f func(s *Status)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.status)
	c.news.Progress(struct{}{}, c.status)
}
