package settings

import (
	"testing"

	"fyne.io/fyne/v2"

	"sluice/gui/kit"
	prefs "sluice/service/settings"
)

func TestSpeedLimitIsChosen(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("No limit")
	b.MustNotSee("Use this limit", "For all uploads together")
	b.Tap("No limit")
	b.MustSee("256 KB/s", "512 KB/s", "2 MB/s", "5 MB/s", "10 MB/s", "20 MB/s", "50 MB/s", "Custom…")
	b.Tap("1 MB/s")
	b.kept("uploads.speed_limit", "1000000")
	b.Tap("1 MB/s")
	b.Tap("No limit")
	b.kept("uploads.speed_limit", "0")
}

func TestSpeedLimitIsWritten(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.Tap("No limit")
	b.Tap("Custom…")
	b.MustSee("Custom…", "For all uploads together, like 1.5\u00a0MB/s, 800\u00a0KB/s or 12\u00a0Mbit/s.")
	if _, ok := b.win.Canvas().Focused().(*kit.Entry); !ok {
		t.Error("the entry does not have the keyboard")
	}
	b.still("uploads.speed_limit")
	b.Type("Speed", "12 Mbit/s")
	b.Press(fyne.KeyReturn)
	b.MustSee("1.5 MB/s", "Custom…")
	b.kept("uploads.speed_limit", "1500000")
	b.MustNotSee("Use this limit")
	b.Type("1.5 MB/s", "quickly")
	b.Tap("Use this limit")
	b.MustSee("This is not a speed from 10\u00a0KB/s to 10\u00a0GB/s.", "quickly") // to be mended
	b.idle()
	if got := b.session.store.Values().SpeedLimit; got != 1_500_000 {
		t.Errorf("the limit is %d", got)
	}
	b.Type("quickly", "2000 KB/s")
	b.MustNotSee("This is not a speed")
	b.Tap("Use this limit")
	b.kept("uploads.speed_limit", "2000000")
	b.MustSee("Custom…") // where it was written
	b.Tap("Custom…")
	b.Tap("5 MB/s")
	b.MustNotSee("Use this limit", "For all uploads together")
	b.kept("uploads.speed_limit", "5000000")
}

func TestOwnSpeedLimitIsShownAgain(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	if err := b.session.store.Change(t.Context(), func(v *prefs.Values) { v.SpeedLimit = 1_234_567 }); err != nil {
		t.Fatal(err)
	}
	b.UntilSees("Custom…", "1.234567 MB/s")
	b.MustNotSee("Use this limit")
	if err := b.session.store.Change(t.Context(), func(v *prefs.Values) { v.SpeedLimit = 0 }); err != nil {
		t.Fatal(err)
	}
	b.UntilSees("No limit")
}

func TestDuplicatesAndClosingAreKept(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("compares SHA-256, sends nothing")
	b.Tap("Skip files already uploaded")
	b.kept("uploads.skip_duplicates", "false")
	b.Tap("Skip files already uploaded")
	b.kept("uploads.skip_duplicates", "true")
	b.Tap("Ask")
	b.Tap("Run in the background")
	b.kept("window.close", "background")
	b.Tap("Run in the background")
	b.Tap("Stop")
	b.kept("window.close", "stop")
	b.Tap("Stop")
	b.Tap("Ask")
	b.kept("window.close", "ask")
}
