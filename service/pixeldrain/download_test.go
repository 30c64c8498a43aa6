package pixeldrain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
)

const stored = "0123456789abcdefghijklmnopqrstuvwxyz"

func serveStored(t *testing.T) *Client {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		mustEqual(t, "Accept-Encoding", r.Header.Get("Accept-Encoding"), "identity")
		mustEqual(t, "path", r.URL.EscapedPath(), "/api/file/a%20b")
		if _, ok := r.URL.Query()["download"]; ok {
			w.Header().Set("Content-Disposition", "attachment")
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Content-Type", "Text/Plain; charset=utf-8")
		http.ServeContent(w, r, "", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), strings.NewReader(stored))
	})
}

func TestGet(t *testing.T) {
	c := serveStored(t)
	n := int64(len(stored))
	for name, g := range map[string]struct {
		opt  GetOptions
		body string
		want Download
	}{
		"whole":        {GetOptions{}, stored, Download{Size: n, Length: n}},
		"attachment":   {GetOptions{Attachment: true}, stored, Download{Size: n, Length: n}},
		"middle":       {GetOptions{Offset: 10, Length: 5}, "abcde", Download{Size: n, Offset: 10, Length: 5, Partial: true}},
		"first byte":   {GetOptions{Length: 1}, "0", Download{Size: n, Length: 1, Partial: true}},
		"to the end":   {GetOptions{Offset: 30}, "uvwxyz", Download{Size: n, Offset: 30, Length: 6, Partial: true}},
		"over the end": {GetOptions{Offset: 30, Length: 99}, "uvwxyz", Download{Size: n, Offset: 30, Length: 6, Partial: true}},
		"unchanged":    {GetOptions{Offset: 30, IfRange: `"v1"`}, "uvwxyz", Download{Size: n, Offset: 30, Length: 6, Partial: true}},
		"changed":      {GetOptions{Offset: 30, IfRange: `"v0"`}, stored, Download{Size: n, Length: n}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := c.Get(t.Context(), "a b", g.opt)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(d.Body)
			if err != nil || string(body) != g.body || d.Body.Close() != nil {
				t.Errorf("got %q, %v", body, err)
			}
			got := *d
			got.Body = nil
			g.want.ETag, g.want.MIME, g.want.Modified = `"v1"`, "text/plain", got.Modified
			mustEqual(t, "download", got, g.want)
			mustEqual(t, "modified", got.Modified.Format(time.DateTime), "2026-01-02 03:04:05")
		})
	}
}

func TestGetBehindTheEnd(t *testing.T) {
	_, err := serveStored(t).Get(t.Context(), "a b", GetOptions{Offset: 36})
	mustEqual(t, "status", wanted(t, err, service.Invalid, "").Status, http.StatusRequestedRangeNotSatisfiable)
}

func TestGetNonsense(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	for _, opt := range []GetOptions{{Offset: -1}, {Length: -1}} {
		_, err := c.Get(t.Context(), "a", opt)
		want(t, err, service.Invalid, "")
	}
	for _, id := range []service.FileID{"", "a,b"} {
		_, err := c.Get(t.Context(), id, GetOptions{})
		want(t, err, service.Invalid, service.ReasonIDInvalid)
		_, err = c.Info(t.Context(), id)
		want(t, err, service.Invalid, service.ReasonIDInvalid)
		_, err = c.Infos(t.Context(), []service.FileID{"a", id})
		want(t, err, service.Invalid, service.ReasonIDInvalid)
		_, err = c.Thumbnail(t.Context(), id, 0, 0)
		want(t, err, service.Invalid, service.ReasonIDInvalid)
		_, err = c.Album(t.Context(), service.AlbumID(id))
		want(t, err, service.Invalid, service.ReasonIDInvalid)
		want(t, c.Delete(t.Context(), id), service.Invalid, service.ReasonIDInvalid)
	}
}

// TestGetOtherRanges lets a service send ranges that nobody asked for: the file
// has to come from its start.
func TestGetOtherRanges(t *testing.T) {
	for _, contentRange := range []string{
		"", "bytes", "bytes 0-4/36", "bytes 11-15/36", "bytes 10-20/36", "bytes 10-9/36", "bytes 10-40/36", "items 10-14/36",
		"bytes 10-14/x", "bytes -10-14/36", "bytes 10-13/36",
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") == "" {
				_, _ = io.WriteString(w, stored)
				return
			}
			w.Header().Set("Content-Range", contentRange)
			w.Header().Set("Content-Length", "5")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, "abcde")
		})
		d, err := c.Get(t.Context(), "a", GetOptions{Offset: 10, Length: 5})
		if err != nil {
			t.Errorf("%q: %v", contentRange, err)
			continue
		}
		body, err := io.ReadAll(d.Body)
		if err != nil || string(body) != stored || d.Offset != 0 || d.Partial {
			t.Errorf("%q: got %q at %d, %v", contentRange, body, d.Offset, err)
		}
	}
}

func TestGetStrange(t *testing.T) {
	for name, g := range map[string]struct {
		answer http.HandlerFunc
		kind   service.Kind
		value  string
	}{
		"packed":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "gzip") }, service.Internal, service.ReasonBadAnswer},
		"partial": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) }, service.Internal, service.ReasonBadAnswer},
		"captcha": {func(w http.ResponseWriter, _ *http.Request) {
			answerJSON(w, 403, `{"success":false,"value":"file_rate_limited_captcha_required"}`)
		}, service.CaptchaRequired, "file_rate_limited_captcha_required"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, g.answer).Get(t.Context(), "a", GetOptions{})
			want(t, err, g.kind, g.value)
		})
	}
}

func TestGetBreaks(t *testing.T) {
	stop := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, stored)
		_ = http.NewResponseController(w).Flush()
		if r.URL.Path == "/api/file/stalls" {
			select {
			case <-r.Context().Done():
			case <-stop:
			}
		}
	}, func(cfg *Config) { cfg.Stall = 300 * time.Millisecond })
	defer close(stop)
	for id, reason := range map[service.FileID]string{"breaks": service.ReasonCutAnswer, "stalls": service.ReasonStalled} {
		d, err := c.Get(t.Context(), id, GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(d.Body)
		mustEqual(t, "body", string(body), stored)
		want(t, err, service.Offline, reason)
		if err := d.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	d, err := c.Get(ctx, "stalls", GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(d.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_ = d.Body.Close()
}

// TestOnlySilenceCounts makes sure that a reader may take its time.
func TestOnlySilenceCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stall = time.Minute
		from, to := io.Pipe()
		ctx, cancel := context.WithCancelCause(t.Context())
		timer := time.AfterFunc(stall, func() {
			cancel(stalled("silence"))
			_ = to.CloseWithError(context.Cause(ctx))
		})
		timer.Stop()
		g := &guarded{body: from, timer: timer, stall: stall, end: func() {}, cause: func() error { return context.Cause(ctx) }}
		go func() {
			_, _ = to.Write([]byte("a"))
			_, _ = to.Write([]byte("b"))
		}()
		for range 2 {
			if _, err := g.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			<-time.After(10 * stall) // the reader is busy elsewhere
		}
		before := time.Now()
		_, err := g.Read(make([]byte, 1))
		if service.KindOf(err) != service.Offline || time.Since(before) != stall {
			t.Errorf("got %v after %v", err, time.Since(before))
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
}
