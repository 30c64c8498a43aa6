package upload_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

const mib = 1 << 20

// stalled injects a stall in the middle of the upload of a name.
func (r *rig) stalled(name string) *sandbox.Injection {
	return r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Name: name, After: mib / 2, Times: 1})
}

func (r *rig) struck(i *sandbox.Injection, n int) {
	r.t.Helper()
	if err := i.Wait(r.t.Context(), n); err != nil {
		r.t.Fatal(err)
	}
}

// deleted waits until the service has carried out so many deletions. A restart
// breaks off those that are under way, and begins them again.
func (r *rig) deleted(n int) {
	r.t.Helper()
	must(r.t, r.server.Await(r.t.Context(), func(st sandbox.Stats) bool {
		return st.Requests[http.MethodDelete] == n && st.Done == st.Begun
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCancelOfAWaitingAndARunningFile(t *testing.T) {
	r := newRig(t, workers(1))
	s := r.follow()
	held := r.stalled("running")
	id := r.add(r.file("running", 20*mib), r.file("waiting", 12*mib), r.file("kept", 10))
	r.struck(held, 1)
	must(t, r.engine.Cancel(t.Context(), s.state("waiting", upload.Waiting).ID, s.state("running", upload.Uploading).ID))
	held.Release()
	jobs := r.wait(id)
	if len(jobs) != 1 || jobs[0].Name != "kept" {
		t.Fatalf("jobs %+v", jobs)
	}
	r.once(jobs)
	s.until("both rows gone", func() bool { return len(s.jobs) == 1 && !s.totals.Busy() })
	cancelled := 0
	for _, states := range s.states {
		if slices.Contains(states, upload.Cancelled) {
			cancelled++
		}
	}
	if cancelled != 2 {
		t.Errorf("states %v", s.states)
	}
	r.restart()
	snapshot, _ := r.engine.Subscribe(t.Context())
	if len(snapshot.Jobs) != 1 {
		t.Errorf("after a restart %s", describe(snapshot))
	}
}

func TestCancelWhileTheServiceFinishesLeavesNoCopy(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, opt)
			s := r.follow()
			slow := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: http.MethodPut})
			r.add(r.file("a", 2*mib))
			j := s.state("a", upload.Finishing)
			r.struck(slow, 1) // stored, not answered
			must(t, r.engine.Cancel(t.Context(), j.ID))
			s.until("row gone", func() bool { return len(s.jobs) == 0 })
			slow.Release()
			r.deleted(1)
			r.close()
			if left := r.server.Uploads(); len(left) != 0 {
				t.Errorf("left behind: %+v", left)
			}
			r.open()
			if snapshot, _ := r.engine.Subscribe(t.Context()); len(snapshot.Jobs) != 0 || snapshot.Totals.Busy() {
				t.Errorf("after a restart %s", describe(snapshot))
			}
		})
	}
}

func TestCancelWhileVerifyingLeavesNoCopy(t *testing.T) {
	r := newRig(t, dialect2020)
	s := r.follow()
	info := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Match: func(q *http.Request) bool {
		return q.Method == http.MethodGet && len(q.URL.Path) > 5 && q.URL.Path[len(q.URL.Path)-5:] == "/info"
	}})
	r.add(r.file("a", 100))
	j := s.state("a", upload.Verifying)
	if j.Link == "" {
		t.Error("a file that is there has no link")
	}
	r.struck(info, 1)
	must(t, r.engine.Cancel(t.Context(), j.ID))
	info.Release()
	s.until("row gone", func() bool { return len(s.jobs) == 0 })
	r.deleted(1)
	r.close()
	if left := r.server.Uploads(); len(left) != 0 {
		t.Errorf("left behind: %+v", left)
	}
}

func TestCancelOfAFinishedRowKeepsTheFile(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	jobs := r.send(r.file("a", 100), r.file("empty", 0))
	must(t, r.engine.Cancel(t.Context(), jobs[0].ID, jobs[1].ID))
	s.until("rows gone", func() bool { return len(s.jobs) == 0 && len(s.done) > 0 })
	if len(r.server.Uploads()) != 1 {
		t.Error("the file went with its row")
	}
	if s.totals.Failed != 0 || s.totals.Finished != 0 {
		t.Errorf("totals %+v", s.totals)
	}
}

func TestPauseAndResume(t *testing.T) {
	r := newRig(t, workers(2))
	s := r.follow()
	held := r.stalled("a")
	id := r.add(r.file("a", 12*mib), r.file("b", 12*mib), r.file("c", 100))
	r.struck(held, 1)
	must(t, r.engine.Pause(t.Context()))
	s.until("pause", func() bool { return s.totals.Paused && s.totals.Active == 0 })
	held.Release()
	must(t, r.server.Await(t.Context(), func(st sandbox.Stats) bool { return st.Uploads == 0 }))
	begun := r.server.Stats().Requests[http.MethodPut]
	r.add(r.file("d", 100))
	s.until("d waiting", func() bool { return s.named("d").ID != 0 && s.totals.Scanning == 0 })
	if n := r.server.Stats().Requests[http.MethodPut]; n != begun {
		t.Errorf("%d uploads began while paused", n-begun)
	}
	must(t, r.engine.Resume(t.Context()))
	jobs := r.wait(id)
	s.state("d", upload.Uploaded)
	r.once(append(jobs, s.named("d")))
	for _, j := range jobs {
		if j.Try != 1 {
			t.Errorf("pausing cost %q a try: %d", j.Name, j.Try)
		}
	}
}

func TestPauseLetsFinishingFilesEnd(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	slow := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: http.MethodPut})
	id := r.add(r.file("a", 2*mib))
	s.state("a", upload.Finishing)
	must(t, r.engine.Pause(t.Context()))
	slow.Release()
	r.once(r.wait(id))
	if n := r.server.Stats().Requests[http.MethodPut]; n != 1 {
		t.Errorf("%d uploads", n)
	}
}

func TestWorkersCanChange(t *testing.T) {
	r := newRig(t, workers(2))
	gate := make(chan struct{})
	r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: http.MethodPut, Times: -1, Until: gate})
	var paths []string
	for i := range 12 {
		paths = append(paths, r.file(fmt.Sprint(i), 100))
	}
	id := r.add(paths...)
	held := func(n int) {
		t.Helper()
		must(t, r.server.Await(t.Context(), func(st sandbox.Stats) bool { return st.Held == n }))
	}
	held(2)
	r.engine.SetWorkers(7)
	held(7)
	if n := r.server.Stats().PeakUploads; n != 7 {
		t.Errorf("%d uploads at a time, want 7", n)
	}
	r.engine.SetWorkers(1)
	close(gate)
	r.once(r.wait(id))
	if n := r.server.Stats().PeakUploads; n != 7 {
		t.Errorf("%d uploads at a time, want at most 7", n)
	}
}

func TestASmallFileDoesNotWaitBehindLargeOnes(t *testing.T) {
	r := newRig(t, workers(2))
	s := r.follow()
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: 1000, Times: -1, Match: func(q *http.Request) bool { return q.ContentLength > 8*mib }})
	id := r.add(r.file("video 1", 9*mib), r.file("video 2", 10*mib), r.file("video 3", 11*mib))
	r.struck(held, 2)
	r.add(r.file("screenshot", 200_000))
	r.served(s.state("screenshot", upload.Uploaded))
	if j := s.named("video 3"); j.State != upload.Waiting {
		t.Errorf("the third video is %v", j.State)
	}
	held.Release()
	r.once(append(r.wait(id), s.named("screenshot")))
}

func TestToFrontAndOrder(t *testing.T) {
	r := newRig(t, workers(1), withoutClient)
	s := r.follow()
	var paths []string
	for i := range 8 {
		paths = append(paths, r.file(fmt.Sprint(i), 2*mib+i))
	}
	id := r.add(paths...)
	s.until("all waiting", func() bool { return s.totals.Waiting == 8 && s.totals.Scanning == 0 })
	must(t, r.engine.ToFront(t.Context(), s.named("6").ID, s.named("3").ID))
	must(t, r.engine.ToFront(t.Context(), s.named("7").ID))
	r.restart() // the order is kept
	r.engine.Use(r.client("k"))
	r.once(r.wait(id))
	var order []string
	files := r.server.Uploads()
	slices.SortFunc(files, func(a, b service.File) int { return a.Uploaded.Compare(b.Uploaded) })
	for _, f := range files {
		order = append(order, f.Name)
	}
	if want := []string{"7", "6", "3", "0", "1", "2", "4", "5"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
}

func TestClearFinishedAndHistory(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	jobs := r.send(r.file("a", 10), r.file("b", 11), r.file("empty", 0))
	page, next, err := r.engine.History(t.Context(), 0, 2, "")
	if err != nil || len(page) != 2 || next == 0 {
		t.Fatalf("%v, %d, %v", page, next, err)
	}
	rest, next, err := r.engine.History(t.Context(), next, 2, "")
	if err != nil || len(rest) != 1 || next != 0 {
		t.Fatalf("%v, %d, %v", rest, next, err)
	}
	if found, _, err := r.engine.History(t.Context(), 0, 10, "A"); err != nil || len(found) != 1 || found[0].Link != jobs[0].Link {
		t.Fatalf("%v, %v", found, err)
	}
	must(t, r.engine.ClearFinished(t.Context()))
	s.until("cleared", func() bool { return len(s.jobs) == 1 && s.totals.Finished == 0 })
	if s.named("empty").State != upload.Failed {
		t.Error("what failed was cleared too")
	}
	r.restart()
	r.remembers(1, 3)
	must(t, r.engine.Cancel(t.Context(), jobs[2].ID)) // takes it out of the list, no more
	r.restart()
	r.remembers(0, 3)
	if again := r.wait(jobs[0].Batch); len(again) != 3 || again[0].Link != jobs[0].Link {
		t.Errorf("the batch is %+v", again)
	}
}

// remembers checks how many jobs are in the list and in the history.
func (r *rig) remembers(list, history int) {
	r.t.Helper()
	snapshot, _ := r.engine.Subscribe(r.t.Context())
	all, _, err := r.engine.History(r.t.Context(), 0, 1000, "")
	if err != nil || len(all) != history || len(snapshot.Jobs) != list {
		r.t.Errorf("%d in the list, %d in the history, %v; want %d, %d", len(snapshot.Jobs), len(all), err, list, history)
	}
}

func TestClearHistory(t *testing.T) {
	r := newRig(t)
	r.send(r.file("a", 10), r.file("empty", 0))
	s := r.follow()
	between := r.cfg.Clock.Now()
	later := r.send(r.file("b", 11))
	if n, err := r.engine.ClearHistory(t.Context(), between); err != nil || n != 2 {
		t.Errorf("cleared %d, %v", n, err)
	}
	s.until("old rows gone", func() bool { return s.named("a").ID == 0 && s.named("empty").ID == 0 })
	r.remembers(1, 1)
	r.restart()
	r.remembers(1, 1)
	r.served(r.wait(later[0].Batch)[0])
	if n, err := r.engine.ClearHistory(t.Context(), time.Time{}); err != nil || n != 1 {
		t.Errorf("cleared %d, %v", n, err)
	}
	r.remembers(0, 0)
	if len(r.server.Uploads()) != 2 {
		t.Error("files went with their history")
	}
}

func TestRetryFailed(t *testing.T) {
	r := newRig(t)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 403, Value: "forbidden", Method: http.MethodPut, Times: 3})
	s := r.follow()
	jobs := r.send(r.file("a", 10), r.file("b", 3*mib), r.file("c", 12))
	for _, j := range jobs {
		failed(t, j, service.Forbidden, "forbidden")
	}
	must(t, r.engine.RetryFailed(t.Context()))
	s.until("all done", func() bool { return s.totals.Finished == 3 })
	r.once(r.wait(jobs[0].Batch))
	if s.totals.Failed != 0 || s.totals.FilesDone != 3 || s.totals.Files != 3 || s.totals.Sent != s.totals.Bytes {
		t.Errorf("totals %+v", s.totals)
	}
	s.until("two ends of the batch", func() bool { return len(s.done) == 2 })
}

func TestSpeedLimit(t *testing.T) {
	clock := clocktest.NewQuick(1)
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) {
		cfg.Clock, cfg.SpeedLimit, s.Now = clock, 40_000, clock.Now
	})
	s := r.follow()
	id := r.add(r.file("a", 4*mib))
	s.until("slow progress", func() bool { j := s.named("a"); return j.State == upload.Uploading && j.Sent > 0 && j.Speed > 0 })
	if j := s.named("a"); j.Speed > 400_000 {
		t.Errorf("%.0f bytes/s at a limit of 40,000", j.Speed)
	}
	r.engine.SetSpeedLimit(0)
	r.once(r.wait(id))
}

func TestWaitEndsWithItsContextAndTheEngine(t *testing.T) {
	r := newRig(t, withoutClient)
	id := r.add(r.file("a", 10))
	ended := make(chan error, 1)
	e := r.engine
	go func() {
		_, err := e.Wait(t.Context(), id)
		ended <- err
	}()
	r.close()
	if err := <-ended; err == nil {
		t.Error("Wait gave nothing to complain about although the file was not sent")
	}
	if _, err := e.Add(t.Context(), upload.Drop, []string{"x"}); err == nil {
		t.Error("a closed engine accepts files")
	}
}

func TestUnknownIDsAreNoError(t *testing.T) {
	r := newRig(t)
	must(t, errors.Join(
		r.engine.Cancel(t.Context(), 99), r.engine.Retry(t.Context(), 99), r.engine.ToFront(t.Context(), 99),
		r.engine.PauseJobs(t.Context(), 99), r.engine.ResumeJobs(t.Context(), 99), r.engine.PauseJobs(t.Context()),
		r.engine.Cancel(t.Context()), r.engine.RetryFailed(t.Context()), r.engine.ClearFinished(t.Context())))
	if jobs, err := r.engine.Wait(t.Context(), 99); err != nil || len(jobs) != 0 {
		t.Errorf("%v, %v", jobs, err)
	}
}

func TestRetryingForEverHoldsUpNobody(t *testing.T) {
	r := newRig(t, workers(1))
	r.send(r.file("empty", 0), r.path("missing"))
	for range 20 {
		must(t, r.engine.RetryFailed(t.Context()))
		r.idle()
	}
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: 1000, Name: "video"})
	id := r.add(r.file("video", 9*mib))
	r.struck(held, 1)
	r.served(r.send(r.file("screenshot", 10))[0])
	held.Release()
	r.served(r.wait(id)[0])
}
