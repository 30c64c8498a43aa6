package kit

import (
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// RowSource tells Rows what to show. All of it is called on the interface
// goroutine.
type RowSource struct {
	Count  func() int
	Key    func(i int) int64                      // tells rows apart; stays the same while a row moves
	Kind   func(i int) int                        // rows of one kind share their widgets and their height
	Height func(kind int) float32                 //
	New    func(kind int) fyne.CanvasObject       // an empty widget of a kind
	Update func(i int, o fyne.CanvasObject)       // fills it
	Cursor func(i int) bool                       // whether the keyboard may stand on row i; nil = nowhere
	Typed  func(i int, e *fyne.KeyEvent)          // a key that does not move the cursor; may be nil
	Letter func(c rune)                           // a letter that was typed; may be nil
	Menu   func(i int, at fyne.Position)          // a secondary click, in the window's coordinates; may be nil
	Mark   func(o fyne.CanvasObject, marked bool) // shows that the keyboard stands on a row; may be nil
}

// Rows is a long list of rows of several heights. Only what is in view has
// widgets, and they are used again.
type Rows struct {
	widget.BaseWidget
	source RowSource
	tops   []float32 // of every row, and the end of the last
	scroll *container.Scroll
	inner  *rowsInner
	cursor int64 // key of the row the keyboard stands on
	stood  int   // its index, as far as that is known
	has    bool  // there is one
	focus  bool
}

// NewRows makes a list; call Reset when the number or order of its rows changed.
func NewRows(source RowSource) *Rows {
	r := &Rows{source: source}
	r.inner = &rowsInner{rows: r, shelf: newShelf(source.Key, source.Kind, source.New)}
	r.inner.ExtendBaseWidget(r.inner)
	r.scroll = container.NewVScroll(r.inner)
	r.scroll.OnScrolled = func(fyne.Position) { r.place() }
	r.ExtendBaseWidget(r)
	r.measure()
	return r
}

func (r *Rows) measure() {
	n := r.source.Count()
	r.tops = slices.Grow(r.tops[:0], n+1)[:n+1]
	y := float32(0)
	for i := range n {
		r.tops[i] = y
		y += r.source.Height(r.source.Kind(i))
	}
	r.tops[n] = y
}

// Reset takes over a new number or order of rows and fills those in view. What
// was at the top of the view stays there. Where the row of the keyboard is gone, the
// keyboard stands on the one in its place.
func (r *Rows) Reset() {
	key, delta, anchored := r.anchor()
	r.measure()
	if r.focus {
		r.stay()
	}
	if anchored {
		if i := r.indexOf(key); i >= 0 {
			r.scroll.Offset.Y = r.tops[i] + delta
		}
	}
	limit := max(0, r.tops[len(r.tops)-1]-r.scroll.Size().Height)
	r.scroll.Offset.Y = min(r.scroll.Offset.Y, limit)
	r.inner.forget()
	r.place()
	r.scroll.Refresh()
}

// anchor is the first row in view, when the view is not at the very top.
func (r *Rows) anchor() (key int64, delta float32, ok bool) {
	y := r.scroll.Offset.Y
	if y <= 0 {
		return 0, 0, false
	}
	for _, s := range r.inner.shown {
		if s.index < len(r.tops)-1 && r.tops[s.index+1] > y {
			return s.key, y - r.tops[s.index], true
		}
	}
	return 0, 0, false
}

func (r *Rows) indexOf(key int64) int {
	for i := range r.source.Count() {
		if r.source.Key(i) == key {
			return i
		}
	}
	return -1
}

// UpdateKeys fills the rows with these keys again, as far as they are in view.
func (r *Rows) UpdateKeys(changed func(key int64) bool) {
	for _, s := range r.inner.shown {
		if changed(s.key) {
			r.source.Update(s.index, s.obj)
		}
	}
}

// InView gives the rows in view: first and the one behind the last.
func (r *Rows) InView() (first, end int) {
	n := len(r.tops) - 1
	height := r.scroll.Size().Height
	if n == 0 || height <= 0 {
		return 0, 0
	}
	y := r.scroll.Offset.Y
	first = sort.Search(n, func(i int) bool { return r.tops[i+1] > y })
	end = sort.Search(n, func(i int) bool { return r.tops[i] >= y+height })
	return first, end
}

// ScrollTo brings row i into view.
func (r *Rows) ScrollTo(i int) {
	if i < 0 || i >= len(r.tops)-1 {
		return
	}
	top, bottom, height := r.tops[i], r.tops[i+1], r.scroll.Size().Height
	y := r.scroll.Offset.Y
	if top < y {
		y = top
	} else if bottom > y+height {
		y = bottom - height
	}
	r.scroll.ScrollToOffset(fyne.NewPos(0, y))
	r.place()
}

// Offset is how far the list is scrolled.
func (r *Rows) Offset() float32 { return r.scroll.Offset.Y }

// ScrollToOffset scrolls.
func (r *Rows) ScrollToOffset(y float32) {
	limit := max(0, r.tops[len(r.tops)-1]-r.scroll.Size().Height)
	r.scroll.ScrollToOffset(fyne.NewPos(0, min(max(0, y), limit)))
	r.place()
}

// place gives the rows in view their widgets and positions.
func (r *Rows) place() {
	first, end := r.InView()
	in := r.inner
	in.show(first, end)
	width := r.scroll.Size().Width
	for _, s := range in.shown {
		s.obj.Resize(fyne.NewSize(width, r.tops[s.index+1]-r.tops[s.index]))
		s.obj.Move(fyne.NewPos(0, r.tops[s.index]))
		if s.fresh {
			s.fresh = false
			r.source.Update(s.index, s.obj)
			r.mark(s)
		}
	}
	canvas.Refresh(in)
}

func (r *Rows) mark(s *held[int64]) {
	if r.source.Mark != nil {
		r.source.Mark(s.obj, r.focus && r.has && s.key == r.cursor)
	}
}

func (r *Rows) markAll() {
	for _, s := range r.inner.shown {
		r.mark(s)
	}
}

// CreateRenderer is Fyne's.
func (r *Rows) CreateRenderer() fyne.WidgetRenderer {
	return &rowsRenderer{rows: r}
}

type rowsRenderer struct{ rows *Rows }

func (r *rowsRenderer) Layout(size fyne.Size) {
	r.rows.scroll.Resize(size)
	r.rows.place()
}
func (r *rowsRenderer) MinSize() fyne.Size { return fyne.NewSize(100, 60) }
func (r *rowsRenderer) Refresh() {
	for _, s := range r.rows.inner.shown {
		s.obj.Refresh()
	}
	r.rows.scroll.Refresh()
}

func (r *rowsRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.rows.scroll}
}
func (r *rowsRenderer) Destroy() {}

// rowsInner is what is scrolled: as high as all rows, with widgets for some.
type rowsInner struct {
	widget.BaseWidget
	shelf[int64]
	rows *Rows
}

func (in *rowsInner) MinSize() fyne.Size {
	return fyne.NewSize(10, in.rows.tops[len(in.rows.tops)-1])
}

func (in *rowsInner) CreateRenderer() fyne.WidgetRenderer { return rowsInnerRenderer{in} }

type rowsInnerRenderer struct{ in *rowsInner }

func (r rowsInnerRenderer) Layout(fyne.Size)             {}
func (r rowsInnerRenderer) MinSize() fyne.Size           { return r.in.MinSize() }
func (r rowsInnerRenderer) Refresh()                     { canvas.Refresh(r.in) }
func (r rowsInnerRenderer) Objects() []fyne.CanvasObject { return r.in.objects }
func (r rowsInnerRenderer) Destroy()                     {}
