package kit

import "fyne.io/fyne/v2"

// Canvas gives the canvas that o is on, nil for one that is on none.
func Canvas(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// Repaint has the window of a shown object drawn again. Fyne does so by itself
// when something that is on the window is refreshed or moved, but not for what
// is only now shown; and canvas.Refresh of a widget throws away what all in it
// has drawn.
func Repaint(shown fyne.CanvasObject) {
	if c, ok := Canvas(shown).(interface{ SetDirty() }); ok {
		c.SetDirty()
	}
}
