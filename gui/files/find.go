package files

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// findPause is how long letters that are typed belong together.
const findPause = time.Second

// Finder finds files by the beginning of their names while it is typed. Case
// and accents do not matter. It knows no widgets.
type Finder struct {
	now   func() time.Time
	typed string // plain letters
	last  time.Time
}

// NewFinder makes a Finder; now tells the time.
func NewFinder(now func() time.Time) *Finder { return &Finder{now: now} }

// Typing reports whether a letter would continue what was typed last.
func (f *Finder) Typing() bool { return f.typed != "" && f.now().Sub(f.last) < findPause }

// Type takes a letter and gives the next file whose name begins with all that
// was typed, -1 for none. It looks from item at on, behind it for a first
// letter, and from the top again after the end. One letter over and over goes
// from one name with it to the next.
func (f *Finder) Type(r rune, list List, at int) int {
	if !f.Typing() {
		f.typed = ""
	}
	f.last = f.now()
	fresh := f.typed == ""
	f.typed += plainLetters(string(r))
	if f.typed == "" {
		return -1 // an accent alone
	}
	if !fresh {
		if i := seek(list, f.typed, max(0, at)); i >= 0 {
			return i
		}
		letter, size := utf8.DecodeRuneInString(f.typed)
		if strings.Trim(f.typed, string(letter)) != "" {
			return -1
		}
		f.typed = f.typed[:size]
	}
	return seek(list, f.typed, at+1)
}

// seek finds the first name from item from on, around the end.
func seek(list List, begin string, from int) int {
	n := list.Len()
	for k := range n {
		i := (from + k) % n
		if beginsWith(list.Name(i), begin) {
			return i
		}
	}
	return -1
}

// beginsWith compares a name as it is with plain letters.
func beginsWith(name, plain string) bool {
	if name == "" {
		return false
	}
	for i := range len(plain) {
		if i >= len(name) {
			return false
		}
		c := name[i]
		if c >= utf8.RuneSelf {
			return strings.HasPrefix(plainLetters(head(name, 8*len(plain))), plain)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != plain[i] {
			return false
		}
	}
	return true
}

// head is the first bytes of text, not cut within a letter.
func head(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return text[:bytes]
}

// plainLetters is text in lower case without accents.
func plainLetters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}
