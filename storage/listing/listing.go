package listing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite" // and the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	fileName  = "library.db"
	appID     = 0x534c6c73 // "SLls"
	version   = 2
	maxScopes = 8 // listings that are kept; those written longest ago go
)

const schema = `
CREATE TABLE scope (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, parts INTEGER NOT NULL) STRICT;
CREATE TABLE part (
	scope INTEGER NOT NULL REFERENCES scope (id) ON DELETE CASCADE, number INTEGER NOT NULL,
	sum INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (scope, number)
) STRICT, WITHOUT ROWID;` + glanceSchema

// glanceSchema is what version 2 has and version 1 has not.
const glanceSchema = `
CREATE TABLE glance (
	scope INTEGER PRIMARY KEY REFERENCES scope (id) ON DELETE CASCADE, sum INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;`

// ErrNone says that a listing is not kept.
var ErrNone = errors.New("the listing is not kept")

var errDamaged = errors.New("the kept listings are damaged")

// Store is the open file. Its methods may be called from any goroutine and
// wait for the disk.
type Store struct {
	path string

	mu   sync.Mutex // held while the file is used
	pool *sql.DB    // one connection
}

// Open opens or makes the file in the folder dir. It fails only where none can
// be made.
func Open(ctx context.Context, dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, describe("find the folder", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, describe("make the folder", err)
	}
	s := &Store{path: filepath.Join(dir, fileName)}
	if s.pool, err = openFile(ctx, s.path); err != nil {
		if s.pool, err = newFile(ctx, s.path); err != nil {
			return nil, describe("open", err)
		}
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return describe("close", s.pool.Close())
}

// Load gives the parts of a listing, in order, and from when it is. It fails
// with ErrNone when there is nothing whole, and with the error of part, as it
// is. The data is valid during the call.
func (s *Store) Load(ctx context.Context, scope string, part func(number int, data []byte) error) (at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, err = load(ctx, s.pool, scope, part)
	if isDamage(err) {
		return time.Time{}, errors.Join(ErrNone, s.renew(ctx))
	}
	return at, err
}

func load(ctx context.Context, pool *sql.DB, scope string, part func(number int, data []byte) error) (time.Time, error) {
	var id, at, count int64
	err := pool.QueryRowContext(ctx, "SELECT id, at, parts FROM scope WHERE name = ?", scope).Scan(&id, &at, &count)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, ErrNone
	}
	if err != nil {
		return time.Time{}, describe("read", err)
	}
	rows, err := pool.QueryContext(ctx, "SELECT number, sum, data FROM part WHERE scope = ? ORDER BY number", id)
	if err != nil {
		return time.Time{}, describe("read", err)
	}
	defer func() { _ = rows.Close() }()
	for ; rows.Next(); count-- {
		var number int
		var sum uint32
		var data sql.RawBytes
		if err := rows.Scan(&number, &sum, &data); err != nil {
			return time.Time{}, describe("read", err)
		}
		if crc32.ChecksumIEEE(data) != sum {
			return time.Time{}, errDamaged
		}
		if err := part(number, data); err != nil {
			return time.Time{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return time.Time{}, describe("read", err)
	}
	if count != 0 {
		return time.Time{}, errDamaged
	}
	return time.UnixMilli(at), nil
}

// Save writes parts of a listing, from when it is and its glance, all or nothing.
// A part without data is removed, and so is a glance without. With whole, all
// parts that are not given are removed too; without it a listing that is not kept
// yet fails with ErrNone.
func (s *Store) Save(ctx context.Context, scope string, at time.Time, whole bool, parts iter.Seq2[int, []byte], glance []byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		id, err := scopeID(ctx, tx, scope, at, whole)
		if err == nil {
			err = saveParts(ctx, tx, id, parts)
		}
		if err == nil {
			err = saveGlance(ctx, tx, id, glance)
		}
		return err
	})
}

// write makes changes, all or none of them.
func (s *Store) write(ctx context.Context, changes func(tx *sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, err := s.pool.BeginTx(ctx, nil)
	if err == nil {
		if err = changes(tx); err == nil {
			err = tx.Commit()
		} else {
			err = errors.Join(err, rollback(tx))
		}
	}
	if isDamage(err) {
		return errors.Join(ErrNone, s.renew(ctx))
	}
	if errors.Is(err, ErrNone) {
		return err
	}
	return describe("write", err)
}

func saveParts(ctx context.Context, tx *sql.Tx, id int64, parts iter.Seq2[int, []byte]) error {
	put, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO part (scope, number, sum, data) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = put.Close() }()
	for number, data := range parts {
		if len(data) > 0 {
			_, err = put.ExecContext(ctx, id, number, crc32.ChecksumIEEE(data), data)
		} else {
			_, err = tx.ExecContext(ctx, "DELETE FROM part WHERE scope = ? AND number = ?", id, number)
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "UPDATE scope SET parts = (SELECT count(*) FROM part WHERE scope = ?1) WHERE id = ?1", id)
	return err
}

// scopeID makes room for a listing and gives the number that it has.
func scopeID(ctx context.Context, tx *sql.Tx, scope string, at time.Time, whole bool) (id int64, err error) {
	if whole {
		if _, err := tx.ExecContext(ctx, "DELETE FROM scope WHERE name = ?", scope); err != nil {
			return 0, err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM scope WHERE id NOT IN (SELECT id FROM scope ORDER BY at DESC LIMIT ?)", maxScopes-1)
		if err == nil {
			err = tx.QueryRowContext(ctx, "INSERT INTO scope (name, at, parts) VALUES (?, ?, 0) RETURNING id", scope, at.UnixMilli()).Scan(&id)
		}
	} else {
		err = tx.QueryRowContext(ctx, "UPDATE scope SET at = ? WHERE name = ? RETURNING id", at.UnixMilli(), scope).Scan(&id)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNone
	}
	return id, err
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return describe("undo", err)
	}
	return nil
}

// Forget removes a listing; that there is none is no error.
func (s *Store) Forget(ctx context.Context, scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.pool.ExecContext(ctx, "DELETE FROM scope WHERE name = ?", scope)
	if isDamage(err) {
		return s.renew(ctx)
	}
	return describe("forget", err)
}

// renew begins the file anew. s.mu is held.
func (s *Store) renew(ctx context.Context) error {
	_ = s.pool.Close() // it goes anyway
	pool, err := newFile(context.WithoutCancel(ctx), s.path)
	if err != nil {
		return describe("begin anew", err)
	}
	s.pool = pool
	return nil
}

func newFile(ctx context.Context, path string) (*sql.DB, error) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.RemoveAll(path + suffix); err != nil {
			return nil, err
		}
	}
	return openFile(ctx, path)
}

func openFile(ctx context.Context, path string) (*sql.DB, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, err
	}
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a Windows drive
	}
	const options = "mode=rw&_dqs=0&_busy_timeout=2000&_txlock=immediate&_pragma=synchronous(NORMAL)&_pragma=foreign_keys(ON)" +
		"&_pragma=cache_size(-1024)&_pragma=journal_size_limit(1048576)&_pragma=secure_delete(ON)&_pragma=cell_size_check(ON)"
	address := url.URL{Scheme: "file", Path: name, RawQuery: options}
	pool, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	if err := setUp(ctx, pool); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// setUp checks that the file is ours, or makes an empty one so.
func setUp(ctx context.Context, pool *sql.DB) error {
	var app, user, tables int
	err := pool.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`).Scan(&app, &user, &tables)
	if err != nil {
		return err
	}
	if app == 0 && user == 0 && tables == 0 {
		text := fmt.Sprintf(`PRAGMA journal_mode=WAL; BEGIN IMMEDIATE; %s
			PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT`, schema, appID, version)
		_, err := pool.ExecContext(ctx, text)
		return err
	}
	if app == appID && user == 1 {
		text := fmt.Sprintf("BEGIN IMMEDIATE; %s PRAGMA user_version=%d; COMMIT", glanceSchema, version)
		_, err := pool.ExecContext(ctx, text)
		return err
	}
	if app != appID || user != version {
		return errDamaged
	}
	return nil
}

func describe(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("listing: %s: %w", what, err)
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
