package pixeldrain

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

func TestSlowFinish(t *testing.T) {
	finish := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		<-finish
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	}, func(cfg *Config) { cfg.Stall, cfg.AnswerWait = 20*time.Millisecond, time.Hour })
	u := zeroUpload(2 << 20)
	u.OnSent = func() { time.AfterFunc(100*time.Millisecond, func() { close(finish) }) }
	if _, err := c.Upload(t.Context(), u); err != nil {
		t.Error(err)
	}
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

// TestWrap puts a limit around the file that takes longer than a stall.
func TestWrap(t *testing.T) {
	c := serve(t, accept, func(cfg *Config) { cfg.Stall = 20 * time.Millisecond })
	wrapped := 0
	u := zeroUpload(100)
	u.Wrap = func(r io.Reader) io.Reader {
		wrapped++
		return readerFunc(func(p []byte) (int, error) {
			<-time.After(60 * time.Millisecond) // the limit
			return r.Read(p)
		})
	}
	got, err := c.Upload(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "wrapped", wrapped, 1)
	mustEqual(t, "hash", got.SHA256Sent, sha256Of(string(make([]byte, 100))))

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
