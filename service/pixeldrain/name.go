package pixeldrain

import (
	"strings"
	"unicode/utf8"

	"sluice/service"
)

// escape writes a name or id as one segment of a path so that every server
// reads back exactly the same bytes. All but letters, digits and "-_.~" is
// encoded, and so are the dots of "." and "..", which would otherwise be taken
// for a place in the path.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	dots := s == "." || s == ".."
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && !dots, c == '-', c == '_', c == '~',
			'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// checkName refuses names that no service takes.
func checkName(name string) *service.Error {
	switch {
	case name == "" || !utf8.ValidString(name):
		return &service.Error{Kind: service.Invalid, Value: service.ReasonNameInvalid}
	case utf8.RuneCountInString(name) > service.MaxNameLength:
		return &service.Error{Kind: service.TooLarge, Value: service.ReasonNameTooLong}
	}
	return nil
}

// checkID refuses what cannot be an id: nothing, or several in one.
func checkID[T ~string](id T) *service.Error {
	if id == "" || strings.ContainsRune(string(id), ',') {
		return &service.Error{Kind: service.Invalid, Value: service.ReasonIDInvalid}
	}
	return nil
}
