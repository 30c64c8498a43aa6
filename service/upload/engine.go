package upload

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/service"
	"sluice/service/clock"
	"sluice/service/feed"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

// What Config's zero values stand for, and its bounds.
const (
	DefaultWorkers = 4
	MaxWorkers     = 16
	defaultTries   = 6
	defaultSettle  = time.Minute
)

// Config is what an Engine is made from. Only DB is needed.
type Config struct {
	DB      *storage.DB
	Client  *pixeldrain.Client // nil: no key yet, jobs wait for Use
	Workers int                // uploads at a time, 1 to MaxWorkers; 0 = DefaultWorkers
	Clock   clock.Clock        // nil = the system's
	Logger  *slog.Logger       // nil = discard

	// MaxFileSize is the plan's limit for one file in bytes, none when it is nil
	// or gives less than 1. It is called on any goroutine and must not block.
	MaxFileSize func() int64

	MaxTries       int           // tries a file before it fails; 0 = 6
	SettleTime     time.Duration // how long an upload without an answer is looked for; 0 = 1 min
	SendDuplicates bool          // send also what the account has already
	RememberPause  bool          // start paused when Pause came last before the last end; else that is ignored
	SpeedLimit     int64         // bytes/s for all uploads together, 0 = none

	written func(point string) // tests: called after each write of the queue with the name of what was written
}

func (c Config) complete() Config {
	c.Workers = boundWorkers(c.Workers)
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxTries <= 0 {
		c.MaxTries = defaultTries
	}
	if c.SettleTime <= 0 {
		c.SettleTime = defaultSettle
	}
	return c
}

func boundWorkers(n int) int {
	if n <= 0 {
		return DefaultWorkers
	}
	return min(n, MaxWorkers)
}

// What ends a running upload from outside: causes of its context.
var (
	errClosing   = errors.New("the engine closes")
	errPaused    = errors.New("paused")
	errCancelled = errors.New("cancelled")
	errReplaced  = errors.New("the account or service changed")
)

// Engine is the upload queue. All methods may be called from any goroutine.
// Those with a context do disk work and belong on no window's goroutine; the
// others return at once.
type Engine struct {
	cfg   Config
	db    *storage.DB
	clock clock.Clock
	log   *slog.Logger
	speed *speedLimit

	ctx     context.Context                                   // the life of the engine's goroutines
	disk    context.Context                                   // never ends: what is being written gets written
	begin   func() (context.Context, context.CancelCauseFunc) // makes the context of one run
	stop    context.CancelCauseFunc
	wg      sync.WaitGroup
	alarm   *transfer.Alarm // tells beat that something may be due
	feed    feed.Feed[struct{}, Event]
	work    chan *run    // for goroutines that wait for one; there is always room
	buffers sync.Pool    // of *[]byte, contents of tiny files
	moved   atomic.Int64 // bytes read for sending, ever

	commands sync.Mutex // held over commands that write, disk and all: they come one after the other

	mu      sync.Mutex
	closing bool
	client  *pixeldrain.Client
	workers int
	jobs    map[int64]*job
	active  map[*job]struct{} // those with a goroutine of their own
	batches map[int64]*batch
	links   map[string]service.Links // by API address
	front   int64                    // lowest position given by ToFront
	mends   []mend                   // to be written before anything goes on

	ready  [2]*jobHeap // by lane
	later  *jobHeap    // waiting for a time
	checks *jobHeap    // to be verified, or to be deleted from the service
	doubts *jobHeap    // unknown outcomes
	slots  slots
	idle   int // goroutines that wait for a run
	hold   transfer.Hold
	speeds transfer.Sampler
	totals totals

	contents map[contentKey]*job         // what is under way, by content
	sizes    map[int64][]*job            // what is under way and large, by size, first come first
	known    *catalogue                  // what the account has
	ours     []own                       // what was uploaded to it from here
	claimed  map[service.FileID]int64    // the job that made a file of the account
	shared   map[service.FileID]struct{} // files that other jobs have for a link too
	doomed   map[service.FileID]struct{} // files that are or were deleted: nobody's link, even if an older listing has them

	checksBusy  bool
	listingBusy bool
	scan        scan
	skipKnown   bool // duplicates are not sent
}

// New takes up the queue where the database has it and starts. It fails only
// when the database can't be read.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.complete()
	ctx, stop := context.WithCancelCause(context.Background())
	e := &Engine{
		cfg: cfg, db: cfg.DB, clock: cfg.Clock, log: cfg.Logger, speed: newSpeedLimit(cfg.SpeedLimit),
		ctx: ctx, disk: context.WithoutCancel(ctx), stop: stop, alarm: transfer.NewAlarm(cfg.Clock), work: make(chan *run, maxIdle),
		client: cfg.Client, workers: cfg.Workers,
		jobs: make(map[int64]*job), active: make(map[*job]struct{}), batches: make(map[int64]*batch), links: make(map[string]service.Links),
		ready: [2]*jobHeap{newHeap(byTurn), newHeap(byTurn)},
		later: newHeap(byDue), checks: newHeap(byDue), doubts: newHeap(byDue),
		hold:     transfer.Hold{Raise: raiseAfter},
		contents: make(map[contentKey]*job), sizes: make(map[int64][]*job),
		known: newCatalogue(), claimed: make(map[service.FileID]int64),
		shared: make(map[service.FileID]struct{}), doomed: make(map[service.FileID]struct{}),
		skipKnown: !cfg.SendDuplicates,
	}
	e.begin = func() (context.Context, context.CancelCauseFunc) { return context.WithCancelCause(ctx) }
	if err := e.recover(ctx); err != nil {
		stop(errClosing)
		return nil, service.AsError("open the queue", err)
	}
	e.mendAll(e.disk)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prepareClient()
	e.wg.Go(func() { e.alarm.Run(ctx, e.beat) })
	e.kickScan()
	e.stir()
	return e, nil
}

// Close stops everything and waits for it. Uploads under way are broken off
// and go on from the start when the queue is opened again. The database is the
// caller's to close afterwards.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closing = true
	e.mu.Unlock()
	e.stop(errClosing)
	e.wg.Wait()
	e.feed.Close()
	return nil
}

// Subscribe gives the queue as it is and a stream of every change from then
// on, until ctx ends. Byte progress comes at most 10 times a second and is
// superseded by newer progress when it is not read.
func (e *Engine) Subscribe(ctx context.Context) (Snapshot, *feed.Subscription[Event]) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.snapshot(), e.feed.Subscribe(ctx)
}

// stir starts whatever can start now. e.mu is held.
func (e *Engine) stir() {
	if e.closing {
		return
	}
	e.kickListing()
	e.dispatch()
	e.kickChecks()
}

// spawn starts a goroutine that Close waits for. e.mu is held; nothing starts
// once the engine closes.
func (e *Engine) spawn(do func()) bool {
	if e.closing {
		return false
	}
	e.wg.Go(do)
	return true
}
