package pixeldrain

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT, which package syscall does not have.
const tcpUserTimeout = 18

// bounded makes a dialer's Control that ends a connection on which what was sent
// is not acknowledged for so long. By itself Linux tries for a quarter of an hour,
// as on a connection from before the computer slept.
func bounded(patience time.Duration) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			// An old system without it waits longer.
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(patience.Milliseconds()))
		})
	}
}
