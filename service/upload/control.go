package upload

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/storage"
)

// Use makes the engine upload with another client, because the key or the
// service address changed; nil means that there is no key now. Uploads under
// way with the old one are broken off and start over. The clients stay the
// caller's to close.
func (e *Engine) Use(client *pixeldrain.Client) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.client = client
	e.known, e.ours = newCatalogue(), nil
	e.hold = hold{paused: e.hold.paused, disk: e.hold.disk}
	e.prepareClient()
	e.stopRunning(errReplaced, func(*job) bool { return true })
	e.recall(func(j *job) bool { return j.err != nil && j.err.Kind == service.Offline })
	e.tellTotals()
	e.stir()
}

// prepareClient readies a new client. e.mu is held.
func (e *Engine) prepareClient() {
	e.hold.needsKey = e.client == nil || !e.client.HasKey()
	if e.client != nil {
		e.client.SetWorkers(e.workers + 1) // one for the quick lane
	}
}

// stopRunning ends the running jobs that are chosen; their owners do the rest.
// e.mu is held.
func (e *Engine) stopRunning(cause error, which func(*job) bool) {
	for j := range e.active {
		if which(j) {
			j.run.stop(cause)
		}
	}
}

// SetWorkers changes how many files are uploaded at a time, 1 to MaxWorkers; 0
// means the usual number. Uploads under way are left alone.
func (e *Engine) SetWorkers(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.workers = boundWorkers(n)
	if e.client != nil {
		e.client.SetWorkers(e.workers + 1)
	}
	e.stir()
}

// SetSkipDuplicates says whether a file whose content the account has gets the
// link of that (the default) or is sent again.
func (e *Engine) SetSkipDuplicates(skip bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.skipKnown = skip
	e.stir()
}

// Pause stops sending until Resume. Files under way start over then, because
// the service can't continue a file; those of which everything is sent are
// seen to their end. It is not remembered by the next start.
func (e *Engine) Pause(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hold.paused = true
	e.stopRunning(errPaused, func(j *job) bool { return j.state != Finishing })
	e.tellTotals()
	return nil
}

// Resume goes on after Pause.
func (e *Engine) Resume(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hold.paused = false
	e.tellTotals()
	e.stir()
	return nil
}

// Cancel stops jobs and takes them out of the list; finished ones only leave
// the list, and their files and links stay. Of what is cancelled nothing stays
// on the service: a copy that got there all the same is deleted in the
// background.
func (e *Engine) Cancel(ctx context.Context, ids ...service.JobID) error {
	e.mu.Lock()
	var taken []*job
	for _, id := range ids {
		j := e.jobs[int64(id)]
		switch {
		case j == nil || j.hidden:
		case e.take(j):
			taken = append(taken, j)
		default:
			j.cancelled = true
			if j.run != nil {
				j.run.stop(errCancelled)
			}
		}
	}
	e.mu.Unlock()
	return e.cancelTaken(ctx, taken)
}

// cancelTaken cancels jobs that the caller has taken.
func (e *Engine) cancelTaken(ctx context.Context, jobs []*job) error {
	if len(jobs) == 0 {
		return nil
	}
	var gone, rest []*job
	var ids []int64
	var rows []storage.Job
	e.mu.Lock()
	for _, j := range jobs {
		if !j.state.Finished() && (j.row.FileID != "" || j.attempt.ID != 0) {
			row := j.row
			row.State = rowCancelling
			rest, rows = append(rest, j), append(rows, row)
			continue
		}
		gone, ids = append(gone, j), append(ids, j.row.ID)
	}
	e.mu.Unlock()
	err := e.db.DeleteJobs(ctx, ids)
	if err == nil && len(rows) > 0 {
		err = e.db.UpdateJobs(ctx, rows)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.log.Error("cancelling could not be kept", slog.Any("error", err))
		for _, j := range jobs {
			j.cancelled = false
			e.putBack(j)
		}
		e.stir()
		return &service.Error{Op: "cancel", Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
	}
	for _, j := range gone {
		e.forget(j)
	}
	for _, j := range rest {
		j.row.State, j.cancelled = rowCancelling, true
		if j.row.FileID != "" {
			e.doomed[service.FileID(j.row.FileID)] = struct{}{}
		}
		e.hide(j)
		e.leave(j)
		e.putBack(j)
	}
	e.stir()
	return nil
}

// putBack returns a taken job to where it belongs by what is known of it. e.mu
// is held.
func (e *Engine) putBack(j *job) {
	switch {
	case j.state.Finished() && !j.hidden:
		j.place = resting
	case j.attempt.ID != 0:
		e.doubt(j, j.err)
	case j.row.FileID != "":
		e.check(j, e.clock.Now())
	case j.state == Retrying:
		e.postpone(j, j.next)
	default:
		e.enqueue(j)
	}
}

// Retry tries failed jobs again, from their first try, and waiting ones at once.
func (e *Engine) Retry(ctx context.Context, ids ...service.JobID) error {
	return e.change(ctx, "retry", ids, func(j *job) bool {
		return j.state == Failed || j.state == Retrying && j.place == later
	}, func(_ int, row *storage.Job) {
		row.State, row.Tries, row.NextTry, row.Finished, row.FileID, row.SHA256 = rowWaiting, 0, time.Time{}, time.Time{}, "", ""
		setFailure(row, nil)
	})
}

// RetryFailed is Retry for all failed jobs in the list.
func (e *Engine) RetryFailed(ctx context.Context) error {
	e.mu.Lock()
	var ids []service.JobID
	for id, j := range e.jobs {
		if j.state == Failed && !j.hidden {
			ids = append(ids, service.JobID(id))
		}
	}
	e.mu.Unlock()
	return e.Retry(ctx, ids...)
}

// ToFront lets waiting jobs start before all others, in the order given.
func (e *Engine) ToFront(ctx context.Context, ids ...service.JobID) error {
	e.mu.Lock()
	e.front -= int64(len(ids))
	first := e.front
	e.mu.Unlock()
	return e.change(ctx, "move to the front", ids, func(j *job) bool {
		return j.place == queued || j.place == later
	}, func(i int, row *storage.Job) { row.Position = first + int64(i) })
}

// change takes the jobs that may change, writes their changed rows, and puts
// them back into the queue.
func (e *Engine) change(ctx context.Context, op string, ids []service.JobID, may func(*job) bool, how func(int, *storage.Job)) error {
	var jobs []*job
	var rows []storage.Job
	e.mu.Lock()
	for i, id := range ids {
		j := e.jobs[int64(id)]
		if j == nil || j.hidden || !may(j) || !e.take(j) {
			continue
		}
		row := j.row
		how(i, &row)
		jobs, rows = append(jobs, j), append(rows, row)
	}
	e.mu.Unlock()
	if len(jobs) == 0 {
		return nil
	}
	err := e.db.UpdateJobs(ctx, rows)
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, j := range jobs {
		if err == nil {
			j.row = rows[i]
			e.reopen(j)
		}
		e.putBack(j)
		e.obey(j)
	}
	e.tell(jobs...)
	e.stir()
	if err != nil {
		return &service.Error{Op: op, Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
	}
	return nil
}

// reopen makes a failed or retrying job whose row says that it waits wait. e.mu
// is held.
func (e *Engine) reopen(j *job) {
	if failure(&j.row) != nil {
		return
	}
	if j.state == Failed {
		e.count(j)
		j.wrong, j.restless, j.broken = 0, 0, false
	}
	e.setState(j, Waiting, nil)
}

// ClearFinished takes the jobs that have a link out of the list and out of the
// history. Their files and links stay on the service.
func (e *Engine) ClearFinished(ctx context.Context) error {
	_, err := e.db.ClearFinished(ctx, time.Time{}, Uploaded.String(), AlreadyThere.String(), Cancelled.String())
	if err != nil {
		return &service.Error{Op: "clear finished", Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var removed []service.JobID
	for id, j := range e.jobs {
		if j.place != resting || !j.state.Linked() {
			continue
		}
		removed = append(removed, service.JobID(id))
		e.totals.count[j.state]--
		j.hidden = true
		e.dropJob(j)
	}
	slices.Sort(removed)
	t := e.sum()
	e.feed.Publish(Event{Removed: removed, Totals: &t})
	return nil
}

// History gives a page of finished jobs, those that ended last first, and the
// place from which the next page goes on, 0 when there is none. before is such
// a place or 0; search is looked for in the names.
func (e *Engine) History(ctx context.Context, before int64, limit int, search string) ([]Job, int64, error) {
	rows, err := e.db.FinishedJobs(ctx, before, limit, search)
	if err != nil {
		return nil, 0, service.AsError("read the history", err)
	}
	next := int64(0)
	if len(rows) == limit && limit > 0 {
		next = rows[len(rows)-1].Cursor
	}
	return e.finishedViews(rows), next, nil
}
