package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Measures of a grid's scroll bar.
const (
	gridBarRoom  float32 = 12 // of the grid's width
	gridBarThin  float32 = 4
	gridBarWide  float32 = 8 // under the pointer
	gridBarLeast float32 = 28
)

// gridBar is a grid's scroll bar.
type gridBar struct {
	widget.BaseWidget
	grid    *Grid
	thumb   *canvas.Rectangle
	hovered bool
	dragged bool
	grip    float32 // from the thumb's top to where it is held
}

func newGridBar(g *Grid) *gridBar {
	b := &gridBar{grid: g, thumb: &canvas.Rectangle{}}
	b.ExtendBaseWidget(b)
	return b
}

// follow shows where the grid is.
func (b *gridBar) follow() {
	view, limit := b.Size().Height, b.grid.shape.limit()
	hidden := limit <= 0 || view <= 0
	if hidden != b.thumb.Hidden {
		b.thumb.Hidden = hidden
		b.grid.repaint()
	}
	if hidden {
		return
	}
	width := gridBarThin
	if b.hovered || b.dragged {
		width = gridBarWide
	}
	height := b.thumbHeight()
	y := float32(b.grid.offset / limit * float64(view-height))
	b.thumb.CornerRadius = width / 2
	b.thumb.Resize(fyne.NewSize(width, height))
	b.thumb.Move(fyne.NewPos(gridBarRoom-width-1, y))
}

func (b *gridBar) thumbHeight() float32 {
	view := b.Size().Height
	return min(view, max(gridBarLeast, float32(float64(view)*float64(view)/b.grid.shape.height)))
}

// pull scrolls so that the thumb's top is at y.
func (b *gridBar) pull(y float32) {
	if way := b.Size().Height - b.thumbHeight(); way > 0 {
		b.grid.ScrollToOffset(float64(y/way) * b.grid.shape.limit())
	}
}

// MouseDown takes hold of the thumb; beside it, it brings it there first.
func (b *gridBar) MouseDown(e *desktop.MouseEvent) {
	if b.thumb.Hidden || e.Button != desktop.MouseButtonPrimary {
		return
	}
	top, height := b.thumb.Position().Y, b.thumb.Size().Height
	b.grip = e.Position.Y - top
	if b.grip < 0 || b.grip >= height {
		b.grip = height / 2
		b.pull(e.Position.Y - b.grip)
	}
}

// MouseUp lets go.
func (b *gridBar) MouseUp(*desktop.MouseEvent) {}

// Dragged moves the thumb with the pointer.
func (b *gridBar) Dragged(e *fyne.DragEvent) {
	b.dragged = true
	if !b.thumb.Hidden {
		b.pull(e.Position.Y - b.grip)
	}
}

// DragEnd lets go.
func (b *gridBar) DragEnd() {
	b.dragged = false
	b.follow()
}

// MouseIn makes the bar wider.
func (b *gridBar) MouseIn(*desktop.MouseEvent) { b.hover(true) }

// MouseMoved is needed to be told of the rest.
func (b *gridBar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut makes it thin again.
func (b *gridBar) MouseOut() { b.hover(false) }

func (b *gridBar) hover(on bool) {
	b.hovered = on
	b.follow()
}

// CreateRenderer is Fyne's.
func (b *gridBar) CreateRenderer() fyne.WidgetRenderer {
	r := &gridBarRenderer{b}
	b.thumb.FillColor = theme.ColorForWidget(theme.ColorNameScrollBar, b)
	return r
}

type gridBarRenderer struct{ bar *gridBar }

func (r *gridBarRenderer) Layout(fyne.Size)   { r.bar.follow() }
func (r *gridBarRenderer) MinSize() fyne.Size { return fyne.NewSize(gridBarRoom, gridBarLeast) }
func (r *gridBarRenderer) Refresh() {
	r.bar.thumb.FillColor = theme.ColorForWidget(theme.ColorNameScrollBar, r.bar)
	r.bar.thumb.Refresh()
}
func (r *gridBarRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.bar.thumb} }
func (r *gridBarRenderer) Destroy()                     {}
