package gui

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/storage"
)

func TestDroppedPaths(t *testing.T) {
	for path, want := range map[string]string{
		"/home/me/Füße & 100% #1?.png":             "/home/me/Füße & 100% #1?.png",
		"/home/me/a b+c%20.txt":                    "/home/me/a b+c%20.txt",
		"/home/me/https:/example.com/x.png":        "https://example.com/x.png",
		"/home/me/http:/example.com:8080/x?y=1#z":  "http://example.com:8080/x?y=1#z",
		"/home/me/https:/localhost/x":              "https://localhost/x",
		"/home/me/my https:/notes":                 "/home/me/my https:/notes",
		"/home/me/https:/notes":                    "/home/me/https:/notes", // a folder with a strange name
		"/home/me/ftp:/ftp.example.com/pub/README": "ftp://ftp.example.com/pub/README",
	} {
		u := storage.NewFileURI(path)
		if got := pathOf(u.Scheme(), u.Path(), u.String()); got != filepath.FromSlash(want) && got != want {
			t.Errorf("%s was dropped, %s is taken, want %s", path, got, want)
		}
	}
	if got := pathOf("https", "/x.png", "https://example.com/x.png"); got != "https://example.com/x.png" {
		t.Errorf("an address became %s", got)
	}
}

func TestClipboardPaths(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           {},
		"hello":                      nil,
		"/tmp/a.txt":                 {"/tmp/a.txt"},
		"/tmp/a b.txt\n/tmp/c.txt\n": {"/tmp/a b.txt", "/tmp/c.txt"},
		"file:///tmp/F%C3%BC%C3%9Fe%20%231%3F+x.png\r\n":      {"/tmp/Füße #1?+x.png"},
		"x-special/nautilus-clipboard\ncopy\nfile:///tmp/a\n": {"/tmp/a"},
		"cut\nfile://host/tmp/a":                              {"/tmp/a"},
		`"/tmp/quoted file"`:                                  {"/tmp/quoted file"},
		"https://example.com/x.png":                           {"https://example.com/x.png"},
		"/tmp/a\nand some words":                              nil,
		"relative/path":                                       nil,
		"see https://example.com/x.png for more":              nil,
		"file:":                                               nil,
		"file:///tmp/%zz":                                     nil,
		strings.Repeat("/tmp/x\n", 3):                         {"/tmp/x", "/tmp/x", "/tmp/x"},
		"https://example.com/a b":                             nil,
	} {
		if got := clipboardPaths(text); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func FuzzClipboardPaths(f *testing.F) {
	f.Add("file:///tmp/a\n/tmp/b")
	f.Add("https://example.com/x")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range clipboardPaths(text) {
			if address, ok := webAddress(p); !filepath.IsAbs(p) && (!ok || address != p) {
				t.Errorf("%q gives %q", text, p)
			}
		}
	})
}
