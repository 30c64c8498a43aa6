package pixeldrain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// directSize is the size up to which a file is sent without net/http's
// transport: head and file fit one piece, so that nothing has to be read while
// something is written.
const directSize = 64 << 10

// maxDirect is how many of its connections are kept.
const maxDirect = 16

// direct sends small files: one write, then one answer, on the goroutine of the
// caller. It dials as the upload transport does, and leaves to that one whatever
// is not plain: proxies, redirects, requests that wait to be asked for the body.
type direct struct {
	parts transportParts
	base  *url.URL
	proxy *http.Request // asks whether there is a proxy
	head  string        // of every request, behind its first line

	redirected atomic.Bool // the service sends uploads on: net/http follows

	mu     sync.Mutex
	idle   []*directConn // used last comes last
	sweep  *time.Timer   // ends those that are idle for long, nil when there are none
	closed bool
}

// directConn is a connection on which one request goes at a time.
type directConn struct {
	*outgoing

	in    *bufio.Reader
	bound io.LimitedReader // below in
	since time.Time        // idle since, by the calendar: it goes on while the computer sleeps
}

// newDirect makes one for requests to base that have the headers h. It is nil
// where connections can't be told to be alive, or where the address or the headers
// need net/http to be written.
func newDirect(cfg Config, parts transportParts, base *url.URL, h http.Header) *direct {
	if cfg.DialContext != nil || !canPeek || !plainHost(base.Host) {
		return nil
	}
	var head strings.Builder
	head.WriteString("Host: " + base.Host + "\r\n")
	for name := range h {
		if !plainText(h.Get(name)) {
			return nil
		}
	}
	h.Set("Accept-Encoding", "identity")   // what is asked for otherwise would have to be undone
	if err := h.Write(&head); err != nil { // a strings.Builder takes all
		return nil
	}
	return &direct{parts: parts, base: base, head: head.String(), proxy: &http.Request{URL: base}}
}

// plainHost reports whether net/http sends a host as it is written.
func plainHost(host string) bool {
	for _, c := range []byte(host) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != ':' && c != '[' && c != ']' {
			return false
		}
	}
	return host != ""
}

func plainText(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// take gives an idle connection, which may have died meanwhile, or a new one.
func (d *direct) take(ctx context.Context) (c *directConn, again bool, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		d.mu.Lock()
		n := len(d.idle)
		if n == 0 {
			d.mu.Unlock()
			break
		}
		c, d.idle = d.idle[n-1], d.idle[:n-1]
		d.mu.Unlock()
		if age := time.Since(c.since); age >= 0 && age < idleWait {
			return c, true, nil
		}
		_ = c.Close() // nothing is on it
	}
	dial := d.parts.dialTLS
	if d.base.Scheme == "http" {
		dial = d.parts.dialPlain
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(d.base.Hostname(), port(d.base)))
	if err != nil {
		return nil, false, err
	}
	out, _ := conn.(*outgoing) // both dials give one
	out.raw.alone = true
	c = &directConn{outgoing: out}
	c.bound.R = out
	c.in = bufio.NewReader(&c.bound)
	return c, false, nil
}

// give takes back a connection on which nothing is under way.
func (d *direct) give(c *directConn) {
	c.raw.meter.Store(nil)
	c.since = time.Now().Round(0)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(d.idle) >= maxDirect {
		_ = c.Close()
		return
	}
	d.idle = append(d.idle, c)
	if d.sweep == nil {
		d.sweep = time.AfterFunc(idleWait, d.closeOld)
	}
}

// closeOld closes the connections that have been idle for long.
func (d *direct) closeOld() {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := 0
	for old < len(d.idle) && time.Since(d.idle[old].since) >= idleWait {
		_ = d.idle[old].Close()
		old++
	}
	d.idle = append(d.idle[:0], d.idle[old:]...)
	if d.sweep = nil; len(d.idle) > 0 {
		d.sweep = time.AfterFunc(min(idleWait, idleWait-time.Since(d.idle[0].since)), d.closeOld)
	}
}

func (d *direct) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sweep != nil {
		d.sweep.Stop()
	}
	for _, c := range d.idle {
		_ = c.Close()
	}
	d.idle, d.sweep, d.closed = nil, nil, true
}

// alive reports, without waiting, whether an idle connection can take a request:
// nothing has come, be it unasked or its end. What TLS keeps to itself, as late
// session tickets, is read and is no harm.
func (c *directConn) alive() bool {
	c.raw.glance = true
	_, err := c.in.Peek(1)
	c.raw.glance = false
	return errors.Is(err, os.ErrDeadlineExceeded) && (c.Conn == net.Conn(c.raw) || c.raw.frames.whole())
}

// answer reads the next answer but for its body. Those that only announce one
// are passed over, however many there are, as the transport does.
func (c *directConn) answer() (*http.Response, error) {
	defer func() { c.bound.N = math.MaxInt64 }()
	for {
		c.bound.N = maxHeaderBytes
		if _, err := c.in.Peek(1); err != nil {
			return nil, err // ReadResponse would call an orderly end a cut
		}
		resp, err := http.ReadResponse(c.in, nil)
		if err != nil && c.bound.N <= 0 {
			err = fmt.Errorf("response headers exceeded %d bytes", maxHeaderBytes)
		}
		if err != nil || resp.StatusCode/100 != 1 {
			return resp, err
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Close = true // whatever follows, it is not HTTP
			return resp, nil
		}
	}
}

// endedBody knows whether a body was read to its end.
type endedBody struct {
	io.ReadCloser

	ended bool
}

func (b *endedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.ended = b.ended || errors.Is(err, io.EOF)
	return n, err
}

// plain reports whether this try may go directly.
func (s *sending) plain() bool {
	d := s.c.direct
	if d == nil || s.up.Size > directSize || s.expect || s.method != http.MethodPut || s.contentType != "" || d.redirected.Load() {
		return false
	}
	proxy, err := s.c.proxyOf(d.proxy)
	return proxy == nil && err == nil
}

// tryDirect sends the file once. It reports false when the answer is a redirect,
// which is for net/http to follow: the file is not there.
func (s *sending) tryDirect(parent, ctx context.Context) (done Uploaded, failure *UploadError, ok bool) {
	d := s.c.direct
	piece := takePiece(d.parts.pieces)
	c, again, whole, err := s.ready(ctx, piece)
	if err != nil {
		d.parts.pieces.Put(piece)
		return Uploaded{}, s.broke(parent, ctx, err), true
	}
	letGo := context.AfterFunc(ctx, func() { _ = c.raw.Close() })
	s.connected(c.raw, again)
	_, err = c.send(whole)
	d.parts.pieces.Put(piece)
	resp, err := s.hear(c, again, err) //nolint:bodyclose // it is read, or its connection is closed
	kept := false
	if err != nil {
		failure = s.broke(parent, ctx, err)
	} else if ok = resp.StatusCode/100 != 3 || resp.Header.Get("Location") == ""; ok {
		body := &endedBody{ReadCloser: resp.Body}
		resp.Body = body
		done, failure = s.answered(ctx, resp)
		kept = body.ended && !resp.Close && c.in.Buffered() == 0
	}
	if letGo() && kept {
		d.give(c)
	} else {
		_ = c.Close() // the outcome is known
	}
	return done, failure, ok || err != nil
}

// ready gives a connection and the whole request, which is in piece. A speed limit
// can make reading the file last longer than idle connections live, so they are
// asked for that last.
func (s *sending) ready(ctx context.Context, piece *[pieceSize]byte) (c *directConn, again bool, whole []byte, err error) {
	b := s.start(ctx)
	for {
		if c, again, err = s.c.direct.take(ctx); err != nil {
			return nil, false, nil, err
		}
		if whole == nil {
			whole, err = s.whole(b, piece)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && (!again || c.alive()) {
			return c, again, whole, nil
		}
		_ = c.Close() // nothing is on it
		if err != nil {
			return nil, false, nil, err
		}
	}
}

// whole writes the request and the file into piece.
func (s *sending) whole(b *body, piece *[pieceSize]byte) ([]byte, error) {
	head := append(piece[:0], "PUT "...)
	head = append(head, s.c.direct.base.EscapedPath()...)
	head = append(head, s.path...)
	head = append(head, " HTTP/1.1\r\n"...)
	head = append(head, s.c.direct.head...)
	head = append(head, "Content-Length: "...)
	head = strconv.AppendInt(head, s.up.Size, 10)
	head = append(head, "\r\n\r\n"...)
	if len(head)+int(s.up.Size) > len(piece) {
		return nil, errors.New("the request has no room") // names and keys are far too short for that
	}
	whole := piece[:len(head)+int(s.up.Size)]
	_, err := io.ReadFull(b, whole[len(head):])
	return whole, err
}

// hear gives the answer to what was written with the outcome err. Its body is
// still to be read.
func (s *sending) hear(c *directConn, again bool, err error) (*http.Response, error) {
	if err == nil {
		s.wrote()
		return c.answer()
	}
	if again && c.raw.stage.Load() == untouched {
		return nil, err // what may be there to read is no answer to this
	}
	// Perhaps it was refused, and the reason is there to be read.
	_ = c.raw.SetReadDeadline(time.Now().Add(answerGrace))
	resp, unread := c.answer()
	if unread != nil || resp.StatusCode/100 == 2 {
		return nil, err
	}
	resp.Close = true
	return resp, nil
}
