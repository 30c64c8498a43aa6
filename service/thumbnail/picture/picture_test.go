package picture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/draw"
)

func generous() Limit { return Limit{Side: 4000, Memory: 16 << 20} }

func decode(data []byte, limit Limit) (Picture, error) {
	return Decode(context.Background(), bytes.NewReader(data), int64(len(data)), limit)
}

// quarters is a picture with a colour in each corner: red, green, blue, white.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, c := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}} {
		x, y := i%2*w/2, i/2*h/2
		draw.Draw(img, image.Rect(x, y, x+w/2, y+h/2), image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}

// letters names the colours near the corners of a picture.
func letters(img image.Image) string {
	b := img.Bounds()
	var s strings.Builder
	for i := range 4 {
		r, g, bl, _ := img.At(b.Min.X+b.Dx()/4+i%2*b.Dx()/2, b.Min.Y+b.Dy()/4+i/2*b.Dy()/2).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000 && bl > 0xc000:
			s.WriteByte('w')
		case r > 0xc000:
			s.WriteByte('r')
		case g > 0xc000:
			s.WriteByte('g')
		case bl > 0xc000:
			s.WriteByte('b')
		default:
			s.WriteByte('?')
		}
	}
	return s.String()
}

func encoded(tb testing.TB, name string, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	var err error
	switch name {
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = png.Encode(&b, img)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// webpDot is a WebP of one pixel.
func webpDot(tb testing.TB) []byte {
	tb.Helper()
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func TestEveryFormatBecomesASquare(t *testing.T) {
	for _, name := range []string{"jpeg", "png", "gif"} {
		for _, side := range []int{16, 40, 64, 200} {
			p, err := decode(encoded(t, name, quarters(64, 64)), generous())
			if err != nil {
				t.Fatal(name, err)
			}
			got := Square(p, image.Rectangle{}, side)
			if got.Bounds() != image.Rect(0, 0, side, side) || letters(got) != "rgbw" {
				t.Errorf("%s at %d: %v %s", name, side, got.Bounds(), letters(got))
			}
		}
	}
	if _, err := decode(webpDot(t), generous()); err != nil {
		t.Error(err)
	}
}

func TestTheMiddleIsTaken(t *testing.T) {
	for _, size := range []image.Point{{90, 30}, {30, 90}, {3000, 1000}} {
		img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y)) // black but for its middle
		least := min(size.X, size.Y)
		at := image.Pt((size.X-least)/2, (size.Y-least)/2)
		draw.Draw(img, image.Rectangle{at, at.Add(image.Pt(least, least))}, quarters(least, least), image.Point{}, draw.Src)
		if got := letters(Square(Picture{Image: img}, image.Rectangle{}, 20)); got != "rgbw" {
			t.Errorf("%v: %s", size, got)
		}
		part := image.Rectangle{at, at.Add(image.Pt(least/2, least/2))}
		if got := letters(Square(Picture{Image: img}, part, 20)); got != "rrrr" {
			t.Errorf("a part of %v: %s", size, got)
		}
	}
}

// exif gives a JPEG with an orientation, as cameras write it.
func exif(tb testing.TB, order binary.AppendByteOrder, orientation uint16) []byte {
	tb.Helper()
	return camera(encoded(tb, "jpeg", quarters(64, 32)), nil, order, orientation)
}

// camera puts Exif data into a JPEG.
func camera(data, small []byte, order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II"
	if order.String() == binary.BigEndian.String() {
		mark = "MM"
	}
	b := append([]byte("Exif\x00\x00"), mark...)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x010f) // some other field before
	b = append(b, make([]byte, 10)...)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = append(b, 0, 0)
	b = order.AppendUint32(b, 38) // the second directory
	b = order.AppendUint16(b, 2)
	for i, value := range []int{68, len(small)} {
		b = order.AppendUint16(b, uint16(0x0201+i))
		b = order.AppendUint16(b, 4)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, uint32(value))
	}
	b = order.AppendUint32(b, 0)
	b = append(b, small...)
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xff, 0xe2, 0, 4, 1, 2) // a segment that says nothing
	out = append(out, 0xff, markAPP1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(b)+2))
	return append(append(out, b...), data[2:]...)
}

func TestCameraPicturesStandUpright(t *testing.T) {
	want := []string{"", "rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"}
	for o := 1; o <= 8; o++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := decode(exif(t, order, uint16(o)), generous())
			if err != nil {
				t.Fatal(err)
			}
			p.Image = quarters(64, 64) // the square in the middle has all corners
			if got := letters(Square(p, image.Rectangle{}, 32)); got != want[o] {
				t.Errorf("orientation %d, %s: %s, want %s", o, order, got, want[o])
			}
		}
	}
	p, err := decode(exif(t, binary.LittleEndian, 9), generous())
	if err != nil || p.Turn != Upright {
		t.Errorf("an orientation that there is not: %v %v", p.Turn, err)
	}
}

func preview(data []byte) ([]byte, Turn) {
	return Preview(context.Background(), bytes.NewReader(data), int64(len(data)))
}

func TestTheCamerasOwnPreview(t *testing.T) {
	large, small := encoded(t, "jpeg", quarters(640, 480)), encoded(t, "jpeg", quarters(160, 120))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		if got, turn := preview(camera(large, small, order, 6)); !bytes.Equal(got, small) || turn != 5 {
			t.Errorf("%s: %d of %d bytes, turned by %d", order, len(got), len(small), turn)
		}
	}
	for name, data := range map[string][]byte{
		"none":            large,
		"of other shape":  camera(large, encoded(t, "jpeg", quarters(160, 90)), binary.BigEndian, 1),
		"broken":          camera(large, []byte("no picture"), binary.BigEndian, 1),
		"not of a JPEG":   encoded(t, "png", quarters(64, 64)),
		"behind its data": bytes.Replace(camera(large, small, binary.BigEndian, 1), []byte{2, 2, 0, 4, 0, 0, 0, 1, 0, 0}, []byte{2, 2, 0, 4, 0, 0, 0, 1, 0, 1}, 1),
		"empty":           nil,
	} {
		if got, _ := preview(data); got != nil {
			t.Errorf("%s: a preview of %d bytes", name, len(got))
		}
	}
}

func TestSeen(t *testing.T) {
	full := quarters(20, 20)
	banded := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	draw.Draw(banded, image.Rect(0, 5, 20, 15), full, image.Point{}, draw.Src)
	sign := image.NewNRGBA(banded.Rect)
	copy(sign.Pix, banded.Pix)
	sign.SetNRGBA(19, 5, color.NRGBA{})
	for name, c := range map[string]struct {
		img   image.Image
		box   image.Rectangle
		whole bool
	}{
		"photo": {full, full.Rect, true},
		"bands": {banded, image.Rect(0, 5, 20, 15), true},
		"sign":  {sign, image.Rect(0, 5, 20, 15), false},
		"empty": {image.NewNRGBA(full.Rect), image.Rectangle{}, false},
	} {
		if box, whole := (Picture{Image: c.img}).Seen(); box != c.box || whole != c.whole {
			t.Errorf("%s: %v %v", name, box, whole)
		}
	}
}

// pngClaiming gives the beginning of a PNG that claims dimensions.
func pngClaiming(w, h uint32, depth, kind byte) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, depth, kind, 0, 0, 0)
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	b = append(b, ihdr...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
	return append(b, "\x00\x00\xff\xffIDAT"...)
}

// hostile gives pictures that would cost much.
func hostile(tb testing.TB) map[string][]byte {
	tb.Helper()
	claim := func(data []byte, at int, bytes ...byte) []byte {
		data = append([]byte{}, data...)
		copy(data[at:], bytes)
		return data
	}
	jpg := encoded(tb, "jpeg", quarters(64, 64))
	frame := bytes.Index(jpg, []byte{0xff, 0xc0})
	progressive := claim(jpg, frame+1, 0xc2)
	webp := webpDot(tb)
	vp8x := append([]byte("RIFF\x00\x00\x00\x01WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\x3f\x00\xff\x3f\x00"), webp[12:]...)
	small := append([]byte("RIFF\x00\x00\x00\x01WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		claim(webp[12:], 9, 0xff, 0xff, 0xff, 0x0f)...)
	return map[string][]byte{
		"png of 2³¹":         pngClaiming(1<<31-1, 1<<31-1, 8, 6),
		"png of 60,000":      pngClaiming(60_000, 60_000, 8, 2),
		"png of 16 bits":     pngClaiming(2000, 2000, 16, 6),
		"long png":           pngClaiming(1, 1<<30, 1, 0),
		"jpeg of 65,535":     claim(jpg, frame+5, 0xff, 0xff, 0xff, 0xff),
		"progressive jpeg":   claim(progressive, frame+5, 0x0d, 0x00, 0x0d, 0x00),
		"gif of 65,535":      claim(encoded(tb, "gif", quarters(64, 64)), 6, 0xff, 0xff, 0xff, 0xff),
		"webp of 16,384":     claim(webp, 21, 0xff, 0xff, 0xff, 0x0f),
		"webp canvas":        vp8x,
		"webp behind canvas": small,
	}
}

func TestHostilePicturesCostLittle(t *testing.T) {
	for name, data := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := decode(data, generous())
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 2<<20 {
			t.Errorf("%s: %d bytes taken", name, cost)
		}
	}
	for _, data := range [][]byte{nil, []byte("x"), []byte("\xff\xd8\xff"), []byte("<svg/>"), bytes.Repeat([]byte{0xff}, 100), encoded(t, "png", quarters(64, 64))[:100]} {
		if _, err := decode(data, generous()); !errors.Is(err, ErrNone) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// progressive gives a grey progressive JPEG of 512 by 512 pixels whose scans say
// nothing, in 12 bytes each.
func progressive(scans int) []byte {
	b := []byte("\xff\xd8\xff\xc2\x00\x0b\x08\x02\x00\x02\x00\x01\x01\x11\x00")
	ac := make([]byte, 18) // one code, of one bit: nothing in 4096 blocks and more
	ac[0], ac[1], ac[17] = 0x10, 1, 0xc0
	b = append(append(b, 0xff, 0xc4, 0, 20), ac...)
	for range scans {
		b = append(b, "\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00\x07"...)
	}
	return append(b, 0xff, 0xd9)
}

// Time is bounded as memory is: a picture of a megabyte could keep a decoder
// for minutes.
func TestEndlessScansAreGivenUp(t *testing.T) {
	if p, err := decode(progressive(maxScans), generous()); err != nil || p.Bounds().Dx() != 512 {
		t.Errorf("a picture with many scans: %v", err)
	}
	if _, err := decode(progressive(maxScans+1), generous()); !errors.Is(err, ErrNone) || !errors.Is(err, errScans) {
		t.Errorf("one with too many: %v", err)
	}
}

// Of a picture that moves only the beginning is taken.
func TestAMovingPictureCostsOneFrame(t *testing.T) {
	frame := image.NewPaletted(image.Rect(0, 0, 256, 256), palette.Plan9)
	moving := &gif.GIF{}
	for range 300 {
		moving.Image, moving.Delay = append(moving.Image, frame), append(moving.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, moving); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := decode(b.Bytes(), generous())
	runtime.ReadMemStats(&after)
	if cost := after.TotalAlloc - before.TotalAlloc; err != nil || p.Bounds() != frame.Rect || cost > 1<<20 {
		t.Errorf("%d bytes taken, %v", cost, err)
	}
}

func TestAPictureForAWiderLimit(t *testing.T) {
	data := encoded(t, "png", quarters(100, 80))
	for _, limit := range []Limit{{Side: 99, Memory: 1 << 20}, {Side: 100, Memory: 10_000}} {
		if _, err := decode(data, limit); !errors.Is(err, ErrLarge) || !errors.Is(err, ErrNone) {
			t.Errorf("%+v: %v", limit, err)
		}
	}
	if _, err := decode(data, Limit{Side: 100, Memory: 1 << 20}); err != nil {
		t.Error(err)
	}
	if _, err := decode(data[:60], generous()); errors.Is(err, ErrLarge) {
		t.Error(err)
	}
}

// What the header promises to take is what decoding takes.
func TestMemoryIsForeseen(t *testing.T) {
	noise := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 3)
	}
	const limit = 1 << 20
	for _, name := range []string{"jpeg", "png", "gif"} {
		data := encoded(t, name, noise)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := decode(data, Limit{Side: 300, Memory: limit})
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; err != nil || cost > limit+limit/2 {
			t.Errorf("%s: %d bytes, %v", name, cost, err)
		}
	}
}

type brokenReader struct{ err error }

func (b brokenReader) ReadAt([]byte, int64) (int, error) { return 0, b.err }

func TestReadingThatFailsIsNotThePicturesFault(t *testing.T) {
	if _, err := Decode(t.Context(), brokenReader{io.ErrClosedPipe}, 1000, generous()); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, ErrNone) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := encoded(t, "jpeg", quarters(64, 64))
	if _, err := Decode(ctx, bytes.NewReader(data), int64(len(data)), generous()); !errors.Is(err, context.Canceled) || errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"jpeg", "png", "gif"} {
		f.Add(encoded(f, name, quarters(16, 16)))
	}
	f.Add(webpDot(f))
	f.Add(exif(f, binary.BigEndian, 6))
	for _, data := range hostile(f) {
		f.Add(data)
	}
	f.Add(camera(encoded(f, "jpeg", quarters(64, 48)), encoded(f, "jpeg", quarters(16, 12)), binary.LittleEndian, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		if small, _ := preview(data); len(small) > 64<<10 {
			t.Fatalf("a preview of %d bytes", len(small))
		}
		const side = 256
		p, err := decode(data, Limit{Side: side, Memory: 1 << 20})
		if err != nil {
			if !errors.Is(err, ErrNone) {
				t.Fatal(err)
			}
			return
		}
		if b := p.Bounds(); b.Dx() > side || b.Dy() > side {
			t.Fatalf("decoded %v", b)
		}
		box, _ := p.Seen()
		if got := Square(p, box, 20).Bounds(); got != image.Rect(0, 0, 20, 20) {
			t.Fatal(got)
		}
	})
}

func BenchmarkScale(b *testing.B) {
	for name, s := range map[string]draw.Scaler{"approx": draw.ApproxBiLinear, "bilinear": draw.BiLinear, "catmullrom": draw.CatmullRom} {
		for _, sides := range [][2]int{{128, 108}, {256, 108}, {256, 216}, {128, 216}} {
			src, dst := image.NewNRGBA(image.Rect(0, 0, sides[0], sides[0])), image.NewRGBA(image.Rect(0, 0, sides[1], sides[1]))
			b.Run(name+"/"+string(rune('0'+sides[0]/100))+"to"+string(rune('0'+sides[1]/100)), func(b *testing.B) {
				for b.Loop() {
					s.Scale(dst, dst.Rect, src, src.Rect, draw.Src, nil)
				}
			})
		}
	}
}

func BenchmarkPhoto(b *testing.B) {
	data := encoded(b, "jpeg", quarters(4000, 3000))
	for b.Loop() {
		p, err := decode(data, Limit{Side: 5000, Memory: 96 << 20})
		if err != nil {
			b.Fatal(err)
		}
		Square(p, image.Rectangle{}, 256)
	}
}
