package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// contents is everything that a database keeps for its callers.
type contents struct {
	settings map[string]string
	intake   []Intake
	waiting  []Job
	finished []Job
	attempts []Attempt
}

func read(t *testing.T, d *DB) contents {
	t.Helper()
	return contents{
		must(d.Settings(t.Context()))(t), must(d.OpenIntake(t.Context()))(t), must(d.UnfinishedJobs(t.Context()))(t),
		must(d.FinishedJobs(t.Context(), 0, 1<<20, ""))(t), must(d.OpenAttempts(t.Context()))(t),
	}
}

// fill puts something into every table, some of it long.
func fill(t *testing.T, d *DB, n int) {
	t.Helper()
	for i := range 20 {
		if err := d.SetSetting(t.Context(), fmt.Sprint("key", i), strings.Repeat("v", i*i)); err != nil {
			t.Fatal(err)
		}
	}
	_, in, err := d.AddIntake(t.Context(), "drop", []string{"/a", "/b\xff"}, at(0))
	if err != nil {
		t.Fatal(err)
	}
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i] = fullJob()
		jobs[i].Path = fmt.Sprintf("/a/%d\xff", i)
		switch i % 50 {
		case 3:
			jobs[i].Path += strings.Repeat("long", 1000) // two pages
		case 4:
			jobs[i].FailText = strings.Repeat("longer ", 3000)
		}
		if i%3 > 0 {
			jobs[i].State, jobs[i].Finished = "uploaded", at(i)
		}
	}
	for i, j := range must(d.AddJobs(t.Context(), in[0].ID, jobs))(t) {
		if i%10 == 0 {
			must(d.StartAttempt(t.Context(), j, Attempt{Number: 1, API: "https://x/api", Started: at(i), ModTime: at(0), Detail: "d"}))(t)
		}
		if i%50 == 7 {
			if err := d.DeleteJobs(t.Context(), []int64{j.ID}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// quickDir gives a temporary folder in memory where there is one: these tests
// make hundreds of databases, and no disk has to keep them.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sluice-test-") //nolint:usetesting // not on the disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// rawCopy copies the files of a database that may be open.
func rawCopy(t *testing.T, from, to string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(filepath.Join(from, fileName+suffix))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, fileName+suffix), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSalvageOfASoundDatabaseLosesNothing(t *testing.T) {
	for _, closed := range []bool{true, false} { // false: the newest is in the log
		t.Run(fmt.Sprint("closed=", closed), func(t *testing.T) {
			dir, copied := quickDir(t), quickDir(t)
			d := open(t, dir)
			fill(t, d, 200)
			want := read(t, d)
			if closed {
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
			rawCopy(t, dir, copied)
			opening, err := salvage(t.Context(), filepath.Join(copied, fileName))
			if err != nil {
				t.Fatal(err)
			}
			if opening.Lost != 0 || opening.Salvaged < 200 {
				t.Errorf("%+v", opening)
			}
			d = open(t, copied)
			if d.Opening().MovedAside != "" || d.Opening().Fresh {
				t.Errorf("the repair is damaged itself: %+v", d.Opening())
			}
			if got := read(t, d); !reflect.DeepEqual(got, want) {
				t.Errorf("the salvaged database differs")
			}
			// A walk that starts over finds what it has added before, and ids go on.
			added := must(d.AddJobs(t.Context(), 1, []Job{{Path: "/a/0\xff"}, {Path: "/a/new"}}))(t)
			if len(added) != 1 || added[0].ID != 201 {
				t.Errorf("added %+v", added)
			}
		})
	}
}

// columnsOf gives the shapes of the tables as the salvage sees them.
func columnsOf(t *testing.T, d *DB) (all []table) {
	t.Helper()
	err := d.write(t.Context(), "read the schema", func(w *writer) (err error) {
		all, err = w.tables()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNoTwoTablesFitTheSameRow(t *testing.T) {
	all := columnsOf(t, open(t, t.TempDir()))
	if len(all) < 5 {
		t.Fatalf("tables %+v", all)
	}
	all = append(all, table{name: "sqlite_sequence", shape: "ti", least: 2}, table{name: "sqlite_schema", shape: "tttit", least: 4})
	meet := func(a, b byte) bool {
		return a == b || strings.IndexByte("kiI", a) >= 0 && strings.IndexByte("kiI", b) >= 0
	}
	for i, a := range all {
		for _, b := range all[:i] {
			for n := max(a.least, b.least); n <= min(len(a.shape), len(b.shape)); n++ {
				same := true
				for c := range n {
					same = same && meet(a.shape[c], b.shape[c])
				}
				if same {
					t.Errorf("a row of %d columns can be of %s and of %s", n, a.name, b.name)
				}
			}
		}
	}
}

// openDamagedCopy opens a damaged database, which must never fail, and checks
// that what comes out of it works.
func openDamagedCopy(t *testing.T, dir, what string) (*DB, contents) {
	t.Helper()
	d, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	added, err := d.AddJobs(t.Context(), 0, []Job{{Batch: 3, Path: "/new", Finished: at(1 << 20)}})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := d.UpdateJobs(t.Context(), added); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return d, read(t, d)
}

// kept counts the finished jobs and settings of want that got still has.
func kept(got, want contents) (jobs, settings int) {
	byID := map[int64]Job{}
	for _, j := range got.finished {
		byID[j.ID] = j
	}
	for _, j := range want.finished {
		if reflect.DeepEqual(byID[j.ID], j) {
			jobs++
		}
	}
	for k, v := range want.settings {
		if got.settings[k] == v {
			settings++
		}
	}
	return jobs, settings
}

func TestFlippedBytes(t *testing.T) { damageCampaign(t, 24) }

// damageCampaign changes bytes of a database at random and opens it.
func damageCampaign(t *testing.T, rounds int) {
	t.Helper()
	source := quickDir(t)
	d := open(t, source)
	fill(t, d, 160)
	want := read(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(filepath.Join(source, fileName))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d pages", seed, len(sound)/pageSize)
	random := rand.New(rand.NewPCG(seed, 0))
	aside, worst := 0, 1.0
	for round := range rounds {
		dir, data := quickDir(t), append([]byte{}, sound...)
		flips := 1 + random.IntN(20)
		for range flips {
			at := random.IntN(len(data))
			if random.IntN(4) == 0 {
				at = random.IntN(pageSize) // the first page holds the schema
			}
			data[at] ^= byte(1 + random.IntN(255))
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("round %d of seed %d", round, seed)
		d, got := openDamagedCopy(t, dir, what)
		if d.Opening().MovedAside != "" {
			aside++
			kept, err := os.ReadFile(d.Opening().MovedAside)
			if err != nil || len(kept) < len(data) {
				t.Errorf("%s: the damaged file was not kept: %v", what, err)
			}
		}
		// A flip can take one page with it, one that is no page of rows several.
		jobs, settings := kept(got, want)
		share := float64(jobs+settings) / float64(len(want.finished)+len(want.settings))
		worst = min(worst, share)
		if perFlip := 12.0 / float64(len(want.finished)); share < 1-float64(flips)*perFlip-0.1 {
			t.Errorf("%s: %d flips left only %d of %d links, %d of %d settings", what, flips,
				jobs, len(want.finished), settings, len(want.settings))
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		again := open(t, dir)
		if again.Opening().MovedAside != "" {
			t.Errorf("%s: damaged again: %+v", what, again.Opening())
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Attr("figures", fmt.Sprintf("%d rounds: %d times moved aside; at worst %.0f %% of links and settings kept", rounds, aside, 100*worst))
	if aside == 0 {
		t.Error("no damage was ever noticed")
	}
}

func TestDamagedWholeParts(t *testing.T) {
	source := quickDir(t)
	d := open(t, source)
	fill(t, d, 400)
	want := read(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(filepath.Join(source, fileName))
	if err != nil {
		t.Fatal(err)
	}
	all := len(want.finished)
	for _, c := range []struct {
		name  string
		spoil func([]byte) []byte
		least int
	}{
		{"first page zeroed", func(b []byte) []byte { clear(b[:pageSize]); return b }, all},
		{"header zeroed", func(b []byte) []byte { clear(b[:headerSize]); return b }, all},
		{"read-only mark", func(b []byte) []byte { b[18] = 9; return b }, all},
		{"newer by damage", func(b []byte) []byte { b[62] = 9; return b }, all},
		{"older by damage", func(b []byte) []byte { b[63] = 1; return b }, all},
		{"page size", func(b []byte) []byte { b[16] = 2; return b }, all},
		{"second half cut off", func(b []byte) []byte { return b[:len(b)/2] }, all / 4},
		{"cut inside a page", func(b []byte) []byte { return b[:len(b)-100] }, all - 10},
		{"only 50 bytes", func(b []byte) []byte { return b[:50] }, 0},
		{"a text file", func([]byte) []byte { return []byte(strings.Repeat("hello\n", 5000)) }, 0},
		{"zeros", func(b []byte) []byte { clear(b); return b }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := quickDir(t)
			data := c.spoil(append([]byte{}, sound...))
			if err := os.WriteFile(filepath.Join(dir, fileName), data, 0o600); err != nil {
				t.Fatal(err)
			}
			d, got := openDamagedCopy(t, dir, c.name)
			defer closeAll(t, d)
			jobs, settings := kept(got, want)
			if jobs < c.least || c.least == all && settings != len(want.settings) {
				t.Errorf("%d of %d links, %d settings kept; %+v", jobs, all, settings, d.Opening())
			}
			aside, err := os.ReadFile(d.Opening().MovedAside)
			if err != nil || !reflect.DeepEqual(aside, data) {
				t.Errorf("the damaged file was not kept as it was: %v", err)
			}
		})
	}
}

func TestSalvageThatWasKilledIsFinished(t *testing.T) {
	source := quickDir(t)
	d := open(t, source)
	fill(t, d, 30)
	want := read(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	damage := func(t *testing.T) (dir, path string) {
		t.Helper()
		dir = quickDir(t)
		rawCopy(t, source, dir)
		path = filepath.Join(dir, fileName)
		if err := os.WriteFile(path+"-wal", []byte("old log"), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteAt(make([]byte, headerSize), 0)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return dir, path
	}
	for name, kill := range map[string]func(t *testing.T, path string){
		"while filling": func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path+repairSuffix, []byte("half of it"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"after filling": func(t *testing.T, path string) {
			t.Helper()
			if _, err := fillRepair(t.Context(), path, path+repairSuffix); err != nil {
				t.Fatal(err)
			}
		},
		"after moving the database": func(t *testing.T, path string) {
			t.Helper()
			_, err := fillRepair(t.Context(), path, path+repairSuffix)
			if err = errors.Join(err, os.Rename(path, path+asideMark+"20260102-030405")); err != nil {
				t.Fatal(err)
			}
		},
		"after moving the log": func(t *testing.T, path string) {
			t.Helper()
			_, err := fillRepair(t.Context(), path, path+repairSuffix)
			aside := path + asideMark + "20260102-030405"
			if err = errors.Join(err, os.Rename(path, aside), os.Rename(path+"-wal", aside+"-wal")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := damage(t)
			kill(t, path)
			d := open(t, dir)
			if got := read(t, d); !reflect.DeepEqual(got, want) {
				t.Error("rows are missing")
			}
			aside := d.Opening().MovedAside
			if !strings.Contains(aside, asideMark) {
				t.Errorf("%+v does not tell of the damage", d.Opening())
			}
			for _, name := range []string{aside, aside + "-wal"} {
				if _, err := os.Stat(name); err != nil {
					t.Error(err)
				}
			}
			if _, err := os.Stat(path + repairSuffix); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the repair is still there: %v", err)
			}
		})
	}
}

func TestSalvageEndsWithItsContext(t *testing.T) {
	dir := quickDir(t)
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("x", 9999)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := Open(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", d, err)
	}
	d := open(t, dir)
	if d.Opening().MovedAside == "" {
		t.Error("the file that was no database is gone")
	}
}

func closeAll(t *testing.T, all ...io.Closer) {
	t.Helper()
	for _, c := range all {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzDecode: no row, however damaged, may stop a salvage.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x03\x00\x0dab"))
	f.Add([]byte{4, 0, 8, 9, 1, 2, 3})
	f.Add([]byte{9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		values, ok := decode(data)
		if ok && len(values) > len(data) {
			t.Errorf("%d values out of %d bytes", len(values), len(data))
		}
		file := &damagedFile{pages: 1}
		page := make([]byte, pageSize)
		copy(page, data)
		n := 0
		for range file.pageCells(page, 0) {
			n++
		}
		if n > pageSize/2 {
			t.Errorf("%d cells in a page", n)
		}
	})
}

// TestDecodeAgreesWithSQLite reads rows of every kind of value both ways.
func TestDecodeAgreesWithSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, pool)
	if _, err := pool.ExecContext(t.Context(), "CREATE TABLE t (a, b, c)"); err != nil {
		t.Fatal(err)
	}
	want := map[int64][]any{}
	for i, v := range []any{
		nil, int64(0), int64(1), int64(-1), int64(127), int64(-128), int64(128), int64(-32769), int64(1 << 23), int64(-1 << 31), int64(1<<31 - 1),
		int64(1 << 31), int64(1<<47 - 1), int64(-1 << 47), int64(1 << 47), int64(1<<63 - 1), int64(-1 << 63),
		"", "x", "ö\x00\xff", strings.Repeat("a", 4061), strings.Repeat("b", 4062), strings.Repeat("c", 50_000),
		[]byte{},
		[]byte{0},
		[]byte(strings.Repeat("d", 100_000)),
	} {
		id := int64(1) << i
		want[id] = []any{v, id, "end"}
		if _, err := pool.ExecContext(t.Context(), "INSERT INTO t (rowid, a, b, c) VALUES (?, ?, ?, 'end')", id, v, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := openDamaged(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, file.db)
	for c := range file.cells() {
		values, ok := decode(c.payload)
		if isSchema(values) {
			continue
		}
		if !ok || !reflect.DeepEqual(values, want[c.rowid]) {
			t.Errorf("row %d: got %.100v", c.rowid, values)
		}
		delete(want, c.rowid)
	}
	if len(want) > 0 {
		t.Errorf("%d rows not found", len(want))
	}
}
