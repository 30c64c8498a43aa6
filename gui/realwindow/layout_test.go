//go:build realwindow

package realwindow

import (
	"context"
	"image"
	"testing"
)

// Where things are that have no words of their own. All is in units of the
// toolkit, for a window of the usual size.
const (
	windowWidth  = 1180
	windowHeight = 760
	narrowWidth  = 720
	narrowHeight = 480
	navWidth     = 208
	copyIcon     = 72 // from the window's right edge to the middle of a finished row's "Copy link"
	pauseIcon    = 72 // and to that of an unfinished row's pause or resume
)

// inMiddle reports whether a row is all in view, with room for a tip.
func (r *running) inMiddle(row Found) bool {
	y := row.Center().Y / r.desktop.scale
	return y > 280 && y < windowHeight-100
}

// center is a point of the window that takes drops and does nothing else.
func (r *running) center() image.Point {
	return image.Pt(windowWidth/2, windowHeight/2).Mul(r.desktop.scale)
}

// nowhere is a point over nothing that changes under the pointer.
func (r *running) nowhere() image.Point { return image.Pt(100, 500).Mul(r.desktop.scale) }

// entry finds an entry of the navigation. A screen may have the same words for
// its title.
func (r *running) entry(ctx context.Context, t *testing.T, name string) image.Point {
	t.Helper()
	defer r.desktop.display.step("look for %q in the navigation", name)()
	var at image.Point
	_, err := r.Await(ctx, func(img *image.RGBA) bool {
		for _, found := range r.desktop.reader.Find(img, name) {
			if found.Max.X < navWidth*r.desktop.scale {
				at = found.Center()
				return true
			}
		}
		return false
	})
	if err != nil {
		t.Fatalf("no %q in the navigation: %v", name, err)
	}
	return at
}

// aboveCards is the part of the window in which no announcement stands, if there
// is but one, and the pointer over that changes nothing.
func (r *running) aboveCards() image.Rectangle {
	return image.Rect(navWidth*r.desktop.scale, 0, windowWidth*r.desktop.scale, 600*r.desktop.scale)
}

// open goes to a screen.
func (r *running) open(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	if err := r.Click(ctx, r.entry(ctx, t, name)); err != nil {
		t.Fatal(err)
	}
}

// list is a point over the rows.
func (r *running) list() image.Point { return image.Pt(700, 500).Mul(r.desktop.scale) }

// press clicks on an icon at the right end of the row in which words stand,
// so far from the window's right edge. What it did is for the caller to see.
func (r *running) press(ctx context.Context, t *testing.T, row Found, fromRight int) {
	t.Helper()
	at := image.Pt((windowWidth-fromRight)*r.desktop.scale, row.Center().Y+6*r.desktop.scale) // a name is above the middle of its row
	if err := r.Move(ctx, at); err != nil {
		t.Fatal(err)
	}
	if err := r.Click(ctx, at); err != nil {
		t.Fatal(err)
	}
}

// tile is the middle of a file's tile, counted in reading direction.
func (r *running) tile(i int) image.Point {
	const columns, firstX, firstY, wide, high = 5, 293, 160, 134, 168
	return image.Pt(firstX+i%columns*wide, firstY+i/columns*high).Mul(r.desktop.scale)
}

// tileSide is that of the picture in a tile.
const tileSide = 108

// tilesInView is how many tiles are whole in view, with or without the bar below
// them.
const tilesInView = 15

// square is where a tile's picture is.
func (r *running) square(i int) image.Rectangle {
	const columns, firstX, firstY, wide, high = 5, 239, 100, 134, 168
	at := image.Pt(firstX+i%columns*wide, firstY+i/columns*high)
	return scaled(image.Rectangle{Min: at, Max: at.Add(image.Pt(tileSide, tileSide))}, r.desktop.scale)
}

// agree is "Delete" in the question whose "Keep" was found: left of it.
func (r *running) agree(keep Found) image.Point {
	return keep.Center().Sub(image.Pt(70*r.desktop.scale, 0))
}

// Words of the first screen and of the settings.
const (
	keyQuestion    = "Welcome to Sluice"
	keyPlaceholder = "Paste your API key"
	keyButton      = "Check and save"
	keyChecking    = "Checking the key."
	keysPage       = "Get a key…"
)

// keptInKeyring and sessionOnly are what the settings say of a key's place,
// alone or after what the service told of it. They leave out the tick before
// it, which comes from a font that the reader does not have.
func keptInKeyring() []string {
	return []string{"Works: 0 files. Kept in the system keyring", "Kept in the system keyring"}
}

func sessionOnly() []string {
	return []string{"Works: 0 files. Kept for this session only", "Kept for this session only"}
}

// badDrops are the words for an empty file, a pipe, a folder without files, a
// file that is gone, and a web address.
func badDrops() []string {
	return []string{
		"Empty files can’t be uploaded", "Not an ordinary file", "No files in this folder",
		"The file is no longer there", "A web address, not a file",
	}
}
