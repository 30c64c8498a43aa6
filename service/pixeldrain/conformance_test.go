package pixeldrain_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// walk is one walk over every method against a sandbox of one dialect.
type walk struct {
	*testing.T
	s    *sandbox.Server
	c    *pixeldrain.Client
	is20 bool
}

func client(t *testing.T, s *sandbox.Server, key string) *pixeldrain.Client {
	t.Helper()
	c, err := pixeldrain.New(pixeldrain.Config{APIURL: s.APIURL(), Key: key, Workers: 4, RootCAs: s.CertPool()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// eachSandbox runs a test against both dialects, plain and over TLS.
func eachSandbox(t *testing.T, test func(w walk)) {
	t.Helper()
	for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
		for name, secure := range map[string]bool{"plain": false, "tls": true} {
			t.Run(time.Date(dialect, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006 ")+name, func(t *testing.T) {
				s := sandboxtest.New(t, func(cfg *sandbox.Config) {
					cfg.Dialect, cfg.TLS, cfg.Key = dialect, secure, sandboxtest.Key
					cfg.MaxFileSize = 100 << 20
				})
				test(walk{T: t, s: s, c: client(t, s, sandboxtest.Key), is20: dialect == sandbox.Dialect2020})
			})
		}
	}
}

func (w walk) fails(err error, kind service.Kind, value string) {
	w.Helper()
	e, ok := errors.AsType[*service.Error](err)
	if !ok || e.Kind != kind || e.Value != value {
		w.Errorf("got %v, want %v (%s)", err, kind, value)
	}
}

// missing is the value of what is not there.
func (w walk) missing(what string) string {
	if w.is20 {
		return what + "_not_found"
	}
	return "not_found"
}

func (w walk) upload(name string, content []byte) service.FileID {
	w.Helper()
	got, err := w.c.Upload(w.Context(), pixeldrain.Upload{Name: name, Size: int64(len(content)), Body: bytes.NewReader(content)})
	if err != nil {
		w.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if got.SHA256Sent != hex.EncodeToString(sum[:]) {
		w.Errorf("%s: sent %s", name, got.SHA256Sent)
	}
	if w.is20 != (got.File == service.File{ID: got.ID}) || !w.is20 && got.File.SHA256 != got.SHA256Sent {
		w.Errorf("%s: the service tells %+v", name, got.File)
	}
	return got.ID
}

func TestConformanceFiles(t *testing.T) {
	eachSandbox(t, func(w walk) {
		content := bytes.Repeat([]byte("sluice "), 300_000) // large enough to wait to be asked for it
		id := w.upload("big & \"odd\" #1?.bin", content)
		small := w.upload("small.txt", []byte("x"))
		formed, err := w.c.UploadForm(w.Context(), pixeldrain.Upload{Name: "a/b\n.txt", Size: 4, Body: strings.NewReader("form")})
		if err != nil {
			w.Fatal(err)
		}

		f, err := w.c.Info(w.Context(), id)
		if err != nil || f.Name != "big & \"odd\" #1?.bin" || f.Size != int64(len(content)) || len(f.SHA256) != 64 || f.Uploaded.IsZero() || !f.CanEdit {
			w.Errorf("info: %+v, %v", f, err)
		}
		files, err := w.c.Infos(w.Context(), []service.FileID{small, "nothing1", id, formed.ID})
		if err != nil || len(files) != 3 || files[0].ID != small || files[2].Name != "a/b\n.txt" {
			w.Errorf("infos: %+v, %v", files, err)
		}
		files, err = w.c.Infos(w.Context(), []service.FileID{"nothing1", "nothing2"})
		if err != nil || len(files) != 0 {
			w.Errorf("infos of nothing: %+v, %v", files, err)
		}
		w.get(id, pixeldrain.GetOptions{}, content)
		w.get(id, pixeldrain.GetOptions{Attachment: true}, content)
		w.get(id, pixeldrain.GetOptions{Offset: 1_000_000, Length: 7}, content[1_000_000:1_000_007])
		w.get(id, pixeldrain.GetOptions{Offset: 2_000_000}, content[2_000_000:])
		w.get(formed.ID, pixeldrain.GetOptions{}, []byte("form"))
		_, err = w.c.Get(w.Context(), small, pixeldrain.GetOptions{Offset: 5})
		if e, ok := errors.AsType[*service.Error](err); !ok || e.Status != http.StatusRequestedRangeNotSatisfiable {
			w.Errorf("behind the end: %v", err)
		}

		all, err := w.c.Files(w.Context())
		if err != nil || len(all) != 3 {
			w.Errorf("files: %+v, %v", all, err)
		}
		if err := w.c.Delete(w.Context(), small); err != nil {
			w.Error(err)
		}
		_, err = w.c.Info(w.Context(), small)
		w.fails(err, service.NotFound, w.missing("file"))
		w.fails(w.c.Delete(w.Context(), small), service.NotFound, w.missing("file"))
		_, err = w.c.Get(w.Context(), small, pixeldrain.GetOptions{})
		w.fails(err, service.NotFound, w.missing("file"))
	})
}

func (w walk) get(id service.FileID, opt pixeldrain.GetOptions, want []byte) {
	w.Helper()
	d, err := w.c.Get(w.Context(), id, opt)
	if err != nil {
		w.Error(err)
		return
	}
	got, err := io.ReadAll(d.Body)
	if err != nil || !bytes.Equal(got, want) || d.Offset != opt.Offset {
		w.Errorf("get %+v: %d bytes at %d, %v", opt, len(got), d.Offset, err)
	}
	if err := d.Body.Close(); err != nil {
		w.Error(err)
	}
}

func TestConformanceAlbums(t *testing.T) {
	eachSandbox(t, func(w walk) {
		one, two := w.upload("one", []byte("1")), w.upload("two", []byte("22"))
		id, err := w.c.CreateAlbum(w.Context(), service.NewAlbum{
			Title: "Fotos & <mehr>", Files: []service.AlbumEntry{{ID: two, Description: "zwei"}, {ID: one}},
		})
		if err != nil {
			w.Fatal(err)
		}
		a, err := w.c.Album(w.Context(), id)
		if err != nil || a.Title != "Fotos & <mehr>" || a.Count != 2 || a.Created.IsZero() || len(a.Files) != 2 {
			w.Fatalf("album: %+v, %v", a, err)
		}
		if a.Files[0].ID != two || a.Files[0].Description != "zwei" || a.Files[1].Name != "one" || a.Files[1].Uploaded.IsZero() {
			w.Errorf("its files: %+v", a.Files)
		}
		if _, err := w.c.CreateAlbum(w.Context(), service.NewAlbum{Anonymous: true, Files: []service.AlbumEntry{{ID: one}}}); err != nil {
			w.Error(err)
		}
		albums, err := w.c.Albums(w.Context())
		if err != nil || len(albums) != 1 || albums[0].ID != id || albums[0].Title != "Fotos & <mehr>" {
			w.Errorf("albums: %+v, %v", albums, err)
		}
		_, err = w.c.Album(w.Context(), "nothing")
		w.fails(err, service.NotFound, w.missing("list"))
		_, err = w.c.CreateAlbum(w.Context(), service.NewAlbum{Files: []service.AlbumEntry{{ID: "nothing"}}})
		w.fails(err, service.NotFound, "list_file_not_found")
	})
}

func TestConformanceThumbnails(t *testing.T) {
	eachSandbox(t, func(w walk) {
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
			w.Fatal(err)
		}
		id, text := w.upload("p.png", picture.Bytes()), w.upload("t.txt", []byte("words"))
		for size, side := range map[int]int{0: 256, 16: 16, 128: 128, 256: 256} {
			if w.is20 {
				side = min(side, service.MaxThumbnail)
			}
			got, err := w.c.Thumbnail(w.Context(), id, size, size)
			if err != nil {
				w.Error(err)
				continue
			}
			cfg, err := png.DecodeConfig(bytes.NewReader(got.Data))
			if err != nil || cfg.Width != side || got.Icon || got.MIME != "image/png" {
				w.Errorf("thumbnail of %d: %d wide, %+v, %v", size, cfg.Width, got.Icon, err)
			}
		}
		got, err := w.c.Thumbnail(w.Context(), text, 64, 64)
		if err != nil || got.MIME != "image/png" || w.is20 && !got.Icon {
			w.Errorf("icon: %+v, %v", got, err)
		}
		_, err = w.c.Thumbnail(w.Context(), "nothing", 64, 64)
		w.fails(err, service.NotFound, w.missing("file"))
	})
}

func TestConformanceUser(t *testing.T) {
	eachSandbox(t, func(w walk) {
		w.upload("a", []byte("12345"))
		u, err := w.c.User(w.Context())
		if err != nil || !w.is20 && (!u.Known || !u.CanUpload || u.FileSizeLimit != 100<<20) {
			w.Errorf("user: %+v, %v", u, err)
		}
		if !w.c.HasKey() {
			w.Error("no key")
		}
		for name, stranger := range map[string]*pixeldrain.Client{"wrong": client(w.T, w.s, "wrong-key"), "none": client(w.T, w.s, "")} {
			value := map[string]string{"wrong": "authentication_failed", "none": "authentication_required"}[name]
			_, err := stranger.Files(w.Context())
			w.fails(err, service.Unauthorized, value)
			_, err = stranger.Upload(w.Context(), pixeldrain.Upload{Name: "x", Size: 5 << 20, Body: bytes.NewReader(make([]byte, 5<<20))})
			w.fails(err, service.Unauthorized, value)
			_, err = stranger.CreateAlbum(w.Context(), service.NewAlbum{Files: []service.AlbumEntry{{ID: "x"}}})
			w.fails(err, service.Unauthorized, value)
		}
	})
}

// zeros is a file of any size without memory.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

func TestConformanceRefusals(t *testing.T) {
	eachSandbox(t, func(w walk) {
		large := pixeldrain.Upload{Name: "large", Size: 101 << 20, Body: zeros{}}
		_, err := w.c.Upload(w.Context(), large)
		w.fails(err, service.TooLarge, "file_too_large")
		if failed, ok := errors.AsType[*pixeldrain.UploadError](err); !ok || failed.Sent != 0 {
			w.Errorf("%d bytes were sent of a file that is too large", failed.Sent)
		}
		_, err = w.c.UploadForm(w.Context(), large)
		w.fails(err, service.TooLarge, "file_too_large")

		medium := pixeldrain.Upload{Name: "medium", Size: 7 << 20, Body: zeros{}}
		for _, fault := range []sandbox.Fault{
			{Kind: sandbox.RefuseEarly, Value: "user_out_of_space", Status: http.StatusBadRequest},
			{Kind: sandbox.RefuseMidBody, Value: "user_out_of_space", Status: http.StatusBadRequest, After: 3 << 20},
		} {
			w.s.Inject(fault)
			_, err = w.c.Upload(w.Context(), medium)
			w.fails(err, service.QuotaExceeded, "user_out_of_space")
		}
		w.s.Inject(sandbox.Fault{Kind: sandbox.LostAnswer})
		_, err = w.c.Upload(w.Context(), medium)
		w.fails(err, service.Offline, service.ReasonUnknownOutcome)
		w.s.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: http.StatusServiceUnavailable, HTML: true, RetryAfter: 7 * time.Second, After: sandbox.WholeBody})
		_, err = w.c.Upload(w.Context(), medium)
		w.fails(err, service.Server, service.ReasonHTML)
		if e, ok := errors.AsType[*service.Error](err); !ok || e.RetryAfter != 7*time.Second {
			w.Errorf("asked to wait: %v", err)
		}
		w.s.Inject(sandbox.Fault{Kind: sandbox.CutBody, After: 3 << 20})
		large.Size = 90 << 20 // more than connections hold back
		_, err = w.c.Upload(w.Context(), large)
		failed, ok := errors.AsType[*pixeldrain.UploadError](err)
		if !ok || failed.Err.Kind != service.Offline || failed.Unknown() {
			w.Errorf("cut: %v", err)
		}
	})
}
