package download

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestSafeName(t *testing.T) {
	long, dir := strings.Repeat("ä", 200), t.TempDir()
	for name, want := range map[string]string{
		"holiday.jpg":                          "holiday.jpg",
		"":                                     "file",
		" . .. ":                               "file",
		"..":                                   "file",
		"../../etc/passwd":                     "__.._etc_passwd",
		`..\..\windows\win.ini`:                "__.._windows_win.ini",
		"/":                                    "_",
		"AC/DC.mp3":                            "AC_DC.mp3",
		`a<b>c:d"e|f?g*h`:                      "a_b_c_d_e_f_g_h",
		"line\nbreak\x00\x1b[2J.txt":           "line_break__[2J.txt",
		"\u202Egpj.exe":                        "gpj.exe",
		"a\u2066b\u200Ec.txt":                  "abc.txt",
		"con":                                  "_con",
		"Con.tar.gz":                           "_Con.tar.gz",
		"aux .txt":                             "_aux .txt",
		"COM¹":                                 "_COM¹",
		"lpt9.x":                               "_lpt9.x",
		"com10":                                "com10",
		"console.txt":                          "console.txt",
		"NUL\u200D":                            "_NUL",
		"trailing. . ":                         "trailing",
		" leading":                             "leading",
		".bashrc":                              "_bashrc",
		"..hidden.txt":                         "_hidden.txt",
		"\u200B.hidden":                        "_hidden",
		". con":                                "_ con",
		"e\u0301.txt":                          "é.txt",
		"\xff\xfe":                             "_",
		"👩‍👩‍👧.png":                            "👩‍👩‍👧.png",
		"日本語.txt":                              "日本語.txt",
		long + ".jpeg":                         strings.Repeat("ä", 125) + ".jpeg",
		long + ".tar.gz":                       strings.Repeat("ä", 124) + ".tar.gz",
		"x." + long:                            "x." + strings.Repeat("ä", 126),
		"conx" + strings.Repeat("\u0301", 300): "_con",
		strings.Repeat(".", 300) + "x":         "_x",
		long:                                   strings.Repeat("ä", 127),
	} {
		got := SafeName(name)
		if got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
		if err := os.WriteFile(filepath.Join(dir, got), nil, 0o600); err != nil {
			t.Error(err)
		}
	}
}

func TestNumberedAndPartNames(t *testing.T) {
	long := strings.Repeat("日", 100) + ".tar.gz"
	for _, c := range []struct {
		name string
		n    int
		want string
	}{
		{"a.jpg", 0, "a.jpg"},
		{"a.jpg", 1, "a (1).jpg"},
		{"a.tar.gz", 12, "a (12).tar.gz"},
		{"a", 2, "a (2)"},
		{".bashrc", 2, ".bashrc (2)"},
		{SafeName(long), 3, strings.Repeat("日", 81) + " (3).tar.gz"},
	} {
		if got := numbered(c.name, c.n); got != c.want {
			t.Errorf("numbered(%q, %d) = %q, want %q", c.name, c.n, got, c.want)
		}
	}
	if got := partName("a.jpg", "token"); got != "a.jpg.token.part" {
		t.Error(got)
	}
	if got := partName(SafeName(long), "token"); len(got) > 255 || !strings.HasSuffix(got, ".tar.gz.token.part") {
		t.Error(got)
	}
}

func FuzzSafeName(f *testing.F) {
	for _, name := range []string{
		"a.txt", "../..", "CON.", "\u202Ea", "e\u0301", "<\u0338", "x.tar.gz", strings.Repeat("e\u0301\u0301", 90), "a\u00AD\u0301",
		strings.Repeat("\u0301", 300), strings.Repeat(".", 300), "COM1" + strings.Repeat(" ", 300) + ".x", strings.Repeat("\u200D", 300) + "x",
		strings.Repeat("a ", 200), "." + strings.Repeat("b", 300) + ".c",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := SafeName(name)
		for _, got := range []string{safe, numbered(safe, 1), numbered(safe, 12345), partName(safe, "0123456789abc")} {
			switch {
			case got == "" || len(got) > 255 || !utf8.ValidString(got):
				t.Fatalf("%q: %d bytes", got, len(got))
			case got == "." || got == ".." || filepath.Base(got) != got || !filepath.IsLocal(got):
				t.Fatalf("%q is no single part of a path", got)
			case strings.ContainsAny(got, `<>:"/\|?*`) || strings.ContainsFunc(got, unicode.IsControl):
				t.Fatalf("%q has forbidden characters", got)
			case strings.HasSuffix(got, ".") || strings.HasSuffix(got, " ") || strings.HasPrefix(got, " "):
				t.Fatalf("%q has unfit ends", got)
			case strings.ContainsAny(got, "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200E\u200F\u061C"):
				t.Fatalf("%q turns text around", got)
			case reserved(got):
				t.Fatalf("%q is a device", got)
			case got[0] == '.':
				t.Fatalf("%q is hidden", got)
			}
		}
		if again := SafeName(safe); again != safe {
			t.Fatalf("%q becomes %q", safe, again)
		}
		if !norm.NFC.IsNormalString(safe) {
			t.Fatalf("%q is not normalised", safe)
		}
	})
}
