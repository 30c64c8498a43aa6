package kit

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// Fyne draws the parts of a text that are read from the right each for itself,
// in the order in which they were written, and lets the first letter decide the
// direction of the whole: "SHALOM (2).txt" becomes "MOLAHS)2.(txt". So they are
// put into the order in which they are seen, each with its direction said.
const (
	leftMark   = '\u200E'
	rightBegin = '\u202E' // what follows is read from the right
	rightEnd   = '\u202C'
)

func rightRune(r rune) bool {
	if r < 0x590 || r > 0x8FF && r < 0x200E {
		return false
	}
	return slices.Contains([]bidi.Class{bidi.R, bidi.AL, bidi.AN}, class(r))
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// visual gives text, which is read from the left as a whole, in the order in
// which its parts are seen. Marks of direction in it are lost.
func visual(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == 0x200E || r == 0x200F || r == 0x061C {
			return -1
		}
		return r
	}, text)
	runes := []rune(text)
	var p bidi.Paragraph
	if _, err := p.SetString(string(leftMark) + string(pairBrackets(runes))); err != nil {
		return text
	}
	order, err := p.Order()
	if err != nil {
		return text
	}
	v := visualOrder{}
	for i := range order.NumRuns() {
		run := order.Run(i)
		first, last := run.Pos()
		v.add(runes[max(0, first-1):last], run.Direction()) // without the mark at the beginning
	}
	v.flush()
	return string(v.out)
}

// pairBrackets puts a letter for each bracket that has a partner, of the
// direction that both then have: from the right, when the words in them and
// those before them are read so. x/text finds no partners.
func pairBrackets(runes []rune) []rune {
	const left, right = 'a', '\u05D0'
	out, classes := slices.Clone(runes), make([]bidi.Class, len(runes))
	for i, r := range runes {
		classes[i] = class(r)
	}
	var open []int
	for i, r := range runes {
		switch r {
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			n := len(open) - 1
			for n >= 0 && runes[open[n]] != partner(r) {
				n--
			}
			if n < 0 {
				continue
			}
			letter := left
			inside, before := strong(classes[open[n]+1:i]), strong(classes[:open[n]])
			if !inside.left && inside.right && before.lastRight {
				letter = right
			}
			out[open[n]], out[i] = letter, letter
			open = open[:n]
		}
	}
	return out
}

func partner(closing rune) rune {
	switch closing {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

// directions says how the words of a text are read.
type directions struct{ left, right, lastRight bool }

func strong(classes []bidi.Class) (d directions) {
	for _, c := range classes {
		word := c == bidi.R || c == bidi.AL
		if word || c == bidi.L {
			d.lastRight = word
		}
		d.left = d.left || c == bidi.L
		d.right = d.right || word || c == bidi.EN || c == bidi.AN
	}
	return d
}

// visualOrder collects the parts of a text. The ones that are read from the
// right, and the numbers among them, come out in the other order.
type visualOrder struct {
	out   []rune
	right [][]rune
}

func (v *visualOrder) add(run []rune, d bidi.Direction) {
	if d == bidi.RightToLeft {
		v.right = append(v.right, rightParts(run)...)
		return
	}
	if len(v.right) > 0 {
		n := leadingNumber(run)
		if n > 0 {
			v.right = append(v.right, append(slices.Clone(run[:n]), leftMark))
		}
		if run = run[n:]; len(run) == 0 {
			return
		}
	}
	v.flush()
	v.out = append(v.out, run...)
}

func (v *visualOrder) flush() {
	if len(v.right) == 0 {
		return
	}
	v.out = append(v.out, leftMark)
	for _, part := range slices.Backward(v.right) {
		v.out = append(v.out, part...)
	}
	v.right = nil
}

// rightParts cuts a run where Fyne may change the font, which it does without
// turning the order. The mark behind each keeps it from being joined to the next.
func rightParts(run []rune) [][]rune {
	var parts [][]rune
	begin, before := 0, bidi.ON
	cut := func(end int) {
		if end > begin {
			parts = append(parts, slices.Concat([]rune{rightBegin}, run[begin:end], []rune{rightEnd, leftMark}))
			begin = end
		}
	}
	for i, r := range run {
		c := class(r)
		if c == bidi.NSM || c == bidi.BN || c == bidi.WS {
			continue // they stay with what is before them, and at the beginning by themselves
		}
		if c != bidi.R && c != bidi.AL {
			c = bidi.ON
		}
		if c != before {
			cut(i)
		}
		before = c
	}
	cut(len(run))
	return parts
}

// leadingNumber is how much at the beginning of a run that is read from the
// left is a number: behind words from the right, it stands left of them.
func leadingNumber(run []rune) int {
	end := 0
	for i, r := range run {
		c := class(r)
		beside := c == bidi.ET && end == i && i > 0 // "%" and the like are part of a number beside them
		switch {
		case c == bidi.EN, c == bidi.AN, beside:
			end = i + 1
		case !slices.Contains([]bidi.Class{bidi.ET, bidi.ES, bidi.CS, bidi.NSM, bidi.BN}, c):
			return end
		}
	}
	return end
}
