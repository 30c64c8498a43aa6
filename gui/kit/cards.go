package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Measures of the cards.
const (
	cardsMargin float32 = 20 // free at the page's lower edge
	cardsGap    float32 = 8
	cardsWide   float32 = 520 // at most
	cardsStep   float32 = 40  // widths are multiples of it, so that a number that changes moves no button
)

// Cards is a layer above a page on which notices lie as cards: one above the
// other, from the lower left corner up. The page never moves because of them, and
// takes all clicks beside them. A card for which there is no room upwards waits
// until there is.
//
// While people are at the cards (see Attended) these don't move either: the place
// of one that was taken away stays empty until Settle.
type Cards struct {
	widget.BaseWidget
	list  []*card // from below
	floor float32 // what is to stay free below them
}

// NewCards makes a layer without cards.
func NewCards() *Cards {
	c := &Cards{}
	c.ExtendBaseWidget(c)
	return c
}

// Put shows a notice on a card above the others; where it has one already, that
// is fitted to what the notice says.
func (c *Cards) Put(n *Notice) {
	if !c.Has(n) {
		n.left = c.unfocus
		c.list = append(c.list, newCard(n))
	}
	c.Refresh()
}

// Take takes a notice away.
func (c *Cards) Take(n *Notice) {
	i := c.index(n)
	if i < 0 {
		return
	}
	c.list[i].gone = true
	if n.focused() {
		c.unfocus()
	}
	if c.Settle() {
		c.Refresh()
	}
}

// Has reports whether a notice lies here.
func (c *Cards) Has(n *Notice) bool { return c.index(n) >= 0 }

func (c *Cards) index(n *Notice) int {
	return slices.IndexFunc(c.list, func(one *card) bool { return one.notice == n && !one.gone })
}

// Shown reports whether a notice has a card that is in view.
func (c *Cards) Shown(n *Notice) bool {
	i := c.index(n)
	return i >= 0 && c.list[i].Visible() && c.Visible()
}

// Attended reports whether the pointer is over a card, or the keyboard in one.
func (c *Cards) Attended() bool {
	return slices.ContainsFunc(c.list, func(one *card) bool {
		return one.hovered || one.notice.hovered() || one.notice.focused()
	})
}

// Settle moves the cards to where others went, unless people are at them. It
// reports whether that is still to be done.
func (c *Cards) Settle() (later bool) {
	gap := func(one *card) bool { return one.gone }
	switch {
	case !slices.ContainsFunc(c.list, gap):
		return false
	case c.Attended():
		return true
	}
	c.list = slices.DeleteFunc(c.list, gap)
	c.Refresh()
	return false
}

// SetFloor sets how much is to stay free below the cards, for what stands at the
// bottom of a page.
func (c *Cards) SetFloor(free float32) {
	if c.floor != free {
		c.floor = free
		c.Refresh()
	}
}

// Escape closes the newest card that can be closed, and reports whether there was
// one.
func (c *Cards) Escape() bool {
	for _, one := range slices.Backward(c.list) {
		if dismiss := one.notice.dismiss; dismiss != nil && !one.gone && one.Visible() {
			dismiss()
			return true
		}
	}
	return false
}

// unfocus takes the keyboard from the cards: keys are for the page again.
func (c *Cards) unfocus() {
	if canvas := Canvas(c); canvas != nil {
		canvas.Unfocus()
	}
}

// CreateRenderer is Fyne's.
func (c *Cards) CreateRenderer() fyne.WidgetRenderer { return &cardsRenderer{cards: c} }

type cardsRenderer struct {
	cards   *Cards
	objects []fyne.CanvasObject
}

// Layout gives each card the size of its words and a place above the one below.
func (r *cardsRenderer) Layout(size fyne.Size) {
	c := r.cards
	bottom, held := size.Height-cardsMargin-c.floor, c.Attended()
	for _, one := range c.list {
		if !one.gone {
			one.fit(min(cardsWide, size.Width-2*PageMargin), held)
		}
		high := one.Size().Height
		one.Hidden = one.gone || bottom-high < cardsGap
		if one.Hidden && !one.gone {
			bottom = 0 // those above it wait too, else they would come before it
			continue
		}
		bottom -= high
		one.Move(fyne.NewPos(PageMargin, bottom))
		bottom -= cardsGap
	}
}

func (r *cardsRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *cardsRenderer) Refresh() {
	r.objects = r.objects[:0]
	for _, one := range r.cards.list {
		r.objects = append(r.objects, one)
	}
	r.Layout(r.cards.Size())
	for _, one := range r.cards.list {
		one.Refresh()
	}
	Repaint(r.cards)
}

func (r *cardsRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *cardsRenderer) Destroy()                     {}
