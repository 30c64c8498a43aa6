package files

import (
	"context"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/feed"
	"sluice/service/library"
)

// Library is the account's files, as a session has them.
type Library struct {
	Catalogue *library.Catalogue
	Thumbs    Thumbs
	// Near reports whether pictures that Thumbs was asked for are looked for on
	// this computer, or being decoded; nil: they never are.
	Near func() bool
	// Ready tells of files for which Thumbs has something new.
	Ready func(ctx context.Context) *feed.Subscription[[]service.FileID]
	// Delete deletes one file and tells the catalogue; called on any goroutine.
	Delete func(ctx context.Context, id service.FileID) error
	// Rename gives a file another name, in the catalogue at once; called on any
	// goroutine. Kind Invalid with ReasonNoMethod: the service can't, and CanRename
	// says so from then on. Both are nil where nothing can be renamed.
	Rename    func(ctx context.Context, id service.FileID, name string) error
	CanRename func() bool
	// Keyless reports whether there are no files because there is no key; called
	// on any goroutine.
	Keyless func() bool
}

// reader searches one library and listens to it, away from the interface
// goroutine, and brings what is new there, one step after another.
type reader struct {
	ctx    context.Context //nolint:containedctx // of its goroutines
	cancel context.CancelFunc
	wg     sync.WaitGroup
	onMain func(func())
	opened func(Library)
	take   func(news)
	ready  func([]service.FileID)

	mu   sync.Mutex
	want wanted
	wake chan struct{}
}

// start begins to read what open gives.
func (r *reader) start(open func(context.Context) (Library, error)) {
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.wake = make(chan struct{}, 1)
	r.wg.Go(func() {
		if lib, err := open(r.ctx); err == nil && r.call(func() { r.opened(lib) }) {
			r.run(lib)
		}
	})
}

// stop ends everything without waiting; close also waits.
func (r *reader) stop() { r.cancel() }

func (r *reader) close() {
	r.cancel()
	r.wg.Wait()
}

// search looks for something from now on.
func (r *reader) search(w wanted) {
	r.mu.Lock()
	r.want = w
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (r *reader) run(lib Library) {
	status, changes := lib.Catalogue.Subscribe(r.ctx)
	defer changes.Close()
	pictures := lib.Ready(r.ctx)
	defer pictures.Close()
	version, number := -1, -1
	for {
		r.mu.Lock()
		w := r.want
		r.mu.Unlock()
		n := news{status: status, keyless: lib.Keyless(), number: w.number}
		if version != status.Version || number != w.number {
			if n.found = lib.Catalogue.Find(w.search(time.Local)); n.found != nil {
				version, number = status.Version, w.number
			}
		}
		if !r.call(func() { r.take(n) }) {
			return
		}
		if !r.next(&status, changes, pictures) {
			return
		}
	}
}

// next waits until there is something to do, and passes on which pictures are
// ready.
func (r *reader) next(status *library.Status, changes *feed.Subscription[library.Status], pictures *feed.Subscription[[]service.FileID]) bool {
	for {
		select {
		case <-r.ctx.Done():
			return false
		case <-r.wake:
			return true
		case <-changes.Ready():
			list, err := changes.Next(r.ctx)
			if len(list) > 0 {
				*status = list[len(list)-1]
			}
			return err == nil
		case <-pictures.Ready():
			lists, err := pictures.Next(r.ctx)
			var ids []service.FileID
			for _, l := range lists {
				ids = append(ids, l...)
			}
			if err != nil || !r.call(func() { r.ready(ids) }) {
				return false
			}
		}
	}
}

// call runs f on the interface goroutine and waits for it, so that nothing
// piles up there. It gives false when the reader has ended.
func (r *reader) call(f func()) bool {
	done := make(chan struct{})
	r.onMain(func() {
		defer close(done)
		if r.ctx.Err() == nil {
			f()
		}
	})
	select {
	case <-done:
		return r.ctx.Err() == nil
	case <-r.ctx.Done():
		return false
	}
}
