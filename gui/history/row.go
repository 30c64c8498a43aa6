package history

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/upload"
)

// Tile shows what a file is: a small picture of it, or its kind.
type Tile interface {
	fyne.CanvasObject
	SetFile(name, path string, size int64)
}

// row is the row of one upload. It is used for one after another.
type row struct {
	widget.BaseWidget
	shown  Row
	job    upload.Job
	marked bool
	bare   bool // no line below

	back  *canvas.Rectangle
	tile  Tile
	name  *kit.Hint
	sub   *kit.Hint
	link  *kit.Link
	state *kit.Hint
	time  *kit.Text
	copy  *kit.IconButton
	open  *kit.IconButton
	line  *canvas.Rectangle
}

func newRow(s *Screen) *row {
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	r := &row{
		back: &canvas.Rectangle{}, tile: s.cfg.NewTile(), line: &canvas.Rectangle{},
		name:  kit.NewHint("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElideMiddle}),
		sub:   kit.NewHint("", small),
		state: kit.NewHint("", small),
		time:  kit.NewText("", kit.TextStyle{Size: kit.SizeName, Color: kit.ColorSecondary}),
	}
	r.link = kit.NewLink("", kit.TextStyle{Size: kit.SizeBody, Elide: kit.ElideMiddle}, func() { s.copy(r.job) })
	r.link.SetTip(lang.L("Copy link"))
	r.copy = kit.NewIconButton(kit.IconCopy, lang.L("Copy link"), func() { s.copy(r.job) })
	r.open = kit.NewIconButton(kit.IconOpen, lang.L("Open in the browser"), func() { s.visit(r.job) })
	r.ExtendBaseWidget(r)
	return r
}

// set shows an upload.
func (r *row) set(j *upload.Job, shown Row, last bool) {
	moved := (r.shown.Link == "") != (shown.Link == "") || r.bare != last || (r.shown.Reason == "") != (shown.Reason == "")
	r.job, r.shown, r.bare = *j, shown, last
	r.tile.SetFile(j.Name, j.Path, j.Size)
	r.name.SetText(shown.Name)
	r.time.SetText(shown.Time)
	r.link.SetText(shown.Link)
	r.words()
	if moved {
		r.Refresh()
	}
}

// words fills what depends on the row's width.
func (r *row) words() {
	s := r.shown
	sub := s.Sub
	if r.isNarrow() {
		sub = s.Time + " · " + sub
	}
	r.sub.SetText(sub)
	text := s.State
	if s.Reason != "" {
		text = lang.L("{{.State}}: {{.Reason}}", map[string]any{"State": s.State, "Reason": s.Reason})
	}
	r.state.Set(text, s.StateBy)
	r.state.SetTip(s.Tip)
}

// mark shows that the keyboard stands on the row.
func (r *row) mark(marked bool) {
	if r.marked != marked {
		r.marked = marked
		r.Refresh()
	}
}

func (r *row) isNarrow() bool { return r.Size().Width < wide }

// CreateRenderer is Fyne's.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	v := &rowRenderer{row: r, objects: []fyne.CanvasObject{
		r.back, r.tile, r.name, r.sub, r.link, r.state, r.time, r.copy, r.open, r.line,
	}}
	v.colors()
	return v
}

type rowRenderer struct {
	row     *row
	objects []fyne.CanvasObject
}

func (v *rowRenderer) colors() {
	r := v.row
	r.line.FillColor = theme.ColorForWidget(kit.ColorBorder, r)
	r.back.FillColor = color.Transparent
	if r.marked {
		r.back.FillColor = theme.ColorForWidget(kit.ColorSelected, r)
	}
}

func (v *rowRenderer) Refresh() {
	v.colors()
	for _, o := range v.objects {
		o.Refresh()
	}
	v.Layout(v.row.Size())
	canvas.Refresh(v.row)
}

// Measures of a row.
const (
	rowHeight float32 = 59
	tileSide  float32 = 40
	nameLeft  float32 = 70  // of the name, from the row's left
	wide      float32 = 620 // where all columns have room
	gap       float32 = 12
	linkWidth float32 = 250
	timeWidth float32 = 52
	endRoom   float32 = 8 // right of the buttons
)

// Layout gives every part its place: name, link, time, buttons; where there is
// little room, the time stands before the size.
func (v *rowRenderer) Layout(size fyne.Size) {
	r := v.row
	r.words()
	height := size.Height - 1
	r.back.Resize(fyne.NewSize(size.Width, height))
	put(r.tile, 14, (height-tileSide)/2, tileSide, tileSide)
	put(r.line, 0, height, size.Width, 1)
	r.line.Hidden = r.bare

	linked := r.shown.Link != ""
	r.copy.Hidden, r.open.Hidden, r.link.Hidden = !linked, !linked, !linked
	right := size.Width - endRoom - 2*kit.IconButtonSize
	top := (height - kit.IconButtonSize) / 2
	put(r.copy, right, top, kit.IconButtonSize, kit.IconButtonSize)
	put(r.open, right+kit.IconButtonSize, top, kit.IconButtonSize, kit.IconButtonSize)

	narrow := r.isNarrow()
	r.time.Hidden = narrow
	// A wide window gives the links a quarter of what it has more.
	middle := min(340, linkWidth+max(0, size.Width-924)*0.25)
	if narrow {
		middle = min(linkWidth, (right-nameLeft)*0.46)
	} else {
		h := r.time.MinSize().Height
		put(r.time, right-gap-timeWidth, (height-h)/2, timeWidth, h)
		right -= gap + timeWidth
	}
	at := right - gap - middle
	v.lines(nameLeft, at-gap-nameLeft, r.name, r.sub)
	r.state.SetLines(1)
	if linked {
		v.lines(at, middle, r.link, r.state)
		return
	}
	// There are no buttons either.
	if narrow {
		middle += 2 * kit.IconButtonSize
	}
	r.state.SetLines(2)
	put(r.state, at, 0, middle, height)
}

// lines puts two texts below each other.
func (v *rowRenderer) lines(x, width float32, upper, lower fyne.CanvasObject) {
	for _, t := range []struct {
		o fyne.CanvasObject
		y float32
	}{{upper, 21.5}, {lower, 38.5}} {
		h := t.o.MinSize().Height
		put(t.o, x, t.y-h/2, width, h)
	}
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(max(0, w), h))
	o.Move(fyne.NewPos(x, y))
}

func (v *rowRenderer) MinSize() fyne.Size           { return fyne.NewSize(300, rowHeight) }
func (v *rowRenderer) Objects() []fyne.CanvasObject { return v.objects }
func (v *rowRenderer) Destroy()                     {}
