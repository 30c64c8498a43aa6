package upload_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
	"sluice/storage"
)

func TestPausedJobsWaitThroughRestartsInTheirPlaces(t *testing.T) {
	r := newRig(t, workers(1))
	s := r.follow()
	held := r.stalled("1")
	var paths []string
	for i := range 5 {
		paths = append(paths, r.file(fmt.Sprint(i), 9*mib+i))
	}
	id := r.add(paths...)
	r.struck(held, 1)
	s.until("all found", func() bool { return s.named("4").ID != 0 })
	ids := []service.JobID{s.named("1").ID, s.named("2").ID, s.named("0").ID} // sending, waiting, ended
	must(t, r.engine.PauseJobs(t.Context(), ids...))
	s.state("1", upload.Paused)
	s.state("2", upload.Paused)
	held.Release()
	s.state("4", upload.Uploaded)
	if tot := s.totals; tot.Held != 2 || tot.Busy() || tot.Files != 3 || tot.Sent != tot.Bytes {
		t.Errorf("totals %+v", tot)
	}
	r.restart()
	snapshot, _ := r.engine.Subscribe(t.Context())
	if tot := snapshot.Totals; tot.Held != 2 || tot.Busy() {
		t.Errorf("after a restart %s", describe(snapshot))
	}
	must(t, r.engine.ResumeJobs(t.Context(), ids...))
	jobs := r.wait(id)
	r.once(jobs)
	files := r.server.Uploads()
	slices.SortFunc(files, func(a, b service.File) int { return a.Uploaded.Compare(b.Uploaded) })
	var order []string
	for _, f := range files {
		order = append(order, f.Name)
	}
	if want := []string{"0", "3", "4", "1", "2"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	for _, j := range jobs {
		if j.Try != 1 {
			t.Errorf("pausing cost %q a try", j.Name)
		}
	}
}

func TestAResumedJobHasItsOldPlace(t *testing.T) {
	r := newRig(t, workers(1), withoutClient)
	s := r.follow()
	var paths []string
	for i := range 3 {
		paths = append(paths, r.file(fmt.Sprint(i), 9*mib+i))
	}
	id := r.add(paths...)
	s.until("all waiting", func() bool { return s.totals.Waiting == 3 && s.totals.Scanning == 0 })
	first, last := s.named("0"), s.named("2")
	must(t, r.engine.PauseJobs(t.Context(), first.ID, last.ID))
	s.until("two held", func() bool { return s.totals.Held == 2 && s.totals.Waiting == 1 })
	must(t, r.engine.ToFront(t.Context(), last.ID)) // while it is held
	must(t, r.engine.ResumeJobs(t.Context(), first.ID, last.ID))
	s.until("none held", func() bool { return s.totals.Held == 0 && s.totals.Waiting == 3 })
	if j := s.named("0"); j.State != upload.Waiting || j.Position != first.Position {
		t.Errorf("resumed as %+v, was %+v", j, first)
	}
	r.engine.Use(r.client("k"))
	jobs := r.wait(id)
	r.once(jobs)
	if !r.uploadedBefore(jobs[2], jobs[0]) || !r.uploadedBefore(jobs[0], jobs[1]) {
		t.Error("out of order")
	}
}

func (r *rig) uploadedBefore(a, b upload.Job) bool {
	fa, errA := r.server.File(a.File)
	fb, errB := r.server.File(b.File)
	must(r.t, errA)
	must(r.t, errB)
	return fa.Uploaded.Before(fb.Uploaded)
}

func TestAFinishingJobIsNotSentAgainForAPause(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	slow := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: http.MethodPut})
	id := r.add(r.file("a", 2*mib))
	j := s.state("a", upload.Finishing)
	must(t, r.engine.PauseJobs(t.Context(), j.ID))
	slow.Release()
	r.once(r.wait(id))
	if n := r.puts(); n != 1 {
		t.Errorf("%d uploads", n)
	}
}

func TestAPausedJobThatWouldBeSentAgainIsHeld(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 502, HTML: true, After: sandbox.WholeBody, Method: http.MethodPut})
	id := r.add(r.file("a", 2*mib))
	j := s.state("a", upload.Verifying) // nobody knows whether it is there
	must(t, r.engine.PauseJobs(t.Context(), j.ID))
	s.state("a", upload.Paused)
	if n := r.puts(); n != 1 {
		t.Errorf("%d uploads while paused", n)
	}
	must(t, r.engine.ResumeJobs(t.Context(), j.ID))
	r.once(r.wait(id))
}

func TestPauseAllIsRemembered(t *testing.T) {
	r := newRig(t, func(cfg *upload.Config, _ *sandboxConfig) { cfg.RememberPause = true })
	must(t, r.engine.Pause(t.Context()))
	r.restart()
	id := r.add(r.file("a", 100))
	s := r.follow()
	s.until("a waiting", func() bool { return s.totals.Paused && s.totals.Waiting == 1 && s.totals.Scanning == 0 })
	if r.puts() != 0 {
		t.Error("sent while paused")
	}
	r.cfg.RememberPause = false // a command: nobody could resume
	r.restart()
	r.once(r.wait(id))
	r.cfg.RememberPause = true
	r.restart()
	must(t, r.engine.Resume(t.Context()))
	r.restart()
	r.once(append(r.send(r.file("b", 101)), r.wait(id)...))
}

// TestWishesSurviveAnEnd leaves what a crash can leave of commands whose jobs
// had an owner at that moment.
func TestWishesSurviveAnEnd(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	r.close()
	kinds := []string{"waiting", "uploading", "finishing", "verifying", "discarding"}
	var paused, cancelled []int64
	r.leave(func(db *storage.DB) {
		for _, wish := range []string{"pause", "cancel"} {
			for i, state := range kinds {
				kind := state
				if state == "finishing" {
					kind = "finishing stored"
				}
				j := r.leaveJob(ctx, db, wish+" "+state, 2000+i, kind)
				must(t, db.Wish(ctx, wish, []int64{j.ID}))
				if wish == "pause" {
					paused = append(paused, j.ID)
				} else {
					cancelled = append(cancelled, j.ID)
				}
			}
		}
	})
	r.open()
	r.idle()
	snapshot, _ := r.engine.Subscribe(ctx)
	states := map[string]upload.State{}
	var ids []service.JobID
	for _, j := range snapshot.Jobs {
		states[j.Name] = j.State
		ids = append(ids, j.ID)
	}
	if len(states) != len(kinds) || snapshot.Totals.Held != 3 || states["pause finishing"] != upload.Uploaded || states["pause verifying"] != upload.Uploaded {
		t.Errorf("%v, %d held", states, snapshot.Totals.Held)
	}
	r.deleted(4)
	must(t, r.engine.ResumeJobs(ctx, ids...))
	r.idle()
	r.restart()
	snapshot, _ = r.engine.Subscribe(ctx)
	r.once(snapshot.Jobs)
	if len(snapshot.Jobs) != len(paused) || len(cancelled) != len(paused) {
		t.Errorf("in the end %s", describe(snapshot))
	}
}

func TestCostly(t *testing.T) {
	for want, jobs := range map[bool][]upload.Job{
		true:  {{State: upload.Uploading, Sent: 32 * mib}, {State: upload.Finishing, Sent: 1 << 40}},
		false: {{State: upload.Uploading, Sent: 32*mib - 1}, {State: upload.Hashing, Sent: 1 << 40}, {State: upload.Uploaded, Sent: 1 << 40}, {}},
	} {
		for _, j := range jobs {
			if upload.Costly(j) != want {
				t.Errorf("%v with %d sent: %v", j.State, j.Sent, !want)
			}
		}
	}
}
