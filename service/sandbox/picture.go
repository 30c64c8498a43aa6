package sandbox

import (
	"image"
	"image/color"

	"sluice/service"
)

// The picture of a made-up file is a gradient between four corner colours.
// Each corner holds 12 of the 48 bits of the file's id, 4 a channel, so that
// the id can be told from the picture at any size.

// corners gives the corner colours of an id: top left, top right, bottom
// left, bottom right.
func corners(bits uint64) [4]color.NRGBA {
	var c [4]color.NRGBA
	for i := range c {
		part := bits >> (12 * (3 - i))
		c[i] = color.NRGBA{R: channel(part >> 8), G: channel(part >> 4), B: channel(part), A: 255}
	}
	return c
}

func channel(part uint64) uint8 { return uint8(part&15) * 17 }

// gradient draws an id's picture.
func gradient(bits uint64, width, height int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	c := corners(bits)
	for y := range height {
		for x := range width {
			img.SetNRGBA(x, y, between(c, x, width-1, y, height-1))
		}
	}
	return img
}

// between mixes the corners at x of width and y of height.
func between(c [4]color.NRGBA, x, width, y, height int) color.NRGBA {
	mixed := func(a, b, c, d uint8) uint8 {
		top := int(a)*(width-x) + int(b)*x
		bottom := int(c)*(width-x) + int(d)*x
		return uint8((top*(height-y) + bottom*y + width*height/2) / (width * height))
	}
	return color.NRGBA{
		R: mixed(c[0].R, c[1].R, c[2].R, c[3].R),
		G: mixed(c[0].G, c[1].G, c[2].G, c[3].G),
		B: mixed(c[0].B, c[1].B, c[2].B, c[3].B),
		A: 255,
	}
}

// PictureID tells a made-up file's id from its thumbnail, at any size and
// also after lossy treatment that leaves each corner within 8 of its colour.
// For any other picture it gives an id that means nothing.
func PictureID(img image.Image) service.FileID {
	b := img.Bounds()
	var bits uint64
	for _, p := range []image.Point{b.Min, {b.Max.X - 1, b.Min.Y}, {b.Min.X, b.Max.Y - 1}, {b.Max.X - 1, b.Max.Y - 1}} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		for _, v := range []uint32{r, g, bl} {
			bits = bits<<4 | uint64((v>>8+8)/17)
		}
	}
	return service.FileID(idOf(bits))
}
