package pixeldrain

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestExpect(t *testing.T) {
	var mu sync.Mutex
	var expected []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		expected = append(expected, r.Header.Get("Expect"))
		mu.Unlock()
		accept(w, r)
	}, func(cfg *Config) { cfg.ContinueWait = time.Hour })
	for _, size := range []int64{1, 1<<20 - 1, 1 << 20, 5 << 20} {
		if _, err := c.Upload(t.Context(), zeroUpload(size)); err != nil {
			t.Error(err)
		}
	}
	mustEqual(t, "expectations", strings.Join(expected, ","), ",,100-continue,100-continue")
}

// TestExpectIgnored meets a service that never asks for a body, and then one
// that does so late.
func TestExpectIgnored(t *testing.T) {
	var late atomic.Bool
	var mu sync.Mutex
	var expected []string
	started := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		expected = append(expected, r.Header.Get("Expect"))
		mu.Unlock()
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		if late.Load() {
			<-started // the client did not wait
			_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		_, _ = io.CopyN(io.Discard, rw, r.ContentLength)
		_, _ = io.WriteString(conn, "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{\"id\":\"a\"}")
	}))
	s.Start()
	t.Cleanup(s.Close)
	c := newTestClient(t, configFor(s, func(cfg *Config) { cfg.ContinueWait = time.Millisecond }))
	for range 3 {
		if _, err := c.Upload(t.Context(), zeroUpload(2<<20)); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	mustEqual(t, "expectations", strings.Join(expected, ","), "100-continue,,")
	mu.Unlock()

	late.Store(true)
	c = newTestClient(t, configFor(s, func(cfg *Config) { cfg.ContinueWait = time.Millisecond }))
	u := zeroUpload(2 << 20)
	begun := sync.OnceFunc(func() { close(started) })
	u.Progress = func(int) { begun() }
	if _, err := c.Upload(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "useful again", c.expecting.useful(c.base.Host, 2<<20), true)
}

// TestExpectRefused meets a proxy that does not know Expect.
func TestExpectRefused(t *testing.T) {
	var mu sync.Mutex
	var expected []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		expected = append(expected, r.Header.Get("Expect"))
		mu.Unlock()
		if r.Header.Get("Expect") != "" {
			w.WriteHeader(http.StatusExpectationFailed)
			return
		}
		accept(w, r)
	}, func(cfg *Config) { cfg.ContinueWait = time.Hour })
	for range 2 {
		if _, err := c.Upload(t.Context(), zeroUpload(2<<20)); err != nil {
			t.Error(err)
		}
	}
	mustEqual(t, "expectations", strings.Join(expected, ","), "100-continue,,")
}
