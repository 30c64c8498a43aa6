package kit

import (
	"slices"
	"sort"

	"fyne.io/fyne/v2"
)

// FocusGained shows where the keyboard stands.
func (r *Rows) FocusGained() {
	r.focus = true
	if r.stood = r.indexOf(r.cursor); !r.has || r.stood < 0 {
		r.step(0, 1)
	}
	r.markAll()
}

// FocusLost hides it.
func (r *Rows) FocusLost() {
	r.focus = false
	r.markAll()
}

// TypedRune passes letters on.
func (r *Rows) TypedRune(c rune) {
	if r.source.Letter != nil {
		r.source.Letter(c)
	}
}

// TypedKey moves with the arrows, Home, End and the page keys; everything else
// goes to the source.
func (r *Rows) TypedKey(e *fyne.KeyEvent) {
	n := r.source.Count()
	at := -1
	if r.has {
		at = r.indexOf(r.cursor)
	}
	page := max(1, int(r.scroll.Size().Height/60)-1)
	switch e.Name { //nolint:exhaustive // all other keys go to the source
	case fyne.KeyUp:
		r.step(at-1, -1)
	case fyne.KeyDown:
		r.step(at+1, 1)
	case fyne.KeyHome:
		r.step(0, 1)
		r.ScrollToOffset(0)
	case fyne.KeyEnd:
		r.step(n-1, -1)
	case fyne.KeyPageUp:
		r.step(max(0, at-page), 1)
	case fyne.KeyPageDown:
		r.step(min(n-1, at+page), -1)
	default:
		if at >= 0 && r.source.Typed != nil {
			r.source.Typed(at, e)
		}
	}
}

// step puts the cursor on row i, or the next one that way that takes it, and
// brings that into view.
func (r *Rows) step(i, way int) {
	if i, ok := r.next(i, way); ok {
		r.stand(i)
		r.ScrollTo(i)
		r.markAll()
	}
}

// next finds the row that takes the cursor, from row i on.
func (r *Rows) next(i, way int) (at int, ok bool) {
	if r.source.Cursor == nil {
		return 0, false
	}
	for ; i >= 0 && i < r.source.Count(); i += way {
		if r.source.Cursor(i) {
			return i, true
		}
	}
	return 0, false
}

func (r *Rows) stand(i int) { r.cursor, r.stood, r.has = r.source.Key(i), i, true }

// stay keeps the cursor where it is when its row is gone, unless all other rows that
// were in view are gone too: that is another list.
func (r *Rows) stay() {
	if i := r.indexOf(r.cursor); !r.has || i >= 0 {
		r.stood = max(0, i)
		return
	}
	i, ok := r.next(r.stood, 1)
	if !ok {
		i, ok = r.next(min(r.stood, r.source.Count()-1), -1)
	}
	stays := func(s *held[int64]) bool {
		i := r.indexOf(s.key)
		return i >= 0 && r.source.Cursor(i)
	}
	if r.has = ok && slices.ContainsFunc(r.inner.shown, stays); r.has {
		r.stand(i)
	}
}

// Tapped puts the keyboard on the row that was clicked.
func (in *rowsInner) Tapped(e *fyne.PointEvent) {
	if i := in.hit(e); i >= 0 {
		in.rows.point(i)
	}
}

// TappedSecondary asks for the menu of the row that was clicked.
func (in *rowsInner) TappedSecondary(e *fyne.PointEvent) {
	i := in.hit(e)
	if i < 0 || in.rows.source.Menu == nil {
		return
	}
	in.rows.point(i)
	in.rows.source.Menu(i, e.AbsolutePosition)
}

// hit is the row at a point that takes the cursor, or -1.
func (in *rowsInner) hit(e *fyne.PointEvent) int {
	r := in.rows
	n := len(r.tops) - 1
	i := sort.Search(n, func(i int) bool { return r.tops[i+1] > e.Position.Y })
	if i >= n || r.source.Cursor == nil || !r.source.Cursor(i) {
		return -1
	}
	return i
}

func (r *Rows) point(i int) {
	r.stand(i)
	if c := Canvas(r); c != nil {
		c.Focus(r)
	}
	r.markAll()
}
