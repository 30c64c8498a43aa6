package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestOpenMakesAPrivateDatabase(t *testing.T) {
	for _, name := range []string{"plain", "a b?c#d%20e&f", "Füße \xff", "new\nline", "deep/er/still"} {
		if runtime.GOOS != "linux" && name != "plain" {
			continue // other systems refuse such names
		}
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			d := open(t, dir)
			if got := d.Opening(); got != (Opening{Fresh: true, Journal: "wal"}) {
				t.Errorf("%+v", got)
			}
			if err := d.SetSetting(t.Context(), "k", "v"); err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" {
				for path, want := range map[string]os.FileMode{"": 0o700, fileName: 0o600, fileName + "-wal": 0o600} {
					info, err := os.Stat(filepath.Join(dir, path))
					if err != nil || info.Mode().Perm() != want {
						t.Errorf("%s: %v, %v", path, info, err)
					}
				}
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if files := list(t, dir); !reflect.DeepEqual(files, []string{fileName}) {
				t.Errorf("left after closing: %q", files)
			}
			d = open(t, dir)
			if got := d.Opening(); got != (Opening{Journal: "wal"}) {
				t.Errorf("%+v", got)
			}
			if got := must(d.Settings(t.Context()))(t); got["k"] != "v" {
				t.Errorf("%v", got)
			}
		})
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != fileName+reserveSuffix {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestOpenTakesASharedFileBack(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fileName)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestOpenWhereNoDatabaseCanBe(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "x", fileName), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below"), filepath.Join(dir, "x")} {
		if d, err := Open(t.Context(), bad); err == nil {
			t.Errorf("%s: opened", bad)
			closeAll(t, d)
		}
	}
}

// inside runs statements on the file behind the package's back.
func inside(t *testing.T, dir string, statements ...string) {
	t.Helper()
	pool, err := openPool(filepath.Join(dir, fileName), "", 1, "_query_only=0")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := pool.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseOfANewerSluiceIsLeftAlone(t *testing.T) {
	for _, version := range []int{latestVersion() + 1, latestVersion() + 7, 4000} {
		dir := t.TempDir()
		d := open(t, dir)
		if err := errors.Join(d.SetSetting(t.Context(), "k", "v"), d.Close()); err != nil {
			t.Fatal(err)
		}
		inside(t, dir, fmt.Sprintf("PRAGMA user_version=%d", version), fmt.Sprintf("PRAGMA application_id=%d", mark(version)),
			"CREATE TABLE future (x)")
		before, err := os.ReadFile(filepath.Join(dir, fileName))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNewer) {
			t.Errorf("version %d: %v", version, err)
		}
		after, err := os.ReadFile(filepath.Join(dir, fileName))
		if err != nil || !bytes.Equal(before, after) || len(list(t, dir)) != 1 {
			t.Errorf("version %d: changed, %q, %v", version, list(t, dir), err)
		}
	}
}

// TestMigrationFromEveryVersion brings databases of all older versions up to
// date, with rows in them, and compares them with a new one.
func TestMigrationFromEveryVersion(t *testing.T) {
	rows := map[int][]string{ // what a version can hold that the one before could not
		1: {"INSERT INTO setting VALUES ('k', 'v')"},
		2: {
			"INSERT INTO batch (origin, added) VALUES ('drop', 5)",
			"INSERT INTO intake (batch, path, origin, added) VALUES (1, x'2F61', 'drop', 5)",
			`INSERT INTO job (batch, path, name, folder, origin, size, state, tries, file_id, sha256, link_api, fail_kind, fail_value,
				fail_text, verified, duplicate, position, search) VALUES (1, x'2F61', x'61', x'', 'drop', 9, 'waiting', 0, '', '', '', '', '', '', 0, 0, 1, 'a')`,
			"INSERT INTO attempt (job, number, api, size, sent, sha256, file_id, outcome, detail) VALUES (1, 1, 'x', 9, 0, '', '', '', '')",
			`INSERT INTO job (batch, path, name, folder, origin, size, state, tries, file_id, sha256, link_api, fail_kind, fail_value,
				fail_text, verified, duplicate, position, finished, ended, search) VALUES (1, x'2F62', x'62', x'', 'drop', 9, 'uploaded', 0, 'f', '', '', '', '', '', 1, 0, 2, 7, 7, 'b')`,
		},
		3: {"UPDATE job SET cleared = 1, wish = 'w'"},
		4: {`INSERT INTO download (batch, api, file_id, album_id, name, folder, part, path, size, sha256, etag, state, tries,
			fail_kind, fail_value, fail_text, verified, position) VALUES (1, 'x', 'f', '', '', x'2F', x'', x'', -1, '', '', 'waiting', 0, '', '', '', 0, 1)`},
		5: {
			"INSERT INTO watch_folder (path, options, enabled, uploaded) VALUES (x'2F', '', 1, 0)",
			"INSERT INTO watch_file (folder, path, device, inode, size, changed, sha256, state, batch, link) VALUES (1, x'61', 1, 2, 3, 4, '', 's', 0, '')",
			"INSERT INTO watch_activity (folder, path, what, reason, link, size) VALUES (1, x'61', 'w', '', '', 3)",
		},
		6: {"UPDATE download SET path = x'2F67', sha256 = 's'"},
		7: {`INSERT INTO download (batch, api, file_id, album_id, name, folder, part, path, size, sha256, etag, state, tries,
			fail_kind, fail_value, fail_text, verified, position, finished) VALUES (2, 'x', 'f', '', '', x'2F', x'', x'', -1, '', '', 'failed', 0, '', '', '', 0, 2, 5)`},
	}
	fresh := open(t, t.TempDir())
	want := schemaOf(t, fresh)
	for from := range latestVersion() + 1 {
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			dir := t.TempDir()
			pool := must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
			conn := must(pool.Conn(t.Context()))(t)
			if err := migrate(t.Context(), conn, 0, from); err != nil {
				t.Fatal(err)
			}
			for version := range from + 1 {
				if version > 0 && rows[version] == nil {
					t.Fatalf("version %d has no rows here to be tested with", version)
				}
				for _, s := range rows[version] {
					if _, err := conn.ExecContext(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				}
			}
			closeAll(t, conn, pool)
			d := open(t, dir)
			if got := d.Opening(); got.MovedAside != "" || got.Fresh != (from == 0) {
				t.Errorf("%+v", got)
			}
			if got := schemaOf(t, d); got != want {
				t.Errorf("schema\n%s\nwant\n%s", got, want)
			}
			got := read(t, d)
			if from >= 1 && got.settings["k"] != "v" {
				t.Errorf("settings %v", got.settings)
			}
			if from >= 2 && (len(got.waiting) != 1 || got.waiting[0].Path != "/a" || len(got.intake) != 1 || len(got.attempts) != 1) {
				t.Errorf("queue %+v", got)
			}
			if downloads := must(d.UnfinishedDownloads(t.Context()))(t); from >= 4 && (len(downloads) != 1 || downloads[0].Folder != "/") {
				t.Errorf("downloads %+v", downloads)
			}
			if files := must(d.WatchFiles(t.Context(), 1))(t); from >= 5 && (len(files) != 1 || files[0].Path != "a") {
				t.Errorf("watched files %+v", files)
			}
			if sums := must(d.DownloadedTo(t.Context(), "/g"))(t); from >= 6 && !slices.Equal(sums, []string{"s"}) {
				t.Errorf("downloaded %q", sums)
			}
			if failed := must(d.FailedDownloads(t.Context(), 9))(t); from >= 7 && (len(failed) != 1 || failed[0].State != "failed") {
				t.Errorf("failed %+v", failed)
			}
			if from >= 2 {
				listed := must(d.ListedJobs(t.Context(), 9))(t)
				cleared, wished := from >= 3, got.waiting[0].Wish == "w"
				if (len(listed) == 0) != cleared || wished != cleared || len(got.finished) != 1 || got.finished[0].FileID != "f" {
					t.Errorf("listed %+v, wish %q, finished %+v", listed, got.waiting[0].Wish, got.finished)
				}
			}
		})
	}
}

func schemaOf(t *testing.T, d *DB) (text string) {
	t.Helper()
	err := d.write(t.Context(), "read the schema", func(w *writer) (err error) {
		text, err = schema(w.ctx, w.conn)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMigrationThatFailsChangesNothing(t *testing.T) {
	dir := t.TempDir()
	pool := must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
	conn := must(pool.Conn(t.Context()))(t)
	if err := migrate(t.Context(), conn, 0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "CREATE TABLE job (in_the_way)"); err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), conn, 1, latestVersion()); err == nil {
		t.Error("no error")
	}
	closeAll(t, conn, pool)
	pool = must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
	conn = must(pool.Conn(t.Context()))(t)
	if got := must(version(t.Context(), conn))(t); got != 1 {
		t.Errorf("version %d", got)
	}
	if text := must(schema(t.Context(), conn))(t); strings.Contains(text, "intake") {
		t.Errorf("half migrated: %s", text)
	}
	closeAll(t, conn, pool)
}

// TestWhereWALIsRefused opens databases through a file layer of SQLite that
// can't share memory, as network folders can't.
func TestWhereWALIsRefused(t *testing.T) {
	const vfs = "unix-dotfile"
	if runtime.GOOS == "windows" {
		return // that layer is for Unix only
	}
	for name, walBefore := range map[string]bool{"new": false, "was in WAL mode": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			if walBefore {
				d := open(t, dir)
				if err := errors.Join(d.SetSetting(t.Context(), "old", "x"), d.Close()); err != nil {
					t.Fatal(err)
				}
			} else if _, err := prepareFile(path); err != nil {
				t.Fatal(err)
			}
			d := must(openSound(t.Context(), path, vfs))(t)
			if got := d.Opening().Journal; got != "delete" {
				t.Errorf("journal %s", got)
			}
			fill(t, d, 50)
			want := read(t, d)
			closeAll(t, d)
			d = open(t, dir) // back on a usual disk
			if got := read(t, d); !reflect.DeepEqual(got, want) || d.Opening().Journal != "wal" || walBefore != (got.settings["old"] == "x") {
				t.Errorf("differs; %+v", d.Opening())
			}
		})
	}
}

func TestDiskThatIsFull(t *testing.T) {
	d := open(t, t.TempDir())
	fill(t, d, 20)
	want := read(t, d)
	limit := func(pages int) {
		err := d.write(t.Context(), "limit", func(w *writer) error {
			var got int
			return w.conn.QueryRowContext(w.ctx, fmt.Sprintf("PRAGMA max_page_count=%d", pages)).Scan(&got)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes the present size
	big := make([]Job, 200)
	for i := range big {
		big[i].FailText = strings.Repeat("x", 4000)
	}
	if _, err := d.AddJobs(t.Context(), 0, big); !errors.Is(err, ErrFull) {
		t.Errorf("error %v", err)
	}
	// Of writes that come together only those that need room fail.
	outcomes := make(chan error, 20)
	for i := range cap(outcomes) {
		go func() {
			if i%2 == 0 {
				_, err := d.AddJobs(t.Context(), 0, big)
				outcomes <- err
				return
			}
			outcomes <- d.SetSetting(t.Context(), "key1", "v")
		}()
	}
	full := 0
	for range cap(outcomes) {
		if err := <-outcomes; errors.Is(err, ErrFull) {
			full++
		} else if err != nil {
			t.Error(err)
		}
	}
	if full != cap(outcomes)/2 {
		t.Errorf("%d said that the disk is full", full)
	}
	if got := read(t, d); !reflect.DeepEqual(got, want) {
		t.Error("something changed although it failed")
	}
	limit(1 << 30)
	if added := must(d.AddJobs(t.Context(), 0, big))(t); len(added) != len(big) {
		t.Errorf("%d added once there is room", len(added))
	}
}

func TestCallsAfterClose(t *testing.T) {
	d := open(t, t.TempDir())
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Settings":   func() error { _, err := d.Settings(t.Context()); return err },
		"SetSetting": func() error { return d.SetSetting(t.Context(), "a", "b") },
		"Unfinished": func() error { _, err := d.UnfinishedJobs(t.Context()); return err },
		"AddIntake":  func() error { _, _, err := d.AddIntake(t.Context(), "x", []string{"/a"}, at(0)); return err },
	} {
		if err := call(); !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestContextThatEnds(t *testing.T) {
	d := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.SetSetting(ctx, "k", "v"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := d.Settings(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := must(d.Settings(t.Context()))(t); len(got) != 0 {
		t.Errorf("kept all the same: %v", got)
	}
}

// TestWritesThatMeet: writes of many goroutines share transactions; each has
// its own outcome.
func TestWritesThatMeet(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	jobs := must(d.AddJobs(t.Context(), 0, make([]Job, 16)))(t)
	var all sync.WaitGroup
	for _, j := range jobs {
		all.Go(func() {
			for n := range 20 {
				j.Tries = n
				a, err := d.StartAttempt(t.Context(), j, Attempt{Number: n, Started: at(n)})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := d.StartAttempt(t.Context(), Job{ID: 1 << 40}, Attempt{}); !errors.Is(err, ErrNotFound) {
					t.Errorf("an attempt for nothing: %v", err)
				}
				a.Ended, a.Outcome = at(n+1), fmt.Sprint(j.ID)
				if err := d.EndAttempt(t.Context(), j, a); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	closeAll(t, d)
	d = open(t, dir)
	for _, j := range jobs {
		attempts := must(d.Attempts(t.Context(), j.ID))(t)
		if len(attempts) != 20 {
			t.Errorf("job %d has %d attempts", j.ID, len(attempts))
		}
		for n, a := range attempts {
			if a.Number != n || a.Outcome != fmt.Sprint(j.ID) {
				t.Errorf("job %d: attempt %+v", j.ID, a)
			}
		}
	}
	for _, j := range must(d.UnfinishedJobs(t.Context()))(t) {
		if j.Tries != 19 {
			t.Errorf("job %d: %d tries", j.ID, j.Tries)
		}
	}
}

// TestTogetherKeepsOutcomesApart runs writes in one transaction for certain.
func TestTogetherKeepsOutcomesApart(t *testing.T) {
	d := open(t, t.TempDir())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	odd := errors.New("odd")
	set := func(key string, after error) func(*writer) error {
		return func(w *writer) error {
			_, err := w.exec("INSERT INTO setting (key, value) VALUES (?, ?)", key, "x")
			return errors.Join(err, after)
		}
	}
	parts := []*write{
		{ctx: t.Context(), do: set("a", nil)},
		{ctx: t.Context(), do: set("b", odd)},
		{ctx: ended, do: set("c", nil)},
		{ctx: t.Context(), do: set("a", nil)}, // is there already
		{ctx: t.Context(), do: set("d", nil)},
	}
	for _, p := range parts {
		p.done = make(chan error, 1)
	}
	err := d.write(t.Context(), "leave the outer transaction", func(w *writer) error {
		if _, err := w.exec("COMMIT"); err != nil {
			return err
		}
		w.run(parts)
		return w.begin()
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []func(error) bool{
		func(err error) bool { return err == nil },
		func(err error) bool { return errors.Is(err, odd) },
		func(err error) bool { return errors.Is(err, context.Canceled) },
		func(err error) bool { return code(err) != 0 },
		func(err error) bool { return err == nil },
	} {
		if err := <-parts[i].done; !want(err) {
			t.Errorf("part %d: %v", i, err)
		}
	}
	if got := must(d.Settings(t.Context()))(t); !reflect.DeepEqual(got, map[string]string{"a": "x", "d": "x"}) {
		t.Errorf("kept %v", got)
	}
}
