package uploads

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// title is the row above a section.
type title struct {
	widget.BaseWidget
	text   *kit.Text
	action *kit.Button
	tapped func()
}

func newTitle() *title {
	t := &title{text: kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Bold: true, Color: kit.ColorSecondary, Elide: kit.ElideEnd})}
	t.action = kit.NewButton("", kit.ButtonQuiet, func() {
		if t.tapped != nil {
			t.tapped()
		}
	})
	t.ExtendBaseWidget(t)
	return t
}

func (t *title) set(text string, label string, tapped func()) {
	t.text.SetText(text)
	t.tapped = tapped
	t.action.Hidden = tapped == nil
	t.action.SetLabel(label)
	t.Refresh()
}

func (t *title) CreateRenderer() fyne.WidgetRenderer { return titleRenderer{t} }

type titleRenderer struct{ title *title }

func (r titleRenderer) Layout(size fyne.Size) {
	t := r.title
	want := t.action.MinSize()
	t.action.Resize(want)
	t.action.Move(fyne.NewPos(size.Width-want.Width-12, 7))
	height := t.text.MinSize().Height
	t.text.Resize(fyne.NewSize(size.Width-want.Width-40, height))
	t.text.Move(fyne.NewPos(14, 19-height/2))
}
func (r titleRenderer) MinSize() fyne.Size { return fyne.NewSize(10, titleHeight) }
func (r titleRenderer) Refresh() {
	r.Layout(r.title.Size())
	r.title.text.Refresh()
	r.title.action.Refresh()
}

func (r titleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.title.text, r.title.action}
}
func (r titleRenderer) Destroy() {}
