package history

import (
	"fyne.io/fyne/v2"

	"sluice/gui/kit"
)

// pageLayout lays out the page: way back, title, search and buttons in a line,
// the list in the room below. Where there is little room, the search has a line
// of its own.
type pageLayout struct{}

// Measures of the page.
const (
	oneLine     float32 = 680 // where all of the header has room in one line
	searchWidth float32 = 280
	lineHeight  float32 = 29
	lineGap     float32 = 10
	bodyGap     float32 = 14 // as on the other screens
)

// Layout is Fyne's.
func (l pageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	back, title, search, export, clean, body := objects[0], objects[1], objects[2], objects[3], objects[4], objects[5]
	middle := func(o fyne.CanvasObject, x, w float32) {
		h := o.MinSize().Height
		kit.Place(o, x, (lineHeight-h)/2, w, h)
	}
	left := back.MinSize().Width
	middle(back, 0, left)
	left += 14
	right := size.Width
	for _, o := range []fyne.CanvasObject{clean, export} {
		w := o.MinSize().Width
		right -= w
		middle(o, right, w)
		right -= 8
	}
	top := lineHeight + bodyGap
	if size.Width >= oneLine {
		w := min(searchWidth, right-left-110)
		middle(search, right-w, w)
		right -= w + 8
	} else {
		h := search.MinSize().Height
		kit.Place(search, 0, lineHeight+lineGap, size.Width, h)
		top += h + lineGap
	}
	middle(title, left, right-left)
	kit.Place(body, 0, top, size.Width, size.Height-top)
}

// MinSize is Fyne's.
func (l pageLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(400, lineHeight+lineGap+objects[2].MinSize().Height+bodyGap+objects[5].MinSize().Height)
}
