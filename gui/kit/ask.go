package kit

import (
	"fyne.io/fyne/v2"
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

// Ask shows a question above a window, with its answers at the right, the last
// one taken as the usual one. It returns how to take the question away.
func Ask(c fyne.Canvas, title, text string, answers ...Answer) (hide func()) {
	const width = 420
	var popup *widget.PopUp
	words := NewText(text, TextStyle{Color: ColorSecondary, Lines: 6})
	buttons := []fyne.CanvasObject{layout.NewSpacer()}
	for _, a := range answers {
		buttons = append(buttons, NewButton(a.Label, a.Kind, func() {
			popup.Hide()
			if a.Do != nil {
				a.Do()
			}
		}))
	}
	content := NewColumn(12,
		NewText(title, TextStyle{Size: SizeSection, Bold: true, Elide: ElideEnd}),
		container.New(fixedLayout{fyne.NewSize(width, words.HeightFor(width))}, words),
		container.New(layout.NewCustomPaddedHBoxLayout(8), buttons...))
	popup = widget.NewModalPopUp(NewBox(ColorCard, Padding{Top: 12, Right: 16, Bottom: 12, Left: 16}, content), c)
	popup.Show()
	return popup.Hide
}

// fixedLayout gives its objects one size, whatever they want.
type fixedLayout struct{ size fyne.Size }

// Layout is Fyne's.
func (l fixedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// MinSize is Fyne's.
func (l fixedLayout) MinSize([]fyne.CanvasObject) fyne.Size { return l.size }
