package files

import (
	"fmt"
	"image"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
	"sluice/service/thumbnail"
)

// samePicture is the same picture for every file.
type samePicture struct{ picture *image.RGBA }

func (s samePicture) Want(int, []thumbnail.Wanted) {}
func (s samePicture) Get(service.FileID, int) (*image.RGBA, thumbnail.State) {
	return s.picture, thumbnail.Ready
}

// endless is a list of any length that needs no memory.
type endless int

func (n endless) Len() int                { return int(n) }
func (n endless) ID(i int) service.FileID { return service.FileID(fmt.Sprintf("%08x", i)) }
func (n endless) Name(i int) string       { return fmt.Sprintf("IMG_%07d with a longer name.jpeg", i) }

func (n endless) File(i int) service.File {
	return service.File{ID: n.ID(i), Name: n.Name(i), Size: int64(i%1000) * 12_345, Views: int64(i % 500), MIME: "image/jpeg"}
}

func (n endless) Index(id service.FileID) int {
	var i int
	if _, err := fmt.Sscanf(string(id), "%x", &i); err != nil {
		return -1
	}
	return i
}

// stepper is a grid of any kind in a window of 1280 × 800 that can be scrolled.
type stepper struct {
	name string
	step func(by float32)
	took []time.Duration
}

func benchWindow(b *testing.B, o fyne.CanvasObject) {
	b.Helper()
	a := test.NewTempApp(b)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	w := test.NewTempWindow(b, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1280, 800))
}

// ourTiles are the tiles of the Files screen: picture, name, and facts.
func ourTiles(b *testing.B, n int) *stepper {
	b.Helper()
	s, _ := ours(b, n, "tiles")
	return s
}

func ours(b *testing.B, n int, name string) (*stepper, *Tiles) {
	b.Helper()
	t := NewTiles(TilesConfig{
		List: endless(n), Format: kit.NewFormat("en", time.Now, ""), Now: time.Now, OnMain: func(func()) {},
		Thumbs: samePicture{image.NewRGBA(image.Rect(0, 0, 108, 108))},
	})
	b.Cleanup(t.Close)
	benchWindow(b, t.Object())
	t.grid.ScrollTo(n / 2)
	return &stepper{name: fmt.Sprintf("%s-%d", name, n), step: func(by float32) {
		t.grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: by}})
	}}, t
}

// ourTable is the table of the Files screen: picture, name, and five columns.
func ourTable(b *testing.B, n int) *stepper {
	b.Helper()
	s, t := ours(b, n, "table")
	t.SetView(settings.FilesTable)
	t.grid.ScrollTo(n / 2)
	return s
}

// plainWrap is Fyne's grid with a picture and a name.
func plainWrap(b *testing.B, n int) *stepper {
	b.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 108, 108))
	w := widget.NewGridWrap(func() int { return n }, func() fyne.CanvasObject {
		p := &canvas.Image{ScaleMode: canvas.ImageScaleFastest, Image: picture}
		p.SetMinSize(fyne.NewSquareSize(108))
		label := widget.NewLabel("")
		label.Truncation = fyne.TextTruncateEllipsis
		return container.NewBorder(nil, label, nil, nil, p)
	}, func(i int, o fyne.CanvasObject) {
		o.(*fyne.Container).Objects[0].(*canvas.Image).Image = picture
		o.(*fyne.Container).Objects[0].Refresh()
		o.(*fyne.Container).Objects[1].(*widget.Label).SetText(endless(n).Name(i))
	})
	benchWindow(b, w)
	w.ScrollTo(n / 2)
	at := w.GetScrollOffset()
	return &stepper{name: fmt.Sprintf("gridwrap-%d", n), step: func(by float32) {
		at -= by
		w.ScrollToOffset(at)
	}}
}

// One step of 60 px on the interface goroutine, down and up again over names
// seen for the first time as for the tenth. All take their steps in turn, so that
// whatever else the computer does slows all of them; what is reported is the
// mean without the slowest twentieth, in which something else had its turn.
func BenchmarkScrollStep(b *testing.B) {
	var all []*stepper
	for _, n := range []int{1000, 100_000, 1_000_000} {
		all = append(all, ourTiles(b, n), ourTable(b, n), plainWrap(b, n))
	}
	const there = 60 // steps one way
	n := 0
	round := func() {
		for k := range all {
			g := all[(n+k)%len(all)] // nobody is always the first
			start := time.Now()
			g.step([]float32{-60, 60}[n/there%2])
			g.took = append(g.took, time.Since(start))
		}
		n++
	}
	for range 2 * there {
		round()
	}
	for _, g := range all {
		g.took = g.took[:0]
	}
	for b.Loop() {
		round()
	}
	for _, g := range all {
		slices.Sort(g.took)
		sum, kept := time.Duration(0), g.took[:max(1, len(g.took)*19/20)]
		for _, d := range kept {
			sum += d
		}
		b.ReportMetric(float64(sum.Microseconds())/float64(len(kept)), g.name+"-µs")
	}
}

func BenchmarkTileShow(b *testing.B) {
	a := test.NewTempApp(b)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	t := newTile(newTileLook(kit.NewFormat("en", time.Now, "")))
	test.NewTempWindow(b, t)
	picture := image.NewRGBA(image.Rect(0, 0, 108, 108))
	list := endless(1 << 30)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		f := list.File(i % 5000)
		t.show(&f, "", picture)
		i++
	}
}

func BenchmarkFacts(b *testing.B) {
	format := kit.NewFormat("en", time.Now, "")
	f := service.File{Size: 1_400_000, Views: 202}
	b.ReportAllocs()
	for b.Loop() {
		Facts(format, &f)
	}
}
