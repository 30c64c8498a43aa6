package uploads

import (
	"fyne.io/fyne/v2"

	"sluice/gui/kit"
)

// roomyHeader is how wide the screen has to be for all words of its header.
const roomyHeader float32 = 600

// fitLayout gives the screen all the room, and a button of its header its words
// where there is enough of it; else it has its icon only.
type fitLayout struct {
	button *kit.Button
	icon   kit.IconName
	label  string
}

// Layout is Fyne's.
func (l fitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size.Width < roomyHeader {
		l.button.WithIcon(l.icon).WithTip(l.label).SetLabel("")
	} else {
		l.button.WithIcon("").WithTip("").SetLabel(l.label)
	}
	objects[0].Resize(size)
}

// MinSize is Fyne's.
func (l fitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
