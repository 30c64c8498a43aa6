package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// card is a notice that lies above a page. It keeps clicks, drags and the pointer
// from what is below; the wheel goes there.
type card struct {
	widget.BaseWidget
	notice   *Notice
	gone     bool // the notice was taken away; its place stays
	hovered  bool // the pointer is over it, and over none of its buttons
	dragged  bool
	from, to fyne.Position // of the drag
}

func newCard(n *Notice) *card {
	c := &card{notice: n}
	c.ExtendBaseWidget(c)
	return c
}

// fit gives the card the room of its words. It gets no narrower, so that its
// buttons stay where they are, and, while people are at it, no lower.
func (c *card) fit(widest float32, held bool) {
	n := c.notice
	wide := min(widest, max(c.Size().Width, n.width(cardsStep)))
	n.Resize(fyne.NewSize(wide, n.Size().Height)) // the width decides the height
	high := n.MinSize().Height
	if held {
		high = max(high, c.Size().Height)
	}
	c.Resize(fyne.NewSize(wide, high))
}

// Tapped keeps a click from what is below.
func (c *card) Tapped(*fyne.PointEvent) {}

// TappedSecondary keeps the other button's click from it too.
func (c *card) TappedSecondary(*fyne.PointEvent) {}

// MouseIn, MouseMoved and MouseOut follow the pointer.
func (c *card) MouseIn(*desktop.MouseEvent) { c.hovered = true }

// MouseMoved is needed to be told of the rest.
func (c *card) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the hover.
func (c *card) MouseOut() { c.hovered = false }

// Dragged follows a pointer that moves while it presses: for Fyne that is no click
// any more, also where it is a button's and the hand was not quite still.
func (c *card) Dragged(e *fyne.DragEvent) {
	if !c.dragged {
		c.dragged, c.from = true, e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
	}
	c.to = e.Position
}

// DragEnd clicks on the button on which the drag began and ended.
func (c *card) DragEnd() {
	c.dragged = false
	if b := c.notice.buttonAt(c.from); b != nil && b == c.notice.buttonAt(c.to) {
		b.Tapped(nil)
	}
}

// CreateRenderer is Fyne's.
func (c *card) CreateRenderer() fyne.WidgetRenderer {
	return &cardRenderer{card: c, shade: &canvas.Rectangle{
		FillColor: color.Transparent, CornerRadius: radiusButton,
		Shadow: canvas.Shadow{Color: color.NRGBA{A: 0x50}, BlurRadius: 14, Offset: fyne.NewPos(0, 3), Variant: canvas.DropShadow},
	}}
}

type cardRenderer struct {
	card  *card
	shade *canvas.Rectangle
}

func (r *cardRenderer) Layout(size fyne.Size) {
	r.shade.Resize(size)
	r.card.notice.Resize(size)
}
func (r *cardRenderer) MinSize() fyne.Size { return r.card.notice.MinSize() }
func (r *cardRenderer) Refresh() {
	r.Layout(r.card.Size())
	r.card.notice.Refresh()
}

func (r *cardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.shade, r.card.notice}
}
func (r *cardRenderer) Destroy() {}
