package pixeldrain

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/service"
)

// zeros is a file of any size without memory.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

const tooLarge = `{"success":false,"value":"file_too_large","message":"The file is too large."}`

// refuser is a service that answers 413 and closes at once, leaving what the
// client sends unread, which resets the connection.
type refuser struct {
	listener net.Listener
	readBody int64 // bytes of the body that it takes before it answers
	asks     bool  // answers Expect: refuses without waiting for the body
	bodies   atomic.Int64
	served   atomic.Int64
	wg       sync.WaitGroup
}

func startRefuser(t *testing.T, r *refuser, secure bool) Config {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{APIURL: "http://" + l.Addr().String() + "/api", Key: "11111111-2222-3333-4444-555555555555", Workers: 8}
	if secure {
		l, cfg.RootCAs = withTLS(t, l)
		cfg.APIURL = "https://" + l.Addr().String() + "/api"
	}
	r.listener = l
	r.wg.Go(r.run)
	t.Cleanup(func() {
		_ = l.Close()
		r.wg.Wait()
	})
	return cfg
}

func (r *refuser) run() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		if tcp, ok := conn.(interface{ SetReadBuffer(n int) error }); ok && r.readBody > 0 {
			_ = tcp.SetReadBuffer(int(r.readBody)) // less to send in vain, for a quick test
		}
		r.wg.Go(func() { r.serve(conn) })
	}
}

func (r *refuser) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	req, err := http.ReadRequest(bufio.NewReaderSize(conn, 4096))
	if err != nil {
		return
	}
	if req.Header.Get("Expect") == "" || !r.asks {
		n, _ := io.CopyN(io.Discard, req.Body, r.readBody)
		r.bodies.Add(n)
	}
	r.served.Add(1)
	_, _ = io.WriteString(conn, "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "+
		strconv.Itoa(len(tooLarge))+"\r\n\r\n"+tooLarge)
}

// refuse200 uploads 64 MiB 200 times and wants the service's reason each time.
func refuse200(t *testing.T, c *Client, size int64, wantSent int64) {
	t.Helper()
	const uploads, workers = 200, 8
	var todo atomic.Int64
	var wg sync.WaitGroup
	var sent, right atomic.Int64
	for range workers {
		wg.Go(func() {
			for todo.Add(1) <= uploads {
				_, err := c.Upload(t.Context(), Upload{Name: "big.bin", Size: size, Body: zeros{}})
				failed, ok := errors.AsType[*UploadError](err)
				if !ok || failed.Err.Kind != service.TooLarge || failed.Err.Value != "file_too_large" || failed.Err.Status != http.StatusRequestEntityTooLarge {
					t.Errorf("got %v, want the service's reason", err)
					continue
				}
				right.Add(1)
				sent.Add(failed.Sent)
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d right, %d body bytes sent", right.Load(), uploads, sent.Load())
	if wantSent >= 0 && sent.Load() > wantSent {
		t.Errorf("%d body bytes sent, want at most %d", sent.Load(), wantSent)
	}
}

func TestRefusedAtOnce(t *testing.T) {
	const size = 64 << 20
	for name, secure := range map[string]bool{"plain": false, "tls": true} {
		t.Run(name+"/expect", func(t *testing.T) {
			cfg := startRefuser(t, &refuser{asks: true}, secure)
			refuse200(t, newTestClient(t, cfg), size, 0)
		})
		t.Run(name+"/without_expect", func(t *testing.T) {
			cfg := startRefuser(t, &refuser{}, secure)
			cfg.ContinueWait = time.Hour
			c := newTestClient(t, cfg)
			c.expecting.note(c.base.Host, false) // as after a service that ignored it
			refuse200(t, c, size, -1)
		})
		t.Run(name+"/ignored", func(t *testing.T) {
			cfg := startRefuser(t, &refuser{readBody: 100 << 10}, secure)
			cfg.ContinueWait = time.Millisecond
			refuse200(t, newTestClient(t, cfg), size, -1)
		})
	}
}
