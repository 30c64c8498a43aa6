package uploads

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation finds how a JPEG's picture lies (Exif tag 0x0112, 1 to 8) in the
// file's first bytes; 1, upright, when it is not told.
func orientation(head []byte) int {
	if len(head) < 4 || head[0] != 0xFF || head[1] != 0xD8 {
		return 1
	}
	for at := 2; at+4 <= len(head) && head[at] == 0xFF; {
		marker, size := head[at+1], int(binary.BigEndian.Uint16(head[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(head) || marker == 0xDA {
			return 1
		}
		if body := head[at+4 : end]; marker == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
		at = end
	}
	return 1
}

func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	}
	dir := int64(order.Uint32(b[4:]))
	if dir+2 > int64(len(b)) {
		return 1
	}
	count := int64(order.Uint16(b[dir:]))
	for i := range count {
		at := dir + 2 + 12*i
		if at+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[at:]) == 0x0112 {
			if o := int(order.Uint16(b[at+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// turn puts a square picture upright.
func turn(img *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return img
	}
	n := img.Bounds().Dx()
	out := image.NewRGBA(img.Bounds())
	for y := range n {
		for x := range n {
			fx, fy := source(x, y, n-1, orientation)
			out.SetRGBA(x, y, img.RGBAAt(fx, fy))
		}
	}
	return out
}

// source says which stored pixel belongs at x, y of the upright picture.
func source(x, y, last, orientation int) (fromX, fromY int) {
	switch orientation {
	case 2:
		return last - x, y
	case 3:
		return last - x, last - y
	case 4:
		return x, last - y
	case 5:
		return y, x
	case 6:
		return y, last - x
	case 7:
		return last - y, last - x
	case 8:
		return last - y, x
	}
	return x, y
}
