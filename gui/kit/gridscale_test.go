package kit

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// A window that goes to a screen with another scale gets pictures of that size:
// Fyne refreshes its content, which is the layer of tips.
func TestGridFillsItsTilesAgainAtAnotherScale(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(NewTheme(AppearanceDark))
	filled, asked := 0, 0
	g := NewGrid(GridSource{
		Count: func() int { return 100 }, Key: strconv.Itoa, Index: func(string) int { return -1 },
		New:     func() fyne.CanvasObject { return canvas.NewRectangle(nil) },
		Update:  func(int, fyne.CanvasObject) { filled++ },
		Visible: func(_, _, _ int) { asked++ },
	}, fyne.NewSize(100, 100))
	page := NewBox(ColorPage, Padding{Top: 10}, container.NewStack(g)) // as the screens have it
	layer := NewTipLayer(container.NewStack(container.NewStack(page)))
	w := test.NewTempWindow(t, layer)
	w.Resize(fyne.NewSize(420, 320))
	scale := func(to float32) (fills, asks int) {
		filled, asked = 0, 0
		w.Canvas().(interface{ SetScale(scale float32) }).SetScale(to)
		layer.Refresh()
		return filled, asked
	}
	tiles := len(g.shelf.shown)
	if fills, asks := scale(2); fills != tiles || asks != 1 || g.Scale() != 2 {
		t.Errorf("at 2 %d of %d tiles are filled, pictures asked for %d times", fills, tiles, asks)
	}
	if fills, asks := scale(2); fills != 0 || asks != 0 {
		t.Errorf("at the same scale %d tiles are filled, pictures asked for %d times", fills, asks)
	}
	if fills, asks := scale(1.5); fills != tiles || asks != 1 {
		t.Errorf("at 1.5 %d of %d tiles are filled, pictures asked for %d times", fills, tiles, asks)
	}
}
