package storage

import (
	"context"
	"math"
	"time"
)

// FinishedJobs gives a page of at most limit finished jobs, those that
// finished last first. before is the Cursor of the last job of the page before,
// 0 for the first page. search, if not empty, is looked for in the names, in
// upper or lower case, or is a whole FileID. A job whose place is damaged, so
// that no page could begin below it, is left out.
func (d *DB) FinishedJobs(ctx context.Context, before int64, limit int, search string) ([]Job, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	text, args := "SELECT "+jobColumns+" FROM job WHERE ended IS NOT NULL AND ended > 0 AND ended < ?", []any{before}
	if search != "" {
		text += " AND (instr(search, ?) > 0 OR file_id = ?)"
		args = append(args, fold(search), search)
	}
	return query(ctx, d, "read the history", scanJob, text+" ORDER BY ended DESC LIMIT ?", append(args, max(limit, 0))...)
}

// ListedJobs gives at most limit finished jobs that were not taken out of the
// list, those that finished last first.
func (d *DB) ListedJobs(ctx context.Context, limit int) ([]Job, error) {
	return query(ctx, d, "read the list", scanJob, "SELECT "+jobColumns+
		" FROM job WHERE ended IS NOT NULL AND cleared = 0 ORDER BY ended DESC LIMIT ?", max(limit, 0))
}

// FailedJobs is ListedJobs for those in the state "failed".
func (d *DB) FailedJobs(ctx context.Context, limit int) ([]Job, error) {
	return query(ctx, d, "read the list", scanJob, "SELECT "+jobColumns+
		" FROM job WHERE ended IS NOT NULL AND cleared = 0 AND state = 'failed' ORDER BY ended DESC LIMIT ?", max(limit, 0))
}

// Unlist takes finished jobs out of the list; they stay in the history. Others
// are passed over.
func (d *DB) Unlist(ctx context.Context, ids []int64) error {
	return d.write(ctx, "shorten the list", func(w *writer) error {
		for _, id := range ids {
			if _, err := w.exec("UPDATE job SET cleared = 1 WHERE id = ? AND ended IS NOT NULL", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnlistFinished is Unlist for all finished jobs in one of the states.
func (d *DB) UnlistFinished(ctx context.Context, states ...string) error {
	return d.write(ctx, "shorten the list", func(w *writer) error {
		for _, state := range states {
			if _, err := w.exec("UPDATE job SET cleared = 1 WHERE ended IS NOT NULL AND cleared = 0 AND state = ?", state); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteJobs forgets jobs with their attempts, all or none. Ids that are gone
// already are passed over.
func (d *DB) DeleteJobs(ctx context.Context, ids []int64) error {
	return d.write(ctx, "delete jobs", func(w *writer) error {
		for _, id := range ids {
			if _, err := w.exec("DELETE FROM attempt WHERE job = ?", id); err != nil {
				return err
			}
			if _, err := w.exec("DELETE FROM job WHERE id = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// ClearFinished forgets the finished jobs that finished before olderThan, all
// finished ones for the zero time, and tells how many.
func (d *DB) ClearFinished(ctx context.Context, olderThan time.Time) (int, error) {
	before := int64(math.MaxInt64)
	if n, ok := nanos(olderThan).(int64); ok {
		before = n - 1
	}
	cleared := int64(0)
	err := d.write(ctx, "clear the history", func(w *writer) (err error) {
		const which = " ended IS NOT NULL AND finished <= ?"
		if _, err = w.exec("DELETE FROM attempt WHERE job IN (SELECT id FROM job WHERE"+which+")", before); err != nil {
			return err
		}
		cleared, err = w.change("DELETE FROM job WHERE"+which, before)
		return err
	})
	return int(cleared), err
}
