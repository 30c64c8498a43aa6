package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/service/sandbox"
)

// closed reports whether the window has closed.
func (b *bench) watchClose() *bool {
	closed := false
	b.shell.window.SetOnClosed(func() { closed = true })
	return &closed
}

func TestClosingKeepsSizeAndScreen(t *testing.T) {
	b := newBench(t)
	closed := b.watchClose()
	b.shell.window.Resize(fyne.NewSize(900, 610))
	b.shell.askToClose()
	b.Until("the window to close", func() bool { return *closed })
	if v := b.store.Values(); v.WindowWidth != 900 || v.WindowHeight != 610 || v.Screen != "uploads" {
		t.Errorf("kept %d×%d, screen %q", v.WindowWidth, v.WindowHeight, v.Screen)
	}
}

func TestClosingAsksWhileUploading(t *testing.T) {
	b := newBench(t)
	closed := b.watchClose()
	b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 100_000, Times: -1})
	b.drop(b.large("big.bin", 64_000_000))
	b.UntilSees("Uploading")
	b.shell.askToClose()
	b.MustSee("Uploads are under way", "nothing is lost")
	b.Tap("Cancel")
	b.MustSee("big.bin")
	if *closed {
		t.Fatal("closed all the same")
	}
	b.shell.askToClose()
	b.Tap("Stop and resume next time")
	b.Until("the window to close", func() bool { return *closed })
}

// Fyne runs what comes after the end on the goroutine that it comes from.
func TestNothingRunsAfterTheWindow(t *testing.T) {
	w := test.NewTempApp(t).NewWindow("")
	run := untilClosed(w, func(f func()) { f() })
	ran := 0
	run(func() { ran++ })
	w.Close()
	run(func() { ran++ })
	if ran != 1 {
		t.Errorf("%d of two functions ran, one came before the end", ran)
	}
}
