package gui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/feed"
	"sluice/service/library"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
	"sluice/service/upload"
)

// browser is a bench whose window shows the files of its server.
type browser struct {
	*bench
	catalogue *library.Catalogue
	client    *pixeldrain.Client
	keyless   bool
	now       time.Time
	timers    []timer
	renaming  chan struct{} // nil: at once
}

// timer is what the window wants done later.
type timer struct {
	at      time.Time
	do      func()
	stopped bool
}

// newBrowser opens a window on an account with n made-up files.
func newBrowser(t *testing.T, n int, options ...func(*sandbox.Config)) *browser {
	t.Helper()
	b := &browser{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	server := sandboxtest.New(t, append(options, func(c *sandbox.Config) { c.Files = n })...)
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: server.APIURL(), Key: sandboxtest.Key, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b.client = client
	b.catalogue = library.New(library.Config{})
	t.Cleanup(b.catalogue.Close)
	var ready feed.Feed[struct{}, []service.FileID]
	t.Cleanup(ready.Close)
	links, err := service.NewLinks(server.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	wire := func(_ *bench, c *Config, _ *upload.Config) {
		c.After = b.after
		c.Backend.Links = func() service.Links { return links }
		c.Backend.Library = func(context.Context) (files.Library, error) {
			return files.Library{
				Catalogue: b.catalogue, Ready: ready.Subscribe, Keyless: func() bool { return b.keyless },
				Delete: func(ctx context.Context, id service.FileID) error {
					err := client.Delete(ctx, id)
					if err == nil {
						b.catalogue.Removed(id)
					}
					return err
				},
				Rename: b.rename, CanRename: client.CanRename,
			}, nil
		}
	}
	b.bench = newBench(t, wire)
	b.server = server
	b.shell.now = func() time.Time { return b.now }
	return b
}

// rename is the session's.
func (b *browser) rename(ctx context.Context, id service.FileID, name string) error {
	call := func(name string) (before string) {
		f, _ := b.catalogue.File(id)
		before, f.Name = f.Name, name
		b.catalogue.Added(f)
		return before
	}
	before := call(name)
	defer b.queue.OnMain(func() {}) // so that tests look again
	if b.renaming != nil {
		select {
		case <-b.renaming:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := b.client.Rename(ctx, id, name)
	if err != nil {
		call(before)
	}
	return err
}

// use shows the account's files.
func (b *browser) use() {
	b.catalogue.Use("account", b.client)
	b.Tap("Files")
}

func (b *browser) after(d time.Duration, f func()) func() {
	i := len(b.timers)
	b.timers = append(b.timers, timer{at: b.now.Add(d), do: f})
	return func() { b.timers[i].stopped = true }
}

// pass lets time go by.
func (b *browser) pass(d time.Duration) {
	end := b.now.Add(d)
	for {
		next := -1
		for i := range b.timers {
			if t := &b.timers[i]; !t.stopped && !t.at.After(end) && (next < 0 || t.at.Before(b.timers[next].at)) {
				next = i
			}
		}
		if next < 0 {
			b.now = end
			b.Settle()
			return
		}
		b.now = b.timers[next].at
		b.timers[next].stopped = true
		b.timers[next].do()
		b.Settle()
	}
}

// names lists the files that are shown, in order.
func (b *browser) names() []string {
	list := b.shell.files.Model().List()
	names := make([]string, list.Len())
	for i := range names {
		names[i] = list.Name(i)
	}
	return names
}

// click presses on a tile while modifiers are held.
func (b *browser) click(i int, held fyne.KeyModifier) {
	b.t.Helper()
	grid := b.shell.files.Tiles().Object()
	at, ok := b.shell.files.Tiles().At(i)
	if !ok {
		b.t.Fatalf("tile %d is out of view", i)
	}
	at = at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(grid))
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: held}
	e.Position = at
	grid.(desktop.Mouseable).MouseDown(e)
	grid.(desktop.Mouseable).MouseUp(e)
	b.Settle()
}

func (b *browser) selected() []service.FileID { return b.shell.files.Tiles().Selection().IDs() }

// gone reports whether the server has none of these files any more.
func (b *browser) gone(ids ...service.FileID) bool {
	infos, err := b.client.Infos(b.t.Context(), ids)
	b.must(err)
	return len(infos) == 0
}

// onServer counts the account's files.
func (b *browser) onServer() int {
	n := 0
	b.must(b.client.EachFile(b.t.Context(), func(service.File) error { n++; return nil }))
	return n
}

func TestBrowseCopyAndDelete(t *testing.T) {
	b := newBrowser(t, 300)
	b.use()
	b.UntilSees("Search 300 files", "300 files · ", "All", "Select a file to see its details.")
	b.Until("all files", func() bool { return len(b.names()) == 300 })

	b.Type("Search 300 files", "jpg")
	b.Until("the search", func() bool {
		names := b.names()
		return len(names) > 10 && len(names) < 300 && strings.Contains(strings.ToLower(names[0]), "jpg")
	})
	found := len(b.names())
	b.MustSee(fmt.Sprintf("All %d", found))

	// Three are selected: one, and with Ctrl and Shift up to another.
	b.click(1, 0)
	b.MustSee("1 file · ", "Copy link", "SHA-256", "Last viewed", "Bandwidth", b.names()[1])
	b.click(3, fyne.KeyModifierControl)
	b.click(4, fyne.KeyModifierControl|fyne.KeyModifierShift)
	ids := b.selected()
	list := b.shell.files.Model().List()
	if len(ids) != 3 || ids[0] != list.ID(1) || ids[1] != list.ID(3) || ids[2] != list.ID(4) {
		t.Fatalf("%q are selected", ids)
	}
	b.MustSee("3 files · ")
	b.Tap("Copy links")
	b.Tap("Markdown")
	links, want := b.shell.backend.Links(), []string{}
	for _, i := range []int{1, 3, 4} {
		f := list.File(i)
		want = append(want, links.Write(service.FormatMarkdown, "", []service.LinkTarget{{ID: f.ID, Name: f.Name}}))
	}
	if got := b.clipboard(); got != strings.Join(want, "\n") {
		t.Errorf("the clipboard has %q, want %q", got, want)
	}
	b.MustSee("3 links copied")

	// Deleted and taken back.
	b.Tap("Delete…")
	b.MustSee("Delete 3 files (", "their links stop working")
	b.Tap("Keep")
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustSee("will be deleted in 8 seconds", "Undo")
	b.MustNotSee("Copy links")
	if n := len(b.names()); n != found-3 {
		t.Errorf("%d of %d files are shown", n, found)
	}
	b.pass(7 * time.Second)
	b.MustSee("will be deleted in 1 second")
	b.Tap("Undo")
	b.MustSee("3 files · ", "Copy links")
	b.pass(time.Minute)
	if n := b.onServer(); n != 300 || len(b.names()) != found {
		t.Errorf("%d files are on the server, %d are shown", n, len(b.names()))
	}
	if got, at := b.selected(), b.shell.files.Tiles().Selection().Cursor(); len(got) != 3 || at != 1 {
		t.Errorf("%q are selected after Undo, the keyboard stands at %d", got, at)
	}

	// Deleted for good.
	b.Tap("Delete…")
	b.Tap("Delete")
	if b.pass(7900 * time.Millisecond); b.gone(ids...) || b.onServer() != 300 {
		t.Error("the deletion did not wait")
	}
	b.pass(200 * time.Millisecond)
	b.UntilSees("3 files deleted", "297 files · ")
	if !b.gone(ids...) || b.onServer() != 297 {
		t.Errorf("%d files are on the server", b.onServer())
	}
	b.Until("the navigation's count", func() bool { return b.Sees("297") })
}

func TestDeletionsThatFail(t *testing.T) {
	b := newBrowser(t, 20)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 20 })
	b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "DELETE", PathPrefix: "/api/file/", Status: 403, Value: "forbidden", Times: 2})
	b.click(0, 0)
	b.click(5, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.pass(files.Undo)
	b.UntilSees("2 files could not be deleted and are still there. Not allowed for this account: “", "Try again")
	b.Until("what was deleted to be gone", func() bool { return len(b.names()) == 16 })
	b.MustSee("2 files · ", "Copy links") // those that are still there are selected again
	b.Tap("Try again")
	b.UntilSees("2 files deleted")
	if n := b.onServer(); n != 14 {
		t.Errorf("%d files are on the server", n)
	}
}

// A report tells each reason once, and no longer of files that are deleted after all.
func TestReportOfDeletionsThatFail(t *testing.T) {
	b := newBrowser(t, 20)
	b.all(20)
	refuse := func(skip, times, status int, value string) {
		b.server.Inject(sandbox.Fault{
			Kind: sandbox.Answer, Method: "DELETE", PathPrefix: "/api/file/", Status: status, Value: value, Skip: skip, Times: times,
		})
	}
	refuse(0, 4, 403, "forbidden")
	refuse(0, 1, 422, "strange")
	slow := b.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: "DELETE", PathPrefix: "/api/file/", Skip: 1, Times: 1})
	b.click(0, 0)
	b.click(6, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.pass(files.Undo)
	b.must(slow.Wait(t.Context(), 1))
	b.UntilSees("Deleting: 6 of 7 · 5 failed")
	slow.Release()
	b.UntilSees("5 files could not be deleted and are still there. Not allowed for this account: “", "”, and 2 more. ", "Refused by the service: “")

	b.server.Clear()
	b.MustSee("5 files · ") // they are selected
	b.click(0, 0)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustSee("4 files could not be deleted and are still there. ")
	b.Tap("Undo")
	b.shell.files.TypedShortcut(&fyne.ShortcutSelectAll{})
	b.Settle()
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustNotSee("could not be deleted")
}

// What the search hides is not deleted without a word.
func TestDeletionTellsWhatIsHidden(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(0, 0)
	b.click(3, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.MustNotSee("not shown at the moment")
	b.Tap("Keep")
	b.Type("Search 30 files", `"`+b.names()[2]+`"`)
	b.Until("the search", func() bool { return len(b.names()) == 1 })
	b.Tap("Delete…")
	b.MustSee("Delete 4 files (", "3 of them are not shown at the moment, and will be deleted too.")
	b.Tap("Keep")
}

// Ctrl+Z takes back what waits to be deleted, also when nothing is left to show.
func TestDeletionIsUndoneByKey(t *testing.T) {
	b := newBrowser(t, 20)
	b.all(20)
	b.shell.files.TypedShortcut(&fyne.ShortcutSelectAll{})
	b.Settle()
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustSee("All your files are about to be deleted.")
	b.shell.files.TypedShortcut(&fyne.ShortcutUndo{})
	b.UntilSees("20 files · ", "Copy links")
	b.pass(time.Minute)
	if n := b.onServer(); n != 20 {
		t.Errorf("%d files are on the server", n)
	}
}

// A service that asks for fewer requests is waited for, and the bar says how
// long; what was not begun when it is stopped stays.
func TestDeletionThatIsHeldUp(t *testing.T) {
	b := newBrowser(t, 20)
	b.all(20)
	slow := sandbox.Fault{
		Kind: sandbox.Answer, Method: "DELETE", PathPrefix: "/api/file/", Status: 429, RetryAfter: 30 * time.Second, Skip: 5, Times: -1,
	}
	b.server.Inject(slow)
	b.click(0, 0)
	b.click(9, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.pass(files.Undo)
	b.UntilSees("Deleting: 5 of 10 · ", "resumes in 30 seconds", "Stop")
	b.pass(10 * time.Second)
	b.MustSee("resumes in 20 seconds")
	b.Tap("Close")
	b.pass(10 * time.Second)
	b.MustNotSee("goes on in", "Stop")
	b.server.Clear()
	b.pass(10 * time.Second)
	b.UntilSees("10 files deleted")

	b.server.Inject(slow)
	b.click(0, 0)
	b.click(9, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.pass(files.Undo)
	b.UntilSees("Deleting: 5 of 10 · ", "Stop")
	b.Tap("Stop")
	b.UntilSees("5 files deleted before you stopped it; 5 stay", "5 files · ", "Copy links")
	if n := b.onServer(); n != 5 {
		t.Errorf("%d files are on the server", n)
	}
}

// A second deletion does not take the Undo of the first one away silently: the
// first one starts.
func TestTwoDeletions(t *testing.T) {
	b := newBrowser(t, 20)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 20 })
	b.click(0, 0)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.pass(time.Second)
	b.click(0, 0)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.UntilSees("1 file deleted", "Undo")
	b.Tap("Undo")
	b.pass(time.Minute)
	if n := b.onServer(); n != 19 {
		t.Errorf("%d files are on the server", n)
	}
}

func TestFilesAreSortedAndFiltered(t *testing.T) {
	b := newBrowser(t, 300)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 300 })
	b.Tap("Newest first")
	b.Tap("Largest first")
	list := b.shell.files.Model().List()
	b.Until("the largest first", func() bool { return list.File(0).Size >= list.File(1).Size && list.File(1).Size >= list.File(299).Size })
	b.Until("the order to be kept", func() bool { return b.store.Values().FilesOrder == settings.LargestFirst })

	counts := b.shell.files.Model().Counts()
	b.Tap(fmt.Sprintf("Video %d", counts.Of(library.Video)))
	b.Until("videos only", func() bool { return len(b.names()) == counts.Of(library.Video) })

	b.Type("Search 300 files", "qqq not there")
	b.UntilSees("Nothing found")
	b.Tap("Show all files")
	b.Until("all files again", func() bool { return len(b.names()) == 300 })
	b.Tap("What you can search for (F1)")
	b.MustSee("after:2026-01-01", ">10MB <=1GiB")
}

// A filter that says nothing is told of once nothing more is typed, and until it is
// right.
func TestSearchTellsWhatItLeavesOut(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	for text, want := range map[string]string{
		">abc jpg":                     "“>abc” is ignored: use a size",
		"after:yesterday":              "“after:yesterday” is ignored: use a day",
		"Type:pics":                    "“Type:pics” is ignored: use image, ",
		strings.Repeat("a ", 32) + "b": "“b” is ignored: that is too much",
	} {
		b.Type("Search 30 files", text)
		b.MustNotSee("is left out")
		b.pass(time.Second)
		b.MustSee(want)
		b.Type("Search 30 files", "jpg")
		b.MustNotSee("is left out")
	}
	b.Type("Search 30 files", "on:")
	b.pass(500 * time.Millisecond)
	b.Type("Search 30 files", "on:2026")
	b.pass(time.Second)
	b.MustNotSee("is left out")
	b.Type("Search 30 files", "on:2026-x")
	b.pass(time.Second)
	test.Type(b.shell.window.Canvas().Focused(), "y")
	b.Settle()
	b.MustSee("“on:2026-xy” is ignored: ") // one that is told stays so with every letter
}

func TestKeysOnTheFiles(t *testing.T) {
	b := newBrowser(t, 300)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 300 })
	c := b.shell.window.Canvas()
	b.shell.find()
	test.Type(c.Focused(), "png")
	b.Until("the search", func() bool { return len(b.names()) < 300 })
	b.Press(fyne.KeyDown)
	b.Press(fyne.KeyRight)
	b.MustSee("1 file · ")
	id := b.selected()
	c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	if want := b.shell.backend.Links().File(id[0]); b.clipboard() != want {
		t.Errorf("the clipboard has %q, want %q", b.clipboard(), want)
	}
	b.Press(fyne.KeyReturn)
	b.Until("the page in the browser", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.opened) == 1
	})
	b.Press(fyne.KeyDelete)
	b.MustSee("Delete “")
	b.Tap("Keep")
	c.Focus(b.shell.files.Tiles().Object().(fyne.Focusable))
	c.Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	b.MustSee(fmt.Sprintf("%d files · ", len(b.names())))
	b.Press(fyne.KeyReturn)
	b.MustSee("pages in the browser?")
	b.Tap("Cancel")
	b.Press(fyne.KeyEscape)
	b.MustNotSee("Copy links")
}

func TestFilesTellWhyThereAreNone(t *testing.T) {
	b := newBrowser(t, 0)
	b.Tap("Files")
	b.UntilSees("Reading your files…")
	b.keyless = true
	b.catalogue.Use("", nil)
	b.UntilSees("No API key yet")
	b.keyless = false
	b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, PathPrefix: "/api/user/files", Status: 500, Value: "internal", Times: -1})
	b.catalogue.Use("account", b.client)
	b.UntilSees("Your files can’t be listed", "The service had a problem. Nothing was changed; Sluice keeps trying.")
	b.server.Clear()
	slow := b.server.Inject(sandbox.Fault{Kind: sandbox.StallAnswer, PathPrefix: "/api/user/files"})
	b.Tap("Try again")
	b.must(slow.Wait(t.Context(), 1))
	b.MustSee("Your files can’t be listed") // until there is an answer
	b.server.Clear()
	b.pass(3 * time.Second)
	b.UntilSees("No files yet")
	b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, PathPrefix: "/api/user/files", Status: 401, Value: "authentication_failed", Times: -1})
	b.catalogue.Use("another", b.client)
	b.UntilSees("Your files can’t be listed", "Enter a key")
}

func TestFilesOfEarlier(t *testing.T) {
	b := newBrowser(t, 30)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 30 })
	lost := b.server.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, PathPrefix: "/api/user/files", Times: -1})
	b.Tap("Ask the service again (F5)")
	b.UntilSees("These are your files as of ", "Try again")
	if n, color := len(b.names()), b.shell.frame.status.dot.color; n != 30 || color != kit.ColorAmber {
		t.Errorf("%d files are shown, the service's mark is %s", n, color)
	}
	next := func() (in time.Duration, ok bool) { // when something happens by itself
		for i := range b.timers {
			if t := &b.timers[i]; !t.stopped {
				return t.at.Sub(b.now), true
			}
		}
		return 0, false
	}
	for _, want := range []time.Duration{3, 6, 12, 24, 30} { // it tries again by itself, and ever less often
		b.Until("the next try to be planned", func() bool { _, ok := next(); return ok })
		in, _ := next()
		if in != want*time.Second {
			t.Fatalf("the next try is in %v, want %d s", in, want)
		}
		hits := lost.Hits()
		b.pass(in)
		b.must(lost.Wait(t.Context(), hits+1))
		b.MustSee("These are your files as of ") // it does not come and go
	}
	b.Until("the last try to be planned", func() bool { _, ok := next(); return ok })
	b.MustSee("These are your files as of ")
	b.server.Clear()
	b.pass(30 * time.Second)
	b.UntilGone("These are your files as of ")
	b.Until("the service's mark to be green again", func() bool { return b.shell.frame.status.dot.color == kit.ColorPrimary })
}

// A file that was deleted elsewhere is selected no longer; one that the search
// hides still is.
func TestSelectionForgetsWhatIsGone(t *testing.T) {
	b := newBrowser(t, 30)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 30 })
	b.click(0, 0)
	b.click(2, fyne.KeyModifierShift)
	ids := b.selected()
	b.must(b.client.Delete(t.Context(), ids[1]))
	b.Tap("Ask the service again (F5)")
	b.UntilSees("2 files · ")
	b.Type("Search 29 files", "no such name")
	b.UntilSees("2 files · ", "2 not shown")
}

// Buttons without words tell what they do to a pointer that rests on them.
func TestButtonsHaveTips(t *testing.T) {
	b := newBrowser(t, 3)
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == 3 })
	const tip = "Save this list as CSV…"
	var save *kit.Button
	var layer *kit.TipLayer
	for _, o := range test.LaidOutObjects(b.shell.window.Content()) {
		switch o := o.(type) {
		case *kit.TipLayer:
			layer = o
		case *kit.Button:
			if o.AccessibilityLabel() == tip {
				save = o
			}
		}
	}
	if save == nil || layer == nil {
		t.Fatalf("there is %v below %v", save, layer)
	}
	save.MouseIn(&desktop.MouseEvent{})
	if layer.Tip() != tip {
		t.Errorf("the tip is %q", layer.Tip())
	}
}
