package history

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/upload"
)

// Store is what keeps the history; *upload.Engine is one. Its methods are
// called away from the interface goroutine.
type Store interface {
	History(ctx context.Context, before int64, limit int, search string) (jobs []upload.Job, next int64, err error)
	ClearHistory(ctx context.Context, olderThan time.Time) (int, error)
}

// Intents is what people want done elsewhere. All are called on the interface
// goroutine and must return at once.
type Intents struct {
	Back      func() // to the uploads
	Copy      func([]upload.Job)
	Open      func(link string)                               // in the browser
	Export    func(format upload.ExportFormat, search string) // to a file that is asked for
	Ask       func(title, text string, answers ...kit.Answer) // a question above the window
	Tell      func(text string)                               // what was done
	TellError func(op string, err error)                      // what could not be done
	Act       func(func(context.Context))                     // away from the interface goroutine, in order
	OnMain    func(func())                                    // back on it; called on any goroutine
}

// Config is what the page is made of.
type Config struct {
	Words   Words
	Now     func() time.Time
	Intents Intents
	NewTile func() Tile
}

// Screen is the page.
type Screen struct {
	cfg   Config
	store Store // nil: there is none yet
	model *Model
	open  bool

	reads    context.Context //nolint:containedctx // ends when another search begins
	stop     context.CancelFunc
	counting bool // what could be cleared

	rows    *kit.Rows
	list    *kit.Box
	message *message
	search  *kit.SearchField
	export  *kit.Button
	clear   *kit.Button
	root    fyne.CanvasObject
}

// New makes the page, closed.
func New(cfg Config) *Screen {
	s := &Screen{cfg: cfg, model: NewModel(cfg.Now), stop: func() {}}
	leave := cfg.Intents.Back
	back := kit.NewButton(lang.L("Uploads"), kit.ButtonPlain, leave).WithIcon(kit.IconBack).WithEscape(leave)
	title := kit.NewText(lang.L("History"), kit.TextStyle{Size: kit.SizeTitle, Bold: true, Elide: kit.ElideEnd})
	s.search = kit.NewSearchField(lang.L("Search names"), lang.L("Clear search"), s.searched, s.searchKey)
	s.export = kit.NewButton(lang.L("Export…"), kit.ButtonPlain, s.askExport).WithEscape(leave)
	s.clear = kit.NewButton(lang.L("Clear history…"), kit.ButtonPlain, s.askClear).WithEscape(leave)
	s.rows = kit.NewRows(s.source())
	s.list = kit.NewClippedCard(s.rows)
	s.message = newMessage(leave)
	body := container.NewStack(s.list, s.message.root)
	s.root = kit.NewRoom(kit.Padding{Top: 20, Right: kit.PageMargin, Bottom: 20, Left: kit.PageMargin},
		container.New(pageLayout{}, back, title, s.search, s.export, s.clear, body))
	s.show()
	return s
}

// Object is what the window shows.
func (s *Screen) Object() fyne.CanvasObject { return s.root }

// Model is what the page shows, to be read only.
func (s *Screen) Model() *Model { return s.model }

// Open begins to show a store's history from its newest.
func (s *Screen) Open(store Store) {
	s.store, s.open = store, true
	s.model.Forget()
	s.rows.ScrollToOffset(0)
	if s.search.Text == "" {
		s.begin("")
	} else {
		s.search.Clear() // which begins
	}
}

// Close lets go of everything that is shown.
func (s *Screen) Close() {
	s.open = false
	s.stop()
	s.model.Forget()
	s.show()
}

// IsOpen reports whether the page is shown.
func (s *Screen) IsOpen() bool { return s.open }

// Apply takes over events of the engine.
func (s *Screen) Apply(events []upload.Event) {
	if s.open && s.model.Apply(events) {
		s.show()
	}
}

// Tick takes over that time went by.
func (s *Screen) Tick() {
	if s.model.Tick() && s.open {
		s.show()
	}
}

// Find gives the search field the keyboard.
func (s *Screen) Find() {
	if c := kit.Canvas(s.root); c != nil {
		c.Focus(s.search)
		s.search.SelectAll()
	}
}

// TypedRune takes a letter that went to nothing on the window: it begins a
// search.
func (s *Screen) TypedRune(r rune) {
	if c := kit.Canvas(s.root); c != nil && r != ' ' { // space is a key of the rows
		c.Focus(s.search)
		s.search.TypedRune(r)
	}
}

// TypedKey takes a key that went to nothing on the window.
func (s *Screen) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyEscape:
		s.escape()
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd:
		s.toRows(e)
	}
}

// escape clears the search, or else leaves.
func (s *Screen) escape() {
	if s.search.Text != "" {
		s.search.Clear()
		return
	}
	s.cfg.Intents.Back()
}

// toRows gives the list the keyboard, and a key.
func (s *Screen) toRows(e *fyne.KeyEvent) {
	c := kit.Canvas(s.root)
	if c == nil || !s.list.Visible() || s.model.Len() == 0 {
		return
	}
	c.Focus(s.rows)
	if e.Name != fyne.KeyDown { // that is where the focus puts it at first
		s.rows.TypedKey(e)
	}
}

func (s *Screen) searchKey(e *fyne.KeyEvent) bool {
	switch e.Name { //nolint:exhaustive // all other keys are the field's
	case fyne.KeyEscape:
		s.escape()
	case fyne.KeyDown, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnter:
		s.toRows(&fyne.KeyEvent{Name: fyne.KeyDown})
	default:
		return false
	}
	return true
}

// searched looks for what stands in the search field now.
func (s *Screen) searched(text string) {
	s.rows.ScrollToOffset(0)
	s.begin(strings.TrimSpace(text))
}

// show fits everything to the model.
func (s *Screen) show() {
	s.rows.Reset()
	m := s.model
	listed := m.Rows() > 0
	s.list.Hidden, s.message.root.Hidden = !listed, listed
	switch {
	case listed:
	case m.State() == Reading:
		s.message.set(kit.IconClock, kit.ColorSecondary, lang.L("Reading the history…"), "", "", nil)
	case m.State() == Broken:
		s.message.set(kit.IconWarning, kit.ColorRed, lang.L("The history can’t be read"),
			lang.L("Your files and their links are not affected. Sluice’s folder may be on a disk that is full, failing or missing. Check it, then try again."),
			lang.L("Try again"), s.again)
	case m.Search() != "":
		s.message.set(kit.IconSearch, kit.ColorSecondary, lang.L("Nothing found for “{{.Search}}”", map[string]any{"Search": kit.PlainName(m.Search())}),
			lang.L("The search looks for this text in file names, ignoring upper and lower case."), lang.L("Clear search"), s.search.Clear)
	default:
		s.message.set(kit.IconClock, kit.ColorSecondary, lang.L("No history yet"),
			lang.L("Every file you upload from this computer is listed here with its link, even long after it has left the list of uploads."), "", nil)
	}
	s.export.SetEnabled(m.State() == Ready && m.Len() > 0)
	s.clear.SetEnabled(!s.counting && m.State() == Ready && (m.Len() > 0 || m.Search() != ""))
	s.list.Refresh()
}

// askExport asks for the format of the file.
func (s *Screen) askExport() {
	c := kit.Canvas(s.root)
	if c == nil {
		return
	}
	item := func(label string, format upload.ExportFormat) *fyne.MenuItem {
		return fyne.NewMenuItem(label, func() { s.cfg.Intents.Export(format, s.model.Search()) })
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("",
		item(lang.L("As CSV, for spreadsheets…"), upload.CSV), item(lang.L("As JSON, for programs…"), upload.JSON)), c)
	menu.ShowAtRelativePosition(fyne.NewPos(0, s.export.Size().Height+2), s.export)
}

func (s *Screen) copy(jobs ...upload.Job) { s.cfg.Intents.Copy(jobs) }
func (s *Screen) visit(j upload.Job)      { s.cfg.Intents.Open(j.Link) }
