package sandbox

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

// orientation is how a camera was held, in EXIF's numbers.
type orientation uint16

// upright is the orientation of a picture that says nothing.
const upright orientation = 1

// sideways reports whether width and height change places.
func (o orientation) sideways() bool { return o >= 5 && o <= 8 }

// apply gives the picture as it is to be looked at.
func (o orientation) apply(in *image.RGBA) image.Image {
	if o <= upright || o > 8 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	outW, outH := w, h
	if o.sideways() {
		outW, outH = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, outW, outH))
	for y := range outH {
		for x := range outW {
			sx, sy := o.source(x, y, w, h)
			out.SetRGBA(x, y, in.RGBAAt(sx, sy))
		}
	}
	return out
}

// source tells which pixel of a w by h picture is shown at x, y.
func (o orientation) source(x, y, w, h int) (sx, sy int) {
	switch o { //nolint:exhaustive // upright and what is no orientation end below
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// exifOrientation reads the orientation of a JPEG; anything that it cannot
// read is upright.
func exifOrientation(from io.Reader) orientation {
	var start [2]byte
	if _, err := io.ReadFull(from, start[:]); err != nil || start != [2]byte{0xff, 0xd8} {
		return upright
	}
	for range 64 { // segments before the picture are few
		var s [4]byte
		if _, err := io.ReadFull(from, s[:]); err != nil || s[0] != 0xff || s[1] == 0xda {
			return upright
		}
		length := int64(binary.BigEndian.Uint16(s[2:])) - 2
		if length < 0 {
			return upright
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(from, data); err != nil {
			return upright
		}
		if tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00")); ok && s[1] == 0xe1 {
			return tiffOrientation(tiff)
		}
	}
	return upright
}

// tiffOrientation finds the orientation in the first directory of a TIFF.
func tiffOrientation(b []byte) orientation {
	if len(b) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return upright
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			return upright
		}
		const tag = 0x0112
		if order.Uint16(entries) == tag {
			if o := orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}
