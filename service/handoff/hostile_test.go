package handoff

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// say connects, writes, and gives what comes back until the other side closes.
func say(t *testing.T, addr string, lines ...[]byte) []byte {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, line := range lines {
		if _, err := conn.Write(line); err != nil {
			break
		}
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(greetingTime))
	got, _ := io.ReadAll(conn) // a reset is as good as an end
	return got
}

func jsonLine(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func TestHostileCallers(t *testing.T) {
	dir := t.TempDir()
	in := claim(t, dir, func(_ context.Context, req Request, _ func(Reply) error) error {
		if req.Op != OpOpen {
			t.Errorf("a caller without the token was served: %+v", req)
		}
		return nil
	})
	a, err := readAddress(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := nonce()
	wrong := ask{Proof: proof(n, "caller", n, n), Version: version, Request: &Request{Op: OpUpload}}
	random := make([]byte, 100_000)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(random)
	for name, lines := range map[string][][]byte{
		"nothing":       {},
		"http":          {[]byte("POST /upload HTTP/1.1\r\nHost: localhost\r\n\r\n{}")},
		"random":        {random},
		"long line":     {bytes.Repeat([]byte("x"), 1<<20)},
		"no nonce":      {[]byte("{}\n")},
		"no proof":      {jsonLine(t, hello{Nonce: n}), jsonLine(t, ask{Version: version, Request: &Request{Op: OpUpload}})},
		"wrong proof":   {jsonLine(t, hello{Nonce: n}), jsonLine(t, wrong)},
		"random ask":    {jsonLine(t, hello{Nonce: n}), random},
		"deep json":     {bytes.Repeat([]byte("["), 4000), []byte("\n")},
		"null":          {[]byte("null\n"), []byte("null\n")},
		"wrong types":   {[]byte(`{"nonce":5}` + "\n")},
		"half a line":   {[]byte(`{"nonce":"`)},
		"token as text": {append(bytes.Clone(a.Token), '\n')},
	} {
		got := say(t, a.Addr, lines...)
		if bytes.Contains(got, []byte(`"end"`)) || bytes.Contains(got, a.Token) {
			t.Errorf("%s: was told %q", name, got)
		}
	}
	// All of the places for strangers are taken by ones that say nothing.
	var d net.Dialer
	for range maxGreetings - 1 {
		conn, err := d.DialContext(t.Context(), "tcp", a.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); err != nil {
		t.Errorf("an honest caller got %v", err)
	}
	in.Stop() // does not wait for the silent ones
}

// Proofs of one conversation are good for no other.
func TestReplayedConversation(t *testing.T) {
	dir := t.TempDir()
	calls := 0
	claim(t, dir, func(context.Context, Request, func(Reply) error) error { calls++; return nil })
	a, err := readAddress(dir)
	if err != nil {
		t.Fatal(err)
	}
	record := startRecorder(t, a.Addr)
	relayed := a
	relayed.Addr = record.addr
	if err := os.Remove(filepath.Join(dir, addressName)); err != nil {
		t.Fatal(err)
	}
	if err := relayed.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen, Paths: []string{"/secret plans"}}, unexpected(t)); err != nil || calls != 1 {
		t.Fatalf("the relayed call: %v, %d calls", err, calls)
	}
	said := record.stop()
	if bytes.Contains(said, a.Token) {
		t.Error("the token was sent")
	}
	say(t, a.Addr, said)
	if calls != 1 {
		t.Error("a recorded conversation was served again")
	}
}

type recorder struct {
	addr string
	stop func() []byte
}

// startRecorder relays one connection to target and keeps what the caller says.
func startRecorder(t *testing.T, target string) recorder {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = l.Close() }()
		from, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = from.Close() }()
		var d net.Dialer
		to, err := d.DialContext(context.Background(), "tcp", target)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = to.Close() }()
		back := make(chan struct{})
		go func() {
			defer close(back)
			_, _ = io.Copy(from, to)
			_ = from.Close()
		}()
		_, _ = io.Copy(to, io.TeeReader(from, &said))
		_ = to.Close()
		<-back
	}()
	return recorder{addr: l.Addr().String(), stop: func() []byte { <-done; return said.Bytes() }}
}

// The port of a dead instance may belong to anything by now: it is told
// nothing of use.
func TestForeignProgramOnThePort(t *testing.T) {
	for name, reply := range map[string]string{
		"closes": "", "web server": "HTTP/1.1 400 Bad Request\r\n\r\n",
		"pretends": `{"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","proof":"AAAA"}` + "\n",
	} {
		var lc net.ListenConfig
		l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan []byte, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				heard <- nil
				return
			}
			defer func() { _ = conn.Close() }()
			r := bufio.NewReader(conn)
			line, _ := r.ReadBytes('\n')
			_, _ = io.WriteString(conn, reply)
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.CloseWrite()
			}
			rest, _ := io.ReadAll(r)
			heard <- append(line, rest...)
		}()
		dir := t.TempDir()
		token := nonce()
		if err := (address{Version: version, Addr: l.Addr().String(), Token: token}).write(dir); err != nil {
			t.Fatal(err)
		}
		err = Call(t.Context(), dir, Request{Op: OpUpload, Paths: []string{"/secret"}}, unexpected(t))
		if !errors.Is(err, ErrNotRunning) {
			t.Errorf("%s: got %v", name, err)
		}
		said := <-heard
		if bytes.Contains(said, []byte("request")) || bytes.Contains(said, token) {
			t.Errorf("%s: was told %q", name, said)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzGreeting: whatever a stranger says, it is not served and nothing breaks.
func FuzzGreeting(f *testing.F) {
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}` + "\n" + `{"proof":"","version":1,"request":{}}` + "\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		here, there := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		in := &Instance{ctx: ctx, cancel: cancel, token: nonce(), serve: func(context.Context, Request, func(Reply) error) error {
			t.Error("a stranger was served")
			return nil
		}}
		in.all.Go(func() { in.talk(there, func() {}); _ = there.Close() })
		in.all.Go(func() { _, _ = io.Copy(io.Discard, here) })
		_, _ = here.Write(said)
		_ = here.Close()
		in.all.Wait()
		cancel()
	})
}
