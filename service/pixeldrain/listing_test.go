package pixeldrain

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sluice/service"
)

func TestInfosOfMany(t *testing.T) {
	calls := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		var list []map[string]any
		text, err := url.PathUnescape(strings.TrimSuffix(strings.TrimPrefix(r.URL.EscapedPath(), "/api/file/"), "/info"))
		if err != nil {
			t.Error(err)
		}
		ids := strings.Split(text, ",")
		if len(ids) > service.MaxInfoIDs || len(r.RequestURI) > 5000 {
			t.Errorf("asked for %d in %d bytes", len(ids), len(r.RequestURI))
		}
		for _, id := range ids {
			if !strings.HasPrefix(id, "gone") {
				list = append(list, map[string]any{"id": id, "name": "n" + id, "size": 1})
			}
		}
		switch len(list) {
		case 0:
			answerJSON(w, http.StatusNotFound, `{"success":false,"value":"not_found"}`)
			return
		case 1:
			if len(ids) == 1 {
				_ = json.NewEncoder(w).Encode(list[0])
				return
			}
		}
		_ = json.NewEncoder(w).Encode(list)
	})
	ids := make([]service.FileID, 0, 1000)
	for i := range 250 {
		ids = append(ids, service.FileID(fmt.Sprintf("f%04d", i)))
	}
	for i := range 120 {
		ids = append(ids, service.FileID(fmt.Sprintf("gone%d", i)))
	}
	ids = append(ids, "f0007", "f0003") // again
	for i := range 10 {
		ids = append(ids, service.FileID(strings.Repeat("long", 250)+fmt.Sprint(i)))
	}
	ids = append(ids, "f+?#/ 9")
	got, err := c.Infos(t.Context(), ids)
	if err != nil || len(got) != 261 {
		t.Fatalf("got %d files, %v", len(got), err)
	}
	for i := range 250 {
		mustEqual(t, "order", got[i].ID, ids[i])
	}
	mustEqual(t, "last", got[260].Name, "nf+?#/ 9")
	mustEqual(t, "calls", calls, 7)
	if got, err := c.Infos(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("none: %v, %v", got, err)
	}
}

func TestInfosNotFoundPage(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusNotFound, "<html>") })
	got, err := c.Infos(t.Context(), []service.FileID{"a"})
	if err != nil || len(got) != 0 { // it is told to be JSON
		t.Errorf("got %v, %v", got, err)
	}
	c = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<html>not this server")
	})
	_, err = c.Infos(t.Context(), []service.FileID{"a"})
	want(t, err, service.NotFound, service.ReasonHTML)
}

func writeListing(w io.Writer, n int) {
	const tail = `,"views":1,"bandwidth_used":12345,"downloads":3,"date_upload":"2026-02-04T18:34:05.706801Z",` +
		`"date_last_view":"2026-02-04T18:34:05.706801Z","mime_type":"image/png","hash_sha256":"` + emptyHash +
		`","can_edit":true,"availability":"","availability_message":"","abuse_type":""}`
	b := bufio.NewWriterSize(w, 256<<10)
	_, _ = b.WriteString(`{"files":[`)
	for i := range n {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		id := strconv.Itoa(i)
		_, _ = b.WriteString(`{"id":"id` + id + `","name":"Bildschirmfoto ` + id + `.png","size":` + id + tail)
	}
	_, _ = b.WriteString(`]}`)
	_ = b.Flush()
}

func TestFilesStream(t *testing.T) {
	const files = 100_000
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeListing(w, files) })
	measure := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var n, peak int64
	before := measure()
	err := c.EachFile(t.Context(), func(f service.File) error {
		if f.Size != n || f.SHA256 != emptyHash {
			return fmt.Errorf("file %d is %+v", n, f)
		}
		n++
		if n%(files/4) == 0 {
			peak = max(peak, measure()-before)
		}
		return nil
	})
	if err != nil || n != files {
		t.Fatalf("got %d files, %v", n, err)
	}
	if peak > 8<<20 {
		t.Errorf("%d bytes of memory for a stream", peak)
	}
}

func TestFilesPacked(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mustEqual(t, "accepted", r.Header.Get("Accept-Encoding"), "gzip")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		writeListing(z, 100)
		_ = z.Close()
	})
	if got, err := c.Files(t.Context()); err != nil || len(got) != 100 {
		t.Errorf("got %d files, %v", len(got), err)
	}
}

func TestEachFileEndsEarly(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeListing(w, 1000) })
	enough := errors.New("enough")
	n := 0
	err := c.EachFile(t.Context(), func(service.File) error {
		n++
		if n == 10 {
			return enough
		}
		return nil
	})
	if err != enough || n != 10 { //nolint:errorlint // it has to come back as it is
		t.Errorf("got %v after %d", err, n)
	}
}

func TestListingShapes(t *testing.T) {
	for text, files := range map[string]int{
		`{"files":null}`: 0,
		`{"files":[]}`:   0,
		`{"success":true,"x":{"files":[1,2]},"files":[{"id":"a","success":true}],"y":[[]],"z":null}`: 1,
		" \n{ \"files\" : [ {\"id\":\"a\"} , {\"id\":\"b\"} ] } \n ":                                 2,
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, text) })
		got, err := c.Files(t.Context())
		if err != nil || len(got) != files {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		`{}`, `[]`, `{"files":{}}`, `{"files":[null]}`, `{"files":[[]]}`, `{"files":[{"id":"a"}]} trailing`, `{"files":[{"name":"a"},5,"x",{"id":7}]}`,
		`{"files":[{"id":"a"} {"id":"b"}]}`, `null`, `"x"`,
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, text) })
		_, err := c.Files(t.Context())
		want(t, err, service.Internal, service.ReasonBadAnswer)
	}
}

// One odd file takes the others with it no more than odd fields take the file.
func TestOddFilesAreListedAsFarAsTheyGo(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, `{"files":[{"name":"no id"},null,[],7,"x",{"id":{}},
			{"id":"a","size":-1,"views":-2,"downloads":-3,"bandwidth_used":-4,"name":"a"},{"id":"b","size":1e40,"name":"b","views":"12"},{"id":"c","size":"7","name":{"x":[1]}},
			{"id":"d","size":9007199254740993,"name":"d","date_upload":"yesterday","date_last_view":12,"hash_sha256":[],"can_edit":"yes"},
			{"id":"d","name":null}]}`)
	})
	got, err := c.Files(t.Context())
	want := []service.File{{ID: "a", Name: "a"}, {ID: "b", Name: "b"}, {ID: "c"}, {ID: "d", Name: "d", Size: 1<<53 + 1}, {ID: "d"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAlbumLimits(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	one := []service.AlbumEntry{{ID: "a"}}
	for value, album := range map[string]service.NewAlbum{
		"cannot_create_empty_list": {},
		"too_many_files":           {Files: make([]service.AlbumEntry, 10_001)},
		"title_too_long":           {Title: strings.Repeat("ü", 301), Files: one},
		"description_too_long":     {Files: []service.AlbumEntry{{ID: "a", Description: strings.Repeat("ü", 3001)}}},
	} {
		kind := service.TooLarge
		if len(album.Files) == 0 {
			kind = service.Invalid
		}
		_, err := c.CreateAlbum(t.Context(), album)
		want(t, err, kind, value)
	}
	_, err := c.CreateAlbum(t.Context(), service.NewAlbum{Files: []service.AlbumEntry{{}}})
	want(t, err, service.Invalid, service.ReasonIDInvalid)
}

func TestLargestAlbum(t *testing.T) {
	longest := strings.Repeat("ü", service.MaxDescriptionLength)
	var sent bytes.Buffer
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent.Reset()
		_, _ = sent.ReadFrom(r.Body)
		answerJSON(w, http.StatusCreated, `{"success":true,"id":"big"}`)
	})
	album := service.NewAlbum{Title: strings.Repeat("ü", service.MaxTitleLength)}
	for i := range service.MaxAlbumFiles {
		text := ""
		if i%100 == 99 {
			text = longest
		}
		album.Files = append(album.Files, service.AlbumEntry{ID: service.FileID(fmt.Sprint("f", i)), Description: text})
	}
	if id, err := c.CreateAlbum(t.Context(), album); err != nil || id != "big" {
		t.Fatal(id, err)
	}
	body := bytes.Replace(sent.Bytes(), []byte(`{"title"`), []byte(`{"id":"big","title"`), 1)
	c = serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	got, err := c.Album(t.Context(), "big")
	if err != nil || got.Count != service.MaxAlbumFiles || got.Files[9999].Description != longest {
		t.Errorf("got %d files, %v", got.Count, err)
	}
}
