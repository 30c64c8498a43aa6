package files

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sluice/gui/kit"
	"sluice/service"
)

// Undo is how long people can take a deletion back.
const Undo = 8 * time.Second

// deleters is how many files are deleted at a time.
const deleters = 4

// Failure is a file that could not be deleted.
type Failure struct {
	File service.File
	Err  *service.Error
}

// removal is the deletion of some files: it waits, runs, and has ended. It is
// for the interface goroutine, but for delete.
type removal struct {
	files   []service.File
	size    int64
	until   time.Time // waits until then
	running bool
	done    int // deleted
	failed  []Failure
	stop    func()      // the timer
	bar     *kit.Notice // the same all the time, so that a click on it meets it
}

func newRemoval(files []service.File, until time.Time) *removal {
	r := &removal{files: files, until: until, stop: func() {}, bar: kit.NewNotice()}
	for i := range files {
		r.size += max(0, files[i].Size)
	}
	return r
}

func (r *removal) ids() []service.FileID { return idsOf(r.files) }

func (r *removal) failedIDs() []service.FileID { return idsOf(r.failedFiles()) }

func idsOf(files []service.File) []service.FileID {
	ids := make([]service.FileID, len(files))
	for i := range files {
		ids[i] = files[i].ID
	}
	return ids
}

// ended takes over what became of one file, and reports whether all have ended.
func (r *removal) ended(f service.File, err *service.Error) bool {
	if err == nil {
		r.done++
	} else {
		r.failed = append(r.failed, Failure{f, err})
	}
	return r.done+len(r.failed) == len(r.files)
}

// failedFiles is what there is to try again.
func (r *removal) failedFiles() []service.File {
	files := make([]service.File, len(r.failed))
	for i := range r.failed {
		files[i] = r.failed[i].File
	}
	return files
}

// deleteAll deletes files, several at a time, and tells of each. It returns when
// all have ended, or ctx has: then some were not told of. Where the service
// refuses so many in a row for a reason that all others share, they end by it
// too, and it is not asked about them.
func deleteAll(ctx context.Context, files []service.File, remove func(context.Context, service.FileID) error, told func(service.File, *service.Error)) {
	next := make(chan service.File)
	var workers sync.WaitGroup
	var row atomic.Int32 // refused in a row for such reasons
	var shared atomic.Pointer[service.Error]
	one := func(f service.File) {
		why := shared.Load()
		if why == nil {
			why = service.AsError("delete", remove(ctx, f.ID))
			switch {
			case !forAll(why):
				row.Store(0)
			case row.Add(1) >= deleters:
				shared.Store(why)
			}
		}
		if ctx.Err() == nil {
			told(f, why)
		}
	}
	for range min(deleters, len(files)) {
		workers.Go(func() {
			for f := range next {
				one(f)
			}
		})
	}
feed:
	for _, f := range files {
		select {
		case next <- f:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
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

// outcomes collects what became of files until the interface goroutine has time
// for it. It may be used from any goroutine.
type outcomes struct {
	mu   sync.Mutex
	list []Failure // without Err: deleted
}

// add reports whether it is the first since take.
func (o *outcomes) add(f Failure) (first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, f)
	return len(o.list) == 1
}

func (o *outcomes) take() []Failure {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := o.list
	o.list = nil
	return list
}
