package kit

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// list is a source of numbered rows: every tenth is a title.
type list struct {
	keys    []int64
	updates int
	made    int
	typed   []string
	menus   []int
}

func (l *list) source() RowSource {
	return RowSource{
		Count: func() int { return len(l.keys) },
		Key:   func(i int) int64 { return l.keys[i] },
		Kind: func(i int) int {
			if l.keys[i]%10 == 0 {
				return 0
			}
			return 1
		},
		Height: func(kind int) float32 { return []float32{30, 60}[kind] },
		New: func(int) fyne.CanvasObject {
			l.made++
			return NewText("", TextStyle{})
		},
		Update: func(i int, o fyne.CanvasObject) {
			l.updates++
			o.(*Text).SetText(fmt.Sprint("row ", l.keys[i]))
		},
		Cursor: func(i int) bool { return l.keys[i]%10 != 0 },
		Typed:  func(i int, e *fyne.KeyEvent) { l.typed = append(l.typed, fmt.Sprint(l.keys[i], e.Name)) },
		Menu:   func(i int, _ fyne.Position) { l.menus = append(l.menus, i) },
		Mark:   func(o fyne.CanvasObject, marked bool) { o.(*Text).SetBold(marked) },
	}
}

func numbered(n int) *list {
	l := &list{keys: make([]int64, n)}
	for i := range l.keys {
		l.keys[i] = int64(i)
	}
	return l
}

// shownRows gives the texts in view and, for the marked one, a star.
func shownRows(r *Rows) map[int]string {
	texts := map[int]string{}
	for _, s := range r.inner.shown {
		text := s.obj.(*Text)
		texts[s.index] = text.Text()
		if text.style.Bold {
			texts[s.index] += "*"
		}
	}
	return texts
}

func TestRowsShowWhatIsInView(t *testing.T) {
	l := numbered(10_000)
	r := NewRows(l.source())
	window(t, r, fyne.NewSize(300, 270))
	// 30 for row 0, then 60 each: rows 0 to 4 are in 270.
	if got := shownRows(r); len(got) != 5 || got[0] != "row 0" || got[4] != "row 4" {
		t.Fatalf("in view: %v", got)
	}
	r.ScrollTo(9_999)
	got := shownRows(r)
	if got[9_999] != "row 9999" || len(got) > 7 {
		t.Errorf("at the end: %v", got)
	}
	if l.made > 20 {
		t.Errorf("%d widgets were made for 10,000 rows", l.made)
	}
	last := r.inner.shown[len(r.inner.shown)-1].obj
	if end := last.Position().Y + last.Size().Height - r.Offset(); end != 270 {
		t.Errorf("the last row ends at %v of 270", end)
	}
}

func TestRowsScrollByWheel(t *testing.T) {
	l := numbered(1000)
	r := NewRows(l.source())
	w := window(t, r, fyne.NewSize(300, 270))
	test.Scroll(w.Canvas(), fyne.NewPos(50, 50), 0, -600)
	if got := shownRows(r); got[11] == "" || got[0] != "" {
		t.Errorf("after scrolling by 600: %v", got)
	}
}

func TestRowsStayWhereTheyAre(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	window(t, r, fyne.NewSize(300, 270))
	r.ScrollToOffset(1000)
	first, _ := r.InView()
	key, top := l.keys[first], r.tops[first]-r.Offset()
	l.keys = append([]int64{201, 202, 203}, l.keys...) // three more above
	r.Reset()
	first, _ = r.InView()
	if l.keys[first] != key || r.tops[first]-r.Offset() != top {
		t.Errorf("row %d at %v became row %d at %v", key, top, l.keys[first], r.tops[first]-r.Offset())
	}
}

func TestRowsAtTheTopShowNewOnes(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	window(t, r, fyne.NewSize(300, 270))
	l.keys = append([]int64{201}, l.keys...)
	r.Reset()
	if got := shownRows(r); got[0] != "row 201" || got[1] != "row 0" {
		t.Errorf("in view: %v", got)
	}
}

func TestRowsUpdateOnlyWhatChanged(t *testing.T) {
	l := numbered(1000)
	r := NewRows(l.source())
	window(t, r, fyne.NewSize(300, 270))
	l.updates = 0
	r.UpdateKeys(func(key int64) bool { return key == 2 || key == 900 })
	if l.updates != 1 {
		t.Errorf("%d rows were filled again, want the one in view", l.updates)
	}
}

func TestRowsGetFewer(t *testing.T) {
	l := numbered(1000)
	r := NewRows(l.source())
	window(t, r, fyne.NewSize(300, 270))
	r.ScrollTo(999)
	l.keys = l.keys[:3]
	r.Reset()
	if got := shownRows(r); len(got) != 3 || r.Offset() != 0 {
		t.Errorf("three rows at offset %v: %v", r.Offset(), got)
	}
	l.keys = nil
	r.Reset()
	if got := shownRows(r); len(got) != 0 {
		t.Errorf("no rows: %v", got)
	}
}

func TestRowsByKeyboard(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	w := window(t, r, fyne.NewSize(300, 270))
	w.Canvas().Focus(r)
	key := func(names ...fyne.KeyName) {
		for _, name := range names {
			r.TypedKey(&fyne.KeyEvent{Name: name})
		}
	}
	at := func(want int64) {
		t.Helper()
		if r.cursor != want || shownRows(r)[int(want)] != fmt.Sprint("row ", want, "*") {
			t.Errorf("the keyboard stands on %d, in view %v; want %d", r.cursor, shownRows(r), want)
		}
	}
	at(1) // the title above is passed over
	key(fyne.KeyDown, fyne.KeyDown)
	at(3)
	key(fyne.KeyEnd)
	at(99)
	key(fyne.KeyHome)
	at(1)
	if r.Offset() != 0 {
		t.Errorf("Home does not show the first title")
	}
	key(fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageDown)
	at(9) // not on the title 10
	key(fyne.KeyDown)
	at(11)
	key(fyne.KeyPageUp, fyne.KeyUp, fyne.KeyDelete)
	if len(l.typed) != 1 || l.typed[0] != fmt.Sprint(r.cursor, "Delete") {
		t.Errorf("typed: %v", l.typed)
	}
}

func TestRowsWithoutTheRowOfTheKeyboard(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	w := window(t, r, fyne.NewSize(300, 270))
	w.Canvas().Focus(r)
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	w.Canvas().Unfocus()
	l.keys = l.keys[:50] // its row is gone
	r.Reset()
	w.Canvas().Focus(r)
	if got := shownRows(r)[1]; got != "row 1*" {
		t.Errorf("the keyboard stands on %d, in view %v", r.cursor, shownRows(r))
	}
}

// The keyboard stays in its place when its row goes, and nothing is scrolled.
func TestRowsGoFromUnderTheKeyboard(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	w := window(t, r, fyne.NewSize(300, 270))
	w.Canvas().Focus(r)
	r.step(57, 1)
	for i, want := range []int64{58, 59, 61, 62} { // 60 is a title
		offset := r.Offset()
		l.keys = slices.DeleteFunc(l.keys, func(key int64) bool { return key == r.cursor })
		r.Reset()
		if text := shownRows(r)[r.stood]; r.cursor != want || text != fmt.Sprint("row ", want, "*") || r.Offset() != offset {
			t.Errorf("%d: the keyboard stands on %d, %q, scrolled from %v to %v; want %d", i, r.cursor, text, offset, r.Offset(), want)
		}
	}
	l.keys = l.keys[:57]
	r.Reset()
	if r.cursor != 56 {
		t.Errorf("at the end the keyboard stands on %d", r.cursor)
	}
	l.keys = []int64{101, 102, 103}
	r.Reset()
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if r.cursor != 101 {
		t.Errorf("in another list the keyboard stands on %d", r.cursor)
	}
	l.keys = nil
	r.Reset()
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if r.has {
		t.Errorf("without rows the keyboard stands on %d", r.cursor)
	}
	l.keys = []int64{1, 2}
	r.Reset()
	r.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if r.cursor != 1 {
		t.Errorf("then it stands on %d", r.cursor)
	}
}

func TestRowsByPointer(t *testing.T) {
	l := numbered(100)
	r := NewRows(l.source())
	w := window(t, r, fyne.NewSize(300, 270))
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 100)) // 30 + 60 + 10: in row 2
	if got := shownRows(r)[2]; got != "row 2*" {
		t.Errorf("after a click: %v", shownRows(r))
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 10)) // a title
	if r.cursor != 2 {
		t.Errorf("a click on a title moves the keyboard to %d", r.cursor)
	}
	r.inner.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(20, 160)})
	if len(l.menus) != 1 || l.menus[0] != 3 {
		t.Errorf("menus: %v", l.menus)
	}
}
