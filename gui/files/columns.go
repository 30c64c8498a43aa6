package files

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
)

// Column is one of the table's.
type Column uint8

// The columns, from the left.
const (
	ColumnName Column = iota
	ColumnSize
	ColumnType
	ColumnUploaded
	ColumnViews
	ColumnDownloads

	columnCount
)

// title is what stands above a column.
func (c Column) title() string {
	switch c {
	case ColumnName:
		return lang.L("Name")
	case ColumnSize:
		return lang.L("Size")
	case ColumnType:
		return lang.L("Type")
	case ColumnUploaded:
		return lang.L("Uploaded")
	case ColumnViews:
		return lang.L("Views")
	case ColumnDownloads:
		return lang.L("Downloads")
	case columnCount:
	}
	return ""
}

// right reports whether the values stand at the column's right: numbers.
func (c Column) right() bool { return c == ColumnSize || c == ColumnViews || c == ColumnDownloads }

// orders are the two ways to sort by a column: that of the first click, and the
// other.
func (c Column) orders() (first, second settings.FilesOrder) {
	switch c {
	case ColumnName, columnCount:
		return settings.NameFirst, settings.NameLast
	case ColumnSize:
		return settings.LargestFirst, settings.SmallestFirst
	case ColumnType:
		return settings.TypeFirst, settings.TypeLast
	case ColumnUploaded:
		return settings.NewestFirst, settings.OldestFirst
	case ColumnViews:
		return settings.MostViewed, settings.LeastViewed
	case ColumnDownloads:
		return settings.MostLoaded, settings.LeastLoaded
	}
	return settings.NewestFirst, settings.OldestFirst
}

// next is the order that a click on the column's title brings.
func (c Column) next(now settings.FilesOrder) settings.FilesOrder {
	first, second := c.orders()
	if now == first {
		return second
	}
	return first
}

// sortedBy gives the column that an order sorts by, and which way.
func sortedBy(o settings.FilesOrder) (Column, kit.Sorted) {
	for c := range columnCount {
		if first, second := c.orders(); o == first || o == second {
			if _, descending := field(o); descending {
				return c, kit.SortedDown
			}
			return c, kit.SortedUp
		}
	}
	return ColumnUploaded, kit.SortedDown
}

// Measures of a row.
const (
	rowHeight  float32 = 36
	rowPicture float32 = 28
	rowPad     float32 = 8
	columnGap  float32 = 18
	nameLeft   float32 = rowPad + rowPicture + 10
	nameLeast  float32 = 170
)

// place is where a column stands in a row.
type place struct {
	column Column
	x, w   float32
}

// columns share a row's width. They know no widgets.
type columns struct {
	wide   [columnCount]float32 // what each takes; the name takes the rest
	day    float32              // what the time of the upload takes without the hour
	sorted Column               // stays even where there is little room

	width  float32 // laid out for
	places []place
	days   bool // times are shown without the hour
}

// newColumns measures what values need at most.
func newColumns(format *kit.Format) *columns {
	c := &columns{sorted: ColumnUploaded}
	wide := func(s string) float32 { return fyne.MeasureText(s, kit.SizeSmall, fyne.TextStyle{}).Width }
	long := time.Date(2028, time.September, 28, 20, 48, 0, 0, time.UTC)
	samples := [columnCount]string{
		ColumnSize: format.Size(888_800_000), ColumnType: "application/zip", ColumnUploaded: format.Moment(long),
		ColumnViews: format.Number(8_888_888), ColumnDownloads: format.Number(8_888_888),
	}
	for i, sample := range samples {
		title := kit.NewColumnHead(Column(i).title(), false, nil).MinSize().Width //nolint:gosec // six columns
		c.wide[i] = max(title, wide(sample)+4)
	}
	c.day = max(wide(format.Date(long))+4, kit.NewColumnHead(ColumnUploaded.title(), false, nil).MinSize().Width)
	return c
}

// sort takes over which column sorts, and reports whether that changes which of
// them are shown.
func (c *columns) sort(by Column) bool {
	if by == c.sorted {
		return false
	}
	c.sorted = by
	before := len(c.places)
	was := c.has(by)
	width := c.width
	c.width = -1
	c.fit(width)
	return !was || len(c.places) != before
}

func (c *columns) has(column Column) bool {
	for _, p := range c.places {
		if p.column == column {
			return true
		}
	}
	return false
}

// fit gives the columns that there is room for in a row. First times lose the
// hour, then columns go, those that say least before the others.
func (c *columns) fit(width float32) []place {
	if width == c.width {
		return c.places
	}
	c.width = width
	show := [columnCount]bool{true, true, true, true, true, true}
	c.days = false
	if c.rest(width, &show) < nameLeast {
		c.days = true
	}
	for _, column := range []Column{ColumnType, ColumnDownloads, ColumnViews, ColumnUploaded, ColumnSize} {
		if c.rest(width, &show) < nameLeast && column != c.sorted {
			show[column] = false
		}
	}
	name := max(0, c.rest(width, &show))
	c.places = append(c.places[:0], place{ColumnName, nameLeft, name})
	x := nameLeft + name
	for column := ColumnSize; column < columnCount; column++ {
		if show[column] {
			x += columnGap
			c.places = append(c.places, place{column, x, c.room(column)})
			x += c.room(column)
		}
	}
	return c.places
}

// rest is what is left for the name.
func (c *columns) rest(width float32, show *[columnCount]bool) float32 {
	width -= nameLeft + rowPad
	for column := ColumnSize; column < columnCount; column++ {
		if show[column] {
			width -= columnGap + c.room(column)
		}
	}
	return width
}

func (c *columns) room(column Column) float32 {
	if column == ColumnUploaded && c.days {
		return c.day
	}
	return c.wide[column]
}

// value is what stands in a column of a file's row.
func (c *columns) value(column Column, format *kit.Format, f *service.File) string {
	switch column {
	case ColumnName:
		return shownName(f)
	case ColumnSize:
		return format.Size(f.Size)
	case ColumnType:
		return kit.PlainName(f.MIME)
	case ColumnUploaded:
		if c.days {
			return format.Date(f.Uploaded)
		}
		return format.Moment(f.Uploaded)
	case ColumnViews:
		return format.Number(f.Views)
	case ColumnDownloads:
		return format.Number(f.Downloads)
	case columnCount:
	}
	return ""
}
