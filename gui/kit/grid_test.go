package kit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"pgregory.net/rapid"
)

// plate is a tile that knows what it shows.
type plate struct {
	widget.BaseWidget
	key    string
	marked bool
}

func (p *plate) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}

// shop is a source of items named by their numbers.
type shop struct {
	keys    []string
	cursor  int
	updates int
	made    int
	heard   []string
	views   [][3]int
	moved   float64
	steps   []BandStep
}

func numbers(n int) *shop {
	s := &shop{keys: make([]string, n), cursor: -1}
	for i := range s.keys {
		s.keys[i] = strconv.Itoa(i)
	}
	return s
}

func (s *shop) hear(format string, args ...any) {
	s.heard = append(s.heard, fmt.Sprintf(format, args...))
}

func (s *shop) source() GridSource {
	return GridSource{
		Count: func() int { return len(s.keys) },
		Key:   func(i int) string { return s.keys[i] },
		Index: func(key string) int { return slices.Index(s.keys, key) },
		New: func() fyne.CanvasObject {
			s.made++
			p := &plate{}
			p.ExtendBaseWidget(p)
			return p
		},
		Update: func(i int, tile fyne.CanvasObject) {
			s.updates++
			tile.(*plate).key = s.keys[i]
		},
		Mark:   func(i int, tile fyne.CanvasObject) { tile.(*plate).marked = i == s.cursor },
		Cursor: func() int { return s.cursor },
		Go: func(i int, held fyne.KeyModifier) {
			s.cursor = i
			s.hear("go %d %d", i, held)
		},
		Press:    func(i int, held fyne.KeyModifier) { s.hear("press %d %d", i, held) },
		Open:     func(i int) { s.hear("open %d", i) },
		Menu:     func(i int, at fyne.Position) { s.hear("menu %d %v", i, at) },
		Band:     func(b BandStep) { s.steps = append(s.steps, b) },
		Typed:    func(e *fyne.KeyEvent) { s.hear("typed %s", e.Name) },
		Rune:     func(r rune) { s.hear("rune %c", r) },
		Shortcut: func(c fyne.Shortcut) bool { s.hear("shortcut %s", c.ShortcutName()); return true },
		Scrolled: func(_, by float64) { s.moved += by },
		Zoom:     func(steps float32) { s.hear("zoom %v", steps) },
		Visible:  func(first, end, way int) { s.views = append(s.views, [3]int{first, end, way}) },
	}
}

// A view for five columns of 100 × 120 tiles and 3½ rows.
func gridWindow(t *testing.T, s *shop) *Grid {
	t.Helper()
	g := NewGrid(s.source(), fyne.NewSize(100, 120))
	window(t, g, fyne.NewSize(560+gridBarRoom, 462))
	return g
}

// inView maps the keys of tiles that can be seen to their tops.
func inView(t *testing.T, g *Grid) map[string]float32 {
	t.Helper()
	seen := map[string]float32{}
	for _, o := range g.objects {
		p, ok := o.(*plate)
		if !ok {
			continue
		}
		top := p.Position().Y
		if top >= g.Size().Height || top+p.Size().Height <= 0 {
			continue
		}
		if _, twice := seen[p.key]; twice {
			t.Fatalf("%s is shown twice", p.key)
		}
		seen[p.key] = top
	}
	return seen
}

func TestGridShowsWhatIsInView(t *testing.T) {
	s := numbers(10_000)
	g := gridWindow(t, s)
	if got := inView(t, g); len(got) != 20 || got["0"] != 0 || got["19"] != 396 || g.Columns() != 5 {
		t.Fatalf("in view: %v", got)
	}
	last := g.shelf.shown[4].obj
	if right := last.Position().X + 100; right != 560 {
		t.Errorf("the row ends at %v, want at the bar", right)
	}
	g.ScrollTo(9_999)
	if got := inView(t, g); got["9999"] != 342 || got["9984"] == 0 {
		t.Errorf("at the end: %v", got)
	}
	if s.made > 25 {
		t.Errorf("%d tiles were made", s.made)
	}
	if v := s.views; v[len(v)-2] != [3]int{0, 20, 0} || v[len(v)-1] != [3]int{9980, 10_000, 1} {
		t.Errorf("visible: %v", v)
	}
	g.ScrollTo(5000)
	if v := s.views[len(s.views)-1]; v[2] != -1 || v[0] != 5000 || inView(t, g)["5000"] != 0 {
		t.Errorf("visible: %v", v)
	}
}

// In float32 a million tiles cannot be scrolled by a pixel: 2 is the least step
// at 24 million.
func TestGridKeepsPixelsAtAMillionItems(t *testing.T) {
	s := numbers(1_000_000)
	g := gridWindow(t, s)
	g.ScrollToOffset(g.Height())
	if g.Offset() < 1<<24 {
		t.Fatalf("the end is at %v, want where float32 has no pixels", g.Offset())
	}
	for range 300 {
		before := g.Offset()
		tops := inView(t, g)
		g.ScrollToOffset(before - 1)
		for key, top := range inView(t, g) {
			if old, ok := tops[key]; ok && top != old+1 {
				t.Fatalf("one up from %v, tile %s went from %v to %v", before, key, old, top)
			}
		}
	}
	g.ScrollToOffset(20_000_000)
	for range 1000 { // a slow touch pad
		g.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -0.125}})
	}
	if got := g.Offset(); got != 20_000_125 {
		t.Errorf("a thousand steps of 1/8 went from 20000000 to %v", got)
	}
	g.ScrollToOffset(g.Height())
	if bottom := inView(t, g)["999999"] + 120; bottom != 462 {
		t.Errorf("the last tile ends at %v of 462", bottom)
	}
}

func TestGridStepCostsTheSameAtEverySize(t *testing.T) {
	updates := map[int]int{}
	for _, n := range []int{1000, 100_000, 1_000_000} {
		s := numbers(n)
		g := gridWindow(t, s)
		way := 60.0
		step := func() {
			if o := g.Offset(); o+way > g.shape.limit() || o+way < 0 {
				way = -way
			}
			g.ScrollToOffset(g.Offset() + way)
		}
		for range 400 {
			step()
		}
		s.views = make([][3]int, 0, 10_000)
		if a := testing.AllocsPerRun(200, step); a != 0 {
			t.Errorf("with %d items a step allocates %v times", n, a)
		}
		s.updates = 0
		for range 200 {
			step()
		}
		updates[n] = s.updates
		if s.made > 25 {
			t.Errorf("with %d items %d tiles were made", n, s.made)
		}
	}
	if updates[100_000] != updates[1_000_000] || updates[100_000] > 200*60/132*5+25 {
		t.Errorf("tiles filled in 200 steps: %v", updates)
	}
}

func TestGridStaysWhereItIs(t *testing.T) {
	s := numbers(1000)
	g := gridWindow(t, s)
	g.ScrollToOffset(1000)
	first, _ := g.InView()
	key := s.keys[first]
	top := inView(t, g)[key]
	s.moved = 0
	s.keys = append([]string{"a", "b", "c", "d", "e"}, s.keys...) // a row more above
	g.Reset()
	if got, ok := inView(t, g)[key]; !ok || got != top {
		t.Errorf("%s was at %v and is at %v", key, top, got)
	}
	if g.Offset() != 1132 || s.moved != 0 {
		t.Errorf("the offset is %v, and the view is told to have moved by %v", g.Offset(), s.moved)
	}
	s.keys = slices.DeleteFunc(s.keys, func(k string) bool { return k == key })
	next := g.shelf.shown[1].key
	g.Reset()
	if got, ok := inView(t, g)[next]; !ok || got != top {
		t.Errorf("without the first one, %s is at %v", next, got)
	}
	g.ScrollToOffset(0)
	s.keys = append([]string{"new"}, s.keys...)
	g.Reset()
	if got, ok := inView(t, g)["new"]; !ok || got != 0 {
		t.Errorf("at the very top new ones are out of sight: %v", inView(t, g))
	}
	s.keys = s.keys[:3]
	g.Reset()
	if got := inView(t, g); len(got) != 3 || g.Offset() != 0 || len(g.objects) != 5 {
		t.Errorf("three items at %v: %v", g.Offset(), got)
	}
	s.keys = nil
	g.Reset()
	if got := inView(t, g); len(got) != 0 {
		t.Errorf("no items: %v", got)
	}
	if v := s.views[len(s.views)-1]; v != [3]int{0, 0, 0} {
		t.Errorf("visible: %v", v)
	}
}

func TestGridZoomsAroundThePointer(t *testing.T) {
	s := numbers(10_000)
	g := gridWindow(t, s)
	g.ScrollToOffset(30_000)
	at := fyne.NewPos(300, 250)
	g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
	i := g.ItemAt(at)
	part := (250 - inView(t, g)[s.keys[i]]) / 120
	for _, size := range []float32{40, 200, 70, 100} {
		g.SetTile(fyne.NewSize(size, size+20))
		if got := (250 - inView(t, g)[s.keys[i]]) / (size + 20); math.Abs(float64(got-part)) > 0.02 {
			t.Errorf("with tiles of %v the pointer is at %v of item %d, want %v", size, got, i, part)
		}
	}
	if g.Offset() != 30_000 {
		t.Errorf("back to the size, it is at %v", g.Offset())
	}
	g.MouseOut()
	g.ScrollToOffset(30_010)
	first, _ := g.InView()
	for _, size := range []float32{60, 150, 33, 100} {
		g.SetTile(fyne.NewSize(size, size+20))
		if got := inView(t, g)[s.keys[first]]; got > 0 || got < -size-20-GridGap {
			t.Errorf("with tiles of %v item %d is at %v, want at the top", size, first, got)
		}
	}
	if g.Offset() != 30_010 {
		t.Errorf("back to the size, it is at %v", g.Offset())
	}
	for _, width := range []float32{300, 900, 560 + gridBarRoom} {
		g.Resize(fyne.NewSize(width, 462))
	}
	if g.Offset() != 30_010 {
		t.Errorf("back to the width, it is at %v", g.Offset())
	}
	g.keys = func() fyne.KeyModifier { return fyne.KeyModifierShortcutDefault }
	g.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 10}})
	if g.Offset() != 30_010 || !slices.Equal(s.heard, []string{"zoom 10"}) {
		t.Errorf("the wheel with Ctrl: %v at %v", s.heard, g.Offset())
	}
}

func TestGridByKeyboard(t *testing.T) {
	const shift, ctrl = fyne.KeyModifierShift, fyne.KeyModifierControl
	s := numbers(23) // the last row has three
	g := gridWindow(t, s)
	for _, step := range []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyDown, 0},
		{fyne.KeyRight, 1},
		{fyne.KeyRight, 2},
		{fyne.KeyLeft, 1},
		{fyne.KeyDown, 6},
		{fyne.KeyUp, 1},
		{fyne.KeyUp, 1},
		{fyne.KeyPageDown, 16},
		{fyne.KeyPageDown, 21},
		{fyne.KeyDown, 21},
		{fyne.KeyPageUp, 6},
		{fyne.KeyHome, 0},
		{fyne.KeyLeft, 0},
		{fyne.KeyEnd, 22},
		{fyne.KeyRight, 22},
		{fyne.KeyUp, 17},
		{fyne.KeyRight, 18},
		{fyne.KeyRight, 19},
		{fyne.KeyDown, 22},
		{fyne.KeyUp, 17},
	} {
		g.TypedKey(&fyne.KeyEvent{Name: step.key})
		if s.cursor != step.want {
			t.Fatalf("%s goes to %d, want %d", step.key, s.cursor, step.want)
		}
		first, end := g.InView()
		top := inView(t, g)[strconv.Itoa(s.cursor)]
		if s.cursor < first || s.cursor >= end || top < 0 || top+120 > 462 {
			t.Fatalf("after %s item %d is at %v", step.key, s.cursor, top)
		}
	}
	s.heard, s.cursor = nil, 7
	g.keys = func() fyne.KeyModifier { return shift }
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	g.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyEnd, Modifier: ctrl | shift})
	g.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyLeft, Modifier: fyne.KeyModifierAlt})
	g.TypedShortcut(&fyne.ShortcutSelectAll{})
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	g.TypedRune('x')
	want := []string{
		fmt.Sprint("go 8 ", int(shift)), fmt.Sprint("go 22 ", int(ctrl|shift)), "shortcut CustomDesktop:Alt+Left",
		"shortcut SelectAll", "typed Delete", "rune x",
	}
	if !slices.Equal(s.heard, want) {
		t.Errorf("heard %q, want %q", s.heard, want)
	}
	s.keys = nil
	g.Reset()
	s.cursor = -1
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if s.cursor != -1 {
		t.Errorf("in an empty grid the keyboard stands on %d", s.cursor)
	}
}

func TestGridUpdatesOnlyWhatIsInView(t *testing.T) {
	s := numbers(1000)
	g := gridWindow(t, s)
	s.updates = 0
	g.UpdateKeys(func(key string) bool { return key == "3" || key == "700" })
	if s.updates != 1 {
		t.Errorf("%d tiles were filled again, want the one in view", s.updates)
	}
	s.cursor = 3
	g.MarkAll()
	if tile, ok := g.tileOf(3).(*plate); !ok || !tile.marked {
		t.Errorf("tile 3 is not marked")
	}
	if g.tileOf(700) != nil || g.tileOf(-1) != nil {
		t.Errorf("items out of view have tiles")
	}
}

func pressGrid(g *Grid, x, y float32, button desktop.MouseButton, held fyne.KeyModifier) {
	at := fyne.PointEvent{Position: fyne.NewPos(x, y), AbsolutePosition: fyne.NewPos(x, y)}
	g.MouseDown(&desktop.MouseEvent{PointEvent: at, Button: button, Modifier: held})
	g.MouseUp(&desktop.MouseEvent{PointEvent: at, Button: button, Modifier: held})
	if button == desktop.MouseButtonSecondary {
		g.TappedSecondary(&at)
	}
}

func TestGridByPointer(t *testing.T) {
	s := numbers(1000)
	g := gridWindow(t, s)
	g.ScrollToOffset(132)
	now := time.Now()
	g.source.Now = func() time.Time { return now }
	pressGrid(g, 120, 10, desktop.MouseButtonPrimary, fyne.KeyModifierControl)
	pressGrid(g, 107, 10, desktop.MouseButtonPrimary, 0) // the gap
	pressGrid(g, 10, 125, desktop.MouseButtonPrimary, 0) // the gap below
	pressGrid(g, 10, 140, desktop.MouseButtonPrimary, 0)
	now = now.Add(doubleClick)
	pressGrid(g, 10, 140, desktop.MouseButtonPrimary, 0) // two clicks
	pressGrid(g, 550, 140, desktop.MouseButtonSecondary, 0)
	pressGrid(g, 10, 140, desktop.MouseButtonPrimary, 0) // and another button between
	now = now.Add(doubleClick - 1)
	pressGrid(g, 10, 140, desktop.MouseButtonPrimary, 0)
	pressGrid(g, 10, 140, desktop.MouseButtonPrimary, 0) // the third of three
	want := []string{
		fmt.Sprint("press 6 ", int(fyne.KeyModifierControl)), "press -1 0", "press -1 0", "press 10 0", "press 10 0",
		fmt.Sprint("menu 14 ", fyne.NewPos(550, 140)), "press 10 0", "press 10 0", "open 10", "press 10 0",
	}
	if _, ok := any(g).(fyne.DoubleTappable); ok {
		t.Error("Fyne waits for a second click, and loses one on something else meanwhile")
	}
	if !slices.Equal(s.heard, want) {
		t.Errorf("heard %q, want %q", s.heard, want)
	}
	if !g.Focused() {
		t.Errorf("a click does not take the keyboard")
	}
}

func drag(g *Grid, x, y float32) {
	g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
}

func TestGridRubberBand(t *testing.T) {
	s := numbers(100_000)
	g := gridWindow(t, s)
	g.MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(105, 125)},
		Button:     desktop.MouseButtonPrimary, Modifier: fyne.KeyModifierShift,
	})
	drag(g, 108, 128) // in the gap, touches nothing
	drag(g, 300, 300)
	drag(g, 310, 301) // the same cells
	if g.band.rect.Hidden || g.band.rect.Size() != fyne.NewSize(205, 176) {
		t.Errorf("the band is %v", g.band.rect.Size())
	}
	g.ScrollToOffset(g.Offset() + 132) // the wheel, while dragging
	drag(g, 10, 301)
	g.DragEnd()
	want := []BandStep{
		{Phase: BandStart, Held: fyne.KeyModifierShift},
		{Phase: BandMove, Held: fyne.KeyModifierShift, Cells: Cells{Columns: 5}},
		{Phase: BandMove, Held: fyne.KeyModifierShift, Cells: Cells{1, 3, 1, 3, 5}},
		{Phase: BandMove, Held: fyne.KeyModifierShift, Cells: Cells{1, 4, 1, 3, 5}},
		{Phase: BandMove, Held: fyne.KeyModifierShift, Cells: Cells{1, 4, 0, 1, 5}},
		{Phase: BandEnd, Held: fyne.KeyModifierShift},
	}
	if !slices.Equal(s.steps, want) {
		t.Errorf("steps:\n%v\nwant\n%v", s.steps, want)
	}
	if !g.band.rect.Hidden {
		t.Errorf("the band stays")
	}
}

func TestGridRollsWhileTheBandIsOutside(t *testing.T) {
	s := numbers(100_000)
	g := gridWindow(t, s)
	drag(g, 200, 470) // from elsewhere
	if len(s.steps) > 0 {
		t.Errorf("a band that did not begin here: %v", s.steps)
	}
	g.MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 5)}, Button: desktop.MouseButtonPrimary,
	})
	drag(g, 200, 470) // the test driver's animation ticks once
	if got := g.Offset(); got <= 0 || g.band.roller == nil {
		t.Fatalf("rolled to %v", got)
	}
	before := g.Offset()
	g.band.roller.Tick(0.5)
	if step := g.Offset() - before; step <= 0 || step != g.rollStep() {
		t.Errorf("a tick rolls %v", step)
	}
	drag(g, 200, 300)
	if g.band.roller != nil {
		t.Errorf("it rolls on with the pointer inside")
	}
	g.ScrollToOffset(2_000_000)
	if size := g.band.rect.Size(); size.Height > 480 {
		t.Errorf("the band is drawn %v high", size.Height)
	}
	drag(g, 200, -20)
	if g.Offset() >= 2_000_000 {
		t.Errorf("it does not roll up")
	}
	g.DragEnd()
	if g.band.roller != nil {
		t.Errorf("it rolls on after the button was let go")
	}
}

func TestGridBar(t *testing.T) {
	s := numbers(1_000_000)
	g := gridWindow(t, s)
	b := g.bar
	if b.thumb.Hidden || b.thumb.Size().Height != gridBarLeast {
		t.Fatalf("the thumb is %v", b.thumb.Size())
	}
	at := func(y float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, y)}, Button: desktop.MouseButtonPrimary}
	}
	b.MouseIn(at(10))
	b.MouseDown(at(10)) // on the thumb
	b.MouseUp(at(10))
	if g.Offset() != 0 || b.thumb.Size().Width != gridBarWide {
		t.Errorf("holding the thumb scrolls to %v", g.Offset())
	}
	b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 10+(462-28)/2)}})
	if got := g.Offset() / g.shape.limit(); math.Abs(got-0.5) > 1e-6 {
		t.Errorf("the thumb in the middle is at %v of the way", got)
	}
	b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 9999)}})
	if got := inView(t, g); got["999999"] != 342 || b.thumb.Position().Y != 462-28 {
		t.Errorf("at the end: %v", got)
	}
	b.DragEnd()
	b.MouseOut()
	b.MouseDown(at(100)) // beside the thumb
	if got := b.thumb.Position().Y + 14; math.Abs(float64(got-100)) > 0.01 || b.thumb.Size().Width != gridBarThin {
		t.Errorf("the thumb's middle is at %v, want 100", got)
	}
	s.keys = s.keys[:4]
	g.Reset()
	if !b.thumb.Hidden {
		t.Errorf("a bar where all is in view")
	}
}

// Whatever happens, exactly what is in view is shown, where it belongs.
func TestGridModel(t *testing.T) {
	s := numbers(0)
	g := gridWindow(t, s)
	rapid.Check(t, func(r *rapid.T) {
		*s = *numbers(rapid.IntRange(0, 300).Draw(r, "items"))
		next := len(s.keys)
		g.Resize(fyne.NewSize(572, 462))
		g.Reset()
		r.Repeat(map[string]func(*rapid.T){
			"scroll": func(r *rapid.T) {
				g.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: float32(rapid.IntRange(-400, 400).Draw(r, "by"))}})
			},
			"scroll to": func(r *rapid.T) {
				i := rapid.IntRange(-1, len(s.keys)).Draw(r, "item")
				g.ScrollTo(i)
				if i >= 0 && i < len(s.keys) && g.Size().Height > 0 {
					tile := g.tileOf(i)
					if tile == nil || tile.Position().Y < 0 || tile.Position().Y+min(tile.Size().Height, g.Size().Height) > g.Size().Height+0.01 {
						r.Fatalf("item %d is not in view", i)
					}
				}
			},
			"resize": func(r *rapid.T) {
				g.Resize(fyne.NewSize(float32(rapid.IntRange(20, 900).Draw(r, "width")), float32(rapid.IntRange(0, 700).Draw(r, "height"))))
			},
			"tile": func(r *rapid.T) {
				side := float32(rapid.IntRange(30, 300).Draw(r, "side"))
				g.SetTile(fyne.NewSize(side, side+20))
			},
			"add": func(r *rapid.T) {
				at := rapid.IntRange(0, len(s.keys)).Draw(r, "at")
				for range rapid.IntRange(1, 30).Draw(r, "n") {
					s.keys = slices.Insert(s.keys, at, strconv.Itoa(next))
					next++
				}
				g.Reset()
			},
			"remove": func(r *rapid.T) {
				from := rapid.IntRange(0, len(s.keys)).Draw(r, "from")
				to := rapid.IntRange(from, len(s.keys)).Draw(r, "to")
				s.keys = slices.Delete(s.keys, from, to)
				g.Reset()
			},
			"turn around": func(*rapid.T) {
				slices.Reverse(s.keys)
				g.Reset()
			},
			"": func(r *rapid.T) { checkGrid(r, s, g) },
		})
	})
}

func checkGrid(r *rapid.T, s *shop, g *Grid) {
	if o := g.Offset(); o < 0 || o > max(0, g.Height()-float64(g.Size().Height)) {
		r.Fatalf("the offset is %v of %v", o, g.Height())
	}
	tiles := map[string]fyne.Position{}
	for _, o := range g.objects {
		if p, ok := o.(*plate); ok {
			if _, twice := tiles[p.key]; twice {
				r.Fatalf("%s has two tiles", p.key)
			}
			tiles[p.key] = p.Position()
		}
	}
	want := [2]int{len(s.keys), 0}
	for i, key := range s.keys {
		top := float64(i/g.Columns())*float64(g.Tile().Height+GridGap) - g.Offset()
		if g.Size().Height == 0 || top+float64(g.Tile().Height) <= 0 || top >= float64(g.Size().Height) {
			continue
		}
		want = [2]int{min(want[0], i), i + 1}
		at, ok := tiles[key]
		if !ok || math.Abs(float64(at.Y)-top) > 0.51 {
			r.Fatalf("%s is at %v, want at %v", key, at, top)
		}
		if middle := at.AddXY(1, g.Tile().Height/2); g.ItemAt(middle) != i && middle.Y >= 0 {
			r.Fatalf("at %v there is %d, want %d", middle, g.ItemAt(middle), i)
		}
	}
	if first, end := g.InView(); want[1] > 0 && (first != want[0] || end != want[1]) || want[1] == 0 && first != end {
		r.Fatalf("in view %d to %d, want %v", first, end, want)
	}
	if v := s.views; len(v) > 0 {
		if first, end := g.InView(); v[len(v)-1][0] != first || v[len(v)-1][1] != end {
			r.Fatalf("told %v, in view %d to %d", v[len(v)-1], first, end)
		}
	}
}

// Two items with one key are a mistake of the source, but no reason to show
// tiles that belong to nothing.
func TestGridWithTwins(t *testing.T) {
	s := numbers(10)
	g := gridWindow(t, s)
	for i := range s.keys {
		s.keys[i] = "same"
	}
	g.Reset()
	g.Reset()
	s.keys = []string{"1", "2"}
	g.Reset()
	if got := inView(t, g); len(got) != 2 || len(g.shelf.objects) != 2 {
		t.Errorf("in view: %v, %d tiles", got, len(g.shelf.objects))
	}
}
