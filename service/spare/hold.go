package spare

import (
	"os"
	"runtime/debug"
	"sync"
)

// heldMost is how many bytes the program may take of the system before the
// collector looks all the same.
const heldMost = 192 << 20

// Hold leaves the start of a program to what people wait for: nothing is
// collected before release is called, which may be more than once and on any
// goroutine, unless very much is taken. Where the user has set GOGC, that stays.
func Hold() (release func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	percent, limit := debug.SetGCPercent(-1), int64(-1)
	if os.Getenv("GOMEMLIMIT") == "" {
		limit = debug.SetMemoryLimit(heldMost)
	}
	return sync.OnceFunc(func() {
		debug.SetMemoryLimit(limit) // below 0: as it is
		debug.SetGCPercent(percent)
	})
}
