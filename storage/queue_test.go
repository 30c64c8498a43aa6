package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

func open(tb testing.TB, dir string) *DB {
	tb.Helper()
	d, err := Open(tb.Context(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

func at(seconds int) time.Time { return time.Unix(1_700_000_000+int64(seconds), 123456789) }

func must[T any](v T, err error) func(tb testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

func fullJob() Job {
	return Job{
		Batch: 7, Path: "/tmp/a\xffb\n'\"%/Füße.png", Name: "Füße \xff.png", Folder: "/tmp/\xfe", Origin: "drop",
		Size: 1 << 40, ModTime: time.Unix(0, 0), State: "waiting", Tries: 3, NextTry: at(5), FileID: "abc",
		SHA256: "00ff", LinkAPI: "https://x/api", FailKind: "server", FailValue: "writing", FailText: "ö\x00z",
		Added: at(1), Verified: true, Duplicate: true,
	}
}

func ids(jobs []Job) (all []int64) {
	for _, j := range jobs {
		all = append(all, j.ID)
	}
	return all
}

func TestJobComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	want := must(d.AddJobs(t.Context(), 0, []Job{fullJob(), {Batch: 7}}))(t)
	if want[0].ID != 1 || want[0].Position != 1 || want[1].ID != 2 {
		t.Fatalf("ids %+v", want)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	if got := must(d.UnfinishedJobs(t.Context()))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	changed := want[0]
	changed.Size, changed.ModTime, changed.State, changed.Tries, changed.NextTry = 1, time.Time{}, "failed", 4, at(9)
	changed.FileID, changed.SHA256, changed.LinkAPI, changed.FailKind, changed.FailValue = "1", "2", "3", "4", "5"
	changed.FailText, changed.Finished, changed.Verified, changed.Duplicate, changed.Position = "6", at(20), false, false, -5
	if err := d.UpdateJob(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	changed.Cursor = at(20).UnixNano()
	if got := must(d.BatchJobs(t.Context(), 7))(t); !reflect.DeepEqual(got, []Job{changed, want[1]}) {
		t.Errorf("got  %+v\nwant %+v", got, changed)
	}
}

func TestIdsAreNeverUsedAgain(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	for round := range 3 {
		jobs := must(d.AddJobs(t.Context(), 0, make([]Job, 2)))(t)
		if want := int64(2*round + 1); jobs[0].ID != want {
			t.Fatalf("round %d: id %d, want %d", round, jobs[0].ID, want)
		}
		batch, intake, err := d.AddIntake(t.Context(), "drop", []string{"x"}, at(0))
		if err != nil || batch != int64(round+1) || intake[0].ID != int64(round+1) {
			t.Fatalf("round %d: batch %d, %+v, %v", round, batch, intake, err)
		}
		if err := errors.Join(d.DeleteJobs(t.Context(), ids(jobs)), d.EndIntake(t.Context(), intake[0].ID), d.Close()); err != nil {
			t.Fatal(err)
		}
		d = open(t, dir)
	}
}

func TestWalkThatStartsOverAddsNothingTwice(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	batch, in, err := d.AddIntake(t.Context(), "drop", []string{"/a\xff", "/b"}, at(3))
	if err != nil {
		t.Fatal(err)
	}
	first := must(d.AddJobs(t.Context(), in[0].ID, []Job{{Path: "/a\xff/1"}, {Path: "/a\xff/2"}}))(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	if got := must(d.OpenIntake(t.Context()))(t); !reflect.DeepEqual(got, in) {
		t.Fatalf("got %+v, want %+v", got, in)
	}
	// Also not when the job was deleted in between.
	if err := d.DeleteJobs(t.Context(), ids(first[:1])); err != nil {
		t.Fatal(err)
	}
	again := must(d.AddWalked(t.Context(), []Walked{
		{Intake: in[0].ID, Jobs: []Job{{Path: "/a\xff/1"}, {Path: "/a\xff/2"}, {Path: "/a\xff/3"}}, End: true},
		{Intake: in[1].ID, Jobs: []Job{{Path: "/a\xff/1"}}, End: true},
	}))(t)
	if len(again[0]) != 1 || again[0][0].Path != "/a\xff/3" || len(again[1]) != 1 || again[0][0].Batch != batch {
		t.Errorf("added %+v", again)
	}
	if got := must(d.OpenIntake(t.Context()))(t); len(got) != 0 {
		t.Errorf("open: %+v", got)
	}
	if _, err := d.AddJobs(t.Context(), in[0].ID, []Job{{Path: "/late"}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a job for an intake that is done: %v", err)
	}
	if err := d.EndIntake(t.Context(), in[0].ID); err != nil {
		t.Error(err)
	}
	if got := must(d.BatchJobs(t.Context(), batch))(t); !slices.Equal(ids(got), []int64{2, 3, 4}) {
		t.Errorf("jobs %v", ids(got))
	}
}

func TestAddJobsIsAllOrNone(t *testing.T) {
	d := open(t, t.TempDir())
	_, in, err := d.AddIntake(t.Context(), "drop", []string{"/a"}, at(3))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.AddWalked(t.Context(), []Walked{{Intake: in[0].ID, Jobs: []Job{{Path: "/a"}}}, {Intake: 99}})
	if !errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	if got := must(d.UnfinishedJobs(t.Context()))(t); len(got) != 0 {
		t.Errorf("left behind: %+v", got)
	}
	if got := must(d.AddJobs(t.Context(), in[0].ID, []Job{{Path: "/a"}}))(t); len(got) != 1 {
		t.Errorf("the path counts as taken although nothing was added")
	}
}

func TestQueueOrder(t *testing.T) {
	d := open(t, t.TempDir())
	jobs := must(d.AddJobs(t.Context(), 0, make([]Job, 4)))(t)
	jobs[2].Position = jobs[0].Position - 1
	jobs[1].Finished = at(1)
	if err := d.UpdateJobs(t.Context(), append(jobs, Job{ID: 99})); err != nil {
		t.Fatal(err)
	}
	if got := ids(must(d.UnfinishedJobs(t.Context()))(t)); !slices.Equal(got, []int64{3, 1, 4}) {
		t.Errorf("order %v", got)
	}
	if err := d.UpdateJob(t.Context(), Job{ID: 99}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a job that is not there: %v", err)
	}
}

func TestAttempts(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	jobs := must(d.AddJobs(t.Context(), 0, make([]Job, 2)))(t)
	j := jobs[0]
	j.State, j.Tries = "uploading", 1
	a := must(d.StartAttempt(t.Context(), j, Attempt{Number: 1, API: "https://x/api", Started: at(1), Size: 5, ModTime: at(0)}))(t)
	b := must(d.StartAttempt(t.Context(), jobs[1], Attempt{Number: 1, Started: at(2)}))(t)
	if a.ID != 1 || b.ID != 2 || a.Job != 1 || b.Job != 2 {
		t.Fatalf("%+v %+v", a, b)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	if got := must(d.OpenAttempts(t.Context()))(t); !reflect.DeepEqual(got, []Attempt{a, b}) {
		t.Errorf("got %+v", got)
	}
	if got := must(d.UnfinishedJobs(t.Context()))(t); got[0].State != "uploading" || got[0].Tries != 1 {
		t.Errorf("the job's state was not kept with the attempt: %+v", got[0])
	}
	j.State, j.Finished, j.FileID = "uploaded", at(4), "f1"
	a.Ended, a.Sent, a.SHA256, a.FileID, a.Outcome, a.Detail = at(4), 5, "aa", "f1", "stored", "d"
	if err := d.EndAttempt(t.Context(), j, a); err != nil {
		t.Fatal(err)
	}
	if got := must(d.OpenAttempts(t.Context()))(t); !reflect.DeepEqual(got, []Attempt{b}) {
		t.Errorf("got %+v", got)
	}
	if got := must(d.FinishedJobs(t.Context(), 0, 9, ""))(t); len(got) != 1 || got[0].FileID != "f1" {
		t.Errorf("got %+v", got)
	}
	if got := must(d.Attempts(t.Context(), 1))(t); !reflect.DeepEqual(got, []Attempt{a}) {
		t.Errorf("got %+v, want %+v", got, a)
	}
	if err := d.DeleteJobs(t.Context(), []int64{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if got := must(d.OpenAttempts(t.Context()))(t); len(got) != 0 {
		t.Errorf("attempts of deleted jobs: %+v", got)
	}
	_, err := d.StartAttempt(t.Context(), j, Attempt{})
	if !errors.Is(err, ErrNotFound) || !errors.Is(d.EndAttempt(t.Context(), j, a), ErrNotFound) {
		t.Errorf("an attempt for a deleted job: %v", err)
	}
	if got, err := d.AddAttempt(t.Context(), Attempt{Job: j.ID}); !errors.Is(err, ErrNotFound) || got != (Attempt{}) {
		t.Errorf("an attempt alone for a deleted job: %+v, %v", got, err)
	}
}

// TestAddAttemptLeavesTheJob adds an attempt to a job whose row stays.
func TestAddAttemptLeavesTheJob(t *testing.T) {
	d := open(t, t.TempDir())
	j := must(d.AddJobs(t.Context(), 0, []Job{{State: "waiting"}}))(t)[0]
	a := must(d.AddAttempt(t.Context(), Attempt{Job: j.ID, Number: 1, API: "https://x/api", Started: at(1), Size: 5, ModTime: at(0), Outcome: "finishing"}))(t)
	if got := must(d.OpenAttempts(t.Context()))(t); !reflect.DeepEqual(got, []Attempt{a}) || a.ID == 0 {
		t.Errorf("got %+v, want %+v", got, a)
	}
	if got := must(d.UnfinishedJobs(t.Context()))(t); !reflect.DeepEqual(got, []Job{j}) {
		t.Errorf("the job became %+v", got)
	}
}

// TestUnhurriedWritesShareACommit makes writes that nobody waits for: each
// finds its own outcome, and one that fails takes no other with it.
func TestUnhurriedWritesShareACommit(t *testing.T) {
	d := open(t, t.TempDir())
	jobs := must(d.AddJobs(t.Context(), 0, make([]Job, 20)))(t)
	ctx := Unhurried(t.Context())
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() {
			j.State = fmt.Sprint("state ", i)
			if i%5 == 0 {
				j.ID += 1000
			}
			if err := d.UpdateJob(ctx, j); errors.Is(err, ErrNotFound) != (i%5 == 0) || i%5 != 0 && err != nil {
				t.Errorf("job %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for i, j := range must(d.UnfinishedJobs(t.Context()))(t) {
		if want := fmt.Sprint("state ", i); (j.State == want) == (i%5 == 0) {
			t.Errorf("job %d is %q", i, j.State)
		}
	}
}

func TestHistoryPagesAndSearch(t *testing.T) {
	d := open(t, t.TempDir())
	names := []string{"Füße.png", "b.txt", "FU\u0308SSE.gif", "bad\xff.bin", "50%_off.png"}
	jobs := make([]Job, 50)
	for i := range jobs {
		jobs[i] = Job{Name: names[i%len(names)], Finished: at(0), State: "uploaded", FileID: fmt.Sprint("id", i)}
	}
	jobs[49].Finished = at(-100) // the clock was set back: still the newest
	jobs = must(d.AddJobs(t.Context(), 0, jobs))(t)
	var seen []int64
	for before, pages := int64(0), 0; ; pages++ {
		page := must(d.FinishedJobs(t.Context(), before, 7, ""))(t)
		if len(page) == 0 {
			break
		}
		seen = append(seen, ids(page)...)
		before = page[len(page)-1].Cursor
		if err := d.DeleteJobs(t.Context(), seen[len(seen)-1:]); err != nil { // the cursor outlives its row
			t.Fatal(err)
		}
	}
	want := ids(jobs)
	slices.Reverse(want)
	if !slices.Equal(seen, want) {
		t.Errorf("paged %v", seen)
	}
	d = open(t, filepath.Join(t.TempDir(), "new"))
	must(d.AddJobs(t.Context(), 0, jobs))(t)
	for search, n := range map[string]int{"füß": 10, "Fü": 20, "FÜSS": 10, "%_": 10, "id3": 1, "nothing": 0, "\xff": 10, ".PNG": 20} {
		if got := must(d.FinishedJobs(t.Context(), 0, 100, search))(t); len(got) != n {
			t.Errorf("%q: %d found, want %d", search, len(got), n)
		}
	}
}

// history is 50 jobs that ended one after another.
func history(t *testing.T, d *DB) []int64 {
	t.Helper()
	jobs := make([]Job, 50)
	for i := range jobs {
		jobs[i] = Job{Name: fmt.Sprint(i), Finished: at(i), State: "uploaded", Size: int64(i * 7 % 50)}
	}
	all := ids(must(d.AddJobs(t.Context(), 0, jobs))(t))
	slices.Reverse(all)
	return all
}

// paged reads the history page by page, and no further than beyond its end.
func paged(t *testing.T, d *DB) (seen []int64) {
	t.Helper()
	for before := int64(0); len(seen) < 60; {
		page := must(d.FinishedJobs(t.Context(), before, 10, ""))(t)
		if len(page) == 0 {
			break
		}
		seen = append(seen, ids(page)...)
		before = page[len(page)-1].Cursor
	}
	return seen
}

// A place in the history that makes no sense does not begin the history again,
// and a repair puts its job to the end.
func TestHistoryWithADamagedPlace(t *testing.T) {
	dir := t.TempDir()
	d := must(Open(t.Context(), dir))(t)
	want := history(t, d)
	odd := want[20]
	want = slices.Delete(want, 20, 21)
	err := d.write(t.Context(), "damage", func(w *writer) error {
		_, err := w.exec("UPDATE job SET ended = -ended WHERE id = ?", odd)
		return err
	})
	if seen := paged(t, d); err != nil || !slices.Equal(seen, want) {
		t.Errorf("paged %v, %v", seen, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	pool := must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
	conn := must(pool.Conn(t.Context()))(t)
	for _, text := range []string{ // an index of something else, which is noticed
		"DROP INDEX job_ended",
		"CREATE INDEX job_ended ON job (size) WHERE ended IS NOT NULL",
		"PRAGMA writable_schema = ON",
		"UPDATE sqlite_schema SET sql = replace(sql, '(size)', '(ended)') WHERE name = 'job_ended'",
	} {
		must(conn.ExecContext(t.Context(), text))(t)
	}
	closeAll(t, conn, pool)
	d = open(t, dir)
	if seen := paged(t, d); d.Opening().MovedAside == "" || !slices.Equal(seen, append(want, odd)) {
		t.Errorf("%+v, paged %v", d.Opening(), seen)
	}
}

func TestHistoryPlaceStaysOnUpdateAndGoesOnRetry(t *testing.T) {
	d := open(t, t.TempDir())
	jobs := must(d.AddJobs(t.Context(), 0, []Job{{Finished: at(5)}, {Finished: at(6)}}))(t)
	jobs[0].Verified = true
	if err := d.UpdateJob(t.Context(), jobs[0]); err != nil {
		t.Fatal(err)
	}
	if got := ids(must(d.FinishedJobs(t.Context(), 0, 9, ""))(t)); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("order %v", got)
	}
	jobs[1].Finished = time.Time{}
	if err := d.UpdateJob(t.Context(), jobs[1]); err != nil {
		t.Fatal(err)
	}
	if got := ids(must(d.UnfinishedJobs(t.Context()))(t)); !slices.Equal(got, []int64{2}) {
		t.Errorf("unfinished %v", got)
	}
}

func TestClearFinished(t *testing.T) {
	d := open(t, t.TempDir())
	must(d.AddJobs(t.Context(), 0, []Job{
		{State: "uploaded", Finished: at(1)}, {State: "failed", Finished: at(1)}, {State: "uploaded", Finished: at(2)}, {State: "waiting"},
	}))(t)
	for i, c := range []struct {
		older time.Time
		want  int
		left  []int64
	}{
		{at(1), 0, []int64{1, 2, 3, 4}},
		{at(2), 2, []int64{3, 4}},
		{time.Time{}, 1, []int64{4}},
	} {
		if n := must(d.ClearFinished(t.Context(), c.older))(t); n != c.want {
			t.Errorf("%d: cleared %d, want %d", i, n, c.want)
		}
		if got := ids(must(d.BatchJobs(t.Context(), 0))(t)); !slices.Equal(got, c.left) {
			t.Errorf("%d: left %v, want %v", i, got, c.left)
		}
	}
}

func TestTheListIsShorterThanTheHistory(t *testing.T) {
	d := open(t, t.TempDir())
	jobs := must(d.AddJobs(t.Context(), 0, []Job{
		{State: "uploaded", Finished: at(1)},
		{State: "failed", Finished: at(2)},
		{State: "there", Finished: at(3)},
		{State: "failed", Finished: at(4)},
		{State: "waiting"},
	}))(t)
	listed := func(limit int, want ...int64) {
		t.Helper()
		if got := ids(must(d.ListedJobs(t.Context(), limit))(t)); !slices.Equal(got, want) {
			t.Errorf("listed %v, want %v", got, want)
		}
	}
	failed := func(want ...int64) {
		t.Helper()
		if got := ids(must(d.FailedJobs(t.Context(), 9))(t)); !slices.Equal(got, want) {
			t.Errorf("failed %v, want %v", got, want)
		}
	}
	listed(3, 4, 3, 2)
	failed(4, 2)
	if err := errors.Join(d.UnlistFinished(t.Context(), "uploaded", "there", "waiting"), d.Unlist(t.Context(), []int64{4, 5, 77})); err != nil {
		t.Fatal(err)
	}
	listed(9, 2)
	failed(2)
	if err := d.UpdateJobs(t.Context(), jobs); err != nil { // written by one who has not heard of it
		t.Fatal(err)
	}
	listed(9, 2)
	if got := ids(must(d.FinishedJobs(t.Context(), 0, 9, ""))(t)); !slices.Equal(got, []int64{4, 3, 2, 1}) {
		t.Errorf("history %v", got)
	}
	if got := must(d.UnfinishedJobs(t.Context()))(t); len(got) != 1 || got[0].Cleared {
		t.Errorf("queue %+v", got)
	}
}

func TestWishesStandBesideWhatTheirOwnerWrites(t *testing.T) {
	d := open(t, t.TempDir())
	jobs := must(d.AddJobs(t.Context(), 0, []Job{{State: "waiting"}, {State: "waiting"}, {State: "waiting"}}))(t)
	wishes := func(want ...string) {
		t.Helper()
		for i, j := range must(d.UnfinishedJobs(t.Context()))(t) {
			if j.Wish != want[i] {
				t.Errorf("job %d: wish %q, want %q", j.ID, j.Wish, want[i])
			}
		}
	}
	if err := d.Wish(t.Context(), "w", []int64{1, 2, 77}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.UpdateJob(t.Context(), jobs[0]), d.UpdateJobs(t.Context(), jobs)); err != nil {
		t.Fatal(err)
	}
	wishes("w", "w", "")
	jobs[1].State = "other"
	if err := d.RestateJobs(t.Context(), jobs[1:2]); err != nil {
		t.Fatal(err)
	}
	wishes("w", "", "")
	if got := must(d.UnfinishedJobs(t.Context()))(t); got[1].State != "other" {
		t.Errorf("%+v", got[1])
	}
}

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	for _, v := range []string{"one", "", "zwei\n'"} {
		if err := errors.Join(d.SetSetting(t.Context(), "k", v), d.SetSetting(t.Context(), "other", "x")); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"k": v, "other": "x"}
		if got := must(d.Settings(t.Context()))(t); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}
