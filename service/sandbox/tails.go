package sandbox

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
)

// The heads, blocks and tails of made-up formats other than pictures. Every
// file is valid: padding stands where its format allows it, before the file's
// own part.

// filler is what padding is made of: bytes that look random and are the same
// on every computer.
func filler(length int) []byte {
	b := make([]byte, 0, length+8)
	for i := uint64(0); len(b) < length; i++ {
		b = binary.LittleEndian.AppendUint64(b, mix(i, 12))
	}
	return b[:length]
}

// mark is the line by which a file's own part can be told from every other.
func mark(n int) string { return fmt.Sprintf("made-up file %d\n", n) }

// padded gives s filled up with spaces to a length.
func padded(s string, length int) string { return s + strings.Repeat(" ", length-len(s)) }

func textBlock() []byte {
	return []byte("Water finds its way through every gate that is left ajar. ~~~~\n")
}

func otherBlock() []byte { return filler(4096) }

func textTail(_ *format, n int, _ int64, length int) []byte {
	return []byte(padded("", length-len(mark(n))) + mark(n))
}

// box makes an MP4 box.
func box(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(data)))
	return append(append(b, kind...), data...)
}

func mp4Head() []byte { return box("ftyp", []byte("isom\x00\x00\x02\x00isomiso2mp41")) }

// mp4Block is a box that players skip.
func mp4Block() []byte { return box("free", filler(4096-8)) }

func mp4Tail(_ *format, n int, _ int64, length int) []byte {
	return box("free", []byte(padded(mark(n), length-8)))
}

// mp3Block is a frame of silence: MPEG 1 layer III, 128 kbit/s, 44.1 kHz.
func mp3Block() []byte {
	frame := make([]byte, 417)
	copy(frame, "\xff\xfb\x90\x64")
	return frame
}

// mp3Tail ends in an ID3v1 tag, which is always 128 bytes.
func mp3Tail(_ *format, n int, _ int64, length int) []byte {
	title := strings.TrimSpace(mark(n))
	b := make([]byte, length)
	copy(b[length-128:], "TAG"+title)
	return b
}

// pdfBlock is a line of comment.
func pdfBlock() []byte {
	return []byte("%" + strings.Repeat("~", 1022) + "\n")
}

// pdfTail is one page with a line of text.
func pdfTail(_ *format, n int, common int64, length int) []byte {
	text := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (%s) Tj ET", strings.TrimSpace(mark(n)))
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(text), text),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	var b, table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", common+int64(b.Len()))
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, o)
	}
	start := common + int64(b.Len())
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\n", len(objects)+1, table.String(), len(objects)+1)
	end := fmt.Sprintf("startxref\n%d\n%%%%EOF\n", start)
	b.WriteString("%" + strings.Repeat("~", length-b.Len()-len(end)-2) + "\n" + end)
	return []byte(b.String())
}

// zipEntry is what an archive's one entry is called.
const zipEntry = "contents.bin"

// zipHead is a local header of an entry whose size follows it.
func zipHead() []byte {
	b := []byte("PK\x03\x04\x14\x00\x08\x00")
	b = append(b, make([]byte, 18)...) // stored; time, sum and sizes come later
	b = binary.LittleEndian.AppendUint16(b, uint16(len(zipEntry)))
	b = binary.LittleEndian.AppendUint16(b, 0)
	return append(b, zipEntry...)
}

// zipTail is the entry's sizes, the directory, and the mark as a comment.
func zipTail(f *format, n int, common int64, length int) []byte {
	size := uint32(common) - uint32(len(f.head))
	sums := binary.LittleEndian.AppendUint32(nil, f.state(f.class(n)).crc)
	sums = binary.LittleEndian.AppendUint32(sums, size)
	sums = binary.LittleEndian.AppendUint32(sums, size)
	b := append([]byte("PK\x07\x08"), sums...)
	start := uint32(common) + uint32(len(b))
	b = append(b, "PK\x01\x02\x14\x00\x14\x00\x08\x00\x00\x00\x00\x00\x00\x00"...)
	b = append(b, sums...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(zipEntry)))
	b = append(b, make([]byte, 16)...) // no extras, first disk, no attributes, header at 0
	b = append(b, zipEntry...)
	directory := uint32(common) + uint32(len(b)) - start
	b = append(b, "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, directory)
	b = binary.LittleEndian.AppendUint32(b, start)
	comment := length - len(b) - 2
	b = binary.LittleEndian.AppendUint16(b, uint16(comment))
	return append(b, padded(mark(n), comment)...)
}

// pngChunk appends a chunk.
func pngChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	from := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}
