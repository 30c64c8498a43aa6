package upload_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

// puts is how many uploads the server has seen.
func (r *rig) puts() int { return r.server.Stats().Requests[http.MethodPut] }

func TestTemporaryFailuresAreTriedAgain(t *testing.T) {
	faults := map[string]sandbox.Fault{
		"500":              {Kind: sandbox.Answer, Status: 500},
		"502 page":         {Kind: sandbox.Answer, Status: 502, HTML: true},
		"503":              {Kind: sandbox.Answer, Status: 503, RetryAfter: 2 * time.Second},
		"503 after all":    {Kind: sandbox.Answer, Status: 503, After: sandbox.WholeBody},
		"429":              {Kind: sandbox.Answer, Status: 429, RetryAfter: 3 * time.Second},
		"429 early":        {Kind: sandbox.RefuseEarly, Status: 429},
		"cut":              {Kind: sandbox.CutBody, After: mib},
		"reset":            {Kind: sandbox.Reset, After: mib},
		"cut at once":      {Kind: sandbox.CutBody},
		"page instead":     {Kind: sandbox.Answer, Status: 200, HTML: true},
		"refused half-way": {Kind: sandbox.RefuseMidBody, Status: 500, After: mib},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			f.Method, f.Times = http.MethodPut, 2
			r.server.Inject(f)
			s := r.follow()
			jobs := r.send(r.file("large", 3*mib), r.file("tiny", 3000))
			r.once(jobs)
			s.until("end", func() bool { return s.totals.Finished == 2 })
			if s.totals.Offline || s.totals.Err != nil && s.totals.Err.Kind != service.RateLimited {
				t.Errorf("totals at the end %+v", s.totals)
			}
		})
	}
}

func TestAFileFailsAfterItsTries(t *testing.T) {
	r := newRig(t)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Method: http.MethodPut, Times: -1, Name: "bad"})
	s := r.follow()
	id := r.add(r.file("bad", 100), r.file("good", 100))
	j := s.state("bad", upload.Retrying)
	if j.Try != 2 || j.MaxTries != 6 || j.NextTry.IsZero() || j.Err == nil || j.Err.Kind != service.Server || j.Err.Status != 500 {
		t.Errorf("retrying: %+v, %v", j, j.Err)
	}
	jobs := r.wait(id)
	failed(t, jobs[0], service.Server, "internal")
	if n := r.puts(); n != 7 {
		t.Errorf("%d uploads, want 6 + 1", n)
	}
	r.once(jobs[1:])
}

func TestPermanentRefusalsAreNotTriedAgain(t *testing.T) {
	r := newRig(t)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 422, Value: "string_out_of_range", Method: http.MethodPut, Times: -1})
	j := r.send(r.file("a", 100))[0]
	if j.State != upload.Failed || j.Err.Value != "string_out_of_range" || r.puts() != 1 {
		t.Errorf("%v, %v after %d uploads", j.State, j.Err, r.puts())
	}
}

func TestAWrongKeyPausesTheQueue(t *testing.T) {
	r := newRig(t, workers(8), func(_ *upload.Config, s *sandboxConfig) { s.Key = "right" })
	s := r.follow()
	var paths []string
	for i := range 300 {
		paths = append(paths, r.file(fmt.Sprint(i), 100))
	}
	id := r.add(paths...)
	s.until("need of a key", func() bool { return s.totals.NeedsKey && s.totals.Scanning == 0 && s.totals.Active == 0 })
	if s.totals.Failed != 0 || s.totals.Waiting != 300 || s.totals.Err == nil || s.totals.Err.Kind != service.Unauthorized {
		t.Errorf("totals %+v", s.totals)
	}
	if n := r.server.Stats().Begun; n > 9 {
		t.Errorf("%d requests with a wrong key", n)
	}
	r.engine.Use(r.client("right"))
	r.once(r.wait(id))
	if s.until("good again", func() bool { return !s.totals.Busy() }); s.totals.NeedsKey || s.totals.Err != nil {
		t.Errorf("totals %+v", s.totals)
	}
}

func TestAKeyThatGetsWrongInBetween(t *testing.T) {
	r := newRig(t)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 401, Value: "authentication_failed", Method: http.MethodPut, Times: -1})
	s := r.follow()
	id := r.add(r.file("a", 100), r.file("b", 3*mib))
	s.until("need of a key", func() bool { return s.totals.NeedsKey && s.totals.Active == 0 && s.totals.Waiting == 2 })
	r.server.Clear()
	r.engine.Use(r.client("new"))
	jobs := r.wait(id)
	r.once(jobs)
	if jobs[0].Try != 1 || jobs[1].Try != 1 {
		t.Errorf("a wrong key cost a try")
	}
}

func TestNoKey(t *testing.T) {
	r := newRig(t, withoutClient)
	s := r.follow()
	id := r.add(r.file("a", 10), r.file("empty", 0))
	s.until("waiting", func() bool { return s.totals.NeedsKey && s.totals.Waiting == 1 && s.totals.Failed == 1 })
	r.engine.Use(nil)
	r.engine.Use(r.client("k"))
	r.once(r.wait(id)[:1])
}

func TestAnUnreachableServiceCostsNoTry(t *testing.T) {
	r := newRig(t)
	addr := r.server.Addr()
	must(t, r.server.Close())
	s := r.follow()
	var paths []string
	for i := range 50 {
		paths = append(paths, r.file(fmt.Sprint(i), 100+i))
	}
	id := r.add(paths...)
	s.until("offline", func() bool {
		return s.totals.Offline && s.totals.Scanning == 0 && s.totals.Err != nil && !s.totals.Until.IsZero()
	})
	until := s.totals.Until
	for range 4 { // it goes on trying, less and less often
		s.until("a later try", func() bool { return s.totals.Until.After(until) })
		until = s.totals.Until
	}
	if s.totals.Failed != 0 {
		t.Errorf("totals %+v", s.totals)
	}
	back, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
	must(t, err)
	t.Cleanup(func() { must(t, back.Close()) })
	r.server = back
	jobs := r.wait(id)
	r.once(jobs)
	for _, j := range jobs {
		if j.Try != 1 {
			t.Errorf("being offline cost %q a try: %d", j.Name, j.Try)
		}
	}
	if s.until("online", func() bool { return !s.totals.Busy() }); s.totals.Offline || s.totals.Err != nil {
		t.Errorf("totals %+v", s.totals)
	}
}

// The wait for the network is as long as people want: the clock stands still.
func TestTryNow(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) { cfg.Clock, s.Now = clock, nil })
	addr := r.server.Addr()
	must(t, r.server.Close())
	s := r.follow()
	id := r.add(r.file("a", 100), r.file("b", 9*mib))
	waits := func() bool {
		return s.totals.Offline && s.totals.Scanning+s.totals.Active == 0 && s.totals.Until.After(clock.Now())
	}
	s.until("offline", waits)
	must(t, r.engine.TryNow(t.Context()))
	s.until("a try", func() bool { return !s.totals.Until.After(clock.Now()) })
	s.until("offline still", waits)
	back, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
	must(t, err)
	t.Cleanup(func() { must(t, back.Close()) })
	r.server = back
	must(t, r.engine.TryNow(t.Context()))
	r.once(r.wait(id))
	must(t, r.engine.TryNow(t.Context())) // nothing to try
}

func TestLosingTheServiceWhileSending(t *testing.T) {
	r := newRig(t, workers(2))
	addr := r.server.Addr()
	s := r.follow()
	held := r.stalled("a")
	id := r.add(r.file("a", 16*mib), r.file("b", 100))
	r.struck(held, 1)
	s.state("b", upload.Uploaded)
	must(t, r.server.Close())
	s.until("offline", func() bool { return s.totals.Offline && s.named("a").State == upload.Retrying })
	back, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
	must(t, err)
	t.Cleanup(func() { must(t, back.Close()) })
	r.server = back
	jobs := r.wait(id)
	r.served(jobs[0])
	if jobs[0].Try != 1 {
		t.Errorf("a lost network cost a try: %d", jobs[0].Try)
	}
}

func TestLostAnswersMakeNoCopies(t *testing.T) {
	for dialect, opt := range dialects() {
		for name, f := range map[string]sandbox.Fault{
			"lost": {Kind: sandbox.LostAnswer}, "gateway": {Kind: sandbox.Answer, Status: 502, HTML: true, After: sandbox.WholeBody},
		} {
			t.Run(dialect+" "+name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, opt)
				f.Method, f.Times = http.MethodPut, 4
				r.server.Inject(f)
				s := r.follow()
				var paths []string
				for i := range 4 {
					paths = append(paths, r.file(fmt.Sprint(i), 1000+i/2*2*mib)) // two of a size
				}
				id := r.add(paths...)
				s.until("doubt", func() bool { return s.named("3").State == upload.Verifying })
				r.once(r.wait(id))
				if want := map[bool]int{true: 4, false: 8}[f.Kind == sandbox.LostAnswer]; r.puts() != want {
					t.Errorf("%d uploads, want %d", r.puts(), want)
				}
			})
		}
	}
}

func TestOneListingServesAllInDoubt(t *testing.T) {
	r := newRig(t, workers(16))
	r.send(r.file("first", 5)) // the listing for duplicates is there
	r.server.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, Method: http.MethodPut, Times: 100})
	var paths []string
	for i := range 100 {
		paths = append(paths, r.file(fmt.Sprint(i), 1000))
	}
	before := r.server.Stats().Requests[http.MethodGet]
	jobs := r.send(paths...)
	lists := r.server.Stats().Requests[http.MethodGet] - before
	if lists > 60 {
		t.Errorf("%d listings for 100 files", lists)
	}
	if len(r.server.Uploads()) != 101 {
		t.Errorf("%d files", len(r.server.Uploads()))
	}
	for _, j := range jobs {
		r.served(j)
	}
}

func TestWrongCopies(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, opt)
			r.server.Inject(sandbox.Fault{Kind: sandbox.WrongHash, Name: "once"})
			r.server.Inject(sandbox.Fault{Kind: sandbox.WrongHash, Name: "always", Times: -1})
			jobs := r.send(r.file("once", 2*mib), r.file("always", 1000))
			r.once(jobs[:1])
			failed(t, jobs[1], service.Server, service.ReasonWrongHash)
			if jobs[1].Link != "" {
				t.Errorf("a wrong copy has the link %s", jobs[1].Link)
			}
		})
	}
}

func TestVerificationAsksInBatches(t *testing.T) {
	r := newRig(t, dialect2020, workers(16))
	gate := make(chan struct{})
	info := func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, "/info") }
	r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Match: info, Until: gate}) // the first call waits
	s := r.follow()
	var paths []string
	for i := range 250 {
		paths = append(paths, r.file(fmt.Sprint(i), 50))
	}
	id := r.add(paths...)
	s.until("all sent", func() bool { return s.totals.Active == 250 && s.totals.Waiting == 0 })
	before := r.server.Stats().Requests[http.MethodGet]
	close(gate)
	r.once(r.wait(id))
	if n := r.server.Stats().Requests[http.MethodGet] - before; n > 5 {
		t.Errorf("%d calls to verify 250 files", n)
	}
}

func TestVerificationSurvivesFailures(t *testing.T) {
	r := newRig(t, dialect2020)
	info := func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, "/info") }
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 502, HTML: true, Match: info, Times: 3})
	r.server.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, Match: info, Times: 2})
	r.once(r.send(r.file("a", 100), r.file("b", 100)))
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Match: info, Times: -1})
	j := r.send(r.file("c", 200))[0]
	if j.State != upload.Uploaded || j.Verified || j.Link == "" {
		t.Errorf("a file that can't be verified: %+v", j)
	}
}

func TestContentThatIsThereIsNotSent(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, opt)
			tiny, large := r.bytes(1000), r.bytes(3*mib)
			var there []service.FileID
			for i, b := range [][]byte{tiny, large} {
				f, err := r.server.Add(fmt.Sprint("old ", i), strings.NewReader(string(b)))
				must(t, err)
				there = append(there, f.ID)
			}
			jobs := r.send(r.write("tiny", tiny), r.write("large", large), r.file("same size", 3*mib), r.file("other", 10))
			for i, id := range there {
				if jobs[i].State != upload.AlreadyThere || jobs[i].File != id {
					t.Errorf("%q: %v, %s; want %s", jobs[i].Name, jobs[i].State, jobs[i].File, id)
				}
				r.served(jobs[i])
			}
			r.served(jobs[2])
			r.served(jobs[3])
			if r.puts() != 2 {
				t.Errorf("%d uploads, want 2", r.puts())
			}
		})
	}
}

func TestAFileThatIsGoneFromTheAccountIsSent(t *testing.T) {
	r := newRig(t)
	content := r.bytes(1000)
	first := r.send(r.write("a", content))[0]
	must(t, r.client("k").Delete(t.Context(), first.File))
	second := r.send(r.write("b", content))[0]
	if second.State != upload.Uploaded {
		t.Errorf("state %v", second.State)
	}
	r.once([]upload.Job{second})
}

func TestTwinsAreSentOnce(t *testing.T) {
	r := newRig(t, workers(8))
	tiny, large := r.bytes(5000), r.bytes(4*mib)
	almost := slices.Clone(large)
	almost[mib] ^= 1 // not where samples are taken
	var paths []string
	for i := range 6 {
		paths = append(paths, r.write(fmt.Sprint("tiny ", i), tiny), r.write(fmt.Sprint("large ", i), large))
	}
	paths = append(paths, r.write("almost", almost))
	jobs := r.send(paths...)
	sent := map[string]int{}
	for _, j := range jobs {
		r.served(j)
		if j.State == upload.Uploaded {
			sent[j.SHA256]++
		}
	}
	if len(sent) != 3 || r.puts() != 3 {
		t.Errorf("sent %v with %d uploads, want each content once", sent, r.puts())
	}
	if len(r.server.Uploads()) != 3 {
		t.Errorf("%d files in the account", len(r.server.Uploads()))
	}
}

func TestATwinGoesOnWhenTheFirstFails(t *testing.T) {
	r := newRig(t)
	for _, size := range []int{5000, 3 * mib} {
		content := r.bytes(size)
		r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 403, Value: "forbidden", Method: http.MethodPut})
		jobs := r.send(r.write(fmt.Sprint("x", size), content), r.write(fmt.Sprint("y", size), content))
		if jobs[0].State == upload.Uploaded {
			jobs[0], jobs[1] = jobs[1], jobs[0]
		}
		failed(t, jobs[0], service.Forbidden, "forbidden")
		r.served(jobs[1])
	}
}

func TestDuplicatesCanBeSent(t *testing.T) {
	r := newRig(t, func(cfg *upload.Config, _ *sandboxConfig) { cfg.SendDuplicates = true })
	content := r.bytes(1000)
	r.once(r.send(r.write("a", content), r.write("b", content)))
	r.engine.SetSkipDuplicates(true)
	if j := r.send(r.write("c", content))[0]; j.State != upload.AlreadyThere {
		t.Errorf("state %v", j.State)
	}
}

func TestWithoutAListing(t *testing.T) {
	r := newRig(t)
	list := func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, "/user/files") }
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Match: list, Times: -1})
	r.once(r.send(r.file("a", 100), r.file("b", 3*mib)))
}

func TestASourceThatChangedBeforeItsTurn(t *testing.T) {
	r := newRig(t, withoutClient)
	s := r.follow()
	grown, gone, emptied := r.file("grown", 100), r.file("gone", 100), r.file("emptied", 100)
	id := r.add(grown, gone, emptied)
	s.until("all waiting", func() bool { return s.totals.Waiting == 3 && s.totals.Scanning == 0 })
	r.file("grown", 2*mib)
	r.file("emptied", 0)
	must(t, os.Remove(gone))
	r.engine.Use(r.client("k"))
	jobs := r.wait(id)
	r.once(jobs[:1])
	failed(t, jobs[1], service.NotFound, service.ReasonMissingFile)
	failed(t, jobs[2], service.Invalid, service.ReasonEmptyFile)
	if s.until("end", func() bool { return !s.totals.Busy() }); s.totals.Bytes != 2*mib || s.totals.Sent != 2*mib {
		t.Errorf("totals %+v", s.totals)
	}
}

func TestASourceThatChangesWhileItIsSent(t *testing.T) {
	changes := map[string]func(r *rig, path string){
		"grow":    func(r *rig, _ string) { r.file("a", 13*mib) },
		"shrink":  func(r *rig, path string) { must(r.t, os.Truncate(path, 5*mib)) },
		"rewrite": func(r *rig, _ string) { r.file("a", 12*mib) },
		"replace": func(r *rig, path string) { must(r.t, os.Rename(r.file("new", 12*mib), path)) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path := r.file("a", 12*mib)
			held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: mib, Method: http.MethodPut})
			s := r.follow()
			id := r.add(path)
			r.struck(held, 1)
			change(r, path)
			held.Release()
			s.state("a", upload.Retrying)
			jobs := r.wait(id)
			r.once(jobs)
		})
	}
}

func TestASourceThatVanishesWhileItIsSent(t *testing.T) {
	r := newRig(t)
	path := r.file("a", 12*mib)
	want := fileSum(t, path)
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: mib, Method: http.MethodPut})
	id := r.add(path)
	r.struck(held, 1)
	must(t, os.Remove(path))
	held.Release()
	if j := r.wait(id)[0]; j.State != upload.Uploaded || j.SHA256 != want {
		t.Errorf("a file that was open all the time: %+v, %v", j, j.Err)
	}
}

func TestBytesThatFlowEndBeingOffline(t *testing.T) {
	r := newRig(t, workers(2))
	addr := r.server.Addr()
	must(t, r.server.Close())
	s := r.follow()
	id := r.add(r.file("large", 20*mib), r.file("other", 9*mib))
	s.until("offline", func() bool { return s.totals.Offline })
	back, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
	must(t, err)
	t.Cleanup(func() { must(t, back.Close()) })
	r.server = back
	held := back.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: mib, Name: "large"})
	r.struck(held, 1)
	s.state("other", upload.Uploaded) // does not wait for the end of the first
	held.Release()
	r.once(r.wait(id))
}
