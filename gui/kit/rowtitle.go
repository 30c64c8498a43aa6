package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// RowTitle is the row above a group of rows in a list. It is used for one group
// after another.
type RowTitle struct {
	widget.BaseWidget
	text   *Text
	action *Button
	tapped func()
}

// RowTitleHeight is how high such a row is.
const RowTitleHeight float32 = 29

// NewRowTitle makes an empty title.
func NewRowTitle() *RowTitle {
	t := &RowTitle{text: NewText("", TextStyle{Size: SizeSmall, Bold: true, Color: ColorSecondary, Elide: ElideEnd})}
	t.action = NewButton("", ButtonQuiet, func() {
		if t.tapped != nil {
			t.tapped()
		}
	})
	t.ExtendBaseWidget(t)
	return t
}

// Set changes the words, and the button at the right; there is none when tapped
// is nil.
func (t *RowTitle) Set(text, label string, tapped func()) {
	t.text.SetText(text)
	t.tapped = tapped
	t.action.Hidden = tapped == nil
	t.action.SetLabel(label)
	t.Refresh()
}

// CreateRenderer is Fyne's.
func (t *RowTitle) CreateRenderer() fyne.WidgetRenderer { return rowTitleRenderer{t} }

type rowTitleRenderer struct{ title *RowTitle }

func (r rowTitleRenderer) Layout(size fyne.Size) {
	t := r.title
	want := t.action.MinSize()
	t.action.Resize(want)
	t.action.Move(fyne.NewPos(size.Width-want.Width-12, 19-want.Height/2))
	height := t.text.MinSize().Height
	t.text.Resize(fyne.NewSize(size.Width-want.Width-40, height))
	t.text.Move(fyne.NewPos(14, 19-height/2))
}
func (r rowTitleRenderer) MinSize() fyne.Size { return fyne.NewSize(10, RowTitleHeight) }
func (r rowTitleRenderer) Refresh() {
	r.Layout(r.title.Size())
	r.title.text.Refresh()
	r.title.action.Refresh()
}

func (r rowTitleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.title.text, r.title.action}
}
func (r rowTitleRenderer) Destroy() {}
