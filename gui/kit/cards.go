package kit

import (
	"cmp"
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
// takes all clicks beside them.
//
// Nor does a card move because of another: where one went, the next that comes has
// room. Settle moves them together. A card for which there is no room waits until
// there is.
type Cards struct {
	widget.BaseWidget
	list  []*card // in the order in which they came
	floor float32 // what is to stay free below them
}

// NewCards makes a layer without cards.
func NewCards() *Cards {
	c := &Cards{}
	c.ExtendBaseWidget(c)
	return c
}

// Put shows a notice on a card, in the lowest place that is free; where it has one
// already, that is fitted to what the notice says.
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
	c.list = slices.Delete(c.list, i, i+1)
	if n.focused() {
		c.unfocus()
	}
	c.Refresh()
}

// Has reports whether a notice lies here.
func (c *Cards) Has(n *Notice) bool { return c.index(n) >= 0 }

func (c *Cards) index(n *Notice) int {
	return slices.IndexFunc(c.list, func(one *card) bool { return one.notice == n })
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

// Loose reports whether the cards could be moved together: there is room below one,
// and nobody has to hurry to get at any of them, which is where it can't be closed.
func (c *Cards) Loose() bool {
	high := float32(0)
	for _, one := range c.list {
		if one.notice.dismiss == nil {
			return false
		}
		if one.placed {
			high += one.above() - one.base
		}
	}
	return slices.ContainsFunc(c.list, func(one *card) bool { return one.placed && one.above() > high })
}

// Settle moves the cards together, for a moment in which people do something else,
// and leaves some room free below them, for what stands at the bottom of the page.
func (c *Cards) Settle(free float32) {
	c.floor = free
	for _, one := range c.list {
		one.placed = false
		one.Resize(fyne.Size{})
	}
	c.Refresh()
}

// Escape closes the newest card that can be closed, and reports whether there was
// one.
func (c *Cards) Escape() bool {
	for _, one := range slices.Backward(c.list) {
		if dismiss := one.notice.dismiss; dismiss != nil && one.Visible() {
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
	size    fyne.Size
}

// Layout gives each card the size of its words, and those without one a place.
func (r *cardsRenderer) Layout(size fyne.Size) {
	if r.size != size {
		r.size = size
		r.cards.Settle(r.cards.floor)
		return
	}
	bottom := size.Height - cardsMargin - r.cards.floor
	for _, one := range r.cards.list {
		one.fit(min(cardsWide, size.Width-2*PageMargin))
	}
	r.cards.place(bottom - cardsGap)
	for _, one := range r.cards.list {
		one.Hidden = !one.placed
		one.Move(fyne.NewPos(PageMargin, bottom-one.base-one.Size().Height))
	}
}

// place finds a place for each card that has none, within a height. One that has
// become higher pushes those above it up.
func (c *Cards) place(room float32) {
	placed := slices.DeleteFunc(slices.Clone(c.list), func(one *card) bool { return !one.placed })
	slices.SortStableFunc(placed, func(a, b *card) int { return cmp.Compare(a.base, b.base) })
	top := float32(0)
	for _, one := range placed {
		one.base = max(one.base, top)
		one.placed = one.base+one.Size().Height <= room
		top = one.above()
	}
	placed = slices.DeleteFunc(placed, func(one *card) bool { return !one.placed })
	for _, one := range c.list {
		if one.placed {
			continue
		}
		one.base = 0
		i := 0
		for ; i < len(placed) && one.above() > placed[i].base; i++ {
			one.base = placed[i].above()
		}
		if one.base+one.Size().Height > room {
			return // those that came after it wait too
		}
		one.placed = true
		placed = slices.Insert(placed, i, one)
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
