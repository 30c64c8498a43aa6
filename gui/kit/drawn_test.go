package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/go-text/typesetting/fontscan"
	"pgregory.net/rapid"
)

// withFonts uses a theme for a computer that has a font with the letters in has.
func withFonts(t *testing.T, has string) *Glyphs {
	t.Helper()
	runes := fontscan.RuneSet{}
	for _, r := range has {
		runes.Add(r)
	}
	g := newGlyphs([]fontscan.Footprint{{Runes: runes}})
	test.NewTempApp(t).Settings().SetTheme(NewTheme(AppearanceLight).With(g))
	return g
}

// seen gives a drawn text in the order in which its parts are seen.
func seen(drawn string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case leftMark:
			return '|'
		case rightBegin:
			return '<'
		case rightEnd:
			return '>'
		}
		return r
	}, drawn)
}

func TestDrawn(t *testing.T) {
	withFonts(t, "漢字שלוםעדחספיב\u062a\u0642\u0631\u064a\u0660\u0662\u0664")
	for _, test := range []struct{ name, text, want string }{
		{"Latin", "Füße & 100% #1?.png", "Füße & 100% #1?.png"},
		{"a font of the computer", "漢字.png", "漢字.png"},
		{"no font", "漢語.png", "漢\uFFFD.png"},
		{"a letter and its marks are one", "ก\u0e34\u0e48ก.txt", "\uFFFD\uFFFD.txt"},
		{"an emoji of Fyne's", "😀 👩\u200d👧 ❤\uFE0F.png", "😀 👩\u200d👧 ❤\uFE0F.png"},
		{"an emoji of nobody's", "\U0001FAE0\U0001FAE0.png", "\uFFFD\uFFFD.png"},
		{"line breaks and tabs", "a\nb\tc\r\nd\ve", "a b c d e"},
		{"other controls", "a\x00b\x1bc\u202ed\u2066e", "a␣b␣c␣d␣e"},
		{"not UTF-8", "a\xffb\xed\xa0\x80", "a␣b␣␣␣"},
		{"a region's flag", "🏴\U000E0067\U000E0062\U000E007F", "🏴\U000E0067\U000E0062\U000E007F"},
		{"tags that hide words", "a\U000E0067\U000E0062", "␣"},
		{"tags that no flag bears", "🏴\u200d\U000E0067", "␣"},

		{"words from the right", "שלום עולם.jpg", "|<שלום עולם>|.jpg"},
		{"and a number", "דוח 2024 סופי.pdf", "|<סופי>|< >|2024|<דוח >|.pdf"},
		{"and brackets", "שלום (2).txt", "|<)>|2|<(>|<שלום >|.txt"},
		{"and in brackets", "a (שלום) ב.txt", "a (|<שלום>|) |<ב>|.txt"},
		{"in words from the left", "a דוח b 12 סופי.pdf", "a |<דוח>| b 12 |<סופי>|.pdf"},
		{"and signs of another font", "דוח_סופי.pdf", "|<סופי>|<_>|<דוח>|.pdf"},
		{"Arabic numbers", "\u062a\u0642\u0631\u064a\u0631 \u0662\u0660\u0662\u0664.pdf", "|\u0662\u0660\u0662\u0664|<\u062a\u0642\u0631\u064a\u0631 >|.pdf"},
		{"marks of direction", "\u200fשלום\u200f\u200e.txt", "|<שלום>|.txt"},
		{"and no font", "ש\u07d0ש.txt", "|<ש>|<\uFFFD>|<ש>|.txt"},
	} {
		if got := seen(Drawn(test.text)); got != test.want {
			t.Errorf("%s: %q is drawn as %q, want %q", test.name, test.text, got, test.want)
		}
	}
}

// Whatever a text holds, Fyne gets only what fonts have, on one line, and no
// direction but ours.
func TestDrawnIsHarmless(t *testing.T) {
	g := withFonts(t, "漢字שלום")
	alphabet := rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("ab.1 (]%שלוم٤漢\u0301\u200d\u200e\u200f\u202e\u2066\u2069\n\t\x00\ufe0f\U000e0067🏴😀")))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(alphabet, 0, 40, -1).Draw(t, "text") + rapid.SampledFrom([]string{"", "\xff"}).Draw(t, "end")
		depth, flag := 0, false
		for _, r := range Drawn(text) {
			flag = r == blackFlag || flag && tagRune(r)
			switch {
			case r == rightBegin:
				depth++
			case r == rightEnd:
				depth--
			case r == '\uFFFD', flag && tagRune(r):
			case hiddenRune(r), !g.Has(r) && !unseenRune(r):
				t.Fatalf("%q is drawn with %U", text, r)
			}
			if depth < 0 || depth > 1 {
				t.Fatalf("%q has directions that do not pair", text)
			}
		}
	})
}

func TestDrawnWithoutKnowledgeOfFonts(t *testing.T) {
	test.NewTempApp(t)
	if got := Drawn("漢語\n.png"); got != "漢語 .png" {
		t.Errorf("%q", got)
	}
}

func TestFindGlyphs(t *testing.T) {
	g, err := FindGlyphs(t.TempDir())
	if g == nil || !g.Has('a') || !g.Has('я') || !g.Has('😀') || !g.Has('\uFFFD') || !g.Has(hiddenMark) {
		t.Errorf("what comes with Fyne is not known (%v)", err)
	}
	if g.Has('\uFDD0') {
		t.Error("there is a font with a character that is none")
	}
}
