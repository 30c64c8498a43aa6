package thumbnail_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/thumbnail"
)

func TestWhichFilesCanHaveThumbnails(t *testing.T) {
	for _, c := range []struct {
		mime, name string
		want       bool
	}{
		{"image/jpeg", "", true},
		{"image/png; charset=binary", "x.txt", true},
		{"IMAGE/GIF", "", true},
		{"image/heic", "", true},
		{"video/mp4", "", true},
		{"image/svg+xml", "", false},
		{"image/vnd.adobe.photoshop", "", false},
		{"image/x-psd", "", false},
		{"audio/mpeg", "", false},
		{"application/pdf", "x.jpg", false},
		{"text/plain", "", false},
		{"", "photo.JPG", true},
		{"", "film.mkv", true},
		{"", "archive.zip", false},
		{"", "", false},
	} {
		if got := thumbnail.Possible(c.mime, c.name); got != c.want {
			t.Errorf("%q, %q: %v", c.mime, c.name, got)
		}
	}
}

func encodePNG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// fixed answers every request with the same bytes.
func fixed(data []byte) *fake {
	return &fake{answer: func(context.Context, service.FileID, int) (*pixeldrain.Thumbnail, error) {
		return &pixeldrain.Thumbnail{Data: data, MIME: "image/png"}, nil
	}}
}

func TestAPhotoCutToAShapeIsAnIcon(t *testing.T) {
	sign := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(sign, image.Rect(10, 4, 50, 60), image.NewUniform(color.White), image.Point{}, draw.Src)
	sign.SetNRGBA(49, 4, color.NRGBA{})
	w := start(t, thumbnail.Config{})
	w.Use(fixed(encodePNG(t, sign)))
	wanted := []thumbnail.Wanted{{File: "photo", MIME: "image/jpeg"}, {File: "drawing", MIME: "image/png"}, {File: "film", MIME: "video/webm"}}
	w.Want(50, wanted)
	w.awaitAll(t, 50, wanted)
	for i, want := range []thumbnail.State{thumbnail.None, thumbnail.Ready, thumbnail.None} {
		if _, got := w.Get(wanted[i].File, 50); got != want {
			t.Errorf("%s: %s, want %s", wanted[i].File, got, want)
		}
	}
}

func TestBandsAroundAPhotoAreCutOff(t *testing.T) {
	banded := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(banded, image.Rect(0, 16, 64, 48), image.NewUniform(color.White), image.Point{}, draw.Src)
	banded.SetNRGBA(30, 30, color.NRGBA{0, 0, 0, 255})
	w := start(t, thumbnail.Config{})
	w.Use(fixed(encodePNG(t, banded)))
	wanted := []thumbnail.Wanted{{File: "photo", MIME: "image/jpeg"}}
	w.Want(50, wanted)
	w.awaitAll(t, 50, wanted)
	if img, _ := w.Get("photo", 50); img == nil || !img.Opaque() {
		t.Error("the bands are still there")
	}
}

func TestTwoBlackFilmsAreNoIcons(t *testing.T) {
	black := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(black, black.Rect, image.NewUniform(color.Black), image.Point{}, draw.Src)
	w := start(t, thumbnail.Config{})
	w.Use(fixed(encodePNG(t, black)))
	wanted := photos(5)
	w.Want(50, wanted)
	w.awaitAll(t, 50, wanted)
	if got := w.states(50, wanted)[thumbnail.Ready]; got != 5 {
		t.Errorf("%d of 5 are shown", got)
	}
}

// The service may still be at work on the thumbnail of a fresh file.
func TestAFreshFileIsAskedForAgainSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(context.Context, service.FileID, int) (*pixeldrain.Thumbnail, error) {
			return &pixeldrain.Thumbnail{Data: []byte("<svg/>"), MIME: "image/svg+xml", Icon: true}, nil
		}}
		w := start(t, thumbnail.Config{})
		defer w.Close()
		w.Use(f)
		wanted := photos(2)
		wanted[0].Uploaded = time.Now().Add(-time.Minute)
		wanted[1].Uploaded = time.Now().Add(-48 * time.Hour)
		for range 10 {
			w.Want(50, wanted)
			w.awaitAll(t, 50, wanted)
			w.Want(50, nil)
			elapse(time.Minute)
		}
		n := map[service.FileID]int{}
		for _, a := range f.asks() {
			n[a.file]++
		}
		if n[wanted[0].File] != 2 || n[wanted[1].File] != 1 {
			t.Errorf("requests: %v", n)
		}
	})
}

func TestAnAnswerThatNeverComesHoldsUpNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		answer := f.answer
		f.answer = func(ctx context.Context, id service.FileID, side int) (*pixeldrain.Thumbnail, error) {
			if id == "photo0" {
				<-ctx.Done()
				return nil, &service.Error{Op: "get thumbnail", Err: ctx.Err()}
			}
			return answer(ctx, id, side)
		}
		w := start(t, thumbnail.Config{Fetchers: 1})
		defer w.Close()
		w.Use(f)
		w.patience = time.Hour
		begun := time.Now()
		w.Want(50, photos(5))
		w.awaitAll(t, 50, photos(5))
		if got := w.states(50, photos(5))[thumbnail.Ready]; got != 4 || time.Since(begun) > time.Minute {
			t.Errorf("%d pictures after %v", got, time.Since(begun))
		}
	})
}
