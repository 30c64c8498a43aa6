package pixeldrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/service"
)

// answerOf makes an answer of a text, as it comes from the transport.
func answerOf(status int, text []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(text))}
}

// FuzzAnswer decodes foreign texts as every kind of answer. Whatever comes, it
// ends in a file that makes sense or in an error that names its reason.
func FuzzAnswer(f *testing.F) {
	seeds, err := filepath.Glob("testdata/20*/*.json")
	if err != nil || len(seeds) < 20 {
		f.Fatal(seeds, err)
	}
	for _, path := range seeds {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{"", "<html>", `{"success":false,"value":"multiple_errors","errors":[{"value":"x"}]}`, `{"files":null}`, `[{}]`, "\ufeff<"} {
		f.Add([]byte(text))
	}
	c, err := New(Config{APIURL: "https://example.org/api"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(c.Close)
	u := c.address("/x")
	f.Fuzz(func(t *testing.T, text []byte) {
		check := func(err error, files ...service.File) {
			t.Helper()
			if err != nil {
				checkUnreadable(t, c.unreadable("fuzz", u, http.StatusOK, err))
				return
			}
			for i := range files {
				checkFile(t, &files[i])
			}
		}
		var one wireFile
		if err := decode(answerOf(200, text), maxSmall, &one); err != nil {
			check(err)
		} else {
			file, err := one.file()
			check(err, file)
		}
		var many oneOrMany
		check(decode(answerOf(200, text), maxInfos, &many))
		var user wireUser
		check(decode(answerOf(200, text), maxSmall, &user))
		album, err := readAlbum(answerOf(200, text))
		check(err, album.Files...)
		check(confirmed(answerOf(200, text)))
		fuzzListing(t, text, check)

		e := c.refusal("fuzz", u, answerOf(http.StatusTeapot, text))
		if e.Status != http.StatusTeapot || len(e.Value) > 64 || len(e.Error()) > 1000 || !utf8.ValidString(e.Value) {
			t.Fatalf("refused as %v", e)
		}
	})
}

func fuzzListing(t *testing.T, text []byte, check func(error, ...service.File)) {
	t.Helper()
	var files []service.File
	s := newStream(http.Header{}, bytes.NewReader(text), maxEntry)
	err := s.each("files", func() error {
		file, err := s.file()
		files = append(files, file)
		return err
	}, func(string, json.RawMessage) error { return nil })
	check(err, files...)
	if err != nil || bytes.Count(bytes.ToLower(text), []byte("files")) != 1 {
		return
	}
	var whole struct {
		Files []wireFile `json:"files"`
	}
	if err := json.Unmarshal(text, &whole); err != nil || len(whole.Files) != len(files) {
		t.Fatalf("streamed %d files, decoded %d, %v", len(files), len(whole.Files), err)
	}
}

func checkUnreadable(t *testing.T, e *service.Error) {
	t.Helper()
	switch e.Value {
	case service.ReasonHTML, service.ReasonEmptyAnswer, service.ReasonCutAnswer, service.ReasonBadAnswer, service.ReasonHugeAnswer:
		return
	}
	if plainValue(e.Value) != e.Value || e.Value == "" {
		t.Fatalf("%v has no reason", e)
	}
}

func checkFile(t *testing.T, f *service.File) {
	t.Helper()
	if f.ID == "" || f.Size < 0 || f.SHA256 != "" && len(f.SHA256) != 64 || f.MIME != strings.ToLower(f.MIME) {
		t.Fatalf("made %+v", f)
	}
	if y := f.Uploaded.Year(); y < 1 || !f.Uploaded.IsZero() && y == 1 {
		t.Fatalf("uploaded %v", f.Uploaded)
	}
}

func TestCutAnywhere(t *testing.T) {
	text, err := os.ReadFile("testdata/2026/user_files.200.json")
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.TrimSpace(text)
	for n := 1; n < len(whole); n++ {
		s := newStream(http.Header{}, bytes.NewReader(whole[:n]), maxEntry)
		err := s.each("files", func() error { _, err := s.file(); return err }, func(string, json.RawMessage) error { return nil })
		if bad, ok := errors.AsType[*answerError](err); !ok || bad.reason != service.ReasonCutAnswer {
			t.Fatalf("cut after %d: %v", n, err)
		}
	}
}
