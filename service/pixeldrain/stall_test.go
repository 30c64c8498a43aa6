package pixeldrain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

// TestAnswerWait makes sure that after the last byte only the wait for the
// answer counts.
func TestAnswerWait(t *testing.T) {
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		drain(r)
		<-r.Context().Done()
	}, func(cfg *Config) { cfg.Stall, cfg.AnswerWait = time.Hour, 50*time.Millisecond })
	sent := 0
	u := zeroUpload(2 << 20)
	u.OnSent = func() { sent++ }
	_, err := c.Upload(t.Context(), u)
	want(t, err, service.Offline, service.ReasonUnknownOutcome)
	mustEqual(t, "unknown", failure(t, err).Unknown(), true)
	mustEqual(t, "sent", sent, 1)
}

func TestStallWhileSending(t *testing.T) {
	over := make(chan struct{})
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
		<-over
	}, func(cfg *Config) { cfg.Stall = 50 * time.Millisecond })
	defer close(over)
	_, err := c.Upload(t.Context(), zeroUpload(1<<30))
	want(t, err, service.Offline, service.ReasonStalled)
	mustEqual(t, "all sent", failure(t, err).AllSent, false)
}

// TestWrap makes sure that the time that a limit takes is not the network's.
func TestWrap(t *testing.T) {
	c := serve(t, accept)
	wrapped, limited := 0, false
	var conn *uploadConn
	u := zeroUpload(directSize + 1) // so that it can be traced
	u.Wrap = func(r io.Reader) io.Reader {
		wrapped++
		return readerFunc(func(p []byte) (int, error) {
			m := conn.meter.Load()
			m.mu.Lock()
			limited = m.outside
			m.mu.Unlock()
			return r.Read(p)
		})
	}
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { conn = uploadConnOf(info.Conn) },
	})
	got, err := c.Upload(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "wrapped", wrapped, 1)
	mustEqual(t, "counts as a limit", limited, true)
	mustEqual(t, "hash", got.SHA256Sent, sha256Of(string(make([]byte, directSize+1))))
	m := conn.meter.Load()
	m.mu.Lock()
	defer m.mu.Unlock()
	mustEqual(t, "counts as a limit afterwards", m.outside, false)
}

func TestWrapEndsWithTheUpload(t *testing.T) {
	c := serve(t, accept)
	u := zeroUpload(100)
	ctx, cancel := context.WithCancel(t.Context())
	u.Wrap = func(io.Reader) io.Reader {
		return readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, ctx.Err()
		})
	}
	if _, err := c.Upload(ctx, u); !errors.Is(err, context.Canceled) || service.KindOf(err) != service.Offline {
		t.Errorf("got %v", err)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestCancelWhileSending(t *testing.T) {
	over := make(chan struct{})
	c := serve(t, func(http.ResponseWriter, *http.Request) { <-over }, func(cfg *Config) { cfg.ContinueWait = time.Millisecond })
	defer close(over)
	ctx, cancel := context.WithCancelCause(t.Context())
	u := zeroUpload(1 << 30)
	u.Progress = func(int) { cancel(errors.New("the person pressed Stop")) }
	_, err := c.Upload(ctx, u)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "pressed Stop") || failure(t, err).AllSent {
		t.Errorf("got %v", err)
	}
}
