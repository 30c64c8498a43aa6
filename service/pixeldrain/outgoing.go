package pixeldrain

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

var errSlowHandshake = errors.New("the other side did not finish the TLS handshake")

const (
	// largestPiece is how much is read and sent at a time at most, leastPiece
	// the same on a slow connection: what moves is seen between pieces.
	largestPiece = 128 << 10
	firstPiece   = 64 << 10
	leastPiece   = 16 << 10
	// pieceSize has room for what TLS adds to a piece.
	pieceSize = largestPiece + 4<<10
	// A piece that took less than quickPiece makes the next ones larger, one
	// that took longer than slowPiece makes them small.
	quickPiece = 20 * time.Millisecond
	slowPiece  = 500 * time.Millisecond
)

// takePiece gives a buffer, which goes back into the pool.
func takePiece(pool *sync.Pool) *[pieceSize]byte {
	if b, ok := pool.Get().(*[pieceSize]byte); ok {
		return b
	}
	return new([pieceSize]byte)
}

// outgoing is an upload connection as the transport sees it, with TLS or
// without. It sends what it is given in fewer and larger pieces than the
// transport does by itself: a head of a request together with the start of the
// body, and the records of one piece in one call of the system. Nothing but a
// head is ever kept back, and that only when a body follows at once.
type outgoing struct {
	net.Conn // TLS, or raw itself

	raw    *uploadConn
	pieces *sync.Pool   // of *[pieceSize]byte
	active atomic.Int32 // pieces on their way
	joins  atomic.Bool  // the next write is a head that a body follows

	// Of the goroutine that writes.
	head []byte // kept back
}

// dialTLS opens an upload connection with TLS, whose handshake is over.
func (p transportParts) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := p.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	raw := newUploadConn(conn, p.pieces)
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	cfg := p.tls.Clone()
	cfg.ServerName = host
	cfg.DynamicRecordSizingDisabled = true // whole files follow
	secure := tls.Client(raw, cfg)
	ctx, cancel := context.WithTimeoutCause(ctx, handshakeWait, errSlowHandshake)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // the handshake's error says more
		if cause := context.Cause(ctx); errors.Is(cause, errSlowHandshake) {
			err = cause
		}
		return nil, err
	}
	return &outgoing{Conn: secure, raw: raw, pieces: p.pieces}, nil
}

// dialPlain opens an upload connection without TLS, or for TLS that the
// transport adds behind a proxy.
func (p transportParts) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := p.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	raw := newUploadConn(conn, p.pieces)
	return &outgoing{Conn: raw, raw: raw, pieces: p.pieces}, nil
}

// bodyFollows says whether the next head may be sent with its body.
func (o *outgoing) bodyFollows(now bool) { o.joins.Store(now) }

// Write sends p, after what was kept back. When it returns, all is sent,
// except a head that was announced.
func (o *outgoing) Write(p []byte) (int, error) {
	if o.joins.CompareAndSwap(true, false) {
		o.head = append(o.head, p...)
		return len(p), nil
	}
	if len(o.head) == 0 {
		return o.send(p)
	}
	head := len(o.head)
	n, err := o.send(append(o.head, p...))
	o.head = o.head[:0]
	return max(n-head, 0), err
}

// ReadFrom sends a body piece by piece as r gives it; io.Copy calls it.
func (o *outgoing) ReadFrom(r io.Reader) (sent int64, err error) {
	o.joins.Store(false)
	buffer := takePiece(o.pieces)
	defer o.pieces.Put(buffer)
	for {
		room := buffer[:largestPiece]
		head := copy(room, o.head)
		if head < len(o.head) { // a very long one
			if _, err := o.Write(nil); err != nil {
				return sent, err
			}
			head = 0
		}
		n, err := r.Read(room[head:min(len(room), head+int(o.raw.most.Load()))])
		if n > 0 {
			o.head = o.head[:0]
			if _, err := o.send(room[:head+n]); err != nil {
				return sent, err
			}
			sent += int64(n)
		}
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
	}
}

// send writes p and returns when the system has all of it.
func (o *outgoing) send(p []byte) (int, error) {
	o.active.Add(1)
	defer o.active.Add(-1)
	if o.Conn == net.Conn(o.raw) {
		return o.raw.Write(p)
	}
	o.raw.gather()
	n, err := o.Conn.Write(p)
	if flushed := o.raw.flush(); err == nil && flushed != nil {
		return 0, flushed
	}
	return n, err
}

// Close closes the connection. TLS's goodbye would have to wait for a piece
// that is on its way; then there is none.
func (o *outgoing) Close() error {
	if o.active.Load() > 0 {
		_ = o.raw.Close() // its error comes again
	}
	return o.Conn.Close()
}
