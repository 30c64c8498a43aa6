package pixeldrain

import "sync"

// expectFrom is the size from which an upload waits to be asked for its body
// (Expect: 100-continue), so that a refusal costs no sending.
const expectFrom = 1 << 20

// expectations remembers the hosts that do not answer Expect, which costs each
// upload a wait. The zero value knows none.
type expectations struct {
	mu      sync.Mutex
	ignored map[string]bool
}

// useful reports whether an upload of size bytes to host should send Expect.
func (e *expectations) useful(host string, size int64) bool {
	if size < expectFrom {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.ignored[host]
}

// note keeps whether the host asked for a body.
func (e *expectations) note(host string, asked bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ignored == nil {
		e.ignored = make(map[string]bool)
	}
	e.ignored[host] = !asked
}
