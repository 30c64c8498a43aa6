package gui

import (
	"testing"

	"fyne.io/fyne/v2"

	"sluice/gui/files"
	"sluice/service/sandbox"
)

// A deletion ends with the window: who closes it hears of that first.
func TestClosingAsksWhileDeleting(t *testing.T) {
	b := newBrowser(t, 20)
	closed := b.watchClose()
	b.all(20)
	b.click(0, 0)
	b.click(6, fyne.KeyModifierShift)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.shell.askToClose()
	b.MustSee("7 files are not deleted yet", "stay in your account")
	b.Tap("Don’t close")
	b.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Method: "DELETE", PathPrefix: "/api/file/", Skip: 2, Times: -1})
	b.pass(files.Undo)
	b.UntilSees("Deleting: 2 of 7")
	b.shell.quit()
	b.MustSee("5 files are not deleted yet")
	b.server.Clear()
	b.UntilSees("7 files deleted")
	b.MustNotSee("not deleted yet") // the question is void
	if *closed {
		t.Fatal("closed without an answer")
	}

	b.click(0, 0)
	b.Tap("Delete…")
	b.Tap("Delete")
	b.shell.quit()
	b.Tap("Close anyway")
	b.Until("the window to close", func() bool { return *closed })
	if n := b.onServer(); n != 13 {
		t.Errorf("%d files are on the server", n)
	}
}
