package kit

import "fyne.io/fyne/v2"

// Repaint has the window of a shown object drawn again. Fyne does so by itself
// when something that is on the window is refreshed or moved, but not for what
// is only now shown; and canvas.Refresh of a widget throws away what all in it
// has drawn.
func Repaint(shown fyne.CanvasObject) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(shown).(interface{ SetDirty() }); ok {
		c.SetDirty()
	}
}
