package pixeldrain

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"sync/atomic"

	"sluice/service"
)

// sending is one upload under way, through all tries of it.
type sending struct {
	c           *Client
	op          string
	method      string
	path        string // escaped, below the API
	contentType string // "" = the service finds out
	head, tail  []byte
	up          *Upload

	expect  bool        // this try waits to be asked for the body
	asked   atomic.Bool // the service asked for it
	reached atomic.Bool // this try got a connection

	mu    sync.Mutex
	body  *body // of the latest start
	meter *meter
	conn  *uploadConn // of this try, nil when there is none yet
	again bool        // conn had been used before
}

// run sends the file and makes sense of the outcome.
func (s *sending) run(ctx context.Context) (Uploaded, *UploadError) {
	s.expect = s.c.expecting.useful(s.c.base.Host, s.up.Size)
	done, failure := s.try(ctx)
	for left := idleTries; left > 0 && failure != nil && s.untouched(ctx, failure); left-- {
		done, failure = s.try(ctx)
	}
	switch {
	case failure == nil:
	case s.expect && failure.Err.Status == http.StatusExpectationFailed:
		s.c.expecting.note(s.c.base.Host, false)
		s.expect = false
		return s.try(ctx)
	case s.worthAsking(ctx, failure):
		s.expect = true
		return s.try(ctx)
	}
	return done, failure
}

// idleTries is how many idle connections in a row may turn out to be dead.
const idleTries = 20

// untouched reports whether a try failed only because the connection had died
// while it was idle: nothing of this upload went out.
func (s *sending) untouched(ctx context.Context, failure *UploadError) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.again && s.conn != nil && s.conn.condemn() && ctx.Err() == nil &&
		failure.Err.Status == 0 && failure.Err.Kind == service.Offline && failure.Err.Value == ""
}

// worthAsking reports whether a failed try may be a refusal whose answer was
// lost: the connection broke while a body was sent that nobody had asked for.
func (s *sending) worthAsking(ctx context.Context, failure *UploadError) bool {
	return !failure.AllSent && failure.Err.Status == 0 && failure.Err.Kind == service.Offline &&
		s.reached.Load() && !s.asked.Load() && ctx.Err() == nil && broken(failure.Err.Err)
}

// broken reports whether the other side ended a connection.
func broken(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && !op.Timeout() && (op.Op == "write" || op.Op == "read" || op.Op == "readfrom")
}

// try sends the file once.
func (s *sending) try(parent context.Context) (Uploaded, *UploadError) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	s.asked.Store(false)
	s.reached.Store(false)
	s.mu.Lock()
	s.meter = newMeter(s.c.stall, s.c.answer, cancel)
	s.conn, s.again = nil, false
	s.mu.Unlock()
	defer s.meter.stop()

	if s.plain() {
		if done, failure, ok := s.tryDirect(parent, ctx); ok {
			return done, failure
		}
		s.c.direct.redirected.Store(true)
		return s.try(parent)
	}
	req := s.request(httptrace.WithClientTrace(ctx, s.trace()))
	resp, err := s.c.uploader().Do(req)
	if err != nil {
		failure := s.broke(parent, ctx, err)
		cancel(nil)
		return Uploaded{}, failure
	}
	done, failure := s.answered(ctx, resp)
	_ = resp.Body.Close() // what it told is known
	return done, failure
}

// broke makes the error of a try of parent that got no answer; its own ctx may
// know why.
func (s *sending) broke(parent, ctx context.Context, err error) *UploadError {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return s.failed(s.c.unanswered(parent, s.op, s.c.address(s.path), err))
}

// answered reads the answer, and only then ends the body: ending it breaks the
// connection when the body was not finished.
func (s *sending) answered(ctx context.Context, resp *http.Response) (Uploaded, *UploadError) {
	s.current().answer(true)
	s.meter.answered()
	if resp.StatusCode/100 != 2 {
		return Uploaded{}, s.failed(s.c.refusal(s.op, s.c.address(s.path), resp))
	}
	f, err := readUploaded(resp)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	n, sum := s.end()
	if err == nil && n != s.up.Size {
		err = &answerError{reason: service.ReasonBadAnswer, cause: errors.New("a success before the whole file was sent")}
	}
	if err != nil {
		failed := s.failed(s.c.unreadable(s.op, s.c.address(s.path), resp.StatusCode, err))
		failed.Partial = f.ID
		return Uploaded{}, failed
	}
	return Uploaded{ID: f.ID, SHA256Sent: sum, File: f}, nil
}

// readUploaded reads the answer to an upload: the id alone in the 2020
// dialect, the whole info in the 2026 one.
func readUploaded(resp *http.Response) (service.File, error) {
	var w wireFile
	if err := decode(resp, maxSmall, &w); err != nil {
		return service.File{}, err
	}
	return w.file()
}

// failed ends the body and completes the error with what became of it.
func (s *sending) failed(failure *service.Error) *UploadError {
	b := s.current()
	b.end()
	n, _, source := b.outcome()
	s.mu.Lock()
	if !s.reached.Load() || s.conn != nil && s.conn.condemn() {
		n = 0 // it was read, and went no further
	}
	s.mu.Unlock()
	out := &UploadError{Err: failure, Sent: n, AllSent: n == s.up.Size}
	if failure.Status != 0 {
		return out
	}
	if own, ok := errors.AsType[*service.Error](source); ok {
		failure.Kind, failure.Value, failure.Err = own.Kind, own.Value, s.c.key.err(own.Err)
	} else if out.AllSent {
		failure.Value = service.ReasonUnknownOutcome
	}
	return out
}

// end stops the body and tells how much of the file was sent and its hash.
func (s *sending) end() (int64, string) {
	b := s.current()
	b.end()
	n, sum, _ := b.outcome()
	return n, sum
}

func (s *sending) current() *body {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.body
}

// request makes the request of this try. There is no Idempotency-Key: it would
// let the transport send the file twice.
func (s *sending) request(ctx context.Context) *http.Request {
	r := s.c.request(ctx, s.method, s.path, nil)
	if s.contentType != "" {
		r.Header.Set("Content-Type", s.contentType)
	}
	if s.expect {
		r.Header.Set("Expect", "100-continue")
	}
	r.ContentLength = int64(len(s.head)) + s.up.Size + int64(len(s.tail))
	r.Body = s.start(ctx)
	r.GetBody = func() (io.ReadCloser, error) { return s.start(ctx), nil }
	return r
}

// start makes a body from the beginning of the file; one that came before it
// is over.
func (s *sending) start(ctx context.Context) *body {
	before := s.current()
	if before != nil {
		before.end()
		if n, _, _ := before.outcome(); n > 0 && s.up.OnRestart != nil {
			s.up.OnRestart()
		}
	}
	b := newBody(ctx, s.up, s.meter, s.head, s.tail)
	b.begin = func() {
		if s.expect && !s.asked.Load() {
			s.c.expecting.note(s.c.base.Host, false)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body = b
	return b
}

// trace follows the request through the transport.
func (s *sending) trace() *httptrace.ClientTrace {
	host := s.c.base.Host
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if o, ok := info.Conn.(*outgoing); ok {
				o.bodyFollows(!s.expect)
			}
			s.connected(uploadConnOf(info.Conn), info.Reused)
		},
		Got100Continue: func() {
			s.asked.Store(true)
			s.c.expecting.note(host, true)
		},
		GotFirstResponseByte: func() { s.current().answer(true) },
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			s.current().answer(false)
			return nil
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				s.wrote()
			}
		},
	}
}

func (s *sending) connected(c *uploadConn, reused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached.Store(true)
	s.conn, s.again = c, reused
	if c != nil {
		c.stage.Store(untouched)
		c.meter.Store(s.meter)
	}
	s.body.connected(c)
}

// wrote is called when the request was handed to the connection, whole unless
// an early answer made its body superfluous.
func (s *sending) wrote() {
	b := s.current()
	b.finish(func() {
		if b.sent != s.up.Size {
			return
		}
		b.meter.lastByte()
		if s.up.OnSent != nil {
			s.up.OnSent()
		}
	})
}
