package service_test

import (
	"testing"

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
		{service.FormatMarkdown, "[a\\[1\\] <b>.png](https://pixeldrain.com/u/abc123)\n[two lines](https://pixeldrain.com/u/x9)"},
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
