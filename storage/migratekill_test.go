package storage

import (
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// older makes a database of an older version with n jobs in its queue, from the
// version on that has one, and gives its bytes; none for version 0.
func older(t *testing.T, version, n int) []byte {
	t.Helper()
	if version == 0 {
		return nil // not there yet
	}
	dir := t.TempDir()
	pool := must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
	conn := must(pool.Conn(t.Context()))(t)
	if err := migrate(t.Context(), conn, 0, version); err != nil {
		t.Fatal(err)
	}
	rows := []string{"INSERT INTO setting VALUES ('old', 'yes')"}
	if version >= 2 {
		rows = append(rows, "INSERT INTO batch (origin, added) VALUES ('drop', 5)",
			fmt.Sprintf(`WITH RECURSIVE many (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < %d)
			INSERT INTO job (batch, path, name, folder, origin, size, state, tries, file_id, sha256, link_api, fail_kind, fail_value,
				fail_text, verified, duplicate, position, search)
			SELECT 1, CAST('/old/' || i AS BLOB), x'61', x'', 'drop', 9, 'waiting', 0, '', '', '', '', '', '', 0, 0, i, 'a' FROM many`, n))
	}
	for _, s := range rows {
		if _, err := conn.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	closeAll(t, conn, pool)
	return must(os.ReadFile(filepath.Join(dir, fileName)))(t)
}

// migrationCampaign kills programs while they bring older databases up to date,
// and new ones into being: nothing is lost by that, and no database passes for
// damaged.
func migrationCampaign(t *testing.T, rounds, inRow, jobs int) (kills, early int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for from := range latestVersion() {
		old := older(t, from, jobs)
		for round := range rounds {
			dir := quickDir(t)
			if old != nil {
				if err := os.WriteFile(filepath.Join(dir, fileName), old, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for i := range inRow {
				most := []time.Duration{60, 30, 150}[i%3] * time.Millisecond
				if !openUntilKilled(t, dir, time.Duration(random.Int64N(int64(most)))) {
					early++ // it had not come to its work
				}
				kills++
			}
			d := open(t, dir)
			if moved := d.Opening().MovedAside; moved != "" {
				t.Errorf("version %d, round %d: taken for damaged: %s", from, round, moved)
			}
			got, there := read(t, d), 0
			for _, j := range got.waiting {
				if filepath.Dir(j.Path) == "/old" {
					there++
				}
			}
			if from >= 1 && got.settings["old"] != "yes" || from >= 2 && there != jobs {
				t.Errorf("version %d, round %d: %d jobs of %d, settings %v", from, round, there, jobs, got.settings)
			}
			closeAll(t, d)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Attr("figures", fmt.Sprintf("%d versions, %d kills, %d of them before the database was open", latestVersion(), kills, early))
	return kills, early
}

// openUntilKilled lets a program open a database, and kills it after a time. It
// reports whether that had opened it.
func openUntilKilled(t *testing.T, dir string, after time.Duration) (opened bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s", killedDir, dir))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	n, err := io.Copy(io.Discard, out)
	if err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Errorf("the program ended by itself: %v", err)
	}
	return n > 0
}

func TestKilledWhileItIsBroughtUpToDate(t *testing.T) { migrationCampaign(t, 1, 1, 100) }
