package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// migrations holds one file for each step of the schema; its number is the
// version that it leads to.
//
//go:embed migration/*.sql
var migrations embed.FS

// appMark stands in the upper half of PRAGMA application_id, the version in
// the lower: together with user_version it tells a newer database from one
// whose header is damaged.
const appMark = 0x536C0000

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
	case user < 1 || app != appMark|user:
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
		fmt.Sprintf("PRAGMA user_version=%d;\nPRAGMA application_id=%d;\nCOMMIT;", to, appMark|to)
	if _, err := conn.ExecContext(ctx, script); err != nil {
		// The connection may be in the middle of the transaction: it is of no
		// further use, and closing it rolls back.
		return describe(fmt.Sprintf("bring it from version %d to %d", from, to), err)
	}
	return nil
}
