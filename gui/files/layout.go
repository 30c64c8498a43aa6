package files

import (
	"fyne.io/fyne/v2"

	"sluice/gui/kit"
)

// Measures of the screen.
const (
	lineHeight   float32 = 31
	searchWidth  float32 = 280
	sortWidth    float32 = 128 // in a narrow window
	detailsWidth float32 = 248
	detailsGap   float32 = 18
	detailsFrom  float32 = 700 // narrower, there is no room for the details
	bodyGap      float32 = 10
	tilesBeyond  float32 = 12 // the tiles' bar stands in the margin
)

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(w, h))
	o.Move(fyne.NewPos(x, y))
}

// screenLayout puts the top line above the rest.
type screenLayout struct{}

// Layout is Fyne's.
func (screenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, size.Width, lineHeight)
	put(objects[1], 0, lineHeight+bodyGap, size.Width, size.Height-lineHeight-bodyGap)
}

// MinSize is Fyne's.
func (screenLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(440, 300) }

// headLayout is the top line: the search gets what the others leave.
type headLayout struct{ head *header }

// Layout is Fyne's.
func (l headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, search, help, sort, save, refresh := objects[0], objects[1], objects[2], objects[3], objects[4], objects[5]
	right := size.Width
	place := func(o fyne.CanvasObject, w, gap float32) {
		h := o.MinSize().Height
		if o == sort {
			h = refresh.MinSize().Height // as high as all beside it
		}
		right -= w
		put(o, right, (size.Height-h)/2, w, h)
		right -= gap
	}
	place(refresh, refresh.MinSize().Width, 8)
	place(save, save.MinSize().Width, 8)
	wide := sort.MinSize().Width
	if narrow(size.Width) {
		wide = min(wide, sortWidth)
	}
	place(sort, wide, 8)
	place(help, help.MinSize().Width, 2)
	least := kit.MeasureText("Files", 20, fyne.TextStyle{Bold: true}).Width + 16
	place(search, max(100, min(searchWidth, right-least)), 12)
	l.head.hint()
	h := title.MinSize().Height
	put(title, 0, (size.Height-h)/2, max(0, right), h)
}

// MinSize is Fyne's.
func (headLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(440, lineHeight) }

// bodyLayout is all below the top line: chips, tiles, the selection's bar, and the
// details at the right or, in a narrow window, as a sheet in place of the tiles.
type bodyLayout struct{ sheet *sheet }

// Layout is Fyne's.
func (l bodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	chips, tiles, bar, details := objects[0], objects[1], objects[2], objects[3]
	top := float32(0)
	if chips.Visible() {
		chips.Resize(fyne.NewSize(size.Width, chips.Size().Height)) // the width decides the height
		high := chips.MinSize().Height
		put(chips, 0, top, size.Width, high)
		top += high + bodyGap - 2
	}
	width := size.Width
	asSheet := l.sheet.fits(size.Width) && details.Visible()
	beside := !narrow(size.Width) && details.Visible()
	if beside {
		width -= detailsWidth + detailsGap
		put(details, width+detailsGap, top, detailsWidth, size.Height-top)
	}
	bottom := size.Height
	l.sheet.details.Hidden, l.sheet.bar.Hidden = !beside && !asSheet, asSheet && l.sheet.single
	if asSheet && l.sheet.single {
		put(bar, size.Width+100, 0, bar.Size().Width, bar.Size().Height) // out of the window
	} else if bar.Visible() {
		high := bar.MinSize().Height
		bottom -= high
		put(bar, 0, bottom, width, high)
		bottom -= bodyGap
	}
	away := size.Width + 100 // out of the window
	switch {
	case beside:
		put(tiles, 0, top, width+tilesBeyond, max(0, bottom-top))
	case asSheet:
		put(details, 0, top, width, max(0, bottom-top))
		put(tiles, away, top, width+tilesBeyond, max(0, bottom-top))
	default:
		put(tiles, 0, top, width+tilesBeyond, max(0, bottom-top))
		put(details, away, 0, detailsWidth, size.Height)
	}
}

// MinSize is Fyne's.
func (bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(440, 240) }

// chipsLayout puts the slider and the switch at the right of the chips, and a line
// below them.
type chipsLayout struct{}

const (
	sliderWidth float32 = 110
	doubtGap    float32 = 5
)

// Layout is Fyne's.
func (chipsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	flow, slider, views, info, doubts := objects[0], objects[1], objects[2], objects[3], objects[4]
	want := views.MinSize()
	right := size.Width - want.Width
	put(views, right, 0, want.Width, want.Height)
	if info.(*kit.IconButton).Hidden = !narrow(size.Width); info.Visible() {
		right -= kit.IconButtonSize + 6
		put(info, right, -1, kit.IconButtonSize, kit.IconButtonSize)
	}
	if slider.Visible() {
		right -= sliderWidth + 12
		put(slider, right, 2, sliderWidth, 20)
	}
	flow.(*fyne.Container).Layout.(*flowLayout).beside = size.Width - (right - 12)
	put(flow, 0, 0, size.Width, size.Height)
	if doubts.Visible() {
		high := doubts.MinSize().Height
		put(doubts, 0, size.Height-high, size.Width, high)
	}
}

// MinSize is as high as the chips need in the width that they have.
func (chipsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	flow, doubts := objects[0].(*fyne.Container), objects[4]
	high := max(24, flow.Layout.(*flowLayout).heightFor(flow.Objects, flow.Size().Width))
	if doubts.Visible() {
		high += doubtGap + doubts.MinSize().Height
	}
	return fyne.NewSize(300, high)
}

// flowLayout puts things side by side, and in another line what has no room. At
// the right of the first line something else stands.
type flowLayout struct{ gap, beside float32 }

// Layout is Fyne's.
func (l *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.flow(objects, size.Width, func(o fyne.CanvasObject, x, y float32) {
		want := o.MinSize()
		put(o, x, y, want.Width, want.Height)
	})
}

func (l *flowLayout) flow(objects []fyne.CanvasObject, width float32, at func(o fyne.CanvasObject, x, y float32)) (height float32) {
	x, y, high := float32(0), float32(0), float32(0)
	room := width - l.beside
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		want := o.MinSize()
		if x > 0 && x+want.Width > room {
			x, y = 0, y+high+l.gap
			room = width
		}
		at(o, x, y)
		x += want.Width + l.gap
		high = want.Height
	}
	return y + high
}

// MinSize is that of one line; heightFor knows how many there are.
func (l *flowLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 24) }

// heightFor is what everything needs in a width.
func (l *flowLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return l.flow(objects, width, func(fyne.CanvasObject, float32, float32) {})
}

// pairsLayout puts buttons into two columns of the same width.
type pairsLayout struct{}

const pairsGap float32 = 8

// Layout is Fyne's.
func (pairsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	wide := (min(size.Width, detailsWidth-28) - pairsGap) / 2
	n := 0
	for _, o := range objects {
		if o.Visible() {
			high := o.MinSize().Height
			put(o, float32(n%2)*(wide+pairsGap), float32(n/2)*(high+pairsGap), wide, high)
			n++
		}
	}
}

// MinSize is Fyne's.
func (pairsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	n, high := 0, float32(0)
	for _, o := range objects {
		if o.Visible() {
			n++
			high = o.MinSize().Height
		}
	}
	return fyne.NewSize(120, float32((n+1)/2)*(high+pairsGap)-pairsGap)
}

// pairLayout is a name and a value beside each other; the value may have several
// lines.
type pairLayout struct{ column float32 }

// Layout is Fyne's.
func (l pairLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, 0, l.column-8, min(size.Height, objects[0].MinSize().Height))
	put(objects[1], l.column, 0, size.Width-l.column, size.Height)
}

// MinSize is Fyne's.
func (l pairLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	value := objects[1].MinSize()
	return fyne.NewSize(l.column+value.Width, max(objects[0].MinSize().Height, value.Height))
}
