package pixeldrain

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"sluice/service"
)

// staleConn dies at the first write after it was told to.
type staleConn struct {
	net.Conn
	stale *atomic.Bool
}

func (c *staleConn) Write(p []byte) (int, error) {
	if c.stale.CompareAndSwap(true, false) {
		_ = c.Close()
		return 0, &net.OpError{Op: "write", Err: syscall.EPIPE}
	}
	return c.Conn.Write(p)
}

// TestReplayedByTheTransport makes a kept connection fail with nothing written,
// which the transport answers by starting over on a new connection.
func TestReplayedByTheTransport(t *testing.T) {
	var stale atomic.Bool
	var got atomic.Value
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(string(body))
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	}, func(cfg *Config) {
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &staleConn{conn, &stale}, nil
		}
	})
	content := strings.Repeat("sluice ", 5000)
	for range 20 {
		var progress int
		u := Upload{
			Name: "x", Size: int64(len(content)), Body: strings.NewReader(content),
			Progress:  func(n int) { progress += n },
			OnRestart: func() { progress = 0 },
		}
		done, err := c.Upload(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "progress", progress, len(content))
		mustEqual(t, "hash", done.SHA256Sent, sha256Of(content))
		mustEqual(t, "body", got.Load().(string) == content, true)
		mustEqual(t, "met a stale connection", stale.Swap(true), false)
	}
}

// TestLostAnswerIsNotReplayed makes sure that a file is never sent twice after
// it may have arrived.
func TestLostAnswerIsNotReplayed(t *testing.T) {
	var asked atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		if asked.Add(1)%2 == 0 { // on a kept connection
			hangUp(t, w)
			return
		}
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	})
	for i := range int64(10) {
		_, err := c.Upload(t.Context(), zeroUpload(10<<10))
		if i%2 == 0 && err != nil {
			t.Error(err)
		}
		if i%2 == 1 {
			want(t, err, service.Offline, service.ReasonUnknownOutcome)
			mustEqual(t, "unknown", failure(t, err).Unknown(), true)
		}
	}
	mustEqual(t, "asked", asked.Load(), 10)
}

// TestWriteErrorWaitsForTheAnswer breaks writing while an answer is on its way.
func TestWriteErrorWaitsForTheAnswer(t *testing.T) {
	here, there := net.Pipe()
	conn := newUploadConn(&brokenWriter{here}, new(sync.Pool))
	wrote := make(chan error)
	go func() {
		_, err := conn.Write([]byte("body"))
		wrote <- err
	}()
	go func() { _, _ = there.Write([]byte("answer")) }()
	answer := make([]byte, 6)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "answer" {
		t.Errorf("read %q, %v", answer, err)
	}
	select {
	case err := <-wrote:
		t.Errorf("reported %v before the reader closed", err)
	default:
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if err := <-wrote; !errors.Is(err, syscall.EPIPE) {
		t.Errorf("got %v", err)
	}
	if _, err := conn.Write(nil); err == nil {
		t.Error("wrote after Close")
	}
	_ = there.Close()
}

type brokenWriter struct{ net.Conn }

func (brokenWriter) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Err: syscall.EPIPE}
}
