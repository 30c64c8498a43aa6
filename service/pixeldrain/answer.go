package pixeldrain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"sluice/service"
)

// Upper bounds of answers, far above what true ones have.
const (
	maxFailure   = 256 << 10 // an error envelope, or the page of a proxy
	maxSmall     = 1 << 20   // one file's info, one id
	maxInfos     = 16 << 20  // the infos of 100 files
	maxEntry     = 4 << 20   // one file of a listing
	maxListEntry = 16 << 20  // one album of a listing, should it name its files
	maxListing   = 1 << 30   // a whole listing
	maxThumbnail = 8 << 20
)

var errHuge = errors.New("the answer is larger than any true one")

// refusal makes the error of an answer that is no success. It reads the body.
func (c *Client) refusal(op string, u *url.URL, resp *http.Response) *service.Error {
	out := &service.Error{
		Op: op, Path: c.pathOf(u), Status: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header, time.Now()),
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxFailure))
	var env envelope
	switch {
	case isHTML(resp.Header, data):
		out.Value = service.ReasonHTML
	case json.Unmarshal(data, &env) == nil:
		env = env.first()
		out.Value = c.key.text(plainValue(env.Value))
		out.Err = c.key.err(env.cause())
	case err != nil && !isCut(err):
		out.Err = c.key.err(err)
	}
	out.Kind = kindOf(out.Status, out.Value)
	if out.Kind == service.Unauthorized && out.Value == "" && !c.key.set() {
		out.Value = service.ReasonNoKey
	}
	return out
}

// decode reads the whole JSON body of a success into v. It accepts no more
// than limit bytes.
func decode(resp *http.Response, limit int64, v any) error {
	var data bytes.Buffer
	data.Grow(int(min(max(resp.ContentLength, 0), limit, 64<<10)) + bytes.MinRead)
	if _, err := data.ReadFrom(io.LimitReader(resp.Body, limit+1)); err != nil {
		return err
	}
	if int64(data.Len()) > limit {
		return errHuge
	}
	return unmarshal(resp.Header, data.Bytes(), v)
}

// answerError is a success whose body is not what was promised.
type answerError struct {
	reason string
	cause  error
}

func (e *answerError) Error() string {
	if e.cause == nil {
		return e.reason
	}
	return e.reason + ": " + e.cause.Error()
}

func (e *answerError) Unwrap() error { return e.cause }

// unmarshal decodes one JSON value, which may also be an envelope that tells
// of a failure.
func unmarshal(h http.Header, data []byte, v any) error {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return &answerError{reason: service.ReasonEmptyAnswer}
	}
	if isHTML(h, trimmed) {
		return &answerError{reason: service.ReasonHTML}
	}
	if w, ok := v.(*wireFile); ok && w.readFlat(trimmed) {
		return nil
	}
	if trimmed[0] == '{' && bytes.Contains(trimmed, []byte("uccess")) {
		var env envelope
		if json.Unmarshal(trimmed, &env) == nil && env.refused() && env.Value != "" {
			return env.asError(http.StatusOK)
		}
	}
	if err := json.Unmarshal(trimmed, v); err != nil {
		return badJSON(err)
	}
	return nil
}

// asError makes the error of a failure that came with a success's status.
func (e envelope) asError(status int) error {
	e = e.first()
	value := plainValue(e.Value)
	if value == "" {
		return &answerError{reason: service.ReasonBadAnswer, cause: e.cause()}
	}
	return &service.Error{Kind: kindOf(status, value), Value: value, Err: e.cause()}
}

// badJSON tells JSON that ends early from JSON that is none.
func badJSON(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && syntax.Error() == "unexpected end of JSON input" {
		return &answerError{reason: service.ReasonCutAnswer, cause: err}
	}
	if isCut(err) || errors.Is(err, io.EOF) {
		return &answerError{reason: service.ReasonCutAnswer, cause: err}
	}
	return &answerError{reason: service.ReasonBadAnswer, cause: err}
}

func isCut(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// unreadable makes the error of a success whose body could not be used.
func (c *Client) unreadable(op string, u *url.URL, status int, err error) *service.Error {
	out := &service.Error{Op: op, Path: c.pathOf(u), Status: status, Err: c.key.err(err)}
	if own, ok := errors.AsType[*service.Error](err); ok {
		out.Kind, out.Value, out.Err = own.Kind, c.key.text(own.Value), c.key.err(own.Err)
		return out
	}
	if bad, ok := errors.AsType[*answerError](err); ok {
		out.Value, out.Err = bad.reason, c.key.err(bad.cause)
	}
	switch {
	case errors.Is(err, errHuge):
		out.Kind, out.Value = service.Internal, service.ReasonHugeAnswer
	case out.Value == service.ReasonBadAnswer:
		out.Kind = service.Internal
	case out.Value == service.ReasonHTML, out.Value == service.ReasonEmptyAnswer:
		out.Kind = service.Server
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		out.Kind = service.Offline
	default: // cut, by the connection or by the service
		out.Kind, out.Value = service.Offline, service.ReasonCutAnswer
	}
	return out
}

// isHTML reports whether an answer is a web page.
func isHTML(h http.Header, data []byte) bool {
	switch h.Get("Content-Type") { // as services usually write it
	case "application/json", "application/json; charset=utf-8":
		return false
	}
	if kind, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil {
		switch kind {
		case "text/html", "application/xhtml+xml":
			return true
		case "application/json":
			return false
		}
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	return len(data) > 0 && data[0] == '<'
}
