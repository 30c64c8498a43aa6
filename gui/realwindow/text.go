//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// unlike is how much one letter may differ from the drawn one, in parts of the
// contrast between ink and ground.
const unlike = 0.15

// alike is how well pixels must agree with the drawn words (correlation, 1 is
// the same up to colours). A clean match gives 0.99.
const alike = 0.9

// Reader finds words in a picture of a window, as the toolkit draws them and
// in whatever colours. It draws with the toolkit's own fonts in process.
type Reader struct {
	scale float32
	sizes []float32 // text sizes that are tried, the likeliest first
	drawn map[label]*template
}

// label is a text in one of the ways it may be drawn.
type label struct {
	text string
	size float32
	bold bool
}

// Found is a place where words stand, in pixels of the picture.
type Found struct {
	image.Rectangle

	Score float64 // how alike, 0 to 1
}

// Center is the middle of the words.
func (f Found) Center() image.Point { return f.Min.Add(f.Max).Div(2) }

// NewReader makes a reader for windows drawn at a scale with texts of these
// sizes. It makes a test app the toolkit's current one, for the fonts, with
// the theme (nil: the toolkit's).
func NewReader(tb testing.TB, scale float32, theme fyne.Theme, sizes ...float32) *Reader {
	tb.Helper()
	app := test.NewTempApp(tb)
	if theme != nil {
		app.Settings().SetTheme(theme)
	}
	return &Reader{scale: scale, sizes: sizes, drawn: map[label]*template{}}
}

// Find gives all places where the words stand in a picture, top to bottom and
// left to right. They may be the beginning of a longer text; from the middle of
// one they are found or not, by how the letters fall on the pixels.
func (r *Reader) Find(img *image.RGBA, text string) []Found {
	g := newGray(img)
	var all []Found
	for _, size := range r.sizes {
		for _, bold := range []bool{false, true} {
			all = append(all, g.search(r.template(label{text, size, bold}))...)
		}
	}
	slices.SortFunc(all, func(a, b Found) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	var best []Found
	for _, f := range all {
		if !slices.ContainsFunc(best, func(b Found) bool { return b.Overlaps(f.Rectangle) }) {
			best = append(best, f)
		}
	}
	slices.SortFunc(best, func(a, b Found) int {
		if dy := a.Min.Y - b.Min.Y; dy != 0 {
			return dy
		}
		return a.Min.X - b.Min.X
	})
	return best
}

// Has reports whether the words stand anywhere in a picture.
func (r *Reader) Has(img *image.RGBA, text string) bool { return len(r.Find(img, text)) > 0 }

// AwaitText waits until the words stand in the window and gives the first
// place.
func (r *Reader) AwaitText(ctx context.Context, w *Window, text string) (Found, error) {
	var found []Found
	_, err := w.Await(ctx, func(img *image.RGBA) bool {
		found = r.Find(img, text)
		return len(found) > 0
	})
	if err != nil {
		return Found{}, fmt.Errorf("%q does not appear: %w", text, err)
	}
	return found[0], nil
}

// AwaitAny waits until one of several texts stands in the window and tells
// which.
func (r *Reader) AwaitAny(ctx context.Context, w *Window, texts ...string) (string, error) {
	var which string
	_, err := w.Await(ctx, func(img *image.RGBA) bool {
		for _, text := range texts {
			if r.Has(img, text) {
				which = text
				return true
			}
		}
		return false
	})
	if err != nil {
		return "", fmt.Errorf("none of %q appears: %w", texts, err)
	}
	return which, nil
}

// ClickText waits for the words and clicks on them.
func (r *Reader) ClickText(ctx context.Context, w *Window, text string) error {
	found, err := r.AwaitText(ctx, w, text)
	if err != nil {
		return err
	}
	return w.Click(ctx, found.Center())
}

// template is the drawn words, ready to be compared.
type template struct {
	width, height int
	ink           []float32 // coverage minus its mean
	norm          float64   // square root of the sum of the squares of ink
	probes        []int     // pixels that tell most, looked at first
	probeInk      []float32
	probeNorm     float64
}

// template draws a label, or takes it from the last time.
func (r *Reader) template(l label) *template {
	if t, ok := r.drawn[l]; ok {
		return t
	}
	text := canvas.NewText(l.text, color.White)
	text.TextSize = l.size
	text.TextStyle.Bold = l.bold
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetScale(r.scale)
	c.SetContent(text)
	c.Resize(text.MinSize())
	t := newTemplate(c.Capture())
	r.drawn[l] = t
	return t
}

// newTemplate cuts the inked part out of drawn words.
func newTemplate(img image.Image) *template {
	box := image.Rectangle{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if coverage(img, x, y) > 0.1 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	t := &template{width: box.Dx(), height: box.Dy(), ink: make([]float32, 0, box.Dx()*box.Dy())}
	var sum float64
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := coverage(img, x, y)
			sum += float64(c)
			t.ink = append(t.ink, c)
		}
	}
	mean := float32(sum / math.Max(1, float64(len(t.ink))))
	for i := range t.ink {
		t.ink[i] -= mean
		t.norm += float64(t.ink[i]) * float64(t.ink[i])
	}
	t.norm = math.Sqrt(t.norm)
	t.chooseProbes()
	return t
}

func coverage(img image.Image, x, y int) float32 {
	_, _, _, a := img.At(x, y).RGBA()
	return float32(a) / 0xffff
}

// chooseProbes takes every n-th pixel, so that the whole width is looked at.
func (t *template) chooseProbes() {
	const count = 97
	step := max(1, len(t.ink)/count)
	if step%t.width == 0 {
		step++ // not one column only
	}
	var sum float64
	for i := 0; i < len(t.ink); i += step {
		t.probes = append(t.probes, i)
		sum += float64(t.ink[i])
	}
	mean := float32(sum / float64(max(1, len(t.probes))))
	for _, i := range t.probes {
		v := t.ink[i] - mean
		t.probeInk = append(t.probeInk, v)
		t.probeNorm += float64(v) * float64(v)
	}
	t.probeNorm = math.Sqrt(t.probeNorm)
}

// gray is a picture's brightness with running sums for quick variances.
type gray struct {
	width, height int
	pix           []float32
	sum, square   []float64 // of all pixels above and left; (width+1) x (height+1)
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
	for y := 0; y+t.height <= g.height; y++ {
		for x := 0; x+t.width <= g.width; x++ {
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
	}
	return found
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
	return math.Abs(float64(product)) / (math.Sqrt(variance) * t.probeNorm)
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

// errWords is the failure of a step that looked for several words.
var errWords = errors.New("words missing on the screen")

// Missing names those of several texts that do not stand in a picture, as an
// error, or nil.
func (r *Reader) Missing(img *image.RGBA, texts ...string) error {
	var missing []string
	for _, text := range texts {
		if !r.Has(img, text) {
			missing = append(missing, text)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", errWords, strings.Join(missing, ", "))
}
