//go:build realwindow

package realwindow

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
)

// mask is how much ink there is in each pixel, 0 to 1.
type mask struct {
	width, height int
	ink           []float32
}

func (m mask) at(x, y int) float32 {
	return m.ink[min(max(y, 0), m.height-1)*m.width+min(max(x, 0), m.width-1)]
}

// template is the drawn words, ready to be compared.
type template struct {
	mask             // minus its mean
	lead     int     // so many pixels of the first column, from the top, may look alike
	blank    []int   // some pixels without ink
	full     []int   // some with the most there is
	norm     float64 // square root of the sum of the squares of ink
	probes   []int   // pixels that are looked at first
	probeInk []float32
	probe    float64 // norm of probeInk
}

// templates draws a label, or takes it from the last time: with off 0 exactly,
// with off 1 a pixel wider or narrower, higher or lower, as happens to texts
// that begin between two pixels.
func (r *Reader) templates(l label, off int) []*template {
	known := r.drawn[l]
	if known[off] != nil {
		return known[off]
	}
	texture := r.draw(l)
	// The toolkit leaves room of one pixel below a text when it draws it, and of
	// one unit when it shows it.
	width, height := texture.width, texture.height-1+int(math.Round(float64(r.scale)))
	for _, d := range pixelsOff(off) {
		known[off] = append(known[off], newTemplate(stretch(texture, width+d.X, height+d.Y)))
	}
	r.drawn[l] = known
	return known[off]
}

// pixelsOff gives all sizes up to off away from the right one, without it
// unless off is 0.
func pixelsOff(off int) []image.Point {
	if off == 0 {
		return []image.Point{{}}
	}
	return []image.Point{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}}
}

// draw draws a label into a texture of the toolkit's size.
func (r *Reader) draw(l label) mask {
	text := canvas.NewText(l.text, color.White)
	text.TextSize = l.size
	text.TextStyle.Bold = l.bold
	size := text.MinSize()
	text.Resize(size)
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetScale(r.scale)
	c.SetContent(container.NewWithoutLayout(text))
	c.Resize(size.Add(fyne.NewSize(2, 2)))
	img := c.Capture()
	pixels := func(v float32) int { return int(math.Round(float64(v * r.scale))) }
	m := mask{width: pixels(size.Width), height: pixels(size.Height) + 1}
	for y := range m.height {
		for x := range m.width {
			m.ink = append(m.ink, coverage(img, x, y))
		}
	}
	return m
}

func coverage(img image.Image, x, y int) float32 {
	_, _, _, a := img.At(x+img.Bounds().Min.X, y+img.Bounds().Min.Y).RGBA()
	return float32(a) / 0xffff
}

// stretch shows a texture in another size, as a graphics card does.
func stretch(m mask, width, height int) mask {
	if width == m.width && height == m.height {
		return m
	}
	to := mask{width: width, height: height, ink: make([]float32, 0, width*height)}
	for y := range height {
		sy := (float64(y)+0.5)*float64(m.height)/float64(height) - 0.5
		y0 := int(math.Floor(sy))
		fy := float32(sy - float64(y0))
		for x := range width {
			sx := (float64(x)+0.5)*float64(m.width)/float64(width) - 0.5
			x0 := int(math.Floor(sx))
			fx := float32(sx - float64(x0))
			top := m.at(x0, y0)*(1-fx) + m.at(x0+1, y0)*fx
			bottom := m.at(x0, y0+1)*(1-fx) + m.at(x0+1, y0+1)*fx
			to.ink = append(to.ink, top*(1-fy)+bottom*fy)
		}
	}
	return to
}

// newTemplate cuts the inked part out of a mask.
func newTemplate(m mask) *template {
	box := image.Rectangle{}
	for y := range m.height {
		for x := range m.width {
			if m.at(x, y) > 0.03 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	t := &template{mask: mask{width: box.Dx(), height: box.Dy()}}
	var sum float64
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			t.ink = append(t.ink, m.at(x, y))
			sum += float64(m.at(x, y))
		}
	}
	t.lead = math.MaxInt
	for y := t.height; y > 0; y-- {
		below := float32(0)
		if y < t.height {
			below = t.at(0, y)
		}
		if math.Abs(float64(t.at(0, y-1)-below)) >= 0.25 {
			t.lead = y
		}
	}
	t.chooseSigns()
	t.norm = center(t.ink, sum)
	t.chooseProbes()
	return t
}

// chooseSigns takes from each quarter of the width a pixel without ink and the
// one with the most. It comes before the mean is taken off.
func (t *template) chooseSigns() {
	const parts = 4
	for part := range parts {
		blank, full := -1, -1
		for x := t.width * part / parts; x < t.width*(part+1)/parts; x++ {
			for y := range t.height {
				i := y*t.width + x
				if t.ink[i] < 0.01 {
					blank = i
				}
				if full < 0 || t.ink[i] > t.ink[full] {
					full = i
				}
			}
		}
		if blank >= 0 {
			t.blank = append(t.blank, blank)
		}
		if full >= 0 && t.ink[full] > 0.8 {
			t.full = append(t.full, full)
		}
	}
}

// center takes the mean off values and gives the square root of the sum of
// their squares.
func center(values []float32, sum float64) float64 {
	mean := float32(sum / math.Max(1, float64(len(values))))
	squares := 0.0
	for i := range values {
		values[i] -= mean
		squares += float64(values[i]) * float64(values[i])
	}
	return math.Sqrt(squares)
}

// chooseProbes takes every n-th pixel, so that the whole width is looked at.
func (t *template) chooseProbes() {
	const count = 97
	step := max(1, len(t.ink)/count)
	if t.width > 0 && step%t.width == 0 {
		step++ // not one column only
	}
	var sum float64
	for i := 0; i < len(t.ink); i += step {
		t.probes = append(t.probes, i)
		t.probeInk = append(t.probeInk, t.ink[i])
		sum += float64(t.ink[i])
	}
	t.probe = center(t.probeInk, sum)
}
