package kit

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// upTo says that a text fits when it has at most n characters.
func upTo(n int) func(string) bool {
	return func(s string) bool { return utf8.RuneCountInString(s) <= n }
}

func TestShorten(t *testing.T) {
	for _, test := range []struct {
		text string
		how  Elide
		room int
		want string
	}{
		{"short.png", ElideMiddle, 9, "short.png"},
		{"short.png", ElideNot, 3, "short.png"},
		{"Screenshot from 2026-11-23 09-41-12.png", ElideMiddle, 20, "Screenshot…1-12.png"},
		{"dataset-version-3.tar.zst", ElideMiddle, 18, "datas…on-3.tar.zst"},
		{"Checking the server’s SHA-256", ElideEnd, 12, "Checking th…"},
		{"Checking the server", ElideEnd, 10, "Checking…"}, // no blank before the dots
		{"a.verylongextension", ElideMiddle, 8, "a.v…sion"},
		{"/home/anna/Pictures/Screenshots", ElidePath, 40, "/home/anna/Pictures/Screenshots"},
		{"/home/anna/Pictures/Screenshots", ElidePath, 24, "…/Pictures/Screenshots"},
		{"~/Pictures/Screenshots", ElidePath, 12, "~/Pictu…hots"}, // not even the last folder fits
		{"/", ElidePath, 0, "…"},
		{"anything", ElideMiddle, 0, "…"},
		{"", ElideEnd, 0, ""},
	} {
		if got := Shorten(test.text, test.how, upTo(test.room)); got != test.want {
			t.Errorf("%q in %d characters is %q, want %q", test.text, test.room, got, test.want)
		}
	}
}

func TestShortenKeepsWhatBelongsTogether(t *testing.T) {
	family := "👨\u200d👩\u200d👧"
	for room := range 12 {
		got := Shorten(strings.Repeat(family, 2)+"e\u0301nd.txt", ElideMiddle, upTo(room))
		if strings.Contains(got, "\u200d…") || strings.Contains(got, "…\u200d") || strings.Contains(got, "…\u0301") {
			t.Errorf("in %d characters a letter or picture is cut: %q", room, got)
		}
	}
}

func TestShortenFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		room := rapid.IntRange(1, 40).Draw(t, "room")
		how := rapid.SampledFrom([]Elide{ElideEnd, ElideMiddle, ElidePath}).Draw(t, "how")
		got := Shorten(text, how, upTo(room))
		if !upTo(room)(got) {
			t.Fatalf("%q does not fit %d", got, room)
		}
		if upTo(room)(text) && got != text {
			t.Fatalf("%q fits, but became %q", text, got)
		}
	})
}

func TestPlainName(t *testing.T) {
	for name, want := range map[string]string{
		"Füße & 100% #1?.png": "Füße & 100% #1?.png",
		"a\nb\tc":             "a␣b␣c",
		"evil\u202egnp.exe":   "evil␣gnp.exe",
		"x\u2066y":            "x␣y",
		"bad\xffbyte":         "bad␣byte",
		"日本語 🎉 עברית":         "日本語 🎉 עברית",
	} {
		if got := PlainName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	head, tail := wrapAt("Server busy (503): next try", upTo(18))
	if head != "Server busy (503):" || tail != "next try" {
		t.Errorf("%q, %q", head, tail)
	}
	for text, want := range map[string][2]string{
		"unbreakable":     {"unb", "reakable"},     // within a word that is longer than a line
		"e\u0301\u0323nd": {"e\u0301\u0323", "nd"}, // never within a letter
		"ab cdefgh":       {"ab", "cdefgh"},
		"漢字仮名交じり":         {"漢字仮", "名交じり"},
	} {
		if head, tail = wrapAt(text, upTo(3)); head != want[0] || tail != want[1] {
			t.Errorf("%q becomes %q and %q", text, head, tail)
		}
	}
	if head, tail = wrapAt("unbreakable", upTo(0)); head != "" || tail != "unbreakable" {
		t.Errorf("in no room: %q, %q", head, tail)
	}
}
