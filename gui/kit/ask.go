package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Answer is one button of a question.
type Answer struct {
	Label string
	Kind  ButtonKind
	Do    func() // may be nil: nothing happens
}

// Ask shows a question above a window, with its answers at the right. The last
// one has the keyboard; Escape takes the question away without an answer. It
// returns how to do that.
func Ask(c fyne.Canvas, title, text string, answers ...Answer) (hide func()) {
	var last fyne.Focusable
	var buttons []*Button
	hide = func() {} // until it is shown
	for _, a := range answers {
		b := NewButton(a.Label, a.Kind, func() {
			hide()
			if a.Do != nil {
				a.Do()
			}
		})
		last, buttons = b, append(buttons, b)
	}
	hide = Dialog(c, questionWidth, title, NewText(text, TextStyle{Color: ColorSecondary, Lines: 8}), last, buttons...)
	return hide
}

// Dialog shows something in a card above a window, with a title and, at the
// right below it, buttons, on which Escape hides it. focus has the keyboard at
// first. It returns how to hide the card.
func Dialog(c fyne.Canvas, width float32, title string, body fyne.CanvasObject, focus fyne.Focusable, buttons ...*Button) (hide func()) {
	q := &question{width: width}
	hide = func() { c.Overlays().Remove(q) }
	row := []fyne.CanvasObject{layout.NewSpacer()}
	for _, b := range buttons {
		b.onEscape = hide
		row = append(row, b)
	}
	q.card = NewCardPadded(Padding{Top: 16, Right: 20, Bottom: 18, Left: 20}, NewColumn(12,
		NewText(title, TextStyle{Size: SizeSection, Bold: true, Elide: ElideEnd}), body,
		container.New(layout.NewCustomPaddedHBoxLayout(8), row...)))
	q.ExtendBaseWidget(q)
	c.Overlays().Add(q)
	q.Resize(c.Size())
	q.focus = func() {
		if focus != nil {
			c.Focus(focus)
		}
	}
	q.focus()
	return hide
}

// question covers the window: a veil over everything, and a card in the middle.
type question struct {
	widget.BaseWidget
	card  *Box
	width float32
	focus func() // gives the keyboard to where it was at first
}

// Tapped keeps clicks from what is below, and the keyboard with the card.
func (q *question) Tapped(*fyne.PointEvent) { q.focus() }

// CreateRenderer is Fyne's.
func (q *question) CreateRenderer() fyne.WidgetRenderer {
	return &questionRenderer{q, canvas.NewRectangle(color.NRGBA{A: 0x70})}
}

type questionRenderer struct {
	question *question
	veil     *canvas.Rectangle
}

// questionWidth is how wide a question gets, unless its answers need more.
const questionWidth float32 = 460

func (r *questionRenderer) Layout(size fyne.Size) {
	r.veil.Resize(size)
	card := r.question.card
	width := min(max(r.question.width, card.MinSize().Width), size.Width-40)
	card.Resize(fyne.NewSize(width, card.Size().Height)) // the width decides the height
	height := card.MinSize().Height
	card.Resize(fyne.NewSize(width, height))
	card.Move(fyne.NewPos((size.Width-width)/2, (size.Height-height)/2))
}
func (r *questionRenderer) MinSize() fyne.Size { return fyne.NewSize(10, 10) }
func (r *questionRenderer) Refresh()           { r.question.card.Refresh() }
func (r *questionRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.veil, r.question.card}
}
func (r *questionRenderer) Destroy() {}
