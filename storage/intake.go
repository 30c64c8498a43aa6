package storage

import (
	"context"
	"database/sql"
	"errors"
	"math"
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
		last, err := w.insertMany("INSERT INTO intake (batch, path, origin, added) VALUES ", "(?, ?, ?, ?)", len(paths), func(args []any, i int) []any {
			return append(args, batch, []byte(paths[i]), origin, nanos(at))
		})
		for i, path := range paths { // ids follow each other within one transaction
			id := last - int64(len(paths)-1-i)
			all = append(all, Intake{ID: id, Batch: batch, Path: path, Origin: origin, Added: at})
		}
		return err
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
		open, err := w.openIntakes(walked)
		if err != nil {
			return err
		}
		added = make([][]Job, len(walked))
		var all []*Job
		for i, one := range walked {
			if added[i], err = w.takeWalked(one, open[one.Intake]); err != nil {
				return err
			}
			for k := range added[i] {
				all = append(all, &added[i][k])
			}
		}
		if err := w.addJobs(all); err != nil {
			return err
		}
		return w.endIntakes(walked, open)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// openIntake is what the database knows of an intake that is not done.
type openIntake struct {
	batch int64
	begun bool // paths of it are taken
}

// openIntakes reads the intakes of a walk that are not done.
func (w *writer) openIntakes(walked []Walked) (open map[int64]*openIntake, err error) {
	first, last := int64(math.MaxInt64), int64(0)
	for _, one := range walked {
		if one.Intake != 0 {
			first, last = min(first, one.Intake), max(last, one.Intake)
		}
	}
	open = make(map[int64]*openIntake, len(walked))
	if last == 0 {
		return open, nil
	}
	rows, err := w.conn.QueryContext(w.ctx, `SELECT id, batch, EXISTS (SELECT 1 FROM taken WHERE intake = intake.id)
		FROM intake WHERE id BETWEEN ? AND ?`, first, last)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		var in openIntake
		if err := rows.Scan(&id, &in.batch, &in.begun); err != nil {
			return nil, err
		}
		open[id] = &in
	}
	return open, rows.Err()
}

// takeWalked gives the jobs of one part of a walk that are to be added.
func (w *writer) takeWalked(one Walked, in *openIntake) ([]Job, error) {
	if one.Intake != 0 && in == nil {
		return nil, ErrNotFound
	}
	// What is taken need not be known once the intake is done.
	taking := in != nil && (in.begun || !one.End || len(one.Jobs) > 1)
	added := make([]Job, 0, len(one.Jobs))
	for _, j := range one.Jobs {
		if in != nil {
			j.Batch = in.batch
		}
		if taking {
			in.begun = true
			n, err := w.change("INSERT OR IGNORE INTO taken (intake, path) VALUES (?, ?)", one.Intake, []byte(j.Path))
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
		}
		added = append(added, j)
	}
	return added, nil
}

// endIntakes ends those intakes of a walk that have been walked to their end.
func (w *writer) endIntakes(walked []Walked, open map[int64]*openIntake) error {
	first, last := int64(0), int64(-1) // ids that follow each other, to be deleted together
	flush := func() error {
		if last < first {
			return nil
		}
		_, err := w.exec("DELETE FROM intake WHERE id BETWEEN ? AND ?", first, last)
		return err
	}
	for _, one := range walked {
		in := open[one.Intake]
		if in == nil || !one.End {
			continue
		}
		if in.begun {
			if _, err := w.exec("DELETE FROM taken WHERE intake = ?", one.Intake); err != nil {
				return err
			}
		}
		if one.Intake != last+1 {
			if err := flush(); err != nil {
				return err
			}
			first = one.Intake
		}
		last = one.Intake
	}
	return flush()
}

func (w *writer) endIntake(id int64) error {
	if _, err := w.exec("DELETE FROM taken WHERE intake = ?", id); err != nil {
		return err
	}
	_, err := w.exec("DELETE FROM intake WHERE id = ?", id)
	return err
}
