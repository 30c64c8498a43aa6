package files

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/thumbnail"
	"sluice/storage/thumbs"
)

// drawn is an album whose files have thumbnails that can be told apart.
type drawn struct{ album }

func (d drawn) File(i int) service.File {
	f := d.album.File(i)
	f.MIME = "image/png" // of one colour: the number
	return f
}

func colorOf(i int) color.RGBA {
	return color.RGBA{R: byte(i), G: byte(i >> 8), B: byte(i >> 16), A: 255}
}

// farService answers after the latency with the picture of a file.
type farService struct {
	list drawn

	mu      sync.Mutex
	started map[service.FileID]bool
}

func (*farService) APIURL() string { return "https://far.example/api" }

func (s *farService) Thumbnail(ctx context.Context, id service.FileID, _, _ int) (*pixeldrain.Thumbnail, error) {
	s.mu.Lock()
	s.started[id] = true
	s.mu.Unlock()
	select {
	case <-time.After(fakeLatency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{colorOf(s.list.Index(id))})
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		return nil, err
	}
	return &pixeldrain.Thumbnail{Data: b.Bytes()}, nil
}

// interfaceGoroutine runs functions on the goroutine that lets time pass.
type interfaceGoroutine chan func()

func (g interfaceGoroutine) do(f func()) { g <- f }

func (g interfaceGoroutine) pass(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case f := <-g:
			f()
		case <-timer.C:
			return
		}
	}
}

// The same with the real loader and a disk: what it asks the service for, and
// which pictures come to which tiles.
func TestFlingWithTheLoader(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk, err := thumbs.Open(t.Context(), thumbs.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		list := drawn{100_000}
		far := &farService{list: list, started: map[service.FileID]bool{}}
		main := make(interfaceGoroutine, 1000)
		var f flinger
		loader := thumbnail.New(thumbnail.Config{Disk: disk, OnReady: func(ids []service.FileID) {
			main.do(func() { f.tiles.Changed(ids) })
		}})
		f = flinger{
			t: t, now: time.Now, pass: main.pass,
			shows: func(p *image.RGBA, id service.FileID) bool {
				return p.RGBAAt(p.Rect.Dx()/2, 3) == colorOf(list.Index(id))
			},
			started: func() map[service.FileID]bool {
				far.mu.Lock()
				defer far.mu.Unlock()
				return maps.Clone(far.started)
			},
		}
		f.show(TilesConfig{List: list, Thumbs: loader, OnMain: main.do})
		loader.Use(far)
		f.fling(rand.New(rand.NewPCG(3, 4)), 9000)
		f.judge(40_000)
		loader.Close()
		if err := disk.Close(); err != nil {
			t.Error(err)
		}
	})
}
