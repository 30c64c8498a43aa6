package watched

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/screenshots"
	"sluice/service/watch"
)

// Intents is what people want done elsewhere. All are called on the interface
// goroutine and must return at once.
type Intents struct {
	PickFolder func(title string, chosen func(path string)) // asks for one; chosen is called there too, if at all
	Copy       func(watch.Entry)                            // its link
	CopyText   func(text string)
	Open       func(link string) // in the browser
	ShowFolder func(path string)
	Ask        func(title, text string, answers ...kit.Answer)
	Tell       func(text string) // what could not be done
	Done       func(text string) // what was done
	Changed    func(on int)      // how many folders are switched on
}

// Config is what the screen is made of.
type Config struct {
	Words   Words
	Now     func() time.Time
	OnMain  func(func())                // runs a function on the interface goroutine
	Act     func(func(context.Context)) // runs a function elsewhere, after all that were given before
	Home    string                      // the user's home folder, "" when it is not known
	Intents Intents

	Downloads func() string // the folder that Sluice downloads into

	// These ask the disk, and are called away from the interface goroutine.
	Look      func(ctx context.Context, path string, opts watch.Options, limit int, soFar func(files int, bytes int64)) (watch.Preview, error)
	OnNetwork func(path string) bool
}

// Screen is the screen of watched folders.
type Screen struct {
	cfg     Config
	model   *Model
	folders Folders // nil until they are open
	reader  *reader // nil before Use
	old     []*reader

	ctx    context.Context //nolint:containedctx // of what reads and asks
	cancel context.CancelFunc
	wg     sync.WaitGroup

	cards      map[watch.FolderID]*cardView
	unfolded   map[watch.FolderID]bool // as people have said
	copied     map[string]bool         // links that were put on the clipboard last
	width      float32                 // of the list
	suggesting bool
	suggested  screenshots.Folder // to begin with; none without a path
	adding     bool               // the suggested one

	sheet     *sheet // that was opened last
	rows      *kit.Rows
	pause     *kit.Button
	addButton *kit.Button
	message   *message
	body      *fyne.Container
	root      fyne.CanvasObject
}

// New makes the screen; Use gives it folders, Close ends it.
func New(cfg Config) *Screen {
	s := &Screen{
		cfg: cfg, model: NewModel(cfg.Now), cards: map[watch.FolderID]*cardView{},
		unfolded: map[watch.FolderID]bool{}, copied: map[string]bool{},
	}
	s.ctx, s.cancel = newLife()
	s.pause = kit.NewButton(lang.L("Pause"), kit.ButtonPlain, s.pauseOrResume).WithMenu()
	s.addButton = kit.NewButton(lang.L("Add folder…"), kit.ButtonPrimary, s.askAdd)
	s.rows = kit.NewRows(s.source())
	s.message = newMessage()
	s.body = container.New(bodyLayout{s}, s.rows, s.message.root)
	s.root = kit.NewListPage(kit.NewHeader(lang.L("Watched folders"), s.pause, s.addButton), s.body)
	s.show()
	return s
}

func newLife() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// Object is what the window shows.
func (s *Screen) Object() fyne.CanvasObject { return s.root }

// Model is what the screen shows, to be read only.
func (s *Screen) Model() *Model { return s.model }

// Use shows the folders that open gives, once it does; it is called on another
// goroutine and may wait. nil: there are none to be had.
func (s *Screen) Use(open func(context.Context) (Folders, error)) {
	if s.reader != nil {
		s.reader.stop()
		s.old = append(s.old, s.reader)
		s.reader = nil
	}
	s.folders = nil
	if s.sheet != nil {
		s.sheet.hide() // it was about other folders
	}
	s.model.Forget()
	clear(s.cards)
	clear(s.unfolded)
	clear(s.copied)
	s.rows.ScrollToOffset(0)
	s.show()
	if open == nil {
		return
	}
	s.reader = &reader{
		onMain: s.cfg.OnMain,
		opened: func(f Folders, snapshot watch.Snapshot) {
			s.folders = f
			s.model.Take(snapshot)
			s.show()
			s.more()
			s.suggest()
		},
		failed: func(err error) { s.model.Fail(err); s.show() },
		events: func(events []watch.Event) {
			s.model.Apply(events)
			s.show()
			s.suggest()
		},
	}
	s.reader.start(open)
}

// open shows a sheet and gives something in it the keyboard.
func (s *Screen) open(sheet *sheet, focus fyne.Focusable) {
	s.sheet = sheet
	sheet.show(focus)
}

// Close ends everything and waits for it.
func (s *Screen) Close() {
	s.cancel()
	if s.reader != nil {
		s.reader.close()
	}
	for _, r := range s.old {
		r.close()
	}
	s.wg.Wait()
}

// suggest looks for a folder to begin with, while there is none.
func (s *Screen) suggest() {
	if s.model.State() != Ready || s.model.Len() > 0 || s.suggesting {
		return
	}
	s.suggesting = true
	ctx, folders := s.ctx, s.folders
	s.wg.Go(func() {
		found := folders.Suggest(ctx)
		s.cfg.OnMain(func() {
			if ctx.Err() != nil {
				return
			}
			s.suggesting, s.suggested = false, screenshots.Folder{}
			if len(found) > 0 {
				s.suggested = found[0]
			}
			s.show()
		})
	})
}

// Tick takes over that time went by.
func (s *Screen) Tick() {
	s.model.Activity.group() // another day may have begun
	s.show()
}

// TypedKey takes a key that went to nothing on the window.
func (s *Screen) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyEscape:
		if s.sheet != nil {
			s.sheet.hide()
		}
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd:
		if c := kit.Canvas(s.root); c != nil && s.rows.Visible() {
			c.Focus(s.rows)
			s.rows.TypedKey(e)
		}
	}
}

// CaughtUp reports whether a file had come before its folder was watched.
func (s *Screen) CaughtUp(path string) bool { return s.folders != nil && s.folders.CaughtUp(path) }

// WholeSince tells since when a file had not changed, zero when that is not
// known.
func (s *Screen) WholeSince(path string) time.Time {
	if s.folders == nil {
		return time.Time{}
	}
	return s.folders.WholeSince(path)
}

// Copied marks the entries whose links were put on the clipboard last.
func (s *Screen) Copied(links ...string) {
	clear(s.copied)
	for _, l := range links {
		s.copied[l] = true
	}
	s.show()
}

// show fits everything to the model.
func (s *Screen) show() {
	m := s.model
	for id := range s.cards {
		if m.index(id) < 0 {
			delete(s.cards, id)
		}
	}
	listed := m.State() == Ready && m.Len() > 0
	s.rows.Hidden, s.message.root.Hidden = !listed, listed
	s.rows.Reset()
	if !listed {
		s.message.set(s.saying())
	}
	s.addButton.SetEnabled(s.folders != nil)
	s.showPause(listed)
	s.cfg.Intents.Changed(m.On())
}

// showPause fits the button that pauses and resumes.
func (s *Screen) showPause(listed bool) {
	paused := s.model.Pause().On
	label := lang.L("Pause")
	if paused {
		label = lang.L("Resume")
	}
	if s.pause.Label() == label && s.pause.Hidden == !listed {
		return
	}
	s.pause.SetLabel(label)
	s.pause.SetMenu(!paused)
	s.pause.Hidden = !listed
	s.root.Refresh()
}

// saying is what stands in the list's place while there are no folders.
func (s *Screen) saying() saying {
	m := s.model
	switch {
	case m.State() == Broken:
		return saying{
			icon: kit.IconWarning, color: kit.ColorRed, title: lang.L("The watched folders can’t be read"),
			text: lang.L("Nothing is being watched. Sluice’s folder may be on a disk that is full, failing or missing. Check it, then restart Sluice. Your files are not affected."),
		}
	case m.State() == Opening:
		return saying{icon: kit.IconEye, color: kit.ColorSecondary, title: lang.L("Watched folders")}
	}
	c := saying{
		icon: kit.IconEye, color: kit.ColorSecondary, title: lang.L("No watched folders yet"),
		text:  lang.L("New files in a watched folder upload by themselves, and their links go to the clipboard. What is already in it stays as it is unless you say otherwise."),
		label: lang.L("Add folder…"), do: s.askAdd,
	}
	if s.suggested.Path != "" {
		if s.suggested.Own {
			c.text = lang.L("New files in a watched folder upload by themselves, and their links go to the clipboard. Your screenshots folder is below: one click, and every new screenshot becomes a link. Those already there stay as they are.")
		}
		c.label, c.do = lang.L("Watch {{.Folder}}", map[string]any{"Folder": s.cfg.Words.Format.Folder(s.suggested.Path)}), s.takeSuggested
		c.second, c.other = lang.L("Another folder…"), s.askAdd
	}
	c.busy = s.adding
	return c
}

// bodyLayout gives all of the room to the list and to what stands in its place.
type bodyLayout struct{ s *Screen }

// Layout is Fyne's.
func (l bodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	other := l.s.width != size.Width
	l.s.width = size.Width
	for _, o := range objects {
		o.Resize(size)
	}
	if other {
		l.s.rows.Reset() // cards are as high as their words need
	}
}

// MinSize is Fyne's.
func (bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, 100) }
