package service_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sluice/service"
)

func links(t *testing.T, api string) service.Links {
	t.Helper()
	l, err := service.NewLinks(api)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWriteFormats(t *testing.T) {
	l := links(t, "https://pixeldrain.com/api/")
	files := []service.LinkTarget{{ID: "abc123", Name: "a[1] <b>.png", Size: 42}, {ID: "x9", Name: "two\nlines"}}
	for _, c := range []struct {
		format service.LinkFormat
		want   string
	}{
		{service.FormatAddress, "https://pixeldrain.com/u/abc123\nhttps://pixeldrain.com/u/x9"},
		{service.FormatDirect, "https://pixeldrain.com/api/file/abc123\nhttps://pixeldrain.com/api/file/x9"},
		{service.FormatMarkdown, "[a\\[1\\] \\<b\\>.png](https://pixeldrain.com/u/abc123)\n[two lines](https://pixeldrain.com/u/x9)"},
		{service.FormatHTML, `<a href="https://pixeldrain.com/u/abc123">a[1] &lt;b&gt;.png</a>` + "\n" + `<a href="https://pixeldrain.com/u/x9">two lines</a>`},
		{service.FormatBBCode, "[url=https://pixeldrain.com/u/abc123]a[1] <b>.png[/url]\n[url=https://pixeldrain.com/u/x9]two lines[/url]"},
		{service.FormatNamed, "a[1] <b>.png https://pixeldrain.com/u/abc123\ntwo lines https://pixeldrain.com/u/x9"},
		{service.FormatTogether, "https://pixeldrain.com/u/abc123,x9"},
		{service.FormatTemplate, "abc123|42|a[1] <b>.png\nx9|0|two lines"},
		{"no such format", "https://pixeldrain.com/u/abc123\nhttps://pixeldrain.com/u/x9"},
	} {
		if got := l.Write(c.format, "{id}|{size}|{name}", files); got != c.want {
			t.Errorf("%s: got %q, want %q", c.format, got, c.want)
		}
	}
}

func TestHostileNamesInLinks(t *testing.T) {
	l := links(t, "https://pixeldrain.com/api")
	for _, c := range []struct {
		format     service.LinkFormat
		name, want string
	}{
		{service.FormatMarkdown, "](http://evil.example) ![x](y)", `[\](http://evil.example) !\[x\](y)](https`},
		{service.FormatMarkdown, "a_b __c__ *d* `e` ~f~ a|b &lt; <img src=x>", "[a_b \\_\\_c\\_\\_ \\*d\\* \\`e\\` \\~f\\~ a\\|b \\&lt; \\<img src=x\\>]("},
		{service.FormatBBCode, "[/url][img]x[/img]", "](/url)(img)x(/img)[/url]"},
		{service.FormatBBCode, "[2026] report", "][2026] report[/url]"},
		{service.FormatHTML, `"><script>alert('1')</script>`, ">&#34;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;</a>"},
		{service.FormatNamed, "exe\u202egpj\u2066.\x00\x1b[31m\xff\u2028\v\u0085x", "exegpj.[31m\uFFFD x https"},
		{service.FormatTemplate, "{url} {name}", "-{url} {name}-"},
	} {
		got := l.Write(c.format, "-{name}-", []service.LinkTarget{{ID: "a", Name: c.name}})
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is written as %q, want %q", c.format, c.name, got, c.want)
		}
	}
	if got, want := l.Together([]service.FileID{"../a,b", "c)d\n"}), "https://pixeldrain.com/u/..%2Fa%2Cb,c%29d%0A"; got != want {
		t.Errorf("ids are written as %q, want %q", got, want)
	}
}

func TestLinksOfOtherServices(t *testing.T) {
	for api, want := range map[string]string{
		"https://pixeldrain.com/api":     "https://pixeldrain.com/l/yay137",
		"http://127.0.0.1:4711/api":      "http://127.0.0.1:4711/l/yay137",
		"https://files.example/pd/api":   "https://files.example/pd/l/yay137",
		"https://u:p@files.example/api?": "https://files.example/l/yay137",
	} {
		if got := links(t, api).Album("yay137"); got != want {
			t.Errorf("%s: got %s, want %s", api, got, want)
		}
	}
	for _, bad := range []string{"", "pixeldrain.com", "://", "/api", "http://%zz", "ftp://files.example/api"} {
		if _, err := service.NewLinks(bad); err == nil {
			t.Errorf("%q was taken for a service address", bad)
		}
	}
}

// FuzzWrite: whatever a file is called, a line is what its format says, and
// shows the name.
func FuzzWrite(f *testing.F) {
	for _, name := range []string{"a.png", "](x)", "[/url][b]", "<b>&lt;", "\u202e\x00\n", "a_b\\", "\xff`*"} {
		f.Add(name)
	}
	l, err := service.NewLinks("https://pixeldrain.com/api")
	if err != nil {
		f.Fatal(err)
	}
	const page = "https://pixeldrain.com/u/id"
	f.Fuzz(func(t *testing.T, name string) {
		write := func(format service.LinkFormat) string {
			got := l.Write(format, "{name}", []service.LinkTarget{{ID: "id", Name: name}})
			if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || strings.ContainsAny(got, "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069") {
				t.Fatalf("%s: %q is no plain line", format, got)
			}
			return got
		}
		between := func(format service.LinkFormat, begin, end string) string {
			got := write(format)
			text, begins := strings.CutPrefix(got, begin)
			text, ends := strings.CutSuffix(text, end)
			if !begins || !ends {
				t.Fatalf("%s: %q", format, got)
			}
			return text
		}
		plain := write(service.FormatTemplate)
		if named := write(service.FormatNamed); named != plain+" "+page {
			t.Fatalf("%q and %q", named, plain)
		}
		label := between(service.FormatHTML, `<a href="`+page+`">`, "</a>")
		if strings.ContainsAny(label, `<>"'`) || html.UnescapeString(label) != plain {
			t.Fatalf("%q for %q", label, plain)
		}
		label = between(service.FormatMarkdown, "[", "]("+page+")")
		if bare := regexp.MustCompile(`\\[[:punct:]]`).ReplaceAllString(label, ""); strings.ContainsAny(bare, "\\[]<>`*~|&") {
			t.Fatalf("%q for %q", label, plain)
		}
		label = between(service.FormatBBCode, "[url="+page+"]", "[/url]")
		if regexp.MustCompile(`\[[a-zA-Z/*]`).MatchString(label) || utf8.RuneCountInString(label) != utf8.RuneCountInString(plain) {
			t.Fatalf("%q for %q", label, plain)
		}
	})
}
