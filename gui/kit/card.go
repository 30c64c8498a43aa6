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
	placed   bool
	base     float32 // how far above the floor it lies
	hovered  bool    // the pointer is over it, and over none of its buttons
	dragged  bool
	from, to fyne.Position // of the drag
}

func newCard(n *Notice) *card {
	c := &card{notice: n}
	c.ExtendBaseWidget(c)
	return c
}

// fit gives the card the room of its words. It gets no smaller until it is placed
// anew, so that its buttons stay where they are.
func (c *card) fit(widest float32) {
	n, before := c.notice, c.Size()
	wide := min(widest, max(before.Width, n.width(cardsStep)))
	n.Resize(fyne.NewSize(wide, n.Size().Height)) // the width decides the height
	c.Resize(fyne.NewSize(wide, max(before.Height, n.MinSize().Height)))
}

// above is where the next card can lie.
func (c *card) above() float32 { return c.base + c.Size().Height + cardsGap }

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
