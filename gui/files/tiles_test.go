package files

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/thumbnail"
)

// given is thumbnails that a test says.
type given struct {
	pictures map[service.FileID]*image.RGBA
	none     map[service.FileID]bool
	wanted   []thumbnail.Wanted
	side     int
	asks     int
}

func (g *given) Want(side int, wanted []thumbnail.Wanted) {
	g.side, g.wanted = side, wanted
	g.asks++
}

func (g *given) Get(id service.FileID, _ int) (*image.RGBA, thumbnail.State) {
	switch p := g.pictures[id]; {
	case p != nil:
		return p, thumbnail.Ready
	case g.none[id]:
		return nil, thumbnail.None
	}
	return nil, thumbnail.Coming
}

// desk is tiles in a window of four columns and a little more than three rows.
type desk struct {
	*future
	tiles  *Tiles
	list   *shelfList
	thumbs *given
	heard  []string
	holds  bool // the button that is pressed stays down
}

func newDesk(t *testing.T, files ...service.File) *desk {
	t.Helper()
	d := &desk{
		future: newFuture(), list: listOf(files...),
		thumbs: &given{pictures: map[service.FileID]*image.RGBA{}, none: map[service.FileID]bool{}},
	}
	hear := func(format string, args ...any) { d.heard = append(d.heard, fmt.Sprintf(format, args...)) }
	a := test.NewTempApp(t)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	d.tiles = NewTiles(TilesConfig{
		List: d.list, Thumbs: d.thumbs, Format: kit.NewFormat("en", d.now, ""), Now: d.now, After: d.after,
		OnMain: func(do func()) { do() },
		Intents: Intents{
			Open:     func(ids []service.FileID) { hear("open %v", ids) },
			Delete:   func() { hear("delete %v", d.tiles.Selection().IDs()) },
			Menu:     func(at fyne.Position) { hear("menu at %v for %v", at, d.tiles.Selection().IDs()) },
			Resized:  func(side float32) { hear("size %v", side) },
			Shortcut: func(s fyne.Shortcut) bool { hear("%s", s.ShortcutName()); return true },
		},
	})
	t.Cleanup(d.tiles.Close)
	w := test.NewTempWindow(t, kit.NewTipLayer(d.tiles.Object()))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(4*122+3*12+12, 520))
	return d
}

func pictures(n int) []service.File {
	files := make([]service.File, n)
	for i := range files {
		files[i] = service.File{
			ID: service.FileID(fmt.Sprint("f", i)), Name: fmt.Sprintf("%c picture %d.jpg", 'a'+rune(i%26), i),
			MIME: "image/jpeg", Size: 1_400_000, Views: 202,
		}
	}
	return files
}

// tile is that of file i, nil when it is not in view.
func (d *desk) tile(i int) *tile {
	for _, o := range test.WidgetRenderer(d.tiles.grid).Objects() {
		if t, ok := o.(*tile); ok && i < d.list.Len() && t.id == d.list.ID(i) {
			return t
		}
	}
	return nil
}

func (d *desk) press(i int, held fyne.KeyModifier, button desktop.MouseButton) {
	at := fyne.NewPos(float32(i%4)*134+50, float32(i/4)*168+50)
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Button: button, Modifier: held}
	d.tiles.grid.MouseDown(e)
	if !d.holds {
		d.tiles.grid.MouseUp(e)
	}
	if button == desktop.MouseButtonSecondary {
		d.tiles.grid.TappedSecondary(&e.PointEvent)
	}
}

func (d *desk) key(name fyne.KeyName) { d.tiles.grid.TypedKey(&fyne.KeyEvent{Name: name}) }

func (d *desk) chosen() string { return chosen(d.tiles.Selection()) }

func TestTileShowsWhatThereIs(t *testing.T) {
	files := pictures(3)
	files[1] = service.File{ID: "doc", Name: "a very long name of a document.pdf", MIME: "application/pdf", Size: 999, Views: 1}
	files[2].Name = "evil\u202egpj.exe\n"
	d := newDesk(t, files...)
	first := d.tile(0)
	if first.name.Text != "a picture 0.jpg" || first.fact.Text != "1.4 MB · 202 views" {
		t.Errorf("the first tile says %q and %q", first.name.Text, first.fact.Text)
	}
	if !first.kind.Hidden || !first.picture.Hidden || first.blank.Hidden {
		t.Errorf("a picture that is coming is not blank")
	}
	doc := d.tile(1)
	if doc.kind.Hidden || doc.kind.Text != "PDF" || doc.fact.Text != "999 B · 1 view" || !doc.shortened() {
		t.Errorf("a document says %q, %q and %q", doc.kind.Text, doc.name.Text, doc.fact.Text)
	}
	if got := d.tile(2).title; got != "evil␣gpj.exe␣" {
		t.Errorf("a hostile name is shown as %q", got)
	}
	if doc.AccessibilityLabel() != files[1].Name {
		t.Errorf("a screen reader says %q", doc.AccessibilityLabel())
	}

	d.thumbs.pictures["f0"] = image.NewRGBA(image.Rect(0, 0, 108, 108))
	d.thumbs.none["f2"] = true
	d.tiles.Changed([]service.FileID{"f0", "f2", "nobody"})
	if first.picture.Hidden || first.picture.Size() != fyne.NewSquareSize(108) || !first.blank.Hidden {
		t.Errorf("the picture is not shown at its size")
	}
	if last := d.tile(2); last.kind.Hidden || last.kind.Text != "JPG" && last.kind.Text != "IMAGE" {
		t.Errorf("a picture that can't be had says %q", last.kind.Text)
	}
	d.thumbs.pictures["f0"] = image.NewRGBA(image.Rect(0, 0, 108, 61))
	d.tiles.Changed([]service.FileID{"f0"})
	if at := first.picture.Position(); at != fyne.NewPos(7, 7+24) || first.blank.Hidden {
		t.Errorf("a wide picture is at %v", at)
	}
	delete(d.thumbs.pictures, "f0")
	d.thumbs.none["f0"] = true
	d.tiles.Changed([]service.FileID{"f0"})
	if !first.picture.Hidden || first.picture.Image != nil {
		t.Errorf("a picture that is gone is still shown")
	}
}

func TestTilesShowTheSelection(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	d.press(1, 0, desktop.MouseButtonPrimary)
	d.press(6, fyne.KeyModifierControl, desktop.MouseButtonPrimary)
	one := d.tile(1)
	if one.back.Hidden || one.disc.Hidden || one.check.Hidden || d.tile(0).disc.Visible() || d.tile(0).back.Visible() {
		t.Errorf("selected tiles do not look so")
	}
	if !d.tile(6).marked.cursor || one.marked.cursor {
		t.Errorf("the keyboard does not stand on the last")
	}
	if n := len(one.objects); n != 8 {
		t.Errorf("a tile has %d objects", n)
	}
	if d.chosen() != "f1f6" {
		t.Errorf("selected %s", d.chosen())
	}
	d.tiles.grid.FocusLost()
	if d.tile(6).marked.cursor {
		t.Errorf("without the keyboard the cursor is shown")
	}
	reversed := slices.Clone(d.list.files)
	slices.Reverse(reversed)
	d.list.set(reversed)
	d.tiles.Relist()
	if d.chosen() != "f1f6" || d.tile(0).marked.selected {
		t.Errorf("in another order %s are selected", d.chosen())
	}
	d.tiles.grid.ScrollTo(98)
	if got := d.tile(98); got == nil || !got.marked.selected {
		t.Errorf("the selected file is not shown so where it is now")
	}
	d.tiles.Gone("f1")
	d.list.set(reversed[:98])
	d.tiles.Relist()
	if d.chosen() != "f6" {
		t.Errorf("after one has gone %s are selected", d.chosen())
	}
	d.tiles.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	if d.tiles.Selection().Count() != 98 {
		t.Errorf("Ctrl+A selects %d", d.tiles.Selection().Count())
	}
}

func TestTilesByKeyboard(t *testing.T) {
	const ctrl, shift = fyne.KeyModifierControl, fyne.KeyModifierShift
	d := newDesk(t, pictures(100)...)
	shortcut := func(name fyne.KeyName, held fyne.KeyModifier) {
		d.tiles.grid.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: held})
	}
	check := func(want string) {
		t.Helper()
		if d.chosen() != want {
			t.Errorf("selected %s, want %s", d.chosen(), want)
		}
	}
	d.key(fyne.KeyDown)
	check("f0")
	d.key(fyne.KeyRight)
	d.key(fyne.KeyDown)
	check("f5")
	d.tiles.grid.GoBy(fyne.KeyRight, shift)
	d.tiles.grid.GoBy(fyne.KeyRight, shift)
	check("f5f6f7")
	d.tiles.grid.GoBy(fyne.KeyLeft, shift)
	check("f5f6")
	shortcut(fyne.KeyRight, ctrl)
	shortcut(fyne.KeyRight, ctrl)
	check("f5f6")
	shortcut(fyne.KeySpace, ctrl)
	check("f5f6f8")
	d.key(fyne.KeyReturn)
	d.key(fyne.KeyDelete)
	d.key(desktop.KeyMenu)
	d.key(fyne.KeyEscape)
	check("")
	d.key(fyne.KeyReturn) // nothing to open
	d.key(fyne.KeyDelete)
	d.key(fyne.KeySpace)
	check("f8")
	shortcut(fyne.KeyC, ctrl)
	want := []string{
		"open [f5 f6 f8]", "delete [f5 f6 f8]", fmt.Sprintf("menu at %v for [f5 f6 f8]", fyne.NewPos(61, 168*2+78)), "CustomDesktop:Control+C",
	}
	if !slices.Equal(d.heard, want) {
		t.Errorf("heard %q, want %q", d.heard, want)
	}
	d.key(fyne.KeyEnd)
	check("f99")
	d.tiles.grid.ScrollToOffset(0)
	d.heard = nil
	d.tiles.act(&fyne.KeyEvent{Name: fyne.KeyF10}, 0)
	d.tiles.act(&fyne.KeyEvent{Name: fyne.KeyF10}, shift)
	if len(d.heard) != 1 || !strings.HasSuffix(d.heard[0], " for [f99]") {
		t.Errorf("with Shift+F10 far from there: %q", d.heard)
	}
	d.tiles.grid.GoBy(fyne.KeyHome, shift)
	if n := d.tiles.Selection().Count(); n != 100 {
		t.Errorf("Shift+Home selects %d", n)
	}
}

func TestTilesAreFoundByTyping(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	typed := func(text string) {
		for _, r := range text {
			if r == ' ' {
				d.key(fyne.KeySpace)
			}
			d.tiles.grid.TypedRune(r)
		}
	}
	typed("z")
	if d.chosen() != "f25" || d.tile(25) == nil {
		t.Errorf("z finds %s", d.chosen())
	}
	typed(" picture 7") // the space does not toggle
	if d.chosen() != "f77" {
		t.Errorf("z picture 7 finds %s", d.chosen())
	}
	d.pass(2 * time.Second)
	typed(" ") // now it does
	if d.chosen() != "" {
		t.Errorf("a space selects %s", d.chosen())
	}
	typed("c")
	if d.chosen() != "f80" {
		t.Errorf("c finds %s", d.chosen())
	}
	typed("xx")
	if d.chosen() != "f80" {
		t.Errorf("what is nowhere finds %s", d.chosen())
	}
}

func TestTilesByPointer(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	d.press(1, 0, desktop.MouseButtonPrimary)
	d.press(2, fyne.KeyModifierShift, desktop.MouseButtonPrimary)
	d.press(2, 0, desktop.MouseButtonSecondary) // one of the selected
	d.press(5, 0, desktop.MouseButtonSecondary) // another
	d.press(5, 0, desktop.MouseButtonPrimary)
	d.press(5, 0, desktop.MouseButtonPrimary)
	want := []string{
		fmt.Sprintf("menu at %v for [f1 f2]", fyne.NewPos(2*134+50, 50)), fmt.Sprintf("menu at %v for [f5]", fyne.NewPos(134+50, 218)),
		"open [f5]",
	}
	if !slices.Equal(d.heard, want) {
		t.Errorf("heard %q, want %q", d.heard, want)
	}
	beside := &fyne.PointEvent{Position: fyne.NewPos(128, 50)}
	d.tiles.grid.TappedSecondary(beside)
	if d.chosen() != "" || len(d.heard) != len(want) {
		t.Errorf("a secondary click beside leaves %s", d.chosen())
	}
}

func TestTilesByRubberBand(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	d.holds = true
	drag := func(x, y float32) {
		d.tiles.grid.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
	}
	d.press(0, 0, desktop.MouseButtonPrimary)
	drag(200, 200)
	d.tiles.grid.DragEnd()
	if d.chosen() != "f0f1f4f5" {
		t.Errorf("a band over four selects %s", d.chosen())
	}
	d.press(1, fyne.KeyModifierControl, desktop.MouseButtonPrimary) // takes it out, until
	drag(134*2+60, 60)                                              // it turns out to be a band
	if d.chosen() != "f0f4f5f2" {
		t.Errorf("a band with Ctrl over two leaves %s", d.chosen())
	}
	drag(134+70, 60)
	d.tiles.grid.DragEnd()
	if d.chosen() != "f0f4f5" {
		t.Errorf("a band with Ctrl over one leaves %s", d.chosen())
	}
	d.press(2, fyne.KeyModifierShift|fyne.KeyModifierControl, desktop.MouseButtonPrimary)
	d.press(7, 0, desktop.MouseButtonPrimary)
	drag(3*134+70, 219)
	d.list.set(d.list.files[4:]) // files go away while it is drawn
	d.tiles.Relist()
	d.tiles.grid.DragEnd()
	if d.chosen() != "f11" {
		t.Errorf("a band over a list that changes selects %s", d.chosen())
	}
}

func TestTilesAskForTheirPictures(t *testing.T) {
	files := pictures(100)
	files[2].MIME, files[2].Name, files[2].SHA256, files[2].Uploaded = "application/pdf", "doc.pdf", "ab", time.Unix(1, 0)
	want := thumbnail.Wanted{File: "f2", MIME: "application/pdf", Name: "doc.pdf", Hash: "ab", Uploaded: time.Unix(1, 0)}
	d := newDesk(t, files...)
	d.pass(time.Second)
	first := d.thumbs.wanted
	if len(first) < 16 || first[2] != want || d.thumbs.side != 108 {
		t.Errorf("wanted at first: %v of %d", first, d.thumbs.side)
	}
	asks := d.thumbs.asks
	for side := float32(110); side <= 200; side += 5 {
		d.tiles.SetPicture(side)
		d.pass(time.Second / 60)
	}
	if d.thumbs.asks > asks+1 || len(d.thumbs.wanted) > 0 {
		t.Errorf("while the slider moves, %d times something is wanted", d.thumbs.asks-asks)
	}
	d.pass(time.Second)
	if d.thumbs.side != 200 || d.tile(0).Size() != TileSize(200) || d.tiles.Picture() != 200 {
		t.Errorf("with larger tiles %d is wanted, in tiles of %v", d.thumbs.side, d.tile(0).Size())
	}
	if d.tile(0).name.Text != "a picture 0.jpg" {
		t.Errorf("the name is %q", d.tile(0).name.Text)
	}
	d.tiles.SetPicture(5)
	d.tiles.SetPicture(LeastPicture)
	if d.tiles.Picture() != LeastPicture || !d.tile(0).shortened() {
		t.Errorf("at least %v, and the name %q", d.tiles.Picture(), d.tile(0).name.Text)
	}
	d.tiles.SetPicture(1e9)
	if d.tiles.Picture() != MostPicture {
		t.Errorf("at most %v", d.tiles.Picture())
	}
	d.pass(time.Second)
	d.list.set(files[50:])
	d.tiles.Relist()
	if d.thumbs.wanted[0].File != "f50" {
		t.Errorf("of another list %s is wanted", d.thumbs.wanted[0].File)
	}
	d.pass(time.Second)
	asks = d.thumbs.asks
	d.tiles.grid.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -5000}})
	d.tiles.Close()
	d.list.set(nil)
	d.tiles.Changed([]service.FileID{"f60"}) // the list is another before it is told
	if d.thumbs.asks > asks+1 {
		t.Errorf("asked %d times in a fling", d.thumbs.asks-asks)
	}
}

// While another size is coming, a picture stays, as large as it is to be.
func TestTilesStretchPicturesMeanwhile(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	d.thumbs.pictures["f0"] = image.NewRGBA(image.Rect(0, 0, 108, 108))
	d.tiles.Changed([]service.FileID{"f0"})
	delete(d.thumbs.pictures, "f0") // what there is has another size
	d.tiles.SetPicture(150)
	first := d.tile(0)
	if first.picture.Hidden || first.picture.Size() != fyne.NewSquareSize(150) || first.picture.ScaleMode != canvas.ImageScaleFastest {
		t.Errorf("the picture is %v large", first.picture.Size())
	}
	d.list.set(d.list.files[1:])
	d.tiles.Relist()
	if tile := d.tile(0); !tile.picture.Hidden {
		t.Errorf("it is shown for another file")
	}
}

func TestTilesFollowTheTheme(t *testing.T) {
	d := newDesk(t, pictures(100)...)
	d.press(0, 0, desktop.MouseButtonPrimary)
	light := kit.NewTheme(kit.AppearanceLight)
	fyne.CurrentApp().Settings().SetTheme(light)
	d.tiles.grid.Refresh()
	is := func(got color.Color, name fyne.ThemeColorName) {
		t.Helper()
		if want := light.Color(name, 0); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	is(d.tile(1).name.Color, kit.ColorText)
	is(d.tile(0).back.FillColor, kit.ColorSelected)
	d.tiles.grid.ScrollTo(99)
	is(d.tile(99).blank.FillColor, kit.ColorBlank)
}

func TestTilesTellShortenedNames(t *testing.T) {
	files := pictures(3)
	files[1].Name = "a name that is much too long for a tile.jpg"
	d := newDesk(t, files...)
	tip := d.tiles.source().Tip
	if tip(0, d.tile(0)) != "" || tip(1, d.tile(1)) != files[1].Name {
		t.Errorf("tips: %q and %q", tip(0, d.tile(0)), tip(1, d.tile(1)))
	}
}

func TestKindLabels(t *testing.T) {
	for _, c := range []struct{ name, mime, want string }{
		{"notes.pdf", "", "PDF"},
		{"data.tar.zst", "", "ZST"},
		{"x.7z", "", "7Z"},
		{"photo.jpeg", "image/jpeg", "JPEG"},
		{"no extension", "video/mp4", "VIDEO"},
		{"odd.extension", "audio/flac", "AUDIO"},
		{"odd.日本", "text/plain", "TEXT"},
		{"odd.a b", "image/x", "IMAGE"},
		{".", "", "FILE"},
		{"", "", "FILE"},
	} {
		if got := KindLabel(&service.File{Name: c.name, MIME: c.mime}); got != c.want {
			t.Errorf("%q of %q is labelled %q, want %q", c.name, c.mime, got, c.want)
		}
	}
}

// A tile says what it has room for, and nothing of it is cut off.
func TestFactsFitTheTile(t *testing.T) {
	files := pictures(3)
	files[0].Size, files[0].Views = 18_300_000, 47_936
	files[1].Size, files[1].Views = 1<<53, 1<<53
	d := newDesk(t, files...)
	check := func(i int, want string) {
		t.Helper()
		if got := d.tile(i).fact.Text; got != want {
			t.Errorf("at %v a tile says %q, want %q", d.tiles.Picture(), got, want)
		}
	}
	check(0, "18.3 MB · 48k views")
	check(2, "1.4 MB · 202 views")
	d.tiles.SetPicture(LeastPicture)
	check(0, "18.3 MB")
	check(1, "9.0 PB")
	d.tiles.SetPicture(MostPicture)
	check(0, "18.3 MB · 47,936 views")
	check(1, "9.0 PB · 9,007,199,254,740,992 views")
}

func TestFactsOfOddFiles(t *testing.T) {
	format := kit.NewFormat("en", time.Now, "")
	for _, c := range []struct {
		size, views int64
		want        string
	}{
		{0, 0, "0 B · 0 views"}, {1, 1, "1 B · 1 view"}, {1 << 53, 1 << 53, "9.0 PB · 9,007,199,254,740,992 views"},
	} {
		if got := Facts(format, &service.File{Size: c.size, Views: c.views}); got != c.want {
			t.Errorf("%d bytes, %d views: %q, want %q", c.size, c.views, got, c.want)
		}
	}
}
