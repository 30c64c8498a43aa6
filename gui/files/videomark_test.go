package files

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"

	"sluice/gui/kit"
	"sluice/service"
)

// A video's picture is told from a photo's, in the corner where no tick is.
func TestTilesTellVideosFromPhotos(t *testing.T) {
	files := pictures(3)
	files[1] = service.File{ID: "film", Name: "film.mp4", MIME: "video/mp4"}
	d := newDesk(t, files...)
	marked := func(i int) bool {
		mark := d.tile(i).video
		return mark != nil && mark.back.Visible() && mark.icon.Visible()
	}
	if marked(1) {
		t.Error("a video without a picture is marked")
	}
	for _, id := range []service.FileID{"f0", "film"} {
		d.thumbs.pictures[id] = image.NewRGBA(image.Rect(0, 0, 108, 108))
	}
	d.tiles.Changed([]service.FileID{"f0", "film"})
	if marked(0) || !marked(1) {
		t.Errorf("a photo is marked: %v, a video: %v", marked(0), marked(1))
	}
	mark := d.tile(1).video
	if at, size := mark.back.Position(), mark.back.Size(); at != fyne.NewPos(tilePad+6, tilePad+108-6-size.Height) || mark.icon.Position() != at {
		t.Errorf("the mark is at %v, %v large", at, size)
	}
	d.tiles.SetPicture(150)
	if at := mark.back.Position(); at.Y != tilePad+150-6-videoHigh {
		t.Errorf("in a larger tile the mark is at %v", at)
	}
	light := kit.NewTheme(kit.AppearanceLight)
	fyne.CurrentApp().Settings().SetTheme(light)
	d.tiles.grid.Refresh()
	if mark.back.FillColor != light.Color(kit.ColorPage, 0) {
		t.Errorf("in the light theme the mark is %v", mark.back.FillColor)
	}
	d.tile(1).show(&files[0], "", d.thumbs.pictures["f0"])
	if mark.back.Visible() || mark.icon.Visible() {
		t.Error("the mark stays on the next file's picture")
	}
}
