package kit

import (
	"strings"
	"unicode"
)

// tofu stands for what no font can draw. Fyne's own has it.
const tofu = "\uFFFD"

// Drawn makes of a text, which may hold anything, what is given to Fyne to
// draw on one line: control characters are replaced, as is what no font has,
// and words that are read from the right stand in their order. Nearly every
// text stays as it is.
func Drawn(text string) string {
	glyphs := currentGlyphs()
	simple, right := true, false
	for _, r := range text {
		switch {
		case r >= ' ' && r <= '~':
		case rightRune(r):
			right = true
			simple = simple && glyphs.Has(r)
		case hiddenRune(r), !glyphs.Has(r) && !unseenRune(r):
			simple = false
		}
	}
	if !simple {
		text = drawable(text, glyphs)
	}
	if right {
		text = visual(text)
	}
	return text
}

// drawable replaces what can't be drawn.
func drawable(text string, glyphs *Glyphs) string {
	var b strings.Builder
	for _, c := range clusters(text) {
		b.WriteString(drawableCluster(c, glyphs))
	}
	return b.String()
}

func drawableCluster(cluster string, glyphs *Glyphs) string {
	flag := false
	for _, r := range cluster {
		flag = r == blackFlag || flag && tagRune(r)
		switch {
		case flag && tagRune(r):
		case unicode.IsSpace(r) && hiddenRune(r): // a line break, a tab
			return " "
		case hiddenRune(r):
			return string(hiddenMark)
		case !glyphs.Has(r) && !unseenRune(r):
			return tofu
		}
	}
	return cluster
}

// unseenRune reports what needs no glyph.
func unseenRune(r rune) bool {
	return tagRune(r) || variationSelector(r) || unicode.In(r, unicode.Zs, unicode.Join_Control)
}

// variationSelector reports what says which look the character before it has.
func variationSelector(r rune) bool { return unicode.Is(unicode.Variation_Selector, r) }
