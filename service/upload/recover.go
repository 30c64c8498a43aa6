package upload

import (
	"context"
	"errors"
	"slices"
	"time"

	"sluice/service"
	"sluice/service/transfer"
	"sluice/storage"
)

// How many finished jobs of earlier runs are in the list: the latest
// ones, and what failed longer, because it waits for its user.
const (
	recentFinished = 500
	recentFailed   = 10_000
)

// finishedPage is how many finished jobs are read at a time.
const finishedPage = 1000

// jobOf makes a job of a row, in no place unless it has ended. e.mu is held.
func (e *Engine) jobOf(row storage.Job) *job {
	j := restingJob(row)
	j.batch = e.batchOf(row.Batch, row.Origin)
	if !j.state.Finished() {
		j.place = control
	}
	return j
}

// restingJob makes a job of a row that is not in the engine.
func restingJob(row storage.Job) *job {
	j := &job{row: row, err: failure(&row)}
	if s, err := Parse(row.State); err == nil && !row.Finished.IsZero() {
		j.state = s
	} else if !row.Finished.IsZero() {
		j.state = Failed // whoever wrote it
	}
	return j
}

// recover takes up what the database holds.
func (e *Engine) recover(ctx context.Context) error {
	rows, err := e.db.UnfinishedJobs(ctx)
	if err != nil {
		return err
	}
	intakes, err := e.db.OpenIntake(ctx)
	if err != nil {
		return err
	}
	attempts, err := e.openAttempts(ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		tellBegun(&rows[i], attempts[rows[i].ID])
	}
	recent, err := e.db.ListedJobs(ctx, recentFinished)
	if err != nil {
		return err
	}
	failed, err := e.db.FailedJobs(ctx, recentFailed)
	if err != nil {
		return err
	}
	err = e.loadClaims(ctx, attempts)
	if err != nil {
		return err
	}
	siblings, err := e.siblings(ctx, rows, intakes)
	if err != nil {
		return err
	}
	if e.cfg.RememberPause {
		settings, err := e.db.Settings(ctx)
		if err != nil {
			return err
		}
		e.hold.Paused = settings[pausedSetting] == "true"
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.takeIn(intakes)
	e.adopt(slices.Concat(siblings, recent, failed), rows)
	e.replace(rows, attempts)
	return nil
}

// tellBegun writes into the row of a job what only its open attempt says: how
// far the first try had come. Damage can leave the row of an earlier try
// without an attempt, as uploading.
func tellBegun(row *storage.Job, a storage.Attempt) {
	idle := row.State == rowWaiting || row.State == rowPaused || row.State == rowUploading
	if idle && (a.Outcome == rowUploading || a.Outcome == rowFinishing) {
		row.State, row.LinkAPI = a.Outcome, a.API
	}
}

// openAttempts gives what a crash left, by job.
func (e *Engine) openAttempts(ctx context.Context) (map[int64]storage.Attempt, error) {
	all, err := e.db.OpenAttempts(ctx)
	if err != nil {
		return nil, err
	}
	open := make(map[int64]storage.Attempt, len(all))
	for _, a := range all {
		open[a.Job] = a
	}
	return open, nil
}

// siblings are the ended jobs of batches that have not ended.
func (e *Engine) siblings(ctx context.Context, rows []storage.Job, intakes []storage.Intake) ([]storage.Job, error) {
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.Batch)
	}
	for _, in := range intakes {
		ids = append(ids, in.Batch)
	}
	slices.Sort(ids)
	var ended []storage.Job
	for _, id := range slices.Compact(ids) {
		jobs, err := e.db.BatchJobs(ctx, id)
		if err != nil {
			return nil, err
		}
		ended = append(ended, slices.DeleteFunc(jobs, func(j storage.Job) bool { return j.Finished.IsZero() || j.Cleared })...)
	}
	return ended, nil
}

// loadClaims learns which files of the account belong to finished jobs, as far
// back as an upload whose outcome is unknown could be mistaken for one of them.
func (e *Engine) loadClaims(ctx context.Context, attempts map[int64]storage.Attempt) error {
	oldest := e.clock.Now()
	for _, a := range attempts {
		if a.Started.Before(oldest) {
			oldest = a.Started
		}
	}
	for before := int64(0); ; {
		page, err := e.db.FinishedJobs(ctx, before, finishedPage, "")
		if err != nil {
			return err
		}
		for _, row := range page {
			switch id := service.FileID(row.FileID); {
			case id == "":
			case row.Duplicate:
				e.shared[id] = struct{}{}
			default:
				e.claimed[id] = row.ID
			}
		}
		if len(page) < finishedPage || page[len(page)-1].Finished.Before(oldest.Add(-skew)) {
			return nil
		}
		before = page[len(page)-1].Cursor
	}
}

// adopt puts rows into memory, the jobs of each batch in their order. e.mu is
// held.
func (e *Engine) adopt(ended, unfinished []storage.Job) {
	all := slices.Concat(ended, unfinished)
	slices.SortFunc(all, func(a, b storage.Job) int { return int(a.ID - b.ID) })
	for _, row := range all {
		if e.jobs[row.ID] != nil {
			continue
		}
		j := e.jobOf(row)
		e.jobs[row.ID] = j
		j.batch.jobs = append(j.batch.jobs, j)
		e.totals.count[j.state]++
		e.front = min(e.front, row.Position)
		if !j.state.Finished() {
			e.count(j)
		}
	}
}

// replace gives unfinished jobs the place where an earlier run left them. e.mu
// is held, by the only goroutine there is.
func (e *Engine) replace(rows []storage.Job, attempts map[int64]storage.Attempt) {
	now := e.clock.Now()
	for _, row := range rows {
		j := e.jobs[row.ID]
		a, open := attempts[row.ID]
		if e.honour(j, open) {
			continue
		}
		switch {
		case open && row.State != rowFinishing && row.State != rowCancelling:
			// The service can't have it, or it is known what it has.
			a.Ended, a.Outcome = now, attemptInterrupted
			if row.State == rowUploading {
				j.row.State = rowWaiting
			}
			e.mends = append(e.mends, mend{job: row.ID, attempt: a})
		case open:
			markDoubtful(&a, now)
			j.attempt = a
			e.mends = append(e.mends, mend{job: row.ID, attempt: a})
		}
		e.resume(j, now)
	}
}

// honour does what was wished of j before the last end, as far as it can be
// done at once. It reports that j is gone. e.mu is held, by the only goroutine
// there is.
func (e *Engine) honour(j *job, open bool) (gone bool) {
	row := &j.row
	switch row.Wish {
	case wishPause:
		j.pausing = true
	case wishCancel:
		e.mends = append(e.mends, mend{job: row.ID})
		there := row.State == rowVerifying || row.State == rowDiscarding || row.State == rowCancelling
		if !there && (row.State != rowFinishing || !open) {
			e.forget(j)
			return true
		}
		row.State = rowCancelling
	}
	return false
}

// mend is what is to be written of a job before anything can go on: how its
// open attempt is to be taken, ID 0 for none, and its row as it is now. A job
// that is gone from memory is deleted.
type mend struct {
	job     int64
	attempt storage.Attempt
}

// mendAll writes all mends. Where the disk is full they are written as soon as
// that works, and until then the queue waits.
func (e *Engine) mendAll(ctx context.Context) {
	var err error
	for _, m := range e.mends {
		if err = e.mend(ctx, m); err != nil {
			break
		}
	}
	if err == nil {
		e.mends = nil
		return
	}
	e.diskTold(err)
	e.wg.Go(func() {
		for _, m := range e.mends {
			if err := e.save("recover", func(ctx context.Context) error { return e.mend(ctx, m) }); err != nil {
				return // it closes, and the next start does it
			}
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.mends = nil
		e.stir()
	})
}

func (e *Engine) mend(ctx context.Context, m mend) error {
	e.mu.Lock()
	j := e.jobs[m.job]
	var row storage.Job
	if j != nil {
		row = j.row
	}
	e.mu.Unlock()
	var err error
	switch {
	case j == nil:
		err = e.db.DeleteJobs(ctx, []int64{m.job})
	case m.attempt.ID != 0:
		err = e.db.EndAttempt(ctx, row, m.attempt)
	default:
		err = e.db.UpdateJob(ctx, row)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// resume gives one unfinished job its place. e.mu is held.
func (e *Engine) resume(j *job, now time.Time) {
	if j.row.State == rowCancelling {
		j.cancelled = true
		e.hide(j)
	}
	switch {
	case j.attempt.ID != 0:
		e.doubt(j, nil)
	case j.row.State == rowVerifying && j.row.FileID != "":
		e.claimed[service.FileID(j.row.FileID)] = j.row.ID
		e.setState(j, Verifying, nil)
		e.check(j, now)
	case j.row.State == rowDiscarding, j.row.State == rowCancelling:
		e.doomed[service.FileID(j.row.FileID)] = struct{}{}
		e.setState(j, Retrying, j.err)
		e.check(j, now)
	case j.pausing, j.row.State == rowPaused:
		j.row.State = rowPaused
		e.shelve(j)
	case transfer.Postponed(j.row.NextTry, now):
		e.setState(j, Retrying, j.err)
		j.next = j.row.NextTry
		e.postpone(j, j.next)
	default:
		j.row.State = rowWaiting
		e.setState(j, Waiting, nil)
		e.enqueue(j)
	}
}
