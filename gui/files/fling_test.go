package files

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"image"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/thumbnail"
)

// album is a hundred thousand pictures that are numbered.
type album int

func (n album) Len() int                { return int(n) }
func (n album) ID(i int) service.FileID { return service.FileID(strconv.Itoa(i)) }
func (n album) Name(i int) string       { return fmt.Sprintf("IMG_%d.jpg", i%100) }
func (n album) File(i int) service.File {
	return service.File{ID: n.ID(i), Name: n.Name(i), MIME: "image/jpeg", Size: int64(i % 10), Views: int64(i % 10)}
}

func (n album) Index(id service.FileID) int {
	i, err := strconv.Atoi(string(id))
	if err != nil || i >= int(n) {
		return -1
	}
	return i
}

// slowThumbs stands for the thumbnail loader and the service behind it, on the
// test's clock: so many requests at a time, each as long as the latency, and
// the news of a picture comes some time after it.
type slowThumbs struct {
	*future
	t       *testing.T
	news    func([]service.FileID)
	wanted  []service.FileID
	open    map[service.FileID]bool
	memory  map[service.FileID]*image.RGBA
	started map[service.FileID]bool
	most    int // wanted at a time
}

const (
	fakeRequests = 8
	fakeLatency  = 40 * time.Millisecond
	fakeMemory   = 400
)

func (s *slowThumbs) Get(id service.FileID, side int) (*image.RGBA, thumbnail.State) {
	if p := s.memory[id]; p != nil && p.Rect.Dx() == side {
		return p, thumbnail.Ready
	}
	return nil, thumbnail.Coming
}

func (s *slowThumbs) Want(side int, wanted []thumbnail.Wanted) {
	s.wanted = s.wanted[:0]
	for _, w := range wanted {
		if p := s.memory[w.File]; p == nil || p.Rect.Dx() != side {
			s.wanted = append(s.wanted, w.File)
		}
	}
	s.most = max(s.most, len(wanted))
	s.next(side)
}

func (s *slowThumbs) next(side int) {
	for len(s.open) < fakeRequests && len(s.wanted) > 0 {
		id := s.wanted[0]
		s.wanted = s.wanted[1:]
		if s.open[id] {
			continue
		}
		s.open[id], s.started[id] = true, true
		s.after(fakeLatency, func() {
			delete(s.open, id)
			if len(s.memory) >= fakeMemory {
				clear(s.memory)
			}
			s.memory[id] = numbered(id, side)
			s.after(25*time.Millisecond, func() { s.news([]service.FileID{id}) })
			s.next(side)
		})
	}
}

func code(id service.FileID) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return h.Sum64()
}

// numbered is a picture that tells the file it belongs to.
func numbered(id service.FileID, side int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, side, side))
	binary.LittleEndian.PutUint64(p.Pix, code(id))
	return p
}

// flinger scrolls, and watches what is shown and asked for.
type flinger struct {
	t       *testing.T
	now     func() time.Time
	pass    func(time.Duration)                    // lets time go by
	shows   func(*image.RGBA, service.FileID) bool // tells whether a picture is that file's
	started func() map[service.FileID]bool         // what was asked for
	tiles   *Tiles
	list    List
	since   []time.Time // when an item came into view, for those in view
	rested  []bool      // it was in view for a while
	passed  int         // items that were in view
	seen    []bool
	first   int
	end     int
}

// A tile was seen at rest when it was in view for so long.
const longEnough = 250 * time.Millisecond

// show opens a window with tiles to scroll.
func (f *flinger) show(cfg TilesConfig) {
	f.t.Helper()
	n := cfg.List.Len()
	f.list, f.since, f.rested, f.seen = cfg.List, make([]time.Time, n), make([]bool, n), make([]bool, n)
	cfg.Format, cfg.Now = kit.NewFormat("en", f.now, ""), f.now
	f.tiles = NewTiles(cfg)
	f.t.Cleanup(f.tiles.Close)
	w := test.NewTempWindow(f.t, f.tiles.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(972, 700))
}

// newFlinger scrolls through n pictures of a loader that is made up.
func newFlinger(t *testing.T, n int) (*flinger, *slowThumbs) {
	t.Helper()
	future := newFuture()
	thumbs := &slowThumbs{
		future: future, t: t, open: map[service.FileID]bool{},
		memory: map[service.FileID]*image.RGBA{}, started: map[service.FileID]bool{},
	}
	f := &flinger{
		t: t, now: future.now, pass: future.pass, started: func() map[service.FileID]bool { return thumbs.started },
		shows: func(p *image.RGBA, id service.FileID) bool { return binary.LittleEndian.Uint64(p.Pix) == code(id) },
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	f.show(TilesConfig{List: album(n), Thumbs: thumbs, After: future.after, OnMain: func(do func()) { do() }})
	thumbs.news = f.tiles.Changed
	return f, thumbs
}

// frame scrolls by so much and lets a sixtieth of a second pass.
func (f *flinger) frame(by float64) {
	if by != 0 {
		f.tiles.grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: float32(-by)}})
	}
	f.pass(time.Second / 60)
	f.watch()
}

func (f *flinger) watch() {
	f.t.Helper()
	first, end := f.tiles.grid.InView()
	for i := first; i < end; i++ {
		if i < f.first || i >= f.end {
			f.since[i] = f.now()
		}
		if !f.seen[i] {
			f.seen[i] = true
			f.passed++
		}
		if f.now().Sub(f.since[i]) >= longEnough {
			f.rested[i] = true
		}
	}
	f.first, f.end = first, end
	f.check()
}

// check looks at every tile in view: it is where its file belongs, and if it
// shows a picture that is its file's.
func (f *flinger) check() int {
	f.t.Helper()
	pictures := 0
	for _, o := range test.WidgetRenderer(f.tiles.grid).Objects() {
		tile, ok := o.(*tile)
		if !ok {
			continue
		}
		middle := tile.Position().AddXY(tile.Size().Width/2, tile.Size().Height/2)
		if i := f.tiles.grid.ItemAt(middle); i >= 0 && f.list.ID(i) != tile.id {
			f.t.Fatalf("where %d belongs there is %s", i, tile.id)
		}
		if tile.picture.Hidden {
			continue
		}
		pictures++
		p, ok := tile.picture.Image.(*image.RGBA)
		if !ok || !f.shows(p, tile.id) {
			f.t.Fatalf("%s shows another file's picture", tile.id)
		}
		if want := tile.picture.Size().Width; float32(p.Rect.Dx()) != want {
			f.t.Fatalf("a picture of %d pixels is scaled to %v", p.Rect.Dx(), want)
		}
	}
	return pictures
}

// wasted is how many were asked for and never shown at rest.
func (f *flinger) wasted() int {
	n := 0
	for id := range f.started() {
		if !f.rested[f.list.Index(id)] {
			n++
		}
	}
	return n
}

// fling scrolls from end to end: pushes that run out, so strong at most, in
// between a moment of rest, sometimes a slow look, sometimes back again.
func (f *flinger) fling(r *rand.Rand, strongest float64) {
	f.t.Helper()
	for range 60 {
		f.frame(0)
	}
	bottom := f.tiles.grid.Height() - 700
	for f.tiles.grid.Offset() < bottom {
		way := 1.0
		if r.IntN(8) == 0 {
			way = -1
		}
		for speed := 200 + r.Float64()*strongest; speed > 8; speed *= 0.95 {
			f.frame(way * speed)
		}
		switch r.IntN(4) {
		case 0: // on at once
		case 1: // slowly
			for range 60 {
				f.frame(2)
			}
		default:
			for range 15 + r.IntN(30) {
				f.frame(0)
			}
		}
	}
	for range 60 {
		f.frame(0)
	}
}

// judge fails the test where too much was asked for, or a picture is missing.
func (f *flinger) judge(leastPassed int) {
	f.t.Helper()
	wasted := f.wasted()
	f.t.Logf("passed %d, asked for %d, of these never shown at rest %d (%.2f %%)",
		f.passed, len(f.started()), wasted, 100*float64(wasted)/float64(f.passed))
	if f.passed < leastPassed {
		f.t.Errorf("only %d tiles were passed", f.passed)
	}
	if wasted*20 > f.passed {
		f.t.Errorf("%d requests for tiles that were never shown at rest, of %d passed", wasted, f.passed)
	}
	if first, end := f.tiles.grid.InView(); end != f.list.Len() || f.check() < end-first {
		f.t.Errorf("at the end, %d of %d tiles have pictures", f.check(), end-first)
	}
}

func TestFlingOver100000(t *testing.T) {
	f, thumbs := newFlinger(t, 100_000)
	f.fling(rand.New(rand.NewPCG(1, 2)), 2000)
	f.judge(40_000)
	if thumbs.most > 200 {
		t.Errorf("%d pictures were wanted at a time", thumbs.most)
	}
}

// A steady wheel that never rests asks for nothing at all on its way.
func TestSteadyScrollAsksForNothing(t *testing.T) {
	f, _ := newFlinger(t, 100_000)
	for range 30 {
		f.frame(0)
	}
	before := len(f.started())
	for range 1500 {
		f.frame(60)
	}
	if got := len(f.started()); got > before {
		t.Errorf("while scrolling, %d pictures were asked for", got-before)
	}
	for range 60 {
		f.frame(0)
	}
	if first, end := f.tiles.grid.InView(); f.check() < end-first {
		t.Errorf("at rest %d of %d tiles have pictures", f.check(), end-first)
	}
}
