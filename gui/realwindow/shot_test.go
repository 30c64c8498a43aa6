//go:build realwindow

package realwindow

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/sandbox"
)

// looking is Sluice in an appearance, of which pictures are taken.
type looking struct {
	*running

	look kit.Appearance
}

// startLook starts Sluice with a service, light or dark. More is for its
// environment.
func (d *desktop) startLook(ctx context.Context, t *testing.T, server *sandbox.Server, look kit.Appearance, more ...string) *looking {
	t.Helper()
	env := append([]string{"SLUICE_API_URL=" + server.APIURL(), "SLUICE_API_KEY=" + sessionKey, "FYNE_THEME=" + string(look)}, more...)
	return &looking{d.start(ctx, t, env), look}
}

// shot is what the window shows in a state.
type shot struct {
	*image.RGBA

	name   string
	look   kit.Appearance
	scale  int
	reader *Reader
}

// shot keeps what the window shows, once it stands still with the pointer where
// it changes nothing. In any state the window has the colours of its appearance,
// and nothing stands out of it.
func (r *looking) shot(ctx context.Context, t *testing.T, name string) *shot {
	t.Helper()
	if err := r.Move(ctx, image.Pt(100, 300).Mul(r.desktop.scale)); err != nil {
		t.Fatal(err)
	}
	img, err := r.Settled(ctx, frameQuiet)
	if err != nil {
		t.Fatal(err)
	}
	name = fmt.Sprintf("%s %s", name, r.look)
	keep(t, name, img)
	s := &shot{img, name, r.look, r.desktop.scale, r.desktop.reader}
	s.judge(t)
	return s
}

// judge looks at the grounds of navigation and screen, and at the margins.
func (s *shot) judge(t *testing.T) {
	t.Helper()
	theme := kit.NewTheme(s.look)
	for _, ground := range []struct {
		name fyne.ThemeColorName
		part image.Rectangle
	}{
		{kit.ColorSidebar, image.Rect(20, 300, navWidth-20, 330)},
		{kit.ColorPage, image.Rect(navWidth+4, 0, s.Rect.Dx()/s.scale, 14)},
		{kit.ColorPage, image.Rect(s.Rect.Dx()/s.scale-8, 0, s.Rect.Dx()/s.scale, s.Rect.Dy()/s.scale)},
		{kit.ColorPage, image.Rect(navWidth+4, s.Rect.Dy()/s.scale-12, s.Rect.Dx()/s.scale, s.Rect.Dy()/s.scale)},
	} {
		want := color.RGBAModel.Convert(theme.Color(ground.name, 0)).(color.RGBA)
		s.plain(t, scaled(ground.part, s.scale), want)
	}
}

// plain fails the test unless a part of the picture has one colour.
func (s *shot) plain(t *testing.T, part image.Rectangle, want color.RGBA) {
	t.Helper()
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if got := s.RGBAAt(x, y); got != want {
				t.Errorf("%s: at %d, %d of %v stands %v, not %v", s.name, x, y, part, got, want)
				return
			}
		}
	}
}

// seamless fails the test where a border between light areas, of which it has the
// darkest colour, is darker than that.
func (s *shot) seamless(t *testing.T, edge image.Rectangle) {
	t.Helper()
	if s.look != kit.AppearanceLight {
		return
	}
	border := color.RGBAModel.Convert(kit.NewTheme(s.look).Color(kit.ColorBorder, 0)).(color.RGBA)
	edge = scaled(edge, s.scale)
	if got := s.farthest(edge, color.RGBA{255, 255, 255, 255}); luminance(got) < 0.99*luminance(border) {
		t.Errorf("%s: on the edge %v stands %v, darker than %v", s.name, edge, got, border)
	}
}

func scaled(r image.Rectangle, scale int) image.Rectangle {
	return image.Rectangle{Min: r.Min.Mul(scale), Max: r.Max.Mul(scale)}
}

// says fails the test unless all texts are in the picture, whole, where they can
// be read.
func (s *shot) says(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if found := s.readable(t, text); len(found) > 0 && !slices.ContainsFunc(found, s.ends) {
			t.Errorf("%s: %q goes on at %v", s.name, text, found)
		}
	}
}

// begins is says for texts that something may stand behind.
func (s *shot) begins(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		s.readable(t, text)
	}
}

// readable gives the places of a text, and fails the test unless it stands out
// from what it is written on.
func (s *shot) readable(t *testing.T, text string) []Found {
	t.Helper()
	found := s.reader.exactly(s.RGBA, text)
	if len(found) == 0 {
		found = s.reader.Find(s.RGBA, text)
	}
	if len(found) == 0 {
		t.Errorf("%s: no %q", s.name, text)
	}
	for _, f := range found {
		if got := s.contrast(f.Rectangle); got < leastContrast {
			t.Errorf("%s: %q at %v has a contrast of %.2f, want %.1f", s.name, text, f.Min, got, leastContrast)
		}
	}
	return found
}

// leastContrast is that of WCAG 2 AA for texts of usual size.
const leastContrast = 4.5

// ends reports whether nothing is written right behind a text.
func (s *shot) ends(f Found) bool {
	const letter = 6 // dots or a letter would come sooner
	behind := image.Rect(f.Max.X+1, f.Min.Y, f.Max.X+letter*s.scale, f.Max.Y).Intersect(s.Rect)
	ground := s.ground(behind)
	return luminanceApart(ground, s.farthest(behind, ground)) < 1.1
}

// contrast is that of the ink of a text with its ground, by WCAG 2. Ink is what
// differs most: thin letters have it in few pixels.
func (s *shot) contrast(of image.Rectangle) float64 {
	ground := s.ground(of.Inset(-2 * s.scale).Intersect(s.Rect))
	return luminanceApart(ground, s.farthest(of, ground))
}

// ground gives the colour that a part has most.
func (s *shot) ground(part image.Rectangle) (ground color.RGBA) {
	pixels, counts := 0, map[color.RGBA]int{}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c := s.RGBAAt(x, y)
			counts[c]++
			if counts[c] > pixels {
				ground, pixels = c, counts[c]
			}
		}
	}
	return ground
}

// farthest gives the colour of a part that has the most contrast with another.
func (s *shot) farthest(part image.Rectangle, from color.RGBA) color.RGBA {
	far := from
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if c := s.RGBAAt(x, y); c != far && luminanceApart(c, from) > luminanceApart(far, from) {
				far = c
			}
		}
	}
	return far
}

// luminanceApart is the contrast of two colours by WCAG 2.
func luminanceApart(a, b color.RGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of WCAG 2.
func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 0xff
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// aligned fails the test unless the values of columns of the table end where
// their titles do.
func (s *shot) aligned(t *testing.T, titles ...string) {
	t.Helper()
	for _, title := range titles {
		found := s.reader.Find(s.RGBA, title)
		at := slices.IndexFunc(found, func(f Found) bool { return f.Min.Y > 90*s.scale && f.Max.Y < 125*s.scale })
		if at < 0 {
			t.Errorf("%s: no column %q among %v", s.name, title, found)
			continue
		}
		const slack = 3 // a 1 stands in the middle of its room
		head := found[at]
		for i := range 15 {
			middle := line(i).Y * s.scale
			row := image.Rect(head.Max.X-20*s.scale, middle-8*s.scale, head.Max.X+8*s.scale, middle+8*s.scale)
			if end := s.rightmost(row); end < head.Max.X-slack*s.scale || end > head.Max.X+slack*s.scale {
				t.Errorf("%s: in row %d %q ends at %d, its title at %d", s.name, i, title, end, head.Max.X)
			}
		}
	}
}

// rightmost is where something is written last in a part, from the left.
func (s *shot) rightmost(part image.Rectangle) int {
	ground := s.ground(part)
	for x := part.Max.X - 1; x >= part.Min.X; x-- {
		for y := part.Min.Y; y < part.Max.Y; y++ {
			if luminanceApart(s.RGBAAt(x, y), ground) > 1.5 {
				return x + 1
			}
		}
	}
	return part.Min.X
}

// awaitTiles waits until every tile that is whole in view has the picture of its
// file, newest first, on exactly its pixels.
func (r *looking) awaitTiles(ctx context.Context, t *testing.T, server *sandbox.Server) {
	t.Helper()
	files := newest(server)
	var wrong string
	_, err := r.Await(ctx, func(img *image.RGBA) bool {
		wrong = ""
		for i, f := range files[:tilesInView] {
			if shown := shownID(img, r.square(i)); picturesHave(f.MIME) && shown != f.ID {
				wrong = cmp.Or(wrong, fmt.Sprintf("tile %d shows %q, not %q (%s)", i, shown, f.ID, f.Name))
			}
		}
		return wrong == ""
	})
	if err != nil {
		t.Fatalf("%s: %v", wrong, err)
	}
}

// newest gives the files of a service, the latest first.
func newest(server *sandbox.Server) []service.File {
	files := server.Files()
	slices.SortStableFunc(files, func(a, b service.File) int { return b.Uploaded.Compare(a.Uploaded) })
	return files
}

// picturesHave reports whether files of a type have a picture.
func picturesHave(mime string) bool {
	return strings.HasPrefix(mime, "image/") || strings.HasPrefix(mime, "video/")
}

// shownID tells which made-up file's picture fills a square. The corners, which
// say so, are round: their colours are told from points further in, which a tick
// leaves free.
func shownID(img *image.RGBA, square image.Rectangle) service.FileID {
	side := square.Dx()
	in := side * 3 / 10
	near, far := in, side-1-in
	corners := image.NewRGBA(image.Rect(0, 0, 2, 2))
	outer := func(at, other float64) float64 { // where the line through two points is at the edge
		return at + (at-other)*float64(in)/float64(far-near)
	}
	at := func(x, y int) [3]float64 {
		c := img.RGBAAt(square.Min.X+x, square.Min.Y+y)
		return [3]float64{float64(c.R), float64(c.G), float64(c.B)}
	}
	for y, from := range [2][2]int{{near, far}, {far, near}} {
		for x, of := range [2][2]int{{near, far}, {far, near}} {
			var c [3]uint8
			a, b, d, e := at(of[0], from[0]), at(of[1], from[0]), at(of[0], from[1]), at(of[1], from[1])
			for i := range c {
				c[i] = uint8(min(max(outer(outer(a[i], b[i]), outer(d[i], e[i]))+0.5, 0), 255))
			}
			corners.SetRGBA(x, y, color.RGBA{c[0], c[1], c[2], 255})
		}
	}
	return sandbox.PictureID(corners)
}
