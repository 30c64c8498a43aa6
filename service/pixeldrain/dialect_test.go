package pixeldrain

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// eachDialect runs a test against a service that answers every request with
// the fixture of that name, after check has seen the request.
func eachDialect(t *testing.T, name string, check func(t *testing.T, r *http.Request), test func(t *testing.T, c *Client, dialect string)) {
	t.Helper()
	for _, dialect := range []string{"2020", "2026"} {
		t.Run(dialect, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, password, _ := r.BasicAuth()
				mustEqual(t, "password", password, testKey)
				check(t, r)
				fixture(t, w, dialect, name)
			})
			test(t, c, dialect)
		})
	}
}

// asked checks method and address.
func asked(method, uri string) func(*testing.T, *http.Request) {
	return func(t *testing.T, r *http.Request) {
		t.Helper()
		mustEqual(t, "request", r.Method+" "+r.RequestURI, method+" "+uri)
	}
}

func TestUploadDialects(t *testing.T) {
	const content = "what is in the file"
	check := func(t *testing.T, r *http.Request) {
		t.Helper()
		asked(http.MethodPut, "/api/file/screenshot.png")(t, r)
		mustEqual(t, "length", r.ContentLength, int64(len(content)))
		mustEqual(t, "protocol", r.Proto, "HTTP/1.1")
		mustEqual(t, "Idempotency-Key", len(r.Header["Idempotency-Key"]), 0)
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != content {
			t.Errorf("body %q, %v", got, err)
		}
	}
	eachDialect(t, "put_file", check, func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.Upload(t.Context(), Upload{Name: "screenshot.png", Size: int64(len(content)), Body: strings.NewReader(content)})
		checkUploaded(t, got, err, dialect, content)
	})
}

func TestUploadFormDialects(t *testing.T) {
	const content, name = "what is in\r\nthe file", "a \"b\"\r\nc%.png"
	check := func(t *testing.T, r *http.Request) {
		t.Helper()
		asked(http.MethodPost, "/api/file")(t, r)
		var whole bytes.Buffer
		r.Body = io.NopCloser(io.TeeReader(r.Body, &whole))
		parts, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		first, err := parts.NextRawPart()
		if err != nil {
			t.Error(err)
			return
		}
		text, _ := io.ReadAll(first)
		mustEqual(t, "first part", first.FormName()+"="+string(text), "name="+name)
		second, err := parts.NextRawPart()
		if err != nil {
			t.Error(err)
			return
		}
		text, _ = io.ReadAll(second)
		mustEqual(t, "second part", second.FormName()+"="+string(text), "file="+content)
		if _, err := parts.NextRawPart(); err != io.EOF {
			t.Errorf("after the file: %v", err)
		}
		drain(r)
		mustEqual(t, "length", r.ContentLength, int64(whole.Len()))
	}
	eachDialect(t, "post_file", check, func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.UploadForm(t.Context(), Upload{Name: name, Size: int64(len(content)), Body: strings.NewReader(content)})
		checkUploaded(t, got, err, dialect, content)
	})
}

func checkUploaded(t *testing.T, got Uploaded, err error, dialect, content string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "id", got.ID, "abc123")
	mustEqual(t, "hash", got.SHA256Sent, sha256Of(content))
	if dialect == "2020" {
		mustEqual(t, "file", got.File, service.File{ID: "abc123"})
		return
	}
	mustEqual(t, "name", got.File.Name, "screenshot.png")
	mustEqual(t, "service's hash", got.File.SHA256, emptyHash)
}

func TestInfoDialects(t *testing.T) {
	eachDialect(t, "info", asked(http.MethodGet, "/api/file/abc123/info"), func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.Info(t.Context(), "abc123")
		if err != nil {
			t.Fatal(err)
		}
		wanted := service.File{
			ID: "abc123", Name: "screenshot.png", Size: 5694837, Views: 1234, Downloads: 1235,
			BandwidthUsed: 1234567890, BandwidthUsedPaid: 1234567891, MIME: "image/png",
			Uploaded:      time.Date(2020, 2, 4, 18, 34, 5, 706801000, time.UTC),
			LastView:      time.Date(2020, 2, 4, 18, 34, 5, 706801000, time.UTC),
			ThumbnailHref: "/file/abc123/thumbnail", SHA256: emptyHash, CanEdit: true,
		}
		if dialect == "2026" {
			wanted.Name, wanted.Size, wanted.MIME = "Film.mkv", 107374182400, "video/x-matroska"
			wanted.Uploaded = time.Date(2026, 2, 4, 17, 34, 5, 0, time.UTC)
			wanted.LastView = time.Date(2026, 2, 5, 18, 34, 5, 706801123, time.UTC)
			wanted.Availability, wanted.AvailabilityMessage = "file_rate_limited_captcha_required", "Too many downloads."
		}
		got.Uploaded, got.LastView = got.Uploaded.UTC(), got.LastView.UTC()
		mustEqual(t, "file", got, wanted)
		full, err := c.Resolve(got.ThumbnailHref)
		if err != nil || full != c.APIURL()+"/file/abc123/thumbnail" {
			t.Errorf("thumbnail at %q, %v", full, err)
		}
	})
}

func TestInfosDialects(t *testing.T) {
	eachDialect(t, "infos", asked(http.MethodGet, "/api/file/abc123,gone,def456/info"), func(t *testing.T, c *Client, _ string) {
		t.Helper()
		got, err := c.Infos(t.Context(), []service.FileID{"abc123", "gone", "def456"})
		if err != nil || len(got) != 2 {
			t.Fatalf("got %v, %v", got, err)
		}
		mustEqual(t, "order", got[0].Name+" "+got[1].Name, "first second")
	})
}

func TestDeleteDialects(t *testing.T) {
	eachDialect(t, "delete", asked(http.MethodDelete, "/api/file/abc123"), func(t *testing.T, c *Client, _ string) {
		t.Helper()
		if err := c.Delete(t.Context(), "abc123"); err != nil {
			t.Error(err)
		}
	})
}

func TestCreateAlbumDialects(t *testing.T) {
	check := func(t *testing.T, r *http.Request) {
		t.Helper()
		asked(http.MethodPost, "/api/list")(t, r)
		mustEqual(t, "type", r.Header.Get("Content-Type"), "application/json")
		var got any
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		text, _ := json.Marshal(got)
		mustEqual(t, "body", string(text), `{"anonymous":true,"files":[{"description":"First","id":"abc123"},{"id":"123abc"}],"title":"My \u0026 photos"}`)
	}
	eachDialect(t, "create_list", check, func(t *testing.T, c *Client, _ string) {
		t.Helper()
		id, err := c.CreateAlbum(t.Context(), service.NewAlbum{
			Title: "My & photos", Anonymous: true,
			Files: []service.AlbumEntry{{ID: "abc123", Description: "First"}, {ID: "123abc"}},
		})
		if err != nil || id != "yay137" {
			t.Errorf("got %q, %v", id, err)
		}
	})
}

func TestAlbumDialects(t *testing.T) {
	eachDialect(t, "list", asked(http.MethodGet, "/api/list/L8bhwx"), func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.Album(t.Context(), "L8bhwx")
		if err != nil || len(got.Files) != 2 {
			t.Fatalf("got %v, %v", got, err)
		}
		mustEqual(t, "title", got.Title, "Rust in Peace")
		mustEqual(t, "count", got.Count, 2)
		mustEqual(t, "ours", got.CanEdit, dialect == "2026")
		mustEqual(t, "created", got.Created.UTC().Format(time.DateTime), dialect+"-02-04 18:34:13")
		first, second := got.Files[0], got.Files[1]
		mustEqual(t, "uploaded", first.Uploaded.UTC().Format(time.DateTime), dialect+"-02-04 18:34:13")
		mustEqual(t, "never seen", first.LastView.IsZero(), true)
		mustEqual(t, "names", first.Name+", "+second.Name, "01 Holy Wars... The Punishment Due.mp3, 02 Hangar 18.mp3")
		mustEqual(t, "description", second.Description, "the second")
		mustEqual(t, "a file that is gone", second.Availability == "not_found", dialect == "2020")
	})
}

func TestUserFilesDialects(t *testing.T) {
	eachDialect(t, "user_files", asked(http.MethodGet, "/api/user/files"), func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.Files(t.Context())
		if err != nil || len(got) != 2 {
			t.Fatalf("got %v, %v", got, err)
		}
		mustEqual(t, "first", got[0].Name+" "+got[0].Uploaded.UTC().Format(time.DateTime), "one "+dialect+"-02-04 18:34:05")
		mustEqual(t, "second", got[1].Name, "two")
	})
}

func TestUserListsDialects(t *testing.T) {
	eachDialect(t, "user_lists", asked(http.MethodGet, "/api/user/lists"), func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.Albums(t.Context())
		if err != nil || len(got) != 2 {
			t.Fatalf("got %v, %v", got, err)
		}
		mustEqual(t, "first", string(got[0].ID)+" "+got[0].Title, "yay137 Photos")
		counts := map[string][2]int{"2020": {0, 1}, "2026": {318, 9}}
		mustEqual(t, "counts", [2]int{got[0].Count, got[1].Count}, counts[dialect])
	})
}

func TestUserDialects(t *testing.T) {
	eachDialect(t, "user", asked(http.MethodGet, "/api/user"), func(t *testing.T, c *Client, dialect string) {
		t.Helper()
		got, err := c.User(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wanted := service.User{}
		if dialect == "2026" {
			wanted = service.User{
				Known: true, Name: "anna", CanUpload: true, Plan: "Prepaid", FileSizeLimit: 100_000_000_000,
				StorageSpace: service.Unlimited, StorageUsed: 48123456789, FileCount: 1204,
			}
		}
		mustEqual(t, "user", got, wanted)
	})
}

func TestUserOfOtherServices(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		text   string
		want   service.User
	}{
		"405":        {http.StatusMethodNotAllowed, ``, service.User{}},
		"501":        {http.StatusNotImplemented, `<html>`, service.User{}},
		"only name":  {http.StatusOK, `{"username":"x"}`, service.User{Known: true, Name: "x", CanUpload: true, FileSizeLimit: -1, StorageSpace: -1}},
		"no uploads": {http.StatusOK, `{"can_upload":false,"subscription":{}}`, service.User{Known: true, FileSizeLimit: -1, StorageSpace: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, answer.status, answer.text) })
			got, err := c.User(t.Context())
			if err != nil || got != answer.want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}
