package thumbs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"modernc.org/sqlite" // and the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	appID    = 0x534c7468 // "SLth"
	version  = 1
	readers  = 2
	pageSize = 4096
	rowBytes = 256 // of a row without its picture, with its share of the indexes
	evicted  = 64  // rows looked at in one step
	logPages = 256 // after which the log is emptied

	fixed = 64<<10 + logPages*pageSize // an empty database and its log
)

// schema: use and picture are apart, so that noting a use does not move the
// picture. Class 0 means that the file has none.
const schema = `
CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE thumb (
	id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, file TEXT NOT NULL, class INTEGER NOT NULL,
	cost INTEGER NOT NULL, used INTEGER NOT NULL, until INTEGER NOT NULL, sum INTEGER NOT NULL,
	UNIQUE (scope, file, class)
) STRICT;
CREATE INDEX thumb_used ON thumb (used);
CREATE TABLE picture (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;`

var (
	errMiss    = errors.New("not in the cache")
	errDamaged = errors.New("the cache is damaged")
)

// database is one open file.
type database struct {
	pool    *sql.DB // one connection, which writes
	readers *sql.DB
	getStmt *sql.Stmt
	lastUse int64 // when it was opened
	total   atomic.Int64
}

// cost is what a picture of n bytes takes on the disk. It lies in pages of its
// own but for its first part.
func cost(n int) int64 {
	if n == 0 {
		return rowBytes
	}
	return rowBytes + int64(n+pageSize-1)/pageSize*pageSize
}

func describe(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("thumbs: %s: %w", what, err)
}

// isDamage tells whether err is the fault of what the file holds.
func isDamage(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA,
		sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_FORMAT:
		return true
	}
	return e.Code() == sqlite3.SQLITE_IOERR_SHORT_READ
}

// isPassing tells whether err can be over the next time, so that the file is
// not to blame.
func isPassing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_FULL:
		return true
	}
	return false
}

// newDatabase makes an empty database in place of whatever is at path.
func newDatabase(ctx context.Context, path string) (*database, error) {
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} { // a log must not outlive its database
		if err := os.RemoveAll(path + suffix); err != nil {
			return nil, describe("remove the old cache", err)
		}
	}
	return openDatabase(ctx, path)
}

// openDatabase opens the file at path or makes it.
func openDatabase(ctx context.Context, path string) (*database, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, describe("open", err)
	}
	d := &database{}
	if d.pool, err = openPool(path, 1); err != nil {
		return nil, err
	}
	if err = d.setUp(ctx); err == nil {
		if d.readers, err = openPool(path, readers); err == nil {
			d.getStmt, err = d.readers.PrepareContext(ctx, getQuery)
		}
	}
	if err != nil {
		_ = d.close()
		return nil, describe("open", err)
	}
	return d, nil
}

func openPool(path string, n int) (*sql.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a Windows drive
	}
	const options = "mode=rw&_dqs=0&_busy_timeout=2000&_pragma=synchronous(NORMAL)&_pragma=cache_size(-512)" +
		"&_pragma=journal_size_limit(1048576)&_pragma=wal_autocheckpoint(256)&_pragma=temp_store(MEMORY)&_pragma=cell_size_check(ON)"
	address := url.URL{Scheme: "file", Path: name, RawQuery: options}
	pool, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, describe("open", err)
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}

// setUp checks that the file is ours, or makes an empty one so.
func (d *database) setUp(ctx context.Context) error {
	var app, user, tables int
	err := d.pool.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).Scan(&app, &user, &tables)
	if err != nil {
		return err
	}
	if app == 0 && user == 0 && tables == 0 {
		// The mode must be set before the log; a network folder that has no
		// log keeps the journal it has.
		text := fmt.Sprintf(`PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; %s
			PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT`, schema, appID, version)
		if _, err := d.pool.ExecContext(ctx, text); err != nil {
			return err
		}
		app, user = appID, version
	}
	if app != appID || user != version {
		return errDamaged
	}
	var total int64
	err = d.pool.QueryRowContext(ctx, "SELECT coalesce(sum(cost), 0), coalesce(max(used), 0) FROM thumb").Scan(&total, &d.lastUse)
	d.total.Store(total)
	return err
}

func (d *database) close() error {
	var errs []error
	if d.getStmt != nil {
		errs = append(errs, d.getStmt.Close())
	}
	if d.readers != nil {
		errs = append(errs, d.readers.Close())
	}
	return describe("close", errors.Join(append(errs, d.pool.Close())...))
}

type entry struct {
	id, until int64
	class     int
	sum       uint32
	data      []byte
}

// A class that is large enough comes before one that is not; of those the
// smallest, of these the largest. This is the order of fits.
const getQuery = `SELECT t.id, t.class, t.until, t.sum, p.data
	FROM thumb t LEFT JOIN picture p ON p.id = t.id
	WHERE t.scope = (SELECT id FROM scope WHERE name = ?1) AND t.file = ?2
	ORDER BY t.class < ?3, CASE WHEN t.class < ?3 THEN -t.class ELSE t.class END LIMIT 1`

func (d *database) get(ctx context.Context, key Key, class int) (e entry, err error) {
	err = d.getStmt.QueryRowContext(ctx, key.Scope, key.File, class).Scan(&e.id, &e.class, &e.until, &e.sum, &e.data)
	if errors.Is(err, sql.ErrNoRows) {
		return e, errMiss
	}
	return e, describe("read", err)
}

// shrink brings a cache that was made with a larger budget down to this one.
func (d *database) shrink(ctx context.Context, budget int64) error {
	if d.total.Load() <= budget-fixed {
		return nil
	}
	if err := d.write(ctx, batch{}, budget); err != nil {
		return err
	}
	rows, err := d.pool.QueryContext(ctx, "PRAGMA incremental_vacuum") // a step a row
	if err != nil {
		return describe("shrink", err)
	}
	for rows.Next() {
		continue
	}
	return describe("shrink", errors.Join(rows.Err(), rows.Close()))
}
