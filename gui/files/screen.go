package files

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/library"
	"sluice/service/settings"
	"sluice/service/thumbnail"
)

// Outside is what the screen wants done elsewhere. All of it is called on the
// interface goroutine and must return at once.
type Outside struct {
	Copy    func(format service.LinkFormat, files []service.LinkTarget) // links to the clipboard; "" = the format that is set
	Text    func(text string)                                           // another text to the clipboard
	Open    func(ids []service.FileID)                                  // pages in the browser
	Ask     func(title, text string, answers ...kit.Answer)             // a question above the window
	Tell    func(text string)                                           // what was done
	Warn    func(text string)                                           // what was not, until that is read
	Keep    func(Look)                                                  // how the screen looks, for the next start
	Account func()                                                      // to where a key is entered
	Upload  func()                                                      // to where files are added
	Changed func(library.Status)                                        // how many files there are

	// Save writes a list of files where people choose.
	Save func(Listing)
	// Dialog shows something above the window (kit.Dialog), in place of anything
	// else that stands there.
	Dialog func(width float32, title string, body fyne.CanvasObject, focus fyne.Focusable, buttons ...*kit.Button) (hide func())
	// Show puts a notice above the window's screens, until Hide takes it away. Note
	// says there why the files are of an earlier time, while they are what the window
	// shows; without text it says nothing. Escape closes the newest of all, and reports
	// whether there was one.
	Show, Hide func(*kit.Notice)
	Note       func(kit.NoticeContent)
	Escape     func() bool

	// Download brings files to this computer, in this order; nil: nothing offers
	// it.
	Download func(files []service.File)
}

// Config is what the screen is made of.
type Config struct {
	Format   *kit.Format
	Now      func() time.Time
	OnMain   func(func())                                  // runs a function on the interface goroutine
	After    func(d time.Duration, f func()) (stop func()) // runs it there later; nil = by the computer's clock and OnMain
	Long     func(*service.Error) string                   // words for an error, whole sentences
	Short    func(*service.Error) string                   // a few words
	FormatOf func() service.LinkFormat                     // that is set for links
	NameOf   func(service.LinkFormat) string
	Outside  Outside
	Look     Look
	Early    bool // nobody sees the window before Painted
	// Canvas is the window's. nil: where Fyne knows the screen to be, which it
	// does only once that was drawn; keys may come before.
	Canvas func() fyne.Canvas
}

// Look is how people want to see their files.
type Look struct {
	View    settings.FilesView
	Order   settings.FilesOrder
	Picture int // side length of pictures
}

// Screen is the Files screen. It is for the interface goroutine.
type Screen struct {
	cfg    Config
	model  *Model
	reader *reader // nil before Use
	lib    Library // zero until it is open
	old    []*reader

	ctx    context.Context //nolint:containedctx // of what is being deleted
	cancel context.CancelFunc
	wg     sync.WaitGroup

	removals []*removal
	tiles    *Tiles
	table    *tableHead
	listed   *fyne.Container // the tiles below the titles of the table's columns
	head     *header
	chips    *chips
	message  *message
	details  *details
	sheet    sheet
	bar      *selectionBar
	root     fyne.CanvasObject
	body     *fyne.Container
	side     int // what the tiles wanted last, for the preview beside it
	wanted   []thumbnail.Wanted
	follow   service.FileID // was renamed: where its new name stands comes into view; "" = none
	heard    bool           // what is known of the files is shown
	due      bool           // all files are to be read, not but a glance
	tries    int            // listings that failed in a row
	trying   func()         // ends that the files are asked for again in a while; nil: they are not
}

// New makes the screen; Use gives it files, Close ends it.
func New(cfg Config) *Screen {
	if cfg.After == nil {
		cfg.After = func(d time.Duration, f func()) func() {
			t := time.AfterFunc(d, func() { cfg.OnMain(f) })
			return func() { t.Stop() }
		}
	}
	s := &Screen{cfg: cfg, model: NewModel(), due: !cfg.Early}
	s.ctx, s.cancel = newLife()
	s.model.SetOrder(cfg.Look.Order)
	s.tiles = NewTiles(TilesConfig{
		List: s.model.List(), Thumbs: screenPictures{s}, Format: cfg.Format, Now: cfg.Now, OnMain: cfg.OnMain, Intents: s.intents(),
		After: func(d time.Duration, f func()) { cfg.After(d, f) },
	})
	if cfg.Early {
		s.tiles.viewport.Unseen()
	}
	s.table = newTableHead(s.tiles.rows.columns, s.sortBy)
	s.head = newHeader(s)
	s.chips = newChips(s)
	s.message = newMessage()
	s.details = newDetails(s)
	s.bar = newSelectionBar(s)
	s.listed = container.New(filesLayout{}, s.table.root, s.tiles.Object())
	s.body = container.New(bodyLayout{&s.sheet}, s.chips.root, container.NewStack(s.listed, s.message.root), s.bar.root, s.details.root)
	s.root = kit.NewBox(kit.ColorPage, kit.Padding{Top: 20, Right: kit.PageMargin, Bottom: 20, Left: kit.PageMargin},
		container.New(screenLayout{}, s.head.root, s.body))
	s.tiles.SetPicture(float32(cfg.Look.Picture))
	s.tiles.SetView(cfg.Look.View)
	s.reorder()
	s.show()
	return s
}

func (s *Screen) intents() Intents {
	return Intents{
		Open: s.open, Delete: s.askDelete, Menu: s.openMenu, Selected: s.selected,
		Resized:  func(side float32) { s.chips.slider.Set(int(side)); s.keep() },
		Shortcut: s.shortcut,
		Key:      s.TypedKey,
		Escape: func() bool {
			return s.showSheet(false) || s.tiles.selection.Count() == 0 && s.cfg.Outside.Escape()
		},
	}
}

func newLife() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// Floor is the height of what stands at the screen's lower edge while files are
// selected, and of the room above it.
func (s *Screen) Floor() float32 { return s.bar.root.MinSize().Height + bodyGap }

// Object is what the window shows.
func (s *Screen) Object() fyne.CanvasObject { return s.root }

// Model is what the screen shows, to be read only.
func (s *Screen) Model() *Model { return s.model }

// Tiles is the grid.
func (s *Screen) Tiles() *Tiles { return s.tiles }

// Use shows the files that open gives, once it does; it is called on another
// goroutine and may wait. Deletions that wait are taken back.
func (s *Screen) Use(open func(context.Context) (Library, error)) {
	s.endRemovals()
	if s.reader != nil {
		s.reader.stop()
		s.old = append(s.old, s.reader)
		s.reader = nil
	}
	s.lib = Library{}
	s.tiles.grid.Release(false)
	s.model.Forget()
	s.tiles.Select((*Selection).Clear)
	s.relist()
	if open == nil {
		return
	}
	r := &reader{onMain: s.cfg.OnMain, take: s.take, ready: s.ready, opened: func(lib Library) { s.lib = lib }}
	s.heard = false
	s.reader = r
	r.want = s.model.wanted()
	r.start(open)
}

// Close ends everything and waits for it.
func (s *Screen) Close() {
	s.endRemovals()
	if s.trying != nil {
		s.trying()
	}
	s.tiles.Close()
	s.cancel()
	if s.reader != nil {
		s.reader.close()
	}
	for _, r := range s.old {
		r.close()
	}
	s.wg.Wait()
}

// Shown gives the tiles the keyboard, and brings them up to date.
func (s *Screen) Shown() {
	if status := s.model.status; status.Known && !status.Busy && s.cfg.Now().Sub(status.At) > staleAfter {
		s.Refresh()
	}
	s.focusTiles()
}

// Find gives the search box the keyboard.
func (s *Screen) Find() {
	if c := s.canvas(); c != nil {
		c.Focus(s.head.search)
		s.head.search.SelectAll()
	}
}

// Refresh asks the service for the files again.
func (s *Screen) Refresh() {
	if s.lib.Catalogue != nil {
		s.lib.Catalogue.Refresh()
	}
}

// canvas is the window's, nil for a screen in none.
func (s *Screen) canvas() fyne.Canvas {
	if s.cfg.Canvas != nil {
		return s.cfg.Canvas()
	}
	return kit.Canvas(s.root)
}

// relist shows another list.
func (s *Screen) relist() {
	s.tiles.Relist() // which calls selected
	s.show()
}

// show fits everything but the tiles to the model.
func (s *Screen) show() {
	state := s.model.State()
	s.head.show()
	s.chips.show()
	s.showNote()
	s.listed.Hidden = state != Listed
	s.table.root.Hidden = s.tiles.View() != settings.FilesTable
	s.message.root.Hidden = state == Listed
	if state != Listed {
		s.showMessage(state)
	}
	s.bar.show()
	s.details.show()
	s.body.Refresh()
}

// selected takes over that the selection is another.
func (s *Screen) selected() {
	if s.bar == nil {
		return // the screen is being made
	}
	if s.bar.show() {
		s.body.Refresh()
	}
	s.details.show()
	s.wantPreview()
}

func (s *Screen) keep() {
	s.cfg.Outside.Keep(Look{View: s.tiles.View(), Order: s.model.order, Picture: int(s.tiles.Picture())})
}

// targets is what links to files are written from.
func (s *Screen) targets(ids []service.FileID) []service.LinkTarget {
	targets := make([]service.LinkTarget, 0, len(ids))
	for _, f := range s.files(ids) {
		targets = append(targets, service.LinkTarget{ID: f.ID, Name: f.Name, Size: f.Size})
	}
	return targets
}

// files is all that is known of files; those that are gone are left out.
func (s *Screen) files(ids []service.FileID) []service.File {
	files := make([]service.File, 0, len(ids))
	for _, id := range ids {
		if s.lib.Catalogue == nil {
			break
		}
		if f, ok := s.lib.Catalogue.File(id); ok {
			files = append(files, f)
		}
	}
	return files
}

func (s *Screen) open(ids []service.FileID) { s.cfg.Outside.Open(ids) }

func (s *Screen) copy(format service.LinkFormat, ids []service.FileID) {
	if targets := s.targets(ids); len(targets) > 0 {
		s.cfg.Outside.Copy(format, targets)
	}
}

func (s *Screen) shortcut(shortcut fyne.Shortcut) bool {
	if _, ok := shortcut.(*fyne.ShortcutUndo); ok {
		return s.TakeBack()
	}
	if _, ok := shortcut.(*fyne.ShortcutCopy); ok && s.tiles.selection.Count() > 0 {
		s.copy("", s.tiles.selection.IDs())
		return true
	}
	return false
}
