package watch

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sluice/service"
	"sluice/storage"
)

// What is handed over together. Large files go alone, so that the results of
// small ones do not wait for theirs.
const (
	largeFile  = 8 << 20
	mostAtOnce = 64
)

// handOver gives complete files to the queue.
func (f *folder) handOver(ctx context.Context, ready []*pending) {
	var small []*pending
	for _, p := range ready {
		if p.id.size >= largeFile {
			f.hand(ctx, []*pending{p})
			continue
		}
		if small = append(small, p); len(small) == mostAtOnce {
			f.hand(ctx, small)
			small = nil
		}
	}
	if len(small) > 0 {
		f.hand(ctx, small)
	}
}

// hand writes down that files may be given to the queue, gives them to it, and
// writes down that they were.
func (f *folder) hand(ctx context.Context, list []*pending) {
	now := f.w.cfg.Clock.Now()
	paths := make([]string, len(list))
	before := make([]*row, len(list))
	for i, p := range list {
		paths[i] = filepath.Join(f.path, p.rel)
		before[i] = f.ledger.rows[p.rel]
		f.keep(row{rel: p.rel, id: p.id, state: rowHanding, handed: now})
	}
	// What is known of the files before is in doubt until this is written.
	undo := func(err error) {
		for i, p := range list {
			if before[i] != nil {
				f.keep(*before[i])
			} else {
				f.forget(p.rel)
			}
			p.due = f.w.cfg.Clock.Now().Add(retryAfter)
		}
		if ctx.Err() == nil {
			f.trouble(err)
		}
	}
	if !f.write(ctx) {
		undo(f.problem)
		return
	}
	f.w.cfg.written("handing")
	f.w.giving(paths, list)
	batch, err := f.w.cfg.Uploader.Add(ctx, paths)
	if err != nil {
		undo(err)
		return
	}
	f.w.cfg.written("handed")
	for _, p := range list {
		delete(f.pending, p.rel)
		f.keep(row{rel: p.rel, id: p.id, state: rowQueued, handed: now, batch: int64(batch)})
	}
	f.write(ctx)
	f.w.cfg.written("queued")
	f.follow(ctx, batch)
}

// write brings the ledger and the activity list on the disk; false when that
// failed, then it is tried again.
func (f *folder) write(ctx context.Context) bool {
	var c storage.WatchChange
	c.Add = f.change.Add
	last := make(map[string]int, len(f.change.Put))
	for i, r := range f.change.Put {
		last[r.Path] = i
	}
	for i, r := range f.change.Put {
		switch {
		case last[r.Path] != i:
		case r.State == "":
			c.Forget = append(c.Forget, r)
		default:
			c.Put = append(c.Put, r)
		}
	}
	added, err := f.w.cfg.DB.KeepWatched(ctx, c)
	if err != nil {
		if ctx.Err() == nil {
			f.trouble(err)
		}
		return false
	}
	f.change, f.problem = storage.WatchChange{}, nil
	if len(added) > 0 {
		f.w.mu.Lock()
		f.w.feed.Publish(Event{Entries: entries(added)})
		f.w.mu.Unlock()
	}
	return true
}

// resume takes up what an earlier run, or one before the folder was away, left.
func (f *folder) resume(ctx context.Context) {
	batches := make(map[int64]struct{})
	for _, r := range f.ledger.rows {
		switch r.state {
		case rowHanding:
			f.findOut(ctx, r)
		case rowDue:
			f.remove(ctx, r)
		}
		if r := f.ledger.rows[r.rel]; r != nil && (r.state == rowQueued || r.state == rowFailed && r.gone.IsZero()) {
			batches[r.batch] = struct{}{} // a failed one may have been tried again since
		}
	}
	f.inFlight = 0
	for rel := range f.ledger.rows {
		f.tally(rel, +1)
	}
	for batch := range batches {
		f.follow(ctx, service.BatchID(batch))
	}
}

// findOut settles whether the queue has a file that may have been given to it.
func (f *folder) findOut(ctx context.Context, r *row) {
	batch, err := f.w.cfg.Uploader.Find(ctx, filepath.Join(f.path, r.rel), r.handed)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			f.trouble(err)
			f.check, f.root = f.w.cfg.Clock.Now().Add(retryAfter), nil // which comes here again
		}
	case batch == 0:
		f.forget(r.rel)
	default:
		next := *r
		next.state, next.batch = rowQueued, int64(batch)
		f.keep(next)
	}
}

// follow waits for the results of a batch.
func (f *folder) follow(ctx context.Context, batch service.BatchID) {
	if _, known := f.followed[batch]; known {
		return
	}
	f.followed[batch] = struct{}{}
	f.busy.Go(func() {
		results, err := f.w.cfg.Uploader.Wait(ctx, batch)
		f.inbox.put(func() {
			delete(f.followed, batch)
			if err == nil {
				f.ended(ctx, batch, results)
			} else if ctx.Err() == nil {
				f.w.cfg.Logger.Warn("results of watched files can't be had", slog.Any("error", err))
			}
		})
	})
}

// Ended tells that a batch of the Uploader has ended, which it may do more than
// once: what had failed in it, and was tried again by hand since, is treated as
// any uploaded file then. It may be called on any goroutine and returns at once.
func (w *Watcher) Ended(batch service.BatchID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.folders {
		if f.card.State != Off { // which asks by itself when it is switched on
			f.inbox.put(func() { f.over = append(f.over, batch) })
		}
	}
}

// again takes in the results of batches anew in which something had failed.
func (f *folder) again(ctx context.Context) {
	if len(f.over) == 0 {
		return
	}
	for _, r := range f.ledger.rows {
		if r.state == rowFailed && slices.Contains(f.over, service.BatchID(r.batch)) {
			f.follow(ctx, service.BatchID(r.batch))
		}
	}
	f.over = nil
}

// ended takes in the results of a batch.
func (f *folder) ended(ctx context.Context, batch service.BatchID, results []Result) {
	byPath := make(map[string]Result, len(results))
	for _, r := range results {
		byPath[r.Path] = r
	}
	uploaded := f.count
	for _, r := range f.ledger.rows {
		if r.state != rowQueued && r.state != rowFailed || r.batch != int64(batch) {
			continue
		}
		result := byPath[filepath.Join(f.path, r.rel)]
		switch {
		case result.What == Uploaded || result.What == AlreadyThere:
			f.arrived(r, result)
		case r.state == rowFailed: // that was told
		case result.Err != nil && local(result.Err):
			f.forget(r.rel)
			f.dirty[r.rel] = struct{}{}
		default:
			next := *r
			next.state = rowFailed
			f.keep(next)
			f.note(Entry{Path: r.rel, What: Failed, Reason: failure(result.Err), Size: r.id.size})
		}
	}
	disk := context.WithoutCancel(ctx) // both or none: else the next start counts a file once more
	if f.write(disk) && f.count != uploaded {
		if err := f.save(disk); err != nil {
			f.trouble(err)
		}
	}
	f.w.cfg.written("ended")
	for _, r := range f.ledger.rows {
		if r.state == rowDue {
			f.remove(ctx, r)
		}
	}
}

// local reports whether an upload failed because of what happened to the file:
// then it is taken again when it is there.
func local(err *service.Error) bool {
	switch err.Value {
	case service.ReasonMissingFile, service.ReasonUnreadable, service.ReasonEmptyFile, service.ReasonNotRegular, service.ReasonBrokenLink:
		return true
	}
	return err.Kind == service.SourceChanged
}

func failure(err *service.Error) Reason {
	switch {
	case err == nil:
		return "cancelled"
	case err.Value != "":
		return Reason(err.Value)
	}
	return Reason(err.Kind.String())
}

// arrived notes an upload.
func (f *folder) arrived(r *row, result Result) {
	f.count++
	f.last = f.w.cfg.Clock.Now()
	next := *r
	next.sum, next.link, next.state = result.SHA256, result.Link, rowUploaded
	path := filepath.Join(f.path, r.rel)
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		f.dirty[r.rel] = struct{}{}
	case !info.Mode().IsRegular() || !identOf(path, info).sameVersion(r.id):
		next.state = rowStale
		f.dirty[r.rel] = struct{}{}
	case f.opts.Then == Move || f.opts.Then == Bin:
		next.state, next.gone = rowDue, time.Time{}
	default:
		next.gone = time.Time{}
	}
	f.keep(next)
	f.note(Entry{Path: r.rel, What: result.What, Link: result.Link, Size: r.id.size})
}

// remove moves a file away that is due, if it is still what was uploaded.
func (f *folder) remove(ctx context.Context, r *row) {
	if f.root == nil || f.removing[r.rel] {
		return // it is due when the folder is back
	}
	f.removing[r.rel] = true
	due := *r
	then, target := f.opts.Then, f.opts.MoveTo
	f.busy.Go(func() {
		what, reason, err := f.w.remove(ctx, filepath.Join(f.path, due.rel), due, then, target)
		f.inbox.put(func() {
			delete(f.removing, due.rel)
			if ctx.Err() == nil {
				f.removed(due, what, reason, err)
			}
		})
	})
}

func (w *Watcher) remove(ctx context.Context, path string, r row, then Then, target string) (What, Reason, error) {
	if w.cfg.Remover == nil || then != Move && then != Bin {
		return Kept, "", nil
	}
	sum, err := w.sum(ctx, path, r.id)
	switch {
	case err != nil && notThere(err):
		return "", "", nil
	case errors.Is(err, errChanged) || err == nil && sum != r.sum:
		return Kept, ReasonChanged, nil
	case err != nil:
		return Kept, ReasonUnreadable, err
	}
	if then == Move {
		return Moved, "", w.cfg.Remover.Move(ctx, path, target)
	}
	return Binned, "", w.cfg.Remover.Bin(ctx, path)
}

// removed notes what became of a file that was due.
func (f *folder) removed(due row, what What, reason Reason, err error) {
	r := f.ledger.rows[due.rel]
	if r == nil || r.state != rowDue {
		return
	}
	next := *r
	next.state = rowUploaded
	f.keep(next)
	f.dirty[due.rel] = struct{}{}
	if err != nil {
		f.w.cfg.Logger.Warn("an uploaded file could not be moved away", slog.String("path", due.rel), slog.Any("error", err))
		what = Kept
		var refused *service.Error
		switch {
		case reason != "":
		case errors.As(err, &refused) && refused.Value != "":
			reason = Reason(refused.Value)
		default:
			reason = ReasonNotMoved
		}
	}
	if what != "" && (what != Kept || reason != "") {
		f.note(Entry{Path: due.rel, What: what, Reason: reason, Link: due.link, Size: due.id.size})
	}
}
