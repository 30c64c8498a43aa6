package watched

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// sheet is a form above the window: a veil over everything, and a card in the
// middle with a title, a body that scrolls when there is little room, and
// buttons at the right.
type sheet struct {
	widget.BaseWidget
	canvas  fyne.Canvas
	title   *kit.Text
	body    *fyne.Container
	scroll  *container.Scroll
	buttons *fyne.Container
	card    *kit.Box
	closed  func() // told when it goes
	shown   bool
}

// newSheet makes a sheet that is not shown yet.
func newSheet(c fyne.Canvas, title string, rows ...fyne.CanvasObject) *sheet {
	s := &sheet{
		canvas: c, title: kit.NewText(title, kit.TextStyle{Size: kit.SizeSection, Bold: true, Elide: kit.ElideEnd}),
		body: kit.NewColumn(10, rows...), buttons: container.New(layout.NewCustomPaddedHBoxLayout(8)),
	}
	s.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, barRoom), s.body))
	s.card = kit.NewCard(container.New(sheetLayout{s}, s.title, s.scroll, s.buttons))
	s.ExtendBaseWidget(s)
	return s
}

// answer puts the buttons at the bottom; the last one gets the keyboard when the
// sheet is shown.
func (s *sheet) answer(buttons ...*kit.Button) {
	s.buttons.Objects = []fyne.CanvasObject{layout.NewSpacer()}
	for _, b := range buttons {
		s.buttons.Add(b.WithEscape(s.hide))
	}
}

func (s *sheet) show(focus fyne.Focusable) {
	s.shown = true
	s.canvas.Overlays().Add(s)
	s.Resize(s.canvas.Size())
	s.canvas.Focus(focus)
}

func (s *sheet) hide() {
	if s.shown {
		s.shown = false
		s.canvas.Overlays().Remove(s)
		s.closed()
	}
}

// fit gives everything its room again.
func (s *sheet) fit() { s.Refresh() }

// Tapped keeps clicks from what is below.
func (s *sheet) Tapped(*fyne.PointEvent) {}

// CreateRenderer is Fyne's.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer {
	return &sheetRenderer{s, canvas.NewRectangle(color.NRGBA{A: 0x70})}
}

type sheetRenderer struct {
	sheet *sheet
	veil  *canvas.Rectangle
}

// Measures of a sheet.
const (
	sheetWidth float32 = 560
	sheetRoom  float32 = 32 // around it at least
)

// Layout is Fyne's.
func (r *sheetRenderer) Layout(size fyne.Size) {
	r.veil.Resize(size)
	card := r.sheet.card
	width := min(sheetWidth, size.Width-sheetRoom)
	card.Resize(fyne.NewSize(width, card.Size().Height)) // the width decides the height
	r.sheet.scroll.Content.Resize(fyne.NewSize(r.sheet.scroll.Size().Width, r.sheet.scroll.Content.Size().Height))
	height := min(card.MinSize().Height, size.Height-sheetRoom)
	card.Resize(fyne.NewSize(width, height))
	card.Move(fyne.NewPos((size.Width-width)/2, (size.Height-height)/2))
	r.sheet.scroll.Refresh()
}

// MinSize is Fyne's.
func (r *sheetRenderer) MinSize() fyne.Size { return fyne.NewSize(10, 10) }

// Refresh is Fyne's.
func (r *sheetRenderer) Refresh() {
	r.Layout(r.sheet.Size())
	r.sheet.card.Refresh()
}

// Objects is Fyne's.
func (r *sheetRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.veil, r.sheet.card}
}

// Destroy is Fyne's.
func (r *sheetRenderer) Destroy() {}

// sheetLayout gives title and buttons what they need and the body the rest.
type sheetLayout struct{ sheet *sheet }

const (
	sheetGap float32 = 12
	barRoom  float32 = 14 // for the bar of the body, in the card's margin
)

// Layout is Fyne's.
func (sheetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, body, buttons := objects[0], objects[1], objects[2]
	top, bottom := title.MinSize().Height, buttons.MinSize().Height
	put(title, 0, 0, size.Width, top)
	put(body, 0, top+sheetGap, size.Width+barRoom, max(0, size.Height-top-bottom-2*sheetGap))
	put(buttons, 0, size.Height-bottom, size.Width, bottom)
}

// MinSize has room for all of the body.
func (l sheetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	buttons := objects[2].MinSize()
	height := objects[0].MinSize().Height + l.sheet.body.MinSize().Height + buttons.Height + 2*sheetGap
	return fyne.NewSize(buttons.Width, height)
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(max(0, w), h))
	o.Move(fyne.NewPos(x, y))
}

// field is a text field in a sheet, which Escape takes away.
type field struct {
	kit.Entry

	escape func()
}

func newField(placeholder string, escape func()) *field {
	f := &field{escape: escape}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(placeholder)
	return f
}

// TypedKey is Fyne's.
func (f *field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.escape()
		return
	}
	f.Entry.TypedKey(e)
}
