package files

import (
	"context"
	"sync"
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

func (r *removal) ids() []service.FileID {
	ids := make([]service.FileID, len(r.files))
	for i := range r.files {
		ids[i] = r.files[i].ID
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
// all have ended, or ctx has: then some were not told of.
func deleteAll(ctx context.Context, files []service.File, remove func(context.Context, service.FileID) error, told func(service.File, *service.Error)) {
	next := make(chan service.File)
	var workers sync.WaitGroup
	for range min(deleters, len(files)) {
		workers.Go(func() {
			for f := range next {
				err := remove(ctx, f.ID)
				if ctx.Err() != nil {
					return
				}
				told(f, service.AsError("delete", err))
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
