package files

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
)

func testColumns(t *testing.T) *columns {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(kit.NewTheme(kit.AppearanceDark))
	return newColumns(kit.NewFormat("en", time.Now, ""))
}

func shownColumns(places []place) (shown []Column) {
	for _, p := range places {
		shown = append(shown, p.column)
	}
	return shown
}

// What says least goes first, the name is never squeezed while there is something
// else to leave out, and the column that sorts stays.
func TestColumnsFitEveryWidth(t *testing.T) {
	c := testColumns(t)
	for _, sorted := range []Column{ColumnUploaded, ColumnDownloads, ColumnType} {
		c.sort(sorted)
		last := 0
		for width := float32(240); width < 1600; width++ {
			places := c.fit(width)
			if len(places) < last {
				t.Fatalf("in %v there are fewer columns than in less: %v", width, shownColumns(places))
			}
			last = len(places)
			if places[0].column != ColumnName || places[0].x != nameLeft {
				t.Fatalf("in %v the name is at %+v", width, places[0])
			}
			if !slices.Contains(shownColumns(places), sorted) {
				t.Fatalf("in %v the column that sorts is not there: %v", width, shownColumns(places))
			}
			if len(places) > 2 && places[0].w < nameLeast {
				t.Fatalf("in %v the name has %v beside %v", width, places[0].w, shownColumns(places))
			}
			for i := 1; i < len(places); i++ {
				if gap := places[i].x - places[i-1].x - places[i-1].w; gap < columnGap-0.1 || gap > columnGap+0.1 {
					t.Fatalf("in %v there are %v between columns: %+v", width, gap, places)
				}
			}
			if end := places[len(places)-1]; end.x+end.w > width-rowPad+0.1 && len(places) > 1 {
				t.Fatalf("in %v the last column ends at %v", width, end.x+end.w)
			}
		}
		if last != int(columnCount) || c.days {
			t.Errorf("in the widest window there are %d columns, days only: %v", last, c.days)
		}
	}
	c.sort(ColumnUploaded)
	for width, want := range map[float32][]Column{
		658: {ColumnName, ColumnSize, ColumnType, ColumnUploaded, ColumnViews, ColumnDownloads}, // beside the details
		464: {ColumnName, ColumnSize, ColumnUploaded, ColumnViews},                              // in the smallest window
	} {
		if got := shownColumns(c.fit(width)); !slices.Equal(got, want) {
			t.Errorf("in %v there are %v", width, got)
		}
	}
}

func TestColumnsSort(t *testing.T) {
	seen := map[settings.FilesOrder]bool{}
	for column := range columnCount {
		first := column.next("")
		second := column.next(first)
		if column.next(second) != first || first == second {
			t.Errorf("%s: clicks sort %s, %s", column.title(), first, second)
		}
		for _, o := range []settings.FilesOrder{first, second} {
			seen[o] = true
			by, way := sortedBy(o)
			_, descending := field(o)
			if by != column || (way == kit.SortedDown) != descending {
				t.Errorf("%s sorts by %s, %v", o, by.title(), way)
			}
		}
	}
	for _, o := range settings.FilesOrders() {
		if !seen[o] {
			t.Errorf("no column sorts %s", o)
		}
		if orderName(o) == string(o) {
			t.Errorf("%s has no name", o)
		}
	}
}

func TestColumnsShowValues(t *testing.T) {
	c := testColumns(t)
	format := kit.NewFormat("en", func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }, "")
	f := service.File{
		Name: "a\nb.txt", Size: 1_400_000, MIME: "text/plain", Views: 1234, Downloads: 7,
		Uploaded: time.Date(2026, 2, 28, 9, 40, 0, 0, time.UTC),
	}
	value := func(column Column) string { return c.value(column, format, &f) }
	c.fit(1600)
	if got := value(ColumnUploaded); got != "28 Feb 2026, 09:40" {
		t.Errorf("uploaded %q", got)
	}
	c.fit(500)
	if got := value(ColumnUploaded); got != "28 Feb 2026" {
		t.Errorf("in little room uploaded %q", got)
	}
	for column, want := range map[Column]string{
		ColumnName: "a␣b.txt", ColumnSize: "1.4 MB", ColumnType: "text/plain", ColumnViews: "1,234", ColumnDownloads: "7",
	} {
		if got := value(column); got != want {
			t.Errorf("%s is %q", column.title(), got)
		}
	}
}
