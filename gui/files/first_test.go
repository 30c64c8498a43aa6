package files

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/feed"
	"sluice/service/library"
	"sluice/service/settings"
	"sluice/storage/listing"
)

// account is a service with so many files, the first of them the newest.
type account int

func (n account) EachFile(_ context.Context, f func(service.File) error) error {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for i := range int(n) {
		id := fmt.Sprintf("id%05d", i)
		err := f(service.File{ID: service.FileID(id), Name: "name " + id, MIME: "application/zip", Uploaded: day.Add(-time.Duration(i) * time.Minute)})
		if err != nil {
			return err
		}
	}
	return nil
}

func await(t *testing.T, c *library.Catalogue, is func(library.Status) bool) {
	t.Helper()
	status, news := c.Subscribe(t.Context())
	defer news.Close()
	for !is(status) {
		list, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = list[len(list)-1]
	}
}

// secondStart is a catalogue of so many files that were seen before, and shows a
// glance of them.
func secondStart(t *testing.T, n int) *library.Catalogue {
	t.Helper()
	store, err := listing.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	first := library.New(library.Config{Store: store})
	first.Use("here", account(n))
	await(t, first, func(s library.Status) bool { return s.Known && !s.Busy })
	first.Find(library.Search{Descending: true})
	first.Use("nobody", nil)
	await(t, first, func(s library.Status) bool { return s.Scope == "nobody" })
	first.Close()

	c := library.New(library.Config{Store: store, Glance: time.Hour})
	t.Cleanup(c.Close)
	c.Use("here", nil)
	await(t, c, func(s library.Status) bool { return s.Glance })
	return c
}

// opening is the Files screen in a window that nobody has seen yet.
type opening struct {
	*guitest.Window
	screen    *Screen
	catalogue *library.Catalogue
	told      library.Status
	saved     []Listing
	timers    []func()
}

func openScreen(t *testing.T, n int) *opening {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	queue := guitest.NewQueue()
	o := &opening{catalogue: secondStart(t, n)}
	o.screen = New(Config{
		Format: kit.NewFormat("en", time.Now, ""), Now: time.Now, OnMain: queue.OnMain, Early: true,
		After: func(_ time.Duration, f func()) func() { o.timers = append(o.timers, f); return func() {} },
		Long:  func(*service.Error) string { return "" }, Short: func(*service.Error) string { return "" },
		FormatOf: func() service.LinkFormat { return service.FormatAddress }, NameOf: func(service.LinkFormat) string { return "" },
		Look: Look{View: settings.FilesGrid, Order: settings.NewestFirst, Picture: int(DefaultPicture)},
		Outside: Outside{
			Note: func(kit.NoticeContent) {}, Changed: func(s library.Status) { o.told = s }, Keep: func(Look) {}, Save: func(l Listing) { o.saved = append(o.saved, l) },
		},
	})
	t.Cleanup(o.screen.Close)
	win := test.NewTempWindow(t, o.screen.Object())
	win.Resize(fyne.NewSize(1000, 760))
	o.Window = guitest.Drive(t, win, queue)
	var ready feed.Feed[struct{}, []service.FileID]
	t.Cleanup(ready.Close)
	o.screen.Use(func(context.Context) (Library, error) {
		return Library{Catalogue: o.catalogue, Ready: ready.Subscribe, Keyless: func() bool { return false }}, nil
	})
	o.Until("the files to be placed", o.screen.Placed)
	return o
}

// paint lets people see the window for a while.
func (o *opening) paint() {
	o.screen.Painted()
	timers := o.timers
	o.timers = nil
	for _, f := range timers {
		f()
	}
}

// seenTiles are the names that tiles show, by item.
func (o *opening) seenTiles() map[int]string {
	names := map[int]string{}
	first, end := o.screen.tiles.grid.InView()
	for i := first; i < end; i++ {
		names[i] = o.screen.model.list.Name(i)
	}
	return names
}

// The first frame has the files and their numbers; nobody waits for the rest, and
// what is done before that is there is done to all of them.
func TestTheFirstFrameHasTheFiles(t *testing.T) {
	const n = 3000
	o := openScreen(t, n)
	s := o.screen
	if s.model.State() != Listed || s.model.list.Len() != n || !s.model.Status().Glance || !s.Complete() {
		t.Fatalf("%v, %d files, %+v", s.model.State(), s.model.list.Len(), s.model.Status())
	}
	if o.told.Files != n || s.model.Counts().Of(library.Archive) != n {
		t.Errorf("%d files are told of, %d in the chips", o.told.Files, s.model.Counts().Of(library.Archive))
	}
	before, height := o.seenTiles(), s.tiles.grid.Height()
	if len(before) < 20 || before[0] != "name id00000" {
		t.Fatalf("it shows %v", before)
	}
	// Far down nothing is known, and nothing wrong is shown.
	s.tiles.grid.ScrollToOffset(height)
	for i, name := range o.seenTiles() {
		if name != "" {
			t.Errorf("tile %d shows %q", i, name)
		}
	}
	s.tiles.grid.ScrollToOffset(0)

	s.tiles.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	s.saveShown()
	if s.tiles.selection.Count() != 0 || len(o.saved) != 0 {
		t.Errorf("%d selected and %d lists saved before all files are known", s.tiles.selection.Count(), len(o.saved))
	}
	o.Until("all files to be read, which was asked for by that", func() bool { return !s.model.Status().Glance })
	if s.tiles.selection.Count() != n || len(o.saved) != 1 || o.saved[0].Count != n {
		t.Errorf("%d selected, %d lists saved", s.tiles.selection.Count(), len(o.saved))
	}
	after := o.seenTiles()
	for i, name := range before {
		if after[i] != name {
			t.Errorf("tile %d showed %q, then %q", i, name, after[i])
		}
	}
	if s.tiles.grid.Height() != height || s.tiles.grid.Offset() != 0 {
		t.Errorf("the list was %v high, then %v, at %v", height, s.tiles.grid.Height(), s.tiles.grid.Offset())
	}
}

// Once the window was painted, all files are read without anybody's doing.
func TestAllFilesAreReadAfterTheFirstFrame(t *testing.T) {
	o := openScreen(t, 2000)
	o.screen.tiles.grid.ScrollToOffset(500)
	if !o.screen.model.Status().Glance {
		t.Fatal("they were read before")
	}
	o.paint()
	o.Until("all files", func() bool { return !o.screen.model.Status().Glance })
	if at := o.screen.tiles.grid.Offset(); at != 500 {
		t.Errorf("it went to %v", at)
	}
	if known := o.screen.model.list.found.Known(); known != 2000 {
		t.Errorf("%d files are known", known)
	}
}

// A search that comes first is answered from all files.
func TestSearchInTheFirstMoment(t *testing.T) {
	o := openScreen(t, 2000)
	o.screen.searched("id01999")
	o.Until("what was searched for", func() bool { return o.screen.model.list.Len() == 1 })
	if name := o.screen.model.list.Name(0); name != "name id01999" {
		t.Errorf("found %q", name)
	}
}

// What was done to files of one account is never done to those of another.
func TestWhatWaitsGoesWithItsAccount(t *testing.T) {
	o := openScreen(t, 2000)
	o.paint() // reads all of them, and is told of it later
	o.catalogue.Use("nobody", account(700))
	o.screen.tiles.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	o.Until("the other account's files", func() bool { return o.screen.model.list.Len() == 700 })
	if n := o.screen.tiles.selection.Count(); n != 0 {
		t.Errorf("%d of its files are selected", n)
	}
}
