package download

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/storage"
)

// APIURL is the address of the service from which Add and Paste download, ""
// while that is not known.
func (e *Engine) APIURL() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.api
}

// Use makes the engine download with another client, because the key or the
// service address changed; nil means that there is none now. Downloads under
// way are broken off and go on where they are; those from another address than
// the client's fail with ReasonForeignLink when their turn comes. The clients
// stay the caller's to close.
func (e *Engine) Use(client *pixeldrain.Client) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client = client; client != nil {
		e.api = client.APIURL()
	}
	e.hold.Renew()
	e.hold.NeedsKey = client == nil
	e.stopRunning(errReplaced)
	e.recall()
	e.tellTotals()
	e.dispatch()
}

// TryNow ends the wait for a service that is out of reach: it is tried at once.
// Where the service itself asked to wait, it does nothing.
func (e *Engine) TryNow(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hold.TryNow(e.clock.Now()) {
		e.recall()
		e.tellTotals()
		e.dispatch()
	}
	return nil
}

// stopRunning ends all runs; their owners do the rest. e.mu is held.
func (e *Engine) stopRunning(cause error) {
	for j := range e.running {
		j.run.stop(cause)
	}
}

// SetWorkers changes how many files are downloaded at a time, 1 to MaxWorkers;
// 0 means the usual number. Downloads under way are left alone.
func (e *Engine) SetWorkers(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.workers = boundWorkers(n)
	e.dispatch()
}

// pausedSetting is the setting that says that everything is paused: "true", or
// "" when it is not.
const pausedSetting = "downloads.paused"

// Pause stops everything until Resume. What is here stays, and the downloads go
// on from there. Whether an engine that is made later starts paused is said by
// its Config.RememberPause. It stops even when it fails: then only that could
// not be kept.
func (e *Engine) Pause(ctx context.Context) error {
	e.control.Lock()
	defer e.control.Unlock()
	e.mu.Lock()
	e.hold.Paused = true
	e.stopRunning(errPaused)
	e.tellTotals()
	e.mu.Unlock()
	return e.rememberPause(ctx, "pause", "true")
}

// Resume goes on after Pause, even when it fails: then only that could not be
// kept. What PauseJobs has paused stays so.
func (e *Engine) Resume(ctx context.Context) error {
	e.control.Lock()
	defer e.control.Unlock()
	e.mu.Lock()
	e.hold.Paused = false
	e.tellTotals()
	e.dispatch()
	e.mu.Unlock()
	return e.rememberPause(ctx, "resume", "")
}

func (e *Engine) rememberPause(ctx context.Context, op, value string) error {
	if err := e.db.SetSetting(ctx, pausedSetting, value); err != nil {
		return unwritable(op, err)
	}
	return nil
}

// PauseJobs holds downloads until ResumeJobs, also over a start of Sluice. What
// is here stays.
func (e *Engine) PauseJobs(ctx context.Context, ids ...service.DownloadID) error {
	return e.until(ctx, func() ([]*run, error) {
		return e.change(ctx, "pause", errPaused, ids, func(j *job) bool { return !j.state.Finished() && j.state != Paused },
			func(row *storage.Download) { row.State, row.NextTry = rowPaused, time.Time{} })
	})
}

// ResumeJobs puts paused downloads back into their old place.
func (e *Engine) ResumeJobs(ctx context.Context, ids ...service.DownloadID) error {
	e.mu.Lock()
	for _, id := range ids {
		if j := e.jobs[int64(id)]; j != nil && errors.Is(j.wish, errPaused) {
			j.wish = nil
		}
	}
	e.mu.Unlock()
	_, err := e.change(ctx, "resume", nil, ids, func(j *job) bool { return j.state == Paused }, reopened)
	return err
}

// Retry tries failed downloads again, from their first try and from where they
// are, and waiting ones at once.
func (e *Engine) Retry(ctx context.Context, ids ...service.DownloadID) error {
	_, err := e.change(ctx, "retry", nil, ids, func(j *job) bool { return j.state == Failed || j.state == Retrying }, reopened)
	return err
}

// ToFront lets waiting downloads start before all others, in the order given.
func (e *Engine) ToFront(ctx context.Context, ids ...service.DownloadID) error {
	e.mu.Lock()
	e.front -= int64(len(ids))
	first := e.front
	e.mu.Unlock()
	_, err := e.change(ctx, "move to the front", nil, ids, func(j *job) bool { return !j.state.Finished() },
		func(row *storage.Download) {
			row.Position = first
			first++
		})
	return err
}

// RetryFailed is Retry for all failed downloads in the list.
func (e *Engine) RetryFailed(ctx context.Context) error {
	return e.Retry(ctx, e.inState(Failed)...)
}

// Cancel stops downloads and takes them out of the list, and removes what is
// here of those that are not finished; finished files stay. When it returns no
// restart brings them back.
func (e *Engine) Cancel(ctx context.Context, ids ...service.DownloadID) error {
	return e.until(ctx, func() ([]*run, error) { return e.drop(ctx, "cancel", ids) })
}

// ClearFinished takes the downloads that are done out of the list. Their files
// stay.
func (e *Engine) ClearFinished(ctx context.Context) error {
	_, err := e.drop(ctx, "clear finished", e.inState(Downloaded))
	return err
}

// reopened makes a row wait for its first try.
func reopened(row *storage.Download) {
	row.State, row.Tries, row.NextTry, row.Finished = rowWaiting, 0, time.Time{}, time.Time{}
	setFailure(row, nil)
}

// inState gives the jobs in the list that are in a state.
func (e *Engine) inState(s State) (ids []service.DownloadID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, j := range e.jobs {
		if j.state == s {
			ids = append(ids, service.DownloadID(id))
		}
	}
	return ids
}

// until does something with jobs that nobody works on, again and again until
// none of them is left that somebody works on. Those are stopped meanwhile, and
// their owners do with them what the cause says.
func (e *Engine) until(ctx context.Context, once func() ([]*run, error)) error {
	for {
		stopped, err := once()
		if err != nil || len(stopped) == 0 {
			return err
		}
		for _, r := range stopped {
			select {
			case <-r.ended:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}

// change takes the jobs that may change and that nobody works on, writes their
// changed rows, and puts them where they belong then. With a cause it stops
// those that somebody works on and gives their runs.
func (e *Engine) change(ctx context.Context, op string, cause error, ids []service.DownloadID, may func(*job) bool, how func(*storage.Download)) ([]*run, error) {
	e.control.Lock()
	defer e.control.Unlock()
	jobs, stopped := e.takeAll(ids, may, cause)
	if len(jobs) == 0 {
		return stopped, nil
	}
	rows := make([]storage.Download, len(jobs))
	for i, j := range jobs {
		rows[i] = j.row
		how(&rows[i])
	}
	err := e.db.UpdateDownloads(ctx, rows...)
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, j := range jobs {
		if err == nil {
			e.reopen(j, rows[i])
		}
		e.putBack(j)
	}
	e.tell(jobs...)
	e.dispatch()
	if err != nil {
		return nil, unwritable(op, err)
	}
	return stopped, nil
}

// takeAll takes those of the jobs that may be taken and that nobody works on.
// With a cause it stops the others and gives their runs.
func (e *Engine) takeAll(ids []service.DownloadID, may func(*job) bool, cause error) (jobs []*job, stopped []*run) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range ids {
		j := e.jobs[int64(id)]
		switch {
		case j == nil || !may(j):
		case e.take(j):
			jobs = append(jobs, j)
		case cause != nil && j.run != nil:
			if !errors.Is(j.wish, errCancelled) {
				j.wish = cause
			}
			j.run.stop(cause)
			stopped = append(stopped, j.run)
		}
	}
	return jobs, stopped
}

// reopen gives a taken job its changed row. e.mu is held.
func (e *Engine) reopen(j *job, row storage.Download) {
	if j.state == Failed {
		e.count(j)
		e.setPart(j, j.here)
		j.wrong, j.informed = 0, false
	}
	j.row = row
	switch {
	case row.State == rowPaused:
		e.setState(j, Paused, nil)
	case row.NextTry.IsZero():
		e.setState(j, Waiting, nil)
	}
}

// drop forgets those of the jobs that nobody works on, and stops the others and
// gives their runs.
func (e *Engine) drop(ctx context.Context, op string, ids []service.DownloadID) ([]*run, error) {
	e.control.Lock()
	defer e.control.Unlock()
	jobs, stopped := e.takeAll(ids, func(*job) bool { return true }, errCancelled)
	if len(jobs) == 0 {
		return stopped, nil
	}
	gone := make([]int64, len(jobs))
	for i, j := range jobs {
		e.removeRest(&j.row)
		gone[i] = j.row.ID
	}
	err := e.db.DeleteDownloads(ctx, gone...)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.log.Error("cancelling could not be kept", slog.Any("error", err))
		for _, j := range jobs {
			e.putBack(j)
		}
		e.dispatch()
		return nil, unwritable(op, err)
	}
	e.forget(jobs...)
	return stopped, nil
}
