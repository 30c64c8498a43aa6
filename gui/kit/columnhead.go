package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Sorted says how a column sorts its table.
type Sorted uint8

// The ways.
const (
	NotSorted  Sorted = iota
	SortedUp          // the least first
	SortedDown        // the most first
)

// ColumnHead is the title of a table's column. A click sorts by the column.
type ColumnHead struct {
	press
	label  string
	right  bool
	sorted Sorted
}

// columnArrow is what the arrow of a column that sorts takes.
const columnArrow float32 = 14

// NewColumnHead makes the title of a column whose values stand at its left, or
// at its right; tapped runs on the interface goroutine.
func NewColumnHead(label string, right bool, tapped func()) *ColumnHead {
	h := &ColumnHead{label: label, right: right}
	h.onTapped, h.repaint = tapped, h.Refresh
	h.ExtendBaseWidget(h)
	return h
}

// Set changes which way the column sorts.
func (h *ColumnHead) Set(sorted Sorted) {
	if h.sorted != sorted {
		h.sorted = sorted
		h.Refresh()
	}
}

// Sorted is which way the column sorts.
func (h *ColumnHead) Sorted() Sorted { return h.sorted }

// AccessibilityLabel is the title.
func (h *ColumnHead) AccessibilityLabel() string { return h.label }

// MinSize has room for the title and the arrow.
func (h *ColumnHead) MinSize() fyne.Size {
	s := MeasureText(h.label, SizeSmall, fyne.TextStyle{Bold: true})
	return fyne.NewSize(s.Width+columnArrow, max(24, s.Height+8))
}

// CreateRenderer is Fyne's.
func (h *ColumnHead) CreateRenderer() fyne.WidgetRenderer {
	r := &columnHeadRenderer{head: h, ring: &canvas.Rectangle{CornerRadius: radiusTile}, text: &canvas.Text{TextSize: SizeSmall}}
	r.arrow = NewIcon(IconChevron, ColorAccent, 12)
	r.Refresh()
	return r
}

type columnHeadRenderer struct {
	head  *ColumnHead
	ring  *canvas.Rectangle
	text  *canvas.Text
	arrow *Icon
}

func (r *columnHeadRenderer) Refresh() {
	h := r.head
	ink := ColorSecondary
	if h.hovered {
		ink = ColorText
	}
	icon := IconChevron
	switch h.sorted {
	case SortedUp:
		icon, ink = IconChevronUp, ColorAccent
	case SortedDown:
		ink = ColorAccent
	case NotSorted:
	}
	r.text.Text, r.text.TextStyle.Bold = h.label, h.sorted != NotSorted
	setFont(r.text)
	r.text.Color = theme.ColorForWidget(ink, h)
	r.arrow.Hidden = h.sorted == NotSorted
	r.arrow.Set(icon, ink)
	r.ring.FillColor, r.ring.StrokeColor = theme.ColorForWidget(ColorPage, h), theme.ColorForWidget(ColorPrimary, h)
	r.ring.Hidden, r.ring.StrokeWidth = !h.focused, 2
	r.Layout(h.Size())
	canvas.Refresh(h)
}

// Layout keeps the title of a column of numbers above their ends, with the
// arrow before it.
func (r *columnHeadRenderer) Layout(size fyne.Size) {
	r.ring.Resize(fyne.NewSize(size.Width+8, size.Height))
	r.ring.Move(fyne.NewPos(-4, 0))
	text := r.text.MinSize()
	x, arrow := float32(0), text.Width+2
	if r.head.right {
		x = size.Width - text.Width
		arrow = x - columnArrow
	}
	r.text.Resize(text)
	r.text.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
	r.arrow.Resize(fyne.NewSquareSize(12))
	r.arrow.Move(fyne.NewPos(arrow, (size.Height-12)/2))
}
func (r *columnHeadRenderer) MinSize() fyne.Size { return r.head.MinSize() }
func (r *columnHeadRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.text, r.arrow}
}
func (r *columnHeadRenderer) Destroy() {}
