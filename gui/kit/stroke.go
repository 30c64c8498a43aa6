package kit

import (
	"encoding/xml"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Fyne's SVG drawing keeps the width of lines in pixels whatever the scale, so
// our line icons are drawn here: as the distance of each pixel from the lines,
// which gives smooth lines with round ends at every scale. Only what the files
// in folder icons use is understood: paths of M, L, H, V, C and Z, circles, and
// a line width for the whole drawing.

// drawing is a line icon on its own grid.
type drawing struct {
	grid  float64 // side length
	width float64 // of the lines
	lines [][]point
	fills [][]point // closed, also drawn as lines
}

type point struct{ x, y float64 }

// svgFile is what is read of a file.
type svgFile struct {
	Width  float64 `xml:"width,attr"`
	Stroke float64 `xml:"stroke-width,attr"`
	Paths  []struct {
		D    string `xml:"d,attr"`
		Fill string `xml:"fill,attr"`
	} `xml:"path"`
	Circles []struct {
		X float64 `xml:"cx,attr"`
		Y float64 `xml:"cy,attr"`
		R float64 `xml:"r,attr"`
	} `xml:"circle"`
}

// parseDrawing reads a line icon; the zero drawing is empty.
func parseDrawing(data []byte) (drawing, error) {
	var f svgFile
	if err := xml.Unmarshal(data, &f); err != nil {
		return drawing{}, err
	}
	d := drawing{grid: f.Width, width: f.Stroke}
	for _, p := range f.Paths {
		lines := parsePath(p.D)
		d.lines = append(d.lines, lines...)
		if p.Fill != "" {
			d.fills = append(d.fills, lines...)
		}
	}
	const steps = 32
	for _, c := range f.Circles {
		ring := make([]point, steps+1)
		for i := range ring {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / steps)
			ring[i] = point{c.X + c.R*cos, c.Y + c.R*sin}
		}
		d.lines = append(d.lines, ring)
	}
	return d, nil
}

// parsePath turns a path into lines; curves become short ones.
func parsePath(d string) [][]point {
	var lines [][]point
	words := strings.FieldsFunc(spaced(d), func(r rune) bool { return r == ' ' || r == ',' })
	var at point
	command := ""
	take := func() float64 {
		if len(words) == 0 {
			return 0
		}
		v, _ := strconv.ParseFloat(words[0], 64) // our own files hold numbers
		words = words[1:]
		return v
	}
	add := func(p point) {
		at = p
		if len(lines) > 0 {
			lines[len(lines)-1] = append(lines[len(lines)-1], p)
		}
	}
	for len(words) > 0 {
		if unicode.IsLetter(rune(words[0][0])) {
			command, words = words[0], words[1:]
		}
		switch command {
		case "M":
			lines = append(lines, nil)
			add(point{take(), take()})
			command = "L"
		case "L":
			add(point{take(), take()})
		case "H":
			add(point{take(), at.y})
		case "V":
			add(point{at.x, take()})
		case "C":
			curve(at, point{take(), take()}, point{take(), take()}, point{take(), take()}, add)
		case "Z":
			add(lines[len(lines)-1][0])
		default:
			return lines
		}
	}
	return lines
}

// spaced puts spaces around the commands of a path.
func spaced(d string) string {
	var b strings.Builder
	for _, r := range d {
		if unicode.IsLetter(r) {
			b.WriteString(" " + string(r) + " ")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func curve(a, b, c, d point, add func(point)) {
	const steps = 10
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		add(point{k0*a.x + k1*b.x + k2*c.x + k3*d.x, k0*a.y + k1*b.y + k2*c.y + k3*d.y})
	}
}

// draw makes the picture in device pixels.
func (d drawing) draw(w, h int, c color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	side := float64(min(w, h))
	if d.grid <= 0 || side <= 0 {
		return img
	}
	ink := color.NRGBAModel.Convert(c).(color.NRGBA)
	scale := side / d.grid
	left, top := (float64(w)-side)/2, (float64(h)-side)/2
	for y := range h {
		for x := range w {
			p := point{(float64(x) + 0.5 - left) / scale, (float64(y) + 0.5 - top) / scale}
			far := (d.distance(p) - d.width/2) * scale
			if cover := min(max(0.5-far, 0), 1); cover > 0 {
				img.SetNRGBA(x, y, color.NRGBA{R: ink.R, G: ink.G, B: ink.B, A: uint8(cover*float64(ink.A) + 0.5)})
			}
		}
	}
	return img
}

// distance is how far p is from the nearest line, 0 inside a filled shape.
func (d drawing) distance(p point) float64 {
	for _, f := range d.fills {
		if inside(p, f) {
			return 0
		}
	}
	best := math.Inf(1)
	for _, line := range d.lines {
		for i := 1; i < len(line); i++ {
			best = min(best, segment(p, line[i-1], line[i]))
		}
	}
	return best
}

// segment is how far p is from the line between a and b.
func segment(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if long := dx*dx + dy*dy; long > 0 {
		t = min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/long, 0), 1)
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

// inside counts how often a ray from p crosses the shape.
func inside(p point, shape []point) bool {
	in := false
	for i := 1; i < len(shape); i++ {
		a, b := shape[i-1], shape[i]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)*(b.x-a.x)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}
