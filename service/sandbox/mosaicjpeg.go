package sandbox

import (
	"encoding/binary"
	"image/color"
)

// jpegSegment appends a segment.
func jpegSegment(b []byte, marker byte, data []byte) []byte {
	b = append(b, 0xff, marker)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)+2))
	return append(b, data...)
}

func jpegHead() []byte {
	return jpegSegment([]byte{0xff, 0xd8}, 0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
}

// jpegBlock is a comment.
func jpegBlock() []byte { return jpegSegment(nil, 0xfe, filler(4096-4)) }

// jpegTables is what stands before the pixels of every mosaic: one table that
// keeps brightness exact, a frame of three components without subsampling,
// codes for the first value of a block and for the end of one.
func jpegTables() []byte {
	quantum := make([]byte, 65)
	for i := range quantum[1:] {
		quantum[i+1] = 8
	}
	b := jpegSegment(nil, 0xdb, quantum)
	frame := binary.BigEndian.AppendUint16([]byte{8}, mosaicHeight*mosaicCell)
	frame = binary.BigEndian.AppendUint16(frame, mosaicWidth*mosaicCell)
	b = jpegSegment(b, 0xc0, append(frame, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
	first := append([]byte{0x00}, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
	b = jpegSegment(b, 0xc4, append(first, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
	b = jpegSegment(b, 0xc4, append([]byte{0x10, 1}, make([]byte, 16)...))
	return jpegSegment(b, 0xda, []byte{3, 1, 0, 2, 0, 3, 0, 0, 63, 0})
}

// jpegTail gives the tail of a photo: comment, tables, pixels.
func jpegTail(tables []byte) func(f *format, n int, common int64, length int) []byte {
	return func(_ *format, n int, _ int64, length int) []byte {
		w := bitWriter{b: make([]byte, 0, 2048)}
		var last [3]int
		for _, c := range mosaicColours(scramble(uint64(n))) {
			y, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			for i, v := range [3]uint8{y, cb, cr} {
				w.difference(int(v) - 128 - last[i])
				w.put(0, 1) // the block ends
				last[i] = int(v) - 128
			}
		}
		pixels := w.finish()
		comment := length - 4 - len(tables) - len(pixels) - 2
		b := jpegSegment(make([]byte, 0, length), 0xfe, []byte(padded(mark(n), comment)))
		return append(append(append(b, tables...), pixels...), 0xff, 0xd9)
	}
}

// bitWriter writes a JPEG's entropy-coded bits.
type bitWriter struct {
	b    []byte
	bits uint32
	n    uint
}

func (w *bitWriter) put(bits uint32, n uint) {
	w.bits = w.bits<<n | bits
	for w.n += n; w.n >= 8; w.n -= 8 {
		c := byte(w.bits >> (w.n - 8))
		w.b = append(w.b, c)
		if c == 0xff {
			w.b = append(w.b, 0)
		}
	}
}

// difference writes the change of a component from block to block.
func (w *bitWriter) difference(d int) {
	size, low := uint(0), d
	for a := max(d, -d); a > 0; a >>= 1 {
		size++
	}
	if d < 0 {
		low = d + 1<<size - 1
	}
	switch { // the code that jpegTables gives to the size
	case size == 0:
		w.put(0, 2)
	case size <= 5:
		w.put(uint32(size)+1, 3)
	default:
		w.put(1<<(size-2)-2, size-2)
	}
	w.put(uint32(low), size)
}

func (w *bitWriter) finish() []byte {
	if w.n > 0 {
		w.put(1<<(8-w.n)-1, 8-w.n)
	}
	return w.b
}
