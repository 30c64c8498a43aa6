package pixeldrain

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"sluice/service"
)

func picture(t *testing.T, encode func(io.Writer, image.Image) error, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestThumbnail(t *testing.T) {
	asJPEG := func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }
	asGIF := func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) }
	for name, c := range map[string]struct {
		data []byte
		mime string
		icon bool
	}{
		"png":         {picture(t, png.Encode, 64, 48), "image/png", false},
		"jpeg":        {picture(t, asJPEG, 64, 64), "image/jpeg", false},
		"gif":         {picture(t, asGIF, 10, 10), "image/gif", false},
		"large":       {picture(t, png.Encode, 128, 128), "image/png", true},
		"tall":        {picture(t, png.Encode, 64, 65), "image/png", true},
		"svg":         {[]byte(" <svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml", true},
		"svg and xml": {[]byte("<?xml version='1.0'?><!-- x --><svg/>"), "image/svg+xml", true},
		"webp":        {[]byte("RIFF\x24\x00\x00\x00WEBPVP8 whatever"), "image/webp", false},
	} {
		t.Run(name, func(t *testing.T) {
			cl := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mustEqual(t, "request", r.RequestURI, "/api/file/abc/thumbnail?height=64&width=64")
				w.Header().Set("Content-Type", "application/octet-stream") // told by the content
				_, _ = w.Write(c.data)
			})
			got, err := cl.Thumbnail(t.Context(), "abc", 64, 64)
			if err != nil {
				t.Fatal(err)
			}
			mustEqual(t, "thumbnail", got.MIME, c.mime)
			mustEqual(t, "icon", got.Icon, c.icon)
			mustEqual(t, "data", string(got.Data), string(c.data))
		})
	}
}

func TestThumbnailRedirects(t *testing.T) {
	icon := picture(t, png.Encode, 16, 16)
	other, asked := elsewhere(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(icon) })
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other+"/icon.png", http.StatusMovedPermanently)
	})
	for range 2 {
		got, err := c.Thumbnail(t.Context(), "abc", 0, 0)
		if err != nil || !got.Icon || !bytes.Equal(got.Data, icon) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	mustEqual(t, "asked there", asked.Load(), 2)
}

func TestThumbnailSizes(t *testing.T) {
	var asked []string
	small := picture(t, png.Encode, 128, 128)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		if strings.Contains(r.URL.RawQuery, "256") {
			answerJSON(w, http.StatusUnprocessableEntity, `{"success":false,"value":"string_out_of_range"}`)
			return
		}
		_, _ = w.Write(small)
	})
	for _, size := range [][2]int{{-16, 16}, {16, -1}, {1, 1}, {100, 96}, {96, 100}, {272, 16}, {16, 1 << 30}} {
		_, err := c.Thumbnail(t.Context(), "abc", size[0], size[1])
		want(t, err, service.Invalid, service.ReasonThumbnailSize)
	}
	for _, size := range [][2]int{{0, 0}, {16, 0}, {256, 256}, {256, 128}} {
		if _, err := c.Thumbnail(t.Context(), "abc", size[0], size[1]); err != nil {
			t.Error(err)
		}
	}
	mustEqual(t, "asked", strings.Join(asked, " "),
		" width=16 height=256&width=256 height=128&width=128 height=128&width=128")
}

func TestThumbnailStrange(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		kind   service.Kind
		reason string
	}{
		"page":  {"<html><p>log in", service.Server, service.ReasonHTML},
		"text":  {"no picture", service.Internal, service.ReasonBadAnswer},
		"empty": {"", service.Server, service.ReasonEmptyAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.text) }).Thumbnail(t.Context(), "a", 16, 16)
			want(t, err, c.kind, c.reason)
		})
	}
}
