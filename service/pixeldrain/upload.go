package pixeldrain

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"sluice/service"
)

// Upload is one file to send.
type Upload struct {
	Name string      // as the service shows it, at most 255 characters
	Size int64       // bytes; more in Body is not sent, less is Kind SourceChanged
	Body io.ReaderAt // not used any more when the upload has returned

	// SHA256 is the hash of Body, lower-case hexadecimal, when that lies in
	// memory and does not change; "" lets the upload find out while sending.
	SHA256 string

	// Progress is called for every n bytes of the file that are about to be
	// sent, OnRestart when they start over from 0, and OnSent when the last of
	// them was handed to the connection and only the answer is due. All are
	// called on goroutines of the transport, one at a time, never after the
	// upload has returned, and may be nil. OnSent is left out when the answer
	// is there at once.
	Progress  func(n int)
	OnRestart func()
	OnSent    func()

	// Wrap, if not nil, puts a reader around the file, as a speed limit does.
	// It is called for every start from 0. Time spent in that reader does not
	// count as standing still; the reader has to end when ctx does.
	Wrap func(io.Reader) io.Reader
}

// Uploaded is the outcome of a successful upload.
type Uploaded struct {
	ID         service.FileID
	File       service.File // in the 2020 dialect only the ID is told
	SHA256Sent string       // of the bytes that were sent, lower-case hexadecimal
}

// UploadError is how uploads fail; errors.As finds the *service.Error in it.
type UploadError struct {
	Err     *service.Error
	Sent    int64 // bytes of the file that the transport took in the last try
	AllSent bool  // it took all: the service may have the file unless it refused it

	// Partial is what the service says it has made of the file although it can't
	// have all of it, "" usually. It is the caller's to delete.
	Partial service.FileID
}

// Error is the text of Err.
func (e *UploadError) Error() string { return e.Err.Error() }

// Unwrap gives Err.
func (e *UploadError) Unwrap() error { return e.Err }

// Unknown reports whether the service may have stored the file all the same:
// all was sent, and no answer of the service itself says otherwise. A gateway
// that speaks for it (a 5xx without a value) does not know either.
func (e *UploadError) Unknown() bool {
	if !e.AllSent {
		return false
	}
	switch status := e.Err.Status; {
	case status == 0, status/100 == 2:
		return true
	case status >= http.StatusInternalServerError:
		return e.Err.Value == "" || e.Err.Value == service.ReasonHTML
	}
	return false
}

// Upload sends a file (API document, "Upload File (PUT)"). It returns when the
// service has answered, which it does after storing the file. Every failure is
// an *UploadError; one without an answer, with everything sent, has the value
// ReasonUnknownOutcome.
//
// A file that is not read to its end and then gets no answer is offered a
// second time, waiting to be asked for its bytes, so that a refusal tells its
// reason. Apart from that nothing is tried twice.
func (c *Client) Upload(ctx context.Context, u Upload) (Uploaded, error) {
	return c.upload(ctx, &u, func(s *sending) error {
		s.method, s.path = http.MethodPut, "/file/"+escape(u.Name)
		return nil
	})
}

// UploadForm sends a file as a web form does (API document, "Upload File
// (POST)"). It is the same as Upload in everything else.
func (c *Client) UploadForm(ctx context.Context, u Upload) (Uploaded, error) {
	return c.upload(ctx, &u, func(s *sending) error {
		f, err := newForm(u.Name)
		s.method, s.path, s.contentType = http.MethodPost, "/file", f.contentType
		s.head, s.tail = f.head, f.tail
		return err
	})
}

func (c *Client) upload(ctx context.Context, u *Upload, as func(*sending) error) (Uploaded, error) {
	const op = "upload"
	started := time.Now()
	if err := checkUpload(u); err != nil {
		err.Op, err.Path = op, c.key.text(u.Name)
		return Uploaded{}, &UploadError{Err: err}
	}
	s := &sending{c: c, op: op, up: u}
	if err := as(s); err != nil {
		return Uploaded{}, &UploadError{Err: &service.Error{Op: op, Kind: service.Internal, Err: err}}
	}
	done, failure := s.run(ctx)
	c.logUpload(ctx, s, failure, started)
	if failure != nil {
		return Uploaded{}, failure
	}
	return done, nil
}

func checkUpload(u *Upload) *service.Error {
	switch {
	case u.Body == nil || u.Size < 0:
		return &service.Error{Kind: service.Invalid, Err: errors.New("nothing to read from")}
	case u.Size == 0:
		return &service.Error{Kind: service.Invalid, Value: service.ReasonEmptyFile}
	}
	return checkName(u.Name)
}

func (c *Client) logUpload(ctx context.Context, s *sending, failure *UploadError, started time.Time) {
	attrs := []slog.Attr{
		slog.String("method", s.method),
		slog.Int64("size", s.up.Size),
		slog.Duration("took", time.Since(started)),
	}
	if failure != nil {
		attrs = append(attrs, slog.Int64("sent", failure.Sent), slog.Int("status", failure.Err.Status),
			slog.String("kind", failure.Err.Kind.String()), slog.String("value", failure.Err.Value))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "upload", attrs...)
}
