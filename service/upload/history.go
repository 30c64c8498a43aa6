package upload

import (
	"context"
	"slices"
	"time"

	"sluice/service"
)

// ClearFinished takes the jobs that have a link out of the list. They stay in
// the history, their files and links on the service.
func (e *Engine) ClearFinished(ctx context.Context) error {
	e.commands.Lock()
	defer e.commands.Unlock()
	if err := e.db.UnlistFinished(ctx, Uploaded.String(), AlreadyThere.String()); err != nil {
		return unwritable("clear finished", err)
	}
	e.unlist(func(j *job) bool { return j.state.Linked() })
	return nil
}

// ClearHistory forgets the jobs that ended before a time, all that ended for
// the zero time: they leave the history and the list, and it tells how many.
// Their files and links stay on the service.
func (e *Engine) ClearHistory(ctx context.Context, olderThan time.Time) (int, error) {
	e.commands.Lock()
	defer e.commands.Unlock()
	n, err := e.db.ClearFinished(ctx, olderThan)
	if err != nil {
		return 0, unwritable("clear the history", err)
	}
	e.unlist(func(j *job) bool { return olderThan.IsZero() || j.row.Finished.Before(olderThan) })
	return n, nil
}

// unlist takes ended jobs out of the list. Those that are about to end are
// still there afterwards.
func (e *Engine) unlist(which func(*job) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var removed []service.JobID
	for id, j := range e.jobs {
		if j.place != resting || j.hidden || !which(j) {
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
