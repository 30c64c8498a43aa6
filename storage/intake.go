package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Intake is a path that was accepted and is not walked to its end yet.
type Intake struct {
	ID, Batch    int64
	Path, Origin string
	Added        time.Time
}

// Walked is what the walk of an intake found so far.
type Walked struct {
	Intake int64 // 0: jobs that come from no intake; each needs its Batch then
	Jobs   []Job
	End    bool // there is no more: the intake is done
}

// AddIntake accepts paths as a new batch, all or none.
func (d *DB) AddIntake(ctx context.Context, origin string, paths []string, at time.Time) (batch int64, all []Intake, err error) {
	err = d.write(ctx, "accept files", func(w *writer) error {
		all = make([]Intake, 0, len(paths))
		id, err := w.insert("INSERT INTO batch (origin, added) VALUES (?, ?)", origin, nanos(at))
		if err != nil {
			return err
		}
		batch = id
		for _, path := range paths {
			id, err := w.insert("INSERT INTO intake (batch, path, origin, added) VALUES (?, ?, ?, ?)",
				batch, []byte(path), origin, nanos(at))
			if err != nil {
				return err
			}
			all = append(all, Intake{ID: id, Batch: batch, Path: path, Origin: origin, Added: at})
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	return batch, all, nil
}

// OpenIntake gives the accepted paths that are not walked to their end yet, in
// order of acceptance.
func (d *DB) OpenIntake(ctx context.Context) ([]Intake, error) {
	return query(ctx, d, "read accepted paths", func(rows *sql.Rows) (in Intake, err error) {
		err = rows.Scan(&in.ID, &in.Batch, &in.Path, &in.Origin, instant{&in.Added})
		return in, err
	}, "SELECT id, batch, path, origin, added FROM intake ORDER BY id")
}

// AddJobs adds the jobs that the walk of an intake found to the end of the
// queue, all or none, and gives them back with ID, Batch and Position. It
// leaves out those whose path the same intake has added before, so that a walk
// can start over. It fails with ErrNotFound when the intake is done. With
// intake 0 every job is added, to the batch that it names.
func (d *DB) AddJobs(ctx context.Context, intake int64, jobs []Job) ([]Job, error) {
	all, err := d.AddWalked(ctx, []Walked{{Intake: intake, Jobs: jobs}})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// EndIntake marks the walk of an intake as done. One that is done already is
// no error.
func (d *DB) EndIntake(ctx context.Context, id int64) error {
	return d.write(ctx, "finish accepted paths", func(w *writer) error { return w.endIntake(id) })
}

// AddWalked is AddJobs and EndIntake for several intakes in one transaction:
// what a drop of many single files needs. The jobs come back by intake.
func (d *DB) AddWalked(ctx context.Context, walked []Walked) (added [][]Job, err error) {
	err = d.write(ctx, "add jobs", func(w *writer) error {
		added = make([][]Job, len(walked))
		for i, one := range walked {
			jobs, err := w.addWalked(one)
			if err != nil {
				return err
			}
			added[i] = jobs
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func (w *writer) addWalked(one Walked) ([]Job, error) {
	var batch int64
	begun := false // an earlier call has taken paths
	if one.Intake != 0 {
		err := w.lookUp("SELECT batch, EXISTS (SELECT 1 FROM taken WHERE intake = intake.id) FROM intake WHERE id = ?",
			one.Intake, &batch, &begun)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, ErrNotFound
		}
		if err != nil {
			return nil, err
		}
	}
	// What is taken need not be known once the intake is done.
	taking := one.Intake != 0 && (begun || !one.End || len(one.Jobs) > 1)
	added := make([]Job, 0, len(one.Jobs))
	for _, j := range one.Jobs {
		if one.Intake != 0 {
			j.Batch = batch
		}
		if taking {
			n, err := w.change("INSERT OR IGNORE INTO taken (intake, path) VALUES (?, ?)", one.Intake, []byte(j.Path))
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
		}
		if err := w.addJob(&j); err != nil {
			return nil, err
		}
		added = append(added, j)
	}
	switch {
	case one.End && one.Intake != 0 && !taking:
		_, err := w.exec("DELETE FROM intake WHERE id = ?", one.Intake)
		return added, err
	case one.End:
		return added, w.endIntake(one.Intake)
	}
	return added, nil
}

func (w *writer) endIntake(id int64) error {
	if _, err := w.exec("DELETE FROM taken WHERE intake = ?", id); err != nil {
		return err
	}
	_, err := w.exec("DELETE FROM intake WHERE id = ?", id)
	return err
}
