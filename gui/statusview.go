package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// statusLayout stacks the status's lines closely; the line above them is as
// wide as the navigation.
type statusLayout struct{}

const statusInset float32 = 8

// Layout is Fyne's.
func (statusLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		inset := statusInset
		if i == 0 {
			inset = 0
		}
		height := statusHeight(o)
		before, after := statusGaps(i)
		y += before
		width := size.Width - 2*inset
		if i == len(objects)-1 {
			width -= kit.IconButtonSize // the bell's
		}
		o.Resize(fyne.NewSize(width, height))
		o.Move(fyne.NewPos(inset, y))
		y += height + after
	}
}

// MinSize is Fyne's.
func (statusLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{Width: 100}
	for i, o := range objects {
		if o.Visible() {
			before, after := statusGaps(i)
			size.Height += before + statusHeight(o) + after
		}
	}
	return size
}

// statusHeight is what a line needs; a long text takes two.
func statusHeight(o fyne.CanvasObject) float32 {
	if text, ok := o.(*kit.Text); ok {
		return text.HeightFor(sideWidth - 21 - 2*statusInset)
	}
	return o.MinSize().Height
}

// statusGaps is the room above and below a line: around the bar, and below the
// dividing line.
func statusGaps(i int) (before, after float32) {
	switch i {
	case 0:
		return 0, 9
	case 2:
		return 5, 5
	}
	return 0, -1
}

// dot is the round mark before the service's name.
type dot struct {
	widget.BaseWidget
	color fyne.ThemeColorName
}

func newDot() *dot {
	d := &dot{color: kit.ColorPrimary}
	d.ExtendBaseWidget(d)
	return d
}

func (d *dot) set(c fyne.ThemeColorName) {
	if d.color != c {
		d.color = c
		d.Refresh()
	}
}

// MinSize is one letter's.
func (d *dot) MinSize() fyne.Size { return fyne.NewSize(10, 10) }

// CreateRenderer is Fyne's.
func (d *dot) CreateRenderer() fyne.WidgetRenderer {
	return &dotRenderer{dot: d, circle: &canvas.Circle{FillColor: theme.ColorForWidget(d.color, d)}}
}

type dotRenderer struct {
	dot    *dot
	circle *canvas.Circle
}

func (r *dotRenderer) Layout(size fyne.Size) {
	r.circle.Resize(fyne.NewSquareSize(9))
	r.circle.Move(fyne.NewPos(0, (size.Height-9)/2))
}

func (r *dotRenderer) Refresh() {
	r.circle.FillColor = theme.ColorForWidget(r.dot.color, r.dot)
	canvas.Refresh(r.circle)
}
func (r *dotRenderer) MinSize() fyne.Size           { return r.dot.MinSize() }
func (r *dotRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.circle} }
func (r *dotRenderer) Destroy()                     {}
