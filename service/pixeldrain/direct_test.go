package pixeldrain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/service"
)

// rawServer talks to one connection after the other, or to several at once.
type rawServer struct {
	talk   func(conn net.Conn, in *bufio.Reader)
	secure func(net.Listener) net.Listener // adds TLS, nil for none
	conns  atomic.Int64
	ended  chan struct{} // gets one for each connection that talk is done with
}

const created = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"id\":\"a\"}"

// serve runs test with a client of a server that talks so, without TLS and
// with it.
func (s *rawServer) serve(t *testing.T, test func(t *testing.T, c *Client)) {
	t.Helper()
	for _, secure := range []bool{false, true} {
		name := map[bool]string{false: "plain", true: "tls"}[secure]
		t.Run(name, func(t *testing.T) {
			cfg := Config{Key: testKey}
			scheme := "http://"
			if secure {
				scheme = "https://"
				s.secure = func(l net.Listener) net.Listener {
					l, cfg.RootCAs = withTLS(t, l)
					return l
				}
			}
			s.start(t, func(address string) {
				cfg.APIURL = scheme + address + "/api"
				c := newTestClient(t, cfg)
				if c.direct == nil {
					t.Fatal("no direct way")
				}
				test(t, c)
				c.Close()
			})
		})
	}
}

// start runs test with the address of a server that talks so.
func (s *rawServer) start(t *testing.T, test func(address string)) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.secure != nil {
		l = s.secure(l)
	}
	s.conns.Store(0)
	s.ended = make(chan struct{}, 1000)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.conns.Add(1)
			wg.Go(func() {
				s.talk(conn, bufio.NewReader(conn))
				_ = conn.Close()
				s.ended <- struct{}{}
			})
		}
	})
	test(l.Addr().String())
	_ = l.Close()
	wg.Wait()
}

// readPut reads a whole request; false when there is none.
func readPut(t *testing.T, in *bufio.Reader) bool {
	t.Helper()
	req, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	if err != nil || req.Method != http.MethodPut || req.ContentLength < 1 {
		t.Errorf("got %s of %d bytes, %v", req.Method, req.ContentLength, err)
	}
	return true
}

// TestDirectKeepsItsConnection sends many files over one connection, with answers of
// every shape.
func TestDirectKeepsItsConnection(t *testing.T) {
	const hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"id\r\n6\r\n\":\"a\"}\r\n0\r\n\r\n"
	answers := []string{created, hints + created, chunked}
	s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
		for n := 0; readPut(t, in); n++ {
			_, _ = io.WriteString(conn, answers[n%len(answers)])
		}
	}}
	s.serve(t, func(t *testing.T, c *Client) {
		t.Helper()
		for n := range 30 {
			got, err := c.Upload(t.Context(), zeroUpload(1+int64(n)*directSize/30))
			if err != nil || got.ID != "a" {
				t.Fatal(got, err)
			}
		}
		mustEqual(t, "connections", s.conns.Load(), 1)
	})
}

// TestDirectSeesDeadConnections has a service that hangs up without a word after each
// answer, or says that it is tired of waiting: no upload suffers from that.
func TestDirectSeesDeadConnections(t *testing.T) {
	for name, end := range map[string]string{
		"silent": "", "timeout": "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				if readPut(t, in) {
					_, _ = io.WriteString(conn, created)
					_, _ = io.WriteString(conn, end)
				}
			}}
			s.serve(t, func(t *testing.T, c *Client) {
				t.Helper()
				for range 20 {
					if _, err := c.Upload(t.Context(), zeroUpload(20<<10)); err != nil {
						t.Fatal(err)
					}
					<-s.ended
				}
				mustEqual(t, "connections", s.conns.Load(), 20)
			})
		})
	}
}

// TestDirectLeavesConnections whose answers say so, and those of failures.
func TestDirectLeavesConnections(t *testing.T) {
	for name, answer := range map[string]string{
		"close":    "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 10\r\n\r\n{\"id\":\"a\"}",
		"http/1.0": "HTTP/1.0 201 Created\r\nContent-Length: 10\r\n\r\n{\"id\":\"a\"}",
		"endless":  "HTTP/1.1 201 Created\r\n\r\n{\"id\":\"a\"}",
	} {
		t.Run(name, func(t *testing.T) {
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				if readPut(t, in) {
					_, _ = io.WriteString(conn, answer)
				}
			}}
			s.serve(t, func(t *testing.T, c *Client) {
				t.Helper()
				for range 5 {
					if _, err := c.Upload(t.Context(), zeroUpload(10)); err != nil {
						t.Fatal(err)
					}
				}
				mustEqual(t, "connections", s.conns.Load(), 5)
			})
		})
	}
}

// TestDirectBadAnswers makes sure that nobody believes what makes no sense, and
// that the file may be there all the same.
func TestDirectBadAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"noise":          "what?\r\n\r\n",
		"hints only":     strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10),
		"huge head":      "HTTP/1.1 201 Created\r\nX: " + strings.Repeat("x", maxHeaderBytes) + "\r\n\r\n",
		"half a head":    "HTTP/1.1 201 Crea",
		"half an answer": created[:len(created)-3],
		"nothing":        "",
	} {
		t.Run(name, func(t *testing.T) {
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				if readPut(t, in) {
					_, _ = io.WriteString(conn, answer)
				}
			}}
			s.serve(t, func(t *testing.T, c *Client) {
				t.Helper()
				_, err := c.Upload(t.Context(), zeroUpload(10))
				f := failure(t, err)
				mustEqual(t, "unknown", f.Unknown(), true)
				mustEqual(t, "sent", f.Sent, 10)
				mustEqual(t, "requests", s.conns.Load(), 1)
			})
		})
	}
}

// TestDirectHearsRefusals sends small files to a service that answers and closes
// without reading them.
func TestDirectHearsRefusals(t *testing.T) {
	for _, secure := range []bool{false, true} {
		c := newTestClient(t, startRefuser(t, &refuser{}, secure))
		refuse200(t, c, directSize, -1)
	}
}

// TestDirectEndsIdleConnections by age and with the client.
func TestDirectEndsIdleConnections(t *testing.T) {
	s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
		for readPut(t, in) {
			_, _ = io.WriteString(conn, created)
		}
	}}
	s.serve(t, func(t *testing.T, c *Client) {
		t.Helper()
		upload := func() {
			t.Helper()
			if _, err := c.Upload(t.Context(), zeroUpload(10)); err != nil {
				t.Fatal(err)
			}
		}
		upload()
		c.direct.closeOld()
		mustEqual(t, "kept while young", len(c.direct.idle), 1)
		conns := int64(1)
		for _, since := range []time.Time{
			time.Now().Add(-idleWait),
			time.Now().Add(time.Hour),             // the calendar was put back
			c.direct.idle[0].since.Add(-idleWait), // the computer slept
		} {
			c.direct.idle[0].since = since
			upload()
			<-s.ended
			conns++
			mustEqual(t, "connections", s.conns.Load(), conns)
			mustEqual(t, "age goes on in sleep", c.direct.idle[0].since, c.direct.idle[0].since.Round(0))
		}
		c.direct.idle[0].since = time.Now().Add(-idleWait)
		c.direct.closeOld()
		<-s.ended
		mustEqual(t, "timer", c.direct.sweep == nil, true)
		upload()
		c.Close()
		<-s.ended
		upload() // requests go on, their connections do not stay
		<-s.ended
	})
}

// TestDirectStopsWithItsContext ends an upload whose answer does not come.
func TestDirectStopsWithItsContext(t *testing.T) {
	heard := make(chan struct{}, 1)
	s := &rawServer{talk: func(_ net.Conn, in *bufio.Reader) {
		if readPut(t, in) {
			heard <- struct{}{}
			_, _ = in.ReadByte()
		}
	}}
	cause := errors.New("enough")
	s.serve(t, func(t *testing.T, c *Client) {
		t.Helper()
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			<-heard
			cancel(cause)
		}()
		_, err := c.Upload(ctx, zeroUpload(10))
		if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) || !failure(t, err).AllSent {
			t.Errorf("got %v", err)
		}
		<-s.ended
	})
}

// TestDirectSendsWhatNetHTTPSends compares the requests of both ways.
func TestDirectSendsWhatNetHTTPSends(t *testing.T) {
	var got []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		got = append(got, r)
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	}))
	t.Cleanup(server.Close)
	c := newTestClient(t, configFor(server, func(cfg *Config) { cfg.UserAgent = "Sluice/1 (test)" }))
	for _, name := range []string{"a b.png", "ü/%2F?#&=+;,..", "..", "\u202e\n"} {
		got = nil
		for _, size := range []int64{directSize, directSize + 1} {
			u := zeroUpload(size)
			u.Name = name
			if _, err := c.Upload(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		mustEqual(t, "host", got[0].Host, got[1].Host)
		mustEqual(t, "address", got[0].RequestURI, got[1].RequestURI)
		for _, r := range got {
			r.Header.Del("Accept-Encoding") // net/http asks for it and undoes it
			r.Header.Del("Content-Length")
		}
		if !maps.EqualFunc(got[0].Header, got[1].Header, slices.Equal[[]string]) {
			t.Errorf("headers %v, want %v", got[0].Header, got[1].Header)
		}
	}
}

// TestDirectIsForPlainThings only.
func TestDirectIsForPlainThings(t *testing.T) {
	for _, cfg := range []Config{
		{APIURL: "https://müller.example/api"},
		{APIURL: "https://EXAMPLE.org/api"},
		{APIURL: "https://x/api", UserAgent: "a\r\nb: c"},
		{APIURL: "https://x/api", DialContext: new(net.Dialer).DialContext},
	} {
		if newTestClient(t, cfg).direct != nil {
			t.Errorf("%v goes directly", cfg)
		}
	}
	c := newTestClient(t, Config{APIURL: "https://[::1]:8443/api", Key: testKey})
	u := zeroUpload(5)
	plain := func(s *sending) bool {
		s.c, s.up = c, &u
		return s.plain()
	}
	mustEqual(t, "small file", plain(&sending{method: http.MethodPut}), true)
	mustEqual(t, "form", plain(&sending{method: http.MethodPost}), false)
	mustEqual(t, "waits to be asked", plain(&sending{method: http.MethodPut, expect: true}), false)
	c.pool.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	mustEqual(t, "proxy", plain(&sending{method: http.MethodPut}), false)
	if _, err := c.Upload(t.Context(), u); service.KindOf(err) != service.Offline {
		t.Errorf("without a proxy: %v", err)
	}
}
