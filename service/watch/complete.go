package watch

import (
	"bytes"
	"encoding/binary"
	"io"
)

// complete reports whether a file is of a format that says where it ends, and
// ends there: PNG, JPEG, GIF, WebP and BMP, which is what screenshots are. Of
// other formats, and of other sizes, false. It says nothing of the content
// between.
func complete(r io.ReaderAt, size int64) bool {
	const edge = 12
	if size < 2*edge {
		return false
	}
	var head, tail [edge]byte
	if n, _ := r.ReadAt(head[:], 0); n < edge {
		return false
	}
	if n, _ := r.ReadAt(tail[:], size-edge); n < edge {
		return false
	}
	switch {
	case bytes.HasPrefix(head[:], []byte("\x89PNG\r\n\x1a\n")):
		return bytes.Equal(tail[:], []byte("\x00\x00\x00\x00IEND\xaeB`\x82"))
	case bytes.HasPrefix(head[:], []byte("\xff\xd8\xff")):
		return bytes.HasSuffix(tail[:], []byte("\xff\xd9"))
	case bytes.HasPrefix(head[:], []byte("GIF8")):
		return bytes.HasSuffix(tail[:], []byte("\x00;"))
	case bytes.HasPrefix(head[:], []byte("RIFF")) && string(head[8:12]) == "WEBP":
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		return n+n%2+8 == size && lastNotZero(tail[:])
	case bytes.HasPrefix(head[:], []byte("BM")):
		return int64(binary.LittleEndian.Uint32(head[2:])) == size && lastNotZero(tail[:])
	}
	return false
}

// lastNotZero guards formats whose length is at the front against files that
// were made in full length and are still being filled.
func lastNotZero(tail []byte) bool { return len(bytes.Trim(tail, "\x00")) > 0 }
