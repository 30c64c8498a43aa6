package upload

import (
	"context"
	"errors"
	"log/slog"
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
	e.hold.Renew()
	e.prepareClient()
	e.stopRunning(errReplaced, func(*job) bool { return true })
	e.recall()
	e.tellTotals()
	e.stir()
}

// prepareClient readies a new client. e.mu is held.
func (e *Engine) prepareClient() {
	e.hold.NeedsKey = e.client == nil || !e.client.HasKey()
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
// seen to their end. Whether an engine that is made later starts paused is said
// by its Config.RememberPause. It stops sending even when it fails: then only
// that could not be kept.
func (e *Engine) Pause(ctx context.Context) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	e.mu.Lock()
	e.hold.Paused = true
	e.stopRunning(errPaused, func(j *job) bool { return j.state != Finishing })
	e.tellTotals()
	e.mu.Unlock()
	return unwritable("pause", e.db.SetSetting(ctx, pausedSetting, "true"))
}

// Resume goes on after Pause, even when it fails: then only that could not be
// kept. What PauseJobs has paused stays so.
func (e *Engine) Resume(ctx context.Context) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	e.mu.Lock()
	e.hold.Paused = false
	e.tellTotals()
	e.stir()
	e.mu.Unlock()
	return unwritable("resume", e.db.SetSetting(ctx, pausedSetting, ""))
}

// TryNow ends the wait for a service that is out of reach: it is tried at once.
// Where the service itself asked to wait, it does nothing.
func (e *Engine) TryNow(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hold.TryNow(e.clock.Now()) {
		e.recall()
		e.tellTotals()
		e.stir()
	}
	return nil
}

// unwritable is what a command gives when the queue could not be written.
func unwritable(op string, err error) error {
	if err == nil {
		return nil
	}
	return &service.Error{Op: op, Kind: service.Internal, Value: service.ReasonQueueUnwritable, Err: err}
}

// Cancel stops jobs and takes them out of the list; finished ones only leave
// the list, and their history, files and links stay. Of what is cancelled
// nothing stays on the service: a copy that got there all the same is deleted
// in the background. When it returns no restart brings them back.
func (e *Engine) Cancel(ctx context.Context, ids ...service.JobID) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	e.mu.Lock()
	var taken []*job
	var wished []int64
	for _, id := range ids {
		j := e.jobs[int64(id)]
		switch {
		case j == nil || j.hidden:
		case e.take(j):
			taken = append(taken, j)
		default:
			j.cancelled = true
			wished = append(wished, j.row.ID)
			if j.run != nil {
				j.run.stop(errCancelled)
			}
		}
	}
	e.mu.Unlock()
	return errors.Join(e.cancelTaken(ctx, taken), e.wish(ctx, "cancel", wishCancel, wished))
}

// wish writes down what is wished of jobs that have an owner, so that it
// survives an end before that owner has come to it.
func (e *Engine) wish(ctx context.Context, op, wish string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	err := e.db.Wish(ctx, wish, ids)
	e.wrote("wish")
	return unwritable(op, err)
}

// cancelTaken cancels jobs that the caller has taken.
func (e *Engine) cancelTaken(ctx context.Context, jobs []*job) error {
	if len(jobs) == 0 {
		return nil
	}
	var gone, rest []*job
	var ids, ended []int64
	var rows []storage.Job
	e.mu.Lock()
	for _, j := range jobs {
		if j.state.Finished() {
			gone, ended = append(gone, j), append(ended, j.row.ID)
			continue
		}
		if j.row.FileID != "" || j.attempt.ID != 0 {
			row := j.row
			row.State = rowCancelling
			rest, rows = append(rest, j), append(rows, row)
			continue
		}
		gone, ids = append(gone, j), append(ids, j.row.ID)
	}
	e.mu.Unlock()
	err := e.writeCancelled(ctx, ids, ended, rows)
	e.wrote("cancel")
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.log.Error("cancelling could not be kept", slog.Any("error", err))
		for _, j := range jobs {
			j.cancelled = false
			e.putBack(j)
		}
		e.stir()
		return unwritable("cancel", err)
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

// writeCancelled brings to the disk what cancelTaken decided: jobs without a
// trace go, ended ones leave the list, of others a copy has to go first.
func (e *Engine) writeCancelled(ctx context.Context, gone, ended []int64, rest []storage.Job) error {
	var errs [3]error
	if len(gone) > 0 {
		errs[0] = e.db.DeleteJobs(ctx, gone)
	}
	if len(ended) > 0 {
		errs[1] = e.db.Unlist(ctx, ended)
	}
	if len(rest) > 0 {
		errs[2] = e.db.UpdateJobs(ctx, rest)
	}
	return errors.Join(errs[:]...)
}

// putBack returns a taken job to where it belongs by what is known of it. e.mu
// is held.
func (e *Engine) putBack(j *job) {
	switch {
	case j.state.Finished() && !j.hidden:
		j.place = resting
	case j.state == Paused && !j.hidden:
		j.place = aside
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
		return j.place == queued || j.place == later || j.place == aside
	}, func(i int, row *storage.Job) { row.Position = first + int64(i) })
}

// change takes the jobs that may change, writes their changed rows, and puts
// them back into the queue.
func (e *Engine) change(ctx context.Context, op string, ids []service.JobID, may func(*job) bool, how func(int, *storage.Job)) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	e.mu.Lock()
	c := e.pick(ids, may, how)
	e.mu.Unlock()
	return e.apply(ctx, op, c)
}

// changes are taken jobs with what their rows are to become.
type changes struct {
	jobs []*job
	rows []storage.Job
}

// pick takes the jobs that may change. e.commands and e.mu are held.
func (e *Engine) pick(ids []service.JobID, may func(*job) bool, how func(int, *storage.Job)) (c changes) {
	for i, id := range ids {
		j := e.jobs[int64(id)]
		if j == nil || j.hidden || !may(j) || !e.take(j) {
			continue
		}
		row := j.row
		how(i, &row)
		c.jobs, c.rows = append(c.jobs, j), append(c.rows, row)
	}
	return c
}

// apply writes picked jobs and puts them back. e.commands is held.
func (e *Engine) apply(ctx context.Context, op string, c changes) error {
	if len(c.jobs) == 0 {
		return nil
	}
	err := e.db.RestateJobs(ctx, c.rows)
	e.wrote(op)
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, j := range c.jobs {
		if err == nil {
			j.row = c.rows[i]
			e.reopen(j)
		}
		e.putBack(j)
		e.obey(j)
	}
	e.tell(c.jobs...)
	e.stir()
	return unwritable(op, err)
}

// reopen makes a failed, retrying or paused job whose row says that it waits
// wait, and one whose row says that it is paused pause. e.mu is held.
func (e *Engine) reopen(j *job) {
	switch {
	case j.row.State == rowPaused:
		e.shelve(j)
		return
	case failure(&j.row) != nil:
		return
	case j.state == Failed:
		e.count(j)
		j.wrong, j.restless, j.broken = 0, 0, false
	}
	e.include(j)
	e.setState(j, Waiting, nil)
}
