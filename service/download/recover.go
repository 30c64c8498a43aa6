package download

import (
	"context"
	"os"
	"slices"

	"sluice/service/transfer"
	"sluice/storage"
)

// How many finished downloads of earlier runs are in the list: the latest ones,
// and what failed longer, because it waits for its user.
const (
	recentFinished = 500
	recentFailed   = 10_000
)

// recover takes up what the database holds.
func (e *Engine) recover(ctx context.Context) error {
	rows, err := e.db.UnfinishedDownloads(ctx)
	if err != nil {
		return err
	}
	ended, err := e.db.FinishedDownloads(ctx, recentFinished)
	if err != nil {
		return err
	}
	failed, err := e.db.FailedDownloads(ctx, recentFailed)
	if err != nil {
		return err
	}
	all := slices.Concat(ended, failed, rows)
	slices.SortFunc(all, func(a, b storage.Download) int { return int(a.ID - b.ID) })
	all = slices.CompactFunc(all, func(a, b storage.Download) bool { return a.ID == b.ID })
	if e.cfg.RememberPause {
		settings, err := e.db.Settings(ctx)
		if err != nil {
			return err
		}
		e.hold.Paused = settings[pausedSetting] == "true"
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range e.newJobs(all) {
		e.jobs[j.row.ID] = j
		e.front = min(e.front, j.row.Position)
		j.batch.jobs = append(j.batch.jobs, j)
		if j.state != Downloaded {
			j.here = sizeOf(j.row.Part)
		}
		if !j.state.Finished() {
			e.count(j)
			e.setPart(j, j.here)
			j.place = control
			e.putBack(j)
		}
		e.totals.count[j.state]++
	}
	return nil
}

// newJobs makes jobs of rows. e.mu is held.
func (e *Engine) newJobs(rows []storage.Download) []*job {
	jobs := make([]*job, len(rows))
	for i, row := range rows {
		j := &job{row: row, batch: e.batchOf(row.Batch), err: failure(&row)}
		j.state = e.stateOf(j)
		if j.state == Retrying {
			j.next = row.NextTry
		}
		if row.Album != "" && row.FileID != "" && row.Finished.IsZero() {
			e.folders[row.Folder] = true
		}
		jobs[i] = j
	}
	return jobs
}

// stateOf gives the state of a job that is not being worked on. e.mu is held.
func (e *Engine) stateOf(j *job) State {
	row := &j.row
	switch {
	case row.Finished.IsZero() && row.State == rowPaused:
		return Paused
	case row.Finished.IsZero() && transfer.Postponed(row.NextTry, e.clock.Now()):
		return Retrying
	case row.Finished.IsZero():
		j.err = nil
		return Waiting
	}
	if s, err := Parse(row.State); err == nil && s.Finished() {
		return s
	}
	return Failed // whoever wrote it
}

// sizeOf gives the size of a file, 0 when there is none.
func sizeOf(path string) int64 {
	if path == "" {
		return 0
	}
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}
