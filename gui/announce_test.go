package gui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

// placed gives everything visible in o, and where it stands.
func (b *bench) placed(o fyne.CanvasObject) map[fyne.CanvasObject]string {
	found := map[fyne.CanvasObject]string{}
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if o == nil || !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		found[o] = fmt.Sprint(at, o.Size())
		if c, ok := o.(*fyne.Container); ok {
			for _, child := range c.Objects {
				walk(child, at)
			}
		} else if w, ok := o.(fyne.Widget); ok {
			for _, child := range test.WidgetRenderer(w).Objects() {
				walk(child, at)
			}
		}
	}
	walk(o, fyne.Position{})
	return found
}

// Whatever is announced, nothing on the page moves, neither when it comes nor when
// it goes.
func TestAnnouncementsMoveNothing(t *testing.T) {
	b := newBrowser(t, 60)
	b.all(60)
	b.shell.files.Tiles().Object().(*kit.Grid).ScrollToOffset(1e9) // where a lower view would show less
	b.Settle()
	s := b.shell
	offline := upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}, Until: b.now.Add(8 * time.Second)}
	removal := kit.NewNotice()
	removal.Set(kit.NoticeContent{Text: "3 files will be deleted", Color: kit.ColorRed, Action: "Undo"})
	for name, c := range map[string]struct{ come, leave func() }{
		"an error":    {func() { s.notices.tell("an error", kit.ColorRed) }, func() { b.Tap("Close") }},
		"words":       {func() { s.toast("words") }, func() { b.Tap("Close") }},
		"an offer":    {func() { s.notices.offer("", "an offer", "Show folder", func() {}) }, func() { b.Tap("Close") }},
		"a condition": {func() { b.tell(offline) }, func() { b.tell(upload.Totals{}) }},
		"old files": {
			func() {
				s.notices.forFiles(kit.NoticeContent{Text: "These are old.", Color: kit.ColorAmber, Action: "Try again"})
			},
			func() { s.notices.forFiles(kit.NoticeContent{}) },
		},
		"a deletion": {func() { s.notices.cards.Put(removal) }, func() { s.notices.cards.Take(removal) }},
	} {
		b.Settle()
		before := b.placed(s.frame.main)
		check := func(when string) {
			after := b.placed(s.frame.main)
			for o, place := range before {
				if after[o] != place {
					t.Errorf("%s %s: %T was at %s and is at %q", name, when, o, place, after[o])
				}
			}
		}
		c.come()
		if check("comes"); !slices.ContainsFunc([]string{"Close", "Undo"}, b.Sees) {
			t.Errorf("%s is not to be seen", name)
		}
		c.leave()
		check("goes")
	}
}

// stall lets time go by in which nothing runs; then everything does that is due.
func (b *browser) stall(d time.Duration) {
	b.now = b.now.Add(d)
	for i := range len(b.timers) {
		if t := b.timers[i]; !t.stopped && !t.at.After(b.now) {
			b.timers[i].stopped = true
			t.do()
		}
	}
	b.Settle()
}

// The time of passing words goes on only while people can see them, and in steps:
// a computer that stands still takes one of them.
func TestPassingWordsWaitForTheirReader(t *testing.T) {
	b := newBrowser(t, 3)
	b.all(3)
	s := b.shell
	looks := func(on bool) {
		s.active = on
		s.notices.count()
	}
	s.toast("3 links copied")
	b.pass(time.Hour)
	b.MustSee("3 links copied") // the window is behind others
	if b.counts() {
		t.Error("time is counted while nobody looks")
	}

	looks(true)
	b.pass(time.Second)
	looks(false)
	b.pass(time.Hour)
	b.MustSee("3 links copied")
	looks(true)
	b.stall(time.Minute)
	b.MustSee("3 links copied")
	b.pass(2 * time.Second)
	b.MustNotSee("3 links copied")

	s.toast("4 links copied")
	b.pass(3 * time.Second)
	cross := b.cross()
	cross.MouseIn(&desktop.MouseEvent{})
	b.pass(time.Hour)
	b.MustSee("4 links copied")
	cross.MouseOut()
	b.pass(2 * time.Second)
	b.MustNotSee("4 links copied")
	if b.counts() {
		t.Error("time is counted for nothing")
	}
}

// A card above room that others left comes down, once nothing passes any more and
// nobody is at the cards.
func TestCardsComeDownInTheEnd(t *testing.T) {
	b := newBrowser(t, 3)
	b.all(3)
	s := b.shell
	s.active = true
	s.toast("words")
	b.tell(upload.Totals{Paused: true})
	card := s.notices.queue.card
	place := func() float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(card).Y }
	high := place()
	b.pass(toastTime + looseSteps*noticeStep - noticeStep)
	if b.Sees("words") || place() != high {
		t.Errorf("the card went from %v to %v before anybody could click on it", high, place())
	}
	b.pass(noticeStep)
	if place() <= high {
		t.Errorf("the card stays at %v, above nothing", place())
	}
	if b.counts() {
		t.Error("time is counted for nothing")
	}
}

// counts reports whether something is to happen within a step.
func (b *browser) counts() bool {
	return slices.ContainsFunc(b.timers, func(t timer) bool { return !t.stopped && t.at.Sub(b.now) <= noticeStep })
}

// cross is what closes the only card.
func (b *bench) cross() desktop.Hoverable {
	b.t.Helper()
	for o := range b.placed(b.shell.notices.cards) {
		if a, ok := o.(fyne.Accessible); ok && a.AccessibilityLabel() == "Close" {
			return o.(desktop.Hoverable)
		}
	}
	b.t.Fatal("no card can be closed")
	return nil
}

// What passes takes the place of nothing that is to be read, and all of it can be
// read again.
func TestNothingSaidIsLost(t *testing.T) {
	b := newBench(t)
	s := b.shell
	s.Tell("The first error.")
	s.toast("1 file downloaded")
	s.toast("1 file deleted")
	b.MustSee("The first error.", "1 file downloaded", "1 file deleted")
	s.Tell("The second error.")
	b.Settle()
	b.MustSee("The first error.", "1 file deleted", "The second error.")
	b.MustNotSee("1 file downloaded") // it would have passed
	for i := range 5 {
		s.Tell(fmt.Sprintf("Error number %d.", i))
	}
	b.MustSee("Error number 2.", "Error number 4.")
	b.MustNotSee("The first error.")
	if n := len(s.notices.said); n != mostSaid {
		t.Errorf("%d sentences stand on the window", n)
	}
	b.Tap("Messages")
	b.MustSee("The first error.", "1 file downloaded", "1 file deleted", "The second error.", "Error number 4.")
	b.Tap("Close")
	b.MustNotSee("1 file downloaded")
	for i := range 2 * mostTold {
		s.Tell(fmt.Sprintf("Again, error number %d.", i))
	}
	b.Settle()
	if n := len(s.notices.told); n != mostTold {
		t.Errorf("%d sentences are kept", n)
	}
}

// What would pass is not told of the background when the window is back.
func TestWordsOfTheBackgroundAreKeptOnly(t *testing.T) {
	b := newBench(t)
	b.shell.since = time.Now()
	b.shell.toast("Watching ~/Pictures")
	b.shell.toastCopied(3)
	b.shell.Tell("An error.")
	b.Settle()
	b.shell.since = time.Time{}
	b.MustSee("An error.")
	b.MustNotSee("Watching ~/Pictures", "3 links copied")
	b.Tap("Messages")
	b.MustSee("Watching ~/Pictures")
}

// Sentences about the same take each other's place: how far something is, and what
// the clipboard has.
func TestWordsAboutTheSame(t *testing.T) {
	b := newBench(t)
	s := b.shell
	s.toastCopied(3)
	s.toastCopied(2)
	s.notices.offer("list", "Saving the list: 1 of 2", "Cancel", func() {})
	s.notices.offer("list", "2 files listed", "Show folder", func() {})
	s.Tell("An error.")
	s.Tell("An error.")
	b.MustSee("2 links copied", "2 files listed", "Show folder", "An error.")
	b.MustNotSee("3 links copied", "Saving the list")
	if n := len(s.notices.said); n != 3 {
		t.Errorf("there are %d cards", n)
	}
	if n := len(s.notices.told); n != 2 {
		t.Errorf("%d are kept for reading again, want the list and the error: %v", n, s.notices.told)
	}
}

// A condition can be closed; it is told again when it is another, and among the
// messages all the time.
func TestConditionsCanBeClosed(t *testing.T) {
	b := newBench(t)
	offline := upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}, Until: time.Now().Add(8 * time.Second)}
	b.tell(offline)
	b.MustSee("sandbox has been unreachable since", "Try now")
	b.Tap("Close")
	b.MustNotSee("sandbox has been unreachable since")
	offline.Until = offline.Until.Add(time.Minute)
	b.tell(offline)
	b.MustNotSee("sandbox has been unreachable since")
	b.Tap("Messages")
	b.MustSee("sandbox has been unreachable since", "Try now")
	b.Tap("Try now")
	b.MustNotSee("Try now")
	b.tell(upload.Totals{Waiting: 1})
	b.tell(offline)
	b.MustSee("sandbox has been unreachable since")
}

// That the files are of an earlier time is told where the files are.
func TestOldFilesAreToldOnTheirScreen(t *testing.T) {
	b := newBrowser(t, 3)
	b.all(3)
	b.server.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, PathPrefix: "/api/user/files", Times: -1})
	b.Tap("Ask the service again (F5)")
	b.UntilSees("These are your files as of ")
	b.Tap("Uploads")
	b.MustNotSee("These are your files as of ")
	b.Tap("Files")
	b.MustSee("These are your files as of ")
}

// The bar with Undo is on every screen, and so is its key. Each second of it is
// shown, also when the computer stood still.
func TestUndoWaitsForItsSeconds(t *testing.T) {
	b := newBrowser(t, 20)
	b.all(20)
	remove := func() {
		b.click(0, 0)
		b.Tap("Delete…")
		b.Tap("Delete")
	}
	remove()
	b.Tap("Uploads")
	b.MustSee("will be deleted in 8 seconds")
	b.shell.shortcut(&fyne.ShortcutUndo{})
	b.Settle()
	b.MustNotSee("will be deleted")

	b.Tap("Files")
	remove()
	b.stall(time.Hour)
	b.MustSee("will be deleted in 7 seconds")
	b.Tap("Undo")
	b.pass(time.Minute)
	if n := b.onServer(); n != 20 {
		t.Errorf("%d files are on the server", n)
	}
	remove()
	b.pass(files.Undo)
	b.UntilSees("1 file deleted")
}

// Escape closes what stands on the window, where it has nothing else to do.
func TestEscapeClosesCards(t *testing.T) {
	b := newBrowser(t, 20)
	b.all(20)
	b.click(0, 0)
	b.shell.Tell("An error.")
	b.Settle()
	b.Press(fyne.KeyEscape)
	if n := len(b.selected()); n != 0 || !b.Sees("An error.") {
		t.Errorf("%d files are selected, the error is seen: %v", n, b.Sees("An error."))
	}
	b.Press(fyne.KeyEscape)
	b.MustNotSee("An error.")

	b.Tap("Uploads")
	b.shell.Tell("Another error.")
	b.Settle()
	b.shell.window.Canvas().Unfocus()
	b.shell.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.MustNotSee("Another error.")
}

// On the first start's screen announcements are seen too, but not that there is no
// key: that is what it is for.
func TestAnnouncementsOnTheFirstScreen(t *testing.T) {
	b := newBench(t, noKey, func(_ *bench, c *Config, _ *upload.Config) {
		c.Welcome = true
		c.NewWelcome = func(*Shell, Backend) fyne.CanvasObject { return kit.NewText("Welcome", kit.TextStyle{}) }
	})
	b.MustSee("Welcome")
	b.tell(upload.Totals{NeedsKey: true})
	b.MustNotSee("Uploads wait for an API key")
	b.shell.Tell("There is nowhere to upload to yet.")
	b.MustSee("There is nowhere to upload to yet.")
	b.Tap("Close")
	b.MustNotSee("There is nowhere to upload to yet.")
	b.shell.Show("uploads")
	b.MustSee("Uploads wait for an API key")
}

// That the service is out of reach is told once where the files are, and there
// from when they are.
func TestOfflineIsToldOnceWhereTheFilesAre(t *testing.T) {
	b := newBench(t)
	b.Tap("Files")
	b.tell(upload.Totals{Waiting: 1, Offline: true, Err: &service.Error{Kind: service.Offline}})
	b.MustSee("sandbox has been unreachable since")
	b.shell.notices.forFiles(kit.NoticeContent{Text: "Offline. These are your files as of 9:40.", Color: kit.ColorAmber})
	b.MustSee("Offline. These are your files as of 9:40.")
	b.MustNotSee("sandbox has been unreachable since")
	b.Tap("Uploads")
	b.MustSee("sandbox has been unreachable since")
	b.MustNotSee("Offline. These are your files as of 9:40.")
	b.Tap("Files")
	b.MustNotSee("sandbox has been unreachable since")
	b.shell.notices.forFiles(kit.NoticeContent{})
	b.MustSee("sandbox has been unreachable since")
}
