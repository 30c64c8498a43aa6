package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// RowGround is what is under a row of a list: the mark of the keyboard, and the
// line below it.
type RowGround struct {
	mark, line   *canvas.Rectangle
	marked, bare bool
}

// NewRowGround makes the ground of a row that is neither marked nor the last.
func NewRowGround() *RowGround {
	return &RowGround{mark: &canvas.Rectangle{}, line: &canvas.Rectangle{}}
}

// SetMarked says whether the keyboard stands on the row, and reports whether
// that changed.
func (g *RowGround) SetMarked(marked bool) bool {
	changed := g.marked != marked
	g.marked = marked
	return changed
}

// SetLast says whether the row is the last, which has no line, and reports
// whether that changed.
func (g *RowGround) SetLast(last bool) bool {
	changed := g.bare != last
	if changed {
		g.bare, g.line.Hidden = last, last
		g.line.Refresh()
	}
	return changed
}

// Color takes over the theme of the row.
func (g *RowGround) Color(row fyne.Widget) {
	g.line.FillColor = theme.ColorForWidget(ColorBorder, row)
	g.mark.FillColor = color.Transparent
	if g.marked {
		g.mark.FillColor = theme.ColorForWidget(ColorSelected, row)
	}
}

// Layout gives the ground the row's size, and gives the height above the line.
func (g *RowGround) Layout(size fyne.Size) (height float32) {
	height = size.Height - 1
	Place(g.mark, 0, 0, size.Width, height)
	Place(g.line, 0, height, size.Width, 1)
	return height
}

// Objects is what the row draws below all else.
func (g *RowGround) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{g.mark, g.line} }

// Place gives a part of a row its place and its size, which is never less than
// nothing.
func Place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Resize(fyne.NewSize(max(0, width), height))
	o.Move(fyne.NewPos(x, y))
}

// UpperLine and LowerLine are the middles of the two lines of a row.
const (
	UpperLine float32 = 21.5
	LowerLine float32 = 38.5
)

// PlaceLines puts two texts below each other, in their own heights.
func PlaceLines(x, width float32, upper, lower fyne.CanvasObject) {
	PlaceLine(x, UpperLine, width, upper)
	PlaceLine(x, LowerLine, width, lower)
}

// PlaceLine puts a text at a middle, in its own height.
func PlaceLine(x, middle, width float32, o fyne.CanvasObject) {
	height := o.MinSize().Height
	Place(o, x, middle-height/2, width, height)
}
