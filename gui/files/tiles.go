package files

import (
	"image"
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
	"sluice/service/thumbnail"
)

// Thumbs gives pictures; a *thumbnail.Loader. Both methods return at once.
type Thumbs interface {
	// Want replaces all that is wanted, nearest first; side is in device pixels.
	Want(side int, wanted []thumbnail.Wanted)
	Get(id service.FileID, side int) (*image.RGBA, thumbnail.State)
}

// Intents is what people want done. All are called on the interface goroutine,
// must return at once, and may be nil.
type Intents struct {
	Open     func([]service.FileID)            // a double click or Enter
	Delete   func()                            // the Delete key, with something selected
	Menu     func(at fyne.Position)            // for what is selected; in the window's coordinates
	Selected func()                            // the selection or the cursor changed
	Resized  func(picture float32)             // the wheel changed the size of pictures
	Shortcut func(shortcut fyne.Shortcut) bool // one that the tiles don't know; reports whether it did something
	Key      func(e *fyne.KeyEvent)            // one that the tiles don't know
	Escape   func() bool                       // before it clears the selection; reports whether it did something
}

// TilesConfig is what Tiles are made of.
type TilesConfig struct {
	List    List
	Thumbs  Thumbs // nil = no pictures
	Format  *kit.Format
	Now     func() time.Time
	OnMain  func(func())                    // runs a function on the interface goroutine
	After   func(d time.Duration, f func()) // runs it there once, later; nil = by the computer's clock and OnMain
	Intents Intents
}

// Tiles shows files as a grid of tiles that can be selected, or as the rows of
// a table, which are tiles of another shape.
type Tiles struct {
	cfg       TilesConfig
	grid      *kit.Grid
	look      *tileLook
	rows      *rowLook
	view      settings.FilesView
	selection *Selection
	finder    *Finder
	viewport  *Viewport
	timer     *time.Timer
	closed    bool
	pressed   int // the item that the button went down on with Ctrl, -1 = none
}

// NewTiles makes the grid. Close it when it is no longer needed.
func NewTiles(cfg TilesConfig) *Tiles {
	t := &Tiles{
		cfg: cfg, look: newTileLook(cfg.Format), view: settings.FilesGrid, selection: NewSelection(cfg.List), finder: NewFinder(cfg.Now), pressed: -1,
	}
	t.rows = newRowLook(cfg.Format, t.look)
	after := cfg.After
	if after == nil {
		after = t.after
	}
	t.viewport = NewViewport(cfg.Now, after, t.want)
	t.grid = kit.NewGrid(t.source(), TileSize(t.look.picture))
	return t
}

// Object is what the window shows.
func (t *Tiles) Object() fyne.CanvasObject { return t.grid }

// Selection is what is selected, to be read; Select changes it.
func (t *Tiles) Selection() *Selection { return t.selection }

// Select changes the selection and shows it.
func (t *Tiles) Select(change func(*Selection)) {
	change(t.selection)
	t.selected()
}

// Picture is the side length of pictures, in Fyne's units.
func (t *Tiles) Picture() float32 { return t.look.picture }

// SetPicture changes it, within LeastPicture and MostPicture.
func (t *Tiles) SetPicture(side float32) {
	side = min(max(LeastPicture, float32(math.Round(float64(side)))), MostPicture)
	if side == t.look.picture {
		return
	}
	t.look.picture = side
	if t.view == settings.FilesTable {
		return
	}
	t.viewport.Resized()
	t.grid.SetTile(TileSize(side))
	t.refill()
}

// View is how files are shown.
func (t *Tiles) View() settings.FilesView { return t.view }

// SetView changes it. What was at the top stays there, unless the keyboard
// stands on something that was in view: that stays in view.
func (t *Tiles) SetView(v settings.FilesView) {
	if v == t.view {
		return
	}
	first, end := t.grid.InView()
	cursor := t.selection.Cursor()
	t.view = v
	t.viewport.Resized()
	if v == settings.FilesTable {
		t.grid.Reshape(fyne.NewSize(0, rowHeight), 0)
	} else {
		t.grid.Reshape(TileSize(t.look.picture), kit.GridGap)
	}
	if cursor >= first && cursor < end {
		t.grid.ScrollTo(cursor)
	}
}

// sortBy takes over which column of the table sorts: it is always shown.
func (t *Tiles) sortBy(c Column) {
	if t.rows.columns.sort(c) && t.view == settings.FilesTable {
		t.refill()
	}
}

// Relist takes over that the list has other files or another order.
func (t *Tiles) Relist() {
	t.selection.Relist()
	t.grid.Reset()
	t.visible(t.grid.InView())
	t.selected()
}

// Gone takes over that files are no longer in the account. Relist comes next.
func (t *Tiles) Gone(ids ...service.FileID) { t.selection.Gone(ids...) }

// Changed fills the tiles of these files again: their pictures are ready, or
// what is known of them has changed.
func (t *Tiles) Changed(ids []service.FileID) {
	changed := make(map[string]bool, len(ids))
	for _, id := range ids {
		changed[string(id)] = true
	}
	t.grid.UpdateKeys(func(key string) bool { return changed[key] })
}

// Close ends what was to happen later.
func (t *Tiles) Close() {
	t.closed = true
	if t.timer != nil {
		t.timer.Stop()
	}
}

func (t *Tiles) after(d time.Duration, f func()) {
	t.timer = time.AfterFunc(d, func() {
		t.cfg.OnMain(func() {
			if !t.closed {
				f()
			}
		})
	})
}

func (t *Tiles) refill() { t.grid.UpdateKeys(func(string) bool { return true }) }

func (t *Tiles) source() kit.GridSource {
	list := t.cfg.List
	return kit.GridSource{
		Count:  list.Len,
		Key:    func(i int) string { return keyOf(list, i) },
		Index:  func(key string) int { return list.Index(service.FileID(key)) },
		New:    t.newCell,
		Update: t.fill,
		Mark: func(i int, o fyne.CanvasObject) {
			cursor := t.grid.Focused() && i == t.selection.Cursor()
			o.(cell).mark(marking{selected: t.selection.Has(o.(cell).holds()), cursor: cursor})
		},
		Cursor: t.selection.Cursor,
		Go: func(i int, held fyne.KeyModifier) {
			toggle, extend := modes(held)
			t.Select(func(s *Selection) { s.Go(i, toggle, extend) })
		},
		Press:    t.press,
		Open:     func(int) { t.open() },
		Now:      t.cfg.Now,
		Menu:     t.menu,
		Band:     t.band,
		Typed:    t.typed,
		Rune:     t.letter,
		Shortcut: t.shortcut,
		Tip: func(_ int, o fyne.CanvasObject) string {
			if c := o.(cell); c.shortened() {
				return c.AccessibilityLabel()
			}
			return ""
		},
		Zoom: func(steps float32) {
			if t.view == settings.FilesTable {
				return
			}
			t.SetPicture(t.look.picture * float32(math.Pow(1.1, math.Copysign(1, float64(steps)))))
			if t.cfg.Intents.Resized != nil {
				t.cfg.Intents.Resized(t.look.picture)
			}
		},
		Visible:  func(first, end, way int) { t.viewport.Visible(first, end, way, list.Len()) },
		Scrolled: func(_, by float64) { t.viewport.Scrolled(by, float64(t.grid.Size().Height)) },
	}
}

func (t *Tiles) visible(first, end int) { t.viewport.Visible(first, end, 0, t.cfg.List.Len()) }

// keyOf tells items apart, also those that are not known yet: no id begins so.
func keyOf(list List, i int) string {
	if id := list.ID(i); id != "" {
		return string(id)
	}
	return "?" + strconv.Itoa(i)
}

// cell is a tile or a row.
type cell interface {
	holds() service.FileID
	mark(m marking)
	shortened() bool
	AccessibilityLabel() string
}

func (t *tile) holds() service.FileID { return t.id }
func (r *row) holds() service.FileID  { return r.id }

func (t *Tiles) newCell() fyne.CanvasObject {
	if t.view == settings.FilesTable {
		return newRow(t.rows)
	}
	return newTile(t.look)
}

// fill shows file i in a tile or row.
func (t *Tiles) fill(i int, o fyne.CanvasObject) {
	if i >= t.cfg.List.Len() {
		return // the list became shorter, Relist is still to come
	}
	f := t.cfg.List.File(i)
	picture, state := (*image.RGBA)(nil), thumbnail.None
	if t.cfg.Thumbs != nil && f.ID != "" {
		picture, state = t.cfg.Thumbs.Get(f.ID, t.side())
	}
	bare := state == thumbnail.None || state == thumbnail.Coming && !thumbnail.Possible(f.MIME, f.Name)
	switch o := o.(type) {
	case *tile:
		if state == thumbnail.Coming && o.id == f.ID {
			picture = o.shown() // of another size, until this one comes
		}
		label := ""
		if bare && f.ID != "" {
			label = KindLabel(&f)
		}
		o.show(&f, label, picture)
	case *row:
		if state == thumbnail.Coming && o.id == f.ID {
			picture = o.shown()
		}
		o.show(&f, bare && f.ID != "", picture)
	}
}

// side is that of pictures in device pixels.
func (t *Tiles) side() int {
	side := t.look.picture
	if t.view == settings.FilesTable {
		side = rowPicture
	}
	return int(math.Round(float64(side * t.grid.Scale())))
}

// want asks for the pictures of items.
func (t *Tiles) want(items []int) {
	if t.cfg.Thumbs == nil {
		return
	}
	wanted := make([]thumbnail.Wanted, 0, len(items))
	for _, i := range items {
		if f := t.cfg.List.File(i); f.ID != "" {
			wanted = append(wanted, thumbnail.Wanted{File: f.ID, MIME: f.MIME, Name: f.Name, Hash: f.SHA256, Uploaded: f.Uploaded})
		}
	}
	t.cfg.Thumbs.Want(t.side(), wanted)
}

func (t *Tiles) selected() {
	t.grid.MarkAll()
	if t.cfg.Intents.Selected != nil {
		t.cfg.Intents.Selected()
	}
}

// At gives the middle of item i's tile in the window's coordinates, false when
// it is out of view.
func (t *Tiles) At(i int) (fyne.Position, bool) { return t.grid.TileAt(i) }
