package download

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxNameBytes = 255 // what file systems take, in UTF-8
	maxExtBytes  = 32  // a longer ending is no extension
	namelessFile = "file"
)

// SafeName makes of a name from the service one that a file can have on every
// system: a single part of a path, of at most 255 bytes, that no system hides or
// gives a meaning of its own and no screen shows as something else. It is the same
// everywhere, and a safe name stays as it is.
func SafeName(name string) string {
	name = norm.NFC.String(strings.Map(safeRune, strings.ToValidUTF8(name, "_")))
	name = trimEnds(name)
	if seen := strings.TrimLeft(name, "."); seen != name {
		name = "_" + seen // a dot at the beginning hides a file
	}
	if reserved(name) {
		name = "_" + name
	}
	if name == "" {
		name = namelessFile
	}
	stem, ext := splitExt(name)
	return fit(stem, "", ext)
}

// safeRune gives what stands for r in a safe name, below 0 for nothing.
func safeRune(r rune) rune {
	const joiner, nonJoiner = '\u200D', '\u200C'
	switch {
	case strings.ContainsRune(`<>:"/\|?*`, r), unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp), unicode.Is(unicode.Noncharacter_Code_Point, r):
		return '_'
	case r == joiner, r == nonJoiner:
		return r // words and emoji need them
	case unicode.Is(unicode.Cf, r): // among them what turns the direction of text around
		return -1
	}
	return r
}

// trimEnds takes away what must not be at the ends: Windows drops dots and
// spaces from the end, and nobody sees the others.
func trimEnds(name string) string {
	unseen := func(r rune) bool { return unicode.IsSpace(r) || r == '\u200C' || r == '\u200D' }
	name = strings.TrimLeftFunc(name, unseen)
	return strings.TrimRightFunc(name, func(r rune) bool { return r == '.' || unseen(r) })
}

// reserved tells whether Windows takes name for a device, which it does with
// any extension.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRightFunc(stem, unicode.IsSpace))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}, stem) {
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(stem, port); ok && utf8.RuneCountInString(n) == 1 && strings.Contains("0123456789¹²³", n) {
			return true
		}
	}
	return false
}

// splitExt cuts a safe name before its extension. "x.tar.gz" has a double one.
func splitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	stem = strings.TrimSuffix(name, ext)
	if strings.HasSuffix(strings.ToLower(stem), ".tar") {
		ext = stem[len(stem)-len(".tar"):] + ext
		stem = strings.TrimSuffix(name, ext)
	}
	if len(ext) > maxExtBytes || stem == "" || strings.ContainsFunc(ext, unicode.IsSpace) {
		return name, ""
	}
	return stem, ext
}

// fit joins the parts of a name and cuts the stem so that a file can have it.
func fit(stem, mark, ext string) string {
	room := maxNameBytes - len(mark) - len(ext)
	if len(stem) > room {
		for !utf8.RuneStart(stem[room]) {
			room--
		}
		stem = trimCut(stem[:room], stem[room:])
		if reserved(stem + mark + ext) { // only now: much was cut
			stem = "_" + stem
		}
	}
	return stem + mark + ext
}

// trimCut takes from the end of a cut text what belonged to the rune that the
// cut took away, and what must not be at an end.
func trimCut(kept, lost string) string {
	next, _ := utf8.DecodeRuneInString(lost)
	if unicode.In(next, unicode.Mn, unicode.Me) {
		at := strings.LastIndexFunc(kept, func(r rune) bool { return !unicode.In(r, unicode.Mn, unicode.Me) })
		if at > 0 {
			kept = kept[:at]
		}
	}
	if kept = trimEnds(kept); kept == "" {
		return namelessFile
	}
	return kept
}

// numbered is the name of a file when the n before it are taken: "x (2).ext".
func numbered(safe string, n int) string {
	if n == 0 {
		return safe
	}
	stem, ext := splitExt(safe)
	return fit(stem, counter(n), ext)
}

// numberedFolder is numbered for a folder, which has no extension.
func numberedFolder(safe string, n int) string {
	if n == 0 {
		return safe
	}
	return fit(safe, counter(n), "")
}

func counter(n int) string { return " (" + strconv.Itoa(n) + ")" }

// partName is the name of an unfinished file; token makes it the only one.
func partName(safe, token string) string {
	stem, ext := splitExt(safe)
	return fit(stem, "", ext+"."+token+".part")
}
