package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Markers of JPEG that matter here.
const (
	markSOI  = 0xd8
	markEOI  = 0xd9
	markSOS  = 0xda
	markDHT  = 0xc4
	markJPG  = 0xc8
	markDAC  = 0xcc
	markAPP1 = 0xe1
)

// jpegInfo is what the segments before the picture itself tell.
type jpegInfo struct {
	turn        Turn
	preview     []byte // a small JPEG of the same, as cameras add it; nil when there is none
	width       int
	height      int
	progressive bool
	components  int
	samples     float64 // of all components for one pixel
}

// sampleBytes is what decoding takes for a pixel. A progressive picture keeps
// its coefficients, four bytes each, until its end; one of four components is
// copied once more.
func (j *jpegInfo) sampleBytes() float64 {
	if j.components == 0 { // not understood: as much as it can be
		return 4 + 4 + 16
	}
	each := j.samples
	if j.progressive {
		each += 4 * j.samples
	}
	if j.components == 4 {
		each += 4
	}
	return each
}

// maxScans is how often a progressive picture may go over itself: programs that
// write them do about ten times. Each time costs a decoder the whole picture, and
// takes a dozen bytes.
const maxScans = 100

var errScans = errors.New("too many scans")

// scans reads a JPEG, a scan at a time, up to so many.
type scans struct {
	r    *bufio.Reader
	left int
	mark bool // the last byte begins a marker
}

// Read ends behind a marker of a scan, so that no decoder has read more of them
// than there may be.
func (s *scans) Read(b []byte) (n int, err error) {
	if s.left < 0 {
		return 0, errScans
	}
	for n < len(b) {
		c, err := s.r.ReadByte()
		if err != nil {
			return n, err
		}
		b[n] = c
		n++
		if s.mark && c == markSOS {
			s.mark = false
			s.left--
			return n, nil
		}
		s.mark = c == 0xff
	}
	return n, nil
}

// scanJPEG walks the segments up to the picture. What it can't read it leaves
// out.
func scanJPEG(from io.Reader) *jpegInfo {
	info := &jpegInfo{}
	r := bufio.NewReader(from)
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || head != [2]byte{0xff, markSOI} {
		return info
	}
	for {
		marker, body, ok := nextSegment(r)
		if !ok {
			return info
		}
		if marker != markAPP1 {
			info.frame(marker, body)
		} else if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && info.turn == Upright && info.preview == nil {
			info.turn, info.preview = readExif(tiff)
		}
	}
}

// nextSegment reads the next segment that matters: a frame header or Exif
// data. Not ok is the end.
func nextSegment(r *bufio.Reader) (marker byte, body []byte, ok bool) {
	for {
		marker, ok := nextMarker(r)
		if !ok || marker == markSOS || marker == markEOI {
			return 0, nil, false
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= markSOI { // they stand alone
			continue
		}
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return 0, nil, false
		}
		size := int(binary.BigEndian.Uint16(length[:])) - len(length)
		if size < 0 {
			return 0, nil, false
		}
		if isFrame(marker) || marker == markAPP1 {
			body := make([]byte, size)
			_, err := io.ReadFull(r, body)
			return marker, body, err == nil
		}
		if _, err := r.Discard(size); err != nil {
			return 0, nil, false
		}
	}
}

func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != markDHT && marker != markJPG && marker != markDAC
}

// nextMarker skips to the next marker as decoders do.
func nextMarker(r *bufio.Reader) (marker byte, ok bool) {
	for seen := false; ; {
		b, err := r.ReadByte()
		switch {
		case err != nil:
			return 0, false
		case b == 0xff:
			seen = true
		case seen && b != 0:
			return b, true
		default:
			seen = false
		}
	}
}

// frame reads a frame header: precision, height, width, then the components
// with their sampling.
func (j *jpegInfo) frame(marker byte, body []byte) {
	const fixed, each = 6, 3
	if len(body) < fixed || len(body) < fixed+each*int(body[5]) {
		return
	}
	n := int(body[5])
	var all, wide, high int
	for i := range n {
		h, v := int(body[fixed+each*i+1]>>4), int(body[fixed+each*i+1]&15)
		all, wide, high = all+h*v, max(wide, h), max(high, v)
	}
	if wide*high == 0 {
		return
	}
	j.height, j.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	j.components, j.progressive = n, marker == 0xc2
	j.samples = float64(all) / float64(wide*high)
}

// readExif finds the orientation in the first directory of Exif data and the
// small picture in the second.
func readExif(b []byte) (turn Turn, preview []byte) {
	if len(b) < 8 {
		return Upright, nil
	}
	var order binary.ByteOrder
	switch string(b[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return Upright, nil
	}
	next := directory(b, order, order.Uint32(b[4:]), func(tag uint16, value []byte) {
		if v := order.Uint16(value); tag == 0x0112 && v >= 1 && v <= 8 {
			turn = Turn(v - 1)
		}
	})
	var from, length uint64
	directory(b, order, next, func(tag uint16, value []byte) {
		switch tag {
		case 0x0201:
			from = uint64(order.Uint32(value))
		case 0x0202:
			length = uint64(order.Uint32(value))
		}
	})
	if from > 0 && length > 0 && from+length <= uint64(len(b)) {
		preview = b[from:][:length]
	}
	return turn, preview
}

// directory calls each for the fields of a directory, as far as they are there,
// and gives the place of the next one. A value takes four bytes.
func directory(b []byte, order binary.ByteOrder, at uint32, each func(tag uint16, value []byte)) (next uint32) {
	const field = 12
	if at < 8 || uint64(at)+2 > uint64(len(b)) {
		return 0
	}
	rest := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(rest) < field {
			return 0
		}
		each(order.Uint16(rest), rest[8:field])
		rest = rest[field:]
	}
	if len(rest) < 4 {
		return 0
	}
	return order.Uint32(rest)
}
