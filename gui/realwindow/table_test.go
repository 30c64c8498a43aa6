//go:build realwindow

package realwindow

import (
	"context"
	"encoding/csv"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jezek/xgb/xproto"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// keyF2 renames; see X11/keysymdef.h.
const keyF2 xproto.Keysym = 0xffbf

// TestTable shows the files of an account as a table, sorts by the title of a
// column, renames a file, selects with Shift, and saves the list.
func TestTable(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 300 })
	r := d.start(ctx, t, []string{"SLUICE_API_URL=" + server.APIURL(), "SLUICE_API_KEY=" + sessionKey})
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Search 300 files")
	r.point(ctx, t, tableSwitch(), 0)
	r.awaitText(ctx, t, "Downloads")
	r.click(ctx, t, "Size")
	r.awaitText(ctx, t, "Largest first")
	r.settle(ctx, t)
	r.picture(ctx, t, "table")

	r.renameSecond(ctx, t, server)
	r.point(ctx, t, line(0), 0)
	r.point(ctx, t, line(3), KeyShift)
	r.awaitText(ctx, t, "4 files ·")
	r.picture(ctx, t, "table selected")
	r.click(ctx, t, "More")
	r.click(ctx, t, "Save list as")
	r.click(ctx, t, "Save here")
	r.awaitText(ctx, t, "4 files listed")
	rows := r.table(t)
	sizes := make([]int, len(rows))
	for i, row := range rows {
		sizes[i], _ = strconv.Atoi(row[3])
		if len(row) != 9 || len(row[8]) != 64 || row[2] != server.URL()+"/u/"+strings.TrimPrefix(row[1], "'") {
			t.Errorf("row %d is %q", i, row)
		}
	}
	if len(rows) != 4 || !slices.IsSortedFunc(sizes, func(a, b int) int { return b - a }) || sizes[3] == 0 {
		t.Errorf("the four largest have %d bytes", sizes)
	}

	if name := strings.TrimSuffix(rows[1][0], filepath.Ext(rows[1][0])); name != newName {
		t.Errorf("the second is listed as %q", rows[1][0])
	}
	r.quit(ctx, t)
}

// newName is what a file gets for a name, before its ending.
const newName = "renamed in the window"

// renameSecond renames the file of the second row.
func (r *running) renameSecond(ctx context.Context, t *testing.T, server *sandbox.Server) {
	t.Helper()
	r.point(ctx, t, line(1), 0)
	r.awaitText(ctx, t, "1 file ·")
	if err := r.Press(ctx, keyF2); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Cancel")
	if err := r.Type(ctx, newName); err != nil {
		t.Fatal(err)
	}
	r.picture(ctx, t, "rename")
	if err := r.Press(ctx, KeyReturn); err != nil {
		t.Fatal(err)
	}
	renamed := func(files map[string][]string) (n int) {
		for name := range files {
			if strings.HasPrefix(name, newName+".") {
				n++
			}
		}
		return n
	}
	after := awaitListing(ctx, t, server, func(files map[string][]string) bool { return renamed(files) > 0 })
	if renamed(after) != 1 || count(after) != 300 {
		t.Errorf("of %d files %d are called %q", count(after), renamed(after), newName)
	}
	r.settle(ctx, t) // the question has gone
	r.awaitText(ctx, t, newName)
}

// table reads the list that was saved in the home folder, without its titles.
func (r *running) table(t *testing.T) [][]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(r.desktop.home, "home", "sluice-files-*.csv"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("saved were %q, %v", paths, err)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(rows) < 1 || rows[0][0] != "\uFEFFname" {
		t.Fatalf("%q, %v", rows, err)
	}
	return rows[1:]
}

// tableSwitch is what shows the table, in units of the toolkit.
func tableSwitch() image.Point { return image.Pt(1141, 73) }

// searchEdge is a part of the upper edge of the search field.
func searchEdge() image.Rectangle { return image.Rect(690, 14, 720, 28) }

// saveButton is what saves the list.
func saveButton() image.Point { return image.Pt(1105, 36) }

// gridSwitch is what shows the pictures.
func gridSwitch() image.Point { return image.Pt(1111, 73) }

// line is the middle of a row of the table, in units of the toolkit.
func line(i int) image.Point { return image.Pt(400, 143+36*i) }

// point clicks at a point in units of the toolkit, holding a key if that is not 0.
func (r *running) point(ctx context.Context, t *testing.T, at image.Point, held xproto.Keysym) {
	t.Helper()
	at = at.Mul(r.desktop.scale)
	var err error
	if held == 0 {
		err = r.Click(ctx, at)
	} else {
		err = r.ClickHolding(ctx, held, at)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// settle waits until nothing on the window changes any more.
func (r *running) settle(ctx context.Context, t *testing.T) {
	t.Helper()
	if _, err := r.Settled(ctx, frameQuiet); err != nil {
		t.Fatal(err)
	}
}
