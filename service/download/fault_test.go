package download_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/storage"
)

// content matches requests for the bytes of a file, of any without ids.
func content(ids ...service.FileID) func(*http.Request) bool {
	return func(r *http.Request) bool {
		id, ok := strings.CutPrefix(r.URL.Path, "/api/file/")
		return ok && !strings.Contains(id, "/") && (len(ids) == 0 || slices.Contains(ids, service.FileID(id)))
	}
}

func TestCutAgainAndAgain(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} { // HTTP/1.1, HTTP/2
		for _, kind := range []sandbox.FaultKind{sandbox.CutBody, sandbox.Reset} {
			cutAgainAndAgain(t, kind, secure)
		}
	}
}

func cutAgainAndAgain(t *testing.T, kind sandbox.FaultKind, secure bool) {
	t.Helper()
	t.Run(fmt.Sprintf("%v %v", kind, secure), func(t *testing.T) {
		t.Parallel()
		r := newRig(t, func(_ *download.Config, s *sandbox.Config) { s.TLS = secure })
		const cuts, size = 25, 4 * mib
		f := r.put("film.mkv", size)
		fault := r.server.Inject(sandbox.Fault{Kind: kind, Match: content(), Times: cuts, After: size / 32})
		r.arrived(r.get(f.ID)[0], "film.mkv")
		if r.names() != "film.mkv" || fault.Hits() != cuts {
			t.Errorf("folder has %s after %d cuts", r.names(), fault.Hits())
		}
		// What a reset throws away on the way is sent again.
		limit := int64(size)
		if kind == sandbox.Reset || secure {
			limit += cuts * size / 32
		}
		if got := r.sent(f.ID); got < size || got > limit {
			t.Errorf("%d bytes were sent of %d, with %d cuts", got, size, cuts)
		}
	})
}

func TestGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const size = 8 * mib
	f := r.put("film.mkv", size)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), Times: 3, After: 2 * mib})
	s := r.follow()
	batch := r.add(f.ID)
	for n := int64(1); n <= 3; n++ {
		s.until("bytes", func() bool {
			for _, j := range s.jobs {
				if j.Done >= n*2*mib-kib {
					return true
				}
			}
			return false
		})
		r.restart()
		s = r.follow()
	}
	j := r.wait(batch)[0]
	r.arrived(j, "film.mkv")
	if r.names() != "film.mkv" || stall.Hits() != 3 {
		t.Errorf("folder has %s after %d restarts", r.names(), stall.Hits())
	}
	if !slices.Contains(s.states[j.ID], download.Checking) {
		s.state(j.ID, download.Downloaded)
	}
	if got := r.sent(f.ID); got > size+3*512*kib { // what was on its way
		t.Errorf("%d bytes were sent of %d", got, size)
	}
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1))
	const size = 6 * mib
	f, second := r.put("a.bin", size), r.put("b.bin", 10)
	r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(f.ID), Times: 2, After: 2 * mib})
	s := r.follow()
	batch := r.add(f.ID, second.ID)
	id := service.DownloadID(batch)
	half := func(n int64) func() bool { return func() bool { return s.jobs[id].Done >= n*2*mib-kib } }
	s.until("bytes", half(1))

	must(t, r.engine.PauseJobs(t.Context(), id))
	paused := s.state(id, download.Paused)
	s.state(id+1, download.Downloaded) // the others go on
	if s.totals.Held != 1 || s.totals.Busy() || paused.Done < 2*mib-kib || s.totals.Done < 2*mib-kib {
		t.Errorf("totals %+v, %+v", s.totals, paused)
	}
	r.restart()
	s = r.follow()
	if j := s.jobs[id]; j.State != download.Paused || j.Done != paused.Done || s.totals.Held != 1 {
		t.Errorf("after a restart: %+v, %+v", j, s.totals)
	}
	must(t, r.engine.ResumeJobs(t.Context(), id))
	s.until("more bytes", half(2))
	must(t, r.engine.Pause(t.Context()))
	s.state(id, download.Waiting)
	if !s.totals.Paused {
		t.Errorf("totals %+v", s.totals)
	}
	r.cfg.RememberPause = true
	r.restart()
	if snapshot, _ := r.engine.Subscribe(t.Context()); !snapshot.Totals.Paused || snapshot.Totals.Active != 0 {
		t.Errorf("after a restart: %s", describe(snapshot))
	}
	must(t, r.engine.Resume(t.Context()))
	r.arrived(r.wait(batch)[0], "a.bin")
	if got := r.sent(f.ID); got > size+mib {
		t.Errorf("%d bytes were sent of %d", got, size)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1))
	f, second, third := r.put("a.bin", 3*mib), r.put("b.bin", 10), r.put("c.bin", 10)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(f.ID), After: mib})
	s := r.follow()
	batch := r.add(f.ID, second.ID, third.ID)
	id := service.DownloadID(batch)
	must(t, stall.Wait(t.Context(), 1))
	s.until("bytes", func() bool { return s.jobs[id].Done >= mib-kib })
	if !strings.HasSuffix(r.names(), ".part") {
		t.Errorf("folder has %s", r.names())
	}
	must(t, r.engine.Cancel(t.Context(), id, id+1, 99))
	if strings.Contains(r.names(), ".part") {
		t.Errorf("folder has %s", r.names())
	}
	jobs := r.wait(batch)
	if jobs[0].State != download.Cancelled || jobs[1].State != download.Cancelled || len(jobs) != 3 {
		t.Errorf("%+v", jobs)
	}
	r.arrived(jobs[2], "c.bin")
	s.until("removal", func() bool { return len(s.jobs) == 1 && len(s.done) == 1 })
	if r.names() != "c.bin" || r.sent(second.ID) != 0 || len(s.done[0].Jobs) != 1 {
		t.Errorf("folder has %s, %+v", r.names(), s.done)
	}
	r.restart()
	if snapshot, _ := r.engine.Subscribe(t.Context()); len(snapshot.Jobs) != 1 {
		t.Errorf("after a restart: %s", describe(snapshot))
	}
	must(t, r.engine.Cancel(t.Context(), id+2)) // a finished one leaves the list only
	if snapshot, _ := r.engine.Subscribe(t.Context()); len(snapshot.Jobs) != 0 || r.names() != "c.bin" {
		t.Errorf("%s, folder has %s", describe(snapshot), r.names())
	}
}

func TestWhatNeedsABrowser(t *testing.T) {
	t.Parallel()
	for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
		whatNeedsABrowser(t, dialect)
	}
}

func whatNeedsABrowser(t *testing.T, dialect int) {
	t.Helper()
	r := newRig(t, func(_ *download.Config, s *sandbox.Config) { s.Dialect = dialect })
	f := r.put("a.bin", 1000)
	for value, kind := range map[string]service.Kind{
		"file_rate_limited_captcha_required": service.CaptchaRequired, "virus_detected_captcha_required": service.CaptchaRequired,
		"ip_download_limited_captcha_required": service.CaptchaRequired, "server_overload_captcha_required": service.CaptchaRequired,
		"hotlink_detected": service.Forbidden, "max_concurrent_downloads": service.Forbidden, "transfer_limit_exceeded": service.Forbidden,
		"unavailable_for_legal_reasons": service.Forbidden,
	} {
		must(t, r.server.SetObstacle(f.ID, value, "no"))
		j := r.get(f.ID)[0]
		failed(t, j, kind, value)
		if want := value != "unavailable_for_legal_reasons"; j.InBrowser() != want {
			t.Errorf("%s: in a browser: %v", value, !want)
		}
		if j.Try != 1 || r.names() != "" {
			t.Errorf("%s: try %d, folder has %s", value, j.Try, r.names())
		}
	}
	r.engine.Use(r.client("k", 0)) // its owner is never asked
	j := r.get(f.ID)[0]
	r.arrived(j, "a.bin")
	if j.InBrowser() {
		t.Error("a finished download needs no browser")
	}
	if snapshot, _ := r.engine.Subscribe(t.Context()); len(snapshot.Jobs) != 1 { // it was the same each time
		t.Errorf("in the list: %s", describe(snapshot))
	}
}

// A page that is in the way, for people to solve, is shown as such too.
func TestAWallNeedsABrowser(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 1000)
	wall := r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Match: content(), Status: 403, HTML: true, Times: -1})
	j := r.get(f.ID)[0]
	if j.State != download.Failed || !j.InBrowser() || wall.Hits() != 1 {
		t.Errorf("%v, %v, in a browser: %v, %d requests", j.State, j.Err, j.InBrowser(), wall.Hits())
	}
	r.restart()
	if snapshot, _ := r.engine.Subscribe(t.Context()); !snapshot.Jobs[0].InBrowser() {
		t.Errorf("after a restart: %s", describe(snapshot))
	}
}

func TestTooManyAtOnceWaitsForTheOthers(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(3))
	a, b := r.put("a.bin", 100*kib), r.put("b.bin", 100)
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(a.ID), After: 1000})
	full := r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Match: content(b.ID), Status: 403, Value: "max_concurrent_downloads"})
	batch := r.add(a.ID)
	must(t, hold.Wait(t.Context(), 1))
	s := r.follow()
	second := r.add(b.ID)
	must(t, full.Wait(t.Context(), 1))
	s.until("b waits", func() bool {
		states := s.states[service.DownloadID(second)]
		return len(states) > 2 && states[len(states)-1] == download.Waiting
	})
	hold.Release()
	r.arrived(r.wait(batch)[0], "a.bin")
	r.arrived(r.wait(second)[0], "b.bin")
}

func TestTroubleThatPasses(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"busy":        {Kind: sandbox.Answer, Status: 503, Times: 3},
		"portal":      {Kind: sandbox.Answer, Status: 200, HTML: true, Times: 2},
		"proxy":       {Kind: sandbox.Answer, Status: 502, HTML: true, Times: 2},
		"slow down":   {Kind: sandbox.Answer, Status: 429, RetryAfter: 3 * time.Second, Times: 3},
		"no answer":   {Kind: sandbox.LostAnswer, Times: 3},
		"other range": {Kind: sandbox.Answer, Status: 416, Value: "x"},
		"silence":     {Kind: sandbox.StallBody, After: 5000},
	} {
		for _, where := range []string{"info", "content"} {
			t.Run(name+" "+where, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.engine.Use(r.client("", 300*time.Millisecond))
				f := r.put("a.bin", 300*kib)
				fault := fault
				fault.Match = content(f.ID)
				if where == "info" {
					fault.Match = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/info") }
				}
				if fault.Status == 416 && where == "info" {
					return // no range is asked for
				}
				if fault.After > 0 && where == "info" {
					fault.After = 10
				}
				injected := r.server.Inject(fault)
				s := r.follow()
				j := r.get(f.ID)[0]
				r.arrived(j, "a.bin")
				s.state(j.ID, download.Downloaded)
				if injected.Hits() < max(fault.Times, 1) || !slices.Contains(s.states[j.ID], download.Retrying) || r.names() != "a.bin" {
					t.Errorf("%d hits, %v, folder has %s", injected.Hits(), s.states[j.ID], r.names())
				}
			})
		}
	}
}

func TestTroubleThatStays(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 300*kib)
	// The first bytes come, and never more than these.
	r.server.Inject(sandbox.Fault{Kind: sandbox.CutBody, Match: content(), After: 100 * kib})
	busy := r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 500, Match: content(), Times: -1})
	j := r.get(f.ID)[0]
	failed(t, j, service.Server, "internal")
	if busy.Hits() != 6-1 || j.Done != 100*kib {
		t.Errorf("%d tries without success, %d bytes are here", busy.Hits()+1, j.Done)
	}
	r.restart()
	r.server.Clear()
	must(t, r.engine.Retry(t.Context(), j.ID))
	r.arrived(r.wait(j.Batch)[0], "a.bin")
	if got := r.sent(f.ID); got != 300*kib {
		t.Errorf("%d bytes were sent", got)
	}
}

// unplug gives the engine a client whose network can be taken away.
func (r *rig) unplug() *atomic.Bool {
	r.t.Helper()
	var offline atomic.Bool
	client, err := pixeldrain.New(pixeldrain.Config{
		APIURL: r.server.APIURL(),
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if offline.Load() {
				return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("no network")}
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	})
	must(r.t, err)
	r.t.Cleanup(client.Close)
	r.engine.Use(client)
	return &offline
}

func TestTryNow(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(cfg *download.Config, _ *sandbox.Config) { cfg.Clock = clocktest.NewQuick(1) })
	offline := r.unplug()
	offline.Store(true)
	f := r.put("a.bin", 100)
	s := r.follow()
	batch := r.add(f.ID)
	// The third wait is of three seconds at least.
	for range 3 {
		until := s.totals.Until
		s.until("a wait", func() bool { return s.totals.Offline && s.totals.Until.After(until) })
	}
	offline.Store(false)
	must(t, r.engine.TryNow(t.Context()))
	if snapshot, _ := r.engine.Subscribe(t.Context()); snapshot.Totals.Until.After(time.Now().Add(time.Second)) {
		t.Errorf("waits for %v", time.Until(snapshot.Totals.Until))
	}
	r.arrived(r.wait(batch)[0], "a.bin")
	must(t, r.engine.TryNow(t.Context())) // nothing waits
}

func TestOfflineIsWaitedOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	offline := r.unplug()
	var ids []service.FileID
	for range 6 {
		ids = append(ids, r.put("a.bin", 200*kib).ID)
	}
	cut := r.server.Inject(sandbox.Fault{Kind: sandbox.CutBody, Match: content(ids[0]), After: 50 * kib})
	s := r.follow()
	offline.Store(true)
	batch := r.add(ids...)
	s.until("offline", func() bool { return s.totals.Offline && s.totals.Err != nil && !s.totals.Until.IsZero() })
	fails := 0
	for s.totals.Until.IsZero() || fails < 7 { // far more than a file has tries
		until := s.totals.Until
		s.until("another try", func() bool { return s.totals.Offline && s.totals.Until.After(until) })
		fails++
	}
	offline.Store(false)
	for _, j := range r.wait(batch) {
		r.arrived(j, j.Name)
		if j.Try > 2 {
			t.Errorf("%q was charged %d tries", j.Name, j.Try)
		}
	}
	if cut.Hits() != 1 {
		t.Error("not cut")
	}
	s.until("online", func() bool { return !s.totals.Offline && s.totals.Err == nil && s.totals.Finished == 6 })
}

func TestARefusedKeyHoldsTheQueue(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *download.Config, s *sandbox.Config) { s.Key = "right" })
	f, second := r.put("a.bin", 100), r.put("a.bin", 100)
	r.engine.Use(r.client("wrong", 0))
	s := r.follow()
	batch := r.add(f.ID, second.ID)
	s.until("key", func() bool { return s.totals.NeedsKey && s.totals.Err != nil && s.totals.Waiting == 2 })
	r.engine.Use(r.client("right", 0))
	for _, j := range r.wait(batch) {
		r.arrived(j, j.Name)
	}
	s.until("end", func() bool { return !s.totals.NeedsKey && s.totals.Finished == 2 })
}

func TestUseBreaksOffAndGoesOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 3*mib)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), After: mib})
	s := r.follow()
	batch := r.add(f.ID)
	must(t, stall.Wait(t.Context(), 1))
	r.engine.Use(nil)
	j := s.state(service.DownloadID(batch), download.Waiting)
	if s.until("no key", func() bool { return s.totals.NeedsKey }); j.Err != nil {
		t.Error(j.Err)
	}
	r.engine.Use(r.client("k", 0))
	r.arrived(r.wait(batch)[0], "a.bin")
}

func TestAnotherService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 100)
	other, err := pixeldrain.New(pixeldrain.Config{APIURL: "http://127.0.0.1:1/api"})
	must(t, err)
	must(t, r.engine.Pause(t.Context()))
	batch := r.add(f.ID)
	r.engine.Use(other)
	must(t, r.engine.Resume(t.Context()))
	j := r.wait(batch)[0]
	failed(t, j, service.Invalid, service.ReasonForeignLink)
	r.engine.Use(r.client("", 0))
	must(t, r.engine.Retry(t.Context(), j.ID))
	r.arrived(r.wait(batch)[0], "a.bin")
}

func TestRoomIsLookedAtFirst(t *testing.T) {
	t.Parallel()
	var free atomic.Uint64
	r := newRig(t, workers(2), func(cfg *download.Config, _ *sandbox.Config) {
		cfg.Space = func(string) (download.Space, error) { return download.Space{Free: free.Load(), Volume: "v"}, nil }
	})
	const spare = 16 * mib
	a, b := r.put("a.bin", 2*mib), r.put("b.bin", 2*mib)
	free.Store(spare + 3*mib) // for one of them
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(a.ID), After: 1000})
	first := r.add(a.ID)
	must(t, hold.Wait(t.Context(), 1))
	j := r.get(b.ID)[0]
	failed(t, j, service.Invalid, service.ReasonDiskFull)
	if r.sent(b.ID) != 0 {
		t.Errorf("%d bytes were sent for nothing", r.sent(b.ID))
	}
	hold.Release()
	r.arrived(r.wait(first)[0], "a.bin")
	must(t, r.engine.Retry(t.Context(), j.ID)) // the first is done: there is room now
	r.arrived(r.wait(j.Batch)[0], "b.bin")
}

func TestFoldersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 100)
	base := r.folder
	must(t, os.WriteFile(filepath.Join(base, "file"), nil, 0o600))
	for _, folder := range []string{filepath.Join(base, "file"), filepath.Join(base, "not", "there"), filepath.Join(base, "file", "x")} {
		r.folder = folder
		failed(t, r.get(f.ID)[0], service.Invalid, service.ReasonFolderUnusable)
	}
	r.folder = filepath.Join(base, "new") // one level is made
	r.arrived(r.get(f.ID)[0], "a.bin")
}

func TestALinkInThePlaceOfThePartIsNotFollowed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 300*kib)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), After: 100 * kib})
	s := r.follow()
	batch := r.add(f.ID)
	must(t, stall.Wait(t.Context(), 1))
	s.until("bytes", func() bool { return s.jobs[service.DownloadID(batch)].Done >= 99*kib })
	r.close()
	part := filepath.Join(r.folder, r.names())
	victim := filepath.Join(r.home, "victim")
	must(t, os.WriteFile(victim, []byte("mine"), 0o600))
	must(t, os.Remove(part))
	must(t, os.Symlink(victim, part))
	r.server.Clear()
	r.open()
	r.arrived(r.wait(batch)[0], "a.bin")
	if b, err := os.ReadFile(victim); err != nil || string(b) != "mine" {
		t.Errorf("the file that the link leads to: %q, %v", b, err)
	}
}

// What failed waits for its user, however much was finished after it.
func TestFailedDownloadsStayInTheListAfterARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	rows := []storage.Download{{FileID: "f", Folder: r.folder, State: "failed", FailKind: "server", Finished: at}}
	for i := range 600 {
		rows = append(rows, storage.Download{FileID: "g", Folder: r.folder, State: "downloaded", Finished: at.Add(time.Duration(i+1) * time.Second)})
	}
	_, err := r.db.AddDownloads(t.Context(), rows)
	must(t, err)
	r.restart()
	snapshot, events := r.engine.Subscribe(t.Context())
	events.Close()
	if len(snapshot.Jobs) != 501 || snapshot.Jobs[0].State != download.Failed || snapshot.Totals.Failed != 1 {
		t.Errorf("%d downloads, %d failed, the first is %+v", len(snapshot.Jobs), snapshot.Totals.Failed, snapshot.Jobs[0])
	}
}

func TestProgressIsToldTenTimesASecond(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(cfg *download.Config, s *sandbox.Config) { cfg.Clock, s.Throttle = nil, 2*mib })
	f := r.put("a.bin", 8*mib)
	s := r.follow()
	begun := time.Now()
	r.add(f.ID)
	s.until("reports", func() bool { return s.progress == 5 }) // however late this goroutine hears of them
	if least := 3 * 100 * time.Millisecond; time.Since(begun) < least {
		t.Errorf("%d reports of progress in %v", s.progress, time.Since(begun))
	}
}
