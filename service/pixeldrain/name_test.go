package pixeldrain

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/service"
)

func hostileNames() []string {
	return []string{
		"plain.txt", "two words.txt", " leading and trailing ", "100%.txt", "a%2Fb.txt", "%", "%%", "%zz", "a/b", "/", "//", "a//b",
		"#hash", "what?.txt", "?a=b&c=d", "a+b", "a&b=c", `"quoted"`, "'single'", "back\\slash", "ends\\", `"`, "new\nline", "tab\there", "cr\r\nlf",
		"emoji 🦦🏳️‍🌈.png", "עברית.txt", "\u202ereversed", "Füße & 100% #1?.png", "nfd e\u0301", "日本語", ".", "..", "...", "../x", "a/../b",
		".hidden", "semi;colon", "com,ma", "co:lon", "<html>", "{brace}", "[bracket]", "|pipe", "~tilde", "*star", "@at", "$dollar",
		"nul\x00byte", "\x7f", "\u2028", strings.Repeat("a", 255), strings.Repeat("🦦", 255), strings.Repeat("%", 255),
	}
}

func TestNamesArriveExactly(t *testing.T) {
	var path, form string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			form = r.FormValue("name")
			answerJSON(w, http.StatusOK, `{"success":true,"id":"x"}`)
			return
		}
		path = r.URL.Path
		if n := strings.Count(r.URL.EscapedPath(), "/"); n != 3 {
			t.Errorf("%q was sent as %d segments", path, n)
		}
		drain(r)
		answerJSON(w, http.StatusCreated, `{"id":"x"}`)
	})
	for _, name := range hostileNames() {
		u := Upload{Name: name, Size: 1, Body: strings.NewReader("x")}
		if _, err := c.Upload(t.Context(), u); err != nil || path != "/api/file/"+name {
			t.Errorf("PUT: %q arrived as %q, %v", name, path, err)
		}
		if _, err := c.UploadForm(t.Context(), u); err != nil || form != name {
			t.Errorf("POST: %q arrived as %q, %v", name, form, err)
		}
	}
}

func TestNamesRefused(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	for name, reason := range map[string]string{
		"":                                  service.ReasonNameInvalid,
		"\xff":                              service.ReasonNameInvalid,
		strings.Repeat("a", 256):            service.ReasonNameTooLong,
		strings.Repeat("é", 255) + "\u0301": service.ReasonNameTooLong,
	} {
		_, err := c.Upload(t.Context(), Upload{Name: name, Size: 1, Body: strings.NewReader("x")})
		kind := service.Invalid
		if reason == service.ReasonNameTooLong {
			kind = service.TooLarge
		}
		want(t, err, kind, reason)
	}
}

func FuzzName(f *testing.F) {
	for _, name := range hostileNames() {
		f.Add(name)
	}
	c, err := New(Config{APIURL: "https://example.org/base%2Fpath/api"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	f.Fuzz(func(t *testing.T, name string) {
		sent := c.address("/file/" + escape(name))
		line := sent.RequestURI()
		if strings.ContainsFunc(line, func(r rune) bool { return r <= ' ' || r >= utf8.RuneSelf }) {
			t.Fatalf("%q makes the request line %q", name, line)
		}
		got, err := url.ParseRequestURI(line) // as servers do
		if err != nil {
			t.Fatal(err)
		}
		rest, ok := strings.CutPrefix(got.EscapedPath(), "/base%2Fpath/api/file/")
		if !ok || strings.Contains(rest, "/") || rest == "." || rest == ".." {
			t.Fatalf("%q becomes %q", name, got.EscapedPath())
		}
		if plain, err := url.PathUnescape(rest); err != nil || plain != name {
			t.Fatalf("%q arrives as %q, %v", name, plain, err)
		}
		if sent.String() == "" || got.RawQuery != "" {
			t.Fatalf("%q becomes %q", name, got)
		}
		if !utf8.ValidString(name) || name == "" {
			return
		}
		checkForm(t, name)
	})
}

// checkForm reads the form of a name as a server does.
func checkForm(t *testing.T, name string) {
	t.Helper()
	form, err := newForm(name)
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(form.contentType)
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(joined(form.head, strings.NewReader("content"), form.tail), params["boundary"])
	for _, wanted := range []string{"name=" + name, "file=content"} {
		part, err := r.NextRawPart()
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		text, err := io.ReadAll(part)
		if err != nil || part.FormName()+"="+string(text) != wanted {
			t.Fatalf("%q arrives as %s=%q, %v", name, part.FormName(), text, err)
		}
		if isFile := part.FileName() != ""; isFile != strings.HasPrefix(wanted, "file=") {
			t.Fatalf("%q: the part %s has the file name %q", name, part.FormName(), part.FileName())
		}
	}
}
