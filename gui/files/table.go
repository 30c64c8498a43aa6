package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
	"sluice/service/settings"
)

// tableHead is the line above the table: the titles of its columns.
type tableHead struct {
	columns *columns
	heads   [columnCount]*kit.ColumnHead
	root    *fyne.Container
}

// headHeight is how high that line is, with the thin one below it.
const headHeight float32 = 29

// newTableHead makes the titles; by is told which of them was clicked.
func newTableHead(c *columns, by func(Column)) *tableHead {
	h := &tableHead{columns: c}
	objects := []fyne.CanvasObject{kit.NewLine()}
	for column := range columnCount {
		h.heads[column] = kit.NewColumnHead(column.title(), column.right(), func() { by(column) })
		objects = append(objects, h.heads[column])
	}
	h.root = container.New(tableHeadLayout{h}, objects...)
	return h
}

// show fits the arrows to an order.
func (h *tableHead) show(o settings.FilesOrder) {
	by, way := sortedBy(o)
	for column, head := range h.heads {
		sorted := kit.NotSorted
		if Column(column) == by { //nolint:gosec // six columns
			sorted = way
		}
		head.Set(sorted)
	}
}

// tableHeadLayout puts the titles above their columns.
type tableHeadLayout struct{ head *tableHead }

// Layout is Fyne's.
func (l tableHeadLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], 0, size.Height-1, size.Width, 1)
	for _, head := range l.head.heads {
		head.Hidden = true
	}
	for _, p := range l.head.columns.fit(size.Width) {
		head := l.head.heads[p.column]
		head.Hidden = false
		width := p.w
		if p.column == ColumnName {
			width = min(width, head.MinSize().Width) // what is right of it is no part of the title
		}
		put(head, p.x, 0, width, size.Height-4)
	}
}

// MinSize is Fyne's.
func (l tableHeadLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, headHeight) }

// filesLayout puts the titles of the columns above the tiles, where they are
// shown.
type filesLayout struct{}

// Layout is Fyne's. The tiles' bar is beside what the titles are above.
func (filesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, tiles := objects[0], objects[1]
	top := float32(0)
	if head.Visible() {
		put(head, 0, 0, size.Width-tilesBeyond, headHeight)
		top = headHeight + 3
	}
	put(tiles, 0, top, size.Width, max(0, size.Height-top))
}

// MinSize is Fyne's.
func (filesLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 120) }
