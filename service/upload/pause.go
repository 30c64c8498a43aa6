package upload

import (
	"context"
	"errors"
	"time"

	"sluice/service"
	"sluice/storage"
)

// pausedSetting is the setting that says that everything is paused: "true", or
// "" when it is not.
const pausedSetting = "uploads.paused"

// PauseJobs holds jobs until ResumeJobs, through restarts. What was sent of
// them is lost, because the service can't continue a file; one of which
// everything is sent goes on, and is held only if it would have to be sent
// again. Finished jobs are passed over.
func (e *Engine) PauseJobs(ctx context.Context, ids ...service.JobID) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	e.mu.Lock()
	held := e.pick(ids, func(j *job) bool {
		return j.place == queued || j.place == later || j.place == twin
	}, func(_ int, row *storage.Job) {
		row.State, row.NextTry = rowPaused, time.Time{}
		setFailure(row, nil)
	})
	var wished []int64
	for _, id := range ids {
		j := e.jobs[int64(id)]
		if j == nil || j.hidden || j.state.Finished() || j.place == aside || j.place == control {
			continue
		}
		j.pausing = true
		wished = append(wished, j.row.ID)
		if j.run != nil && j.state != Finishing {
			j.run.stop(errPaused)
		}
	}
	e.mu.Unlock()
	return errors.Join(e.apply(ctx, "pause", held), e.wish(ctx, "pause", wishPause, wished))
}

// ResumeJobs lets jobs that PauseJobs holds go on, in their old places in the
// queue. Others are passed over.
func (e *Engine) ResumeJobs(ctx context.Context, ids ...service.JobID) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	var wished []int64
	e.mu.Lock()
	for _, id := range ids {
		if j := e.jobs[int64(id)]; j != nil && j.pausing {
			j.pausing = false
			wished = append(wished, j.row.ID)
		}
	}
	held := e.pick(ids, func(j *job) bool { return j.state == Paused }, func(_ int, row *storage.Job) {
		row.State = rowWaiting
		setFailure(row, nil)
	})
	e.mu.Unlock()
	return errors.Join(e.apply(ctx, "resume", held), e.wish(ctx, "resume", "", wished))
}

// shelve puts a job whose row says that it is paused aside. e.mu is held.
func (e *Engine) shelve(j *job) {
	j.place, j.pausing = aside, false
	e.leave(j)
	e.exclude(j, Paused)
	e.setState(j, Paused, nil)
}
