//go:build unix

package pixeldrain

import (
	"errors"
	"net"
	"syscall"
)

// canPeek says that quiet can tell anything.
const canPeek = true

// quiet reports whether there is nothing to read yet, not even an end.
func quiet(conn net.Conn) bool {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var came error
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, came = syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK)
		return true
	})
	return err == nil && errors.Is(came, syscall.EAGAIN)
}
