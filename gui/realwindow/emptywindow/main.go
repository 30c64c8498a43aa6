//go:build bench

// Command emptywindow opens a window with nothing in it: what Sluice's own
// start is measured against.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	window := app.NewWithID("io.github.sluice.EmptyWindow").NewWindow("Empty")
	window.Resize(fyne.NewSize(1180, 760))
	window.ShowAndRun()
}
