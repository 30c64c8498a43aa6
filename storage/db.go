package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// DB is the open database. All methods may be called from any goroutine; none
// may be called on the goroutine of a window, because the disk can be slow.
type DB struct {
	opening Opening
	path    string  // "" in a repair, which keeps no reserve
	pool    *sql.DB // the writer's; one connection
	readers *sql.DB
	w       *writer

	writes    chan *write
	closing   chan struct{}
	committed chan struct{} // closed when the committing goroutine is gone
	close     sync.Once
	closeErr  error
}

// Opening tells what Open met.
type Opening struct {
	Fresh      bool   // there was no database before
	MovedAside string // path of the damaged file, "" when it was sound
	Salvaged   int    // rows that were carried over from the damaged file; 0 if an earlier start did that
	Lost       int    // rows known to be missing after that; there may be more
	Journal    string // the journal mode in use: "wal", or "delete" where WAL is refused
}

// Opening tells what Open met.
func (d *DB) Opening() Opening { return d.opening }

// Close waits for the writes under way and closes the file. Calls that come
// later fail with ErrClosed.
func (d *DB) Close() error {
	d.close.Do(func() {
		close(d.closing)
		<-d.committed
		readErr := d.readers.Close()
		d.closeErr = describe("close", errors.Join(readErr, d.w.close(), d.pool.Close()))
		if d.path != "" {
			keepReserve(d.path) // of what the log took until now
		}
	})
	return d.closeErr
}

func (w *writer) close() error {
	errs := []error{w.conn.Raw(func(any) (err error) {
		for _, s := range w.ready {
			err = errors.Join(err, s.Close())
		}
		return err
	})}
	return errors.Join(append(errs, w.conn.Close())...)
}

// query reads all rows of a query through one of the reading connections.
func query[T any](ctx context.Context, d *DB, what string, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	all, err := queryRows(ctx, d, scan, text, args...)
	if err != nil && d.isClosed() {
		err = ErrClosed
	}
	return all, describe(what, err)
}

func (d *DB) isClosed() bool {
	select {
	case <-d.closing:
		return true
	default:
		return false
	}
}

func queryRows[T any](ctx context.Context, d *DB, scan func(*sql.Rows) (T, error), text string, args ...any) (all []T, err error) {
	rows, err := d.readers.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
