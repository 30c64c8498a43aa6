package uploads

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"sluice/service/thumbnail/picture"
)

// halves is a picture that is red above and blue below.
func halves(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 0xFF, A: 0xFF}
			if y >= h/2 {
				c = color.RGBA{B: 0xFF, A: 0xFF}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jpegWith is a JPEG that says how it lies.
func jpegWith(t *testing.T, img image.Image, orientation byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0}
	exif := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	head = binary.BigEndian.AppendUint16(head, uint16(len(exif)+2))
	return append(append(head, exif...), b.Bytes()[2:]...)
}

func TestPreviewHasExactPixels(t *testing.T) {
	for _, size := range []image.Point{{800, 600}, {60, 3000}, {7, 5}} {
		path := write(t, "a.png", pngOf(t, halves(size.X, size.Y)))
		img, err := preview(t.Context(), path, 80)
		if err != nil || img.Bounds() != image.Rect(0, 0, 80, 80) {
			t.Fatalf("%v: %v, %v", size, img.Bounds(), err)
		}
		if r := img.RGBAAt(40, 5); r.R < 0xF0 || r.B > 0x10 {
			t.Errorf("%v: above is %v, want red", size, r)
		}
	}
}

func TestPreviewStandsUpright(t *testing.T) {
	// Where red ends up for each way to lie, of a picture that is stored with
	// red above.
	want := map[byte]image.Point{1: {16, 2}, 3: {16, 29}, 4: {16, 29}, 6: {29, 16}, 8: {2, 16}, 5: {2, 16}, 7: {29, 16}, 2: {16, 2}, 0: {16, 2}, 99: {16, 2}}
	for orientation, at := range want {
		img, err := preview(t.Context(), write(t, "a.jpg", jpegWith(t, halves(64, 64), orientation)), 32)
		if err != nil {
			t.Fatal(err)
		}
		if c := img.RGBAAt(at.X, at.Y); c.R < 0xC0 || c.B > 0x40 {
			t.Errorf("orientation %d: %v at %v, want red", orientation, c, at)
		}
	}
}

func TestNoPreview(t *testing.T) {
	huge := pngOf(t, halves(4, 4))
	binary.BigEndian.PutUint32(huge[16:], 100_000) // says that it is 100,000 × 100,000
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	for name, path := range map[string]string{
		"text":    write(t, "a.png", []byte("no picture")),
		"empty":   write(t, "b.png", nil),
		"cut":     write(t, "c.png", pngOf(t, halves(300, 300))[:200]),
		"huge":    write(t, "d.png", huge),
		"missing": filepath.Join(t.TempDir(), "none.png"),
		"folder":  t.TempDir(),
	} {
		if img, err := preview(t.Context(), path, 40); err == nil {
			t.Errorf("%s has a preview %v", name, img.Bounds())
		}
	}
	if _, err := preview(t.Context(), t.TempDir(), 40); !errors.Is(err, errNoPreview) {
		t.Errorf("a folder: %v", err)
	}
}

func TestPreviewsComeOnceAndStay(t *testing.T) {
	main := make(chan func(), 100)
	p := NewPreviews(func(f func()) { main <- f })
	defer p.Close()
	key := previewKey{write(t, "a.png", pngOf(t, halves(100, 100))), 1}
	var got *made
	if p.get(key, 40, func(pic *made) { got = pic }) != nil {
		t.Fatal("known before it was made")
	}
	(<-main)()
	if got == nil || got.image == nil || got.image.Bounds().Dx() != 40 {
		t.Fatalf("got %+v", got)
	}
	if p.get(key, 40, nil) != got {
		t.Error("made again")
	}
	bad := previewKey{write(t, "b.png", []byte("x")), 1}
	p.get(bad, 40, func(pic *made) { got = pic })
	(<-main)()
	if got.image != nil || p.get(bad, 40, nil) != got {
		t.Error("a file without a picture is asked for again and again")
	}
}

func TestPreviewsKeepSoMuchOnly(t *testing.T) {
	p := NewPreviews(func(func()) {})
	defer p.Close()
	for i := range maxKept + 50 {
		p.keep(previewID{previewKey{"x", int64(i)}, 40}, &made{})
	}
	if len(p.known) != maxKept || len(p.order) != maxKept {
		t.Errorf("%d and %d are kept", len(p.known), len(p.order))
	}
	if p.lookUp(previewID{previewKey{"x", maxKept + 49}, 40}) == nil {
		t.Error("the newest is gone")
	}
}

func TestPreviewsCloseInTheMiddle(t *testing.T) {
	p := NewPreviews(func(func()) {})
	path := write(t, "a.png", pngOf(t, halves(1500, 1500)))
	for i := range 500 {
		p.get(previewKey{path, int64(i)}, 40, nil)
	}
	p.Close()
	if p.get(previewKey{path, 9999}, 40, nil) != nil || len(p.queue) != 0 {
		t.Error("asked for after closing")
	}
}

// What would take too much memory has no preview but the one that its camera made.
func TestPreviewsOfLargePictures(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 16, 12)), nil); err != nil {
		t.Fatal(err)
	}
	size := bytes.Index(b.Bytes(), []byte{0xFF, 0xC0}) + 5 // says that it has 108 million pixels
	binary.BigEndian.PutUint16(b.Bytes()[size:], 9_000)
	binary.BigEndian.PutUint16(b.Bytes()[size+2:], 12_000)
	large := b.Bytes()
	if img, err := preview(t.Context(), write(t, "large.jpg", large), 40); !errors.Is(err, picture.ErrLarge) {
		t.Errorf("%v, %v", img, err)
	}
	small := jpegWith(t, halves(160, 120), 1)
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" + "\x00\x00" + "\x00\x00\x00\x0e" + // no field; the second directory
		"\x00\x02" + "\x02\x01\x00\x04\x00\x00\x00\x01\x00\x00\x00\x2c" + "\x02\x02\x00\x04\x00\x00\x00\x01"
	segment := append(binary.BigEndian.AppendUint32([]byte(exif), uint32(len(small))), 0, 0, 0, 0)
	segment = append(segment, small...)
	data := binary.BigEndian.AppendUint16([]byte{0xFF, 0xD8, 0xFF, 0xE1}, uint16(len(segment)+2))
	data = append(append(data, segment...), large[2:]...)
	img, err := preview(t.Context(), write(t, "camera.jpg", data), 40)
	if err != nil {
		t.Fatal(err)
	}
	if c := img.RGBAAt(20, 5); c.R < 0xC0 || c.B > 0x40 {
		t.Errorf("above is %v, want red", c)
	}
}
