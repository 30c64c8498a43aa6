package uploads

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// itemRow is the row of one item. It is used for one after another.
type itemRow struct {
	widget.BaseWidget
	screen *Screen
	shown  Row
	ground *kit.RowGround

	tile   *Tile
	name   *kit.Hint
	sub    *kit.Text
	bar    *kit.Progress
	detail *kit.Hint
	link   *kit.Link
	state  *kit.Text
	icons  [maxActions]*kit.IconButton
}

const maxActions = 3

func newItemRow(s *Screen) *itemRow {
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	r := &itemRow{
		screen: s,
		ground: kit.NewRowGround(),
		tile:   NewTile(s.cfg.Previews, func() float32 { return scaleOf(s.root) }),
		name:   kit.NewHint("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElideMiddle}),
		sub:    kit.NewText("", small),
		bar:    kit.NewProgress(),
		detail: kit.NewHint("", small),
		link:   kit.NewLink("", kit.TextStyle{Size: kit.SizeBody, Elide: kit.ElideMiddle}, nil),
		state:  kit.NewText("", kit.TextStyle{Size: kit.SizeName, Elide: kit.ElideEnd}),
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
	r.ground.SetLast(last)
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
	if r.ground.SetMarked(marked) {
		r.Refresh()
	}
}

// CreateRenderer is Fyne's.
func (r *itemRow) CreateRenderer() fyne.WidgetRenderer {
	v := &itemRowRenderer{row: r}
	v.objects = append(r.ground.Objects(), r.tile, r.name, r.sub, r.bar, r.detail, r.link, r.state)
	for _, b := range r.icons {
		v.objects = append(v.objects, b)
	}
	r.ground.Color(r)
	return v
}

type itemRowRenderer struct {
	row     *itemRow
	objects []fyne.CanvasObject
}

func (v *itemRowRenderer) Refresh() {
	v.row.ground.Color(v.row)
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
	barTop     float32 = 20.5
	stateWidth float32 = 110
)

// Layout gives every part its place: name, progress, state, actions; where
// there is little room, the state stands in the progress column.
func (v *itemRowRenderer) Layout(size fyne.Size) {
	r := v.row
	height := r.ground.Layout(size)
	kit.Place(r.tile, 14, (height-TileSide)/2, TileSide, TileSide)

	right := size.Width - 8
	for i := range r.icons {
		b := r.icons[maxActions-1-i]
		if b.Hidden {
			continue
		}
		right -= kit.IconButtonSize
		kit.Place(b, right, (height-kit.IconButtonSize)/2, kit.IconButtonSize, kit.IconButtonSize)
	}
	right = size.Width - 8 - maxActions*kit.IconButtonSize

	isNarrow := size.Width < wide
	// A wide window gives the progress a quarter of what it has more.
	bar, state := min(340, barWidth+max(0, size.Width-924)*0.25), stateWidth
	if isNarrow {
		bar, state = min(barWidth, (right-nameLeft)*0.5), 0
	}
	middle := right - state - gap - bar
	kit.PlaceLines(nameLeft, middle-gap-nameLeft, r.name, r.sub)
	v.middle(middle, bar, height, isNarrow)
	if !isNarrow {
		kit.PlaceLine(middle+bar+gap, height/2, state, r.state)
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
	switch {
	case !r.bar.Hidden:
		kit.Place(r.bar, x, barTop, width, 4)
		kit.PlaceLine(x, kit.LowerLine, width, r.detail)
		r.state.Hidden = isNarrow
		return
	case isNarrow:
		at := barTop
		if r.shown.Detail == "" && r.shown.Link == "" { // nothing is below it
			at = height / 2
		}
		kit.PlaceLine(x, at, width, r.state)
		kit.PlaceLine(x, kit.LowerLine, width, r.detail)
		kit.PlaceLine(x, kit.LowerLine, width, r.link)
	default:
		kit.Place(r.detail, x, 0, width, height)
		kit.PlaceLine(x, height/2, width, r.link)
	}
	r.state.Hidden = false
}

func (v *itemRowRenderer) MinSize() fyne.Size           { return fyne.NewSize(300, rowHeight) }
func (v *itemRowRenderer) Objects() []fyne.CanvasObject { return v.objects }
func (v *itemRowRenderer) Destroy()                     {}
