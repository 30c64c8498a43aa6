package download

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"sluice/service"
	"sluice/service/clock"
	"sluice/service/feed"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

// What Config's zero values stand for, and its bounds.
const (
	DefaultWorkers = 3
	MaxWorkers     = 16
	defaultTries   = 6
)

// Config is what an Engine is made from. Only DB is needed.
type Config struct {
	DB       *storage.DB
	Client   *pixeldrain.Client // with or without a key; nil: downloads wait for Use
	APIURL   string             // while there is no client, the service that is meant; "" = nothing can be added yet
	Workers  int                // downloads at a time, 1 to MaxWorkers; 0 = DefaultWorkers
	Clock    clock.Clock        // nil = the system's
	Logger   *slog.Logger       // nil = discard
	MaxTries int                // tries in a row that bring nothing before a file fails; 0 = 6

	RememberPause bool // start paused when Pause came last before the last end; else that is ignored

	// Space tells how much room a folder has, nil = as the system says. It is
	// called on the engine's goroutines.
	Space func(folder string) (Space, error)
}

// Space is the room on the disk of a folder.
type Space struct {
	Free   uint64 // bytes that may be written
	Volume string // the same for folders that share the room
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
	if c.Space == nil {
		c.Space = diskSpace
	}
	return c
}

func boundWorkers(n int) int {
	if n <= 0 {
		return DefaultWorkers
	}
	return min(n, MaxWorkers)
}

// What ends a running download from outside: causes of its context.
var (
	errClosing   = errors.New("the engine closes")
	errPaused    = errors.New("paused")
	errCancelled = errors.New("cancelled")
	errReplaced  = errors.New("the account or service changed")
	errCrawling  = errors.New("hardly anything moved")
)

// Engine is the download queue. All methods may be called from any goroutine.
// Those with a context do disk work and belong on no window's goroutine; the
// others return at once.
type Engine struct {
	cfg   Config
	db    *storage.DB
	clock clock.Clock
	log   *slog.Logger

	ctx   context.Context                                   // the life of the engine's goroutines
	disk  context.Context                                   // never ends: what is being written gets written
	begin func() (context.Context, context.CancelCauseFunc) // makes the context of one run
	stop  context.CancelCauseFunc
	wg    sync.WaitGroup
	alarm *transfer.Alarm // tells beat that something may be due
	feed  feed.Feed[struct{}, Event]
	moved atomic.Int64 // bytes that came in, ever

	control sync.Mutex // held by calls that change jobs which nobody works on

	mu      sync.Mutex
	closing bool
	client  *pixeldrain.Client
	api     string // of the client, or the one that is meant
	workers int
	front   int64 // lowest position given by ToFront
	jobs    map[int64]*job
	running map[*job]struct{}
	batches map[int64]*batch
	links   map[string]service.Links // by API address
	ready   *jobHeap
	later   *jobHeap // waiting for a time
	hold    transfer.Hold
	speeds  transfer.Sampler
	totals  totals
	folders map[string]bool // of albums
}

// New takes up the queue where the database has it and starts. It fails only
// when the database can't be read.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.complete()
	ctx, stop := context.WithCancelCause(context.Background())
	e := &Engine{
		cfg: cfg, db: cfg.DB, clock: cfg.Clock, log: cfg.Logger,
		ctx: ctx, disk: context.WithoutCancel(ctx), stop: stop, alarm: transfer.NewAlarm(cfg.Clock),
		client: cfg.Client, api: cfg.APIURL, workers: cfg.Workers,
		jobs: make(map[int64]*job), running: make(map[*job]struct{}), batches: make(map[int64]*batch),
		links:   make(map[string]service.Links),
		folders: make(map[string]bool),
		ready:   newHeap(byPosition), later: newHeap(byDue), hold: transfer.Hold{Raise: raiseAfter},
	}
	e.begin = func() (context.Context, context.CancelCauseFunc) { return context.WithCancelCause(ctx) }
	if e.hold.NeedsKey = e.client == nil; e.client != nil {
		e.api = e.client.APIURL()
	}
	if err := e.recover(ctx); err != nil {
		stop(errClosing)
		return nil, service.AsError("open the downloads", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wg.Go(func() { e.alarm.Run(ctx, e.beat) })
	e.dispatch()
	return e, nil
}

// Close stops everything and waits for it. Downloads under way go on where
// they are when the queue is opened again. The database and the client are the
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

// Wait waits until everything of a batch has ended, the files of its albums
// included, and gives the jobs of it that are in the list or were taken out
// meanwhile. It fails when ctx ends first.
func (e *Engine) Wait(ctx context.Context, id service.DownloadBatchID) ([]Job, error) {
	e.mu.Lock()
	b := e.batches[int64(id)]
	if b == nil {
		e.mu.Unlock()
		return nil, nil
	}
	if b.open > 0 && b.done == nil {
		b.done = make(chan struct{})
	}
	done := b.done
	e.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-e.ctx.Done():
			return nil, errClosing
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	jobs := make([]Job, len(b.jobs))
	for i, j := range b.jobs {
		jobs[i] = e.view(j)
	}
	return jobs, nil
}
