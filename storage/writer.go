package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"time"
)

// maxShared is how many writes share one transaction at most.
const maxShared = 128

// patience is how long unhurried writes wait for others at most.
const patience = 4 * time.Millisecond

type unhurried struct{}

// Unhurried marks calls for which nobody waits: their writes may wait a few
// milliseconds, so that more of them share a commit. They are on the disk
// before the call returns all the same.
func Unhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, unhurried{}, true)
}

// write is one caller's part of a transaction. Its function may run more than
// once: when a part of a shared transaction fails, or all of it, each part is
// tried alone.
type write struct {
	ctx     context.Context // of the call, which waits for done
	do      func(*writer) error
	done    chan error // room for one
	patient bool       // it may wait for others to share its commit
}

// writer is the only connection that writes. All its methods run on the
// goroutine of DB.commitLoop, or before that goroutine starts.
type writer struct {
	ctx   context.Context // never ends: a transaction is not interrupted
	conn  *sql.Conn
	ready map[string]statement
	args  []driver.NamedValue // of the statement that runs

	// The highest values given so far; one that is rolled back stays a gap.
	lastJob int64 // id
	ended   int64 // place in the history
}

// write hands do to the committing goroutine and waits until its effect is on
// the disk or certain not to be. When ctx ends before the turn of do, it never
// runs.
func (d *DB) write(ctx context.Context, what string, do func(*writer) error) error {
	w := &write{ctx: ctx, do: do, done: make(chan error, 1), patient: ctx.Value(unhurried{}) != nil}
	select {
	case <-d.closing:
		return describe(what, ErrClosed)
	default:
	}
	select {
	case d.writes <- w:
		return describe(what, <-w.done)
	case <-ctx.Done():
		return describe(what, ctx.Err())
	case <-d.closing:
		return describe(what, ErrClosed)
	}
}

// commitLoop runs the writes until Close.
func (d *DB) commitLoop() {
	defer close(d.committed)
	for {
		select {
		case <-d.closing:
			return
		case w := <-d.writes:
			d.w.run(d.gather(w))
		}
	}
}

// gather takes the writes that are waiting right now, and as long as all of
// them are patient also those that come within their patience.
func (d *DB) gather(first *write) []*write {
	all := []*write{first}
	patient := first.patient
	var over <-chan time.Time
	for len(all) < maxShared {
		select {
		case w := <-d.writes:
			all = append(all, w)
			patient = patient && w.patient
			continue
		default:
		}
		if !patient {
			return all
		}
		if over == nil {
			over = time.After(patience)
		}
		select {
		case w := <-d.writes:
			all = append(all, w)
			patient = patient && w.patient
		case <-over:
			return all
		case <-d.closing:
			return all
		}
	}
	return all
}

// run answers every write.
func (w *writer) run(all []*write) {
	if len(all) > 1 {
		if results, err := w.together(all); err == nil {
			for i, one := range all {
				one.done <- results[i]
			}
			return
		}
	}
	for _, one := range all {
		one.done <- w.alone(one)
	}
}

// together runs several writes in one transaction. Its error is that of the
// transaction or of a write that failed, after which nothing has happened.
func (w *writer) together(all []*write) ([]error, error) {
	if err := w.begin(); err != nil {
		return nil, err
	}
	results := make([]error, len(all))
	for i, one := range all {
		if results[i] = one.ctx.Err(); results[i] != nil {
			continue
		}
		if err := one.do(w); err != nil {
			return nil, w.rollback(err)
		}
	}
	return results, w.commit()
}

func (w *writer) alone(one *write) error {
	if err := one.ctx.Err(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	if err := one.do(w); err != nil {
		return w.rollback(err)
	}
	return w.commit()
}

func (w *writer) begin() error {
	_, err := w.exec("BEGIN IMMEDIATE")
	return err
}

func (w *writer) commit() error {
	if _, err := w.exec("COMMIT"); err != nil {
		return w.rollback(err)
	}
	return nil
}

// rollback ends the transaction and gives cause back. SQLite ends it by itself
// after some errors, so that there may be none left to end.
func (w *writer) rollback(cause error) error {
	if _, err := w.exec("ROLLBACK"); err != nil && code(err) != sqliteError {
		return errors.Join(cause, err)
	}
	return cause
}

// exec runs a statement to its end: a transaction is never interrupted. The
// statement stays prepared as long as w lives. It goes to the driver without
// the detour through database/sql, which costs as much as SQLite itself.
func (w *writer) exec(query string, args ...any) (res sql.Result, err error) {
	err = w.conn.Raw(func(conn any) error {
		s := w.ready[query]
		if s == nil {
			if s, err = prepare(w.ctx, conn, query); err != nil {
				return err
			}
			w.ready[query] = s
		}
		w.args = w.args[:0]
		for i, arg := range args {
			value := arg
			switch v := arg.(type) {
			case int64, string, []byte, nil:
			case int:
				value = int64(v)
			default:
				if value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
					return err
				}
			}
			w.args = append(w.args, driver.NamedValue{Ordinal: i + 1, Value: value})
		}
		res, err = s.ExecContext(w.ctx, w.args)
		clear(w.args)
		return err
	})
	return res, err
}

// statement is what exec needs of a prepared statement.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
}

var errForeignDriver = errors.New("the driver can't run prepared statements")

func prepare(ctx context.Context, conn any, query string) (statement, error) {
	c, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, errForeignDriver
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(errForeignDriver, prepared.Close())
	}
	return s, nil
}

// rowsAtOnce is how many rows a statement of insertMany has.
const rowsAtOnce = 32

// insertMany inserts n rows, several by one statement, and gives the id of the
// last. into ends with VALUES, of which row is one; values appends those of one
// row to args.
func (w *writer) insertMany(into, row string, n int, values func(args []any, i int) []any) (last int64, err error) {
	one := into + row
	many := one + strings.Repeat(", "+row, rowsAtOnce-1)
	var args []any
	for i := 0; i < n && err == nil; {
		statement, rows := one, 1
		if n-i >= rowsAtOnce {
			statement, rows = many, rowsAtOnce
		}
		args = args[:0]
		for range rows {
			args = values(args, i)
			i++
		}
		last, err = w.insert(statement, args...)
	}
	return last, err
}

// insert runs an INSERT and gives the id of the new row.
func (w *writer) insert(query string, args ...any) (int64, error) {
	res, err := w.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// change runs a statement and gives the number of rows that it changed.
func (w *writer) change(query string, args ...any) (int64, error) {
	res, err := w.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// lookUp reads the one row of a query, sql.ErrNoRows when there is none.
func (w *writer) lookUp(query string, arg any, dest ...any) error {
	return w.conn.QueryRowContext(w.ctx, query, arg).Scan(dest...)
}
