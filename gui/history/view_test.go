package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// shelf is a store in memory; its cursors count from the newest.
type shelf struct {
	jobs  []upload.Job // newest first
	err   error
	reads []string // "search@cursor"
	hold  func(ctx context.Context)
	limit time.Time // of what was cleared last
}

func (s *shelf) History(ctx context.Context, before int64, limit int, search string) (jobs []upload.Job, next int64, err error) {
	s.reads = append(s.reads, fmt.Sprintf("%s@%d", search, before))
	if s.hold != nil {
		s.hold(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if s.err != nil {
		return nil, 0, s.err
	}
	for i := int(before); i < len(s.jobs); i++ {
		if len(jobs) == limit {
			return jobs, int64(i), nil
		}
		if strings.Contains(fold(s.jobs[i].Name), fold(search)) {
			jobs = append(jobs, s.jobs[i])
		}
	}
	return jobs, 0, nil
}

func (s *shelf) ClearHistory(_ context.Context, limit time.Time) (int, error) {
	s.limit = limit
	n := len(s.jobs)
	if s.err == nil {
		s.jobs = slices.DeleteFunc(s.jobs, func(j upload.Job) bool { return limit.IsZero() || j.Finished.Before(limit) })
	}
	return n - len(s.jobs), s.err
}

// bench is a page in a window. Actions wait until they are run.
type bench struct {
	*guitest.Window
	*Screen
	clock *clock
	shelf *shelf
	queue *guitest.Queue
	todo  []func(context.Context)
	said  []string
}

type noTile struct{ *canvas.Rectangle }

func (noTile) SetFile(string, string, int64) {}

func open(tb testing.TB, size fyne.Size, jobs func(*clock) []upload.Job) *bench {
	tb.Helper()
	a := test.NewTempApp(tb)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceLight))
	b := &bench{clock: newClock(), queue: guitest.NewQueue()}
	b.shelf = &shelf{jobs: jobs(b.clock)}
	say := func(format string, args ...any) { b.said = append(b.said, fmt.Sprintf(format, args...)) }
	b.Screen = New(Config{
		Now: b.clock.now,
		Words: Words{
			Format: kit.NewFormat("en", b.clock.now, "/home/me"),
			Short:  func(e *service.Error) string { return "short " + e.Value }, Long: func(e *service.Error) string { return "long " + e.Value },
		},
		NewTile: func() Tile { return noTile{&canvas.Rectangle{}} },
		Intents: Intents{
			Back: func() { say("back") },
			Copy: func(jobs []upload.Job) {
				ids := []string{}
				for _, j := range jobs {
					ids = append(ids, string(j.File))
				}
				say("copy %s", strings.Join(ids, " "))
			},
			Open:      func(link string) { say("open %s", link) },
			Export:    func(f upload.ExportFormat, search string) { say("export %s %q", f, search) },
			Ask:       func(title, text string, answers ...kit.Answer) { kit.Ask(kit.Canvas(b.root), title, text, answers...) },
			Tell:      func(text string) { say("tell %s", text) },
			TellError: func(op string, err error) { say("error %s: %v", op, err) },
			Act:       func(f func(context.Context)) { b.todo = append(b.todo, f) },
			OnMain:    b.queue.OnMain,
		},
	})
	win := test.NewTempWindow(tb, kit.NewTipLayer(b.Object()))
	win.SetPadded(false)
	win.Resize(size)
	b.Window = guitest.Drive(tb, win, b.queue)
	b.Open(b.shelf)
	return b
}

// run does what waits, and all that this brings about.
func (b *bench) run() {
	for len(b.todo) > 0 || b.queue.Run() {
		todo := b.todo
		b.todo = nil
		for _, f := range todo {
			f(context.Background())
		}
		b.queue.Run()
	}
}

// told gives what was said since the last time.
func (b *bench) told() string {
	said := strings.Join(b.said, "; ")
	b.said = nil
	return said
}

func wideWindow() fyne.Size { return fyne.NewSize(972, 700) }

func few(n int) func(*clock) []upload.Job {
	return func(c *clock) []upload.Job { return manyJobs(c, n) }
}

func (b *bench) key(names ...fyne.KeyName) {
	for _, n := range names {
		b.Press(n)
	}
}

func TestPagesAreReadWhileScrolling(t *testing.T) {
	b := open(t, wideWindow(), few(1000))
	b.MustSee("Reading the history…")
	b.run()
	b.MustSee("file-1000.bin", "Today · 121")
	if got := fmt.Sprint(b.shelf.reads); got != "[@0]" {
		t.Errorf("read %s at first", got)
	}
	b.rows.ScrollToOffset(9000)
	b.run()
	if got := fmt.Sprint(b.shelf.reads); got != "[@0 @200]" {
		t.Errorf("read %s near the end of the first page", got)
	}
	for range 20 {
		b.rows.ScrollToOffset(1e9)
		b.run()
	}
	b.MustSee("file-1.bin")
	if got := fmt.Sprint(b.shelf.reads); got != "[@0 @200 @400 @600 @800]" {
		t.Errorf("read %s", got)
	}
}

func TestSearchReadsTheLastTextOnly(t *testing.T) {
	b := open(t, wideWindow(), few(300))
	b.run()
	b.shelf.reads = nil
	b.Type("Search names", "FILE-29")
	if len(b.todo) < 5 {
		t.Fatalf("%d searches wait", len(b.todo))
	}
	b.run()
	if got := fmt.Sprint(b.shelf.reads); got != "[FILE-29@0]" {
		t.Errorf("searched %s", got)
	}
	b.MustSee("file-299.bin", "Today · 10")
	b.MustNotSee("file-300.bin")
	b.Tap("Clear search")
	b.run()
	b.MustSee("file-300.bin")
}

func TestAnotherSearchEndsTheOneBefore(t *testing.T) {
	b := open(t, wideWindow(), few(300))
	b.run()
	begun := make(chan context.Context)
	b.shelf.hold = func(ctx context.Context) {
		begun <- ctx
		<-ctx.Done()
	}
	b.Type("Search names", "7")
	act := b.todo[len(b.todo)-1]
	done := make(chan struct{})
	go func() {
		defer close(done)
		act(context.Background())
	}()
	<-begun
	b.todo = nil
	b.search.SetText("77") // ends what is being read
	<-done
	b.shelf.hold = nil
	b.run()
	b.MustSee("file-77.bin", "file-277.bin")
	b.MustNotSee("file-7.bin")
}

func TestNothingToShow(t *testing.T) {
	b := open(t, wideWindow(), few(0))
	b.run()
	b.MustSee("No history yet")
	b.Tap("Export…")        // is off
	b.Tap("Clear history…") // is off
	if got := b.told(); got != "" || len(b.todo) > 0 {
		t.Errorf("told %s", got)
	}

	b = open(t, wideWindow(), few(3))
	b.run()
	b.Type("Search names", " no such ")
	b.run()
	b.MustSee("Nothing found for “no such”")
	b.MustNotSee("file-1.bin")
	found := b.clock.job(99, 0)
	found.Name = "no such name.txt"
	b.Apply([]upload.Event{{Jobs: []upload.Job{found}}})
	b.MustSee("no such name.txt", "Today · 1")
	b.search.Clear()
	b.run()
	b.MustSee("file-1.bin")
}

func TestTroubleIsToldAndTriedAgain(t *testing.T) {
	b := open(t, wideWindow(), few(300))
	b.shelf.err = errors.New("broken")
	b.run()
	b.MustSee("The history can’t be read", "Your files and their links are not affected")
	b.Tap("Try again")
	b.run()
	b.MustSee("The history can’t be read")
	b.shelf.err = nil
	b.Tap("Try again")
	b.run()
	b.MustSee("file-300.bin")

	b.shelf.err = errors.New("broken")
	b.rows.ScrollToOffset(1e9)
	b.run()
	b.rows.ScrollToOffset(1e9)
	b.MustSee("The rest can’t be read")
	b.shelf.err = nil
	b.Tap("Try again")
	b.run()
	b.rows.ScrollToOffset(1e9)
	b.MustSee("file-1.bin")
	b.MustNotSee("The rest can’t be read")
}

func TestNewRowsComeOnTopWithoutAJump(t *testing.T) {
	b := open(t, wideWindow(), few(100))
	b.run()
	b.Apply([]upload.Event{{Jobs: []upload.Job{b.clock.job(101, -time.Second)}}})
	b.MustSee("file-101.bin", "Today · 101")
	b.rows.ScrollToOffset(2000)
	first, _ := b.rows.InView()
	key := b.model.Key(first)
	b.Apply([]upload.Event{{Jobs: []upload.Job{b.clock.job(102, -2*time.Second), b.clock.job(103, -3*time.Second)}}})
	if first, _ := b.rows.InView(); b.model.Key(first) != key || b.rows.Offset() != 2000+2*rowHeight {
		t.Errorf("row %d was the first in view, now it is %d at %v", key, b.model.Key(first), b.rows.Offset())
	}
	b.MustNotSee("file-103.bin")
	b.Close()
	b.Apply([]upload.Event{{Jobs: []upload.Job{b.clock.job(104, -4*time.Second)}}})
	if b.model.Len() != 0 {
		t.Error("a closed page goes on")
	}
}

func TestMidnight(t *testing.T) {
	b := open(t, wideWindow(), few(3))
	b.run()
	b.MustSee("Today · 3")
	b.clock.t = b.clock.t.Add(5 * hour)
	b.Tick()
	b.MustSee("Yesterday · 3")
}

func TestKeys(t *testing.T) {
	b := open(t, wideWindow(), few(300))
	b.run()
	press := func(name fyne.KeyName) { b.TypedKey(&fyne.KeyEvent{Name: name}) }
	press(fyne.KeyDown) // nothing has the keyboard yet
	b.key(fyne.KeyReturn, fyne.KeyDown, fyne.KeySpace, fyne.KeyDelete)
	if got := b.told(); got != "open https://pixeldrain.com/u/id300; copy id299" {
		t.Error(got)
	}
	b.Find()
	b.Type("Search names", "file-2")
	b.run()
	b.key(fyne.KeyDown, fyne.KeySpace, fyne.KeyEnd)
	b.search.SetText("file-1")
	b.run()
	b.Find()
	b.key(fyne.KeyDown, fyne.KeySpace, fyne.KeyEscape) // the first clears the search
	b.run()
	if got := b.told(); got != "copy id299; copy id199" || b.search.Text != "" {
		t.Errorf("%s, searching %q", got, b.search.Text)
	}
	b.key(fyne.KeyEscape)
	b.Find()
	b.key(fyne.KeyEscape)
	press(fyne.KeyEscape)
	b.Tap("Uploads")
	kit.Canvas(b.root).FocusNext() // the way back
	b.key(fyne.KeyEscape)
	if got := b.told(); got != "back; back; back; back; back" {
		t.Error(got)
	}
	b.Find()
	b.key(fyne.KeyDown, fyne.KeyEnd)
	b.run()
	b.key(fyne.KeyEnd)
	b.run()
	b.key(fyne.KeySpace, fyne.KeyHome, fyne.KeySpace)
	if got := b.told(); got != "copy id1; copy id300" {
		t.Error(got)
	}
}

func TestWhatRowsOffer(t *testing.T) {
	b := open(t, wideWindow(), func(c *clock) []upload.Job {
		failed := c.job(2, time.Minute)
		failed.State, failed.Link, failed.Err = upload.Failed, "", &service.Error{Value: "x"}
		there := c.job(1, 2*time.Minute)
		there.State = upload.AlreadyThere
		return []upload.Job{c.job(3, 0), failed, there}
	})
	b.run()
	b.MustSee("Uploaded and verified", "Failed: short x", "Already there, nothing sent", "20:00", "19:59", "19:58")
	b.TapIn("file-3.bin", "Open in the browser")
	b.TapIn("file-1.bin", "Copy link")
	b.Tap("pixeldrain.com/u/id3")
	b.Tap("Copy all links")
	if got := b.told(); got != "open https://pixeldrain.com/u/id3; copy id1; copy id3; copy id1 id3" {
		t.Error(got)
	}
	b.menu(2, fyne.NewPos(300, 300)) // the failed one has none
	b.MustSee("file-2.bin")
	b.menu(1, fyne.NewPos(300, 300))
	b.MustNotSee("file-2.bin") // below the menu
	b.Tap("Copy link")
	b.Tap("Export…")
	b.Tap("As JSON, for programs…")
	if got := b.told(); got != `copy id3; export json ""` {
		t.Error(got)
	}
}

func TestAllLinksOfALongDay(t *testing.T) {
	b := open(t, wideWindow(), func(c *clock) []upload.Job {
		jobs := manyJobs(c, 500)
		for i := range jobs {
			jobs[i].Finished = c.t.Add(-time.Duration(i) * time.Second)
			if i >= 450 {
				jobs[i].Finished = c.t.Add(-oneDay)
			}
		}
		return jobs
	})
	b.run()
	b.MustSee("Today") // not all of it was read
	b.Tap("Copy all links")
	b.run()
	ids := strings.Fields(b.told())
	if len(ids) != 451 || ids[1] != "id51" || ids[450] != "id500" {
		t.Errorf("%d words, from %s to %s", len(ids), ids[1], ids[len(ids)-1])
	}
}

func TestClearing(t *testing.T) {
	jobs := func(c *clock) []upload.Job {
		return []upload.Job{c.job(4, 0), c.job(3, oneDay), c.job(2, 31*oneDay), c.job(1, 40*oneDay)}
	}
	b := open(t, wideWindow(), jobs)
	b.run()
	ask := func() {
		b.Tap("Clear history…")
		b.run()
	}
	ask()
	b.MustSee("The history has 4 uploads. 2 of them are older than 30 days.", "their links and your own files stay")
	b.Press(fyne.KeyReturn) // is on Cancel
	b.run()
	b.MustSee("file-1.bin")
	ask()
	b.Tap("Older than 30 days")
	b.run()
	b.MustSee("Today · 1", "file-3.bin")
	b.MustNotSee("file-2.bin", "file-1.bin")
	if got := b.told(); got != "tell 2 uploads cleared from the history" || !b.shelf.limit.Equal(b.clock.t.AddDate(0, 0, -30)) {
		t.Errorf("%s, those before %v", got, b.shelf.limit)
	}
	ask()
	b.MustNotSee("Older than 30 days")
	b.shelf.err = errors.New("broken")
	b.Tap("Everything")
	b.run()
	if got := b.told(); got != "error clear the history: broken" {
		t.Error(got)
	}
	b.MustSee("The history can’t be read")
	b.shelf.err = nil
	b.Tap("Try again")
	b.run()
	ask()
	b.Tap("Everything")
	b.run()
	b.MustSee("No history yet")
	if !b.shelf.limit.IsZero() {
		t.Errorf("everything is what ended before %v", b.shelf.limit)
	}
}

func TestRowsFitNarrowAndWideWindows(t *testing.T) {
	for _, width := range []float32{512, 619, 680, 972, 1700} {
		b := open(t, fyne.NewSize(width, 450), func(c *clock) []upload.Job {
			long := c.job(1, 0)
			long.Name = "a very long name that has no room at all in such a narrow window, and goes on and on.tar.gz"
			long.Link = "https://a.very.long.host.name.of.a.service.example.org/u/abcdefghijkl"
			failed := c.job(2, 0)
			failed.State, failed.Link, failed.Err = upload.Failed, "", &service.Error{Value: "some long reason for why it did not work, with more words than fit"}
			return []upload.Job{long, failed}
		})
		b.run()
		b.MustSee("20:00")
		parts := 0
		for _, o := range test.LaidOutObjects(b.root) {
			switch o.(type) {
			case *kit.IconButton, *kit.Button, *kit.Link, *kit.Hint, *kit.SearchField:
			default:
				continue
			}
			if !o.Visible() {
				continue
			}
			parts++
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			if at.X+o.Size().Width > width-kit.PageMargin+1 || at.X < kit.PageMargin-1 || o.Size().Width < 20 {
				t.Errorf("in %v %T stands at %v, %v wide", width, o, at.X, o.Size().Width)
			}
		}
		if parts < 12 {
			t.Errorf("in %v only %d parts were looked at", width, parts)
		}
	}
}

// BenchmarkOpen opens the page on a history of 100,000 and shows it.
func BenchmarkOpen(b *testing.B) {
	w := open(b, fyne.NewSize(972, 760), few(100_000))
	w.run()
	for b.Loop() {
		w.Close()
		w.Open(w.shelf)
		w.run()
	}
}

// BenchmarkScroll moves by 60 units a step through rows that were all read.
func BenchmarkScroll(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := scrolledThrough(b, n)
			y, end := float32(0), float32(n)*40
			for b.Loop() {
				if y += 60; y > end {
					y = 0
				}
				w.rows.ScrollToOffset(y)
			}
		})
	}
}

// BenchmarkNewRow shows an upload that ends, above so many rows.
func BenchmarkNewRow(b *testing.B) {
	for _, n := range []int{200, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := scrolledThrough(b, n)
			id := n
			for b.Loop() {
				id++
				w.clock.t = w.clock.t.Add(time.Millisecond)
				w.Apply([]upload.Event{{Jobs: []upload.Job{w.clock.job(id, 0)}}})
			}
		})
	}
}

// scrolledThrough has read everything.
func scrolledThrough(b *testing.B, n int) *bench {
	b.Helper()
	w := open(b, fyne.NewSize(972, 760), few(n))
	q := w.model.Begin("")
	w.loaded(q, w.shelf.jobs, 0, nil)
	return w
}
