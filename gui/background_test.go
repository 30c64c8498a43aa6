package gui

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sluice/gui/uploads"
	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/settings"
	"sluice/service/upload"
)

// desk is an app whose notifications and windows the test sees.
type desk struct {
	fyne.App
	notes chan *fyne.Notification
	over  <-chan struct{} // the test is
}

// withDesk makes a window's app a desk.
func withDesk(t *testing.T) (*desk, option) {
	t.Helper()
	d := &desk{notes: make(chan *fyne.Notification), over: t.Context().Done()}
	return d, func(_ *bench, cfg *Config, _ *upload.Config) {
		d.App = cfg.App
		cfg.App = d
	}
}

// SendNotification hands the notification to the test and waits until it was
// taken, or nobody is there to take it.
func (d *desk) SendNotification(n *fyne.Notification) {
	select {
	case d.notes <- n:
	case <-d.over:
	}
}

// sight is a window that says whether it can be seen.
type sight struct {
	fyne.Window
	hidden bool
}

func (w *sight) Hide() { w.hidden = true }
func (w *sight) Show() { w.hidden = false }

// inBackground opens a window whose uploads stand still, and closes it so that
// they go on without it.
func inBackground(t *testing.T) (*bench, *desk, *sight, *bool) {
	t.Helper()
	d, with := withDesk(t)
	b := newBench(t, with)
	w := &sight{Window: b.shell.window}
	closed := b.watchClose()
	b.shell.window = w
	b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 100_000, Times: -1})
	b.drop(b.large("big.bin", 64_000_000))
	b.UntilSees("Uploading")
	b.shell.askToClose()
	b.Tap("Keep uploading in the background")
	if !w.hidden || *closed {
		t.Fatalf("hidden %v, closed %v", w.hidden, *closed)
	}
	b.MustSee("big.bin")
	return b, d, w, closed
}

// note waits for a notification.
func (b *bench) note(d *desk) *fyne.Notification {
	b.t.Helper()
	var got *fyne.Notification
	taken := make(chan struct{})
	go func() {
		select {
		case got = <-d.notes:
			close(taken)
			b.queue.OnMain(func() {}) // lets Until look again
		case <-d.over:
		}
	}()
	b.Until("a notification", func() bool {
		select {
		case <-taken:
			return true
		default:
			return false
		}
	})
	return got
}

func TestBackgroundTellsItsEndAndCloses(t *testing.T) {
	b, d, w, closed := inBackground(t)
	b.shell.cfg.App.Clipboard().SetContent("what was copied before")
	b.drop(b.file("other.txt", "x"))
	b.server.Clear()
	if got := b.note(d); got.Title != "Sluice" || got.Content != "2 files uploaded" {
		t.Errorf("told %+v", got)
	}
	b.Until("the window to close", func() bool { return *closed })
	if !w.hidden {
		t.Error("the window came back")
	}
	b.shell.events(nil) // the last of a session, after its end was told
	if b.shell.ending {
		t.Error("the end is told twice")
	}
	if got := b.clipboard(); got != "what was copied before" {
		t.Errorf("the clipboard has %q", got)
	}
}

func TestBackgroundEndsAtOnceWhenAllIsDone(t *testing.T) {
	d, with := withDesk(t)
	b := newBench(t, with)
	closed := b.watchClose()
	b.UntilSees("Idle")
	b.shell.hide(b.shell.now()) // the last upload ended under the question
	if got := b.note(d); got.Content != "All uploads are done" {
		t.Errorf("told %+v", got)
	}
	b.Until("the window to close", func() bool { return *closed })
}

func TestBackgroundTellsWhatNeedsItsUser(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*bench)
		want    string
	}{
		"failed": {func(b *bench) {
			b.drop(b.file("empty.txt", ""), b.file("good.txt", "x"))
			b.UntilSees("FAILED · 1")
			b.server.Clear()
		}, "1 file failed · 2 files uploaded"},
		"paused": {func(b *bench) { b.must(b.engine.Pause(b.t.Context())) }, "All uploads are paused"},
		"held": {func(b *bench) {
			b.must(b.engine.PauseJobs(b.t.Context(), b.rows(uploads.SectionUploading)...))
		}, "1 file paused"},
		"no key": {func(b *bench) { b.engine.Use(nil) }, "Needs an API key"},
		"refused": {func(b *bench) {
			b.server.Clear()
			b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "PUT", PathPrefix: "/api/file/", Status: 401, Value: "authentication_failed", Times: -1})
			b.drop(b.file("more.txt", "x"))
		}, "The API key was refused"},
	} {
		t.Run(name, func(t *testing.T) {
			b, d, _, closed := inBackground(t)
			c.happens(b)
			if got := b.note(d); got.Title != "Sluice needs you" || got.Content != c.want {
				t.Errorf("told %+v", got)
			}
			b.Until("the window to close", func() bool { return *closed })
		})
	}
}

// What only waits for the network is nothing that its user can do; a full disk
// is.
func TestBackgroundWaitsOffline(t *testing.T) {
	b, _, w, closed := inBackground(t)
	b.tell(upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}})
	if !w.hidden || *closed || b.shell.ending {
		t.Error("it does not wait")
	}
	b.shell.since = time.Time{} // back, so that nothing is told by a desktop
	b.tell(upload.Totals{Waiting: 1, Err: &service.Error{Value: service.ReasonQueueUnwritable}})
	if got := b.shell.lastWords(); b.shell.working() || got.Title != "Sluice needs you" || !strings.HasPrefix(got.Content, "The list can’t be saved") {
		t.Errorf("working: %v, would tell %+v", b.shell.working(), got)
	}
}

// A network that stays away is told once, also when it comes and goes for less.
func TestBackgroundTellsALongWaitForTheNetwork(t *testing.T) {
	d, with := withDesk(t)
	b := newBench(t, with)
	now := time.Date(2026, time.November, 23, 14, 3, 0, 0, time.Local)
	b.shell.now = func() time.Time { return now }
	offline := upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}}
	b.UntilSees("Idle")
	b.tell(offline) // and no news from the engine from now on
	b.shell.since = now
	later := func(d time.Duration, t upload.Totals) {
		now = now.Add(d)
		b.shell.events([]upload.Event{{Totals: &t}})
		b.shell.tick()
	}
	told := func() bool { return b.shell.toldOffline }
	later(4*time.Minute, offline)
	later(0, upload.Totals{Active: 1})
	later(time.Minute, offline)
	later(4*time.Minute, offline)
	if told() {
		t.Error("told too early")
	}
	later(time.Minute, offline)
	got := b.note(d)
	if got.Title != "Sluice is offline" || !strings.Contains(got.Content, "sandbox has been unreachable since 14:08.") {
		t.Errorf("told %+v", got)
	}
	later(time.Hour, offline)
	b.shell.acts.close()
	select {
	case n := <-d.notes:
		t.Errorf("told again: %+v", n)
	default:
	}
	later(0, upload.Totals{Active: 1})
	if told() {
		t.Error("the next time would not be told")
	}
}

func TestRaisedWindowIsNotToldOfTheNetwork(t *testing.T) {
	b := newBench(t)
	now := time.Now()
	b.shell.now = func() time.Time { return now }
	offline := upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}}
	b.UntilSees("Idle")
	b.tell(offline)
	now = now.Add(time.Hour)
	b.shell.tick()
	if b.shell.toldOffline {
		t.Error("told beside the notice")
	}
}

// slowDesk is a desktop whose notifications take as long as the test wants.
type slowDesk struct {
	fyne.App
	send func()
}

func (d *slowDesk) SendNotification(*fyne.Notification) { d.send() }

func TestCloseWaitsForNotifications(t *testing.T) {
	begun, told := make(chan struct{}), atomic.Bool{}
	var b *bench
	b = newBench(t, func(_ *bench, cfg *Config, _ *upload.Config) {
		cfg.App = &slowDesk{cfg.App, func() {
			close(begun)
			<-b.shell.ctx.Done() // Close has begun
			for range 1000 {
				runtime.Gosched()
			}
			told.Store(true)
		}}
	})
	b.shell.acts.add(func(ctx context.Context) { b.shell.notify(ctx, &fyne.Notification{}) })
	<-begun
	b.shell.Close()
	if !told.Load() {
		t.Error("a notification outlives the window")
	}
}

func TestCloseDoesNotWaitForADesktopThatHangs(t *testing.T) {
	begun, hangs := make(chan struct{}), make(chan struct{})
	b := newBench(t, func(_ *bench, cfg *Config, _ *upload.Config) {
		cfg.App = &slowDesk{cfg.App, func() {
			close(begun)
			<-hangs
		}}
	})
	defer close(hangs)
	b.shell.notifyTime = time.Millisecond
	b.shell.acts.add(func(ctx context.Context) { b.shell.notify(ctx, &fyne.Notification{}) })
	<-begun
	b.shell.Close() // returns
}

func TestRaisedWindowStays(t *testing.T) {
	b, d, w, closed := inBackground(t)
	b.shell.Raise()
	b.Until("the window to come back", func() bool { return !w.hidden })
	b.server.Clear()
	b.settled()
	b.UntilSees("FINISHED TODAY · 1", "1 link copied")
	select {
	case n := <-d.notes:
		t.Errorf("told %+v", n)
	default:
	}
	if *closed {
		t.Error("the window closed")
	}
}

// A window that is raised while its end is being told stays.
func TestRaisedAtTheLastMoment(t *testing.T) {
	b, d, w, closed := inBackground(t)
	b.server.Clear()
	b.Until("the end", func() bool { return b.shell.ending })
	b.shell.Raise()
	b.note(d)
	b.Until("the end to be over", func() bool { return !b.shell.ending })
	if w.hidden || *closed {
		t.Errorf("hidden %v, closed %v", w.hidden, *closed)
	}
	b.MustSee("FINISHED TODAY · 1")
}

// Files that another start hands over while the end is being told go on too.
func TestMoreWorkAtTheLastMoment(t *testing.T) {
	b, d, _, closed := inBackground(t)
	b.server.Clear()
	b.Until("the end", func() bool { return b.shell.ending })
	b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 100_000, Times: -1})
	_, err := b.engine.Add(t.Context(), upload.Command, []string{b.large("more.bin", 63_000_000)})
	b.must(err)
	b.UntilSees("more.bin", "Uploading")
	b.note(d)
	b.Until("the end to be over", func() bool { return !b.shell.ending })
	if *closed {
		t.Fatal("closed with uploads under way")
	}
	b.server.Clear()
	if got := b.note(d); got.Content != "1 file uploaded" {
		t.Errorf("told %+v", got)
	}
	b.Until("the window to close", func() bool { return *closed })
}

func TestClosingAsTheSettingsSay(t *testing.T) {
	for choice, stays := range map[settings.WhenClosed]bool{settings.CloseStops: false, settings.CloseKeepsGoing: true} {
		t.Run(string(choice), func(t *testing.T) {
			b := newBench(t)
			w := &sight{Window: b.shell.window}
			closed := b.watchClose()
			b.shell.window = w
			b.set(func(v *settings.Values) { v.WhenClosed = choice })
			b.halfSent(600_000)
			b.shell.askToClose()
			b.MustNotSee("Uploads are under way")
			b.Until("the window to go", func() bool { return w.hidden || *closed })
			if w.hidden != stays || *closed == stays {
				t.Errorf("hidden %v, closed %v", w.hidden, *closed)
			}
		})
	}
}

func TestClosingTellsWhatWouldBeSentAgain(t *testing.T) {
	b := newBench(t)
	b.halfSent(40_000_000)
	b.shell.askToClose()
	b.shell.askToClose() // the button of the window's frame is still there
	b.MustSee("MB of 64 MB was sent and would have to be sent again.")
	b.Tap("Cancel")
	b.MustSee("big.bin", "UPLOADING")
	if n := len(b.shell.window.Canvas().Overlays().List()); n != 0 {
		t.Errorf("%d questions are left", n)
	}
}

func TestClosingQuestionGoesAwayWithTheUploads(t *testing.T) {
	b := newBench(t)
	closed := b.watchClose()
	hold := b.halfSent(600_000)
	b.shell.askToClose()
	b.MustSee("Uploads are under way")
	hold.Release()
	b.server.Clear()
	b.UntilGone("Uploads are under way")
	b.settled()
	if *closed {
		t.Error("closed without an answer")
	}
}

// What is told holds no name of a file: some systems read it as a script.
func TestNotificationsHaveNoNames(t *testing.T) {
	b, d, _, _ := inBackground(t)
	b.drop(b.file("$(name).txt", ""))
	b.UntilSees("FAILED · 1")
	b.server.Clear()
	if got := b.note(d); strings.ContainsAny(got.Title+got.Content, "$\"'`") || !slices.Contains([]string{"Sluice needs you"}, got.Title) {
		t.Errorf("told %+v", got)
	}
}
