package pixeldrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sluice/service"
)

// accept takes an upload and gives it an id.
func accept(w http.ResponseWriter, r *http.Request) {
	drain(r)
	answerJSON(w, http.StatusCreated, `{"id":"a"}`)
}

// failure gives the *UploadError of a failed upload.
func failure(t *testing.T, err error) *UploadError {
	t.Helper()
	failed, ok := errors.AsType[*UploadError](err)
	if !ok {
		t.Fatalf("got %v, want an upload's error", err)
	}
	return failed
}

func zeroUpload(size int64) Upload { return Upload{Name: "zeros", Size: size, Body: zeros{}} }

func TestUploadReports(t *testing.T) {
	for _, size := range []int64{1, 16 << 10, 64 << 10, 1 << 20, 5<<20 + 3} {
		answerNow := make(chan struct{})
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			<-answerNow // so that the end of sending is always noticed before
			answerJSON(w, http.StatusCreated, `{"id":"a"}`)
		})
		var progress, sent, restarts int64
		u := zeroUpload(size)
		u.Progress = func(n int) { progress += int64(n) }
		u.OnRestart = func() { restarts++ }
		u.OnSent = func() {
			sent++
			close(answerNow)
		}
		got, err := c.Upload(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "progress", progress, size)
		mustEqual(t, "sent, restarts", [2]int64{sent, restarts}, [2]int64{1, 0})
		mustEqual(t, "hash", got.SHA256Sent, sha256Of(string(make([]byte, size))))
	}
}

func TestUploadRefusedHere(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	_, err := c.Upload(t.Context(), Upload{Name: "a", Body: zeros{}})
	want(t, err, service.Invalid, service.ReasonEmptyFile)
	for _, u := range []Upload{{Name: "a", Size: -1, Body: zeros{}}, {Name: "a", Size: 1}} {
		_, err = c.Upload(t.Context(), u)
		want(t, err, service.Invalid, "")
	}
	mustEqual(t, "unknown", failure(t, err).Unknown(), false)
}

// brokenAt fails to be read from an offset.
type brokenAt struct {
	at  int64
	err error
}

func (b brokenAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.at {
		n := max(b.at-off, 0)
		clear(p[:n])
		return int(n), b.err
	}
	clear(p)
	return len(p), nil
}

func TestSourceFails(t *testing.T) {
	own := &service.Error{Op: "read", Kind: service.SourceChanged, Value: "own", Err: errors.New("changed")}
	for name, c := range map[string]struct {
		err   error
		kind  service.Kind
		value string
	}{
		"shrunk":     {io.EOF, service.SourceChanged, ""},
		"unreadable": {errors.New("I/O error"), service.Invalid, service.ReasonUnreadable},
		"its own":    {own, service.SourceChanged, "own"},
	} {
		for _, at := range []int64{0, 1, 100 << 10, 2<<20 - 1} {
			t.Run(fmt.Sprint(name, " at ", at), func(t *testing.T) {
				cl := serve(t, accept)
				_, err := cl.Upload(t.Context(), Upload{Name: "x", Size: 2 << 20, Body: brokenAt{at, c.err}})
				want(t, err, c.kind, c.value)
				failed := failure(t, err)
				mustEqual(t, "sent", failed.Sent, at)
				mustEqual(t, "all", failed.AllSent || failed.Unknown(), false)
				if !errors.Is(c.err, io.EOF) && !strings.Contains(err.Error(), "I/O error") && !strings.Contains(err.Error(), "changed") {
					t.Errorf("%v does not tell the cause", err)
				}
			})
		}
	}
}

func TestGrownSource(t *testing.T) {
	var got atomic.Value
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(string(body))
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	})
	if _, err := c.Upload(t.Context(), Upload{Name: "x", Size: 4, Body: strings.NewReader("less and more")}); err != nil {
		t.Error(err)
	}
	mustEqual(t, "body", got.Load().(string), "less")
}

// hangUp ends the connection without an answer.
func hangUp(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_ = conn.Close()
}

func TestUnknownOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		value   string
		unknown bool
	}{
		"no answer":  {func(w http.ResponseWriter, _ *http.Request) { hangUp(t, w) }, service.ReasonUnknownOutcome, true},
		"web page":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, service.ReasonHTML, true},
		"cut":        {func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 201, `{"id":"a`) }, service.ReasonCutAnswer, true},
		"empty":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }, service.ReasonEmptyAnswer, true},
		"no id":      {func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 201, `{}`) }, service.ReasonBadAnswer, true},
		"gateway":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGatewayTimeout) }, "", true},
		"gateway's":  {func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 502, `<html>`) }, "", true},
		"it says no": {func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 500, `{"value":"writing"}`) }, "writing", false},
		"too large":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) }, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			cl := serve(t, func(w http.ResponseWriter, r *http.Request) {
				drain(r)
				c.answer(w, r)
			})
			_, err := cl.Upload(t.Context(), zeroUpload(100<<10))
			failed := failure(t, err)
			mustEqual(t, "value", failed.Err.Value, c.value)
			mustEqual(t, "all sent", failed.AllSent, true)
			mustEqual(t, "sent", failed.Sent, 100<<10)
			mustEqual(t, "unknown", failed.Unknown(), c.unknown)
		})
	}
}

// TestBrokenWhileSending breaks the connection in the middle of a body nobody
// asked for: the file is offered once more, waiting to be asked for it.
func TestBrokenWhileSending(t *testing.T) {
	for name, second := range map[string]http.HandlerFunc{
		"accepted": accept,
		"refused":  func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 400, `{"value":"user_out_of_space"}`) },
		"broken":   func(w http.ResponseWriter, _ *http.Request) { hangUp(t, w) },
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var tries []string
			try := func(r *http.Request) int {
				mu.Lock()
				defer mu.Unlock()
				tries = append(tries, r.Header.Get("Expect"))
				return len(tries)
			}
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if try(r) == 1 {
					_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
					hangUp(t, w)
					return
				}
				second(w, r)
			})
			var progress, restarts int64
			u := zeroUpload(900 << 10) // too small for Expect at first
			u.Progress = func(n int) { progress += int64(n) }
			u.OnRestart = func() { progress, restarts = 0, restarts+1 }
			_, err := c.Upload(t.Context(), u)
			mu.Lock()
			defer mu.Unlock()
			if len(tries) == 1 { // it was all sent before it broke
				mustEqual(t, "unknown", failure(t, err).Unknown(), true)
				return
			}
			mustEqual(t, "tries", strings.Join(tries, ","), ",100-continue")
			switch name {
			case "accepted":
				mustEqual(t, "progress", progress, 900<<10)
				mustEqual(t, "restarts", restarts, 1)
				mustEqual(t, "error", err, nil)
			case "refused":
				want(t, err, service.QuotaExceeded, "user_out_of_space")
				mustEqual(t, "sent", failure(t, err).Sent, 0)
			case "broken":
				want(t, err, service.Offline, "")
				mustEqual(t, "unknown", failure(t, err).Unknown(), false)
			}
		})
	}
}

// watchedSource fails the test when it is read after its upload is over.
type watchedSource struct {
	t    *testing.T
	over *atomic.Bool
}

func (s watchedSource) ReadAt(p []byte, _ int64) (int, error) {
	if s.over.Load() {
		s.t.Error("read after the upload")
	}
	return len(p), nil
}

func TestNothingAfterTheEnd(t *testing.T) {
	const rounds = 50
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 64<<10)
		answerJSON(w, http.StatusBadRequest, `{"value":"user_out_of_space"}`)
	})
	for i := range rounds {
		var over atomic.Bool
		call := func() {
			if over.Load() {
				t.Error("called after the upload")
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		u := Upload{
			Name: "x", Size: 3 << 20, Body: watchedSource{t, &over},
			Progress: func(int) {
				call()
				if i%5 == 0 {
					cancel()
				}
			}, OnSent: call, OnRestart: call,
		}
		if _, err := c.Upload(ctx, u); err == nil {
			t.Error("no error")
		}
		over.Store(true)
		cancel()
	}
}

func TestEarlySuccessIsNone(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusCreated, `{"id":"a"}`) })
	_, err := c.Upload(t.Context(), zeroUpload(8<<20))
	want(t, err, service.Internal, service.ReasonBadAnswer)
	mustEqual(t, "unknown", failure(t, err).Unknown(), false)
}

func TestConnectionsAreKept(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(accept))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	const workers = 20
	c := newTestClient(t, configFor(s))
	c.SetWorkers(workers)
	var todo atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for todo.Add(1) <= 500 {
				if _, err := c.Upload(t.Context(), zeroUpload(16<<10)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := opened.Load(); n > 3*workers {
		t.Errorf("%d connections for %d workers", n, workers)
	}
}

func TestCertificates(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(accept))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newTestClient(t, Config{APIURL: s.URL + "/api"})
	_, err := c.Upload(t.Context(), zeroUpload(1))
	want(t, err, service.Offline, service.ReasonBadCertificate)
	_, err = c.Info(t.Context(), "a")
	want(t, err, service.Offline, service.ReasonBadCertificate)
	c = newTestClient(t, Config{APIURL: strings.Replace(serve(t, accept).APIURL(), "http:", "https:", 1)})
	_, err = c.Info(t.Context(), "a")
	want(t, err, service.Offline, service.ReasonBadCertificate)
}
