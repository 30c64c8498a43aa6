package kit

import (
	"image"
	"image/color"
	"path"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func iconNames(t *testing.T) []IconName {
	t.Helper()
	files, err := iconFiles.ReadDir("icons")
	if err != nil {
		t.Fatal(err)
	}
	names := make([]IconName, len(files))
	for i, f := range files {
		names[i] = IconName(strings.TrimSuffix(path.Base(f.Name()), ".svg"))
	}
	return names
}

// inked sums up how much of a picture is covered, in pixels.
func inked(img image.Image) (n float64) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			_, _, _, a := img.At(x, y).RGBA()
			n += float64(a) / 0xFFFF
		}
	}
	return n
}

func TestIconsScale(t *testing.T) {
	for _, name := range iconNames(t) {
		if name == IconLogo {
			continue
		}
		data, err := iconFiles.ReadFile("icons/" + string(name) + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		d, err := parseDrawing(data)
		if err != nil || d.grid != 16 || d.width < 1 || len(d.lines) == 0 {
			t.Errorf("%s: %+v, %v", name, d, err)
			continue
		}
		small, large := inked(d.draw(16, 16, color.Black)), inked(d.draw(64, 64, color.Black))
		if part := large / (64 * 64); part < 0.04 || part > 0.5 {
			t.Errorf("%s covers %.0f%% of its square", name, 100*part)
		}
		// Lines get thicker with the scale, so the covered part stays.
		if ratio := large / (16 * small); ratio < 0.85 || ratio > 1.15 {
			t.Errorf("%s covers %.0f pixels of 16×16 and %.0f of 64×64", name, small, large)
		}
	}
}

func TestIconResourceHasItsColor(t *testing.T) {
	res := IconResource(IconCross, color.NRGBA{R: 0xC5, G: 0x3A, B: 0x34, A: 0xFF})
	if !strings.Contains(string(res.Content()), "#c53a34") || strings.Contains(string(res.Content()), "currentColor") {
		t.Errorf("%s", res.Content())
	}
	if other := IconResource(IconCross, color.Black); other.Name() == res.Name() {
		t.Error("two colours share a name, under which Fyne keeps the picture")
	}
	if IconResource("no such icon", color.Black) != nil {
		t.Error("a drawing that does not exist")
	}
}

func TestDashedBorder(t *testing.T) {
	const w, h = 200, 100
	img := dashedBorder(w, h, 12, 1, color.Black)
	alpha := func(x, y int) uint32 {
		_, _, _, a := img.At(x, y).RGBA()
		return a >> 8
	}
	dashes := 0
	for x := 20; x < w-20; x++ {
		if alpha(x, 0) > 0x80 && alpha(x-1, 0) <= 0x80 {
			dashes++
		}
	}
	if want := (w - 40) / 5; dashes < want-1 || dashes > want+1 {
		t.Errorf("%d dashes at the top, want %d", dashes, want)
	}
	for _, p := range []image.Point{{0, 0}, {w / 2, h / 2}, {w - 1, h - 1}, {20, 5}, {5, 50}} {
		if alpha(p.X, p.Y) != 0 {
			t.Errorf("ink at %v", p)
		}
	}
	if img := dashedBorder(0, 0, 12, 1, color.Black); !img.Bounds().Empty() {
		t.Error("nothing should have no pixels")
	}
}

func TestIconFollowsTheTheme(t *testing.T) {
	icon := NewIcon(IconUp, ColorText, 16)
	w := window(t, icon, icon.MinSize())
	if !hasColor(w.Canvas().Capture(), rgb(0x1D242D)) {
		t.Error("the drawing is not in the light theme's colour")
	}
	fyne.CurrentApp().Settings().SetTheme(NewTheme(AppearanceDark))
	icon.Refresh()
	if !hasColor(w.Canvas().Capture(), rgb(0xE6EAF0)) {
		t.Error("the drawing is not in the dark theme's colour")
	}
}

func hasColor(img image.Image, c color.Color) bool {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.NRGBAModel.Convert(img.At(x, y)) == c {
				return true
			}
		}
	}
	return false
}
