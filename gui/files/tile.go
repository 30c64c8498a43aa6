package files

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
)

// Measures of a tile: the picture, two lines below it, and room around them for
// the border of a selected one.
const (
	LeastPicture   float32 = 72
	DefaultPicture float32 = 108
	MostPicture    float32 = 256

	tilePad    float32 = 7
	tileBelow  float32 = 41 // from the picture's bottom to the tile's
	nameMiddle float32 = 13.5
	factMiddle float32 = 28
	tickSide   float32 = 20
	tickInset  float32 = 6 // from the picture's corner
	factSize   float32 = 11
	kindSize   float32 = 14
	radiusCell float32 = 8
	radiusPic  float32 = 6
)

// TileSize is the size of tiles whose pictures have a side length.
func TileSize(picture float32) fyne.Size {
	return fyne.NewSize(picture+2*tilePad, tilePad+picture+tileBelow)
}

// tileLook is what the tiles of a grid share: how large they are, and what it
// takes to shorten their words.
type tileLook struct {
	format     *kit.Format
	picture    float32
	name, fact *ruler
	nameHeight float32
	factHeight float32
	kindHeight float32
}

func newTileLook(format *kit.Format) *tileLook {
	ruled := func(size float32) *ruler {
		return newRuler(func(s string) float32 { return kit.MeasureText(s, size, fyne.TextStyle{}).Width })
	}
	height := func(size float32, style fyne.TextStyle) float32 { return kit.MeasureText("M", size, style).Height }
	return &tileLook{
		format: format, picture: DefaultPicture,
		name: ruled(kit.SizeBody), fact: ruled(factSize),
		nameHeight: height(kit.SizeBody, fyne.TextStyle{}),
		factHeight: height(factSize, fyne.TextStyle{}),
		kindHeight: height(kindSize, fyne.TextStyle{Bold: true}),
	}
}

// marking is how a tile stands out.
type marking struct {
	selected bool
	cursor   bool // the keyboard stands on it
}

// tile shows one file after another. A plain one with a picture is drawn from
// three objects: picture, name, facts.
type tile struct {
	widget.BaseWidget
	framed

	look   *tileLook
	id     service.FileID
	title  string // the name as it can be shown
	file   service.File
	marked marking
	side   float32 // the picture's for which it was laid out

	back    *canvas.Rectangle
	kind    *canvas.Text
	name    *canvas.Text
	fact    *canvas.Text
	disc    *canvas.Circle
	check   *kit.Icon
	video   *videoMark // nil: no video was shown yet
	objects []fyne.CanvasObject
}

func newTile(look *tileLook) *tile {
	t := &tile{
		framed: newFramed(radiusPic),
		look:   look,
		back:   &canvas.Rectangle{CornerRadius: radiusCell},
		kind:   kit.NewBold(kindSize),
		name:   &canvas.Text{TextSize: kit.SizeBody},
		fact:   &canvas.Text{TextSize: factSize},
		disc:   &canvas.Circle{},
		check:  kit.NewIcon(kit.IconCheck, kit.ColorOnPrimary, 11),
	}
	t.back.Hidden, t.picture.Hidden, t.disc.Hidden, t.check.Hidden = true, true, true, true
	t.objects = []fyne.CanvasObject{t.back, t.blank, t.kind, t.picture, t.name, t.fact, t.disc, t.check}
	t.ExtendBaseWidget(t)
	t.colors()
	return t
}

// show takes over a file: its words, and its picture or, when there is none, a
// label (which may be empty, while the picture is coming).
func (t *tile) show(f *service.File, label string, picture *image.RGBA) {
	t.id, t.file = f.ID, *f
	t.title = shownName(f)
	if c := theme.ColorForWidget(kit.ColorText, t); c != t.name.Color {
		t.colors() // the theme has changed while the tile was not in use
	}
	t.fitWords()
	t.set(picture, t.look.picture, fyne.NewPos(tilePad, tilePad))
	kit.FillText(t.kind, label)
	t.kind.Hidden = picture != nil || label == ""
	t.showVideo()
	kit.Repaint(t)
}

// fitWords shortens the words to the tile's width.
func (t *tile) fitWords() {
	t.side = t.look.picture
	kit.FillText(t.name, t.look.name.fit(t.title, t.side))
	setText(t.fact, t.facts())
}

// facts are as many as the tile has room for; of a file that is not known yet
// there are none.
func (t *tile) facts() string {
	if t.id == "" {
		return ""
	}
	ruler, format := t.look.fact, t.look.format
	if all := Facts(format, &t.file); ruler.fits(all, t.side) {
		return all
	}
	if brief := briefFacts(format, &t.file); ruler.fits(brief, t.side) {
		return brief
	}
	return ruler.fit(format.Size(t.file.Size), t.side)
}

func setText(o *canvas.Text, text string) {
	if o.Text != text {
		o.Text = text
		o.Refresh()
	}
}

// mark shows whether the tile is selected, and whether the keyboard stands on it.
func (t *tile) mark(m marking) {
	if m == t.marked {
		return
	}
	t.marked = m
	t.back.Hidden = !m.selected && !m.cursor
	t.disc.Hidden, t.check.Hidden = !m.selected, !m.selected
	t.colorBack()
	t.back.Refresh()
	kit.Repaint(t)
}

// shortened reports whether the name is not shown whole.
func (t *tile) shortened() bool { return t.name.Text != kit.Drawn(t.title) }

// AccessibilityLabel is the file's whole name.
func (t *tile) AccessibilityLabel() string { return t.title }

// AccessibilityRole is container.
func (t *tile) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (t *tile) colors() {
	of := func(name fyne.ThemeColorName) color.Color { return theme.ColorForWidget(name, t) }
	t.name.Color, t.fact.Color, t.kind.Color = of(kit.ColorText), of(kit.ColorSecondary), of(kit.ColorSecondary)
	t.blank.FillColor, t.disc.FillColor = of(kit.ColorBlank), of(kit.ColorPrimary)
	t.colorBack()
	t.colorVideo()
}

func (t *tile) colorBack() {
	t.back.FillColor, t.back.StrokeColor, t.back.StrokeWidth = color.Transparent, color.Transparent, 1
	if t.marked.selected {
		t.back.FillColor = theme.ColorForWidget(kit.ColorSelected, t)
		t.back.StrokeColor = theme.ColorForWidget(kit.ColorPrimary, t)
	}
	if t.marked.cursor {
		t.back.StrokeWidth = 2
		if !t.marked.selected {
			t.back.StrokeColor = theme.ColorForWidget(kit.ColorSecondary, t)
		}
	}
}

// CreateRenderer is Fyne's.
func (t *tile) CreateRenderer() fyne.WidgetRenderer { return tileRenderer{t} }

type tileRenderer struct{ tile *tile }

func (r tileRenderer) Layout(size fyne.Size) {
	t := r.tile
	side := t.look.picture
	if t.side != side {
		t.fitWords()
	}
	t.back.Resize(size)
	t.blank.Resize(fyne.NewSquareSize(side))
	t.blank.Move(fyne.NewPos(tilePad, tilePad))
	line := func(o *canvas.Text, middle, height float32) {
		o.Resize(fyne.NewSize(side, height))
		kit.PlaceText(o, fyne.NewPos(tilePad, middle-height/2))
	}
	bottom := tilePad + side
	line(t.kind, tilePad+side/2, t.look.kindHeight)
	line(t.name, bottom+nameMiddle, t.look.nameHeight)
	line(t.fact, bottom+factMiddle, t.look.factHeight)
	disc := fyne.NewPos(bottom-tickInset-tickSide, tilePad+tickInset)
	t.disc.Resize(fyne.NewSquareSize(tickSide))
	t.disc.Move(disc)
	t.check.Resize(fyne.NewSquareSize(tickSide))
	t.check.Move(disc)
	t.place(t.look.picture, fyne.NewPos(tilePad, tilePad))
	t.placeVideo()
}

func (r tileRenderer) MinSize() fyne.Size { return TileSize(LeastPicture) }

// Refresh draws in the colours of the theme.
func (r tileRenderer) Refresh() {
	t := r.tile
	t.colors()
	t.redraw(t.objects)
}

func (r tileRenderer) Objects() []fyne.CanvasObject { return r.tile.objects }
func (r tileRenderer) Destroy()                     {}
