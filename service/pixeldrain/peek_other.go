//go:build !unix

package pixeldrain

import "net"

// canPeek says that quiet can't tell anything.
const canPeek = false

func quiet(net.Conn) bool { return false }
