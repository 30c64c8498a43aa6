//go:build realwindow

package realwindow

import (
	"image"
	"image/draw"
	"testing"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// TestAnnouncementsMoveNothing copies a link: the words about that leave the page
// as it is, wait while the pointer is on them, and pass.
func TestAnnouncementsMoveNothing(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 60 })
	r := d.start(ctx, t, []string{"SLUICE_API_URL=" + server.APIURL(), "SLUICE_API_KEY=" + sessionKey})
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Search 60 files")
	if err := r.Click(ctx, r.tile(6)); err != nil {
		t.Fatal(err)
	}
	if err := r.Move(ctx, r.nowhere()); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "1 file ·")
	before := cut(r.picture(ctx, t, "before"), r.aboveCards())

	if err := r.Press(ctx, KeyCtrl, 'c'); err != nil {
		t.Fatal(err)
	}
	words := r.awaitText(ctx, t, "1 link copied")
	if err := r.Move(ctx, words.Center()); err != nil {
		t.Fatal(err)
	}
	if during := cut(r.picture(ctx, t, "during"), r.aboveCards()); string(during.Pix) != string(before.Pix) {
		t.Error("the page is another while something is announced")
	}
	r.awaitText(ctx, t, "1 link copied") // however long the picture took
	if err := r.Move(ctx, r.nowhere()); err != nil {
		t.Fatal(err)
	}
	after, err := r.Await(ctx, func(img *image.RGBA) bool { return len(d.reader.Find(img, "1 link copied")) == 0 })
	if err != nil {
		t.Fatalf("the words do not pass: %v", err)
	}
	if string(cut(after, r.aboveCards()).Pix) != string(before.Pix) {
		t.Error("the page is another after something was announced")
	}
	r.quit(ctx, t)
}

// cut copies a part of a picture.
func cut(img *image.RGBA, part image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Bounds(), img, part.Min, draw.Src)
	return out
}
