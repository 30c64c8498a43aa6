package files

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// framed is a file's picture in its square, which is blank where the picture
// leaves it free.
type framed struct {
	blank   *canvas.Rectangle
	picture *canvas.Image
}

func newFramed(radius float32) framed {
	return framed{
		blank:   &canvas.Rectangle{CornerRadius: radius},
		picture: &canvas.Image{CornerRadius: radius, FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest},
	}
}

// shown is the picture that is there, nil for none.
func (f *framed) shown() *image.RGBA {
	picture, ok := f.picture.Image.(*image.RGBA)
	if !ok {
		return nil
	}
	return picture
}

// set shows a picture, nil for none, in a square at a place. One that has as many
// pixels as the square shows them as they are; another one is stretched by
// whatever draws the window.
func (f *framed) set(picture *image.RGBA, side float32, at fyne.Position) {
	if picture == nil {
		f.picture.Hidden, f.picture.Image = true, nil
		f.blank.Hidden = false
		return
	}
	wide, high := float32(picture.Rect.Dx()), float32(picture.Rect.Dy())
	unit := side / max(wide, high, 1)
	size := fyne.NewSize(wide*unit, high*unit)
	if f.picture.Image != image.Image(picture) || f.picture.Size() != size {
		f.picture.Image = picture
		f.picture.Resize(size)
		f.picture.Refresh()
	}
	f.picture.Hidden = false
	f.blank.Hidden = size.Width >= side-0.5 && size.Height >= side-0.5
	f.place(side, at)
}

// place centres the picture. A side of it that is as long as the square's stays
// on whole pixels.
func (f *framed) place(side float32, at fyne.Position) {
	size := f.picture.Size()
	middle := func(length float32) float32 { return float32(math.Round(float64(max(0, side-length) / 2))) }
	f.picture.Move(at.AddXY(middle(size.Width), middle(size.Height)))
}

// redraw refreshes what is seen of objects, but the picture: only a new picture
// makes that worth its time.
func (f *framed) redraw(objects []fyne.CanvasObject) {
	for _, o := range objects {
		if o.Visible() && o != fyne.CanvasObject(f.picture) {
			o.Refresh()
		}
	}
}
