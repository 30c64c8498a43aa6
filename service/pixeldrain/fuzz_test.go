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
		for _, read := range readers() { //nolint:bodyclose // each answer is closed below
			resp := answerOf(http.StatusOK, text)
			files, err := read(resp)
			_ = resp.Body.Close()
			if err != nil {
				checkUnreadable(t, c.unreadable("fuzz", u, http.StatusOK, err))
				continue
			}
			for i := range files {
				checkFile(t, &files[i])
			}
		}
		checkListing(t, text)
		resp := answerOf(http.StatusTeapot, text)
		e := c.refusal("fuzz", u, resp)
		_ = resp.Body.Close()
		if e.Status != http.StatusTeapot || len(e.Value) > 64 || len(e.Error()) > 1000 || !utf8.ValidString(e.Value) {
			t.Fatalf("refused as %v", e)
		}
	})
}

// readers gives what reads successes.
func readers() []func(*http.Response) ([]service.File, error) {
	return []func(*http.Response) ([]service.File, error){
		func(resp *http.Response) ([]service.File, error) {
			f, err := readUploaded(resp)
			return []service.File{f}, err
		},
		func(resp *http.Response) ([]service.File, error) {
			var many oneOrMany
			return nil, decode(resp, maxInfos, &many)
		},
		func(resp *http.Response) ([]service.File, error) {
			var user wireUser
			return nil, decode(resp, maxSmall, &user)
		},
		func(resp *http.Response) ([]service.File, error) {
			album, err := readAlbum(resp)
			return album.Files, err
		},
		func(resp *http.Response) ([]service.File, error) { return nil, confirmed(resp) },
		func(resp *http.Response) ([]service.File, error) { return streamed(resp.Body) },
	}
}

func streamed(r io.Reader) (files []service.File, err error) {
	s := newStream(http.Header{}, r, maxEntry)
	err = s.each("files", func() error {
		file, err := s.file()
		files = append(files, file)
		return err
	}, func(string, json.RawMessage) error { return nil })
	return files, err
}

// checkListing compares streaming with decoding the whole.
func checkListing(t *testing.T, text []byte) {
	t.Helper()
	files, err := streamed(bytes.NewReader(text))
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
		_, err := streamed(bytes.NewReader(whole[:n]))
		if bad, ok := errors.AsType[*answerError](err); !ok || bad.reason != service.ReasonCutAnswer {
			t.Fatalf("cut after %d: %v", n, err)
		}
	}
}
