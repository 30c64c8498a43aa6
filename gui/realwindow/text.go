//go:build realwindow

package realwindow

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
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
	drawn map[label][2][]*template

	last *image.RGBA // the picture that was read last, and what is known of it
	gray *gray
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
	return &Reader{scale: scale, sizes: sizes, drawn: map[label][2][]*template{}}
}

// Find gives all places where the words stand in a picture, top to bottom and
// left to right. They may be the beginning of a longer text; from the middle of
// one they are found or not, by how the letters fall on the pixels.
func (r *Reader) Find(img *image.RGBA, text string) []Found {
	r.look(img)
	for off := range 2 { // exactly as drawn first: that is nearly always enough
		if all := r.find(text, off); len(all) > 0 {
			return all
		}
	}
	return nil
}

// exactly gives the places where the words stand as they are drawn: it is
// quicker than Find and misses some.
func (r *Reader) exactly(img *image.RGBA, text string) []Found {
	r.look(img)
	return r.find(text, 0)
}

// look makes a picture the one that is read.
func (r *Reader) look(img *image.RGBA) {
	if r.last != img {
		r.last, r.gray = img, newGray(img)
	}
}

// find reads the picture with templates that are so far off the right size.
func (r *Reader) find(text string, off int) []Found {
	var all []Found
	for _, size := range r.sizes {
		for _, bold := range []bool{false, true} {
			for _, t := range r.templates(label{text, size, bold}, off) {
				all = append(all, r.gray.search(t)...)
			}
		}
	}
	return best(all)
}

// best leaves one of all that lie on each other, in reading order.
func best(all []Found) []Found {
	slices.SortFunc(all, func(a, b Found) int { return cmp.Compare(b.Score, a.Score) })
	var kept []Found
	for _, f := range all {
		if !slices.ContainsFunc(kept, func(k Found) bool { return k.Overlaps(f.Rectangle) }) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Min.Y, b.Min.Y), cmp.Compare(a.Min.X, b.Min.X))
	})
	return kept
}

// Has reports whether the words stand anywhere in a picture.
func (r *Reader) Has(img *image.RGBA, text string) bool { return len(r.Find(img, text)) > 0 }

// AwaitText waits until the words stand in the window and gives the first
// place.
func (r *Reader) AwaitText(ctx context.Context, w *Window, text string) (Found, error) {
	defer w.display.step("wait for %q", text)()
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

// stays reports whether words are where they were found. It reads little more than
// these, to be quick: they can move at any time.
func (r *Reader) stays(w *Window, text string, found Found) (bool, error) {
	size, err := w.Size()
	if err != nil {
		return false, err
	}
	around := found.Inset(-8).Intersect(image.Rectangle{Max: size})
	img, err := w.part(around)
	if err != nil {
		return false, err
	}
	at := found.Center().Sub(around.Min)
	return slices.ContainsFunc(r.Find(img, text), func(f Found) bool { return at.In(f.Inset(f.Dy() / 4)) }), nil
}

// ClickText waits for the words and clicks on them, if they stay where they are
// when the pointer has come.
func (r *Reader) ClickText(ctx context.Context, w *Window, text string) error {
	for {
		found, err := r.AwaitText(ctx, w, text)
		if err != nil {
			return err
		}
		if err := w.Move(ctx, found.Center()); err != nil {
			return err
		}
		stays, err := r.stays(w, text, found)
		if err != nil {
			return err
		}
		if stays {
			defer w.display.step("click on it at %v", found.Center())()
			return w.button(ctx, 1)
		}
	}
}
