package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// The heads, blocks and tails of made-up formats. Each file is valid: padding
// stands where the format allows it, before the file's own part.

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
	return bytes.Repeat([]byte("Water finds its way through every gate that is left ajar.\n"), 4)
}

func otherBlock() []byte { return filler(4096) }

func textTail(_ *format, n int, _ int64, length int) []byte {
	return []byte(padded("", length-len(mark(n))) + mark(n))
}
