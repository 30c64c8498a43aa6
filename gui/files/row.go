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
	"sluice/service/library"
)

// rowLook is what the rows of a table share.
type rowLook struct {
	columns    *columns
	format     *kit.Format
	name, fact *ruler
	nameHeight float32
	factHeight float32
}

func newRowLook(format *kit.Format, tiles *tileLook) *rowLook {
	return &rowLook{
		columns: newColumns(format), format: format, name: tiles.name,
		fact:       newRuler(func(s string) float32 { return kit.MeasureText(s, kit.SizeSmall, fyne.TextStyle{}).Width }),
		nameHeight: tiles.nameHeight,
		factHeight: fyne.MeasureText("M", kit.SizeSmall, fyne.TextStyle{}).Height,
	}
}

// row shows one file after another as a line of the table.
type row struct {
	widget.BaseWidget
	framed

	look   *rowLook
	id     service.FileID
	file   service.File
	title  string // the name as it can be shown
	marked marking
	width  float32 // for which the words are
	sorted Column  // and when this column sorted

	back    *canvas.Rectangle
	edge    *canvas.Rectangle
	kind    *kit.Icon
	texts   [columnCount]*canvas.Text
	objects []fyne.CanvasObject
}

func newRow(look *rowLook) *row {
	r := &row{
		framed: newFramed(radiusSmall), look: look,
		back: &canvas.Rectangle{CornerRadius: radiusPic}, edge: &canvas.Rectangle{CornerRadius: 1.5},
		kind: kit.NewIcon(kit.IconFile, kit.ColorSecondary, 16),
	}
	r.back.Hidden, r.edge.Hidden, r.picture.Hidden = true, true, true
	r.objects = []fyne.CanvasObject{r.back, r.edge, r.blank, r.kind, r.picture}
	for c := range columnCount {
		text := &canvas.Text{TextSize: kit.SizeSmall}
		if c == ColumnName {
			text.TextSize = kit.SizeBody
		}
		if c.right() {
			text.Alignment = fyne.TextAlignTrailing
		}
		r.texts[c] = text
		r.objects = append(r.objects, text)
	}
	r.ExtendBaseWidget(r)
	r.colors()
	return r
}

// show takes over a file and its picture; bare says that there is none and that
// none is coming.
func (r *row) show(f *service.File, bare bool, picture *image.RGBA) {
	r.id, r.file = f.ID, *f
	r.title = shownName(f)
	if c := theme.ColorForWidget(kit.ColorText, r); c != r.texts[ColumnName].Color {
		r.colors() // the theme has changed while the row was not in use
	}
	r.fitWords()
	r.set(picture, rowPicture, fyne.NewPos(rowPad, (rowHeight-rowPicture)/2))
	r.kind.Hidden = !bare || picture != nil
	if bare {
		r.kind.Set(kindIcon(library.KindOf(f)), kit.ColorSecondary)
	}
	kit.Repaint(r)
}

// fitWords places the columns and shortens the words in them.
func (r *row) fitWords() {
	look := r.look
	places := look.columns.fit(r.Size().Width)
	r.width, r.sorted = r.Size().Width, look.columns.sorted
	var shown [columnCount]bool
	for _, p := range places {
		text, height, fit := r.texts[p.column], look.factHeight, look.fact.fit
		if p.column == ColumnName {
			height, fit = look.nameHeight, look.name.fitName
		}
		kit.FillText(text, fit(look.columns.value(p.column, look.format, &r.file), p.w))
		text.Resize(fyne.NewSize(p.w, height))
		kit.PlaceText(text, fyne.NewPos(p.x, (rowHeight-height)/2))
		shown[p.column] = true
	}
	for c, text := range r.texts {
		text.Hidden = !shown[c]
	}
}

// mark shows whether the row is selected, and whether the keyboard stands on it.
func (r *row) mark(m marking) {
	if m == r.marked {
		return
	}
	r.marked = m
	r.back.Hidden, r.edge.Hidden = !m.selected && !m.cursor, !m.selected || m.cursor
	r.colorBack()
	r.back.Refresh()
	kit.Repaint(r)
}

// shortened reports whether the name is not shown whole.
func (r *row) shortened() bool { return r.texts[ColumnName].Text != kit.Drawn(r.title) }

// AccessibilityLabel is the file's whole name.
func (r *row) AccessibilityLabel() string { return r.title }

// AccessibilityRole is container.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (r *row) colors() {
	of := func(name fyne.ThemeColorName) color.Color { return theme.ColorForWidget(name, r) }
	for _, text := range r.texts {
		text.Color = of(kit.ColorSecondary)
	}
	r.texts[ColumnName].Color = of(kit.ColorText)
	r.blank.FillColor, r.edge.FillColor = of(kit.ColorBlank), of(kit.ColorPrimary)
	r.colorBack()
}

func (r *row) colorBack() {
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = color.Transparent, color.Transparent, 0
	if r.marked.selected {
		r.back.FillColor = theme.ColorForWidget(kit.ColorSelected, r)
	}
	if r.marked.cursor {
		r.back.StrokeWidth, r.back.StrokeColor = 1.5, theme.ColorForWidget(kit.ColorSecondary, r)
		if r.marked.selected {
			r.back.StrokeColor = theme.ColorForWidget(kit.ColorPrimary, r)
		}
	}
}

// CreateRenderer is Fyne's.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return rowRenderer{r} }

type rowRenderer struct{ row *row }

func (r rowRenderer) Layout(size fyne.Size) {
	w := r.row
	if w.width != size.Width || w.sorted != w.look.columns.sorted {
		w.fitWords()
	}
	w.back.Resize(fyne.NewSize(size.Width, size.Height-2))
	w.back.Move(fyne.NewPos(0, 1))
	w.edge.Resize(fyne.NewSize(3, size.Height-14))
	w.edge.Move(fyne.NewPos(1, 7))
	top := (rowHeight - rowPicture) / 2
	w.blank.Resize(fyne.NewSquareSize(rowPicture))
	w.blank.Move(fyne.NewPos(rowPad, top))
	w.kind.Resize(fyne.NewSquareSize(rowPicture))
	w.kind.Move(fyne.NewPos(rowPad, top))
}

func (r rowRenderer) MinSize() fyne.Size { return fyne.NewSize(nameLeft+60, rowHeight) }

// Refresh draws in the colours of the theme.
func (r rowRenderer) Refresh() {
	w := r.row
	w.colors()
	w.redraw(w.objects)
}

func (r rowRenderer) Objects() []fyne.CanvasObject { return r.row.objects }
func (r rowRenderer) Destroy()                     {}

// kindIcon is the drawing for a kind of file.
func kindIcon(k library.Kind) kit.IconName {
	switch k {
	case library.Image:
		return kit.IconImage
	case library.Video:
		return kit.IconVideo
	case library.Audio:
		return kit.IconAudio
	case library.Archive:
		return kit.IconArchive
	case library.Document:
		return kit.IconText
	case library.Other, library.AnyKind:
	}
	return kit.IconFile
}

// radiusSmall is that of the small pictures' corners.
const radiusSmall float32 = 4
