package sandbox_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"path"
	"runtime"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func files(n int) func(*sandbox.Config) { return func(c *sandbox.Config) { c.Files = n } }

func TestMadeUpFilesAreWhatTheySay(t *testing.T) {
	srv := sandboxtest.New(t, files(400))
	seen, read := map[string]int{}, map[string]int{}
	for _, f := range srv.Files() {
		seen[path.Ext(strings.ToLower(f.Name))]++
		if f.Size > 1<<20 && read[f.MIME] >= 2 {
			continue
		}
		read[f.MIME]++
		content, err := srv.Content(f.ID)
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.Sum256(content)
		if int64(len(content)) != f.Size || hex.EncodeToString(hash[:]) != f.SHA256 {
			t.Errorf("%s (%s): %d bytes with %x, told %d with %s", f.Name, f.MIME, len(content), hash, f.Size, f.SHA256)
		}
		if got := http.DetectContentType(content); f.MIME != got {
			t.Errorf("%s is told to be %s, but it is %s", f.Name, f.MIME, got)
		}
		checkFormat(t, f, content)
	}
	for _, ext := range []string{".jpg", ".png", ".gif", ".mp4", ".mp3", ".pdf", ".txt", ".zip", ".bin"} {
		if seen[ext] == 0 {
			t.Errorf("no %s among %v", ext, seen)
		}
	}
}

// checkFormat reads a file in its format. Pictures must show the file's id.
func checkFormat(t *testing.T, f service.File, content []byte) {
	t.Helper()
	in := bytes.NewReader(content)
	switch f.MIME {
	case "image/png":
		img, err := png.Decode(in)
		if err != nil || sandbox.PictureID(img) != f.ID {
			t.Errorf("%s: picture of another file, or %v", f.Name, err)
		}
	case "image/gif":
		img, err := gif.Decode(in)
		if err != nil || sandbox.PictureID(img) != f.ID {
			t.Errorf("%s: picture of another file, or %v", f.Name, err)
		}
	case "image/jpeg":
		img, err := jpeg.Decode(in)
		if err != nil || sandbox.PictureID(img) != f.ID {
			t.Errorf("%s: picture of another file, or %v", f.Name, err)
		}
	case "application/zip":
		z, err := zip.NewReader(in, f.Size)
		if err != nil || len(z.File) != 1 {
			t.Fatalf("%s: %v", f.Name, err)
		}
		r, err := z.File[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMadeUpFilesSurviveAnAccountOfAnySize(t *testing.T) {
	few, many := sandboxtest.New(t, files(50)).Files(), sandboxtest.New(t, files(3000)).Files()
	ids := map[service.FileID]bool{}
	for i, f := range many {
		ids[f.ID] = true
		if i < len(few) && few[i] != f {
			t.Errorf("file %d differs with the size of the account: %+v, %+v", i, few[i], f)
		}
		if f.Uploaded.After(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) || f.LastView.Before(f.Uploaded) && !f.LastView.IsZero() {
			t.Errorf("dates of %s: %v, %v", f.ID, f.Uploaded, f.LastView)
		}
	}
	if len(ids) != 3000 {
		t.Errorf("3000 files have %d ids", len(ids))
	}
}

func TestManyMadeUpFilesStartAtOnce(t *testing.T) {
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	srv := sandboxtest.New(t, files(n))
	started := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if started > 3*time.Second || grown > 16<<20 {
		t.Errorf("start took %v, memory grew by %d KiB", started, grown>>10)
	}
	if got := call(t, srv).do(http.StatusOK, http.MethodGet, "/user", "").json(t)["file_count"]; got != float64(n) {
		t.Errorf("the account has %v files", got)
	}
}

func TestListingHasEveryMadeUpFile(t *testing.T) {
	srv := sandboxtest.New(t, files(2000))
	c := call(t, srv)
	gone := srv.Files()[7].ID
	c.do(http.StatusOK, http.MethodDelete, "/file/"+string(gone), "")
	upload := c.put("mine", "x")
	var list struct {
		Files []struct {
			ID   service.FileID `json:"id"`
			Hash string         `json:"hash_sha256"`
		} `json:"files"`
	}
	a := c.do(http.StatusOK, http.MethodGet, "/user/files", "")
	if err := json.Unmarshal(a.body, &list); err != nil {
		t.Fatal(err)
	}
	listed := map[service.FileID]string{}
	for _, f := range list.Files {
		listed[f.ID] = f.Hash
	}
	if len(listed) != 2000 || len(list.Files) != 2000 || listed[gone] != "" || listed[upload] != sum("x") {
		t.Errorf("%d entries, %d ids; deleted: %q, uploaded: %q", len(list.Files), len(listed), listed[gone], listed[upload])
	}
	for _, f := range srv.Files() {
		if listed[f.ID] != f.SHA256 {
			t.Errorf("%s is listed with %s, has %s", f.ID, listed[f.ID], f.SHA256)
		}
	}
}

func BenchmarkFirstListing100k(b *testing.B) {
	for b.Loop() {
		srv := sandboxtest.New(b, files(100_000))
		a := call(b, srv).do(http.StatusOK, http.MethodGet, "/user/files", "")
		b.ReportMetric(float64(len(a.body)), "answer-bytes")
		if err := srv.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
