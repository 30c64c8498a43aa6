package history

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
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
	ground *kit.RowGround

	tile  Tile
	name  *kit.Hint
	sub   *kit.Hint
	link  *kit.Link
	state *kit.Hint
	time  *kit.Text
	copy  *kit.IconButton
	open  *kit.IconButton
}

func newRow(s *Screen) *row {
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	r := &row{
		ground: kit.NewRowGround(), tile: s.cfg.NewTile(),
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
	moved := r.ground.SetLast(last) || (r.shown.Link == "") != (shown.Link == "") || (r.shown.Reason == "") != (shown.Reason == "")
	r.job, r.shown = *j, shown
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
	if r.ground.SetMarked(marked) {
		r.Refresh()
	}
}

func (r *row) isNarrow() bool { return r.Size().Width < wide }

// CreateRenderer is Fyne's.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	r.ground.Color(r)
	return &rowRenderer{row: r, objects: append(r.ground.Objects(), r.tile, r.name, r.sub, r.link, r.state, r.time, r.copy, r.open)}
}

type rowRenderer struct {
	row     *row
	objects []fyne.CanvasObject
}

func (v *rowRenderer) Refresh() {
	v.row.ground.Color(v.row)
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
	height := r.ground.Layout(size)
	kit.Place(r.tile, 14, (height-tileSide)/2, tileSide, tileSide)

	linked := r.shown.Link != ""
	r.copy.Hidden, r.open.Hidden, r.link.Hidden = !linked, !linked, !linked
	right := size.Width - endRoom - 2*kit.IconButtonSize
	top := (height - kit.IconButtonSize) / 2
	kit.Place(r.copy, right, top, kit.IconButtonSize, kit.IconButtonSize)
	kit.Place(r.open, right+kit.IconButtonSize, top, kit.IconButtonSize, kit.IconButtonSize)

	narrow := r.isNarrow()
	r.time.Hidden = narrow
	// A wide window gives the links a quarter of what it has more.
	middle := min(340, linkWidth+max(0, size.Width-924)*0.25)
	if narrow {
		middle = min(linkWidth, (right-nameLeft)*0.46)
	} else {
		kit.PlaceLine(right-gap-timeWidth, height/2, timeWidth, r.time)
		right -= gap + timeWidth
	}
	at := right - gap - middle
	kit.PlaceLines(nameLeft, at-gap-nameLeft, r.name, r.sub)
	r.state.SetLines(1)
	if linked {
		kit.PlaceLines(at, middle, r.link, r.state)
		return
	}
	// There are no buttons either.
	if narrow {
		middle += 2 * kit.IconButtonSize
	}
	r.state.SetLines(2)
	kit.Place(r.state, at, 0, middle, height)
}

func (v *rowRenderer) MinSize() fyne.Size           { return fyne.NewSize(300, rowHeight) }
func (v *rowRenderer) Objects() []fyne.CanvasObject { return v.objects }
func (v *rowRenderer) Destroy()                     {}
