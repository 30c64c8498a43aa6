package storage

import (
	"context"
	"database/sql"
	"time"
)

// Attempt is one try to send a job's file. It is on the disk before the first
// byte goes out.
type Attempt struct {
	ID, Job int64
	Number  int    // 1 for the first
	API     string // the API address it goes to
	Started time.Time
	Ended   time.Time // zero: not ended, or nobody knows, or with its job (EndUpload)
	Size    int64     // of the source when it started, bytes
	ModTime time.Time // of the source when it started
	Sent    int64     // bytes
	SHA256  string
	FileID  string
	Outcome string
	Detail  string
}

// StartAttempt writes the job as it is now and the new attempt, which it gives
// back with its ID. It fails with ErrNotFound when the job was deleted.
func (d *DB) StartAttempt(ctx context.Context, j Job, a Attempt) (Attempt, error) {
	a.Job = j.ID
	err := d.write(ctx, "start an attempt", func(w *writer) error {
		if err := w.mustUpdate(&j); err != nil {
			return err
		}
		return w.addAttempt(&a)
	})
	if err != nil {
		return Attempt{}, err
	}
	return a, nil
}

// AddAttempt is StartAttempt for a job whose row stays as it is.
func (d *DB) AddAttempt(ctx context.Context, a Attempt) (Attempt, error) {
	err := d.write(ctx, "start an attempt", func(w *writer) error { return w.addAttempt(&a) })
	if err != nil {
		return Attempt{}, err
	}
	return a, nil
}

// addAttempt inserts a and sets its ID.
func (w *writer) addAttempt(a *Attempt) error {
	res, err := w.exec(`INSERT INTO attempt (job, number, api, started, ended, size, mod_time, sent, sha256, file_id, outcome, detail)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 WHERE EXISTS (SELECT 1 FROM job WHERE id = ?1)`, a.Job, a.Number, a.API,
		nanos(a.Started), nanos(a.Ended), a.Size, nanos(a.ModTime), a.Sent, a.SHA256, a.FileID, a.Outcome, a.Detail)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	if err == nil {
		a.ID, err = res.LastInsertId()
	}
	return err
}

// EndAttempt writes the job as it is now and how its attempt went. It fails
// with ErrNotFound when the job was deleted.
func (d *DB) EndAttempt(ctx context.Context, j Job, a Attempt) error {
	return d.write(ctx, "end an attempt", func(w *writer) error {
		if err := w.mustUpdate(&j); err != nil {
			return err
		}
		n, err := w.change(`UPDATE attempt SET ended = ?, sent = ?, sha256 = ?, file_id = ?, outcome = ?, detail = ?
			WHERE id = ?`, nanos(a.Ended), a.Sent, a.SHA256, a.FileID, a.Outcome, a.Detail, a.ID)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

const attemptColumns = `id, job, number, api, started, ended, size, mod_time, sent, sha256, file_id, outcome, detail`

func scanAttempt(rows *sql.Rows) (a Attempt, err error) {
	err = rows.Scan(&a.ID, &a.Job, &a.Number, &a.API, instant{&a.Started}, instant{&a.Ended},
		&a.Size, instant{&a.ModTime}, &a.Sent, &a.SHA256, &a.FileID, &a.Outcome, &a.Detail)
	return a, err
}

// OpenAttempts gives the attempts that started and never ended, by themselves or
// with their job, in order: what a crash left, when nothing is being sent.
func (d *DB) OpenAttempts(ctx context.Context) ([]Attempt, error) {
	return query(ctx, d, "read open attempts", scanAttempt,
		"SELECT "+attemptColumns+` FROM attempt NOT INDEXED
		WHERE ended IS NULL AND job IN (SELECT id FROM job NOT INDEXED WHERE ended IS NULL) ORDER BY id`)
}

// Attempts gives all attempts of a job, in order. One that has no end has that of
// its job.
func (d *DB) Attempts(ctx context.Context, job int64) ([]Attempt, error) {
	return query(ctx, d, "read the attempts of a job", scanAttempt,
		"SELECT "+attemptColumns+" FROM attempt WHERE job = ? ORDER BY id", job)
}
