package pixeldrain

import (
	"net"
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
}

func newUploadConn(conn net.Conn) *uploadConn {
	c := &uploadConn{Conn: conn, closed: make(chan struct{})}
	c.close = sync.OnceValue(func() error {
		close(c.closed)
		return conn.Close()
	})
	return c
}

func (c *uploadConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.meter.Load().move(n)
	return n, err
}

func (c *uploadConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.meter.Load().move(n)
	if err != nil && !c.ending.Load() {
		c.awaitReader()
	}
	return n, err
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
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return nil
		}
	}
}
