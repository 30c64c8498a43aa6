package uploads

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// TileSide is how wide and high a tile is.
const TileSide float32 = 40

// Tile shows what a file is: its picture, once there is one, or its kind. It is
// used for one file after another.
type Tile struct {
	widget.BaseWidget
	previews *Previews
	scale    func() float32
	wanted   previewID

	back  *canvas.Rectangle
	kind  *kit.Icon
	ext   *kit.Text
	image *canvas.Image
	disc  *canvas.Circle // behind the mark
	mark  *kit.Icon
}

// NewTile makes an empty tile. previews may be nil: no pictures; scale tells
// how many pixels of the screen a unit has.
func NewTile(previews *Previews, scale func() float32) *Tile {
	t := &Tile{
		previews: previews, scale: scale,
		back:  &canvas.Rectangle{CornerRadius: 6},
		kind:  kit.NewIcon(kit.IconFile, kit.ColorSecondary, 18),
		ext:   kit.NewText("", kit.TextStyle{Size: 10, Bold: true, Color: kit.ColorSecondary, Align: fyne.TextAlignCenter}),
		image: &canvas.Image{CornerRadius: 6, FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest},
	}
	t.image.Hide()
	t.disc, t.mark = &canvas.Circle{}, kit.NewIcon(kit.IconDown, kit.ColorAccent, 12)
	t.setMark("")
	t.ExtendBaseWidget(t)
	return t
}

// SetFile shows a file of this computer; its size tells another content.
func (t *Tile) SetFile(name, path string, size int64) {
	t.Set(Picture{Name: name, Path: path, Size: size})
}

// Set shows a picture.
func (t *Tile) Set(p Picture) {
	icon, ext := kindOf(p.Name)
	if p.Icon != "" {
		icon, ext = p.Icon, ""
	}
	t.setMark(p.Mark)
	t.kind.Set(icon, kit.ColorSecondary)
	t.kind.Hidden = ext != ""
	t.ext.SetText(ext)
	id := previewID{}
	if t.previews != nil && icon == kit.IconImage {
		id = previewID{previewKey{path: p.Path, size: p.Size}, t.pixels()}
	}
	t.ask(id)
}

// setMark shows a mark on the corner, "" for none.
func (t *Tile) setMark(mark kit.IconName) {
	t.disc.Hidden, t.mark.Hidden = mark == "", mark == ""
	if mark != "" {
		t.mark.Set(mark, kit.ColorAccent)
	}
}

// ask shows a preview as soon as it is there; an empty id shows none.
func (t *Tile) ask(id previewID) {
	if id == t.wanted {
		return
	}
	t.wanted = id
	t.picture(nil)
	if id.path == "" {
		return
	}
	t.picture(t.previews.get(id.previewKey, id.side, func(p *made) {
		if t.wanted == id { // the tile may be another file's by now
			t.picture(p)
		}
	}))
}

func (t *Tile) picture(p *made) {
	if p == nil || p.image == nil {
		if t.image.Visible() {
			t.image.Hide()
			t.image.Image = nil
		}
		return
	}
	t.image.Image = p.image
	t.image.Show()
	t.image.Refresh()
}

func (t *Tile) pixels() int { return int(TileSide*t.scale() + 0.5) }

// scaleOf is how many pixels a unit has in the window that o is in.
func scaleOf(o fyne.CanvasObject) float32 {
	if c := kit.Canvas(o); c != nil {
		return c.Scale()
	}
	return 1
}

// MinSize is the same for every file.
func (t *Tile) MinSize() fyne.Size { return fyne.NewSquareSize(TileSide) }

// CreateRenderer is Fyne's.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	r := &tileRenderer{tile: t, objects: []fyne.CanvasObject{t.back, t.kind, t.ext, t.image, t.disc, t.mark}}
	r.color()
	return r
}

type tileRenderer struct {
	tile    *Tile
	objects []fyne.CanvasObject
}

func (r *tileRenderer) color() {
	r.tile.back.FillColor = theme.ColorForWidget(kit.ColorTile, r.tile)
	r.tile.disc.FillColor = theme.ColorForWidget(kit.ColorCard, r.tile)
}

func (r *tileRenderer) Refresh() {
	r.color()
	t := r.tile
	if id := t.wanted; id.path != "" {
		id.side = t.pixels() // the window may have gone to another screen
		t.ask(id)
	}
	for _, o := range r.objects {
		if o != fyne.CanvasObject(t.image) {
			o.Refresh()
		}
	}
	canvas.Refresh(t)
}

func (r *tileRenderer) Layout(size fyne.Size) {
	for _, o := range r.objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
	for _, o := range []fyne.CanvasObject{r.tile.disc, r.tile.mark} {
		o.Resize(fyne.NewSquareSize(markSide))
		o.Move(fyne.NewPos(size.Width-markSide+markOver, size.Height-markSide+markOver))
	}
}

// How large a mark is, and how far it stands over the tile's corner.
const (
	markSide float32 = 18
	markOver float32 = 5
)

func (r *tileRenderer) MinSize() fyne.Size           { return r.tile.MinSize() }
func (r *tileRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *tileRenderer) Destroy()                     {}
