package files

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/gui/kit"
)

const (
	dots      = "…"
	maxRulers = 4096 // letters whose width is kept
)

// ruler shortens texts of one size and style. Fyne shapes every text that it
// measures, which is far too slow to try lengths while tiles scroll by; so most
// is done with the widths of single letters.
type ruler struct {
	measure func(string) float32
	wide    map[rune]float32
}

func newRuler(measure func(string) float32) *ruler {
	return &ruler{measure: measure, wide: map[rune]float32{}}
}

// fit gives as much of text as goes into a width, with dots when that is not
// all of it.
func (r *ruler) fit(text string, width float32) string {
	all, simple := r.reach(text, width)
	if all == len(text) && simple && r.measure(text) <= width {
		return text
	}
	if !simple { // letters change with their neighbours
		return kit.Shorten(text, kit.ElideEnd, func(s string) bool { return r.measure(s) <= width })
	}
	if all == len(text) {
		all = lastLetter(text, all) // it was a little wider than its letters
	}
	room := width - r.letter('…')
	end, _ := r.reach(text[:all], room)
	for {
		s := strings.TrimRight(text[:end], " ") + dots
		if end == 0 || r.measure(s) <= width {
			return s
		}
		end = lastLetter(text, end)
	}
}

// fits reports whether all of text goes into a width.
func (r *ruler) fits(text string, width float32) bool {
	all, simple := r.reach(text, width)
	return (all == len(text) || !simple) && r.measure(text) <= width
}

// fitName is fit for a name, whose ending says most: the dots stand before that.
func (r *ruler) fitName(name string, width float32) string {
	const closer = 1.25 // letters beside each other need less than alone: so much at the most
	all, simple := r.reach(name, closer*width)
	if all == len(name) && simple && r.measure(name) <= width {
		return name
	}
	exact := func(s string) bool { return r.measure(s) <= width }
	if !simple {
		return kit.Shorten(name, kit.ElideMiddle, exact)
	}
	roughly := func(s string) bool {
		end, simple := r.reach(s, width)
		return end == len(s) && simple
	}
	if s := kit.Shorten(name, kit.ElideMiddle, roughly); exact(s) {
		return s
	}
	return kit.Shorten(name, kit.ElideMiddle, exact) // letters beside each other need more than alone
}

// reach is how much of text fits by the widths of its letters. It stops at the
// first letter for which these don't tell: then the text is not simple.
func (r *ruler) reach(text string, width float32) (end int, simple bool) {
	x := float32(0)
	for i, c := range text {
		if !plainRune(c) {
			return i, false
		}
		if x += r.letter(c); x > width {
			return i, true
		}
	}
	return len(text), true
}

func (r *ruler) letter(c rune) float32 {
	if w, ok := r.wide[c]; ok {
		return w
	}
	if len(r.wide) >= maxRulers {
		clear(r.wide)
	}
	w := r.measure(string(c))
	r.wide[c] = w
	return w
}

// plainRune reports letters that stand beside each other and that the font
// surely has itself: one from another font can be of another width in company.
func plainRune(c rune) bool {
	switch {
	case c < 0x20:
		return false
	case c < 0x300:
		return true
	case c >= 0x370 && c < 0x530: // Greek and Cyrillic
		return !unicode.Is(unicode.M, c)
	case c == '…' || c == '–' || c == '—' || c == '’' || c == '·':
		return true
	}
	return false
}

// lastLetter is where the last letter before end begins.
func lastLetter(text string, end int) int {
	_, size := utf8.DecodeLastRuneInString(text[:end])
	return end - size
}
