package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Box is a filled area behind content, in colours of the theme.
type Box struct {
	widget.BaseWidget
	content fyne.CanvasObject
	fill    fyne.ThemeColorName
	stroke  fyne.ThemeColorName // "" = none
	radius  float32
	pad     Padding
}

// Padding is the room left free around content.
type Padding struct{ Top, Right, Bottom, Left float32 }

// NewBox puts a plain area behind content; a nil content makes an empty area.
func NewBox(fill fyne.ThemeColorName, pad Padding, content fyne.CanvasObject) *Box {
	b := &Box{content: content, fill: fill, pad: pad}
	b.ExtendBaseWidget(b)
	return b
}

// NewCard puts a card behind content: white or dark, rounded, with a thin line.
func NewCard(content fyne.CanvasObject) *Box {
	return NewCardPadded(Padding{Top: 14, Right: 18, Bottom: 16, Left: 18}, content)
}

// NewCardPadded is NewCard with a padding of one's own.
func NewCardPadded(pad Padding, content fyne.CanvasObject) *Box {
	b := &Box{content: content, fill: ColorCard, stroke: ColorBorder, radius: radiusCard, pad: pad}
	b.ExtendBaseWidget(b)
	return b
}

// NewLine makes a horizontal line of one unit.
func NewLine() *Box { return NewBox(ColorBorder, Padding{Top: 1}, nil) }

// CreateRenderer is Fyne's.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{box: b, back: &canvas.Rectangle{CornerRadius: b.radius}}
	r.color()
	return r
}

type boxRenderer struct {
	box  *Box
	back *canvas.Rectangle
}

func (r *boxRenderer) color() {
	r.back.FillColor = theme.ColorForWidget(r.box.fill, r.box)
	if r.box.stroke != "" {
		r.back.StrokeWidth, r.back.StrokeColor = 1, theme.ColorForWidget(r.box.stroke, r.box)
	}
}

func (r *boxRenderer) Refresh() {
	r.color()
	canvas.Refresh(r.back)
	if r.box.content != nil {
		r.box.content.Refresh()
	}
}

func (r *boxRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	if r.box.content != nil {
		p := r.box.pad
		r.box.content.Resize(size.SubtractWidthHeight(p.Left+p.Right, p.Top+p.Bottom))
		r.box.content.Move(fyne.NewPos(p.Left, p.Top))
	}
}

func (r *boxRenderer) MinSize() fyne.Size {
	p := r.box.pad
	size := fyne.NewSize(p.Left+p.Right, p.Top+p.Bottom)
	if r.box.content != nil {
		size = size.Add(r.box.content.MinSize())
	}
	return size
}

func (r *boxRenderer) Objects() []fyne.CanvasObject {
	if r.box.content == nil {
		return []fyne.CanvasObject{r.back}
	}
	return []fyne.CanvasObject{r.back, r.box.content}
}
func (r *boxRenderer) Destroy() {}
