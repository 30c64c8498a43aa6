package pixeldrain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"sluice/service"
)

// answerPause bounds how long sending rests because an answer is coming in.
const answerPause = 10 * time.Second

var errSendingOver = errors.New("the upload is over")

// body is the request body of one try of an upload. The transport reads it on
// its own goroutine, and may do so even when the request has been answered;
// after end it reads nothing any more and calls nothing.
type body struct {
	ctx     context.Context //nolint:containedctx // io.Reader has no place for it
	up      *Upload
	meter   *meter
	content io.Reader // the file, as Wrap gives it
	all     io.Reader // head, content, tail

	reading sync.Mutex // held during a read, so that end can wait for it
	begin   func()     // called before the first read
	left    int64      // bytes of all that were not read
	ended   bool
	hash    hash.Hash // nil when the hash was given
	sent    int64     // bytes of the file that were read
	source  error     // why the file could not be read

	mu        sync.Mutex
	over      chan struct{} // closed by end
	gone      <-chan struct{}
	answering chan struct{} // not nil while an answer is coming in; closed when it was none
}

func newBody(ctx context.Context, up *Upload, m *meter, head, tail []byte) *body {
	b := &body{
		ctx: ctx, up: up, meter: m, over: make(chan struct{}),
		left: int64(len(head)) + up.Size + int64(len(tail)),
	}
	if up.SHA256 == "" {
		b.hash = sha256.New()
	}
	b.content = &source{section: io.NewSectionReader(up.Body, 0, up.Size), size: up.Size, body: b}
	if up.Wrap != nil {
		b.content = up.Wrap(b.content)
	}
	b.all = joined(head, io.Reader(&sent{b}), tail)
	return b
}

// Read gives the next bytes to the transport.
func (b *body) Read(p []byte) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.left == 0 { // whatever has happened since, nothing is missing
		return 0, io.EOF
	}
	if err := b.rest(); err != nil {
		return 0, err
	}
	if b.ended {
		return 0, errSendingOver
	}
	if b.begin != nil {
		b.begin()
		b.begin = nil
	}
	b.meter.reading(true)
	n, err := b.all.Read(p)
	b.meter.reading(false)
	b.left -= int64(n)
	return n, err
}

// Close does nothing: the file belongs to the caller.
func (b *body) Close() error { return nil }

// rest waits while an answer is coming in: one that comes before the end of
// the body refuses it, so that sending more would be in vain.
func (b *body) rest() error {
	b.mu.Lock()
	answering, gone := b.answering, b.gone
	b.mu.Unlock()
	if answering == nil {
		return nil
	}
	timer := time.NewTimer(answerPause)
	defer timer.Stop()
	select {
	case <-answering:
	case <-timer.C:
	case <-b.over:
		return errSendingOver
	case <-gone:
		return errSendingOver
	case <-b.ctx.Done():
		return context.Cause(b.ctx)
	}
	return nil
}

// connected tells on which connection the body goes.
func (b *body) connected(c *uploadConn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c != nil {
		b.gone = c.closed
	}
}

// answer says whether an answer is coming in.
func (b *body) answer(now bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case now && b.answering == nil:
		b.answering = make(chan struct{})
	case !now && b.answering != nil:
		close(b.answering)
		b.answering = nil
	}
}

// end stops the body for good and waits for a read under way. The transport
// ends those that wait for the caller's reader when ctx is cancelled.
func (b *body) end() {
	b.mu.Lock()
	select {
	case <-b.over:
	default:
		close(b.over)
	}
	b.mu.Unlock()
	b.reading.Lock()
	defer b.reading.Unlock()
	b.ended = true
}

// outcome tells how far the body got; it is called after end.
func (b *body) outcome() (sent int64, sum string, source error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	sum = b.up.SHA256
	if b.hash != nil {
		sum = hex.EncodeToString(b.hash.Sum(nil))
	}
	return b.sent, sum, b.source
}

// finish calls f unless the body has ended, and keeps it from ending meanwhile.
func (b *body) finish(f func()) {
	b.reading.Lock()
	defer b.reading.Unlock()
	if !b.ended && f != nil {
		f()
	}
}

// sent counts and hashes what the transport reads of the file.
type sent struct{ b *body }

func (s *sent) Read(p []byte) (int, error) {
	b := s.b
	n, err := b.content.Read(p)
	if n > 0 {
		if b.hash != nil {
			_, _ = b.hash.Write(p[:n]) // a hash never fails
		}
		b.sent += int64(n)
		if b.up.Progress != nil {
			b.up.Progress(n)
		}
	}
	if err != nil && !errors.Is(err, io.EOF) && b.source == nil {
		b.source = sourceError(err)
	}
	return n, err
}

// source reads exactly the promised bytes of the file.
type source struct {
	section *io.SectionReader
	size    int64
	off     int64
	body    *body
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.section.Read(p)
	s.off += int64(n)
	if errors.Is(err, io.EOF) && s.off < s.size {
		err = &service.Error{
			Kind: service.SourceChanged,
			Err:  fmt.Errorf("the file ended after %d of %d bytes: %w", s.off, s.size, io.ErrUnexpectedEOF),
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.body.source = sourceError(err)
	}
	return n, err
}

// sourceError makes the error of a file that could not be read. One that knows
// its kind, or that ctx ended, stays as it is.
func sourceError(err error) error {
	if _, ok := errors.AsType[*service.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &service.Error{Kind: service.Invalid, Value: service.ReasonUnreadable, Err: err}
}
