package files

import (
	"sync"
	"time"

	"sluice/gui/kit"
	"sluice/service"
)

// Undo is how long people can take a deletion back.
const Undo = 8 * time.Second

// Failure is a file that could not be deleted.
type Failure struct {
	File service.File
	Err  *service.Error
}

// removal is the deletion of some files: it waits, runs, and has ended. It is
// for the interface goroutine.
type removal struct {
	files   []service.File
	size    int64
	wait    time.Duration // before it runs
	running bool
	quiet   bool // the bar was closed while it runs: its end is told
	over    bool
	held    *service.Error // why it waits while it runs, nil: it does not
	until   time.Time      // that
	open    func()         // ends that; never nil while held is not
	halt    func()         // no more files are begun, nil: that was said, or it does not run
	told    map[service.FileID]bool
	done    int // deleted
	failed  []Failure
	stop    func()      // the timer
	bar     *kit.Notice // the same all the time, so that a click on it meets it
}

func newRemoval(files []service.File, wait time.Duration) *removal {
	r := &removal{files: files, wait: wait, stop: func() {}, told: map[service.FileID]bool{}, bar: kit.NewNotice()}
	for i := range files {
		r.size += max(0, files[i].Size)
	}
	return r
}

// waiting reports whether it can be taken back.
func (r *removal) waiting() bool { return !r.running && !r.over }

func (r *removal) ids() []service.FileID { return idsOf(r.files) }

func (r *removal) failedIDs() []service.FileID { return idsOf(r.failedFiles()) }

func idsOf(files []service.File) []service.FileID {
	ids := make([]service.FileID, len(files))
	for i := range files {
		ids[i] = files[i].ID
	}
	return ids
}

// ended takes over what became of one file.
func (r *removal) ended(f service.File, err *service.Error) {
	r.told[f.ID] = true
	if err == nil {
		r.done++
	} else {
		r.failed = append(r.failed, Failure{f, err})
	}
}

// left are the files of which nothing was told: not begun before it was halted.
func (r *removal) left() []service.FileID {
	var ids []service.FileID
	for i := range r.files {
		if id := r.files[i].ID; !r.told[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// failedFiles is what there is to try again.
func (r *removal) failedFiles() []service.File {
	files := make([]service.File, len(r.failed))
	for i := range r.failed {
		files[i] = r.failed[i].File
	}
	return files
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
