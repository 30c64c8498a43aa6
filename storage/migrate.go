package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// migrations holds one file for each step of the schema; its number is the
// version that it leads to.
//
//go:embed migration/*.sql
var migrations embed.FS

// mark is the PRAGMA application_id of a version. Next to user_version it tells
// a newer database from one whose header is damaged: the same few bits flipped
// in both do not make another pair.
func mark(version int) int {
	const sluice, spread = 0x536C0000, 40503
	return sluice | version*spread&0xffff
}

// latestVersion is the schema version of this program.
func latestVersion() int { return len(steps()) }

// steps gives the migrations in order: the step at index i leads to version i+1.
func steps() []string {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	texts := make([]string, len(names))
	for i, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			panic(err) // embedded
		}
		texts[i] = string(text)
	}
	return texts
}

// version reads the schema version of an open database: 0 for an empty one,
// errDamaged when its two records differ, ErrNewer when this program is too old.
func version(ctx context.Context, conn *sql.Conn) (int, error) {
	var user, app int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&user); err != nil {
		return 0, describe("read its version", err)
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return 0, describe("read its version", err)
	}
	return user, checkVersion(user, app)
}

func checkVersion(user, app int) error {
	switch {
	case user == 0 && app == 0:
		return nil
	case user < 1 || user > 0xffff || app != mark(user):
		return fmt.Errorf("storage: %w: version %d, mark %#x", errDamaged, user, app)
	case user > latestVersion():
		return fmt.Errorf("storage: %w: version %d, this one knows %d", ErrNewer, user, latestVersion())
	}
	return nil
}

// migrate brings the schema from version `from` to version `to`, all in one
// transaction.
func migrate(ctx context.Context, conn *sql.Conn, from, to int) error {
	if from == to {
		return nil
	}
	script := "BEGIN IMMEDIATE;\n" + strings.Join(steps()[from:to], "") +
		fmt.Sprintf("PRAGMA user_version=%d;\nPRAGMA application_id=%d;\nCOMMIT;", to, mark(to))
	if _, err := conn.ExecContext(ctx, script); err != nil {
		// The connection may be in the middle of the transaction: it is of no
		// further use, and closing it rolls back.
		return describe(fmt.Sprintf("bring it from version %d to %d", from, to), err)
	}
	return nil
}

// checkSchema compares the schema with the one that the migrations up to the
// version make; a difference is damage, which integrity checks do not see.
func checkSchema(ctx context.Context, conn *sql.Conn, version int) (err error) {
	pool, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return describe("compare the schema", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	model, err := pool.Conn(ctx)
	if err != nil {
		return describe("compare the schema", err)
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	if err := migrate(ctx, model, 0, version); err != nil {
		return err
	}
	want, err := schema(ctx, model)
	if err != nil {
		return err
	}
	got, err := schema(ctx, conn)
	if err == nil && got != want {
		err = fmt.Errorf("storage: %w: its schema is not that of version %d", errDamaged, version)
	}
	return err
}

func schema(ctx context.Context, conn *sql.Conn) (string, error) {
	var all sql.NullString
	err := conn.QueryRowContext(ctx, `SELECT group_concat(quote(type) || quote(name) || quote(tbl_name) || quote(sql))
		FROM (SELECT * FROM sqlite_schema ORDER BY name)`).Scan(&all)
	return all.String, describe("compare the schema", err)
}
