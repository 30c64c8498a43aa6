package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What calls of this package fail with, next to the ends of contexts; test
// with errors.Is.
var (
	ErrNewer    = errors.New("the database was written by a newer Sluice")
	ErrNotFound = errors.New("no such row")
	ErrClosed   = errors.New("the database is closed")
	ErrFull     = errors.New("the disk is full")
	ErrReadOnly = errors.New("the folder can't be written")
)

// errDamaged marks a database that can't be trusted; Open salvages it.
var errDamaged = errors.New("the database is damaged")

// code gives SQLite's primary result code in err's chain, 0 when there is none.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// describe adds what was tried and, where one fits, the error to test for.
func describe(what string, err error) error {
	switch code(err) {
	case sqlite3.SQLITE_IOERR:
		// Too little room for the memory that connections share.
		if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
			return fmt.Errorf("storage: %s: %w: %w", what, ErrFull, err)
		}
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("storage: %s: %w: %w", what, ErrFull, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("storage: %s: %w: %w", what, ErrReadOnly, err)
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("storage: %s: %w", what, err)
}

// isDamage tells whether err, met while opening a database whose folder and
// file can be written, is the fault of what the file holds.
func isDamage(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch code(err) {
	case 0, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return false
	}
	return true
}

// fileError adds what was tried to an error of the file system and, where one
// fits, the error to test for.
func fileError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("storage: %s: %w: %w", what, ErrFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("storage: %s: %w: %w", what, ErrReadOnly, err)
	}
	return fmt.Errorf("storage: %s: %w", what, err)
}
