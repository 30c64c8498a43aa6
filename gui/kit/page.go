package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// PageMargin is the room around a screen's content.
const PageMargin float32 = 24

// NewHeader makes the top line of a screen: its name and, at the right, buttons.
func NewHeader(title string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	name := NewText(title, TextStyle{Size: SizeTitle, Bold: true, Elide: ElideEnd})
	right := container.New(layout.NewCustomPaddedHBoxLayout(8), actions...)
	return container.New(headerLayout{}, name, right)
}

// headerLayout gives the buttons what they need and the name the rest.
type headerLayout struct{}

// Layout is Fyne's.
func (headerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name, right := objects[0], objects[1]
	want := right.MinSize()
	right.Resize(want)
	right.Move(fyne.NewPos(size.Width-want.Width, (size.Height-want.Height)/2))
	height := name.MinSize().Height
	name.Resize(fyne.NewSize(max(0, size.Width-want.Width-12), height))
	name.Move(fyne.NewPos(0, (size.Height-height)/2))
}

// MinSize is Fyne's.
func (headerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[1].MinSize().Width+100, 29)
}

// NewPage lays out a screen: the header, then the body in all the room below.
func NewPage(header, body fyne.CanvasObject) fyne.CanvasObject {
	return NewRoom(Padding{Top: 20, Right: PageMargin, Bottom: 20, Left: PageMargin},
		container.New(pageLayout{}, header, body))
}

// NewScrollPage is NewPage for a body that scrolls when it is too high.
func NewScrollPage(header, body fyne.CanvasObject) fyne.CanvasObject {
	// The bar stands in the margin, not on the cards.
	inner := container.New(layout.NewCustomPaddedLayout(0, 20, 0, PageMargin), body)
	return NewRoom(Padding{Top: 20, Left: PageMargin},
		container.New(pageLayout{rightOfHeader: PageMargin}, header, container.NewVScroll(inner)))
}

// NewListPage is NewPage for a body that scrolls by itself and reaches to the
// window's right and lower edge; it leaves PageMargin free at its right.
func NewListPage(header, body fyne.CanvasObject) fyne.CanvasObject {
	return NewRoom(Padding{Top: 20, Left: PageMargin},
		container.New(pageLayout{rightOfHeader: PageMargin}, header, body))
}

type pageLayout struct{ rightOfHeader float32 }

// headerGap is the room below a screen's top line.
const headerGap float32 = 14

// Layout is Fyne's.
func (l pageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width-l.rightOfHeader, height))
	objects[0].Move(fyne.NewPos(0, 0))
	top := height + headerGap
	objects[1].Move(fyne.NewPos(0, top))
	if scroll, ok := objects[1].(*container.Scroll); ok {
		// What is scrolled gets its width first: that decides its height.
		scroll.Content.Resize(fyne.NewSize(size.Width, scroll.Content.Size().Height))
		defer scroll.Refresh()
	}
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-top))
}

// MinSize is Fyne's.
func (l pageLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, body := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(head.Width+l.rightOfHeader, body.Width), head.Height+headerGap+body.Height)
}

// NewColumn puts things below each other with a gap.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(columnLayout{gap}, objects...)
}

// columnLayout asks for heights after it has given the widths, so that texts
// can be wrapped.
type columnLayout struct{ gap float32 }

// Layout is Fyne's.
func (l columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		height := o.MinSize().Height
		o.Resize(fyne.NewSize(size.Width, height))
		o.Move(fyne.NewPos(0, y))
		y += height + l.gap
	}
}

// MinSize is Fyne's.
func (l columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if size.Height > 0 {
			size.Height += l.gap
		}
		want := o.MinSize()
		size.Width = max(size.Width, want.Width)
		size.Height += want.Height
	}
	return size
}

// NewLineUp puts things side by side with a gap, each in its own width and in
// the middle of the line's height. Fields and a text that can be shortened take
// what is left.
func NewLineUp(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(lineUpLayout{gap}, objects...)
}

type lineUpLayout struct{ gap float32 }

// Layout is Fyne's. Fields (NewField) share what the others leave.
func (l lineUpLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	free := size.Width - l.MinSize(objects).Width
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		want := o.MinSize()
		if f, ok := fieldOf(o); ok && free > 0 {
			more := min(free, f.width-want.Width)
			want.Width += more
			free -= more
		} else if t, ok := o.(grower); ok && free > 0 {
			more := t.grow(want.Width, free)
			want.Width += more
			free -= more
		}
		o.Resize(want)
		o.Move(fyne.NewPos(x, (size.Height-want.Height)/2))
		x += want.Width + l.gap
	}
}

// grower can be shortened, and tells how much of what is free it takes.
type grower interface {
	grow(has, free float32) float32
}

func fieldOf(o fyne.CanvasObject) (fieldLayout, bool) {
	c, ok := o.(*fyne.Container)
	if !ok {
		return fieldLayout{}, false
	}
	f, ok := c.Layout.(fieldLayout)
	return f, ok
}

// MinSize is Fyne's.
func (l lineUpLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if size.Width > 0 {
			size.Width += l.gap
		}
		want := o.MinSize()
		size.Width += want.Width
		size.Height = max(size.Height, want.Height)
	}
	return size
}
