package storage

import (
	"context"
	"math"
	"time"
)

// FinishedJobs gives a page of at most limit finished jobs, those that
// finished last first. before is the Cursor of the last job of the page before,
// 0 for the first page. search, if not empty, is looked for in the names, in
// upper or lower case, or is a whole FileID.
func (d *DB) FinishedJobs(ctx context.Context, before int64, limit int, search string) ([]Job, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	text, args := "SELECT "+jobColumns+" FROM job WHERE ended IS NOT NULL AND ended < ?", []any{before}
	if search != "" {
		text += " AND (instr(search, ?) > 0 OR file_id = ?)"
		args = append(args, fold(search), search)
	}
	return query(ctx, d, "read the history", scanJob, text+" ORDER BY ended DESC LIMIT ?", append(args, max(limit, 0))...)
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
// finished ones for the zero time, and tells how many. When states are given,
// only jobs in one of these go.
func (d *DB) ClearFinished(ctx context.Context, olderThan time.Time, states ...string) (int, error) {
	before := int64(math.MaxInt64)
	if n, ok := nanos(olderThan).(int64); ok {
		before = n - 1
	}
	if len(states) == 0 {
		states = []string{""}
	}
	cleared := int64(0)
	err := d.write(ctx, "clear the history", func(w *writer) error {
		cleared = 0
		for _, state := range states {
			const which = " ended IS NOT NULL AND finished <= ?1 AND (?2 = '' OR state = ?2)"
			_, err := w.exec("DELETE FROM attempt WHERE job IN (SELECT id FROM job WHERE"+which+")", before, state)
			if err != nil {
				return err
			}
			n, err := w.change("DELETE FROM job WHERE"+which, before, state)
			if err != nil {
				return err
			}
			cleared += n
		}
		return nil
	})
	return int(cleared), err
}
