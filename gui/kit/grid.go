package kit

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// GridSource tells Grid what to show and hears what people do in it. All of it
// is called on the interface goroutine; what says so may be nil. Item -1 is
// the room beside all tiles.
type GridSource struct {
	Count  func() int
	Key    func(i int) string // tells items apart; stays the same while one moves
	Index  func(key string) int
	New    func() fyne.CanvasObject            // an empty tile
	Update func(i int, tile fyne.CanvasObject) // fills it
	Mark   func(i int, tile fyne.CanvasObject) // shows whether it is selected; may be nil

	Cursor   func() int                                 // the item that the keyboard stands on, -1 = none; may be nil
	Go       func(i int, held fyne.KeyModifier)         // the keyboard wants to stand on i; may be nil
	Press    func(i int, held fyne.KeyModifier)         // the main button went down on i; may be nil
	Open     func(i int)                                // a double click; may be nil
	Menu     func(i int, at fyne.Position)              // a secondary click, in the window's coordinates; may be nil
	Band     func(b BandStep)                           // a rubber band; may be nil
	Typed    func(e *fyne.KeyEvent)                     // a key that moves nothing; may be nil
	Rune     func(r rune)                               // a letter; may be nil
	Shortcut func(s fyne.Shortcut) bool                 // reports whether it was one for here; may be nil
	Tip      func(i int, tile fyne.CanvasObject) string // what a pointer resting on it is told; may be nil
	Zoom     func(steps float32)                        // the wheel with Ctrl held, up is more; may be nil

	Now func() time.Time // the clock of double clicks; may be nil

	// Visible is told which items are in view, whenever these change: the first
	// and the one behind the last, and whether they came by going down (1), up
	// (-1) or otherwise (0). May be nil.
	Visible func(first, end, direction int)
	// Scrolled is told of every change of the offset, and how far the view moved;
	// that is 0 when the items moved and the view stayed with them. May be nil.
	Scrolled func(offset, by float64)
}

// GridGap is the least room between tiles, unless Reshape says another.
const GridGap float32 = 12

// Grid shows any number of items as tiles of one size. Only what is in view has
// widgets, and they are used again. It scrolls by itself, in float64: the pixels
// of a million tiles cannot be told apart in float32, and container.Scroll has
// no other.
type Grid struct {
	widget.BaseWidget
	source GridSource
	tile   fyne.Size
	gap    float32
	shape  gridShape
	offset float64 // of the view's top from the first tile's, in Fyne's units
	shelf  shelf[string]

	anchor  gridAnchor // where to stay while the shape changes
	first   int        // what Visible was told last
	end     int
	pixels  float64 // a unit had when the tiles were filled
	focused bool
	hovered int               // item under the pointer, -1 = none
	pointer fyne.Position     // where it is
	inside  bool              // it is over the grid
	tipped  fyne.CanvasObject // the tile whose tip is shown
	clicked gridClick         // the last one
	twice   bool              // it was the second half of a double click
	band    gridBand
	held    gridHold
	bar     *gridBar
	objects []fyne.CanvasObject
	keys    func() fyne.KeyModifier // which are held now
}

// NewGrid makes a grid of tiles of a size. Call Reset when the number or order
// of items changed.
func NewGrid(source GridSource, tile fyne.Size) *Grid {
	if source.Now == nil {
		source.Now = time.Now
	}
	g := &Grid{source: source, tile: tile, gap: GridGap, hovered: -1, keys: heldKeys}
	g.restock()
	g.bar = newGridBar(g)
	g.band.rect = &canvas.Rectangle{StrokeWidth: 1, CornerRadius: 2}
	g.band.rect.Hidden = true
	g.ExtendBaseWidget(g)
	g.measure()
	return g
}

// restock throws the widgets away.
func (g *Grid) restock() {
	g.shelf = newShelf(g.source.Key, func(int) int { return 0 }, func(int) fyne.CanvasObject { return g.source.New() })
}

// gridShape is where tiles stand. It knows no widgets.
type gridShape struct {
	view    fyne.Size
	tile    fyne.Size
	gap     float32
	count   int
	columns int
	rows    int
	stepX   float32 // from a column to the next
	stepY   float64 // from a row to the next
	height  float64 // of all rows
}

// gridShapeOf lays out count tiles in a view. What is left of its width goes
// between the columns; tiles without a width get all of it.
func gridShapeOf(view, tile fyne.Size, gap float32, count int) gridShape {
	width := view.Width - gridBarRoom
	if tile.Width <= 0 {
		tile.Width = max(1, width)
	}
	s := gridShape{view: view, tile: tile, gap: gap, count: count, columns: 1}
	if fit := int((width + gap) / (tile.Width + gap)); fit > 1 {
		s.columns = fit
		s.stepX = tile.Width + (width-tile.Width*float32(fit))/float32(fit-1)
	}
	s.rows = (count + s.columns - 1) / s.columns
	s.stepY = float64(tile.Height + gap)
	if s.rows > 0 {
		s.height = float64(s.rows)*s.stepY - float64(gap)
	}
	return s
}

// limit is the largest offset.
func (s *gridShape) limit() float64 { return max(0, s.height-float64(s.view.Height)) }

// top is where the row of item i begins.
func (s *gridShape) top(i int) float64 { return float64(i/s.columns) * s.stepY }

// inView gives the items of which something is in view.
func (s *gridShape) inView(offset float64) (first, end int) {
	if s.view.Height <= 0 || s.count == 0 {
		return 0, 0
	}
	row := int(offset / s.stepY)
	if offset-float64(row)*s.stepY >= float64(s.tile.Height) {
		row++ // only the gap below it is in view
	}
	last := int(math.Ceil((offset + float64(s.view.Height)) / s.stepY))
	return min(row*s.columns, s.count), min(max(row, last)*s.columns, s.count)
}

// withTiles gives the items that have a tile: those in view and some more, the
// same number wherever the view is, so that scrolling never changes how many
// widgets there are.
func (s *gridShape) withTiles(offset float64) (first, end int) {
	if s.view.Height <= 0 || s.count == 0 {
		return 0, 0
	}
	rows := int(math.Ceil(float64(s.view.Height)/s.stepY)) + 1
	row := max(0, min(int(offset/s.stepY), s.rows-rows))
	return row * s.columns, min((row+rows)*s.columns, s.count)
}

// at gives the item at a point of the view, -1 for none.
func (s *gridShape) at(offset float64, p fyne.Position) int {
	y := offset + float64(p.Y)
	row := int(math.Floor(y / s.stepY))
	column := 0
	if s.columns > 1 {
		column = int(p.X / s.stepX)
	}
	inX := p.X >= 0 && column < s.columns && p.X-float32(column)*s.stepX < s.tile.Width
	inY := row >= 0 && y-float64(row)*s.stepY < float64(s.tile.Height)
	i := row*s.columns + column
	if !inX || !inY || i >= s.count {
		return -1
	}
	return i
}

func (g *Grid) measure() { g.shape = gridShapeOf(g.Size(), g.tile, g.gap, g.source.Count()) }

// Offset is how far the grid is scrolled.
func (g *Grid) Offset() float64 { return g.offset }

// Height is how high all rows are together.
func (g *Grid) Height() float64 { return g.shape.height }

// Columns is how many tiles stand side by side.
func (g *Grid) Columns() int { return g.shape.columns }

// Tile is the size of tiles.
func (g *Grid) Tile() fyne.Size { return g.shape.tile }

// InView gives the items of which something is in view: the first and the one
// behind the last.
func (g *Grid) InView() (first, end int) { return g.shape.inView(g.offset) }

// ItemAt gives the item at a point of the grid, -1 for none.
func (g *Grid) ItemAt(p fyne.Position) int { return g.shape.at(g.offset, p) }

// ScrollToOffset scrolls as far as there are items.
func (g *Grid) ScrollToOffset(offset float64) {
	g.anchor = gridAnchor{}
	g.scroll(offset)
}

// ScrollTo brings item i into view, by as little as it takes.
func (g *Grid) ScrollTo(i int) {
	if i < 0 || i >= g.shape.count {
		return
	}
	top, offset := g.shape.top(i), g.offset
	bottom := top + float64(g.tile.Height)
	if below := bottom - float64(g.shape.view.Height); below > offset {
		offset = below
	}
	if top < offset {
		offset = top
	}
	if offset != g.offset {
		g.ScrollToOffset(offset)
	}
}

// scroll goes to an offset and keeps the anchor.
func (g *Grid) scroll(offset float64) {
	offset = max(0, min(offset, g.shape.limit()))
	if offset == g.offset {
		return
	}
	way := 1
	if offset < g.offset {
		way = -1
	}
	by := offset - g.offset
	g.offset = offset
	g.unhover()
	g.place(way)
	g.stretchBand()
	if g.source.Scrolled != nil {
		g.source.Scrolled(offset, by)
	}
}

// UpdateKeys fills the tiles of these items again, as far as they have one.
func (g *Grid) UpdateKeys(changed func(key string) bool) {
	for _, h := range g.shelf.shown {
		if changed(h.key) {
			g.source.Update(h.index, h.obj)
			g.mark(h)
		}
	}
}

// MarkAll shows again which tiles are selected.
func (g *Grid) MarkAll() {
	for _, h := range g.shelf.shown {
		g.mark(h)
	}
}

// Focused reports whether keys go to the grid.
func (g *Grid) Focused() bool { return g.focused }

func (g *Grid) mark(h *held[string]) {
	if g.source.Mark != nil {
		g.source.Mark(h.index, h.obj)
	}
}
