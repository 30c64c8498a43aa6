//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"image"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/jezek/xgb/xproto"

	"sluice/gui/kit"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// keyF5 asks the service again; see X11/keysymdef.h.
const keyF5 xproto.Keysym = 0xffc2

// TestScreensOfFiles shows the files of an account as pictures and as a table,
// light and dark, on a screen of usual and of twice the resolution, with twenty of
// them selected, and in a narrow window. All of it is kept as pictures.
func TestScreensOfFiles(t *testing.T) {
	for _, scale := range []int{1, 2} {
		t.Run(fmt.Sprintf("%dx", scale), func(t *testing.T) {
			ctx := journey(t)
			d := newDesktop(t, scale)
			server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 1284 })
			for _, look := range []kit.Appearance{kit.AppearanceLight, kit.AppearanceDark} {
				r := d.startLook(ctx, t, server, look)
				r.screensOfFiles(ctx, t, server)
				if look == kit.AppearanceDark {
					r.crisp(ctx, t)
				}
				if scale == 1 {
					r.narrow(ctx, t)
				}
				r.quit(ctx, t)
			}
		})
	}
}

// screensOfFiles goes through the screens of an account with files.
func (r *looking) screensOfFiles(ctx context.Context, t *testing.T, server *sandbox.Server) {
	t.Helper()
	r.open(ctx, t, "Files")
	r.awaitTiles(ctx, t, server)
	grid := r.shot(ctx, t, "grid")
	grid.seamless(t, searchEdge())
	grid.says(t, "Files", "Search 1,284 files", "Newest first", "All", "Images 753", "Other 21",
		"Select a file to see its details.", "Idle", "1,284 files · 6.0 GB")

	if err := r.Move(ctx, saveButton().Mul(r.desktop.scale)); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Save this list as CSV…")
	r.glimpse(t, "tip "+string(r.look))

	r.point(ctx, t, tableSwitch(), 0)
	r.awaitText(ctx, t, "Downloads")
	table := r.shot(ctx, t, "table")
	table.begins(t, "Uploaded") // an arrow is behind it
	table.says(t, "Name", "Size", "Type", "Views", "Downloads", "Newest first", "Archives 59")
	table.aligned(t, "Size", "Views", "Downloads")

	r.point(ctx, t, gridSwitch(), 0)
	r.awaitTiles(ctx, t, server)
	r.pickTwenty(ctx, t)
	selected := r.shot(ctx, t, "selected")
	selected.begins(t, newest(server)[19].Name) // in the details
	selected.says(t, "Copy links", "Download", "Open", "More", "Delete…", "SHA-256", "Last viewed", "Copy link", "Rename…")
}

// pickTwenty selects the first twenty files.
func (r *looking) pickTwenty(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := r.Click(ctx, r.tile(0)); err != nil {
		t.Fatal(err)
	}
	if err := r.ClickHolding(ctx, KeyShift, r.tile(19)); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "20 files ·")
}

// narrow shows what is selected in a small window.
func (r *looking) narrow(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := r.Place(ctx, 100, 60, narrowWidth, narrowHeight); err != nil {
		t.Fatal(err)
	}
	r.shot(ctx, t, "narrow").says(t, "Files", "Copy links", "More", "Delete…")
}

// crisp fails the test unless a picture with as many pixels as a tile has is shown
// as it is, each of its pixels on one of the screen's.
func (r *looking) crisp(ctx context.Context, t *testing.T) {
	t.Helper()
	side := tileSide * r.desktop.scale
	board := image.NewGray(image.Rect(0, 0, side, side))
	for i := range board.Pix {
		board.Pix[i] = uint8((i%side+i/side)%2) * 255
	}
	path := filepath.Join(r.desktop.home, "home", "board.png")
	if err := SavePNG(path, board); err != nil {
		t.Fatal(err)
	}
	r.drop(ctx, t, path)
	r.open(ctx, t, "Files")
	const corner = 8 // is round
	inner := r.square(0).Inset(corner * r.desktop.scale)
	var unlike image.Point
	img, err := r.Await(ctx, func(img *image.RGBA) (alike bool) {
		unlike, alike = checkered(img, inner)
		return alike
	})
	if err != nil {
		t.Fatalf("pixel %v in %v: %v", unlike, inner, err)
	}
	keep(t, "crisp", img)
}

// checkered reports whether a part of a picture has black and white pixels side by
// side, or else where it has not.
func checkered(img *image.RGBA, part image.Rectangle) (unlike image.Point, ok bool) {
	const nearly = 16
	white := img.RGBAAt(part.Min.X, part.Min.Y).R > 127
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			c, even := img.RGBAAt(x, y), (x-part.Min.X+y-part.Min.Y)%2 == 0
			if even == white && min(c.R, c.G, c.B) < 255-nearly || even != white && max(c.R, c.G, c.B) > nearly {
				return image.Pt(x, y), false
			}
		}
	}
	return image.Point{}, true
}

// TestScreensWithoutFiles shows the Files screen of an empty account, where the
// files can't be listed, and offline: without files that are known, and with.
func TestScreensWithoutFiles(t *testing.T) {
	for _, look := range []kit.Appearance{kit.AppearanceLight, kit.AppearanceDark} {
		t.Run(string(look), func(t *testing.T) {
			ctx := journey(t)
			d := newDesktop(t, 1)
			d.emptyAccount(ctx, t, look)
			d.unlisted(ctx, t, look)
			d.neverListed(ctx, t, look)
		})
	}
}

func (d *desktop) emptyAccount(ctx context.Context, t *testing.T, look kit.Appearance) {
	t.Helper()
	r := d.startLook(ctx, t, sandboxtest.New(t), look)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "No files yet")
	empty := r.shot(ctx, t, "empty")
	empty.begins(t, "Files you upload appear here")
	empty.says(t, "Choose files…", "Search files")
	r.quit(ctx, t)
}

// unlisted meets a service that fails to list, then one that does, and then one
// that is gone.
func (d *desktop) unlisted(ctx context.Context, t *testing.T, look kit.Appearance) {
	t.Helper()
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 300 })
	server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: http.MethodGet, PathPrefix: "/api/user/files", Status: http.StatusInternalServerError, Times: -1})
	r := d.startLook(ctx, t, server, look)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Your files can’t be listed")
	failed := r.shot(ctx, t, "error")
	failed.begins(t, "The service had a problem.")
	failed.says(t, "Try again")
	server.Clear()
	r.click(ctx, t, "Try again")
	r.awaitTiles(ctx, t, server)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Press(ctx, keyF5); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Offline. These are your files as of")
	r.shot(ctx, t, "offline").says(t, "Try again", "Search 300 files", "Newest first", "300 files · 1.4 GB")
	r.quit(ctx, t)
}

func (d *desktop) neverListed(ctx context.Context, t *testing.T, look kit.Appearance) {
	t.Helper()
	server := sandboxtest.New(t)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	r := d.startLook(ctx, t, server, look)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Your files can’t be listed")
	offline := r.shot(ctx, t, "offline without files")
	offline.begins(t, "The service can’t be reached.")
	offline.says(t, "Try again")
	r.quit(ctx, t)
}
