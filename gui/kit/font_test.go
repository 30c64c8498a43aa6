package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Each text gets the one font that it needs, and all that Fyne has for its style
// only where that is not enough.
func TestTextsNeedOneFont(t *testing.T) {
	const none, bold, tall, tallBold = "none", "bold", "tall", "bold and tall"
	g := withFonts(t, "漢字שלום")
	g.anyFont = true
	name := func(r fyne.Resource) string {
		switch r {
		case nil:
			return none
		case g.bold:
			return bold
		case g.tall:
			return tall
		case g.tallBold:
			return tallBold
		}
		return "another"
	}
	for _, test := range []struct{ text, plain, bold string }{
		{"", none, bold},
		{"Files", none, bold},
		{"Füße… · 12 “русский”", none, bold},
		{"漢字.png", tall, tallBold},
		{"שלום", tall, tallBold},
		{"😀.png", none, none},
		{"漢字 😀", none, none},
		{"❤\uFE0F", none, none},
	} {
		for style, want := range map[fyne.TextStyle]string{{}: test.plain, {Bold: true}: test.bold} {
			o := &canvas.Text{TextSize: SizeBody, TextStyle: style}
			FillText(o, test.text)
			setFont(o)
			if got := name(o.FontSource); got != want {
				t.Errorf("%q, bold: %v: the font is %s, want %s", test.text, style.Bold, got, want)
			}
			if got := MeasureText(test.text, SizeBody, o.TextStyle); got != o.MinSize() {
				t.Errorf("%q, bold: %v: measured %v, drawn %v", test.text, style.Bold, got, o.MinSize())
			}
			o.FontSource = nil
			if got := MeasureText(test.text, SizeBody, o.TextStyle); got != o.MinSize() {
				t.Errorf("%q, bold: %v: measured %v, with all fonts %v", test.text, style.Bold, got, o.MinSize())
			}
		}
	}
	g.anyFont = false
	if got := g.font("漢字", fyne.TextStyle{TabWidth: tallTab}); got != nil {
		t.Errorf("where the user's language has a font, it is %s", name(got))
	}
	if got := (*Glyphs)(nil).font("Files", fyne.TextStyle{Bold: true}); got != nil {
		t.Error("without knowledge of fonts there is one")
	}
}

// The bold font has the letters for which the other one was asked.
func TestTheBoldFontHasTheSameLetters(t *testing.T) {
	g := newGlyphs(nil)
	bold, err := cmapOf(theme.DefaultTextBoldFont().Content())
	if err != nil {
		t.Fatal(err)
	}
	for r := range rune(0x20000) {
		if _, ok := bold.Lookup(r); g.letters(r) && !ok {
			t.Errorf("no bold %U", r)
		}
	}
}

func TestFontsThatPeopleHaveSetStay(t *testing.T) {
	t.Setenv("FYNE_FONT", "/usr/share/fonts/other.ttf")
	if g := newGlyphs(nil); g.bold != nil {
		t.Error("bold letters are of Fyne's font all the same")
	}
}

func TestTheFontOfTheUsersLanguageComesFirst(t *testing.T) {
	for locale, want := range map[string]bool{
		"en": true, "en-US": true, "de-DE": true, "ru": true, "el-GR": true, "sr-Latn": true, "vi": true,
		"ja-JP": false, "zh-Hans-CN": false, "ko": false, "ar": false, "fa-IR": false, "ur": false, "he": false, "th": false, "hi-IN": false, "": false, "?": false,
	} {
		if got := anyFontFits(locale); got != want {
			t.Errorf("%q: %v", locale, got)
		}
	}
}
