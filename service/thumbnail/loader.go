package thumbnail

import (
	"cmp"
	"context"
	"image"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/storage/thumbs"
)

// What Config's zero values stand for, and other bounds.
const (
	defaultMemory   = 8 << 20 // seven screens of a small window; what goes is on the disk
	defaultMost     = 64 << 20
	defaultFetchers = 8 // as many connections as the client keeps
	defaultSettle   = 80 * time.Millisecond
	maxWanted       = 2000
	maxSide         = 2048
)

// Client is the service, a *pixeldrain.Client but in tests.
type Client interface {
	APIURL() string
	Thumbnail(ctx context.Context, id service.FileID, width, height int) (*pixeldrain.Thumbnail, error)
}

// Config is what a Loader is made from.
type Config struct {
	Disk *thumbs.Store // nil = nothing is kept on the disk; not closed by the Loader

	// Local gives the picture on this computer that a file was uploaded from,
	// if it is still what it was then. Called on a goroutine of the Loader.
	Local func(service.FileID) (path string, ok bool)

	// OnReady tells of files for which Get says something new. It is called
	// on a goroutine of the Loader, with many files at once, and not again
	// before it returns. It may call every method but Close, and must not wait
	// for whoever calls Close.
	OnReady func([]service.FileID)

	Memory   int64         // bytes of pictures kept, when not so many are wanted; 0 = 8 MiB
	Most     int64         // the same for a window that shows many; 0 = 64 MiB, or Memory where that is set
	Fetchers int           // requests at a time; 0 = 8
	Decoders int           // pictures decoded at a time; 0 = as the processors are, 2 to 4
	Settle   time.Duration // how long what is wanted must stay for requests to begin; 0 = 80 ms, below 0 = not at all
	Logger   *slog.Logger  // nil = discard
}

// Wanted is a file whose thumbnail is wanted.
type Wanted struct {
	File service.FileID
	MIME string // decides whether there can be one
	Name string // in place of MIME where that is empty
	Hash string // SHA-256 of the file, "" = unknown; helps to tell icons
	Side int    // device pixels, 0 = as the others

	Uploaded time.Time // zero = unknown; one that has no thumbnail yet may get it soon
}

// State says what Get gives.
type State uint8

// The states.
const (
	Coming State = iota // nothing yet
	Ready               // a picture
	None                // the file has none, or it can't be fetched now: show an icon
)

// String gives the state's name as logs show it.
func (s State) String() string {
	switch s {
	case Coming:
		return "coming"
	case Ready:
		return "ready"
	case None:
		return "none"
	}
	return "unknown"
}

// Loader loads thumbnails. All methods but Close return at once and may be
// called from any goroutine.
type Loader struct {
	cfg Config

	ctx    context.Context //nolint:containedctx // ends the workers at Close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	news   chan struct{} // room for one: there is something to tell
	heavy  chan struct{} // room for one: a large local picture is decoded

	mu     sync.Mutex
	change *sync.Cond
	client Client
	scope  string // the client's address
	large  bool   // the service makes larger thumbnails than the document says

	wanted []Wanted                // nearest first, with sides
	jobs   map[service.FileID]*job // what is being worked on of them
	order  []*job                  // the same in order; some may be finished
	memory *memory
	notes  *notes
	icons  *icons
	ready  []service.FileID // to be told

	lastNew time.Time // when something was wanted anew
	settled time.Time // no request before
	held    time.Time // nor before this: the service is out of reach or wants a pause
	heldAt  time.Time // since when
	holds   int       // how often in a row

	undecoded int64 // bytes of data that jobs hold
	alarm     *time.Timer
	alarmAt   time.Time
}

// New starts a loader. It fetches nothing before Use.
func New(cfg Config) *Loader {
	if cfg.Memory <= 0 {
		cfg.Memory = defaultMemory
		cfg.Most = cmp.Or(cfg.Most, defaultMost)
	}
	cfg.Most = max(cfg.Most, cfg.Memory)
	if cfg.Fetchers <= 0 {
		cfg.Fetchers = defaultFetchers
	}
	if cfg.Decoders <= 0 {
		cfg.Decoders = min(max(runtime.GOMAXPROCS(0), 2), 4)
	}
	if cfg.Settle == 0 {
		cfg.Settle = defaultSettle
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &Loader{
		cfg: cfg, ctx: ctx, cancel: cancel, news: make(chan struct{}, 1), heavy: make(chan struct{}, 1),
		jobs: map[service.FileID]*job{}, memory: newMemory(cfg.Memory), notes: newNotes(), icons: newIcons(),
	}
	l.change = sync.NewCond(&l.mu)
	l.wg.Go(l.lookUp)
	for range cfg.Fetchers {
		l.wg.Go(l.fetch)
	}
	for i := range cfg.Decoders {
		local := i > 0 || cfg.Decoders == 1 // one is always there for what is quick
		l.wg.Go(func() { l.decode(local) })
	}
	if cfg.OnReady != nil {
		l.wg.Go(l.tell)
	}
	return l
}

// Close gives everything up and waits for the loader's goroutines.
func (l *Loader) Close() {
	l.mu.Lock()
	l.cancel()
	if l.alarm != nil {
		l.alarm.Stop()
	}
	l.mu.Unlock()
	l.change.Broadcast()
	l.wg.Wait()
}

// Use sets the service to ask from now on, nil for none. What failed before is
// asked for again. Pictures of another service are forgotten.
func (l *Loader) Use(client Client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return
	}
	scope := ""
	if client != nil {
		scope = client.APIURL()
	}
	if scope != l.scope {
		l.memory, l.icons = newMemory(l.cfg.Memory), newIcons()
		l.large = false
	}
	l.notes = newNotes()
	l.client, l.scope = client, scope
	l.held, l.holds = time.Time{}, 0
	for _, j := range l.jobs {
		l.giveUp(j)
	}
	clear(l.jobs)
	l.want(l.wanted)
	for _, w := range l.wanted {
		l.report(w.File)
	}
}

// Near reports whether a picture that is wanted is looked for on this computer, or
// is being decoded, so that it will be there in a moment.
func (l *Loader) Near() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.order, func(j *job) bool { return j.phase == toLook || j.phase == toDecode })
}

// Get gives a file's picture of side by side pixels if it is in memory, and
// its state. The picture must not be changed. It may be one that is a little
// blurred, until OnReady tells of the file again.
func (l *Loader) Get(id service.FileID, side int) (*image.RGBA, State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.memory.get(memoryKey{id, side}); e != nil {
		return e.picture, Ready
	}
	now := time.Now()
	if n := l.notes.get(id); n != nil && now.Before(n.until) {
		return nil, None
	}
	if j := l.jobs[id]; j != nil && j.phase == toFetch && !j.busy && (l.client == nil || now.Before(l.held)) {
		return nil, None
	}
	return nil, Coming
}
