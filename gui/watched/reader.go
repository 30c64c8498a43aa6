package watched

import (
	"context"
	"sync"
	"time"

	"sluice/service/feed"
	"sluice/service/screenshots"
	"sluice/service/watch"
)

// Folders is what watches; *session.Watched is one. All of it may be called from
// any goroutine; what has a context waits for the disk.
type Folders interface {
	Changer
	Subscribe(ctx context.Context) (watch.Snapshot, *feed.Subscription[watch.Event])
	Activity(ctx context.Context, before int64, limit int) ([]watch.Entry, error)
	Pause(until time.Time)
	Resume()
	// CaughtUp reports whether a file that is uploaded now had come before its
	// folder was watched. It returns at once.
	CaughtUp(path string) bool
	// WholeSince tells since when a file that is uploaded now had not changed,
	// zero when that is not known. It returns at once.
	WholeSince(path string) time.Time
	// Suggest gives folders that screenshots are put into and that are not
	// watched, the likeliest first.
	Suggest(ctx context.Context) []screenshots.Folder
}

// Changer changes what is watched.
type Changer interface {
	AddFolder(ctx context.Context, path string, opts watch.Options, existing bool) (watch.FolderID, error)
	Update(ctx context.Context, id watch.FolderID, opts watch.Options) error
	SetEnabled(ctx context.Context, id watch.FolderID, on bool) error
	Remove(ctx context.Context, id watch.FolderID) error
}

// pace is the least time between two calls of the interface goroutine.
const pace = 40 * time.Millisecond

// reader follows the folders on a goroutine of its own. It makes one call on the
// interface goroutine for all that is ready, and waits for it.
type reader struct {
	onMain func(func())
	opened func(Folders, watch.Snapshot)
	failed func(error)
	events func([]watch.Event)

	ctx  context.Context //nolint:containedctx // the life of its goroutine
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func (r *reader) start(open func(context.Context) (Folders, error)) {
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.wg.Go(func() { r.run(open) })
}

// close ends the reader and waits for it.
func (r *reader) close() {
	r.stop()
	r.wg.Wait()
}

func (r *reader) run(open func(context.Context) (Folders, error)) {
	folders, err := open(r.ctx)
	if err != nil {
		r.call(func() { r.failed(err) })
		return
	}
	snapshot, events := folders.Subscribe(r.ctx)
	defer events.Close()
	r.call(func() { r.opened(folders, snapshot) })
	for {
		list, err := events.Next(r.ctx)
		if err != nil {
			return // the folders are closed: what is shown stays
		}
		r.call(func() { r.events(list) })
		select {
		case <-time.After(pace):
		case <-r.ctx.Done():
		}
	}
}

// call runs f on the interface goroutine and waits for it, unless the reader was
// ended.
func (r *reader) call(f func()) {
	done := make(chan struct{})
	r.onMain(func() {
		defer close(done)
		if r.ctx.Err() == nil {
			f()
		}
	})
	select {
	case <-done:
	case <-r.ctx.Done():
	}
}
