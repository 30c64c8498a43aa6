package library

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// appendPlain appends text as it is searched: in lower case and without
// accents. The byte between names never comes from it.
func appendPlain(to []byte, text string) []byte {
	start := len(to)
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return appendPlainRunes(to[:start], text)
		}
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == between:
			c = ' '
		}
		to = append(to, c)
	}
	return to
}

func appendPlainRunes(to []byte, text string) []byte {
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r == between:
			r = ' '
		case unicode.Is(unicode.Mn, r):
			continue
		}
		to = utf8.AppendRune(to, unicode.ToLower(r))
	}
	return to
}
