package sandbox

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"encoding/binary"
	"image/color"
)

// The pictures inside made-up files show the same gradient as their
// thumbnails, coarsely: a mosaic of cells. Its pixels are the same in every
// file; only the colours differ, so that a file's own part is quickly made.
const (
	mosaicWidth  = 8
	mosaicHeight = 6
	mosaicCell   = 8 // pixels, both ways
)

// mosaicColours gives the colours of the cells, row by row.
func mosaicColours(bits uint64) []color.NRGBA {
	c := corners(bits)
	cells := make([]color.NRGBA, 0, mosaicWidth*mosaicHeight)
	for y := range mosaicHeight {
		for x := range mosaicWidth {
			cells = append(cells, between(c, x, mosaicWidth-1, y, mosaicHeight-1))
		}
	}
	return cells
}

// mosaicPixels gives the number of the cell that each pixel is in, with so
// many bytes of zero before each row.
func mosaicPixels(before int) []byte {
	var b []byte
	for y := range mosaicHeight * mosaicCell {
		b = append(b, make([]byte, before)...)
		for x := range mosaicWidth * mosaicCell {
			b = append(b, byte(y/mosaicCell*mosaicWidth+x/mosaicCell))
		}
	}
	return b
}

// mosaicPalette appends the colours as bytes, filled up to a number of them.
func mosaicPalette(b []byte, bits uint64, size int) []byte {
	for _, c := range mosaicColours(bits) {
		b = append(b, c.R, c.G, c.B)
		size--
	}
	return append(b, make([]byte, 3*size)...)
}

func pngHead() []byte {
	header := binary.BigEndian.AppendUint32(nil, mosaicWidth*mosaicCell)
	header = binary.BigEndian.AppendUint32(header, mosaicHeight*mosaicCell)
	return pngChunk([]byte("\x89PNG\r\n\x1a\n"), "IHDR", append(header, 8, 3, 0, 0, 0)) // 8 bits, palette
}

// pngBlock is a chunk that readers skip: private and not critical.
func pngBlock() []byte { return pngChunk(nil, "slUp", filler(4096-12)) }

// pngPixels is the compressed picture.
func pngPixels() []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(mosaicPixels(1)) // into memory: cannot fail, as below
	_ = w.Close()
	return b.Bytes()
}

// pngTail gives the tail of a screenshot: comment, colours, pixels.
func pngTail(pixels []byte) func(f *format, n int, common int64, length int) []byte {
	return func(_ *format, n int, _ int64, length int) []byte {
		const chunk, chunks, colours = 12, 4, mosaicWidth * mosaicHeight
		comment := length - chunks*chunk - 3*colours - len(pixels)
		b := pngChunk(make([]byte, 0, length), "tEXt", []byte(padded("Comment\x00"+mark(n), comment)))
		b = pngChunk(b, "PLTE", mosaicPalette(nil, scramble(uint64(n)), colours))
		b = pngChunk(b, "IDAT", pixels)
		return pngChunk(b, "IEND", nil)
	}
}

func gifHead() []byte {
	b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), mosaicWidth*mosaicCell)
	b = binary.LittleEndian.AppendUint16(b, mosaicHeight*mosaicCell)
	return append(b, 0, 0, 0) // the colours come with the picture
}

// gifComment appends a comment that is so many bytes long in all: 3 for the
// frame and 1 for each sub-block of at most 255.
func gifComment(b []byte, text string, length int) []byte {
	b = append(b, 0x21, 0xfe)
	for left := length - 3; left > 0; {
		n := min(left-1, 255)
		if left-1-n == 1 { // a sub-block needs a byte beside its length
			n--
		}
		part := padded(text[:min(n, len(text))], n)
		text = text[min(n, len(text)):]
		b = append(append(b, byte(n)), part...)
		left -= n + 1
	}
	return append(b, 0)
}

func gifBlock() []byte { return gifComment(nil, "", 4096) }

// gifPixels is the compressed picture in sub-blocks.
func gifPixels() []byte {
	var data bytes.Buffer
	w := lzw.NewWriter(&data, lzw.LSB, 8)
	_, _ = w.Write(mosaicPixels(0)) // into memory: cannot fail, as below
	_ = w.Close()
	b := []byte{8}
	for data.Len() > 0 {
		part := data.Next(255)
		b = append(append(b, byte(len(part))), part...)
	}
	return append(b, 0)
}

// gifTail gives the tail of an animation: comment, colours, pixels.
func gifTail(pixels []byte) func(f *format, n int, common int64, length int) []byte {
	return func(_ *format, n int, _ int64, length int) []byte {
		const descriptor, colours, trailer = 10, 256, 1
		b := make([]byte, 0, length)
		b = gifComment(b, mark(n), length-descriptor-3*colours-len(pixels)-trailer)
		b = append(b, 0x2c, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint16(b, mosaicWidth*mosaicCell)
		b = binary.LittleEndian.AppendUint16(b, mosaicHeight*mosaicCell)
		b = append(b, 0x87) // 256 colours of its own
		b = mosaicPalette(b, scramble(uint64(n)), colours)
		return append(append(b, pixels...), 0x3b)
	}
}
