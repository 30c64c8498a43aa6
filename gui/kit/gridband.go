package kit

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// BandPhase is how far a rubber band has come.
type BandPhase uint8

// The phases: one start, any number of moves, one end.
const (
	BandStart BandPhase = iota
	BandMove
	BandEnd
)

// BandStep is one step of a rubber band.
type BandStep struct {
	Phase BandPhase
	Held  fyne.KeyModifier // when the band began
	Cells Cells            // what the band touches, with BandMove
}

// Cells is a block of a grid: rows and columns, each the first and the one
// behind the last. The last row may have fewer items than columns.
type Cells struct {
	Row, RowEnd, Column, ColumnEnd int
	Columns                        int // of the grid
}

// gridBand is the rubber band of a grid.
type gridBand struct {
	rect   *canvas.Rectangle
	armed  bool // the button went down here
	on     bool
	held   fyne.KeyModifier // when the button went down
	x      float32          // where it did
	y      float64          // from the first row's top
	to     fyne.Position    // the pointer, in the view
	cells  Cells
	roller *fyne.Animation // scrolls while the pointer is above or below the view
}

// Dragged spans a rubber band from where the button went down.
func (g *Grid) Dragged(e *fyne.DragEvent) {
	if g.Later(func() { g.Dragged(e) }) {
		return
	}
	b := &g.band
	if g.source.Band == nil || !b.on && !b.armed {
		return
	}
	b.to = e.Position
	if !b.on {
		b.on, b.cells = true, Cells{}
		b.rect.Hidden = false
		g.unhover()
		g.source.Band(BandStep{Phase: BandStart, Held: b.held})
	}
	g.stretchBand()
	g.roll()
}

// DragEnd ends the rubber band.
func (g *Grid) DragEnd() {
	if g.Later(g.DragEnd) {
		return
	}
	b := &g.band
	if !b.on {
		return
	}
	b.on = false
	b.rect.Hidden = true
	g.roll()
	g.repaint()
	g.source.Band(BandStep{Phase: BandEnd, Held: b.held})
}

// stretchBand draws the band to the pointer and tells what it touches, if that
// has changed.
func (g *Grid) stretchBand() {
	b := &g.band
	if !b.on {
		return
	}
	left, right := min(b.x, b.to.X), max(b.x, b.to.X)
	y := g.offset + float64(b.to.Y)
	top, bottom := min(b.y, y), max(b.y, y)

	// The band may have begun a million rows away.
	const beyond = 8
	from := max(top-g.offset, -beyond)
	to := min(bottom-g.offset, float64(g.shape.view.Height)+beyond)
	b.rect.Move(fyne.NewPos(left, float32(from)))
	b.rect.Resize(fyne.NewSize(right-left, float32(max(0, to-from))))
	g.repaint()

	if cells := g.shape.touched(left, right, top, bottom); cells != b.cells {
		b.cells = cells
		g.source.Band(BandStep{Phase: BandMove, Held: b.held, Cells: cells})
	}
}

// touched gives the cells whose tiles a rectangle touches.
func (s *gridShape) touched(left, right float32, top, bottom float64) Cells {
	c := Cells{Columns: s.columns}
	step := float64(s.stepX)
	if s.columns == 1 {
		step = math.Inf(1)
	}
	c.Column, c.ColumnEnd = touchedLine(float64(left), float64(right), float64(s.tile.Width), step, s.columns)
	c.Row, c.RowEnd = touchedLine(top, bottom, float64(s.tile.Height), s.stepY, s.rows)
	if c.Column == c.ColumnEnd || c.Row == c.RowEnd {
		return Cells{Columns: s.columns}
	}
	return c
}

// touchedLine gives which of n pieces of a length, each a step from the last,
// touch what lies between from and to.
func touchedLine(from, to, length, step float64, n int) (first, end int) {
	if n == 1 { // the step may be endless
		if from < length && to >= 0 {
			return 0, 1
		}
		return 0, 0
	}
	first = int(max(0, math.Floor(from/step)))
	if from-float64(first)*step >= length {
		first++
	}
	end = int(min(float64(n), math.Floor(to/step)+1))
	if first >= end {
		return 0, 0
	}
	return first, end
}

// roll starts or stops scrolling by itself.
func (g *Grid) roll() {
	b := &g.band
	needed := b.on && g.rollStep() != 0
	switch {
	case needed && b.roller == nil:
		b.roller = fyne.NewAnimation(time.Second, func(float32) { g.scroll(g.offset + g.rollStep()) })
		b.roller.RepeatCount = fyne.AnimationRepeatForever
		b.roller.Start()
	case !needed && b.roller != nil:
		b.roller.Stop()
		b.roller = nil
	}
}

// rollStep is how far to scroll at a time: faster the further outside the
// pointer is.
func (g *Grid) rollStep() float64 {
	const part, most = 0.3, 80
	y, height := float64(g.band.to.Y), float64(g.shape.view.Height)
	switch {
	case y < 0:
		return max(-most, y*part)
	case y > height:
		return min(most, (y-height)*part)
	}
	return 0
}
