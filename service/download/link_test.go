package download

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sluice/service"
)

func linksOf(tb testing.TB, api string) service.Links {
	tb.Helper()
	l, err := service.NewLinks(api)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// write gives what was found on one line: u/ and l/ for targets, ! and the
// reason for what was refused.
func write(p Pasted) string {
	var out []string
	for _, t := range p.Targets {
		if t.Album != "" {
			out = append(out, "l/"+string(t.Album))
			continue
		}
		out = append(out, "u/"+string(t.File))
	}
	for _, r := range p.Refused {
		out = append(out, "!"+r.Err.Value)
	}
	return strings.Join(out, " ")
}

func TestParseLinks(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"nothing here, and/or there":       "",
		"/u/abc":                           "u/abc",
		"u/abc":                            "",
		"/u/a,b,,a":                        "u/a u/b",
		"/l/xyz":                           "l/xyz",
		"/api/file/abc":                    "u/abc",
		"pixeldrain.com/u/abc":             "u/abc",
		"https://pixeldrain.com/u/abc":     "u/abc",
		"http://www.pixeldrain.com/u/abc/": "u/abc",
		"HTTPS://PIXELDRAIN.COM/u/aBc":     "u/aBc",
		"//pixeldrain.com/l/x#item=3":      "l/x",
		"https://pixeldrain.com/api/file/a?download":  "u/a",
		"https://pixeldrain.com/api/file/a,b":         "u/a u/b",
		"https://pixeldrain.com/api/list/q":           "l/q",
		"[a (b)](https://pixeldrain.com/u/-_1)":       "u/-_1",
		`<a href="https://pixeldrain.com/u/x">x</a>`:  "u/x",
		"[url=https://pixeldrain.com/u/x]n[/url]":     "u/x",
		"see pixeldrain.com/u/x, /u/y. And /l/z!":     "u/x u/y l/z",
		"/u/x\r\n/u/y\n\n  /u/x\n":                    "u/x u/y",
		"https://example.com/u/abc":                   "!foreign_link",
		"example.com/u/abc":                           "!foreign_link",
		"https://pixeldrain.com.evil.org/u/abc":       "!foreign_link",
		"https://pixeldrain.com@evil.org/u/abc":       "!foreign_link",
		"https://evil.org/https://pixeldrain.com/u/a": "!foreign_link",
		"https://pixeldrain.com:8443/u/abc":           "!foreign_link",
		"https://example.com":                         "!foreign_link",
		"https://pixeldrain.com":                      "!no_link",
		"https://pixeldrain.com/about":                "!no_link",
		"https://pixeldrain.com/u/":                   "!no_link",
		"https://pixeldrain.com/u/,":                  "!no_link",
		"https://pixeldrain.com/u/a/b":                "!no_link",
		"https://pixeldrain.com/u/a%2Fb":              "!id_invalid",
		"/u/%2e%2e /u/%zz /u/%00":                     "!id_invalid !id_invalid !id_invalid",
		"/usr/bin/env /home/u/abc":                    "",
		"./u/abc a/u/abc":                             "",
		"/U/abc":                                      "",
	} {
		if got := write(ParseLinks(linksOf(t, "https://pixeldrain.com/api"), text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseLinksOfAServiceElsewhere(t *testing.T) {
	links := linksOf(t, "http://127.0.0.1:4321/pd/api")
	for text, want := range map[string]string{
		"http://127.0.0.1:4321/pd/u/a":             "u/a",
		"127.0.0.1:4321/pd/api/file/a":             "u/a",
		"http://127.0.0.1:4321/u/a":                "!foreign_link",
		"http://127.0.0.1:4321/pdx/u/a":            "!foreign_link",
		"https://pixeldrain.com/u/a":               "!foreign_link",
		links.File("ä?#%"):                         "u/ä?#%",
		links.Together([]service.FileID{"a", "b"}): "u/a u/b",
		links.Direct("q"):                          "u/q",
		links.Album("r"):                           "l/r",
	} {
		if got := write(ParseLinks(links, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestReadLinks(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" \r\n\t\n":                    "",
		"abc123":                       "u/abc123",
		"  L8bhwx-_ \r\n":              "u/L8bhwx-_",
		"abc12345,def67890 , _SqVWi12": "u/abc12345 u/def67890 u/_SqVWi12",
		"u/abc":                        "u/abc",
		"u/a,b":                        "u/a u/b",
		"l/abc#item=2":                 "l/abc",
		"api/file/abc?download":        "u/abc",
		"/u/abc":                       "u/abc",
		"pixeldrain.com/u/abc is good": "u/abc",
		"hello, world":                 "!1 no_link",
		"abc12345 def67890":            "!1 no_link",
		"abc12345,":                    "!1 no_link",
		"short":                        "!1 no_link",
		"waytoolongforanid":            "!1 no_link",
		"/home/u/abc":                  "!1 no_link",
		"u/a b":                        "!1 id_invalid",
		"/u/x\nhello\n\nhttps://example.com/u/y\n/u/%00\rhello\nabc12345": "u/x u/abc12345 !2 no_link !4 foreign_link !5 id_invalid",
	} {
		var got []string
		p := ReadLinks(linksOf(t, "https://pixeldrain.com/api"), text)
		if found := write(Pasted{Targets: p.Targets}); found != "" {
			got = append(got, found)
		}
		for _, r := range p.Refused {
			got = append(got, fmt.Sprintf("!%d %s", r.Line, r.Err.Value))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzParseLinks(f *testing.F) {
	for _, text := range []string{"/u/a,b", "https://pixeldrain.com/l/x#item=1", "a b\n/u/%41", "//pixeldrain.com", "http://", "u/", "url=https://pixeldrain.com/u/x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		links := linksOf(t, "https://pixeldrain.com/api")
		found := ParseLinks(links, text)
		seen := map[Target]bool{}
		for _, target := range found.Targets {
			if seen[target] || (target.File == "") == (target.Album == "") {
				t.Fatalf("%q: %+v", text, found)
			}
			seen[target] = true
			// What was found is found again by its own link.
			address := links.File(target.File)
			if target.Album != "" {
				address = links.Album(target.Album)
			}
			if again := ParseLinks(links, address); len(again.Targets) != 1 || again.Targets[0] != target {
				t.Fatalf("%q gives %+v, whose link %q gives %+v", text, target, address, again)
			}
		}
		for _, r := range found.Refused {
			if r.Text == "" || r.Err == nil {
				t.Fatalf("%q: %+v", text, found)
			}
		}
		// What must be links has all that is found among anything, and no line
		// that says something is passed over.
		strict := ReadLinks(links, text)
		for target := range seen {
			if !slices.Contains(strict.Targets, target) {
				t.Fatalf("%q: %+v is not read", text, target)
			}
		}
		if said := strings.TrimSpace(strings.ToValidUTF8(text, " ")); said != "" && len(strict.Targets)+len(strict.Refused) == 0 {
			t.Fatalf("%q is neither read nor refused", text)
		}
	})
}
