package uploads

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

// Intents is what people want done. All are called on the interface goroutine
// and must return at once.
type Intents struct {
	Choose        func() // files to upload
	ChooseFolder  func() // folders to upload
	PauseAll      func()
	Resume        func()
	History       func() // show it
	ClearFinished func()
	RetryFailed   func()
	Download      func() // asks for links and downloads them; nil: nothing can be downloaded
	Pause         func(ID)
	ResumeEach    func([]ID) // those that were paused by themselves
	Cancel        func(ID)
	Remove        func(ID) // a row that has ended from the list
	Retry         func(ID)
	ToFront       func(ID)
	CopyLinks     func([]service.JobID)
	Open          func(ID)                 // its page in the browser
	OpenFile      func(service.DownloadID) // what was downloaded
	ShowFile      func(service.DownloadID) // the same in its folder
}

// Config is what the screen is made of.
type Config struct {
	Words    Words
	Now      func() time.Time
	Intents  Intents
	Previews *Previews // nil: no pictures
}

// Screen is the Uploads screen. It shows downloads beside them.
type Screen struct {
	cfg    Config
	model  *Model
	rows   *kit.Rows
	zone   *kit.DropZone
	list   *kit.Box
	pause  *kit.Button
	clear  *kit.Button
	root   fyne.CanvasObject
	body   *fyne.Container
	paused bool
	tight  bool // no room for all words of the header

	history *kit.Button
	links   *kit.Button

	click struct { // the last on a row's button
		id    ID
		place fyne.Position
		at    time.Time
	}
}

// New makes the screen, empty.
func New(cfg Config) *Screen {
	s := &Screen{cfg: cfg, model: NewModel(cfg.Words.Format, cfg.Now)}
	s.pause = kit.NewButton(lang.L("Pause all"), kit.ButtonPlain, s.togglePause)
	s.clear = kit.NewButton(lang.L("Clear finished"), kit.ButtonPlain, cfg.Intents.ClearFinished)
	choose := kit.NewButton(lang.L("Choose files…"), kit.ButtonPrimary, cfg.Intents.Choose)
	folder := kit.NewButton("", kit.ButtonPlain, cfg.Intents.ChooseFolder).WithIcon(kit.IconFolder).WithTip(lang.L("Choose folders…"))
	s.zone = kit.NewDropZone(lang.L("Drop files or folders anywhere in this window"), "", cfg.Intents.Choose)
	s.rows = kit.NewRows(s.source())
	s.list = kit.NewClippedCard(s.rows)
	s.body = container.New(bodyLayout{}, s.zone, s.list)
	s.history = kit.NewButton(lang.L("History"), kit.ButtonPlain, cfg.Intents.History)
	s.links = kit.NewButton(lang.L("Download links…"), kit.ButtonPlain, cfg.Intents.Download)
	s.links.Hidden = cfg.Intents.Download == nil
	page := kit.NewPage(kit.NewHeader(lang.L("Uploads"), s.history, s.pause, s.clear, s.links, choose, folder), s.body)
	s.root = container.New(fitLayout{s.fit}, page)
	s.SetCopies(false)
	s.controls()
	return s
}

// Object is what the window shows.
func (s *Screen) Object() fyne.CanvasObject { return s.root }

// Model is what the screen shows, to be read only.
func (s *Screen) Model() *Model { return s.model }

// SetCopies says whether links are copied by themselves once they are there.
func (s *Screen) SetCopies(on bool) {
	hint := lang.L("or paste files or links with Ctrl+V")
	if on {
		hint = lang.L("or paste files or links with Ctrl+V · links are copied when done")
	}
	s.zone.SetHint(hint)
}

// Reset takes over a snapshot in place of all uploads.
func (s *Screen) Reset(snapshot upload.Snapshot) {
	s.model.Reset(snapshot)
	s.rows.Reset()
	s.controls()
}

// ResetDownloads takes over a snapshot in place of all downloads.
func (s *Screen) ResetDownloads(snapshot download.Snapshot) {
	s.model.ResetDownloads(snapshot)
	s.rows.Reset()
	s.controls()
}

// Apply takes over what the queues tell, each in its order, and gives the
// batches that ended.
func (s *Screen) Apply(uploads []upload.Event, downloads ...download.Event) Change {
	held := s.model.allHeld()
	c := s.model.Apply(uploads, downloads...)
	s.show(c)
	if held != s.model.allHeld() {
		s.rows.UpdateKeys(func(int64) bool { return true })
	}
	s.controls()
	return c
}

// Tick takes over that time went by.
func (s *Screen) Tick() { s.show(s.model.Tick()) }

// Ticks reports whether Tick is wanted every second.
func (s *Screen) Ticks() bool { return s.model.Ticks() }

func (s *Screen) show(c Change) {
	if c.Order {
		s.rows.Reset()
		return
	}
	s.rows.UpdateKeys(func(key int64) bool {
		_, changed := c.Keys[key]
		return changed
	})
}

// controls fits the buttons to what there is.
func (s *Screen) controls() {
	s.paused = s.model.up.Paused || s.model.down.Paused
	s.fitPause()
	s.pause.SetEnabled(s.paused || s.model.Open() > 0)
	s.clear.SetEnabled(s.model.Len(SectionToday)+s.model.Len(SectionEarlier) > 0)
	if empty := s.model.Empty(); empty == s.list.Visible() {
		s.list.Hidden = empty
		s.body.Refresh()
	}
}

func (s *Screen) togglePause() {
	if s.paused {
		s.cfg.Intents.Resume()
	} else {
		s.cfg.Intents.PauseAll()
	}
}

// Allows reports whether an action can be done with an item.
func (s *Screen) Allows(it Item, a Action) bool {
	row := s.words(&it)
	return slices.Contains(row.Actions, a) || slices.Contains(row.More, a)
}

// doubleClick is how long after a click another one may be its second half.
const doubleClick = 400 * time.Millisecond

// clicked runs the action of a button in a row, at its place in the window. The
// first half of a double click can move its row away: the second half, on the
// row that took the place, is not meant.
func (s *Screen) clicked(a Action, id ID, place fyne.Position) {
	last, now := s.click, s.cfg.Now()
	if last.id != id && last.place == place && now.Sub(last.at) < doubleClick {
		return
	}
	s.click.id, s.click.place, s.click.at = id, place, now
	s.Do(a, id)
}

// Do asks for an action on an item.
func (s *Screen) Do(a Action, id ID) {
	in := s.cfg.Intents
	up, _ := id.Upload()
	down, _ := id.Download()
	switch a {
	case ActionFront:
		in.ToFront(id)
	case ActionRetry:
		in.Retry(id)
	case ActionCopy:
		in.CopyLinks([]service.JobID{up})
	case ActionOpen:
		in.Open(id)
	case ActionFile:
		in.OpenFile(down)
	case ActionShow:
		in.ShowFile(down)
	case ActionPause:
		in.Pause(id)
	case ActionResume:
		in.ResumeEach([]ID{id})
	case ActionCancel:
		in.Cancel(id)
	case ActionRemove:
		in.Remove(id)
	}
}

// bodyLayout puts the zone above the list, and gives it all the room while
// there is no list.
type bodyLayout struct{}

const zoneGap float32 = 16

// Layout is Fyne's.
func (bodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	zone, list := objects[0], objects[1]
	if !list.Visible() {
		zone.Resize(size)
		return
	}
	height := kit.DropZoneHeight
	if size.Height < 520 {
		height = kit.SmallDropZone
	}
	zone.Resize(fyne.NewSize(size.Width, height))
	list.Resize(fyne.NewSize(size.Width, size.Height-height-zoneGap))
	list.Move(fyne.NewPos(0, height+zoneGap))
}

// MinSize is Fyne's.
func (bodyLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, kit.SmallDropZone+zoneGap+120)
}
