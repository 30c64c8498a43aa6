package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

// A grid of tiles becomes one of rows and back: what was at the top stays there,
// rows are as wide as the grid, and widgets are made anew once.
func TestGridOfRows(t *testing.T) {
	s := numbers(100_000)
	g := gridWindow(t, s)
	g.ScrollToOffset(float64(5000/5) * 132)
	s.made = 0
	g.Reshape(fyne.NewSize(0, 40), 0)
	seen := inView(t, g)
	if seen["5000"] != 0 || len(seen) != 12 || g.Columns() != 1 || s.made != 13 {
		t.Fatalf("in view: %v; %d columns, %d widgets", seen, g.Columns(), s.made)
	}
	if got := g.Tile(); got != fyne.NewSize(560, 40) {
		t.Errorf("a row is %v", got)
	}
	if at := g.ItemAt(fyne.NewPos(555, 41)); at != 5001 {
		t.Errorf("at the end of the second row is item %d", at)
	}
	g.Resize(fyne.NewSize(300+gridBarRoom, 462))
	if got := g.Tile(); got != fyne.NewSize(300, 40) {
		t.Errorf("in a narrow window a row is %v", got)
	}
	for _, press := range []struct {
		key  fyne.KeyName
		from int
		to   int
	}{
		{fyne.KeyDown, 5000, 5001},
		{fyne.KeyLeft, 5001, 5001},
		{fyne.KeyRight, 5001, 5001},
		{fyne.KeyPageDown, 5001, 5012},
		{fyne.KeyEnd, 5012, 99_999},
	} {
		s.cursor = press.from
		g.TypedKey(&fyne.KeyEvent{Name: press.key})
		if s.cursor != press.to {
			t.Errorf("%s leads from row %d to %d, want %d", press.key, press.from, s.cursor, press.to)
		}
	}
	if bottom := inView(t, g)["99999"] + 40; bottom != 462 {
		t.Errorf("the last row ends at %v of 462", bottom)
	}

	g.Resize(fyne.NewSize(560+gridBarRoom, 462))
	g.ScrollToOffset(40 * 7000)
	g.Reshape(fyne.NewSize(100, 120), GridGap)
	if seen := inView(t, g); seen["7000"] != 0 || g.Columns() != 5 {
		t.Errorf("back as tiles %v are in view", seen)
	}
}

func TestGridOfRowsStepsAtNoCost(t *testing.T) {
	for _, n := range []int{1000, 1_000_000} {
		s := numbers(n)
		g := gridWindow(t, s)
		g.Reshape(fyne.NewSize(0, 36), 0)
		g.ScrollToOffset(float64(n) * 18)
		way := 60.0
		step := func() {
			way = -way
			g.ScrollToOffset(g.Offset() + way)
		}
		for range 400 {
			step()
		}
		s.views = make([][3]int, 0, 10_000)
		if a := testing.AllocsPerRun(200, step); a != 0 {
			t.Errorf("with %d rows a step allocates %v times", n, a)
		}
		s.updates = 0
		for range 200 {
			step()
		}
		if s.updates > 200*3 {
			t.Errorf("with %d rows 200 steps fill %d", n, s.updates)
		}
	}
}
