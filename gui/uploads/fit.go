package uploads

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
)

// roomyHeader is how wide the screen has to be for all words of its header.
const roomyHeader float32 = 730

// narrow is a button's icon where there is no room for its words.
type narrow struct {
	button *kit.Button
	icon   kit.IconName
}

// fit shows a button's words, or its icon only.
func (n narrow) fit(tight bool, label string) {
	words, icon, tip := label, kit.IconName(""), ""
	if tight {
		words, icon, tip = "", n.icon, label
	}
	if n.button.AccessibilityLabel() != label || n.button.Label() != words {
		n.button.WithIcon(icon).WithTip(tip).SetLabel(words)
		n.button.Refresh() // also where only the icon is another
	}
}

// fitLayout gives the screen all the room, and says whether that is enough for
// all words of its header.
type fitLayout struct{ fit func(tight bool) }

// Layout is Fyne's.
func (l fitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.fit(size.Width < roomyHeader)
	objects[0].Resize(size)
}

// MinSize is Fyne's.
func (l fitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// fit fits the header to the room.
func (s *Screen) fit(tight bool) {
	s.tight = tight
	narrow{s.history, kit.IconClock}.fit(tight, lang.L("History"))
	narrow{s.clear, kit.IconCheck}.fit(tight, lang.L("Clear finished"))
	narrow{s.links, kit.IconDown}.fit(tight, lang.L("Download links…"))
	s.fitPause()
}

// fitPause shows whether everything can be paused or resumed.
func (s *Screen) fitPause() {
	icon, label := kit.IconPause, lang.L("Pause all")
	if s.paused {
		icon, label = kit.IconPlay, lang.L("Resume")
	}
	narrow{s.pause, icon}.fit(s.tight, label)
}
