package storage

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Job is one upload: a file on this computer that is to get a link. It counts
// as unfinished while Finished is the zero time.
type Job struct {
	ID      int64 // given by AddJobs; grows in the order of acceptance, never used again
	Batch   int64 // what was accepted together
	Path    string
	Name    string
	Folder  string // the dropped folder that it came from, "" if itself dropped
	Origin  string // drop, paste, choose, command, watch
	Size    int64  // bytes
	ModTime time.Time
	State   string
	Tries   int
	NextTry time.Time
	FileID  string
	SHA256  string
	LinkAPI string // the API address that FileID belongs to

	FailKind, FailValue, FailText string

	Added     time.Time
	Finished  time.Time
	Verified  bool
	Duplicate bool
	Position  int64 // order in the queue, lower first; AddJobs gives the ID

	// What follows is given by the database and ignored when a job is written.

	Cursor  int64  // place in the history, the higher the later, 0 while unfinished
	Cleared bool   // taken out of the list: see Unlist
	Wish    string // see Wish
}

// The columns of a Job that change after AddJobs, and all of them.
const (
	changingColumns = `size, mod_time, state, tries, next_try, file_id, sha256, link_api,
		fail_kind, fail_value, fail_text, finished, verified, duplicate, position`
	jobColumns = `id, batch, path, name, folder, origin, added, coalesce(ended, 0), cleared, wish, ` + changingColumns
)

// nanos stores a time as nanoseconds since 1970, the zero time as NULL. Times
// beyond the years 1678 to 2262 become the first or last moment of these.
func nanos(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Year() < 1678:
		return int64(-1 << 63)
	case t.Year() >= 2262:
		return int64(1<<63 - 1)
	}
	return t.UnixNano()
}

// instant reads what nanos stored.
type instant struct{ to *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(src any) error {
	*i.to = time.Time{}
	var n sql.NullInt64
	if err := n.Scan(src); err != nil || !n.Valid {
		return err
	}
	*i.to = time.Unix(0, n.Int64)
	return nil
}

// flag reads a bool; any number but 0 is true.
type flag struct{ to *bool }

// Scan implements sql.Scanner.
func (f flag) Scan(src any) error {
	n, ok := src.(int64)
	*f.to = !ok || n != 0
	return nil
}

// bit stores a bool.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// fold brings a text into the form in which searches compare it.
func fold(s string) string {
	return strings.ToLower(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
}

// changing gives the values of changingColumns.
func (j *Job) changing() []any {
	return []any{
		j.Size, nanos(j.ModTime), j.State, j.Tries, nanos(j.NextTry), j.FileID, j.SHA256, j.LinkAPI,
		j.FailKind, j.FailValue, j.FailText, nanos(j.Finished), bit(j.Verified), bit(j.Duplicate), j.Position,
	}
}

func scanJob(rows *sql.Rows) (j Job, err error) {
	err = rows.Scan(&j.ID, &j.Batch, &j.Path, &j.Name, &j.Folder, &j.Origin, instant{&j.Added}, &j.Cursor,
		flag{&j.Cleared}, &j.Wish, &j.Size, instant{&j.ModTime}, &j.State, &j.Tries, instant{&j.NextTry}, &j.FileID, &j.SHA256, &j.LinkAPI,
		&j.FailKind, &j.FailValue, &j.FailText, instant{&j.Finished}, flag{&j.Verified}, flag{&j.Duplicate}, &j.Position)
	return j, err
}

// addJobs inserts jobs at the end of the queue and sets ID, Position and Cursor
// of each.
func (w *writer) addJobs(jobs []*Job) error {
	const columns = `INSERT INTO job (id, batch, path, name, folder, origin, added, search, ended, ` + changingColumns + `) VALUES `
	waiting := make([]*Job, 0, len(jobs))
	for _, j := range jobs {
		w.lastJob++
		j.ID, j.Position, j.Cursor, j.Cleared, j.Wish = w.lastJob, w.lastJob, 0, false, ""
		if j.untried() {
			waiting = append(waiting, j)
			continue
		}
		var ended any
		if !j.Finished.IsZero() {
			j.Cursor = w.nextEnded(j.Finished)
			ended = j.Cursor
		}
		_, err := w.exec(columns+"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			append(append(j.fixed(nil), ended), j.changing()...)...)
		if err != nil {
			return err
		}
	}
	const untried = "(?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, 0, NULL, '', '', '', '', '', '', NULL, 0, 0, ?)"
	_, err := w.insertMany(columns, untried, len(waiting), func(args []any, i int) []any {
		j := waiting[i]
		return append(j.fixed(args), j.Size, nanos(j.ModTime), j.State, j.Position)
	})
	return err
}

// untried reports whether all that a try could have brought is still empty.
func (j *Job) untried() bool {
	return Job{
		Tries: j.Tries, NextTry: j.NextTry, FileID: j.FileID, SHA256: j.SHA256, LinkAPI: j.LinkAPI, FailKind: j.FailKind,
		FailValue: j.FailValue, FailText: j.FailText, Finished: j.Finished, Verified: j.Verified, Duplicate: j.Duplicate,
	} == Job{}
}

// fixed appends the values of the columns that never change, and of search.
func (j *Job) fixed(to []any) []any {
	return append(to, j.ID, j.Batch, []byte(j.Path), []byte(j.Name), []byte(j.Folder), j.Origin, nanos(j.Added), fold(j.Name))
}

// Places in the history are times, at most latestEnded (the year 2200), unless
// others have that already. Those from soundEnded on come from damage.
const (
	latestEnded = 7_258_118_400_000_000_000
	soundEnded  = latestEnded + 1_000_000_000_000_000_000
)

// nextEnded gives the place in the history of a job that finished at t: its
// time, or one more than the last place if that is higher.
func (w *writer) nextEnded(t time.Time) int64 {
	n, _ := nanos(t).(int64)
	w.ended = max(w.ended+1, min(n, latestEnded))
	return w.ended
}

// updateJob writes all of j that can change and tells whether j is there.
func (w *writer) updateJob(j *Job) (bool, error) {
	var ended any
	if !j.Finished.IsZero() {
		ended = w.nextEnded(j.Finished)
	}
	n, err := w.change(`UPDATE job SET (`+changingColumns+`) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),
		ended = CASE WHEN ?16 IS NULL THEN NULL ELSE coalesce(ended, ?16) END WHERE id = ?17`,
		append(j.changing(), ended, j.ID)...)
	return n > 0, err
}

// EndUpload writes of a job that was waiting what its first try has brought: its
// file is uploaded and checked. The attempt ends with it, and gets no end of its own.
// It fails with ErrNotFound when the job was deleted.
func (d *DB) EndUpload(ctx context.Context, j Job) error {
	return d.write(ctx, "end an upload", func(w *writer) error {
		n, err := w.change(`UPDATE job SET state = ?1, file_id = ?2, sha256 = ?3, link_api = ?4, finished = ?5, verified = ?6,
			ended = coalesce(ended, ?7) WHERE id = ?8`,
			j.State, j.FileID, j.SHA256, j.LinkAPI, nanos(j.Finished), bit(j.Verified), w.nextEnded(j.Finished), j.ID)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// UpdateJob writes what can change of a job: all but Batch, Path, Name, Folder,
// Origin, Added and what the database gives. It fails with ErrNotFound when the job was deleted.
func (d *DB) UpdateJob(ctx context.Context, j Job) error {
	return d.write(ctx, "update a job", func(w *writer) error { return w.mustUpdate(&j) })
}

func (w *writer) mustUpdate(j *Job) error {
	found, err := w.updateJob(j)
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}

// UpdateJobs is UpdateJob for many, all or none. It passes over jobs that were
// deleted.
func (d *DB) UpdateJobs(ctx context.Context, jobs []Job) error {
	return d.write(ctx, "update jobs", func(w *writer) error {
		for i := range jobs {
			if _, err := w.updateJob(&jobs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// RestateJobs is UpdateJobs for jobs of which nobody wishes anything any more:
// their Wish becomes empty.
func (d *DB) RestateJobs(ctx context.Context, jobs []Job) error {
	return d.write(ctx, "change jobs", func(w *writer) error {
		for i := range jobs {
			if _, err := w.updateJob(&jobs[i]); err != nil {
				return err
			}
			if _, err := w.exec("UPDATE job SET wish = '' WHERE id = ?", jobs[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Wish writes down what is to become of jobs, "" for nothing, without touching
// what else their rows hold: their owner may be writing that at the same
// moment. Ids that are gone are passed over.
func (d *DB) Wish(ctx context.Context, wish string, ids []int64) error {
	return d.write(ctx, "write a wish", func(w *writer) error {
		for _, id := range ids {
			if _, err := w.exec("UPDATE job SET wish = ? WHERE id = ?", wish, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnfinishedJobs gives the queue in its order.
func (d *DB) UnfinishedJobs(ctx context.Context) ([]Job, error) {
	return query(ctx, d, "read the queue", scanJob,
		"SELECT "+jobColumns+" FROM job NOT INDEXED WHERE ended IS NULL ORDER BY position, id")
}

// BatchJobs gives the jobs that were accepted together, in order of acceptance.
func (d *DB) BatchJobs(ctx context.Context, batch int64) ([]Job, error) {
	return query(ctx, d, "read a batch", scanJob, "SELECT "+jobColumns+" FROM job WHERE batch = ? ORDER BY id", batch)
}
