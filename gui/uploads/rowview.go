package uploads

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// itemRow is the row of one item. It is used for one after another.
type itemRow struct {
	widget.BaseWidget
	screen *Screen
	shown  Row
	bare   bool // no line below
	marked bool

	tile   *Tile
	name   *kit.Hint
	sub    *kit.Text
	bar    *kit.Progress
	detail *kit.Hint
	link   *kit.Link
	state  *kit.Text
	icons  [maxActions]*kit.IconButton
	line   *canvas.Rectangle
	back   *canvas.Rectangle
}

const maxActions = 3

func newItemRow(s *Screen) *itemRow {
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	r := &itemRow{
		screen: s,
		back:   &canvas.Rectangle{},
		tile:   NewTile(s.cfg.Previews, func() float32 { return scaleOf(s.root) }),
		name:   kit.NewHint("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElideMiddle}),
		sub:    kit.NewText("", small),
		bar:    kit.NewProgress(),
		detail: kit.NewHint("", small),
		link:   kit.NewLink("", kit.TextStyle{Size: kit.SizeBody, Elide: kit.ElideMiddle}, nil),
		state:  kit.NewText("", kit.TextStyle{Size: kit.SizeName, Elide: kit.ElideEnd}),
		line:   &canvas.Rectangle{},
	}
	for i := range r.icons {
		r.icons[i] = kit.NewIconButton(kit.IconCross, "", nil)
	}
	r.link.OnTapped(func() { s.Do(r.shown.Linked, r.shown.ID) })
	r.ExtendBaseWidget(r)
	return r
}

// set shows an item.
func (r *itemRow) set(row Row, last bool) {
	if r.bare != last {
		r.bare = last
		r.line.Hidden = last
		r.line.Refresh()
	}
	r.tile.Set(row.Picture)
	r.name.SetText(row.Name)
	r.sub.SetText(row.Sub)
	r.state.Set(row.State, row.StateBy)
	r.bar.Hidden = row.Part < 0
	r.bar.Set(row.Part, kit.ColorPrimary)
	r.detail.Set(row.Detail, row.Color)
	r.detail.SetTip(row.Tip)
	r.detail.Hidden = row.Link != ""
	r.link.Hidden = row.Link == ""
	r.link.SetText(row.Link)
	if r.shown.Linked != row.Linked {
		r.link.SetTip("")
		if row.Linked == ActionShow {
			r.link.SetTip(ActionShow.Label())
		}
	}
	r.setActions(row)
	moved := (r.shown.Detail == "") != (row.Detail == "") || r.shown.Part < 0 != (row.Part < 0) || (r.shown.Link == "") != (row.Link == "") ||
		len(r.shown.Actions) != len(row.Actions)
	r.shown = row
	if moved {
		r.Refresh()
	}
}

func (r *itemRow) setActions(row Row) {
	for i, b := range r.icons {
		b.Hidden = i >= len(row.Actions)
		if b.Hidden {
			continue
		}
		a, id := row.Actions[i], row.ID
		b.Set(a.Icon(), row.Label(a), func() { r.screen.clicked(a, id, fyne.CurrentApp().Driver().AbsolutePositionForObject(b)) })
	}
}

// mark shows that the keyboard stands on the row.
func (r *itemRow) mark(marked bool) {
	if r.marked != marked {
		r.marked = marked
		r.Refresh()
	}
}

// CreateRenderer is Fyne's.
func (r *itemRow) CreateRenderer() fyne.WidgetRenderer {
	v := &itemRowRenderer{row: r}
	v.objects = []fyne.CanvasObject{
		r.back, r.tile, r.name, r.sub, r.bar, r.detail, r.link, r.state, r.line,
	}
	for _, b := range r.icons {
		v.objects = append(v.objects, b)
	}
	v.colors()
	return v
}

type itemRowRenderer struct {
	row     *itemRow
	objects []fyne.CanvasObject
}

func (v *itemRowRenderer) colors() {
	r := v.row
	r.line.FillColor = theme.ColorForWidget(kit.ColorBorder, r)
	r.back.FillColor = color.Transparent
	if r.marked {
		r.back.FillColor = theme.ColorForWidget(kit.ColorSelected, r)
	}
}

func (v *itemRowRenderer) Refresh() {
	v.colors()
	for _, o := range v.objects {
		o.Refresh()
	}
	v.Layout(v.row.Size())
	canvas.Refresh(v.row)
}

const (
	nameLeft   float32 = 70  // of the name, from the row's left
	wide       float32 = 680 // where all columns have room
	gap        float32 = 12
	barWidth   float32 = 250
	stateWidth float32 = 110
)

// Layout gives every part its place: name, progress, state, actions; where
// there is little room, the state stands in the progress column.
func (v *itemRowRenderer) Layout(size fyne.Size) {
	r := v.row
	r.back.Resize(fyne.NewSize(size.Width, size.Height-1))
	put(r.tile, 14, 9.5, TileSide, TileSide)
	put(r.line, 0, size.Height-1, size.Width, 1)

	right := size.Width - 8
	for i := range r.icons {
		b := r.icons[maxActions-1-i]
		if b.Hidden {
			continue
		}
		right -= kit.IconButtonSize
		put(b, right, (size.Height-1-kit.IconButtonSize)/2, kit.IconButtonSize, kit.IconButtonSize)
	}
	right = size.Width - 8 - maxActions*kit.IconButtonSize

	isNarrow := size.Width < wide
	// A wide window gives the progress a quarter of what it has more.
	bar, state := min(340, barWidth+max(0, size.Width-924)*0.25), stateWidth
	if isNarrow {
		bar, state = min(barWidth, (right-nameLeft)*0.5), 0
	}
	middle := right - state - gap - bar
	for _, t := range []struct {
		o fyne.CanvasObject
		y float32
	}{{r.name, 21.5}, {r.sub, 38.5}} {
		h := t.o.MinSize().Height
		put(t.o, nameLeft, t.y-h/2, middle-gap-nameLeft, h)
	}
	v.middle(middle, bar, size.Height-1, isNarrow)
	if !isNarrow {
		h := r.state.MinSize().Height
		put(r.state, middle+bar+gap, (size.Height-1-h)/2, state, h)
	}
}

// middle lays out the column of the progress.
func (v *itemRowRenderer) middle(x, width, height float32, isNarrow bool) {
	r := v.row
	lines := 2
	if !r.bar.Hidden || isNarrow {
		lines = 1
	}
	r.detail.SetLines(lines)
	h := r.detail.MinSize().Height
	linkHeight := r.link.MinSize().Height
	switch {
	case !r.bar.Hidden:
		put(r.bar, x, 20.5, width, 4)
		put(r.detail, x, 38.5-h/2, width, h)
		r.state.Hidden = isNarrow
		return
	case isNarrow:
		stateHeight, at := r.state.MinSize().Height, float32(20.5)
		if r.shown.Detail == "" && r.shown.Link == "" { // nothing is below it
			at = height / 2
		}
		put(r.state, x, at-stateHeight/2, width, stateHeight)
		put(r.detail, x, 38.5-h/2, width, h)
		put(r.link, x, 38.5-linkHeight/2, width, linkHeight)
	default:
		put(r.detail, x, 0, width, height)
		put(r.link, x, (height-linkHeight)/2, width, linkHeight)
	}
	r.state.Hidden = false
}

func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Resize(fyne.NewSize(max(0, w), h))
	o.Move(fyne.NewPos(x, y))
}

func (v *itemRowRenderer) MinSize() fyne.Size           { return fyne.NewSize(300, rowHeight) }
func (v *itemRowRenderer) Objects() []fyne.CanvasObject { return v.objects }
func (v *itemRowRenderer) Destroy()                     {}
