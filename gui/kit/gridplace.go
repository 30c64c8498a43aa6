package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// gridAnchor is an item that stays where it is while the grid's shape changes.
type gridAnchor struct {
	set  bool
	key  string
	down float64 // from the view's top to a point of the tile
	part float64 // of the tile's height above that point
}

// Reset takes over a new number or order of items and fills the tiles in view.
// What was at the top of the view stays there, unless that is the very top.
func (g *Grid) Reset() {
	hold := g.holdTop(g.source.Index)
	g.measure()
	g.shelf.forget()
	g.settle(hold)
}

// SetTile changes the size of tiles. The item under the pointer stays there, or
// else the one at the top of the view. Going back to a size goes back to where
// the grid was, unless it was scrolled meanwhile.
func (g *Grid) SetTile(tile fyne.Size) {
	if tile == g.tile {
		return
	}
	g.hold()
	g.tile = tile
	g.reshape()
}

// Reshape changes the size of tiles and the least room between them, and has
// the source make all widgets anew. Tiles without a width are as wide as the
// grid: rows. The view stays as with SetTile.
func (g *Grid) Reshape(tile fyne.Size, gap float32) {
	g.hold()
	g.tile, g.gap = tile, gap
	g.restock()
	g.reshape()
}

// hold finds the item to stay with, unless there is one already.
func (g *Grid) hold() {
	if g.anchor.set {
		return
	}
	if i := g.ItemAt(g.pointer); g.inside && i >= 0 {
		down := float64(g.pointer.Y)
		part := (g.offset + down - g.shape.top(i)) / float64(g.tile.Height)
		g.anchor = gridAnchor{set: true, key: g.source.Key(i), down: down, part: part}
		return
	}
	g.anchor = g.holdTop(nil)
}

// holdTop is the first item in view that is to be found again.
func (g *Grid) holdTop(find func(string) int) gridAnchor {
	if g.offset <= 0 {
		return gridAnchor{}
	}
	for _, h := range g.shelf.shown {
		bottom := g.shape.top(h.index) + g.shape.stepY
		if bottom > g.offset && (find == nil || find(h.key) >= 0) {
			part := (g.offset - g.shape.top(h.index)) / g.shape.stepY
			return gridAnchor{set: true, key: h.key, part: part}
		}
	}
	return gridAnchor{}
}

// reshape lays the tiles out again, around the anchor.
func (g *Grid) reshape() {
	g.measure()
	g.settle(g.anchor)
}

// settle scrolls so that the anchor is where it was.
func (g *Grid) settle(a gridAnchor) {
	offset := g.offset
	if a.set {
		if i := g.source.Index(a.key); i >= 0 && i < g.shape.count {
			height := g.shape.stepY
			if a.down > 0 {
				height = float64(g.tile.Height)
			}
			offset = g.shape.top(i) + a.part*height - a.down
		}
	}
	before := g.offset
	g.offset = max(0, min(offset, g.shape.limit()))
	g.unhover()
	g.place(0)
	g.band.cells = Cells{} // the same cells hold others now
	g.stretchBand()
	g.repaint()
	if g.offset != before && g.source.Scrolled != nil {
		g.source.Scrolled(g.offset, 0)
	}
}

// Rescale takes over that a unit may have another number of device pixels now.
func (g *Grid) Rescale() {
	if g.pixels != 0 && g.pixel() != g.pixels {
		g.place(0)
		g.repaint()
	}
}

// place gives the items in view their tiles and positions.
func (g *Grid) place(way int) {
	first, end := g.shape.withTiles(g.offset)
	g.shelf.show(first, end)
	pixel := g.pixel()
	if pixel != g.pixels { // pictures of another size are needed
		g.pixels, g.end = pixel, -1
		for _, h := range g.shelf.shown {
			h.fresh = true
		}
	}
	for n, h := range g.shelf.shown {
		column, row := n%g.shape.columns, (first+n)/g.shape.columns
		// Far down float32 has no pixels left, so the offset is taken away first.
		y := float64(row)*g.shape.stepY - g.offset
		x := float64(column) * float64(g.shape.stepX)
		h.obj.Resize(g.shape.tile)
		h.obj.Move(fyne.NewPos(snap(x, pixel), snap(y, pixel)))
		if h.fresh {
			h.fresh = false
			g.source.Update(h.index, h.obj)
			g.mark(h)
		}
	}
	g.objects = append(g.objects[:0], g.shelf.objects...)
	g.objects = append(g.objects, g.band.rect, g.bar)
	g.bar.follow()
	first, end = g.shape.inView(g.offset)
	if first != g.first || end != g.end {
		g.first, g.end = first, end
		if g.source.Visible != nil {
			g.source.Visible(first, end, way)
		}
	}
}

// pixel is how many device pixels a unit has.
func (g *Grid) pixel() float64 {
	if c := Canvas(g); c != nil {
		return float64(c.Scale())
	}
	return 1
}

// Scale is how many device pixels a unit has in the grid's window.
func (g *Grid) Scale() float32 { return float32(g.pixel()) }

// snap puts a coordinate on a device pixel, so that pictures stay sharp and the
// parts of a tile keep their distance.
func snap(v, pixel float64) float32 { return float32(math.Round(v*pixel) / pixel) }

func (g *Grid) repaint() { Repaint(g) }

// CreateRenderer is Fyne's.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	r := &gridRenderer{g}
	r.color()
	return r
}

type gridRenderer struct{ grid *Grid }

func (r *gridRenderer) Layout(size fyne.Size) {
	g := r.grid
	if g.shape.view.Height > 0 && g.shape.view.Width != size.Width {
		g.hold()
	}
	g.bar.Resize(fyne.NewSize(gridBarRoom, size.Height))
	g.bar.Move(fyne.NewPos(size.Width-gridBarRoom, 0))
	g.reshape()
}

func (r *gridRenderer) MinSize() fyne.Size {
	return fyne.NewSize(max(60, r.grid.tile.Width)+gridBarRoom, 60)
}

func (r *gridRenderer) color() {
	g := r.grid
	primary := theme.ColorForWidget(ColorPrimary, g)
	g.band.rect.StrokeColor, g.band.rect.FillColor = primary, fade(primary, 0x28)
}

func (r *gridRenderer) Refresh() {
	r.color()
	for _, h := range r.grid.shelf.shown {
		h.obj.Refresh()
	}
	r.grid.bar.Refresh()
	r.grid.place(0)
	r.grid.repaint()
}

func (r *gridRenderer) Objects() []fyne.CanvasObject { return r.grid.objects }
func (r *gridRenderer) Destroy()                     {}
