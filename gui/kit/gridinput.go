package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// heldKeys asks the driver which modifiers are held now.
func heldKeys() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// Scrolled moves the view with the wheel, or zooms while Ctrl is held.
func (g *Grid) Scrolled(e *fyne.ScrollEvent) {
	if g.source.Zoom != nil && g.keys()&fyne.KeyModifierShortcutDefault != 0 {
		g.source.Zoom(e.Scrolled.DY)
		return
	}
	g.ScrollToOffset(g.offset - float64(e.Scrolled.DY))
}

// doubleClick is how long after a click another one may be its second half.
const doubleClick = 400 * time.Millisecond

// gridClick is a press of the main button; the zero value is one long ago.
type gridClick struct {
	item int
	at   time.Time
}

// MouseDown takes the keyboard and tells what was pressed.
func (g *Grid) MouseDown(e *desktop.MouseEvent) { g.down(e, g.source.Now()) }

func (g *Grid) down(e *desktop.MouseEvent, now time.Time) {
	if g.Later(func() { g.down(e, now) }) {
		return
	}
	if c := Canvas(g); c != nil {
		c.Focus(g)
	}
	g.unhover()
	b := &g.band
	b.armed = e.Button == desktop.MouseButtonPrimary
	last := g.clicked
	g.clicked, g.twice = gridClick{}, false
	if !b.armed {
		return
	}
	b.held, b.x, b.y = e.Modifier, e.Position.X, g.offset+float64(e.Position.Y)
	i := g.ItemAt(e.Position)
	g.clicked = gridClick{i, now}
	g.twice = i >= 0 && last.item == i && now.Sub(last.at) < doubleClick
	if g.source.Press != nil {
		g.source.Press(i, e.Modifier)
	}
}

// MouseUp lets go: what is dragged from now on was not pressed here. It opens the
// item that both halves of a double click were on. Fyne's own double tap is not
// asked: while that waits for the second half, it loses a click on something else.
func (g *Grid) MouseUp(e *desktop.MouseEvent) {
	if g.Later(func() { g.MouseUp(e) }) {
		return
	}
	g.band.armed = false
	if !g.twice || g.band.on {
		return
	}
	i := g.clicked.item
	g.clicked, g.twice = gridClick{}, false
	if g.source.Open != nil {
		g.source.Open(i)
	}
}

// TappedSecondary asks for a menu.
func (g *Grid) TappedSecondary(e *fyne.PointEvent) {
	if !g.Later(func() { g.TappedSecondary(e) }) && g.source.Menu != nil {
		g.source.Menu(g.ItemAt(e.Position), e.AbsolutePosition)
	}
}

// MouseIn follows the pointer.
func (g *Grid) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved shows the tip of the item under the pointer.
func (g *Grid) MouseMoved(e *desktop.MouseEvent) {
	g.pointer, g.inside = e.Position, true
	i := g.ItemAt(e.Position)
	if i == g.hovered {
		return
	}
	g.unhover()
	g.hovered = i
	tile := g.tileOf(i)
	if tile == nil || g.source.Tip == nil || g.band.on {
		return
	}
	if tip := g.source.Tip(i, tile); tip != "" {
		g.tipped = tile
		showTip(tile, tip)
	}
}

// MouseOut forgets the pointer.
func (g *Grid) MouseOut() {
	g.inside = false
	g.unhover()
}

// unhover takes the tip away, also when tiles move below the pointer.
func (g *Grid) unhover() {
	g.hovered = -1
	if g.tipped != nil {
		hideTip(g.tipped)
		g.tipped = nil
	}
}

// tileOf is the tile of item i, nil when it has none.
func (g *Grid) tileOf(i int) fyne.CanvasObject {
	if n := i - g.shelf.first; i >= 0 && n >= 0 && n < len(g.shelf.shown) {
		return g.shelf.shown[n].obj
	}
	return nil
}

// FocusGained shows where the keyboard stands.
func (g *Grid) FocusGained() { g.setFocus(true) }

// FocusLost hides it.
func (g *Grid) FocusLost() { g.setFocus(false) }

func (g *Grid) setFocus(on bool) {
	g.focused = on
	g.MarkAll()
}

// TypedRune passes letters on.
func (g *Grid) TypedRune(r rune) {
	if !g.Later(func() { g.TypedRune(r) }) && g.source.Rune != nil {
		g.source.Rune(r)
	}
}

// TypedKey moves with the arrows, Home, End and the page keys; everything else
// goes to the source.
func (g *Grid) TypedKey(e *fyne.KeyEvent) {
	if !g.Later(func() { g.TypedKey(e) }) && !g.GoBy(e.Name, g.keys()) && g.source.Typed != nil {
		g.source.Typed(e)
	}
}

// Held is which modifiers are held now.
func (g *Grid) Held() fyne.KeyModifier { return g.keys() }

// TypedShortcut moves with Ctrl held. What neither the grid nor its source
// knows goes to the window.
func (g *Grid) TypedShortcut(s fyne.Shortcut) {
	if g.Later(func() { g.TypedShortcut(s) }) {
		return
	}
	if c, ok := s.(*desktop.CustomShortcut); ok && g.GoBy(c.KeyName, c.Modifier) {
		return
	}
	if g.source.Shortcut != nil && g.source.Shortcut(s) {
		return
	}
	if c, ok := Canvas(g).(interface{ TypedShortcut(s fyne.Shortcut) }); ok {
		c.TypedShortcut(s)
	}
}

// GoBy does what a key does while modifiers are held, and reports whether it is
// one that moves.
func (g *Grid) GoBy(key fyne.KeyName, held fyne.KeyModifier) bool {
	at := -1
	if g.source.Cursor != nil {
		at = g.source.Cursor()
	}
	to, moves := g.shape.next(at, key)
	if !moves || held&fyne.KeyModifierAlt != 0 {
		return false
	}
	if at < 0 && to >= 0 && key != fyne.KeyHome && key != fyne.KeyEnd {
		to, _ = g.InView() // there is no place to move from
	}
	if to >= 0 && g.source.Go != nil {
		g.source.Go(to, held)
		g.ScrollTo(to)
	}
	return true
}

// next is the item to which a key moves from item at, -1 when there is none.
func (s *gridShape) next(at int, key fyne.KeyName) (to int, moves bool) {
	page := max(1, int((float64(s.view.Height)+float64(s.gap))/s.stepY))
	last := s.count - 1
	if s.columns == 1 && (key == fyne.KeyLeft || key == fyne.KeyRight) {
		return -1, false // there is nothing beside a row
	}
	switch key { //nolint:exhaustive // all other keys move nothing
	case fyne.KeyLeft:
		to = at - 1
	case fyne.KeyRight:
		to = at + 1
	case fyne.KeyUp:
		to = s.rowsOn(at, -1)
	case fyne.KeyDown:
		to = s.rowsOn(at, 1)
	case fyne.KeyPageUp:
		to = s.rowsOn(at, -page)
	case fyne.KeyPageDown:
		to = s.rowsOn(at, page)
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return -1, false
	}
	return min(max(0, to), last), true
}

// rowsOn is the item some rows below or above, as far as there are rows. A last
// row that is too short gives its last item.
func (s *gridShape) rowsOn(at, rows int) int {
	row := min(max(0, at/s.columns+rows), s.rows-1)
	return row*s.columns + at%s.columns
}

// TileAt gives the middle of item i's tile in the window's coordinates, false
// when it is out of view.
func (g *Grid) TileAt(i int) (fyne.Position, bool) {
	first, end := g.InView()
	if i < first || i >= end {
		return fyne.Position{}, false
	}
	tile := g.tileOf(i)
	top := fyne.CurrentApp().Driver().AbsolutePositionForObject(g)
	return top.Add(tile.Position()).AddXY(g.shape.tile.Width/2, g.shape.tile.Height/2), true
}
