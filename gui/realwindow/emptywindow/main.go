//go:build bench

// Command emptywindow opens a window with nothing in it: what Sluice's own
// start is measured against. With EMPTYWINDOW_WHEEL in the environment, it shows the
// wheel's notches by its colour.
package main

import (
	"image/color"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

func main() {
	window := app.NewWithID("io.github.sluice.EmptyWindow").NewWindow("Empty")
	if os.Getenv("EMPTYWINDOW_WHEEL") != "" {
		window.SetContent(newWheel())
	}
	window.Resize(fyne.NewSize(1180, 760))
	window.ShowAndRun()
}

// wheel is a background that has another colour after each notch.
type wheel struct {
	widget.BaseWidget

	back *canvas.Rectangle
}

func newWheel() *wheel {
	w := &wheel{back: canvas.NewRectangle(color.NRGBA{A: 0xFF})}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled is Fyne's.
func (w *wheel) Scrolled(*fyne.ScrollEvent) {
	was, _ := w.back.FillColor.(color.NRGBA)
	w.back.FillColor = color.NRGBA{G: was.G + 0x10, A: 0xFF}
	w.back.Refresh()
}

// CreateRenderer is Fyne's.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(w.back) }
