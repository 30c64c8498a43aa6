package files

import (
	"context"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/transfer"
)

const (
	// deleters is how many files are deleted at a time, and how many refusals in
	// a row that concern all files end it.
	deleters = 4
	// patience is how many waits in a row a deletion bears in which nothing was
	// deleted: about three minutes without a connection.
	patience = 20
	// offlineWait is the longest wait for a connection.
	offlineWait = 10 * time.Second
	// fileTries is how often one file is tried where the service fails.
	fileTries = 3
)

// deletion deletes files, several at a time. Where the service can't be reached,
// fails, or asks for fewer requests, all of it waits and goes on; where it
// refuses so many in a row for a reason that all others share, they end by it
// too, and it is not asked about them.
type deletion struct {
	remove func(context.Context, service.FileID) error
	told   func(service.File, *service.Error)                               // what became of a file; on any goroutine
	wait   func(d time.Duration, why *service.Error) (over <-chan struct{}) // must return at once; on any goroutine
	halt   <-chan struct{}                                                  // closed: no more files are begun

	mu     sync.Mutex
	gate   <-chan struct{} // closed: nothing waits any more; nil: nothing has
	waits  int             // how many there were
	row    int             // waits since a file was deleted
	stops  int             // refusals in a row that concern all files
	shared *service.Error  // by which all others end
}

// run returns when all files have ended, or ctx has, or it was halted: then some
// were not told of.
func (d *deletion) run(ctx context.Context, files []service.File) {
	next := make(chan service.File)
	var workers sync.WaitGroup
	for range min(deleters, len(files)) {
		workers.Go(func() {
			for f := range next {
				if why, asked := d.one(ctx, f); asked && ctx.Err() == nil {
					d.told(f, why)
				}
			}
		})
	}
feed:
	for _, f := range files {
		select {
		case next <- f:
		case <-d.halt:
			break feed
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
}

// one deletes a file, and reports whether it was tried to the end.
func (d *deletion) one(ctx context.Context, f service.File) (why *service.Error, asked bool) {
	for try := 1; d.pass(ctx); try++ {
		waits, shared := d.begin()
		if shared != nil {
			return shared, true
		}
		why = service.AsError("delete", d.remove(ctx, f.ID))
		if ctx.Err() != nil || !d.again(why, waits) || why.Kind == service.Server && try == fileTries {
			return why, true
		}
	}
	return nil, false
}

// pass waits until nothing is waited for, and reports whether to go on.
func (d *deletion) pass(ctx context.Context) bool {
	for {
		d.mu.Lock()
		gate := d.gate
		d.mu.Unlock()
		if gate != nil {
			select {
			case <-gate:
			case <-d.halt:
			case <-ctx.Done():
			}
		}
		select {
		case <-d.halt:
			return false
		case <-ctx.Done():
			return false
		default:
		}
		d.mu.Lock()
		same := d.gate == gate
		d.mu.Unlock()
		if same {
			return true
		}
	}
}

func (d *deletion) begin() (waits int, shared *service.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waits, d.shared
}

// again takes over how a request went that began after so many waits, and
// reports whether its file is to be tried again.
func (d *deletion) again(why *service.Error, waits int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case why == nil:
		d.row, d.stops = 0, 0
		return false
	case why.Kind == service.SourceChanged || !why.Kind.Temporary():
		if d.stops++; !forAll(why) {
			d.stops = 0
		} else if d.stops >= deleters {
			d.shared = why
		}
		return false
	case waits < d.waits:
		return true // others met the same, and all wait already
	}
	if d.row++; d.row > patience {
		d.shared = why
		return false
	}
	d.waits++
	wait := transfer.Backoff(d.row, why)
	if why.Kind == service.Offline {
		wait = min(wait, offlineWait)
	}
	d.gate = d.wait(wait, why)
	return true
}

// forAll reports whether an error is about the service or the key, and not
// about one file.
func forAll(err *service.Error) bool {
	if err == nil {
		return false
	}
	switch err.Kind {
	case service.Unauthorized, service.RateLimited, service.Offline, service.CaptchaRequired:
		return true
	case service.Internal, service.Forbidden, service.TooLarge, service.QuotaExceeded, service.NotFound, service.Invalid,
		service.SourceChanged, service.Server:
		return false
	}
	return false
}
