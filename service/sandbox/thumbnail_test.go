package sandbox_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// quarters draws a picture of four colours: red, green, blue, white.
func quarters(width, height int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{
		color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 200, 0, 255}, color.NRGBA{0, 0, 200, 255}, color.NRGBA{200, 200, 200, 255},
	})
	for y := range height {
		for x := range width {
			img.SetColorIndex(x, y, uint8(x*2/width+2*(y*2/height)))
		}
	}
	return img
}

// look names the colours in the middle of the four quarters: "RGBW" upright.
func look(t *testing.T, b []byte, width, height int) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds(); got.Dx() != width || got.Dy() != height {
		t.Errorf("the thumbnail is %v, want %d by %d", got, width, height)
	}
	var s strings.Builder
	for i := range 4 {
		r, g, b, _ := img.At(width*(1+i%2*2)/4, height*(1+i/2*2)/4).RGBA()
		high := func(v uint32) bool { return v>>8 > 120 }
		switch {
		case high(r) && high(g) && high(b):
			s.WriteByte('W')
		case high(r):
			s.WriteByte('R')
		case high(g):
			s.WriteByte('G')
		case high(b):
			s.WriteByte('B')
		default:
			s.WriteByte('?')
		}
	}
	return s.String()
}

// encoded gives a picture in a format.
func encoded(t *testing.T, format string, img image.Image) string {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, nil)
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func thumbnailPath(id service.FileID, width, height int) string {
	return fmt.Sprintf("/file/%s/thumbnail?width=%d&height=%d", id, width, height)
}

func TestThumbnailsOfPictures(t *testing.T) {
	for name, d := range dialects() {
		c := call(t, sandboxtest.New(t, dialect(d)))
		for _, format := range []string{"png", "jpeg", "gif"} {
			for _, size := range []image.Point{{40, 40}, {600, 300}, {30, 200}, {1, 1}} {
				id := c.put("x."+format, encoded(t, format, quarters(size.X, size.Y)))
				for range 2 { // made, then kept
					a := c.do(http.StatusOK, http.MethodGet, thumbnailPath(id, 64, 32), "")
					if got := look(t, a.body, 64, 32); size.X > 1 && got != "RGBW" {
						t.Errorf("%s: %s of %v looks like %s", name, format, size, got)
					}
				}
			}
			id := c.put("x."+format, encoded(t, format, quarters(50, 50)))
			side := map[int]int{2020: 128, 2026: 256}[d]
			a := c.do(http.StatusOK, http.MethodGet, "/file/"+string(id)+"/thumbnail", "")
			if got := look(t, a.body, side, side); got != "RGBW" || a.header.Get("Content-Type") != "image/png" {
				t.Errorf("%s: default looks like %s", name, got)
			}
		}
	}
}

func TestThumbnailOfWebP(t *testing.T) {
	const dot = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
	b, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		t.Fatal(err)
	}
	c := call(t, sandboxtest.New(t, dialect(sandbox.Dialect2020))) // where an icon would be a redirect
	look(t, c.do(http.StatusOK, http.MethodGet, thumbnailPath(c.put("x.webp", string(b)), 16, 16), "").body, 16, 16)
}

func TestThumbnailsStandUpright(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	plain := encoded(t, "jpeg", quarters(64, 32))
	for turn, want := range map[uint16]string{
		0: "RGBW", 1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB", 9: "RGBW",
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			id := c.put("x.jpg", plain[:2]+exif(order, turn)+plain[2:])
			if got := look(t, c.do(http.StatusOK, http.MethodGet, thumbnailPath(id, 48, 48), "").body, 48, 48); got != want {
				t.Errorf("turned by %d (%v) it looks like %s, want %s", turn, order, got, want)
			}
		}
	}
	for _, broken := range []string{"\xff\xe1\x00\x0aExif\x00\x00II", "\xff\xe1\x00\x12Exif\x00\x00II*\x00\xff\xff\xff\xff\x00\x00"} {
		id := c.put("x.jpg", plain[:2]+broken+plain[2:])
		if got := look(t, c.do(http.StatusOK, http.MethodGet, thumbnailPath(id, 48, 48), "").body, 48, 48); got != "RGBW" {
			t.Errorf("with broken EXIF it looks like %s", got)
		}
	}
}

// exif makes a segment with nothing but an orientation.
func exif(order binary.AppendByteOrder, turn uint16) string {
	b := []byte("Exif\x00\x00II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("Exif\x00\x00MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, turn)
	b = append(b, 0, 0, 0, 0, 0, 0)
	return "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(b)+2))) + string(b)
}

func TestPicturesThatCannotBeShownGetAnIcon(t *testing.T) {
	huge := []byte(encoded(t, "png", quarters(8, 8)))
	binary.BigEndian.PutUint32(huge[16:], 60_000)
	binary.BigEndian.PutUint32(huge[20:], 60_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	small := encoded(t, "png", quarters(8, 8))
	cases := map[string]string{
		"bomb.png": string(huge), "cut.png": small[:len(small)-30], "text.txt": "text", "text.png": "text",
		"sound.mp3": "ID3\x03", "paper.pdf": "%PDF-1.4", "box.zip": "PK\x03\x04", "what": "\x00\x01\x02", "cut.gif": "GIF89a",
		"cut.webp": "RIFF\x00\x00\x00\x00WEBPVP8 ", "film.mp4": "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "x.docx": "PK\x03\x04",
	}
	for name, d := range dialects() {
		srv := sandboxtest.New(t, dialect(d))
		c := call(t, srv)
		icons := map[string]bool{}
		for file, content := range cases {
			path := "/file/" + string(c.put(file, content)) + "/thumbnail"
			for range 2 {
				if d == sandbox.Dialect2020 {
					to := c.do(http.StatusMovedPermanently, http.MethodGet, path, "").header.Get("Location")
					icon := c.as("").do(http.StatusOK, http.MethodGet, "^"+to, "")
					look(t, icon.body, 128, 128)
					icons[to] = true
					continue
				}
				a := c.do(http.StatusOK, http.MethodGet, path+"?width=32&height=64", "")
				look(t, a.body, 32, 64)
				icons[string(a.body)] = true
			}
		}
		if len(icons) < 7 {
			t.Errorf("%s: only %d different icons", name, len(icons))
		}
		c.do(http.StatusNotFound, http.MethodGet, "^/res/img/mime/nothing.png", "")
	}
}

func TestThumbnailSizes(t *testing.T) {
	for name, largest := range map[string]int{"2020": 128, "2026": 256} {
		srv := sandboxtest.New(t, dialect(dialects()[name]), files(60))
		c := call(t, srv)
		var id service.FileID
		for _, f := range srv.Files() {
			if f.MIME == "image/png" {
				id = f.ID
			}
		}
		for side := 16; side <= largest; side += 16 {
			a := c.do(http.StatusOK, http.MethodGet, thumbnailPath(id, side, 16), "")
			img, err := png.Decode(bytes.NewReader(a.body))
			if err != nil || img.Bounds().Dx() != side || img.Bounds().Dy() != 16 || sandbox.PictureID(img) != id {
				t.Errorf("%s: %d: %v", name, side, err)
			}
		}
		for _, bad := range []int{0, 1, 15, 17, -16, largest + 16, 1 << 30} {
			c.refused(http.StatusUnprocessableEntity, "string_out_of_range", http.MethodGet, thumbnailPath(id, bad, 16), "")
			c.refused(http.StatusUnprocessableEntity, "string_out_of_range", http.MethodGet, thumbnailPath(id, 16, bad), "")
		}
		c.refused(http.StatusUnprocessableEntity, "string_out_of_range", http.MethodGet, "/file/"+string(id)+"/thumbnail?width=", "")
	}
}

func TestMadeUpFilesHaveThumbnails(t *testing.T) {
	srv := sandboxtest.New(t, files(60), dialect(sandbox.Dialect2020))
	c := call(t, srv)
	pictures := 0
	for _, f := range srv.Files() {
		if !strings.HasPrefix(f.MIME, "image/") && !strings.HasPrefix(f.MIME, "video/") {
			c.do(http.StatusMovedPermanently, http.MethodGet, thumbnailPath(f.ID, 48, 48), "")
			continue
		}
		pictures++
		a := c.do(http.StatusOK, http.MethodGet, thumbnailPath(f.ID, 48, 48), "")
		img, err := png.Decode(bytes.NewReader(a.body))
		if err != nil || sandbox.PictureID(img) != f.ID {
			t.Errorf("%s: not its own picture, %v", f.ID, err)
		}
	}
	if pictures < 30 {
		t.Errorf("%d of 60 have a picture", pictures)
	}
}

func TestPagesShowWhatLinksPromise(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv).as("")
	a, b := call(t, srv).put("<b>Füße</b>.txt", "x"), call(t, srv).put("b", "y")
	album := call(t, srv).do(http.StatusCreated, http.MethodPost, "/list",
		fmt.Sprintf(`{"title":"<i>T</i>","files":[{"id":%q,"description":"<u>D</u>"},{"id":%q}]}`, a, b)).json(t)["id"]
	for path, wants := range map[string][]string{
		"^/":                         {srv.APIURL()},
		"^/u/" + string(a):           {"&lt;b&gt;Füße&lt;/b&gt;.txt", "/api/file/" + string(a) + "?download"},
		"^/u/" + string(a+","+b):     {"/api/file/" + string(a) + "?download", "/api/file/" + string(b) + "?download"},
		fmt.Sprintf("^/l/%s", album): {"&lt;i&gt;T&lt;/i&gt;", "&lt;u&gt;D&lt;/u&gt;", "/api/file/" + string(b) + "?download"},
		"^/user/api_keys":            {"Any API key"},
	} {
		page := c.do(http.StatusOK, http.MethodGet, path, "")
		for _, want := range wants {
			if !strings.Contains(string(page.body), want) {
				t.Errorf("%s lacks %s: %s", path, want, page.body)
			}
		}
	}
	for _, path := range []string{"^/u/missing0", "^/l/missing0", "^/nothing", "^/res/img/mime"} {
		c.do(http.StatusNotFound, http.MethodGet, path, "")
	}
	c.refused(http.StatusMethodNotAllowed, "method_not_allowed", http.MethodPost, "^/u/"+string(a), "")
}
