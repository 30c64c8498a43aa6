package uploads

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// wishes notes what people wanted.
type wishes struct{ list []string }

func (w *wishes) all(what string) func() {
	return func() { w.list = append(w.list, what) }
}

func (w *wishes) row(what string) func(ID) {
	return func(id ID) { w.list = append(w.list, fmt.Sprint(what, " ", named(id))) }
}

func (w *wishes) file(what string) func(service.DownloadID) {
	return func(id service.DownloadID) { w.list = append(w.list, fmt.Sprint(what, " d", id)) }
}

// named writes a row's id: "3" of an upload, "d3" of a download.
func named(id ID) string {
	if down, ok := id.Download(); ok {
		return fmt.Sprint("d", down)
	}
	up, _ := id.Upload()
	return fmt.Sprint(up)
}

func (w *wishes) rows(what string) func([]ID) {
	return func(ids []ID) {
		names := make([]string, len(ids))
		for i, id := range ids {
			names[i] = named(id)
		}
		w.list = append(w.list, fmt.Sprint(what, " ", names))
	}
}

func (w *wishes) intents() Intents {
	return Intents{
		History: w.all("history"), Choose: w.all("choose"), ChooseFolder: w.all("choose folder"), PauseAll: w.all("pause"), Resume: w.all("resume"),
		ClearFinished: w.all("clear"), RetryFailed: w.all("retry failed"), Cancel: w.row("cancel"), Remove: w.row("remove"),
		Pause: w.row("pause"), ResumeEach: w.rows("resume"), Download: w.all("download"),
		Retry: w.row("retry"), ToFront: w.row("front"), Open: w.row("open"), OpenFile: w.file("file"), ShowFile: w.file("show"),
		CopyLinks: func(ids []service.JobID) { w.list = append(w.list, fmt.Sprint("copy ", ids)) },
	}
}

// screen shows a screen in a window of a size.
func screen(tb testing.TB, size fyne.Size, p *Previews) (*Screen, *guitest.Window, *wishes, *clock) {
	tb.Helper()
	a := test.NewTempApp(tb)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceLight))
	c, w := newClock(), &wishes{}
	s := New(Config{Words: *words(c), Now: c.now, Intents: w.intents(), Previews: p})
	win := test.NewTempWindow(tb, kit.NewTipLayer(s.Object()))
	win.SetPadded(false)
	win.Resize(size)
	return s, guitest.Drive(tb, win, guitest.NewQueue()), w, c
}

func wideWindow() fyne.Size { return fyne.NewSize(972, 1200) }

func linked(id int, c *clock) upload.Job {
	j := job(id, upload.Uploaded)
	j.Link, j.Finished = fmt.Sprintf("https://pixeldrain.com/u/id%d", id), c.t.Add(time.Duration(id)*time.Second)
	return j
}

func TestEmptyScreenShowsOnlyTheZone(t *testing.T) {
	s, w, want, _ := screen(t, wideWindow(), nil)
	w.MustSee("Drop files or folders anywhere in this window")
	w.MustNotSee("UPLOADING", "WAITING")
	if h := s.zone.Size().Height; h < 1000 {
		t.Errorf("the zone is %v high, want all the room", h)
	}
	w.Tap("Drop files or folders anywhere in this window")
	w.Tap("Pause all")      // is off
	w.Tap("Clear finished") // is off
	if !slices.Equal(want.list, []string{"choose"}) {
		t.Errorf("wished %q", want.list)
	}
	s.Apply([]upload.Event{{Jobs: []upload.Job{job(1, upload.Waiting)}}})
	w.MustSee("file-1.bin")
	if h := s.zone.Size().Height; h != kit.DropZoneHeight {
		t.Errorf("with rows the zone is %v high", h)
	}
	s.Apply([]upload.Event{{Removed: []service.JobID{1}}})
	w.MustNotSee("file-1.bin")
}

func TestActionsAreWishes(t *testing.T) {
	s, w, want, c := screen(t, wideWindow(), nil)
	failed := job(5, upload.Failed)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{
		job(1, upload.Uploading), job(2, upload.Waiting), linked(3, c), linked(4, c), failed,
	}})
	w.TapIn("file-1.bin", "Cancel")
	w.TapIn("file-2.bin", "Upload next")
	w.TapIn("file-3.bin", "Copy link")
	w.TapIn("file-4.bin", "Open in the browser")
	w.TapIn("file-5.bin", "Try again")
	w.TapIn("file-5.bin", "Remove from the list")
	w.Tap("pixeldrain.com/u/id3")
	w.Tap("Copy all links")
	w.Tap("Retry all failed")
	w.Tap("Clear finished")
	w.Tap("Choose files…")
	w.Tap("Choose folders…")
	w.Tap("Pause all")
	s.Apply([]upload.Event{{Totals: &upload.Totals{Paused: true}}})
	w.Tap("Resume")
	got := want.list
	if wished := []string{
		"cancel 1", "front 2", "copy [3]", "open 4", "retry 5", "remove 5", "open 3", "copy [3 4]", "retry failed", "clear",
		"choose", "choose folder", "pause", "resume",
	}; !slices.Equal(got, wished) {
		t.Errorf("\ngot  %q\nwant %q", got, wished)
	}
}

// The second half of a double click meets another row where the first was.
func TestDoubleClickIsForOneRow(t *testing.T) {
	s, w, want, c := screen(t, wideWindow(), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{job(1, upload.Waiting), job(2, upload.Waiting), job(3, upload.Waiting)}})
	w.TapIn("file-1.bin", "Cancel")
	s.Apply([]upload.Event{{Removed: []service.JobID{1}}})
	c.t = c.t.Add(150 * time.Millisecond)
	w.TapIn("file-2.bin", "Cancel")
	w.TapIn("file-3.bin", "Pause") // elsewhere, however quickly
	c.t = c.t.Add(doubleClick)
	w.TapIn("file-2.bin", "Cancel")
	if wished := []string{"cancel 1", "pause 3", "cancel 2"}; !slices.Equal(want.list, wished) {
		t.Errorf("got %q, want %q", want.list, wished)
	}
}

func TestRowsArePausedAndResumed(t *testing.T) {
	s, w, want, _ := screen(t, wideWindow(), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{
		job(1, upload.Uploading), job(2, upload.Waiting), job(3, upload.Paused), job(4, upload.Verifying), job(5, upload.Paused),
	}})
	w.MustSee("PAUSED · 2")
	w.TapIn("file-1.bin", "Pause")
	w.TapIn("file-2.bin", "Pause")
	w.TapIn("file-3.bin", "Resume")
	w.TapIn("file-5.bin", "Cancel")
	w.Tap("Resume all")
	test.TapCanvas(kit.Canvas(s.root), fyne.NewPos(120, 245)) // row 1
	w.Press(fyne.KeySpace)
	if wished := []string{"pause 1", "pause 2", "resume [3]", "cancel 5", "resume [3 5]", "pause 1"}; !slices.Equal(want.list, wished) {
		t.Errorf("\ngot  %q\nwant %q", want.list, wished)
	}
	if s.Allows(Item{Upload: &upload.Job{State: upload.Verifying}}, ActionPause) {
		t.Error("what is all sent can be paused")
	}
}

// What was sent of a paused file is told for as long as it is known.
func TestPausedRowTellsThatItStartsOver(t *testing.T) {
	s, w, _, _ := screen(t, wideWindow(), nil)
	j := job(1, upload.Uploading)
	j.Size, j.Sent = 100, 40
	hashed := job(2, upload.Hashing)
	hashed.Size, hashed.Sent = 100, 40
	s.Reset(upload.Snapshot{Jobs: []upload.Job{j, hashed}})
	j.State, j.Sent = upload.Paused, 0
	s.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	w.MustSee("PAUSED · 1", "Starts over when resumed")
	j.Position = -1 // told again, in another place
	s.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	w.MustSee("Starts over when resumed")
	j.State = upload.Waiting
	s.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	j.State, hashed.State, hashed.Sent = upload.Paused, upload.Paused, 0
	s.Apply([]upload.Event{{Jobs: []upload.Job{j, hashed}}})
	w.MustSee("PAUSED · 2")
	w.MustNotSee("Starts over when resumed")
}

func TestKeysActOnTheRow(t *testing.T) {
	s, w, want, c := screen(t, wideWindow(), nil)
	failed := job(2, upload.Failed)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{job(1, upload.Uploading), failed, linked(3, c)}})
	test.TapCanvas(kit.Canvas(s.root), fyne.NewPos(120, 245)) // row 1
	w.Press(fyne.KeyReturn)                                   // nothing to open
	w.Press(fyne.KeyDelete)
	w.Press(fyne.KeyDown)
	w.Press(fyne.KeySpace)
	w.Press(fyne.KeyDelete)
	w.Press(fyne.KeyDown)
	w.Press(fyne.KeySpace)
	w.Press(fyne.KeyReturn)
	if wished := []string{"cancel 1", "retry 2", "remove 2", "copy [3]", "open 3"}; !slices.Equal(want.list, wished) {
		t.Errorf("got %q, want %q", want.list, wished)
	}
}

func TestMenuHasTheActionsInWords(t *testing.T) {
	s, w, want, c := screen(t, wideWindow(), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{linked(3, c)}})
	s.menu(1, fyne.NewPos(300, 300))
	w.MustSee("Copy link", "Open in the browser")
	w.Tap("Copy link")
	if !slices.Equal(want.list, []string{"copy [3]"}) {
		t.Errorf("wished %q", want.list)
	}
}

func TestRowsFitNarrowAndWideWindows(t *testing.T) {
	for _, width := range []float32{512, 552, 680, 972, 1700} {
		s, w, _, c := screen(t, fyne.NewSize(width, 700), nil)
		long := job(1, upload.Uploading)
		long.Name = "a very long name that has no room at all in such a narrow window, and goes on and on.tar.gz"
		long.Size, long.Sent, long.Speed, long.Left = 1e9, 5e8, 12345678, 3*time.Hour
		retry := job(2, upload.Retrying)
		retry.Err = &service.Error{Value: "some long reason for why it did not work"}
		retry.NextTry = c.t.Add(time.Minute)
		s.Reset(upload.Snapshot{Jobs: []upload.Job{long, retry, linked(3, c)}})
		w.MustSee("Retrying")
		for _, o := range test.LaidOutObjects(s.rows) {
			if _, ok := o.(*kit.IconButton); !ok || !o.Visible() {
				continue
			}
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			if at.X+o.Size().Width > width-kit.PageMargin || at.X < 0 {
				t.Errorf("in %v a button stands at %v", width, at.X)
			}
		}
	}
}

// In a narrow row the state stands above the words about it, and in the middle
// where there are none.
func TestStateAloneStandsInTheMiddle(t *testing.T) {
	s, w, _, _ := screen(t, fyne.NewSize(552, 700), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{job(1, upload.Waiting)}})
	w.MustSee("Waiting")
	row := func() *itemRow {
		for _, o := range test.LaidOutObjects(s.rows) {
			if r, ok := o.(*itemRow); ok {
				return r
			}
		}
		t.Fatal("no row")
		return nil
	}
	middle := func() float32 { return row().state.Position().Y + row().state.Size().Height/2 }
	if got := middle(); got != (rowHeight-1)/2 {
		t.Errorf("alone it stands at %v", got)
	}
	s.Apply([]upload.Event{{Totals: &upload.Totals{Paused: true}}})
	if got := middle(); got > 21 {
		t.Errorf("above other words it stands at %v", got)
	}
}

func TestOneRowIsUpdatedForItsProgress(t *testing.T) {
	s, w, _, _ := screen(t, wideWindow(), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{job(1, upload.Uploading), job(2, upload.Uploading)}})
	j := job(1, upload.Uploading)
	j.Size, j.Sent = 100, 42
	s.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	w.MustSee("42%", "100 B")
}

func TestCountdown(t *testing.T) {
	s, w, _, c := screen(t, wideWindow(), nil)
	j := job(1, upload.Retrying)
	j.NextTry, j.Err = c.t.Add(8*time.Second), &service.Error{Value: "x"}
	s.Reset(upload.Snapshot{Jobs: []upload.Job{j}})
	w.MustSee("next try in 8 s")
	c.t = c.t.Add(3 * time.Second)
	s.Tick()
	w.MustSee("next try in 5 s")
}

func TestRowsShowPictures(t *testing.T) {
	q := guitest.NewQueue()
	p := NewPreviews(q.OnMain)
	defer p.Close()
	s, _, _, _ := screen(t, wideWindow(), p)
	j := job(1, upload.Waiting)
	j.Name, j.Path, j.Size = "a.png", write(t, "a.png", pngOf(t, halves(300, 200))), 99
	s.Reset(upload.Snapshot{Jobs: []upload.Job{j}})
	row := func() *itemRow {
		for _, o := range test.LaidOutObjects(s.rows) {
			if r, ok := o.(*itemRow); ok {
				return r
			}
		}
		t.Fatal("no row")
		return nil
	}
	if !q.Until(t.Context(), func() bool { return row().tile.image.Visible() }) {
		t.Fatal("no picture")
	}
	if got := row().tile.image.Image.Bounds().Dx(); got != 40 {
		t.Errorf("the picture has %d pixels, want 40", got)
	}
	// The row's widgets are used for another file.
	other := job(1, upload.Waiting)
	other.Name, other.Path = "b.txt", filepath.Join(t.TempDir(), "b.txt")
	s.Apply([]upload.Event{{Jobs: []upload.Job{other}}})
	if row().tile.image.Visible() {
		t.Error("another file shows the picture of the one before")
	}
}

func many(n int, c *clock) upload.Snapshot {
	s := upload.Snapshot{}
	for i := range n {
		j := linked(i+1, c)
		j.Name = fmt.Sprintf("IMG_%06d.jpg", i)
		s.Jobs = append(s.Jobs, j)
	}
	return s
}

func BenchmarkScroll(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, _, _, c := screen(b, fyne.NewSize(972, 760), nil)
			s.Reset(many(n, c))
			y := float32(0)
			for b.Loop() {
				y += 60
				if y > float32(n)*40 {
					y = 0
				}
				s.rows.ScrollToOffset(y)
			}
		})
	}
}

func BenchmarkProgressOf16Rows(b *testing.B) {
	s, _, _, c := screen(b, fyne.NewSize(972, 760), nil)
	snapshot := many(10_000, c)
	for i := range 16 {
		snapshot.Jobs[i].State, snapshot.Jobs[i].Link = upload.Uploading, ""
	}
	s.Reset(snapshot)
	sent := int64(0)
	for b.Loop() {
		sent++
		event := upload.Event{}
		for i := range 16 {
			j := snapshot.Jobs[i]
			j.Size, j.Sent = 1_000_000, sent%1_000_000
			event.Jobs = append(event.Jobs, j)
		}
		s.Apply([]upload.Event{event})
	}
}

func TestHeaderInANarrowWindow(t *testing.T) {
	s, w, want, _ := screen(t, fyne.NewSize(512, 480), nil)
	s.Reset(upload.Snapshot{Jobs: []upload.Job{job(1, upload.Uploading)}})
	w.Tap("Pause all") // an icon that is called so
	if s.pause.Label() != "" {
		t.Error("there are words")
	}
	s.Apply([]upload.Event{{Totals: &upload.Totals{Paused: true}}})
	w.Tap("Resume")
	s.root.Resize(fyne.NewSize(972, 480))
	if s.pause.Label() != "Resume" {
		t.Errorf("the button says %q", s.pause.Label())
	}
	if wished := []string{"pause", "resume"}; !slices.Equal(want.list, wished) {
		t.Errorf("got %q, want %q", want.list, wished)
	}
}

func TestHistoryHasItsButton(t *testing.T) {
	for _, width := range []float32{512, 972} {
		_, w, want, _ := screen(t, fyne.NewSize(width, 500), nil)
		w.MustSee("Uploads")
		w.Tap("History")
		if !slices.Equal(want.list, []string{"history"}) {
			t.Errorf("in %v wished %q", width, want.list)
		}
	}
}
