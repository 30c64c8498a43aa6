//go:build bench

// Command scrollwindow opens a window with grids of files in it, one after the
// other, scrolls them, and writes what a step costs the interface goroutine: a
// JSON object a line.
package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sluice/gui"
	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/bench/figure"
	"sluice/service/thumbnail"
)

const (
	stepBy  = 60 // px
	side    = int(files.DefaultPicture)
	turns   = 8  // of every grid
	warm    = 10 // steps of a turn that don't count: textures are new
	counted = 50
	watch   = 30 * time.Millisecond // after a step: more than one frame
	probes  = 500 * time.Microsecond
)

// Figures are what steps of one grid took, in milliseconds: the medians.
type Figures struct {
	Grid  string
	Items int
	// Place is what the step itself took, Frame how long the goroutine was held
	// by the drawing that followed, Whole both of them, and CPU the processor time
	// of its thread for both.
	Place, Frame, Whole, CPU float64
	Worst                    float64 // of Whole: 95 of 100 were quicker
	Ours                     bool    // the tiles of the Files screen, scrolled
	Bare                     bool    // a window with nothing in it, drawn anew
}

func main() {
	if err := gui.LoadTranslations(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	a := app.NewWithID("io.github.sluice.ScrollWindow")
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceLight))
	w := a.NewWindow("Scrolling")
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1180, 760))
	a.Lifecycle().SetOnStarted(func() {
		go func() {
			err := measure(w)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			fyne.Do(a.Quit)
		}()
	})
	w.ShowAndRun()
}

// measure lets all grids take turns, so that whatever else the computer does
// slows all of them.
func measure(w fyne.Window) error {
	var all []*scroller
	fyne.DoAndWait(func() {
		all = append(all, still(), bare())
		for _, n := range []int{1000, 100_000, 1_000_000} {
			all = append(all, tiles(n), plainWrap(n))
		}
	})
	for range turns {
		for _, s := range all {
			if err := s.turn(w); err != nil {
				return err
			}
		}
	}
	out := json.NewEncoder(os.Stdout)
	for _, s := range all {
		if err := out.Encode(s.figures()); err != nil {
			return err
		}
	}
	return nil
}

// scroller is a grid that can be scrolled.
type scroller struct {
	name   string
	items  int
	ours   bool
	bare   bool
	object fyne.CanvasObject
	begin  func() // goes to the middle
	step   func(by float32)
	took   []sample
}

type sample struct{ place, frame, cpu time.Duration }

// turn shows the grid and makes steps, up and down.
func (s *scroller) turn(w fyne.Window) error {
	fyne.DoAndWait(func() {
		w.SetContent(s.object)
		s.begin()
	})
	for n := range warm + counted {
		by := float32(stepBy)
		if n%30 >= 15 {
			by = -by
		}
		took, err := s.take(by)
		if err != nil {
			return err
		}
		if n >= warm {
			s.took = append(s.took, took)
		}
	}
	return nil
}

// take makes a step and watches how long the goroutine can do nothing else.
func (s *scroller) take(by float32) (took sample, err error) {
	var before, after time.Duration
	var failed error
	fyne.DoAndWait(func() {
		before, err = figure.ThreadTime()
		began := time.Now()
		s.step(by)
		took.place = time.Since(began)
	})
	pause := time.NewTicker(probes)
	defer pause.Stop()
	for end := time.Now().Add(watch); time.Now().Before(end); <-pause.C {
		asked := time.Now()
		fyne.DoAndWait(func() {})
		took.frame = max(took.frame, time.Since(asked))
	}
	fyne.DoAndWait(func() { after, failed = figure.ThreadTime() })
	if err == nil {
		err = failed
	}
	took.cpu = after - before
	return took, err
}

func (s *scroller) figures() Figures {
	of := func(value func(sample) time.Duration) []time.Duration {
		all := make([]time.Duration, len(s.took))
		for i, t := range s.took {
			all[i] = value(t)
		}
		slices.Sort(all)
		return all
	}
	middle := func(all []time.Duration) float64 { return figure.Milliseconds(figure.Median(all)) }
	whole := of(func(t sample) time.Duration { return t.place + t.frame })
	return Figures{
		Grid: s.name, Items: s.items, Ours: s.ours, Bare: s.bare,
		Place: middle(of(func(t sample) time.Duration { return t.place })),
		Frame: middle(of(func(t sample) time.Duration { return t.frame })),
		CPU:   middle(of(func(t sample) time.Duration { return t.cpu })),
		Whole: middle(whole), Worst: figure.Milliseconds(whole[len(whole)*95/100]),
	}
}

// album is a list of any length that needs no memory, and a picture for each.
type album struct {
	items    int
	pictures []*image.RGBA
}

func newAlbum(n int) *album {
	a := &album{items: n}
	for i := range 64 {
		p := image.NewRGBA(image.Rect(0, 0, side, side))
		draw.Draw(p, p.Rect, image.NewUniform(color.NRGBA{R: byte(i * 4), G: 128, B: byte(255 - i*4), A: 255}), image.Point{}, draw.Src)
		a.pictures = append(a.pictures, p)
	}
	return a
}

func (a *album) Len() int                { return a.items }
func (a *album) ID(i int) service.FileID { return service.FileID(fmt.Sprintf("%08x", i)) }
func (a *album) Name(i int) string       { return fmt.Sprintf("IMG_%07d with a longer name.jpeg", i) }

func (a *album) File(i int) service.File {
	return service.File{ID: a.ID(i), Name: a.Name(i), Size: int64(i%1000) * 12_345, Views: int64(i % 500), MIME: "image/jpeg"}
}

func (a *album) Index(id service.FileID) int {
	var i int
	if _, err := fmt.Sscanf(string(id), "%x", &i); err != nil {
		return -1
	}
	return i
}

// Want does nothing: all pictures are there.
func (a *album) Want(int, []thumbnail.Wanted) {}

// Get gives the picture.
func (a *album) Get(id service.FileID, _ int) (*image.RGBA, thumbnail.State) {
	return a.pictures[a.Index(id)%len(a.pictures)], thumbnail.Ready
}

// tiles are those of the Files screen: picture, name, and facts.
func tiles(n int) *scroller {
	a := newAlbum(n)
	t := files.NewTiles(files.TilesConfig{
		List: a, Thumbs: a, Format: kit.NewFormat("en", time.Now, ""), Now: time.Now, OnMain: fyne.Do,
	})
	grid := t.Object().(*kit.Grid)
	return &scroller{
		name: "tiles of the Files screen", items: n, object: grid, ours: true,
		begin: func() { grid.ScrollTo(n / 2) },
		step:  func(by float32) { grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -by}}) },
	}
}

// still is a grid that is not scrolled: what the measuring costs.
func still() *scroller {
	s := tiles(1000)
	s.name, s.ours, s.step = "tiles that stand still", false, func(float32) {}
	return s
}

// bare is a window that is drawn anew with nothing but its background: what a
// frame costs whatever is in it.
func bare() *scroller {
	back := canvas.NewRectangle(color.NRGBA{R: 240, G: 240, B: 240, A: 255})
	return &scroller{
		name: "a background that is drawn anew", object: back, bare: true, begin: func() {},
		step: func(float32) { back.Refresh() },
	}
}

// plainWrap is Fyne's grid with a picture and a name.
func plainWrap(n int) *scroller {
	a := newAlbum(n)
	w := widget.NewGridWrap(func() int { return n }, func() fyne.CanvasObject {
		p := &canvas.Image{ScaleMode: canvas.ImageScaleFastest, Image: a.pictures[0]}
		p.SetMinSize(fyne.NewSquareSize(float32(side)))
		label := widget.NewLabel("")
		label.Truncation = fyne.TextTruncateEllipsis
		return container.NewBorder(nil, label, nil, nil, p)
	}, func(i int, o fyne.CanvasObject) {
		p := o.(*fyne.Container).Objects[0].(*canvas.Image)
		p.Image = a.pictures[i%len(a.pictures)]
		p.Refresh()
		o.(*fyne.Container).Objects[1].(*widget.Label).SetText(a.Name(i))
	})
	return &scroller{
		name: "GridWrap with image and label", items: n, object: w,
		begin: func() { w.ScrollTo(n / 2) },
		step:  func(by float32) { w.ScrollToOffset(w.GetScrollOffset() + by) },
	}
}
