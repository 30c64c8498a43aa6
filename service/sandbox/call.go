package sandbox

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// call is one request on its way through the server.
type call struct {
	s     *Server
	r     *http.Request
	w     *answerWriter
	body  *requestBody
	who   account
	fault *Injection // nil: nothing goes wrong
}

// errCut means that the connection has to be cut without an answer, or without
// the rest of one.
var errCut = errors.New("the connection is cut")

// lingering is how long a connection stays half open after an early answer, so
// that the client can read it while it still sends.
const lingering = 500 * time.Millisecond

// ServeHTTP handles one request; net/http calls it on the connection's
// goroutine.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.handlers.Done()
	s.count.update(func(st *Stats) { st.Begun++; st.Requests[r.Method]++ })
	defer s.count.update(func(st *Stats) { st.Done++ })

	c := &call{s: s, r: r}
	c.fault = s.faults.pick(r)
	c.w = &answerWriter{ResponseWriter: w, c: c, cutAt: -1}
	c.body = &requestBody{c: c, from: r.Body, triggerAt: -1}
	c.arm()
	var err error
	if s.pause(s.cfg.Latency, r.Context().Done()) {
		err = c.handle()
	} else {
		err = errCut
	}
	c.finish(err)
}

// handle does what the request asks for, unless a fault comes first.
func (c *call) handle() error {
	if err := c.before(); err != nil {
		return err
	}
	return c.s.route(c)
}

// finish turns the outcome into what goes over the wire.
func (c *call) finish(err error) {
	no, refused := errors.AsType[*refusal](err)
	switch {
	case c.w.dead || errors.Is(err, errCut):
	case refused && !c.w.wrote:
		c.refused(no)
	case err != nil && !c.w.wrote:
		c.s.cfg.Logger.Error("request failed", slog.String("path", c.r.URL.Path), slog.Any("error", err))
		c.refused(errInternal("The sandbox could not do this."))
	case err != nil:
		c.w.dead = true // the answer is incomplete
	}
	if c.w.cutAt >= 0 && c.w.wrote && !c.w.dead { // an answer shorter than the fault expected
		c.w.dead = c.strikeAnswer() != nil
	}
	c.log(no)
	if c.w.dead || errors.Is(err, errCut) {
		c.cut()
	}
}

func (c *call) log(no *refusal) {
	value := ""
	if no != nil {
		value = no.value
	}
	c.s.cfg.Logger.Info("request", slog.String("method", c.r.Method), slog.String("path", c.r.URL.EscapedPath()),
		slog.Int("status", c.w.status), slog.String("value", value), slog.Int64("body", c.body.n),
		slog.Bool("cut", c.w.dead))
}

// refused sends a refusal. While the request's body is still coming in, it is
// an early answer: the connection is closed after it (API document, "Form
// Value Order").
func (c *call) refused(no *refusal) {
	early := c.r.ProtoMajor == 1 && c.r.ContentLength != 0 && !c.body.ended
	if !early && !no.abrupt {
		no.header(c.w.Header())
		c.w.WriteHeader(no.status)
		if c.r.Method != http.MethodHead {
			_, _ = c.w.Write(no.envelope()) // a client that is gone needs no answer
		}
		return
	}
	if c.w.gate(); c.w.dead {
		return
	}
	c.w.note(no.status)
	conn, err := c.hijack()
	if err != nil { // HTTP/2: the stream ends with the answer
		no.header(c.w.Header())
		c.w.ResponseWriter.WriteHeader(no.status)
		_, _ = c.w.ResponseWriter.Write(no.envelope())
		return
	}
	defer func() { _ = conn.Close() }()
	if writeEarly(conn, c.r, no) != nil || no.abrupt {
		return
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		c.s.pause(lingering, nil)
	}
}

// writeEarly writes a refusal to a connection that net/http has let go.
func writeEarly(conn net.Conn, r *http.Request, no *refusal) error {
	body := no.envelope()
	resp := &http.Response{
		StatusCode: no.status, ProtoMajor: 1, ProtoMinor: 1, Request: r, Close: true,
		Header: http.Header{}, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}
	no.header(resp.Header)
	resp.Header.Del("Content-Length")
	resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var b bytes.Buffer
	if err := resp.Write(&b); err != nil {
		return err
	}
	_, err := conn.Write(b.Bytes())
	return err
}

// hijack takes the connection from net/http; HTTP/2 has none to give.
func (c *call) hijack() (net.Conn, error) {
	conn, _, err := http.NewResponseController(c.w.ResponseWriter).Hijack()
	return conn, err
}

// cut ends the connection without (the rest of) an answer.
func (c *call) cut() {
	if c.w.wrote && !c.w.silent {
		_ = http.NewResponseController(c.w.ResponseWriter).Flush() // what was given is to arrive
	}
	conn, err := c.hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: resets the stream
	}
	if c.fault != nil && c.fault.Kind == Reset {
		reset(conn)
		return
	}
	_ = conn.Close()
}

// remote is the caller's address without the port.
func (c *call) remote() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return strings.Trim(host, "[]")
}
