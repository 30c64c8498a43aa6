package files

import (
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"sluice/gui/kit"
)

func realRuler(tb testing.TB, measured *int) *ruler {
	tb.Helper()
	test.NewTempApp(tb)
	return newRuler(func(s string) float32 {
		*measured++
		return fyne.MeasureText(s, kit.SizeBody, fyne.TextStyle{}).Width
	})
}

func TestRulerShortensLikeMeasuringEverything(t *testing.T) {
	measured := 0
	r := realRuler(t, &measured)
	fits := func(width float32) func(string) bool {
		return func(s string) bool { return fyne.MeasureText(s, kit.SizeBody, fyne.TextStyle{}).Width <= width }
	}
	for _, text := range []string{
		"", "a", "IMG_2209.jpg", "Screenshot 2026-11-23 at 09.40.12.png", "AVAVAVAVAVAVAVAVAVAV", "fi fl ffi affluent official.txt",
		"Ёлка в лесу зимой ночью.jpeg", "Ünïcödé wörds ärè lõng.txt", "e\u0301te\u0301 e\u0301te\u0301 e\u0301te\u0301", "تقرير طويل جدا عن كل شيء.docx",
		"👨‍👩‍👧 family and a long name.png", "日本語のとても長い名前のファイル.png", "spaces    and     more     spaces.txt",
	} {
		for _, width := range []float32{0, 8, 30, 72, 108, 200} {
			got := r.fit(text, width)
			best := kit.Shorten(text, kit.ElideEnd, fits(width))
			if !fits(width)(got) && got != dots {
				t.Errorf("%q in %v: %q does not fit", text, width, got)
			}
			if n, most := utf8.RuneCountInString(got), utf8.RuneCountInString(best); n < most-1 {
				t.Errorf("%q in %v: %q, but %q fits", text, width, got, best)
			}
		}
	}
}

func TestRulerMeasuresLittle(t *testing.T) {
	measured := 0
	r := realRuler(t, &measured)
	long := "Screenshot from 2026-11-23 at 09.40.12, the second one of many.png"
	r.fit(long, 1000) // learns its letters
	measured = 0
	for _, width := range []float32{90, 108, 150, 200} {
		r.fit(long, width)
	}
	if measured > 8 {
		t.Errorf("shortening four times measured %d texts, want two each at most", measured)
	}
}

func TestRulerTakesAnyText(t *testing.T) {
	r := newRuler(func(s string) float32 { return 7 * float32(utf8.RuneCountInString(s)) })
	rapid.Check(t, func(rt *rapid.T) {
		text := kit.PlainName(rapid.String().Draw(rt, "text"))
		width := float32(rapid.IntRange(0, 300).Draw(rt, "width"))
		got := r.fit(text, width)
		if n := utf8.RuneCountInString(got); float32(7*n) > width && got != dots && got != "" {
			rt.Fatalf("%q is %d letters wide in %v", got, n, width)
		}
		if len(r.wide) > maxRulers {
			rt.Fatalf("%d widths are kept", len(r.wide))
		}
	})
}
