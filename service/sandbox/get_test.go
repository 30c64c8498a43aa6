package sandbox_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func TestRanges(t *testing.T) {
	srv := sandboxtest.New(t, files(1))
	c := call(t, srv)
	made := srv.Files()[0]
	content, err := srv.Content(made.ID)
	if err != nil {
		t.Fatal(err)
	}
	upload := strings.Repeat("0123456789", 100)
	for id, want := range map[service.FileID]string{c.put("a", upload): upload, made.ID: string(content)} {
		path, n := "/file/"+string(id), len(want)
		whole := c.do(http.StatusOK, http.MethodGet, path, "")
		if string(whole.body) != want || whole.header.Get("Accept-Ranges") != "bytes" {
			t.Errorf("%s: the whole file is not what was kept", id)
		}
		etag := whole.header.Get("ETag")
		for r, part := range map[string]string{
			"bytes=0-9": want[:10], "bytes=5-": want[5:], "bytes=-3": want[n-3:], fmt.Sprintf("bytes=%d-", n-1): want[n-1:],
			"bytes=7-100000000000": want[7:],
		} {
			a := c.do(http.StatusPartialContent, http.MethodGet, path, "", "Range", r, "If-Range", etag)
			if string(a.body) != part || !strings.HasSuffix(a.header.Get("Content-Range"), fmt.Sprintf("/%d", n)) {
				t.Errorf("%s of %s: %d bytes, %s", r, id, len(a.body), a.header.Get("Content-Range"))
			}
		}
		c.do(http.StatusRequestedRangeNotSatisfiable, http.MethodGet, path, "", "Range", fmt.Sprintf("bytes=%d-", n))
		if a := c.do(http.StatusOK, http.MethodGet, path, "", "Range", "bytes=1-2", "If-Range", `"other"`); len(a.body) != n {
			t.Errorf("a changed file gave %d bytes", len(a.body))
		}
		c.do(http.StatusNotModified, http.MethodGet, path, "", "If-None-Match", etag)
		head := c.do(http.StatusOK, http.MethodHead, path, "")
		if len(head.body) != 0 || head.header.Get("Content-Length") != fmt.Sprint(n) {
			t.Errorf("HEAD: %v", head.header)
		}
	}
}

func TestDownloadsCarryNameAndType(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	for _, name := range []string{"a.txt", "Füße & 100% #1?.txt", `q"u\o.txt`, "猫.txt"} {
		path := "/file/" + string(c.put(name, "text"))
		for query, kind := range map[string]string{"": "inline", "?download": "attachment", "?download=1": "attachment"} {
			a := c.do(http.StatusOK, http.MethodGet, path+query, "")
			got, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
			if err != nil || got != kind || params["filename"] != name {
				t.Errorf("%q%s: %s", name, query, a.header.Get("Content-Disposition"))
			}
			if a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("%q: type %s", name, a.header.Get("Content-Type"))
			}
		}
	}
}

func TestViewsAndDownloadsCountOncePerAddress(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	srv := sandboxtest.New(t, files(20), func(c *sandbox.Config) { c.Now = func() time.Time { return at } })
	c := call(t, srv)
	for _, id := range []service.FileID{c.put("a", "0123456789"), srv.Files()[3].ID} {
		before, err := srv.File(id)
		if err != nil {
			t.Fatal(err)
		}
		path := "/file/" + string(id)
		for range 2 {
			c.do(http.StatusOK, http.MethodHead, path, "")
			c.do(http.StatusPartialContent, http.MethodGet, path, "", "Range", "bytes=1-5")
		}
		if f, err := srv.File(id); err != nil || f.Views != before.Views || f.Downloads != before.Downloads || f.BandwidthUsed != before.BandwidthUsed+10 {
			t.Errorf("parts and headers count as %+v, before %+v, %v", f, before, err)
		}
		for range 3 {
			c.do(http.StatusOK, http.MethodGet, path, "")
			c.do(http.StatusOK, http.MethodGet, path+"?download", "")
			c.do(http.StatusOK, http.MethodGet, "^/u/"+string(id), "")
		}
		f, err := srv.File(id)
		if err != nil || f.Views != before.Views+1 || f.Downloads != before.Downloads+1 || f.BandwidthUsed != before.BandwidthUsed+10+6*f.Size {
			t.Errorf("counted %+v, before %+v, %v", f, before, err)
		}
		if !f.LastView.Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("last view at %v", f.LastView)
		}
	}
}

func TestDatesByDialect(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	for name, want := range map[string][2]string{
		"2020": {"2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:00.123456Z"},
		"2026": {"2026-03-01T12:00:00.123Z", "0001-01-01T00:00:00Z"},
	} {
		c := call(t, sandboxtest.New(t, dialect(dialects()[name]), func(c *sandbox.Config) { c.Now = func() time.Time { return at } }))
		info := c.do(http.StatusOK, http.MethodGet, "/file/"+string(c.put("a", "x"))+"/info", "").json(t)
		if info["date_upload"] != want[0] || info["date_last_view"] != want[1] {
			t.Errorf("%s: %v, %v", name, info["date_upload"], info["date_last_view"])
		}
	}
}

func TestObstacleSparesTheOwner(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Accounts = []string{"other"} })
	c := call(t, srv)
	id := c.put("a", "x")
	const value = "file_rate_limited_captcha_required"
	if err := srv.SetObstacle(id, value, "Solve a captcha."); err != nil {
		t.Fatal(err)
	}
	path := "/file/" + string(id)
	c.do(http.StatusOK, http.MethodGet, path, "")
	for _, key := range []string{"", "other"} {
		c.as(key).refused(http.StatusForbidden, value, http.MethodGet, path, "")
		c.as(key).refused(http.StatusForbidden, value, http.MethodGet, path+","+path[6:], "")
		info := c.as(key).do(http.StatusOK, http.MethodGet, path+"/info", "").json(t)
		if info["availability"] != value || info["can_download"] != false || info["availability_message"] != "Solve a captcha." {
			t.Errorf("info is %v", info)
		}
	}
	if err := srv.SetObstacle(id, "unavailable_for_legal_reasons", ""); err != nil {
		t.Fatal(err)
	}
	c.as("").refused(http.StatusUnavailableForLegalReasons, "unavailable_for_legal_reasons", http.MethodGet, path, "")
	if err := srv.SetObstacle(id, "", ""); err != nil {
		t.Fatal(err)
	}
	c.as("").do(http.StatusOK, http.MethodGet, path, "")
	if err := srv.SetObstacle("missing0", value, ""); err == nil {
		t.Error("a missing file got an obstacle")
	}
}

func TestZipOfFiles(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	one, two, three := c.put("a.txt", "one"), c.put("a.txt", "two"), c.put("../b/c", "three")
	ids := fmt.Sprintf("%s,%s,missing0,%s", one, two, three)
	album := c.do(http.StatusCreated, http.MethodPost, "/list", fmt.Sprintf(`{"files":[{"id":%q},{"id":%q},{"id":%q}]}`, one, two, three)).json(t)["id"]
	for _, path := range []string{"/file/" + ids + "?download", fmt.Sprintf("/list/%s/zip", album)} {
		body := c.do(http.StatusOK, http.MethodGet, path, "").body
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f.Name+"="+string(b))
		}
		if want := "a.txt=one a (2).txt=two .._b_c=three"; strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", path, got, want)
		}
	}
	c.refused(http.StatusNotFound, "not_found", http.MethodGet, "/file/missing0,missing1", "")
	c.refused(http.StatusNotFound, "not_found", http.MethodGet, "/list/missing0/zip", "")
}

func TestDiscardedContentsCannotBeDownloaded(t *testing.T) {
	dir := t.TempDir()
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Discard, c.Dir = true, dir })
	c := call(t, srv)
	id := c.put("a.png", "content")
	if f, err := srv.File(id); err != nil || f.SHA256 != sum("content") || f.Size != 7 {
		t.Errorf("kept %+v, %v", f, err)
	}
	c.refused(http.StatusInternalServerError, "internal", http.MethodGet, "/file/"+string(id), "")
	c.do(http.StatusOK, http.MethodGet, "/file/"+string(id)+"/thumbnail", "")
	if got := contentsBelow(t, dir); len(got) != 0 {
		t.Errorf("on disk: %v", got)
	}
}
