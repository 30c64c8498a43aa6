package upload_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
	"sluice/storage"
)

func TestTheQueueGoesOnAfterARestartInItsOrder(t *testing.T) {
	r := newRig(t, workers(1))
	held := r.stalled("2")
	s := r.follow()
	var paths []string
	for i := range 6 {
		paths = append(paths, r.file(fmt.Sprint(i), 9*mib+i))
	}
	id := r.add(paths...)
	r.struck(held, 1)
	s.state("1", upload.Uploaded)
	r.close()
	held.Release()
	must(t, r.server.Await(t.Context(), func(st sandbox.Stats) bool { return st.Uploads == 0 }))
	r.open()
	jobs := r.wait(id)
	r.once(jobs)
	var order []string
	files := r.server.Uploads()
	slices.SortFunc(files, func(a, b service.File) int { return a.Uploaded.Compare(b.Uploaded) })
	for _, f := range files {
		order = append(order, f.Name)
	}
	if want := []string{"0", "1", "2", "3", "4", "5"}; !slices.Equal(order, want) {
		t.Errorf("order %v", order)
	}
	for i, j := range jobs {
		if j.Name != fmt.Sprint(i) || j.Try != 1 {
			t.Errorf("job %d: %+v", i, j)
		}
	}
}

func TestARestartWhileTheServiceFinishes(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, opt)
			slow := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: http.MethodPut, Times: 2})
			s := r.follow()
			id := r.add(r.file("large", 2*mib), r.file("tiny", 2000))
			s.state("large", upload.Finishing)
			s.state("tiny", upload.Finishing)
			r.struck(slow, 2) // both are stored
			r.close()
			slow.Release()
			r.open()
			r.once(r.wait(id))
			if r.puts() != 2 {
				t.Errorf("%d uploads, want 2", r.puts())
			}
		})
	}
}

func TestARestartBeforeVerification(t *testing.T) {
	r := newRig(t, dialect2020)
	info := func(q *http.Request) bool { return filepath.Base(q.URL.Path) == "info" }
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Match: info})
	s := r.follow()
	id := r.add(r.file("a", 2000))
	s.state("a", upload.Verifying)
	r.struck(held, 1)
	r.close()
	held.Release()
	r.open()
	r.once(r.wait(id))
	if r.puts() != 1 {
		t.Errorf("%d uploads", r.puts())
	}
}

func TestADropIsDurableBeforeAddReturns(t *testing.T) {
	r := newRig(t, withoutClient)
	for i := range 300 {
		r.file(fmt.Sprintf("tree/%d", i), 1+i)
	}
	id := r.add(r.path("tree"), r.file("single", 10))
	r.close() // wherever the scanner is
	r.cfg.Client = r.client("k")
	r.open()
	jobs := r.wait(id)
	if len(jobs) != 301 {
		t.Fatalf("%d jobs", len(jobs))
	}
	r.once(jobs)
}

// leave writes into the database what a crash can leave.
func (r *rig) leave(how func(db *storage.DB)) {
	r.t.Helper()
	db, err := storage.Open(r.t.Context(), r.home)
	must(r.t, err)
	how(db)
	must(r.t, db.Close())
}

// leaveJob writes a dropped file of n bytes into the database as a crash can
// leave it: a state of its row, sometimes with what else there is.
func (r *rig) leaveJob(ctx context.Context, db *storage.DB, name string, n int, kind string) storage.Job {
	t := r.t
	t.Helper()
	path := r.file(name, n)
	_, in, err := db.AddIntake(ctx, "drop", []string{path}, time.Now())
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	rows, err := db.AddWalked(ctx, []storage.Walked{{Intake: in[0].ID, End: true, Jobs: []storage.Job{{
		Path: path, Name: name, Size: info.Size(), ModTime: info.ModTime(), State: "waiting", Added: time.Now(),
	}}}})
	must(t, err)
	j := rows[0][0]
	j.LinkAPI = r.server.APIURL()
	a := storage.Attempt{Number: 1, API: j.LinkAPI, Started: time.Now(), Size: j.Size, ModTime: j.ModTime}
	state, rest, _ := strings.Cut(kind, " ")
	if state == "verifying" || state == "discarding" || state == "cancelling" || rest == "stored" || rest == "gone" {
		file, err := os.Open(path)
		must(t, err)
		f, err := r.server.Add(name, file)
		must(t, errors.Join(err, file.Close()))
		j.FileID = string(f.ID)
	}
	j.State = state
	switch kind {
	case "verifying", "discarding":
		j.SHA256 = fileSum(t, path)
	case "waiting", "uploading no attempt", "strange":
	case "other service":
		j.State, a.API = "finishing", "https://example.com/api"
		fallthrough
	default:
		j.FileID = ""
		if rest == "gone" {
			must(t, os.Remove(path))
		}
		_, err = db.StartAttempt(ctx, j, a)
		must(t, err)
		return j
	}
	must(t, db.UpdateJob(ctx, j))
	return j
}

func TestWhatACrashLeaves(t *testing.T) {
	r := newRig(t)
	r.close()
	ctx := t.Context()
	names := []string{"uploading", "finishing stored", "finishing lost", "finishing gone", "verifying", "discarding", "cancelling", "strange", "other service", "uploading no attempt"}
	var batches []service.BatchID
	r.leave(func(db *storage.DB) {
		for i, n := range names {
			j := r.leaveJob(ctx, db, n, 2000+i, n)
			batches = append(batches, service.BatchID(j.Batch))
		}
	})
	r.open()
	s := r.follow()
	s.until("end", func() bool { return !s.totals.Busy() })
	var jobs []upload.Job
	for _, id := range batches {
		jobs = append(jobs, r.wait(id)...)
	}
	if len(jobs) != len(names)-1 {
		t.Fatalf("%d jobs: %+v", len(jobs), jobs)
	}
	for i, j := range jobs {
		if j.Name != "finishing gone" {
			continue
		}
		if j.State != upload.Uploaded || j.Link == "" {
			t.Errorf("stored, then gone here: %+v, %v", j, j.Err)
		}
		must(t, os.WriteFile(j.Path, mustContent(t, r, j.File), 0o600)) // for the checks below
		_ = i
	}
	r.deleted(2)
	r.restart()
	r.once(jobs)
	left, err := r.db.OpenAttempts(ctx)
	if err != nil || len(left) != 0 {
		t.Errorf("open attempts %+v, %v", left, err)
	}
}

// frozen is a clock of which nothing ever becomes due.
type frozen struct{ at time.Time }

func (f frozen) Now() time.Time { return f.at }

func (frozen) After(time.Duration) (<-chan time.Time, func() bool) {
	return nil, func() bool { return true }
}

func TestWhatIsInTheListingAfterACrashIsFoundAtTheFirstLook(t *testing.T) {
	r := newRig(t)
	r.close()
	r.cfg.Clock = frozen{time.Now()}
	r.leave(func(db *storage.DB) {
		for i := range 20 {
			r.leaveJob(t.Context(), db, fmt.Sprint(i), 2000+i, "finishing stored")
		}
	})
	r.open()
	r.idle()
	snapshot, _ := r.engine.Subscribe(t.Context())
	if len(snapshot.Jobs) != 20 || r.puts() != 0 {
		t.Errorf("%d jobs, %d uploads", len(snapshot.Jobs), r.puts())
	}
	r.once(snapshot.Jobs)
}

func TestACancelledJobDoesNotComeBack(t *testing.T) {
	r := newRig(t)
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: 1, Times: -1, Method: http.MethodPut})
	for round := range 15 {
		s := r.follow()
		r.add(r.file(fmt.Sprint(round, " large"), 2*mib), r.file(fmt.Sprint(round, " tiny"), 1000))
		r.struck(held, 2*round+2)
		s.until("both under way", func() bool { return s.totals.Active == 2 })
		must(t, r.engine.Cancel(t.Context(), slices.Collect(maps.Keys(s.jobs))...))
		s.sub.Close()
		r.restart() // at the same instant
		if snapshot, _ := r.engine.Subscribe(t.Context()); len(snapshot.Jobs) != 0 {
			t.Fatalf("round %d: back again: %s", round, describe(snapshot))
		}
	}
	held.Release()
}

func mustContent(t *testing.T, r *rig, id service.FileID) []byte {
	t.Helper()
	b, err := r.server.Content(id)
	must(t, err)
	return b
}

// What failed waits for its user, however much was finished after it.
func TestFailedFilesStayInTheListAfterARestart(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rows := []storage.Job{{Name: "lost", Path: "/lost", Origin: "drop", State: "failed", FailKind: "server", Finished: at}}
	for i := range 600 {
		rows = append(rows, storage.Job{Name: fmt.Sprint(i), Path: "/x", Origin: "drop", State: "uploaded", Finished: at.Add(time.Duration(i+1) * time.Second)})
	}
	batch, err := r.db.AddJobs(t.Context(), 0, rows)
	must(t, err)
	r.restart()
	snapshot, events := r.engine.Subscribe(t.Context())
	events.Close()
	if len(snapshot.Jobs) != 501 || snapshot.Jobs[0].ID != service.JobID(batch[0].ID) || snapshot.Jobs[0].State != upload.Failed || snapshot.Totals.Failed != 1 {
		t.Errorf("%d jobs, %d failed, the first is %+v", len(snapshot.Jobs), snapshot.Totals.Failed, snapshot.Jobs[0])
	}
}

func TestClaimedFilesAreNotClaimedAgain(t *testing.T) {
	r := newRig(t, func(cfg *upload.Config, _ *sandboxConfig) { cfg.SendDuplicates = true })
	content := r.bytes(2000)
	r.send(r.write("a/x", content))
	r.restart()
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 502, HTML: true, After: sandbox.WholeBody, Method: http.MethodPut})
	r.send(r.write("b/x", content)) // same name, same content, lost: the first one's file is not its
	if n := len(r.server.Uploads()); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}
