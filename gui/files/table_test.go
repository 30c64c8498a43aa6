package files

import (
	"image"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
	"sluice/service/thumbnail"
)

// line is the row of file i, nil when it is not in view.
func (d *desk) line(i int) *row {
	for _, o := range test.WidgetRenderer(d.tiles.grid).Objects() {
		if r, ok := o.(*row); ok && i < d.list.Len() && r.id == d.list.ID(i) {
			return r
		}
	}
	return nil
}

// words are what stands in a row, column by column.
func (r *row) words() string {
	var words []string
	for _, text := range r.texts {
		if !text.Hidden {
			words = append(words, text.Text)
		}
	}
	return strings.Join(words, " | ")
}

func (d *desk) pressLine(i int, held fyne.KeyModifier) {
	at := fyne.NewPos(200, float32(i)*rowHeight+10-float32(d.tiles.grid.Offset()))
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Button: desktop.MouseButtonPrimary, Modifier: held}
	d.tiles.grid.MouseDown(e)
	d.tiles.grid.MouseUp(e)
}

func TestRowsShowWhatThereIs(t *testing.T) {
	files := pictures(40)
	files[1] = service.File{
		ID: "doc", Name: "a name that is much too long for the column it stands in, report 2026.pdf", MIME: "application/pdf",
		Size: 999, Views: 1234, Downloads: 56, Uploaded: time.Date(2026, 2, 28, 9, 40, 0, 0, time.UTC),
	}
	d := newDesk(t, files...)
	d.thumbs.pictures["f2"] = image.NewRGBA(image.Rect(0, 0, 28, 21))
	d.thumbs.none["f3"] = true
	d.tiles.SetView(settings.FilesTable)
	if d.tile(0) != nil || d.thumbs.side != 28 {
		t.Fatalf("there are tiles in the table, or pictures of %d wanted", d.thumbs.side)
	}
	if got := d.line(0).words(); got != "a picture 0.jpg | 1.4 MB |  | 202" {
		t.Errorf("the first row says %q", got)
	}
	doc := d.line(1)
	if got := doc.words(); !strings.HasSuffix(got, "2026.pdf | 999 B | 28 Feb 2026 | 1,234") || !strings.Contains(got, "…") || !doc.shortened() {
		t.Errorf("a long name's row says %q", got)
	}
	if doc.kind.Hidden || !doc.picture.Hidden {
		t.Error("a document has no icon")
	}
	if r := d.line(0); !r.kind.Hidden || !r.picture.Hidden || r.blank.Hidden {
		t.Error("a picture that is coming is not blank")
	}
	if r := d.line(2); r.picture.Hidden || r.blank.Hidden || r.picture.Position().Y != (rowHeight-rowPicture)/2+4 {
		t.Errorf("a wide picture is not in the middle: %v", r.picture.Position())
	}
	if r := d.line(3); r.kind.Hidden {
		t.Error("a picture that never comes has no icon")
	}
}

// Selecting, typing and the keyboard are the grid's.
func TestRowsAreSelectedLikeTiles(t *testing.T) {
	d := newDesk(t, pictures(60)...)
	d.tiles.SetView(settings.FilesTable)
	d.pressLine(2, 0)
	d.pressLine(5, fyne.KeyModifierShift)
	if d.chosen() != "f2f3f4f5" {
		t.Fatalf("%s are selected", d.chosen())
	}
	for i, want := range []bool{false, false, true, true, true, true, false} {
		if r := d.line(i); r.marked.selected != want {
			t.Errorf("row %d is marked: %v", i, r.marked)
		}
	}
	d.key(fyne.KeyDown)
	d.key(fyne.KeyLeft)
	if d.chosen() != "f6" {
		t.Errorf("after down %s is selected", d.chosen())
	}
	d.tiles.grid.TypedRune('z')
	if d.chosen() != "f25" || d.line(25) == nil {
		t.Errorf("after a letter %s is selected", d.chosen())
	}
	at, ok := d.tiles.At(25)
	if !ok || at.X < 200 {
		t.Errorf("its middle is at %v, %v", at, ok)
	}
}

// What is selected, where the keyboard stands and what is in view stay when the
// view changes.
func TestViewsKeepTheirPlace(t *testing.T) {
	d := newDesk(t, pictures(1000)...)
	d.tiles.grid.ScrollTo(500)
	first, _ := d.tiles.grid.InView()
	d.tiles.SetView(settings.FilesTable)
	if now, _ := d.tiles.grid.InView(); now != first {
		t.Errorf("file %d was at the top, now %d is", first, now)
	}
	d.tiles.SetView(settings.FilesGrid)
	if now, _ := d.tiles.grid.InView(); now != first {
		t.Errorf("back again %d is at the top, want %d", now, first)
	}

	d.tiles.Select(func(s *Selection) { s.Go(505, false, false) })
	d.tiles.grid.ScrollTo(505)
	d.tiles.SetView(settings.FilesTable)
	if d.chosen() != "f505" || d.line(505) == nil || !d.line(505).marked.selected {
		t.Errorf("%s is selected, its row is %v", d.chosen(), d.line(505))
	}
	d.tiles.grid.ScrollTo(999)
	d.tiles.SetView(settings.FilesGrid)
	if first, _ := d.tiles.grid.InView(); first < 900 {
		t.Errorf("what is selected but was not in view takes the view to %d", first)
	}
	d.tiles.SetPicture(200)
	d.tiles.SetView(settings.FilesTable)
	d.tiles.SetPicture(80)
	if d.tile(999) != nil || d.tiles.grid.Tile().Height != rowHeight {
		t.Error("the slider changes the table")
	}
	d.tiles.SetView(settings.FilesGrid)
	if got := d.tiles.grid.Tile(); got != TileSize(80) {
		t.Errorf("the tiles are %v", got)
	}
}

// A step over a list of any length fills the rows that come and nothing else.
func TestTableStepCostsTheSameAtEverySize(t *testing.T) {
	for _, n := range []int{1000, 100_000, 1_000_000} {
		test.NewTempApp(t).Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
		count := &counting{}
		tiles := NewTiles(TilesConfig{
			List: endless(n), Thumbs: count, Format: kit.NewFormat("en", time.Now, ""), Now: time.Now,
			OnMain: func(func()) {}, After: func(time.Duration, func()) {},
		})
		t.Cleanup(tiles.Close)
		w := test.NewTempWindow(t, tiles.Object())
		w.SetPadded(false)
		w.Resize(fyne.NewSize(1280, 800))
		tiles.SetView(settings.FilesTable)
		tiles.grid.ScrollTo(n / 2)
		made, filled := len(test.WidgetRenderer(tiles.grid).Objects()), count.gets
		for i := range 120 {
			tiles.grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: []float32{-60, 60}[i/60]}})
		}
		if got := count.gets - filled; got > 120*2 {
			t.Errorf("of %d, 120 steps of 60 fill %d rows", n, got)
		}
		if got := len(test.WidgetRenderer(tiles.grid).Objects()); got != made {
			t.Errorf("of %d there are %d widgets after steps, %d before", n, got, made)
		}
	}
}

// counting counts the rows that are filled.
type counting struct{ gets int }

func (c *counting) Want(int, []thumbnail.Wanted) {}
func (c *counting) Get(service.FileID, int) (*image.RGBA, thumbnail.State) {
	c.gets++
	return nil, thumbnail.Coming
}

// A name that has no room keeps its ending, and never takes more than there is.
func TestNamesKeepTheirEndings(t *testing.T) {
	test.NewTempApp(t)
	r := newTileLook(nil).name
	for _, name := range []string{"A long holiday picture from somewhere.jpeg", "Длинное имя отчёта за ноябрь.tar.gz", "長い名前の写真ファイルはここにあります.jpeg"} {
		got := r.fitName(name, 150)
		ext := name[strings.LastIndex(name, "."):]
		if !strings.HasSuffix(got, ext) || !strings.Contains(got, dots) || r.measure(got) > 150 {
			t.Errorf("%q becomes %q, %v wide", name, got, r.measure(got))
		}
	}
	for _, name := range []string{"!.tar.gz", "AVAVAVAVAVAVAVAVAVAV.VA", "T.T.T.T.T.T.T.T.T.T.T.T.jpg"} {
		if got := r.fitName(name, r.measure(name)+0.01); got != name {
			t.Errorf("%q fits and becomes %q", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringN(0, 60, -1).Draw(t, "name") + rapid.SampledFrom([]string{"", ".jpg", ".tar.gz"}).Draw(t, "ending")
		name = kit.PlainName(name)
		width := rapid.Float32Range(30, 400).Draw(t, "width")
		got := r.fitName(name, width)
		if got != dots && r.measure(got) > width {
			t.Fatalf("%q becomes %q: %v in %v", name, got, r.measure(got), width)
		}
		if r.measure(name) <= width && got != name {
			t.Fatalf("%q fits and becomes %q", name, got)
		}
	})
}

func BenchmarkRowShow(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	r := newRow(newRowLook(kit.NewFormat("en", time.Now, ""), newTileLook(nil)))
	test.NewTempWindow(b, r).Resize(fyne.NewSize(1000, rowHeight))
	picture := image.NewRGBA(image.Rect(0, 0, 28, 28))
	list := endless(1 << 30)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		f := list.File(i % 5000)
		r.show(&f, false, picture)
		i++
	}
	if r.words() == "" {
		b.Fatalf("nothing is shown of %s", r.id)
	}
}
