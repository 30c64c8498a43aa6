//go:build !linux

package pixeldrain

import (
	"syscall"
	"time"
)

// bounded leaves it to the system how long it tries to send.
func bounded(time.Duration) func(network, address string, c syscall.RawConn) error { return nil }
