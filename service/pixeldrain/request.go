package pixeldrain

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"sluice/service"
)

// address gives the URL of an API path, whose segments are escaped already.
func (c *Client) address(escaped string) *url.URL {
	u := *c.base
	path, err := url.PathUnescape(escaped)
	if err != nil { // cannot be: escape made it
		path = escaped
	}
	u.Path += path
	u.RawPath = c.base.EscapedPath() + escaped
	return &u
}

// request makes a request to an API path, logged in.
func (c *Client) request(ctx context.Context, method, path string, body []byte) *http.Request {
	r := (&http.Request{
		Method: method, URL: c.address(path), Host: c.base.Host, Header: c.header(),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if body != nil {
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
	}
	return r
}

// header is what every request says, logged in.
func (c *Client) header() http.Header {
	r := &http.Request{Header: make(http.Header)}
	r.Header.Set("User-Agent", c.agent)
	c.key.authorize(r)
	return r.Header
}

// ask sends a request and lets read make sense of a success. It closes the
// answer.
func (c *Client) ask(op string, r *http.Request, read func(*http.Response) error) error {
	resp, err := c.do(op, r)
	if err != nil {
		return err
	}
	err = read(resp)
	_ = resp.Body.Close() // read took what it wanted
	if err != nil {
		return c.unreadable(op, r.URL, resp.StatusCode, err)
	}
	return nil
}

// do sends a request and gives its answer, whose body the caller closes. An
// answer that is no success becomes an error; so does silence for longer than
// the stall time, before the answer or within its body.
func (c *Client) do(op string, r *http.Request) (*http.Response, error) {
	started := time.Now()
	ctx, cancel := context.WithCancelCause(r.Context())
	timer := time.AfterFunc(c.stall, func() { cancel(stalled("no answer")) })
	var sending atomic.Bool
	sending.Store(true)
	resp, err := c.api.Do(moving(r.WithContext(ctx), func() {
		if sending.Load() {
			timer.Reset(c.stall)
		}
	}))
	sending.Store(false)
	timer.Stop()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		failure := c.unanswered(r.Context(), op, r.URL, err)
		c.logCall(r, failure, started)
		return nil, failure
	}
	resp.Body = &guarded{
		body: resp.Body, timer: timer, stall: c.stall,
		end:   func() { cancel(nil) },
		cause: func() error { return context.Cause(ctx) },
	}
	if resp.StatusCode/100 != 2 {
		failure := c.refusal(op, r.URL, resp)
		_ = resp.Body.Close() // it is read, as far as it is of use
		c.logCall(r, failure, started)
		return nil, failure
	}
	c.logCall(r, nil, started)
	return resp, nil
}

// moving calls moved whenever a part of the request's body is taken.
func moving(r *http.Request, moved func()) *http.Request {
	open := r.GetBody
	if open == nil {
		return r
	}
	wrap := func(b io.ReadCloser) io.ReadCloser { return movingBody{b, moved} }
	r.Body = wrap(r.Body)
	r.GetBody = func() (io.ReadCloser, error) {
		b, err := open()
		return wrap(b), err
	}
	return r
}

type movingBody struct {
	io.ReadCloser

	moved func()
}

func (b movingBody) Read(p []byte) (int, error) {
	const most = 64 << 10 // so that a slow connection shows that it moves
	b.moved()
	return b.ReadCloser.Read(p[:min(len(p), most)])
}

func (c *Client) logCall(r *http.Request, failure *service.Error, started time.Time) {
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", c.pathOf(r.URL)),
		slog.Duration("took", time.Since(started)),
	}
	if failure != nil {
		attrs = append(attrs, slog.Int("status", failure.Status), slog.String("kind", failure.Kind.String()),
			slog.String("value", failure.Value))
	}
	c.log.LogAttrs(r.Context(), slog.LevelDebug, "api call", attrs...)
}

// pathOf gives the part of an address below the API, for errors and logs.
func (c *Client) pathOf(u *url.URL) string {
	return c.key.text(strings.TrimPrefix(u.Path, c.base.Path))
}

// unanswered makes the error of a request that got no answer. When the caller
// ended it, errors.Is finds ctx.Err() in it.
func (c *Client) unanswered(ctx context.Context, op string, u *url.URL, err error) *service.Error {
	out := &service.Error{Op: op, Path: c.pathOf(u), Kind: service.Offline}
	if ended := ctx.Err(); ended != nil {
		out.Err = ended
		if cause := context.Cause(ctx); !errors.Is(cause, ended) {
			out.Err = fmt.Errorf("%w: %w", ended, c.key.err(cause))
		}
		return out
	}
	if own, ok := errors.AsType[*service.Error](err); ok { // a redirect, a stall, the source
		out.Kind, out.Value, out.Status, out.Err = own.Kind, own.Value, own.Status, c.key.err(own.Err)
		return out
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	out.Err = c.key.err(err)
	switch {
	case badCertificate(err):
		out.Value = service.ReasonBadCertificate
	case errors.Is(err, io.ErrUnexpectedEOF):
		out.Value = service.ReasonCutAnswer
	case strings.Contains(err.Error(), "malformed HTTP"), strings.Contains(err.Error(), "malformed MIME"),
		strings.Contains(err.Error(), "response headers exceeded"): // net/http has no types for them
		out.Kind, out.Value = service.Server, service.ReasonBadAnswer
	}
	return out
}

func badCertificate(err error) bool {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}

// guarded is an answer's body that ends with an error when it stays silent for
// the stall time while it is read. The time between reads does not count.
type guarded struct {
	body  io.ReadCloser
	timer *time.Timer
	stall time.Duration
	end   func()
	cause func() error // why the request was ended, nil when it was not
}

func (g *guarded) Read(p []byte) (int, error) {
	g.timer.Reset(g.stall)
	n, err := g.body.Read(p)
	g.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := g.cause(); cause != nil {
			err = cause
		}
	}
	return n, err
}

func (g *guarded) Close() error {
	g.timer.Stop()
	err := g.body.Close()
	g.end()
	return err
}
