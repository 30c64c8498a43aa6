package kit

import (
	"fmt"
	"image"
	"slices"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// One step of 60 px in a 1280 × 800 window, up and down far from the ends. Both
// grids show the same: a picture and a name that is shortened.
const (
	benchSide  = 108
	benchBelow = 24
)

func benchSizes() []int { return []int{1000, 100_000, 1_000_000} }

func benchWindow(b *testing.B, o fyne.CanvasObject) {
	b.Helper()
	a := test.NewTempApp(b)
	a.Settings().SetTheme(NewTheme(AppearanceDark))
	w := test.NewTempWindow(b, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1280, 800))
}

func benchName(i int) string { return "IMG_" + strconv.Itoa(i) + " a longer name.jpeg" }

func newBenchTile() fyne.CanvasObject {
	picture := &canvas.Image{ScaleMode: canvas.ImageScaleFastest, Image: image.NewRGBA(image.Rect(0, 0, benchSide, benchSide))}
	picture.SetMinSize(fyne.NewSquareSize(benchSide))
	label := widget.NewLabel("")
	label.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, label, nil, nil, picture)
}

func fillBenchTile(i int, o fyne.CanvasObject) {
	o.(*fyne.Container).Objects[1].(*widget.Label).SetText(benchName(i))
}

// benchGrid is a grid that can be scrolled by steps.
type benchGrid struct {
	name string
	step func(by float32)
	took []time.Duration
}

func benchGrids(b *testing.B) []*benchGrid {
	b.Helper()
	var all []*benchGrid
	for _, n := range benchSizes() {
		g := NewGrid(GridSource{
			Count: func() int { return n }, Key: strconv.Itoa, Index: func(string) int { return -1 },
			New: newBenchTile, Update: fillBenchTile,
		}, fyne.NewSize(benchSide, benchSide+benchBelow))
		benchWindow(b, g)
		g.ScrollTo(n / 2)
		all = append(all, &benchGrid{name: fmt.Sprintf("grid-%d", n), step: func(by float32) {
			g.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: by}})
		}})
		w := widget.NewGridWrap(func() int { return n }, newBenchTile, fillBenchTile)
		benchWindow(b, w)
		w.ScrollTo(n / 2)
		at := w.GetScrollOffset()
		all = append(all, &benchGrid{name: fmt.Sprintf("gridwrap-%d", n), step: func(by float32) {
			at -= by
			w.ScrollToOffset(at)
		}})
	}
	return all
}

// All grids take their steps in turn, so that whatever else the computer does
// slows all of them. What is reported is the mean without the slowest twentieth,
// in which something else had its turn; new tiles come with every second step.
func BenchmarkScrollStep(b *testing.B) {
	grids := benchGrids(b)
	const there = 60 // steps one way
	n := 0
	round := func() {
		for k := range grids {
			g := grids[(n+k)%len(grids)] // nobody is always the first
			start := time.Now()
			g.step([]float32{-60, 60}[n/there%2])
			g.took = append(g.took, time.Since(start))
		}
		n++
	}
	for range 2 * there {
		round()
	}
	for _, g := range grids {
		g.took = g.took[:0]
	}
	for b.Loop() {
		round()
	}
	for _, g := range grids {
		slices.Sort(g.took)
		sum, kept := time.Duration(0), g.took[:max(1, len(g.took)*19/20)]
		for _, d := range kept {
			sum += d
		}
		b.ReportMetric(float64(sum.Nanoseconds())/float64(len(kept)), g.name+"-ns")
	}
}
