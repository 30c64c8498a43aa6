package files

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service/thumbnail"
)

// Without a clock of the test's, rest comes by the computer's, on the interface
// goroutine; after Close it does not.
func TestTilesRestByTheClock(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	queue, thumbs := guitest.NewQueue(), &given{}
	tiles := NewTiles(TilesConfig{
		List: endless(10_000), Thumbs: thumbs, Format: kit.NewFormat("en", time.Now, ""), Now: time.Now, OnMain: queue.OnMain,
	})
	win := test.NewTempWindow(t, tiles.Object())
	win.Resize(fyne.NewSize(800, 600))
	w := guitest.Drive(t, win, queue)
	fling := func() {
		for range 5 {
			tiles.grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -600}})
		}
	}
	fling()
	if len(thumbs.wanted) > 0 {
		t.Errorf("in a fling %v is wanted", thumbs.wanted)
	}
	first, _ := tiles.grid.InView()
	w.Until("pictures to be asked for", func() bool {
		return len(thumbs.wanted) > 0 && thumbs.wanted[0].File == endless(10_000).ID(first)
	})
	seen := len(thumbs.wanted)
	w.Until("those around to be asked for", func() bool { return len(thumbs.wanted) > seen })

	fling()
	ran := make(chan struct{})
	tiles.timer.Stop()
	tiles.after(0, func() { t.Error("it goes on after Close") })
	tiles.Close()
	thumbs.wanted = []thumbnail.Wanted{{File: "old"}}
	time.AfterFunc(time.Millisecond, func() { queue.OnMain(func() { close(ran) }) })
	w.Until("a moment to pass", func() bool {
		select {
		case <-ran:
			return true
		default:
			return false
		}
	})
	if thumbs.wanted[0].File != "old" {
		t.Errorf("after Close %v is wanted", thumbs.wanted)
	}
}
