package upload

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"sluice/service"
	"sluice/storage"
)

// Add accepts files and folders. When it returns they survive anything;
// looking at them, walking folders and sending go on in the background, and
// what can't be uploaded becomes a failed job of its own. A relative path is
// taken from the current folder of the process; a file: address is taken for
// the path that it names. It fails only when the queue can't be written, or
// with no paths at all.
func (e *Engine) Add(ctx context.Context, origin Origin, paths []string) (service.BatchID, error) {
	if len(paths) == 0 {
		return 0, &service.Error{Op: "add files", Kind: service.Invalid, Err: errors.New("no paths")}
	}
	clean := make([]string, len(paths))
	for i, p := range paths {
		clean[i] = cleanPath(p)
	}
	id, intakes, err := e.db.AddIntake(ctx, string(origin), clean, e.clock.Now())
	if err != nil {
		return 0, &service.Error{Op: "add files", Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
	}
	e.wrote("accept")
	e.mu.Lock()
	defer e.mu.Unlock()
	e.takeIn(intakes)
	e.tellTotals()
	e.kickScan()
	return service.BatchID(id), nil
}

// takeIn gives accepted paths to the scanner. e.mu is held.
func (e *Engine) takeIn(intakes []storage.Intake) {
	if len(intakes) > 0 && e.totals.open == 0 && e.scan.open == 0 {
		e.newEpoch()
	}
	for _, in := range intakes {
		e.batchOf(in.Batch, in.Origin).intakes++
	}
	e.scan.open += len(intakes)
	e.scan.queue = append(e.scan.queue, intakes...)
}

// cleanPath makes an absolute path of what was dropped. A web address stays as
// it is.
func cleanPath(p string) string {
	if filepath.IsAbs(p) { // as nearly all are
		return filepath.Clean(p)
	}
	if u, err := url.Parse(p); err == nil && u.Scheme == "file" && u.Path != "" && (u.Host == "" || u.Host == "localhost") {
		p = filepath.FromSlash(strings.TrimPrefix(u.Path, drivePrefix(u.Path)))
	}
	if _, err := os.Lstat(p); err == nil {
		if abs, err := filepath.Abs(p); err == nil {
			return abs
		}
	}
	for _, scheme := range []string{"http:", "https:", "ftp:", "data:", "blob:"} {
		if strings.HasPrefix(p, scheme) {
			return p
		}
	}
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}

// drivePrefix is the slash that a file: address has before a drive letter.
func drivePrefix(path string) string {
	if runtime.GOOS == "windows" && len(path) > 2 && path[2] == ':' {
		return "/"
	}
	return ""
}

// Wait gives the jobs of a batch, in the order in which they were found, once
// every one of them has ended. It fails when ctx ends, the engine closes, or
// the database can't be read.
func (e *Engine) Wait(ctx context.Context, batch service.BatchID) ([]Job, error) {
	e.mu.Lock()
	var done chan struct{}
	if b := e.batches[int64(batch)]; b != nil && (b.open > 0 || b.intakes > 0) {
		if b.done == nil {
			b.done = make(chan struct{})
		}
		done = b.done
	}
	e.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-e.ctx.Done():
			return nil, service.AsError("wait for uploads", errClosing)
		}
		if views, whole := e.batchViews(int64(batch)); whole {
			return views, nil
		}
	}
	rows, err := e.db.BatchJobs(ctx, int64(batch))
	if err != nil {
		return nil, service.AsError("wait for uploads", err)
	}
	return e.finishedViews(rows), nil
}

// batchViews gives the jobs of a batch that was open in this run, unless some
// are no longer in memory.
func (e *Engine) batchViews(id int64) (views []Job, whole bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.batches[id]
	if b == nil || b.gone > 0 {
		return nil, false
	}
	views = make([]Job, 0, len(b.jobs))
	for _, j := range b.jobs {
		if !j.hidden {
			views = append(views, e.view(j))
		}
	}
	return views, true
}

// finishedViews gives rows as people see them.
func (e *Engine) finishedViews(rows []storage.Job) []Job {
	e.mu.Lock()
	defer e.mu.Unlock()
	views := make([]Job, 0, len(rows))
	for _, row := range rows {
		j, known := e.jobs[row.ID]
		if !known {
			if row.State == rowCancelling {
				continue
			}
			j = restingJob(row)
		}
		if !j.hidden {
			views = append(views, e.view(j))
		}
	}
	return views
}
