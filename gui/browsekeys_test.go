package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service/sandbox"
)

// press gives the window a key that nothing has the keyboard for.
func (b *browser) press(key fyne.KeyName) {
	b.shell.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
	b.Settle()
}

// After a click on a chip, what is typed is still for the files.
func TestKeysWithoutTheKeyboardOnTheFiles(t *testing.T) {
	b := newBrowser(t, 300)
	b.all(300)
	c := b.shell.window.Canvas()
	shortcut := func(s fyne.Shortcut) {
		b.shell.files.TypedShortcut(s) // Fyne's canvas of tests takes none
		b.Settle()
	}
	c.Unfocus()
	shortcut(&fyne.ShortcutCopy{}) // with nothing selected
	c.Unfocus()
	shortcut(&fyne.ShortcutSelectAll{})
	b.MustSee("300 files · ")
	shortcut(&fyne.ShortcutCopy{})
	b.MustSee("300 links copied")
	c.Unfocus()
	b.press(fyne.KeyDelete)
	b.MustSee("Delete 300 files (")
	shortcut(&fyne.ShortcutSelectAll{}) // not through the question
	c.OnTypedRune()('i')
	b.press(fyne.KeyEscape)
	b.Tap("Keep")
	if n := len(b.selected()); n != 300 {
		t.Errorf("%d files are selected after the question", n)
	}
	c.Unfocus()
	name := b.names()[40]
	for _, r := range name {
		c.OnTypedRune()(r)
	}
	b.Settle()
	if ids := b.selected(); len(ids) != 1 || b.shell.files.Model().List().Index(ids[0]) != 40 {
		t.Errorf("%q selects %q", name, ids)
	}
}

// Escape takes the help away and nothing else.
func TestEscapeTakesTheHelpAway(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.Type("Search 30 files", "no such name")
	b.UntilSees("Nothing found")
	b.Tap("What you can search for (F1)")
	b.MustSee("after:2026-01-01")
	b.shell.window.Canvas().Unfocus()
	b.press(fyne.KeyEscape)
	b.MustNotSee("after:2026-01-01")
	b.MustSee("Nothing found")
	b.press(fyne.KeyEscape)
	b.UntilGone("Nothing found")
	b.shell.find()
	b.Press(fyne.KeyF1)
	b.MustSee("after:2026-01-01")
	b.press(fyne.KeyF1)
	b.MustNotSee("after:2026-01-01")
	b.press(fyne.KeyF1)
	b.MustSee("after:2026-01-01")
}

// Escape is for what stands on top, and not for a card below it.
func TestEscapeGivesUpChoosing(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.shell.Tell("something to read")
	b.Settle()
	b.Tap("Save this list as CSV…")
	asked := <-b.saves
	above := widget.NewPopUp(widget.NewLabel("a dialog of Fyne’s"), b.shell.window.Canvas())
	above.Show()
	b.press(fyne.KeyEscape)
	<-asked.ctx.Done()
	above.Hide()
	b.Settle()
	b.MustSee("something to read")
	b.press(fyne.KeyEscape)
	b.MustNotSee("something to read")
}

// A service that takes the key no longer is not asked about hundreds of files.
func TestDeletionsWithAKeyThatIsRefused(t *testing.T) {
	b := newBrowser(t, 300)
	b.all(300)
	refused := b.server.Inject(sandbox.Fault{
		Kind: sandbox.Answer, Method: "DELETE", PathPrefix: "/api/file/", Status: 401, Value: "authentication_failed", Skip: 20, Times: -1,
	})
	b.shell.files.TypedShortcut(&fyne.ShortcutSelectAll{})
	b.Settle()
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustSee("All your files are about to be deleted.", "Undo")
	b.pass(files.Undo)
	b.UntilSees("280 files could not be deleted and are still there. ", "Try again")
	if n := refused.Hits(); n > 20 {
		t.Errorf("the service refused %d times", n)
	}
	b.Until("those that are there to be shown again", func() bool { return len(b.names()) == 280 })
	b.server.Clear()
	b.Tap("Try again")
	b.UntilSees("280 files deleted")
	if n := b.onServer(); n != 0 {
		t.Errorf("%d files are on the server", n)
	}
}

// What waits to be deleted in one account is not looked for in another.
func TestAnotherAccountWhileADeletionWaits(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(0, 0)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.MustSee("Undo")
	b.catalogue.Use("another", b.client)
	b.UntilSees("The account was changed.")
	b.MustNotSee("Undo")
	b.pass(files.Undo)
	b.Until("all files of the other", func() bool { return len(b.names()) == 30 })
	if n := b.onServer(); n != 30 {
		t.Errorf("%d files are on the server", n)
	}
}

// Nobody wants hundreds of tabs, however they answer.
func TestHundredsOfPagesAreNotOpened(t *testing.T) {
	b := newBrowser(t, 101)
	b.all(101)
	b.shell.files.TypedShortcut(&fyne.ShortcutSelectAll{})
	b.Press(fyne.KeyReturn)
	b.MustSee("101 pages are too many for a browser")
	b.MustNotSee("Open all")
	b.Tap("Close")
	b.click(0, fyne.KeyModifierControl)
	b.Press(fyne.KeyReturn)
	b.MustSee("Open 100 pages in the browser?", "Open all")
	b.Tap("Cancel")
}

// Ctrl+F is for the files from the moment on that they are what the window
// shows, drawn or not: Fyne tells only after that which window they are in. Its
// driver of tests says the last one, always.
func TestFindBeforeTheFilesAreDrawn(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	other := fyne.CurrentApp().NewWindow("another")
	defer other.Close()
	b.shell.find()
	if _, ok := b.shell.window.Canvas().Focused().(*kit.SearchField); !ok {
		t.Errorf("%T has the keyboard", b.shell.window.Canvas().Focused())
	}
	b.shell.window.Canvas().Unfocus()
	b.shell.files.TypedRune('a')
	if _, ok := b.shell.window.Canvas().Focused().(*kit.Grid); !ok {
		t.Errorf("after a letter, %T has the keyboard", b.shell.window.Canvas().Focused())
	}
}
