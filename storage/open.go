package storage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	fileName    = "sluice.db"
	sqliteError = sqlite3.SQLITE_ERROR
	readerCount = 3

	// fullCheckPages is the size up to which every start checks everything:
	// 128 MiB, some 300,000 jobs, take about half a second.
	fullCheckPages = 128 << 20 / pageSize
)

// Open opens the database in the folder dir, which it creates, readable by its
// owner only, when it is missing. A damaged database is moved aside and what
// can be read of it is carried over into a new one; Opening tells. It fails
// with ErrNewer, leaving the file as it is, when a newer Sluice wrote it, and
// with ErrReadOnly or ErrFull when nothing can be kept there.
func Open(ctx context.Context, dir string) (*DB, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	path := filepath.Join(dir, fileName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileError("create the folder", err)
	}
	opening := Opening{}
	if opening.MovedAside, err = finishSalvage(path); err != nil {
		return nil, err
	}
	if opening.Fresh, err = prepareFile(path); err != nil {
		return nil, err
	}
	d, err := openSound(ctx, path, "")
	if errors.Is(err, ErrFull) && giveUpReserve(path) {
		d, err = openSound(ctx, path, "")
	}
	if isDamage(err) {
		giveUpReserve(path)
		if opening, err = salvage(ctx, path); err != nil {
			return nil, err
		}
		d, err = openSound(ctx, path, "")
	}
	if err != nil {
		return nil, err
	}
	keepReserve(path)
	opening.Journal = d.opening.Journal
	d.opening, d.path = opening, path
	return d, nil
}

// prepareFile sees to it that the file is there and that it and its folder can
// be written. fresh: the file is new or empty.
func prepareFile(path string) (fresh bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, fileError("open the database", err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return false, fileError("open the database", err)
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("storage: open the database: %s is no regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		// A file that its owner shared by hand stays usable where the mode
		// can't be changed (FAT, some network folders).
		_ = os.Chmod(path, 0o600)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), "sluice-probe-")
	if err != nil {
		return false, fileError("write into the folder", err)
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	return info.Size() == 0, fileError("write into the folder", err)
}

// openSound opens a database that is expected to be in good order; damage
// gives an error that isDamage knows. vfs is SQLite's file layer, "" for the
// usual one.
func openSound(ctx context.Context, path, vfs string) (*DB, error) {
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	if err := checkLog(path + "-wal"); err != nil {
		return nil, err
	}
	d, err := connect(ctx, path, vfs)
	if code(err) == sqlite3.SQLITE_CANTOPEN {
		// In WAL mode on a file system that can't share memory.
		if err := leaveWAL(ctx, path, vfs); err != nil {
			return nil, describe("leave WAL mode", err)
		}
		d, err = connect(ctx, path, vfs)
	}
	return d, err
}

func connect(ctx context.Context, path, vfs string) (*DB, error) {
	d := &DB{
		writes: make(chan *write), closing: make(chan struct{}), committed: make(chan struct{}),
	}
	var err error
	if d.pool, err = openPool(path, vfs, 1, "_query_only=0"); err != nil {
		return nil, err
	}
	if d.readers, err = openPool(path, vfs, readerCount, "_query_only=1"); err != nil {
		return nil, errors.Join(err, d.pool.Close())
	}
	conn, err := d.pool.Conn(ctx)
	if err == nil {
		d.w = &writer{ctx: context.WithoutCancel(ctx), conn: conn, ready: map[string]statement{}}
		if err = d.setUp(ctx); err != nil {
			err = errors.Join(err, d.w.close())
		}
	}
	if err != nil {
		return nil, errors.Join(describe("open the database", err), d.readers.Close(), d.pool.Close())
	}
	go d.commitLoop()
	return d, nil
}

// openPool makes the connections to the file, at most n at once.
func openPool(path, vfs string, n int, option string) (*sql.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a Windows drive
	}
	address := url.URL{Scheme: "file", Path: name, RawQuery: "mode=rw&_dqs=0&_error_rc=1&_busy_timeout=5000&" + option}
	if vfs != "" {
		address.RawQuery += "&vfs=" + vfs
	}
	pool, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, describe("open the database", err)
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}

// setUp checks the database, brings its schema up to date and makes the writer
// ready.
func (d *DB) setUp(ctx context.Context) error {
	conn := d.w.conn
	from, err := version(ctx, conn)
	if err != nil {
		return err
	}
	if err := checkSchema(ctx, conn, from); err != nil {
		return err
	}
	if err := check(ctx, conn); err != nil {
		return err
	}
	// What is deleted is overwritten, so that no salvage brings it back.
	if _, err := conn.ExecContext(ctx, "PRAGMA secure_delete=ON"); err != nil {
		return describe("set it up", err)
	}
	if d.opening.Journal, err = setJournal(ctx, conn); err != nil {
		return err
	}
	if err := migrate(ctx, conn, from, latestVersion()); err != nil {
		return err
	}
	err = conn.QueryRowContext(ctx, `SELECT coalesce((SELECT max(ended) FROM job WHERE ended < ?), 0),
		max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'job'), 0), coalesce((SELECT max(id) FROM job), 0))`, soundEnded,
	).Scan(&d.w.ended, &d.w.lastJob)
	return describe("read the queue", err)
}

// check gives errDamaged when SQLite finds fault with the file. Of a very large
// one the indexes are not compared with their tables, which takes most time.
func check(ctx context.Context, conn *sql.Conn) error {
	var pages int64
	if err := conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return describe("check the database", err)
	}
	text, found := "PRAGMA integrity_check(1)", ""
	if pages > fullCheckPages {
		text = "PRAGMA quick_check(1)"
	}
	if err := conn.QueryRowContext(ctx, text).Scan(&found); err != nil {
		return describe("check the database", err)
	}
	if found != "ok" {
		return fmt.Errorf("storage: %w: %s", errDamaged, found)
	}
	return nil
}

// setJournal takes WAL, or DELETE where WAL is refused, and tells which. With
// either a transaction is on the disk when COMMIT returns.
func setJournal(ctx context.Context, conn *sql.Conn) (string, error) {
	mode, sync := "", "FULL"
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&mode); err != nil {
		return "", describe("set the journal mode", err)
	}
	if mode != "wal" {
		sync = "EXTRA" // FULL does not cover the removal of the journal
		if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&mode); err != nil {
			return "", describe("set the journal mode", err)
		}
	}
	_, err := conn.ExecContext(ctx, "PRAGMA synchronous="+sync)
	return mode, describe("set the journal mode", err)
}

// leaveWAL takes a database out of WAL mode with nobody else at it.
func leaveWAL(ctx context.Context, path, vfs string) (err error) {
	pool, err := openPool(path, vfs, 1, "_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err = version(ctx, conn); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "PRAGMA journal_mode=DELETE")
	return err
}

// checkHeader looks at the first bytes of a database before SQLite does: their
// damage would pass for a folder that can't be written or a newer Sluice.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fileError("open the database", err)
	}
	var head [100]byte
	n, err := io.ReadFull(f, head[:])
	if closeErr := f.Close(); closeErr != nil {
		return fileError("read the database", closeErr)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil // empty: new
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("storage: %w: only %d bytes", errDamaged, n)
	case err != nil:
		return fileError("read the database", err)
	}
	user, app := binary.BigEndian.Uint32(head[60:]), binary.BigEndian.Uint32(head[68:])
	if err := checkVersion(int(int32(user)), int(int32(app))); err != nil { //nolint:gosec // both are signed in the file
		return err
	}
	journal := head[18]
	if string(head[:16]) != "SQLite format 3\x00" || head[19] != journal || journal < 1 || journal > 2 {
		return fmt.Errorf("storage: %w: not the header of a database", errDamaged)
	}
	return nil
}
