package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hiddenMark stands for a character that would not be seen.
const hiddenMark = '␣'

// PlainName makes a file's name fit to be shown: line breaks, other control
// characters and those that turn the reading direction around (which can make
// "exe" look like "txt") become a visible mark, as does what is not UTF-8, what
// takes no room between letters, and a name of blanks only.
func PlainName(name string) string {
	if plainASCII(name) && strings.Trim(name, " ") != "" {
		return name
	}
	blank := name != "" && strings.TrimFunc(name, blankRune) == ""
	flag := false
	return strings.Map(func(r rune) rune {
		flag = r == blackFlag || flag && tagRune(r)
		if blank || hiddenRune(r) && !flag {
			return hiddenMark
		}
		return r
	}, name)
}

func plainASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// blackFlag begins the flags of regions: tags behind it spell the region.
const blackFlag = '\U0001F3F4'

func tagRune(r rune) bool { return r >= 0xE0020 && r <= 0xE007F }

func hiddenRune(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || unicode.Is(unicode.Cf, r) && !usefulFormat(r)
}

// usefulFormat reports the format characters that words and emoji need, that
// only say in which direction they themselves are read, or that are seen.
func usefulFormat(r rune) bool {
	switch {
	case r >= 0x200C && r <= 0x200F, r == 0x061C:
		return true
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return true
	}
	return false
}

// blankRune reports what has no ink, letters among them.
func blankRune(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Cf, unicode.Variation_Selector)
}
