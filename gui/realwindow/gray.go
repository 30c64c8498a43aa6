//go:build realwindow

package realwindow

import (
	"image"
	"math"
)

// gray is a picture's brightness with running sums for quick variances.
type gray struct {
	width, height int
	pix           []float32
	sum, square   []float64 // of all pixels above and left; (width+1) x (height+1)
	edges         []edge    // where words can begin
}

// edge is a pixel with something in it or below it, and nothing to the left.
type edge struct {
	x, y   int
	left   uint16 // so many pixels to the left, from here down, are alike
	within uint16 // and here
}

// lowest is the height of the lowest words that are looked for, in pixels.
const lowest = 5

// findEdges looks for the left ends of all shapes.
func (g *gray) findEdges() {
	plain := make([]uint16, len(g.pix)) // how many pixels from here down are alike
	for at := len(g.pix) - 1; at >= 0; at-- {
		plain[at] = 1
		if below := at + g.width; below < len(g.pix) && g.near(at, below) {
			plain[at] += plain[below]
		}
	}
	for y := range g.height {
		for x := range g.width {
			here, left := plain[y*g.width+x], uint16(math.MaxUint16)
			if x > 0 {
				left = plain[y*g.width+x-1]
			}
			if left >= lowest && here < left {
				g.edges = append(g.edges, edge{x, y, left, here})
			}
		}
	}
}

// near reports whether two pixels are alike to the eye.
func (g *gray) near(a, b int) bool {
	d := g.pix[a] - g.pix[b]
	return d < 6 && d > -6
}

func newGray(img *image.RGBA) *gray {
	size := img.Bounds().Size()
	g := &gray{width: size.X, height: size.Y, pix: make([]float32, size.X*size.Y)}
	g.sum = make([]float64, (size.X+1)*(size.Y+1))
	g.square = make([]float64, len(g.sum))
	for y := range size.Y {
		var row, rowSquare float64
		for x := range size.X {
			i := img.PixOffset(x+img.Rect.Min.X, y+img.Rect.Min.Y)
			v := 0.3*float32(img.Pix[i]) + 0.59*float32(img.Pix[i+1]) + 0.11*float32(img.Pix[i+2])
			g.pix[y*size.X+x] = v
			row += float64(v)
			rowSquare += float64(v) * float64(v)
			at := (y+1)*(size.X+1) + x + 1
			g.sum[at] = g.sum[at-size.X-1] + row
			g.square[at] = g.square[at-size.X-1] + rowSquare
		}
	}
	g.findEdges()
	return g
}

// search gives every place that is alike enough, several close to each other
// included.
func (g *gray) search(t *template) []Found {
	var found []Found
	if t.norm == 0 {
		return nil
	}
	offsets := make([]int, len(t.probes))
	for i, p := range t.probes {
		offsets[i] = p/t.width*g.width + p%t.width
	}
	for _, e := range g.edges {
		x, y := e.x, e.y
		if int(e.left) < t.height || int(e.within) > t.lead || x+t.width > g.width || y+t.height > g.height {
			continue
		}
		if !g.signs(t, y*g.width+x) {
			continue
		}
		spread := g.spread(x, y, t.width, t.height)
		if spread < 4 || g.probe(t, offsets, y*g.width+x) < 0.7*alike {
			continue
		}
		score, contrast := g.compare(t, x, y, spread)
		if score < alike || g.worst(t, x, y, contrast) > unlike {
			continue
		}
		found = append(found, Found{image.Rect(x, y, x+t.width, y+t.height), score})
	}
	return found
}

// signs is a first look: the pixels without ink are alike, those full of it
// are alike, and there is a difference.
func (g *gray) signs(t *template, at int) bool {
	if len(t.blank) == 0 || len(t.full) == 0 {
		return true
	}
	look := func(i int) float32 { return g.pix[at+i/t.width*g.width+i%t.width] }
	ground, ink := look(t.blank[0]), look(t.full[0])
	contrast := max(ink-ground, ground-ink)
	if contrast < 10 {
		return false
	}
	for _, i := range t.blank[1:] {
		if d := look(i) - ground; d > 10 || d < -10 {
			return false
		}
	}
	for _, i := range t.full[1:] {
		if d := look(i) - ink; d > 0.4*contrast || d < -0.4*contrast {
			return false
		}
	}
	return true
}

// spread is the standard deviation of the brightness in a rectangle.
func (g *gray) spread(x, y, width, height int) float64 {
	stride := g.width + 1
	a, b := y*stride+x, (y+height)*stride+x
	n := float64(width * height)
	mean := (g.sum[b+width] - g.sum[b] - g.sum[a+width] + g.sum[a]) / n
	return math.Sqrt(math.Max(0, (g.square[b+width]-g.square[b]-g.square[a+width]+g.square[a])/n-mean*mean))
}

// probe is the correlation over the few pixels that tell most.
func (g *gray) probe(t *template, offsets []int, at int) float64 {
	var sum, square, product float32
	for i, offset := range offsets {
		v := g.pix[at+offset]
		sum += v
		square += v * v
		product += v * t.probeInk[i]
	}
	n := float32(len(offsets))
	variance := float64(square - sum*sum/n)
	if variance <= 0 {
		return 0
	}
	return math.Abs(float64(product)) / (math.Sqrt(variance) * t.probe)
}

// compare is the correlation over all pixels; light words on dark count as
// much as dark on light. The contrast is how much brighter ink is than what it
// stands on.
func (g *gray) compare(t *template, x, y int, spread float64) (score, contrast float64) {
	var product float64
	for row := range t.height {
		line := g.pix[(y+row)*g.width+x:][:t.width]
		ink := t.ink[row*t.width:][:t.width]
		var part float32
		for i, v := range line {
			part += v * ink[i]
		}
		product += float64(part)
	}
	score = math.Abs(product) / (spread * math.Sqrt(float64(len(t.ink))) * t.norm)
	return score, product / (t.norm * t.norm)
}

// worst is how much the least alike stretch of about one letter differs, as a
// part of the contrast: one wrong letter in a long text spoils the whole.
func (g *gray) worst(t *template, x, y int, contrast float64) float64 {
	stride := g.width + 1
	a, b := y*stride+x, (y+t.height)*stride+x
	mean := (g.sum[b+t.width] - g.sum[b] - g.sum[a+t.width] + g.sum[a]) / float64(len(t.ink))
	letter := max(4, t.height/2)
	worst := 0.0
	for from := 0; from < t.width; from += letter / 2 {
		to := min(from+letter, t.width)
		var off float64
		for row := range t.height {
			for i := from; i < to; i++ {
				d := float64(g.pix[(y+row)*g.width+x+i]) - mean - contrast*float64(t.ink[row*t.width+i])
				off += d * d
			}
		}
		worst = max(worst, math.Sqrt(off/float64(t.height*(to-from))))
	}
	return worst / math.Abs(contrast)
}
