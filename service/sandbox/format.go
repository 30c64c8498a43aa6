package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"sync"
)

// kind is what a file is to people.
type kind uint8

const (
	kindPhoto kind = iota
	kindScreenshot
	kindAnimation
	kindVideo
	kindAudio
	kindDocument
	kindText
	kindArchive
	kindOther
)

// formatCount is how many formats newFormats makes.
const formatCount = 9

// classes is how many lengths a format's common part can have.
const classes = 256

// format is how made-up files of one sort look. A file is a part that all of
// the format have in common (a head, then one block again and again) and a
// tail of its own at the end. That makes the hash of even a large file cheap:
// the hash's state at every length that the common part can have is worked out
// once for all.
type format struct {
	kind     kind
	mime     string
	share    int // of a hundred files
	smallest int64
	largest  int64 // bytes of the common part, roughly
	own      int   // bytes of the tail, at least
	head     []byte
	block    []byte
	tail     func(f *format, n int, common int64, length int) []byte
	run      []byte         // block repeated, for copying in large steps
	lengths  [classes]int64 // of the common part

	mu     sync.Mutex // guards what follows
	states []state    // by class, as far as they are known
	sha    hash.Hash  // over the common part up to at
	crc    hash.Hash32
	at     int64
}

// state is what is known of the common part at one of its lengths.
type state struct {
	sha []byte // crypto/sha256's own notation
	crc uint32 // of what follows the head
}

func newFormats() [formatCount]*format {
	const kb, mb = 1 << 10, 1 << 20
	all := [formatCount]*format{
		{
			kind: kindPhoto, mime: "image/jpeg", share: 34, smallest: 300 * kb, largest: 12 * mb, own: 1100,
			head: jpegHead(), block: jpegBlock(), tail: jpegTail(jpegTables()),
		},
		{
			kind: kindScreenshot, mime: "image/png", share: 20, smallest: 20 * kb, largest: 6 * mb, own: 500,
			head: pngHead(), block: pngBlock(), tail: pngTail(pngPixels()),
		},
		{
			kind: kindAnimation, mime: "image/gif", share: 3, smallest: 60 * kb, largest: 8 * mb, own: 2500,
			head: gifHead(), block: gifBlock(), tail: gifTail(gifPixels()),
		},
		{
			kind: kindVideo, mime: "video/mp4", share: 11, smallest: 2 * mb, largest: 192 * mb, own: 64,
			head: mp4Head(), block: mp4Block(), tail: mp4Tail,
		},
		{
			kind: kindAudio, mime: "audio/mpeg", share: 10, smallest: 1 * mb, largest: 16 * mb, own: 200,
			head: []byte("ID3\x03\x00\x00\x00\x00\x00\x00"), block: mp3Block(), tail: mp3Tail,
		},
		{
			kind: kindDocument, mime: "application/pdf", share: 9, smallest: 30 * kb, largest: 20 * mb, own: 1000,
			head: []byte("%PDF-1.4\n"), block: pdfBlock(), tail: pdfTail,
		},
		{
			kind: kindText, mime: "text/plain; charset=utf-8", share: 5, smallest: 200, largest: 300 * kb, own: 40,
			block: textBlock(), tail: textTail,
		},
		{
			kind: kindArchive, mime: "application/zip", share: 6, smallest: 100 * kb, largest: 96 * mb, own: 400,
			head: zipHead(), block: otherBlock(), tail: zipTail,
		},
		{
			kind: kindOther, mime: "application/octet-stream", share: 2, smallest: 1 * kb, largest: 32 * mb, own: 40,
			block: otherBlock(), tail: textTail,
		},
	}
	for _, f := range all {
		f.run = bytes.Repeat(f.block, max(1, 128<<10/len(f.block)))
		f.measure()
	}
	return all
}

// measure works out the lengths of the common part: whole blocks, each length
// a little larger than the one before.
func (f *format) measure() {
	ratio := float64(f.largest) / float64(f.smallest)
	for class := range classes {
		want := float64(f.smallest) * math.Pow(ratio, float64(class)/(classes-1))
		blocks := int64(want)/int64(len(f.block)) + 1
		f.lengths[class] = int64(len(f.head)) + blocks*int64(len(f.block))
	}
}

// common gives the length of a file's common part.
func (f *format) common(n int) int64 { return f.lengths[f.class(n)] }

// class gives the class of a file: large ones are rarer.
func (f *format) class(n int) int {
	a, b := pick(n, forClass, classes), pick(n, forClass+100, classes)
	return (a + min(a, b)) / 2
}

// tailLength gives the length of a file's own part.
func (f *format) tailLength(n int) int { return f.own + pick(n, forPad, 512) }

// size gives the size of a file.
func (f *format) size(n int) int64 { return f.common(n) + int64(f.tailLength(n)) }

// ending gives a file's own part.
func (f *format) ending(n int) []byte {
	length := f.tailLength(n)
	tail := f.tail(f, n, f.common(n), length)
	if len(tail) != length {
		panic(fmt.Sprintf("sandbox: the tail of made-up file %d has %d bytes, not %d", n, len(tail), length))
	}
	return tail
}

// sum gives the SHA-256 of a file.
func (f *format) sum(n int) [32]byte {
	h := sha256.New()
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(f.state(f.class(n)).sha); err != nil {
		panic("sandbox: a hash does not read its own state: " + err.Error())
	}
	_, _ = h.Write(f.ending(n)) // a hash never fails
	return [32]byte(h.Sum(nil))
}

// state gives the state at a class's length. It is worked out when a file asks
// for it, going on from the longest that is known.
func (f *format) state(class int) state {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.states) == 0 {
		f.sha, f.crc = sha256.New(), crc32.NewIEEE()
		_, _ = f.sha.Write(f.head) // a hash never fails, here and below
		f.at = int64(len(f.head))
	}
	for len(f.states) <= class {
		for left := f.lengths[len(f.states)] - f.at; left > 0; left = f.lengths[len(f.states)] - f.at {
			part := f.run[:min(left, int64(len(f.run)))]
			_, _ = f.sha.Write(part)
			if f.kind == kindArchive {
				_, _ = f.crc.Write(part)
			}
			f.at += int64(len(part))
		}
		notation, err := f.sha.(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			panic("sandbox: a hash does not tell its state: " + err.Error())
		}
		f.states = append(f.states, state{sha: notation, crc: f.crc.Sum32()})
	}
	return f.states[class]
}

// madeReader reads a made-up file's contents.
type madeReader struct {
	f      *format
	common int64
	tail   []byte
	size   int64
	at     int64
}

func newMadeReader(f *format, n int) *madeReader {
	r := &madeReader{f: f, common: f.common(n), tail: f.ending(n)}
	r.size = r.common + int64(len(r.tail))
	return r
}

// Read is io.Reader's.
func (r *madeReader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	total := 0
	for total < len(p) && r.at < r.size {
		n := copy(p[total:], r.ahead())
		total += n
		r.at += int64(n)
	}
	return total, nil
}

// ahead gives bytes that follow at the position, at least one.
func (r *madeReader) ahead() []byte {
	head := int64(len(r.f.head))
	switch {
	case r.at < head:
		return r.f.head[r.at:]
	case r.at < r.common:
		part := r.f.run[(r.at-head)%int64(len(r.f.block)):]
		return part[:min(int64(len(part)), r.common-r.at)]
	}
	return r.tail[r.at-r.common:]
}

// Seek is io.Seeker's.
func (r *madeReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, fmt.Errorf("sandbox: position %d is before the start", offset)
	}
	r.at = offset
	return offset, nil
}

// Close is io.Closer's.
func (r *madeReader) Close() error { return nil }
