package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/settings"
	"sluice/service/upload"
)

// tell shows totals as if the engine had told them, and nothing else from now
// on.
func (b *bench) tell(t upload.Totals) {
	b.shell.cancel()
	b.shell.wg.Wait() // for the pump
	b.Settle()
	b.shell.events([]upload.Event{{Totals: &t}})
}

func TestWhatHoldsEverythingIsToldOnce(t *testing.T) {
	at := time.Date(2026, time.November, 23, 14, 3, 0, 0, time.Local)
	failure := func(kind service.Kind, value string) *service.Error { return &service.Error{Kind: kind, Value: value} }
	for name, c := range map[string]struct {
		totals upload.Totals
		want   []string
	}{
		"no key":  {upload.Totals{NeedsKey: true}, []string{"Uploads wait for an API key.", "Enter a key"}},
		"refused": {upload.Totals{NeedsKey: true, Err: failure(service.Unauthorized, "authentication_failed")}, []string{"The service does not accept this API key", "Enter a key"}},
		"offline": {
			upload.Totals{Waiting: 1, Offline: true, Err: failure(service.Offline, ""), Until: at.Add(8 * time.Second)},
			[]string{"sandbox has been unreachable since", "uploads resume by themselves. Next try in 8\u00a0s."},
		},
		"trying": {
			upload.Totals{Waiting: 1, Offline: true, Err: failure(service.Offline, ""), Until: at},
			[]string{"sandbox has been unreachable since", "Trying again now."},
		},
		"too many requests": {
			upload.Totals{Waiting: 1, Err: failure(service.RateLimited, ""), Until: at.Add(90 * time.Second)},
			[]string{"sandbox asks for fewer uploads at a time.", "Uploads resume in 1\u00a0min\u00a030\u00a0s."},
		},
		"fewer at a time": {
			upload.Totals{Active: 1, Err: failure(service.RateLimited, "")},
			[]string{"sandbox asks for fewer uploads at a time.", "Uploads resume by themselves."},
		},
		"disk full":       {upload.Totals{Paused: true, Err: failure(service.Internal, service.ReasonQueueUnwritable)}, []string{"the disk is full or has failed", "Free up disk space; uploads then resume by themselves."}},
		"paused":          {upload.Totals{Paused: true, Offline: true, Waiting: 1}, []string{"All uploads are paused. Files you add now wait too.", "Resume"}},
		"paused and idle": {upload.Totals{Paused: true}, []string{"All uploads are paused."}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(_ *bench, cfg *Config, _ *upload.Config) {
				cfg.NewSettings = func(*Shell, Backend) fyne.CanvasObject { return &fyne.Container{} }
			})
			b.shell.now = func() time.Time { return at }
			b.tell(c.totals)
			b.MustSee(c.want...)
			b.tell(upload.Totals{Waiting: 1})
			b.MustNotSee(c.want...)
		})
	}
}

func TestStatusTellsWhatHoldsEverything(t *testing.T) {
	b := newBench(t)
	limited := &service.Error{Kind: service.RateLimited}
	b.tell(upload.Totals{Waiting: 3, Files: 3, Err: limited, Until: time.Now().Add(time.Minute)})
	b.MustSee("Waiting", " · resumes by itself")
	b.tell(upload.Totals{Waiting: 3, Files: 3, Active: 1, Speed: 1000, Err: limited})
	b.MustSee("1.0 KB/s")
	b.tell(upload.Totals{Waiting: 3, Files: 3, Err: &service.Error{Value: service.ReasonQueueUnwritable}})
	b.MustSee("Stopped")
	b.tell(upload.Totals{Waiting: 3, Files: 3})
	b.MustSee("Working")
}

// still is a clock that stands still, so that nothing happens by itself.
type still struct{ t time.Time }

func (c still) Now() time.Time { return c.t }
func (c still) After(time.Duration) (<-chan time.Time, func() bool) {
	return nil, func() bool { return true }
}

func TestOfflineIsTriedAtOnce(t *testing.T) {
	b := newBench(t, func(_ *bench, _ *Config, cfg *upload.Config) { cfg.Clock = still{time.Now()} })
	addr := b.server.Addr()
	b.must(b.server.Close())
	b.drop(b.file("a.txt", "x"))
	b.UntilSees("has been unreachable since", "WAITING · 1")
	back, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
	b.must(err)
	t.Cleanup(func() { b.must(back.Close()) })
	b.Tap("Try now")
	b.UntilSees("FINISHED TODAY · 1")
	b.MustNotSee("has been unreachable since")
}

// An outage that began before midnight has a time, and one of days the day too.
func TestOutagesHaveTimes(t *testing.T) {
	b := newBench(t)
	began := time.Date(2026, time.November, 23, 23, 50, 0, 0, time.Local)
	now := began
	b.shell.now = func() time.Time { return now }
	b.tell(upload.Totals{Waiting: 1, Offline: true})
	now = began.Add(time.Hour)
	b.tell(upload.Totals{Waiting: 1, Offline: true})
	b.MustSee("unreachable since 23:50.")
	now = began.AddDate(0, 0, 2)
	b.tell(upload.Totals{Waiting: 1, Offline: true})
	b.MustSee("unreachable since 23 Nov 2026, 23:50.")
}

func TestNoticeCountsDown(t *testing.T) {
	b := newBench(t)
	now := time.Now()
	b.shell.now = func() time.Time { return now }
	b.tell(upload.Totals{Waiting: 1, Offline: true, Until: now.Add(8 * time.Second)})
	b.MustSee("Next try in 8\u00a0s.")
	if !b.shell.notices.ticks() {
		t.Fatal("nothing counts down")
	}
	now = now.Add(3 * time.Second)
	b.shell.tick()
	b.MustSee("Next try in 5\u00a0s.")
	now = now.Add(6 * time.Second)
	b.shell.tick()
	b.MustSee("Trying again now.")
	if b.shell.notices.ticks() {
		t.Error("it goes on counting")
	}
}

func TestStatusTellsTheSpeedLimit(t *testing.T) {
	b := newBench(t)
	b.UntilSees("Idle")
	b.MustNotSee("limited to")
	b.set(func(v *settings.Values) { v.SpeedLimit = 1_000_000 })
	b.MustSee("limited to 1 MB/s")
	b.set(func(v *settings.Values) { v.SpeedLimit = 0 })
	b.MustNotSee("limited to")
}
