package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Box is a filled area behind content, in colours of the theme.
type Box struct {
	widget.BaseWidget
	content fyne.CanvasObject
	fill    fyne.ThemeColorName // "" = none
	stroke  fyne.ThemeColorName // "" = none
	radius  float32
	pad     Padding
	clipped bool // content that fills it does not stand out of the corners
}

// Padding is the room left free around content.
type Padding struct{ Top, Right, Bottom, Left float32 }

// NewBox puts a plain area behind content; a nil content makes an empty area.
func NewBox(fill fyne.ThemeColorName, pad Padding, content fyne.CanvasObject) *Box {
	b := &Box{content: content, fill: fill, pad: pad}
	b.ExtendBaseWidget(b)
	return b
}

// NewRoom leaves room free around content and draws nothing: a window has the colour
// of a page already, and each area as large as it takes a good part of a frame's
// time where no graphics card draws.
func NewRoom(pad Padding, content fyne.CanvasObject) *Box { return NewBox("", pad, content) }

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

// NewPanel puts behind content what menus stand on, for what opens above a page.
func NewPanel(pad Padding, content fyne.CanvasObject) *Box {
	b := &Box{content: content, fill: ColorMenu, stroke: ColorBorder, radius: radiusButton, pad: pad}
	b.ExtendBaseWidget(b)
	return b
}

// NewChosenCard is NewCardPadded with the border of what is selected.
func NewChosenCard(pad Padding, content fyne.CanvasObject) *Box {
	b := NewCardPadded(pad, content)
	b.stroke = ColorPrimary
	return b
}

// SetStroke changes the colour of the line around a card.
func (b *Box) SetStroke(c fyne.ThemeColorName) {
	if b.stroke != c {
		b.stroke = c
		b.Refresh()
	}
}

// NewClippedCard is a card on the page's colour for content that fills it and
// has square corners, such as a list.
func NewClippedCard(content fyne.CanvasObject) *Box {
	b := NewCardPadded(Padding{Top: 1, Right: 1, Bottom: 1, Left: 1}, content)
	b.clipped = true
	return b
}

// NewLine makes a horizontal line of one unit.
func NewLine() *Box { return NewBox(ColorBorder, Padding{Top: 1}, nil) }

// CreateRenderer is Fyne's.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{box: b, back: &canvas.Rectangle{CornerRadius: b.radius}}
	if b.fill != "" {
		r.objects = append(r.objects, r.back)
	}
	if b.content != nil {
		r.objects = append(r.objects, b.content)
	}
	if b.clipped {
		for i := range r.corners {
			r.corners[i] = canvas.NewRaster(func(w, h int) image.Image { return r.corner(i, w, h) })
			r.objects = append(r.objects, r.corners[i])
		}
	}
	r.color()
	return r
}

type boxRenderer struct {
	box     *Box
	back    *canvas.Rectangle
	corners [4]*canvas.Raster // above a clipped card's content; nil for others
	objects []fyne.CanvasObject
	page    color.Color
}

func (r *boxRenderer) color() {
	if r.box.fill != "" {
		r.back.FillColor = theme.ColorForWidget(r.box.fill, r.box)
	}
	if r.box.stroke != "" {
		r.back.StrokeWidth, r.back.StrokeColor = 1, theme.ColorForWidget(r.box.stroke, r.box)
	}
	r.page = theme.ColorForWidget(ColorPage, r.box)
}

func (r *boxRenderer) Refresh() {
	r.color()
	for _, o := range r.objects {
		o.Refresh()
	}
}

// corner draws what lies outside of a rounded corner, and the line along it;
// corners are counted in reading direction.
func (r *boxRenderer) corner(i, w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	radius := float64(min(w, h))
	unit := radius / float64(r.box.radius)
	page := color.NRGBAModel.Convert(r.page).(color.NRGBA)
	line := color.NRGBAModel.Convert(r.back.StrokeColor).(color.NRGBA)
	for y := range h {
		for x := range w {
			// How far the pixel is outside, seen from the middle of the arc.
			dx, dy := radius-float64(x)-0.5, radius-float64(y)-0.5
			if i%2 == 1 {
				dx = float64(x) + 0.5
			}
			if i/2 == 1 {
				dy = float64(y) + 0.5
			}
			far := math.Hypot(dx, dy) - radius
			outside := min(max(far+0.5, 0), 1)
			inLine := min(max(far+unit+0.5, 0), 1)
			if inLine == 0 {
				continue
			}
			c := mix(line, page, outside)
			c.A = uint8(inLine * 255)
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// mix goes from a to b by a part, 0 to 1.
func mix(a, b color.NRGBA, part float64) color.NRGBA {
	step := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*part) }
	return color.NRGBA{R: step(a.R, b.R), G: step(a.G, b.G), B: step(a.B, b.B), A: 0xFF}
}

func (r *boxRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	if r.box.content != nil {
		p := r.box.pad
		r.box.content.Resize(size.SubtractWidthHeight(p.Left+p.Right, p.Top+p.Bottom))
		r.box.content.Move(fyne.NewPos(p.Left, p.Top))
	}
	if r.box.clipped {
		side := fyne.NewSquareSize(r.box.radius)
		for i, c := range r.corners {
			c.Resize(side)
			c.Move(fyne.NewPos(float32(i%2)*(size.Width-side.Width), float32(i/2)*(size.Height-side.Height)))
		}
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

func (r *boxRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *boxRenderer) Destroy()                     {}
