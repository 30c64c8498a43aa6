package gui

import (
	"context"
	"errors"
	"sync"
	"time"

	"sluice/service/download"
	"sluice/service/feed"
	"sluice/service/library"
	"sluice/service/settings"
	"sluice/service/upload"
)

// pump brings events to the interface goroutine: one goroutine takes all that
// is ready and makes one call there per batch, and waits for it, so that
// nothing piles up when the window is slow.
type pump struct {
	shell *Shell

	mu   sync.Mutex
	next *swap // a backend that is to be used from now on
	wake chan struct{}

	ticks bool // a row counts down; set on the interface goroutine, read after its call
}

type swap struct {
	backend Backend
	done    chan struct{}
}

// pace is the least time between two calls, so that bursts become one.
const pace = 40 * time.Millisecond

func (p *pump) start(s *Shell) {
	p.shell = s
	p.wake = make(chan struct{}, 1)
	s.wg.Go(p.run)
}

// use changes the backend and returns when the old one is let go.
func (p *pump) use(b Backend) {
	w := &swap{backend: b, done: make(chan struct{})}
	p.mu.Lock()
	before := p.next
	p.next = w
	p.mu.Unlock()
	if before != nil {
		close(before.done)
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
	select {
	case <-w.done:
	case <-p.shell.ctx.Done():
	}
}

func (p *pump) taken() *swap {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.next
	p.next = nil
	return w
}

func (p *pump) run() {
	s := p.shell
	backend := s.cfg.Backend
	for {
		ctx, cancel := context.WithCancel(s.ctx)
		w := p.drain(ctx, backend)
		cancel()
		if w == nil {
			return
		}
		backend = w.backend
		p.call(func() { s.swap(backend) })
		close(w.done)
	}
}

// drain pumps one backend's events until another is to be used.
func (p *pump) drain(ctx context.Context, b Backend) *swap {
	values, changes := b.Settings.Subscribe(ctx)
	defer changes.Close()
	if !p.call(func() { p.shell.apply(values) }) {
		return nil
	}
	var ups inlet[upload.Event]
	var downs inlet[download.Event]
	if b.Engine != nil {
		snapshot, events := b.Engine.Subscribe(ctx)
		defer events.Close()
		ups = newInlet(events)
		p.call(func() { p.shell.reset(snapshot) })
	}
	if b.Downloads != nil {
		snapshot, events := b.Downloads.Subscribe(ctx)
		defer events.Close()
		downs = newInlet(events)
		p.call(func() { p.shell.resetDownloads(snapshot) })
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
			if w := p.taken(); w != nil {
				return w
			}
		case <-ups.ready:
			p.events(ctx, ups.take(ctx), downs.more(ctx))
		case <-downs.ready:
			p.events(ctx, ups.more(ctx), downs.take(ctx))
		case <-changes.Ready():
			p.settings(ctx, changes)
		case <-tick(p.ticks):
			p.call(p.shell.tick)
		}
	}
}

// inlet is where the events of one engine come from.
type inlet[E any] struct {
	from  *feed.Subscription[E]
	ready <-chan struct{} // nil when nothing comes, or no more: what is shown stays
}

func newInlet[E any](from *feed.Subscription[E]) inlet[E] {
	return inlet[E]{from, from.Ready()}
}

// take gives what is there after ready has signalled.
func (i *inlet[E]) take(ctx context.Context) []E {
	list, err := next(ctx, i.from)
	if err != nil {
		i.ready = nil // the engine has closed
	}
	return list
}

// more gives what is there too.
func (i *inlet[E]) more(ctx context.Context) []E {
	select {
	case <-i.ready:
		return i.take(ctx)
	default:
		return nil
	}
}

// events hands over what both engines had to tell.
func (p *pump) events(ctx context.Context, ups []upload.Event, downs []download.Event) {
	if len(ups)+len(downs) > 0 {
		p.call(func() { p.shell.events(ups, downs...) })
		p.rest(ctx)
	}
}

func (p *pump) settings(ctx context.Context, changes *feed.Subscription[settings.Values]) {
	list, err := next(ctx, changes)
	if err == nil && len(list) > 0 {
		p.call(func() { p.shell.apply(list[len(list)-1]) })
	}
}

// next is Subscription.Next that does not wait: a signal may be stale.
func next[E any](ctx context.Context, s *feed.Subscription[E]) ([]E, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	list, err := s.Next(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, nil
	}
	return list, err
}

func (p *pump) rest(ctx context.Context) {
	select {
	case <-time.After(pace):
	case <-ctx.Done():
	}
}

// call runs f on the interface goroutine and waits for it. It reports false
// when the window closed before.
func (p *pump) call(f func()) bool {
	done := make(chan struct{})
	p.shell.onMain(func() {
		defer close(done)
		if p.shell.ctx.Err() == nil {
			f()
			p.ticks = p.shell.uploads.Ticks() || p.shell.notices.ticks()
		}
	})
	select {
	case <-done:
		return p.shell.ctx.Err() == nil
	case <-p.shell.ctx.Done():
		return false
	}
}

// tick comes every second while something counts down, and otherwise when the
// day may have changed.
func tick(often bool) <-chan time.Time {
	if often {
		return time.After(time.Second)
	}
	return time.After(time.Minute)
}

// What the pump calls on the interface goroutine.

func (s *Shell) swap(b Backend) {
	s.unask()
	s.backend = b
	s.frame.setHost(b.Host())
	s.frame.remake(b)
	s.filesChanged(library.Status{})
	s.files.Use(b.Library)
	s.watched.Use(b.Watched)
	s.burst = burst{since: s.newsSince()}
	s.reset(upload.Snapshot{})
	s.resetDownloads(download.Snapshot{})
}

func (s *Shell) reset(snapshot upload.Snapshot) {
	s.uploads.Reset(snapshot)
	s.showTotals()
	s.watchedBefore(snapshot.Jobs)
}

func (s *Shell) resetDownloads(snapshot download.Snapshot) {
	s.uploads.ResetDownloads(snapshot)
	s.showTotals()
}

func (s *Shell) events(ups []upload.Event, downs ...download.Event) {
	change := s.uploads.Apply(ups, downs...)
	s.history.Apply(ups)
	s.reconsider()
	s.showTotals()
	for i := range change.Done {
		s.batchDone(&change.Done[i])
	}
	s.downloadsDone(change.Downloaded)
	s.endBackground()
}

func (s *Shell) tick() {
	s.uploads.Tick()
	s.history.Tick()
	s.watched.Tick()
	s.showTotals()
}

func (s *Shell) showTotals() {
	s.frame.setHost(s.backend.Host()) // the service address can change at any time
	totals := s.uploads.Model().Totals()
	open := ""
	if n := s.uploads.Model().Open(); n > 0 {
		open = s.format.Number(int64(n))
	}
	s.frame.setCount("uploads", open)
	s.frame.setTotals(totals)
	s.notices.totals(totals)
	s.tellOffline()
}

// apply takes over changed settings.
func (s *Shell) apply(v settings.Values) {
	if v.Appearance != s.values.Appearance {
		s.setTheme(v.Appearance)
	}
	s.values = v
	s.frame.setLimit(v.SpeedLimit)
	s.uploads.SetCopies(v.CopyWhenDone)
}

// batchDone copies the links of what was given to the window, if it is set to.
// In the background it does not: on some systems a clipboard ends with the
// program. For watched folders see watchedDone.
func (s *Shell) batchDone(b *upload.Batch) {
	if b.Origin == upload.Watch {
		s.watchedDone(b)
		return
	}
	s.endCopying()
	if !s.values.CopyWhenDone || b.Origin == upload.Command || s.hidden() {
		return
	}
	linked := make([]upload.Job, 0, len(b.Jobs))
	for i := range b.Jobs {
		if b.Jobs[i].Link != "" {
			linked = append(linked, b.Jobs[i])
		}
	}
	if len(linked) == 0 {
		return
	}
	s.cfg.App.Clipboard().SetContent(s.linkText(linked))
	s.toastCopied(len(linked))
}
