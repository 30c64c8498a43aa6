package watched

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// The activity is one card that is too high to be one object: its rows are
// slabs, each with its part of the card's border.

// part says where in the card a slab is.
type part uint8

const (
	top part = iota
	middle
	bottom
)

// lap is by how much pieces lap over each other.
const lap float32 = 1

// cardRadius is that of the kit's cards.
const cardRadius float32 = 12

// slab is a piece of the card: its ground and its border.
type slab struct {
	line, ground *canvas.Rectangle
	part         part
}

func newSlab(p part) *slab {
	s := &slab{line: &canvas.Rectangle{}, ground: &canvas.Rectangle{}, part: p}
	switch p {
	case top:
		s.line.TopLeftCornerRadius, s.line.TopRightCornerRadius = cardRadius, cardRadius
		s.ground.TopLeftCornerRadius, s.ground.TopRightCornerRadius = cardRadius-1, cardRadius-1
	case bottom:
		s.line.BottomLeftCornerRadius, s.line.BottomRightCornerRadius = cardRadius, cardRadius
		s.ground.BottomLeftCornerRadius, s.ground.BottomRightCornerRadius = cardRadius-1, cardRadius-1
	case middle:
	}
	return s
}

func (s *slab) color(of fyne.Widget, marked bool) {
	s.line.FillColor = theme.ColorForWidget(kit.ColorBorder, of)
	fill := kit.ColorCard
	if marked {
		fill = kit.ColorSelected
	}
	s.ground.FillColor = theme.ColorForWidget(fill, of)
}

// layout fills a row, without the room for the list's bar.
func (s *slab) layout(size fyne.Size) (width float32) {
	width = size.Width - kit.PageMargin
	// Pieces lap over each other: where a row begins between two pixels, nothing
	// of the page is seen between them.
	first, last := -lap, size.Height+lap
	switch s.part {
	case top:
		first = 0
	case bottom:
		last = size.Height
	case middle:
	}
	put(s.line, 0, first, width, last-first)
	switch s.part {
	case top:
		first++
	case bottom: // its edges are soft, and no border belongs to the upper one
		first--
		last--
	case middle:
	}
	put(s.ground, 1, first, width-2, last-first)
	return width
}

// Heights of rows of the activity.
const (
	headHeight  float32 = 40
	entryHeight float32 = 26
	endHeight   float32 = 12 + 20 // and the room below the page
	endRoom     float32 = 20
)

// titleRow is a row with words: the card's title, a day, or how reading goes.
type titleRow struct {
	widget.BaseWidget
	slab   *slab
	text   *kit.Text
	action *kit.Button
	do     func()
}

func newTitleRow(p part, style kit.TextStyle) *titleRow {
	style.Elide = kit.ElideEnd
	r := &titleRow{slab: newSlab(p), text: kit.NewText("", style)}
	r.action = kit.NewButton("", kit.ButtonQuiet, func() { r.do() })
	r.action.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// set changes the words; without do there is no button.
func (r *titleRow) set(text, label string, do func()) {
	r.text.SetText(text)
	r.do = do
	r.action.SetLabel(label)
	r.action.Hidden = do == nil
	r.Refresh()
}

// CreateRenderer is Fyne's.
func (r *titleRow) CreateRenderer() fyne.WidgetRenderer {
	r.slab.color(r, false)
	return &titleRenderer{r}
}

type titleRenderer struct{ row *titleRow }

func (v *titleRenderer) Layout(size fyne.Size) {
	r := v.row
	width := r.slab.layout(size)
	want := r.action.MinSize()
	put(r.action, width-want.Width-14, (size.Height-want.Height)/2, want.Width, want.Height)
	h := r.text.MinSize().Height
	y := (size.Height - h) / 2
	if r.slab.part == top {
		y += 4
	}
	put(r.text, 18, y, width-18-want.Width-24, h)
}

func (v *titleRenderer) MinSize() fyne.Size { return fyne.NewSize(200, entryHeight) }
func (v *titleRenderer) Refresh() {
	v.row.slab.color(v.row, false)
	v.Layout(v.row.Size())
	for _, o := range v.Objects() {
		o.Refresh()
	}
}

func (v *titleRenderer) Objects() []fyne.CanvasObject {
	r := v.row
	return []fyne.CanvasObject{r.slab.line, r.slab.ground, r.text, r.action}
}
func (v *titleRenderer) Destroy() {}

// endRow is the lower edge of the card, and the room below it.
type endRow struct {
	widget.BaseWidget
	slab *slab
}

func newEndRow() *endRow {
	r := &endRow{slab: newSlab(bottom)}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is Fyne's.
func (r *endRow) CreateRenderer() fyne.WidgetRenderer {
	r.slab.color(r, false)
	return &endRenderer{r}
}

type endRenderer struct{ row *endRow }

func (v *endRenderer) Layout(size fyne.Size) {
	v.row.slab.layout(fyne.NewSize(size.Width, size.Height-endRoom))
}
func (v *endRenderer) MinSize() fyne.Size { return fyne.NewSize(200, endHeight) }
func (v *endRenderer) Refresh() {
	v.row.slab.color(v.row, false)
	canvas.Refresh(v.row)
}

func (v *endRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.row.slab.line, v.row.slab.ground}
}
func (v *endRenderer) Destroy() {}

// entryRow is one thing that happened. It is used for one after another.
type entryRow struct {
	widget.BaseWidget
	entry  watch.Entry
	shown  Outcome
	marked bool

	slab *slab
	time *kit.Text
	name *kit.Hint
	text *kit.Hint
	link *kit.Link
	open *kit.IconButton
}

func newEntryRow(s *Screen) *entryRow {
	secondary := kit.TextStyle{Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	r := &entryRow{
		slab: newSlab(middle),
		time: kit.NewText("", kit.TextStyle{Color: kit.ColorSecondary}),
		name: kit.NewHint("", kit.TextStyle{Elide: kit.ElideMiddle}),
		text: kit.NewHint("", secondary),
	}
	r.link = kit.NewLink("", kit.TextStyle{Elide: kit.ElideMiddle}, func() { s.cfg.Intents.Copy(r.entry) })
	r.open = kit.NewIconButton(kit.IconOpen, lang.L("Open in the browser"), func() { s.cfg.Intents.Open(r.entry.Link) })
	r.ExtendBaseWidget(r)
	return r
}

func (r *entryRow) set(e *watch.Entry, o Outcome) {
	r.entry = *e
	if r.shown == o {
		return
	}
	r.shown = o
	r.time.SetText(o.Time)
	r.name.SetText(o.Name)
	r.link.Hidden, r.open.Hidden, r.text.Hidden = !o.Link, !o.Link, o.Link
	if o.Link {
		r.link.SetText(o.Text)
		r.link.SetTip(o.Tip)
	} else {
		r.text.Set(o.Text, o.Color)
		r.text.SetTip(o.Tip)
	}
	r.Refresh()
}

// mark shows that the keyboard stands on the row.
func (r *entryRow) mark(marked bool) {
	if r.marked != marked {
		r.marked = marked
		r.Refresh()
	}
}

// CreateRenderer is Fyne's.
func (r *entryRow) CreateRenderer() fyne.WidgetRenderer {
	r.slab.color(r, r.marked)
	return &entryRenderer{r}
}

type entryRenderer struct{ row *entryRow }

// Measures of an entry.
const (
	entryLeft  float32 = 18
	nameLeft   float32 = 90  // design: of the name, from the time
	narrowName float32 = 58  // the same where there is little room
	linkWidth  float32 = 258 // of what happened
)

func (v *entryRenderer) Layout(size fyne.Size) {
	r := v.row
	width := r.slab.layout(size)
	left, last := nameLeft, linkWidth+max(0, width-924)*0.3
	if width < 620 {
		left, last = narrowName, width*0.36
	}
	line := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		put(o, x, (size.Height-h)/2, w, h)
	}
	line(r.time, entryLeft, left-8)
	right := width - 10 - last
	line(r.name, entryLeft+left, right-entryLeft-left-14)
	line(r.text, right, last-8)
	line(r.link, right, last-kit.IconButtonSize-4)
	put(r.open, width-10-kit.IconButtonSize, 0, kit.IconButtonSize, size.Height)
}

func (v *entryRenderer) MinSize() fyne.Size { return fyne.NewSize(200, entryHeight) }
func (v *entryRenderer) Refresh() {
	v.row.slab.color(v.row, v.row.marked)
	for _, o := range v.Objects() {
		o.Refresh()
	}
	canvas.Refresh(v.row)
}

func (v *entryRenderer) Objects() []fyne.CanvasObject {
	r := v.row
	return []fyne.CanvasObject{r.slab.line, r.slab.ground, r.time, r.name, r.text, r.link, r.open}
}
func (v *entryRenderer) Destroy() {}
