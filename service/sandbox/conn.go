package sandbox

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// listener counts connections and can cut all of them, those included that
// net/http has handed over.
type listener struct {
	*net.TCPListener
	count *counter
	small bool // small receive buffers, so that a throttle is felt at once
	mu    sync.Mutex
	open  map[*conn]struct{}
	away  bool // new connections are reset
}

func newListener(l *net.TCPListener, count *counter, small bool) *listener {
	return &listener{TCPListener: l, count: count, small: small, open: map[*conn]struct{}{}}
}

// Accept is net.Listener's.
func (l *listener) Accept() (net.Conn, error) {
	tcp, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	if l.small {
		if err := tcp.SetReadBuffer(64 << 10); err != nil {
			return nil, fmt.Errorf("sandbox: receive buffer: %w", err)
		}
	}
	c := &conn{TCPConn: tcp, listener: l}
	l.mu.Lock()
	away := l.away
	l.open[c] = struct{}{}
	l.mu.Unlock()
	l.count.update(func(s *Stats) { s.Connections++; s.Open++ })
	if away {
		reset(c) // net/http finds it closed
	}
	return c, nil
}

// SetOffline makes the server look as if the network were down: every
// connection is cut and new ones are reset, until it is called with false.
func (s *Server) SetOffline(away bool) {
	s.listener.mu.Lock()
	s.listener.away = away
	s.listener.mu.Unlock()
	if away {
		s.listener.cutAll()
	}
}

// cutAll closes every connection that is still open.
func (l *listener) cutAll() {
	l.mu.Lock()
	open := make([]*conn, 0, len(l.open))
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		_ = c.Close() // it is going away: nothing to do about an error
	}
}

// conn is an accepted connection. Embedding the TCP connection keeps its fast
// paths.
type conn struct {
	*net.TCPConn
	listener *listener
	once     sync.Once
}

// Close is net.Conn's.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.listener.mu.Lock()
		delete(c.listener.open, c)
		c.listener.mu.Unlock()
		c.listener.count.update(func(s *Stats) { s.Open-- })
	})
	return c.TCPConn.Close()
}

// reset closes so that the other side gets an RST instead of an end.
func reset(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*conn); ok {
		_ = t.SetLinger(0) // only fails when the connection is gone already
	}
	_ = c.Close()
}

// throttle waits until n bytes, at most the limiter's burst, may pass; false
// means that the server or the request ended first.
func (c *call) throttle(l *rate.Limiter, n int) bool {
	return c.s.pause(l.ReserveN(time.Now(), n).Delay(), c.r.Context().Done())
}

// newThrottle makes a limiter of so many bytes a second whose burst is a
// twentieth of a second, within sensible bounds.
func newThrottle(bytesPerSecond int64) *rate.Limiter {
	burst := min(max(bytesPerSecond/20, 4<<10), 256<<10)
	return rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst))
}
