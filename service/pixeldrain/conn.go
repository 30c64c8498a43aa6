package pixeldrain

import (
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// answerGrace bounds how long a failed write waits for an answer that may
// still be read.
const answerGrace = 5 * time.Second

// uploadConn is a connection on which uploads are sent. A service that refuses
// an upload answers and closes at once, which makes our next write fail while
// the answer already waits to be read. The transport takes whichever it sees
// first, so a failed write is not reported before the reading side has
// finished: it ends by closing the connection.
type uploadConn struct {
	net.Conn
	meter  atomic.Pointer[meter] // of the upload under way
	ending atomic.Bool           // TLS says goodbye: nobody reads any more
	closed chan struct{}
	close  func() error
	most   atomic.Int64 // bytes of the next piece
	stage  atomic.Int32 // of the upload under way
	alone  bool         // who writes also reads, afterwards
	pieces *sync.Pool

	// Of the goroutine that reads.
	glance bool // what is not there yet is not waited for
	frames frames

	out       sync.Mutex       // held while something is written
	gathering bool             // records wait for the flush
	records   *[pieceSize]byte // that wait, nil when there are none
	waiting   int              // bytes of them
}

// The stages of an upload on a connection.
const (
	untouched int32 = iota // nothing went out
	touched
	condemned // nothing went out, and nothing will
)

func newUploadConn(conn net.Conn, pieces *sync.Pool) *uploadConn {
	c := &uploadConn{Conn: conn, closed: make(chan struct{}), pieces: pieces}
	c.most.Store(firstPiece)
	c.close = sync.OnceValue(func() error {
		close(c.closed)
		return conn.Close()
	})
	return c
}

func (c *uploadConn) Read(p []byte) (int, error) {
	if c.glance && quiet(c.Conn) {
		return 0, os.ErrDeadlineExceeded // TLS can go on after that
	}
	n, err := c.Conn.Read(p)
	c.meter.Load().move(n)
	c.frames.pass(p[:n])
	return n, err
}

// Write sends p, or keeps it for flush after gather.
func (c *uploadConn) Write(p []byte) (int, error) {
	c.out.Lock()
	defer c.out.Unlock()
	if !c.gathering {
		return c.push(p)
	}
	if c.records == nil {
		c.records = takePiece(c.pieces)
	}
	if c.waiting+len(p) > len(c.records) {
		if err := c.pushRecords(); err != nil {
			return 0, err
		}
	}
	if len(p) > len(c.records) {
		return c.push(p)
	}
	c.waiting += copy(c.records[c.waiting:], p)
	return len(p), nil
}

// gather lets what is written wait for flush.
func (c *uploadConn) gather() {
	c.out.Lock()
	defer c.out.Unlock()
	c.gathering = true
}

// flush sends what was gathered.
func (c *uploadConn) flush() error {
	c.out.Lock()
	defer c.out.Unlock()
	c.gathering = false
	if c.records == nil {
		return nil
	}
	err := c.pushRecords()
	c.pieces.Put(c.records)
	c.records = nil
	return err
}

// pushRecords sends the records that wait. c.out is held.
func (c *uploadConn) pushRecords() error {
	_, err := c.push(c.records[:c.waiting])
	c.waiting = 0
	return err
}

// condemn reports whether nothing of the upload went out, and keeps it so.
func (c *uploadConn) condemn() bool {
	return c.stage.CompareAndSwap(untouched, condemned) || c.stage.Load() == condemned
}

// push sends p piece by piece. c.out is held.
func (c *uploadConn) push(p []byte) (sent int, err error) {
	opened := c.stage.CompareAndSwap(untouched, touched)
	if !opened && c.stage.Load() == condemned {
		return 0, net.ErrClosed
	}
	for first := true; first || sent < len(p); first = false {
		most := int(c.most.Load())
		began := time.Now()
		n, err := c.Conn.Write(p[sent:min(len(p), sent+most+pieceSize-largestPiece)])
		c.meter.Load().move(n)
		sent += n
		if err != nil {
			if opened && sent == 0 {
				c.stage.Store(untouched)
			}
			if !c.ending.Load() && !c.alone {
				c.awaitReader()
			}
			return sent, err
		}
		switch took := time.Since(began); {
		case took > slowPiece:
			c.most.Store(leastPiece)
		case took < quickPiece:
			c.most.Store(int64(min(2*most, largestPiece)))
		}
	}
	return sent, nil
}

// SetWriteDeadline is called by TLS before its last write and by nobody else.
func (c *uploadConn) SetWriteDeadline(t time.Time) error {
	c.ending.Store(true)
	return c.Conn.SetWriteDeadline(t)
}

func (c *uploadConn) Close() error { return c.close() }

func (c *uploadConn) awaitReader() {
	timer := time.NewTimer(answerGrace)
	defer timer.Stop()
	select {
	case <-c.closed:
	case <-timer.C:
	}
}

// uploadConnOf finds the upload connection under TLS. It is nil for a
// connection of another kind.
func uploadConnOf(conn net.Conn) *uploadConn {
	for {
		switch c := conn.(type) {
		case *uploadConn:
			return c
		case *outgoing:
			return c.raw
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return nil
		}
	}
}

// frames follows where TLS's records begin and end in what is read: five bytes,
// of which the last two are the length of the rest.
type frames struct {
	head   int // bytes read of the five
	length int
	rest   int // bytes to come
}

func (r *frames) pass(p []byte) {
	for len(p) > 0 {
		if r.rest > 0 {
			n := min(r.rest, len(p))
			r.rest -= n
			p = p[n:]
			continue
		}
		r.length = (r.length<<8 | int(p[0])) & 0xffff
		p = p[1:]
		if r.head++; r.head == 5 {
			r.head, r.rest = 0, r.length
		}
	}
}

// whole reports whether the last record came to its end.
func (r *frames) whole() bool { return r.head == 0 && r.rest == 0 }
