package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// DropZone is the area that says that files can be dropped. The whole window
// takes drops; the zone only tells so, and a click on it chooses files.
type DropZone struct {
	press
	title, hint *Text
	icon        *Icon
}

// NewDropZone makes the zone; tapped runs on the interface goroutine.
func NewDropZone(title, hint string, tapped func()) *DropZone {
	z := &DropZone{icon: NewIcon(IconUp, ColorAccent, 30)}
	z.title = NewText(title, TextStyle{Size: SizeSection, Bold: true, Elide: ElideEnd})
	z.hint = NewText(hint, TextStyle{Size: SizeName, Color: ColorSecondary, Elide: ElideEnd})
	z.onTapped, z.repaint = tapped, z.Refresh
	z.ExtendBaseWidget(z)
	return z
}

// SetHint changes the second line.
func (z *DropZone) SetHint(hint string) { z.hint.SetText(hint) }

// AccessibilityLabel is the first line.
func (z *DropZone) AccessibilityLabel() string { return z.title.Text() }

// DropZoneHeight is how high the zone is where there is room; SmallDropZone is
// enough where there is not.
const (
	DropZoneHeight float32 = 106
	SmallDropZone  float32 = 66
)

// MinSize is the smallest zone.
func (z *DropZone) MinSize() fyne.Size { return fyne.NewSize(200, SmallDropZone) }

// CreateRenderer is Fyne's.
func (z *DropZone) CreateRenderer() fyne.WidgetRenderer {
	r := &dropRenderer{zone: z, back: &canvas.Rectangle{CornerRadius: radiusCard}, circle: &canvas.Circle{}}
	r.border = canvas.NewRaster(r.draw)
	r.Refresh()
	return r
}

type dropRenderer struct {
	zone   *DropZone
	back   *canvas.Rectangle
	border *canvas.Raster
	circle *canvas.Circle
	color  color.Color
}

func (r *dropRenderer) Refresh() {
	z := r.zone
	fill := ColorZone
	if z.hovered {
		fill = ColorSelected
	}
	r.back.FillColor = theme.ColorForWidget(fill, z)
	r.circle.FillColor = theme.ColorForWidget(ColorDisc, z)
	r.back.StrokeWidth = 0
	if z.focused {
		r.back.StrokeWidth, r.back.StrokeColor = 2, theme.ColorForWidget(ColorPrimary, z)
	}
	r.color = theme.ColorForWidget(ColorPrimary, z)
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *dropRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.border.Resize(size)
	if size.Height > DropZoneHeight*2 {
		r.layoutTall(size)
		return
	}
	r.zone.title.SetAlign(fyne.TextAlignLeading)
	r.zone.hint.SetAlign(fyne.TextAlignLeading)
	side := min(56, size.Height-20)
	left := (min(size.Height, DropZoneHeight) - side) / 2
	r.circle.Resize(fyne.NewSquareSize(side))
	r.circle.Move(fyne.NewPos(left, (size.Height-side)/2))
	r.zone.icon.Resize(fyne.NewSquareSize(side))
	r.zone.icon.Move(r.circle.Position())
	x := left + side + 18
	title, hint := r.zone.title.MinSize().Height, r.zone.hint.MinSize().Height
	y := (size.Height - title - hint) / 2
	r.zone.title.Resize(fyne.NewSize(size.Width-x-18, title))
	r.zone.title.Move(fyne.NewPos(x, y))
	r.zone.hint.Resize(fyne.NewSize(size.Width-x-18, hint))
	r.zone.hint.Move(fyne.NewPos(x, y+title))
}

// layoutTall puts everything in the middle of a zone that has the screen for
// itself.
func (r *dropRenderer) layoutTall(size fyne.Size) {
	const side, gap = 72, 18
	title, hint := r.zone.title.MinSize().Height, r.zone.hint.HeightFor(size.Width-40)
	y := (size.Height - side - gap - title - hint) / 2
	for _, o := range []fyne.CanvasObject{r.circle, r.zone.icon} {
		o.Resize(fyne.NewSquareSize(side))
		o.Move(fyne.NewPos((size.Width-side)/2, y))
	}
	r.zone.title.SetAlign(fyne.TextAlignCenter)
	r.zone.hint.SetAlign(fyne.TextAlignCenter)
	r.zone.title.Resize(fyne.NewSize(size.Width-40, title))
	r.zone.title.Move(fyne.NewPos(20, y+side+gap))
	r.zone.hint.Resize(fyne.NewSize(size.Width-40, hint))
	r.zone.hint.Move(fyne.NewPos(20, y+side+gap+title))
}

func (r *dropRenderer) MinSize() fyne.Size { return r.zone.MinSize() }
func (r *dropRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.border, r.circle, r.zone.icon, r.zone.title, r.zone.hint}
}
func (r *dropRenderer) Destroy() {}

// draw makes the dashed line in device pixels.
func (r *dropRenderer) draw(w, h int) image.Image {
	scale := 1.0
	if width := r.zone.Size().Width; width > 0 {
		scale = float64(w) / float64(width)
	}
	return dashedBorder(w, h, float64(radiusCard)*scale, scale, r.color)
}

// dashedBorder draws a rounded rectangle's outline of one unit in dashes of
// three units with gaps of two. Radius and unit are in pixels.
func dashedBorder(w, h int, radius, unit float64, c color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	ink := color.NRGBAModel.Convert(c).(color.NRGBA)
	edge := int(math.Ceil(radius))
	for y := range h {
		for x := 0; x < w; x++ {
			// Between the corners only the outermost pixels are of interest.
			if x == edge && y > int(unit)+1 && y < h-int(unit)-2 && w > 2*edge {
				x = w - edge
			}
			d, along := outline(float64(x)+0.5, float64(y)+0.5, float64(w), float64(h), radius)
			cover := min(max(unit/2+0.5-math.Abs(d+unit/2), 0), 1)
			if cover == 0 {
				continue
			}
			phase := math.Mod(along, 5*unit)
			cover *= min(max(1.5*unit+0.5-math.Abs(phase-1.5*unit), 0), 1)
			img.SetNRGBA(x, y, color.NRGBA{R: ink.R, G: ink.G, B: ink.B, A: uint8(cover * 255)})
		}
	}
	return img
}

// outline gives a point's distance from a rounded rectangle's outline (negative
// inside) and how far along the outline the nearest point of it is.
func outline(x, y, w, h, radius float64) (distance, along float64) {
	cx := min(max(x, radius), w-radius)
	cy := min(max(y, radius), h-radius)
	dx, dy := x-cx, y-cy
	switch {
	case dx != 0 && dy != 0:
		angle := math.Atan2(math.Abs(dy), math.Abs(dx))
		return math.Hypot(dx, dy) - radius, angle * radius
	case math.Min(x, w-x) < math.Min(y, h-y):
		return -math.Min(x, w-x), y
	}
	return -math.Min(y, h-y), x
}
