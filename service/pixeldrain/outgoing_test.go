package pixeldrain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sluice/service"
)

// patience is how long the tests here wait for what must come at once.
const patience = 4 * time.Second

// eachScheme runs a test against a service with and without TLS.
func eachScheme(t *testing.T, h http.HandlerFunc, test func(t *testing.T, c *Client, w *watchedDialer)) {
	t.Helper()
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer, "tls": httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(h)
			t.Cleanup(s.Close)
			w := &watchedDialer{closed: make(chan struct{})}
			test(t, newTestClient(t, configFor(s, func(cfg *Config) { cfg.DialContext = w.dial })), w)
		})
	}
}

// watchedDialer counts what connections write, and breaks them.
type watchedDialer struct {
	writes atomic.Int64
	stale  atomic.Bool // the next write fails
	once   sync.Once
	closed chan struct{} // closed when a connection is
}

func (w *watchedDialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &watchedConn{conn, w}, nil
}

type watchedConn struct {
	net.Conn

	w *watchedDialer
}

func (c *watchedConn) Write(p []byte) (int, error) {
	c.w.writes.Add(1)
	if c.w.stale.CompareAndSwap(true, false) {
		_ = c.Conn.Close()
		return 0, &net.OpError{Op: "write", Err: syscall.EPIPE}
	}
	return c.Conn.Write(p)
}

func (c *watchedConn) Close() error {
	c.w.once.Do(func() { close(c.w.closed) })
	return c.Conn.Close()
}

// TestOneWriteForASmallFile makes sure that a head and a small body go out
// together, whatever TLS makes of them.
func TestOneWriteForASmallFile(t *testing.T) {
	eachScheme(t, accept, func(t *testing.T, c *Client, w *watchedDialer) {
		t.Helper()
		for range 3 {
			before := w.writes.Load()
			if _, err := c.Upload(t.Context(), zeroUpload(20<<10)); err != nil {
				t.Fatal(err)
			}
			if before > 0 { // the first one has the handshake
				mustEqual(t, "writes", w.writes.Load()-before, 1)
			}
		}
	})
}

// TestNothingIsKeptBack reads every piece of a file only after the service has
// got all pieces before it.
func TestNothingIsKeptBack(t *testing.T) {
	got := make(chan int64, 1<<10)
	count := func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 64<<10)
		for total := int64(0); ; {
			n, err := r.Body.Read(buf)
			total += int64(n)
			if n > 0 {
				got <- total
			}
			if err != nil {
				break
			}
		}
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	}
	eachScheme(t, count, func(t *testing.T, c *Client, _ *watchedDialer) {
		t.Helper()
		const size = 1<<20 - 7 // small enough not to be asked for
		reads, have := 0, int64(0)
		body := readerAtFunc(func(p []byte, off int64) (int, error) {
			reads++
			late := time.After(patience)
			for have < off {
				select {
				case have = <-got:
				case <-late:
					t.Errorf("the service has %d bytes, %d were read", have, off)
					return 0, errors.New("kept back")
				}
			}
			return min(len(p), int(size-off)), nil
		})
		if _, err := c.Upload(t.Context(), Upload{Name: "x", Size: size, Body: body}); err != nil {
			t.Fatal(err)
		}
		if reads < 4 {
			t.Errorf("only %d reads", reads)
		}
		for len(got) > 0 {
			<-got
		}
	})
}

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// TestDeadKeptConnection makes kept connections fail at their first write: the
// upload starts over on another one, and OnRestart tells.
func TestDeadKeptConnection(t *testing.T) {
	var bodies atomic.Int64
	content := bytes.Repeat([]byte("sluice "), 5000)
	check := func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && bytes.Equal(body, content) {
			bodies.Add(1)
		}
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	}
	eachScheme(t, check, func(t *testing.T, c *Client, w *watchedDialer) {
		t.Helper()
		bodies.Store(0)
		const rounds = 10
		for range rounds {
			progress := 0
			_, err := c.Upload(t.Context(), Upload{
				Name: "x", Size: int64(len(content)), Body: bytes.NewReader(content),
				Progress: func(n int) { progress += n }, OnRestart: func() { progress = 0 },
			})
			if err != nil {
				t.Fatal(err)
			}
			mustEqual(t, "progress", progress, len(content))
			w.stale.Store(true)
		}
		mustEqual(t, "files at the service", bodies.Load(), rounds)
	})
}

// TestNothingWentOut makes a fresh connection fail at the first write after its
// handshake: the service can't have the file, although all of it was read.
func TestNothingWentOut(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(accept))
	t.Cleanup(s.Close)
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		w := &watchedDialer{closed: make(chan struct{})}
		w.stale.Store(true)
		return w.dial(ctx, network, addr)
	}
	c := newTestClient(t, configFor(s, func(cfg *Config) { cfg.DialContext = dial }))
	_, err := c.Upload(t.Context(), zeroUpload(1000))
	want(t, err, service.Offline, "")
	mustEqual(t, "all sent", failure(t, err).AllSent, false)
	mustEqual(t, "sent", failure(t, err).Sent, 0)
}

// TestCancelWhilePushing cancels an upload whose connection takes nothing more:
// the connection is closed at once, without TLS's goodbye.
func TestCancelWhilePushing(t *testing.T) {
	over := make(chan struct{}, 2)
	stuck := make(chan struct{}, 1)
	hold := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 1)
		stuck <- struct{}{}
		<-over
	}
	eachScheme(t, hold, func(t *testing.T, c *Client, w *watchedDialer) {
		t.Helper()
		t.Cleanup(func() { over <- struct{}{} }) // before the server closes
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			<-stuck
			before := int64(-1)
			for now := w.writes.Load(); now != before; now = w.writes.Load() { // until it stands still
				before = now
				<-time.After(50 * time.Millisecond)
			}
			cancel()
		}()
		_, err := c.Upload(ctx, zeroUpload(1<<30))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		select {
		case <-w.closed:
		case <-time.After(patience):
			t.Error("the connection stays open")
		}
	})
}
