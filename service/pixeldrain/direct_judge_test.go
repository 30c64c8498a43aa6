package pixeldrain

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/service"
)

// judgement is what an upload says of how it went.
type judgement struct {
	id      service.FileID
	kind    service.Kind
	value   string
	status  int
	unknown bool
}

func judge(got Uploaded, err error) judgement {
	failed, ok := errors.AsType[*UploadError](err)
	if !ok {
		return judgement{id: got.ID}
	}
	return judgement{kind: failed.Err.Kind, value: failed.Err.Value, status: failed.Err.Status, unknown: failed.Unknown()}
}

// oddAnswers are bytes that a connection can bring for an upload before it ends.
func oddAnswers() map[string]string {
	const json = "Content-Type: application/json\r\n"
	page := func(status, body string) string {
		return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
	}
	refuse := func(status, value string) string {
		body := `{"success":false,"value":"` + value + `","message":"no"}`
		return fmt.Sprintf("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s", status, json, len(body), body)
	}
	return map[string]string{
		"created":               created,
		"longer than it says":   created + "{}\r\n",
		"shorter than it says":  strings.Replace(created, ": 10\r", ": 11\r", 1),
		"two answers":           created + createdAs("other"),
		"old version":           "HTTP/1.0 200 OK\r\n" + json + "\r\n{\"id\":\"a\"}",
		"old, kept":             "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 10\r\n\r\n{\"id\":\"a\"}",
		"chunks":                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\na;x=y\r\n{\"id\":\"a\"}\r\n0\r\nX: y\r\n\r\n",
		"chunks cut":            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"id\":\"a\"}\r\n",
		"chunks of nonsense":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"id\":\"a\"}\r\n",
		"chunks and a length":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\na\r\n{\"id\":\"a\"}\r\n0\r\n\r\n",
		"two lengths":           "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 11\r\n\r\n{\"id\":\"a\"}",
		"negative length":       "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{\"id\":\"a\"}",
		"unknown coding":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{\"id\":\"a\"}",
		"no content":            "HTTP/1.1 204 No Content\r\n\r\n",
		"not modified":          "HTTP/1.1 304 Not Modified\r\n\r\n",
		"many choices":          "HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n",
		"elsewhere":             "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://elsewhere.example/x\r\nContent-Length: 0\r\n\r\n",
		"elsewhere, by GET":     "HTTP/1.1 303 See Other\r\nLocation: https://elsewhere.example/x\r\nContent-Length: 0\r\n\r\n",
		"nowhere":               "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
		"another protocol":      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" + created,
		"many hints":            strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100) + created,
		"hints, then an end":    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
		"status without words":  strings.Replace(created, " Created", "", 1),
		"only line feeds":       strings.ReplaceAll(created, "\r\n", "\n"),
		"empty line before":     "\r\n" + created,
		"folded header":         strings.Replace(created, "Content-Type: ", "X: a\r\n b\r\nContent-Type: ", 1),
		"header without colon":  strings.Replace(created, "Content-Type: ", "X\r\nContent-Type: ", 1),
		"zero in a header":      strings.Replace(created, "Content-Type: ", "X: \x00\r\nContent-Type: ", 1),
		"status of four":        strings.Replace(created, "201", "2010", 1),
		"status 0":              strings.Replace(created, "201", "000", 1),
		"status 999":            strings.Replace(created, "201", "999", 1),
		"HTTP/2":                strings.Replace(created, "HTTP/1.1", "HTTP/2.0", 1),
		"no HTTP":               "SSH-2.0-OpenSSH_9.6\r\n",
		"half a line":           "HTTP/1.1 2",
		"huge head":             strings.Replace(created, "Content-Type: ", "X: "+strings.Repeat("x", maxHeaderBytes)+"\r\nContent-Type: ", 1),
		"huge hints":            strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", maxHeaderBytes/4)+"\r\n\r\n", 5) + created,
		"large head":            strings.Replace(created, "Content-Type: ", "X: "+strings.Repeat("x", 100<<10)+"\r\nContent-Type: ", 1),
		"page":                  page("200 OK", "<html>log in</html>"),
		"gateway's page":        page("502 Bad Gateway", "<html>cloud</html>"),
		"gateway without words": "HTTP/1.1 520 \r\nConnection: close\r\n\r\n",
		"busy":                  strings.Replace(refuse("429 Too Many Requests", "ip_rate_limit_reached"), "\r\n", "\r\nRetry-After: 3\r\n", 1),
		"full":                  refuse("400 Bad Request", "user_out_of_space"),
		"success that is none":  refuse("200 OK", "internal"),
		"huge refusal":          page("413 Payload Too Large", strings.Repeat("x", 2*maxFailure)),
		"nothing":               "",
	}
}

// TestDirectJudgesAsNetHTTP sends the same odd answers to small files by both ways
// and wants the same judgement, at once and byte by byte. What follows an answer
// never belongs to the next file.
func TestDirectJudgesAsNetHTTP(t *testing.T) {
	for name, answer := range oddAnswers() {
		for _, slowly := range []bool{false, true} {
			if slowly && len(answer) > 10<<10 {
				continue
			}
			t.Run(fmt.Sprintf("%s/slowly %v", name, slowly), func(t *testing.T) {
				s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
					if !readPut(t, in) {
						return
					}
					step := len(answer)
					if slowly {
						step = 1
					}
					for rest := answer; rest != ""; rest = rest[step:] {
						if _, err := io.WriteString(conn, rest[:step]); err != nil {
							return
						}
					}
				}}
				s.serve(t, func(t *testing.T, c *Client) {
					t.Helper()
					direct := c.direct
					c.direct = nil
					want := judge(c.Upload(t.Context(), zeroUpload(1000)))
					c.direct = direct
					for range 2 {
						for range s.conns.Swap(0) {
							<-s.ended // else a file could go out on what is about to end
						}
						c.pool.CloseIdleConnections()
						mustEqual(t, "judgement", judge(c.Upload(t.Context(), zeroUpload(1000))), want)
					}
				})
			})
		}
	}
}

// TestDirectAfterOddAnswers keeps the connection open after an odd answer: where
// the next file goes over it, that gets its own answer.
func TestDirectAfterOddAnswers(t *testing.T) {
	for name, answer := range oddAnswers() {
		if len(answer) > 10<<10 || answer == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var odd atomic.Bool
			said := make(chan struct{}, 1)
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				for {
					name, err := readName(in)
					switch {
					case err != nil:
						return
					case !odd.Swap(true):
						_, _ = io.WriteString(conn, answer)
						if c, ok := conn.(interface{ CloseWrite() error }); ok {
							_ = c.CloseWrite() // it goes on reading
						}
						said <- struct{}{}
					default:
						_, _ = io.WriteString(conn, createdAs(name))
					}
				}
			}}
			s.serve(t, func(t *testing.T, c *Client) {
				t.Helper()
				odd.Store(false)
				_, _ = c.Upload(t.Context(), zeroUpload(10))
				<-said
				u := zeroUpload(10)
				u.Name = "next"
				got, err := c.Upload(t.Context(), u)
				if err != nil || got.ID != "next" {
					t.Errorf("got %q, %v", got.ID, err)
				}
			})
		})
	}
}

// TestDirectStopsAnywhere cancels an upload over a used connection at every stage:
// what comes on that connection is never heard again, and before the first byte
// nothing is sent.
func TestDirectStopsAnywhere(t *testing.T) {
	for stage, sent := range map[string]bool{
		"before": false, "while reading": false, "sent": true, "in the head": true, "in the body": true,
	} {
		t.Run(stage, func(t *testing.T) {
			reached := make(chan struct{}, 1)
			var uploads atomic.Int64
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				for {
					name, err := readName(in)
					if err != nil {
						return
					}
					uploads.Add(1)
					answer := createdAs(name)
					if name != "stopped" {
						_, _ = io.WriteString(conn, answer)
						continue
					}
					_, _ = io.WriteString(conn, answer[:map[string]int{"sent": 0, "in the head": 20, "in the body": len(answer) - 4}[stage]])
					reached <- struct{}{}
				}
			}}
			s.serve(t, func(t *testing.T, c *Client) {
				t.Helper()
				uploads.Store(0)
				upload := func(ctx context.Context, name string, wrap func(io.Reader) io.Reader) error {
					u := zeroUpload(1000)
					u.Name, u.Wrap = name, wrap
					got, err := c.Upload(ctx, u)
					if err == nil && string(got.ID) != name {
						t.Errorf("%s got the answer of %s", name, got.ID)
					}
					return err
				}
				if err := upload(t.Context(), "first", nil); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				var wrap func(io.Reader) io.Reader
				switch {
				case stage == "before":
					cancel()
				case sent:
					stop := context.AfterFunc(t.Context(), cancel)
					defer stop()
					go func() {
						<-reached
						cancel()
					}()
				default:
					wrap = func(r io.Reader) io.Reader {
						return readerFunc(func(p []byte) (int, error) {
							cancel()
							return r.Read(p)
						})
					}
				}
				err := upload(ctx, "stopped", wrap)
				cancel()
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("got %v", err)
				}
				mustEqual(t, "all sent", failure(t, err).AllSent, sent)
				if err := upload(t.Context(), "last", nil); err != nil {
					t.Fatal(err)
				}
				want := int64(2)
				if sent {
					want = 3
					mustEqual(t, "connections", s.conns.Load(), 2)
				}
				mustEqual(t, "uploads", uploads.Load(), want)
			})
		})
	}
}

// TestDirectStalls ends uploads whose answer does not begin in its time, or stands
// still, and leaves their connections.
func TestDirectStalls(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		value  string
	}{
		"no answer":    {"", service.ReasonUnknownOutcome},
		"half a head":  {created[:20], service.ReasonUnknownOutcome},
		"half a body":  {created[:len(created)-3], service.ReasonStalled},
		"half a chunk": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"i", service.ReasonStalled},
	} {
		t.Run(name, func(t *testing.T) {
			s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
				if readPut(t, in) {
					_, _ = io.WriteString(conn, c.answer)
					_, _ = in.ReadByte() // until the other side hangs up
				}
			}}
			s.serve(t, func(t *testing.T, cl *Client) {
				t.Helper()
				cl.stall, cl.answer = time.Hour, 100*time.Millisecond
				if c.value == service.ReasonStalled {
					cl.stall, cl.answer = 500*time.Millisecond, time.Hour
				}
				_, err := cl.Upload(t.Context(), zeroUpload(1000))
				want(t, err, service.Offline, c.value)
				mustEqual(t, "unknown", failure(t, err).Unknown(), true)
				<-s.ended
				mustEqual(t, "kept", len(cl.direct.idle), 0)
			})
		})
	}
}

// TestDirectWithoutAWay has no service at the address, or none that answers the
// dialer: nothing is sent, and it is no unknown outcome.
func TestDirectWithoutAWay(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	for address, dial := range map[string]dialFunc{
		"http://" + closed + "/api": nil, "https://" + closed + "/api": nil,
		"https://nowhere.example/api": func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.example", IsNotFound: true}}
		},
		"https://both.example/api": func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.Join(errors.New("no route over IPv6"), errors.New("no route over IPv4"))
		},
	} {
		c := newTestClient(t, Config{APIURL: address, Key: testKey})
		if dial != nil {
			c.direct.parts.dial = dial
		}
		progress := 0
		u := zeroUpload(10)
		u.Progress = func(n int) { progress += n }
		_, err := c.Upload(t.Context(), u)
		want(t, err, service.Offline, "")
		f := failure(t, err)
		mustEqual(t, "sent", f.Sent, 0)
		mustEqual(t, "unknown", f.Unknown(), false)
		mustEqual(t, "progress", progress, 0)
		mustEqual(t, "kept", len(c.direct.idle), 0)
	}
}

// TestDirectDials what the address says.
func TestDirectDials(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(accept))
	t.Cleanup(server.Close)
	for address, want := range map[string]string{
		"http://[::1]:8080/api": "[::1]:8080", "http://127.0.0.1/api": "127.0.0.1:80", "https://example.com/api": "example.com:443",
		"https://[2001:db8::1]/api": "[2001:db8::1]:443",
	} {
		c := newTestClient(t, Config{APIURL: address, Key: testKey, RootCAs: poolOf(server)})
		var dialed []string
		c.direct.parts.dial = func(_ context.Context, network, addr string) (net.Conn, error) {
			dialed = append(dialed, network+" "+addr)
			return nil, errors.New("no")
		}
		if _, err := c.Upload(t.Context(), zeroUpload(10)); err == nil {
			t.Errorf("%s: no error", address)
		}
		mustEqual(t, address, strings.Join(dialed, ", "), "tcp "+want)
	}
}

// TestDirectAsksTheEnvironment for a proxy, in a process of its own: the answer is
// remembered as long as a process lives.
func TestDirectAsksTheEnvironment(t *testing.T) {
	const address = "SLUICE_TEST_PROXIED" // what the child asks for
	if asked, ok := os.LookupEnv(address); ok {
		c := newTestClient(t, Config{APIURL: asked, Key: testKey})
		u := zeroUpload(5)
		s := &sending{c: c, up: &u, method: http.MethodPut}
		fmt.Println("direct:", s.plain())
		return
	}
	for _, c := range []struct {
		env, address string
		direct       bool
	}{
		{"", "https://example.com/api", true},
		{"HTTPS_PROXY=http://127.0.0.1:9", "https://example.com/api", false},
		{"https_proxy=socks5://127.0.0.1:9", "https://example.com/api", false},
		{"HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=example.com", "https://example.com/api", true},
		{"HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=.example.org,*", "https://example.com/api", true},
		{"HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=other.example", "https://example.com/api", false},
		{"HTTP_PROXY=http://127.0.0.1:9", "https://example.com/api", true},
		{"HTTP_PROXY=http://127.0.0.1:9", "http://127.0.0.1:80/api", true}, // this computer needs none
	} {
		t.Run(cmp.Or(c.env, "nothing"), func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDirectAsksTheEnvironment$")
			child.Env = append(strings.Fields(c.env), address+"="+c.address, "GORACE=atexit_sleep_ms=0")
			out, err := child.CombinedOutput()
			if want := fmt.Sprint("direct: ", c.direct); err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%s, %v, want %s", out, err, want)
			}
		})
	}
}
