package kit

import (
	"os"
	"sort"
	"strings"
)

// Elide says where a text that does not fit is shortened.
type Elide uint8

// The ways to shorten.
const (
	ElideNot    Elide = iota // it takes the room it needs
	ElideEnd                 // "Checking the ser…"
	ElideMiddle              // "Screenshot fro…12.png": the end of a name tells most
	ElidePath                // "…/Pictures/Screenshots": the last folders tell most
)

const ellipsis = "…"

// far is how much of a text is measured before the whole: to measure takes the
// longer the longer the text is, and few places have room for more.
const far = 40

// Shorten makes text fit, leaving out as little as it can. It returns the text
// unchanged when that fits, and at least an ellipsis otherwise.
func Shorten(text string, how Elide, fits func(string) bool) string {
	if how == ElideNot {
		return text
	}
	parts := clusters(text)
	most := len(parts) - 1
	if most > far && !fits(strings.Join(parts[:far], "")) {
		most = far
	} else if fits(text) {
		return text
	}
	tail := 0
	switch how {
	case ElidePath:
		if s, ok := lastFolders(text, fits); ok {
			return s
		}
		fallthrough // not even the last one fits
	case ElideMiddle:
		tail = tailLength(parts)
	case ElideNot, ElideEnd:
	}
	for {
		if s, ok := longest(parts, min(most, len(parts)-tail-1), tail, fits); ok {
			return s
		}
		if tail == 0 {
			return ellipsis
		}
		tail /= 2
	}
}

// lastFolders keeps as many of a path's last parts as fit, whole ones only.
func lastFolders(path string, fits func(string) bool) (string, bool) {
	var starts []int
	for i := 1; i < len(path)-1; i++ {
		if os.IsPathSeparator(path[i]) {
			starts = append(starts, i)
		}
	}
	n := sort.Search(len(starts), func(n int) bool { return fits(ellipsis + path[starts[n]:]) })
	if n == len(starts) {
		return "", false
	}
	return ellipsis + path[starts[n]:], true
}

// longest keeps the last tail clusters and as many first ones as fit, most at
// the most.
func longest(parts []string, most, tail int, fits func(string) bool) (string, bool) {
	end := strings.Join(parts[len(parts)-tail:], "")
	low, high := 0, most // low fits once found
	best, found := "", false
	for low <= high {
		mid := (low + high + 1) / 2
		s := strings.TrimRight(strings.Join(parts[:mid], ""), " ") + ellipsis + end
		if fits(s) {
			best, found = s, true
			low = mid + 1
		} else {
			high = mid - 1
		}
	}
	return best, found
}

// tailLength is how much of a name's end stays: the extension and a few
// characters before it, but never more than half.
func tailLength(parts []string) int {
	const before = 4
	ext := 0
	for i := len(parts) - 1; i > 0 && len(parts)-i <= 10; i-- {
		if parts[i] == "." {
			ext = len(parts) - i
			if len(parts)-i > 5 || !compressed(strings.Join(parts[i:], "")) {
				break
			}
		}
	}
	return min(ext+before, len(parts)/2)
}

// compressed reports extensions that usually stand behind another one.
func compressed(ext string) bool {
	switch strings.ToLower(ext) {
	case ".gz", ".xz", ".bz2", ".zst", ".br":
		return true
	}
	return false
}
