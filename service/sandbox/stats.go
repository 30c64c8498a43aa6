package sandbox

import (
	"context"
	"maps"
	"sync"
)

// Stats counts what a server has seen since its start.
type Stats struct {
	Requests    map[string]int    // requests begun, by HTTP method
	Answered    map[int]int       // requests answered in full or in part, by status
	Begun       int               // requests begun, all methods
	Done        int               // requests whose handling has ended, answered or cut
	BodyBytes   int64             // body bytes taken from clients
	Uploads     int               // uploads under way now
	PeakUploads int               // the most uploads that were under way at a time
	Stored      int               // uploads that were stored
	Connections int               // connections accepted
	Open        int               // connections open now
	Faults      map[FaultKind]int // faults that happened
	Held        int               // requests that a fault holds back now
}

// counter keeps Stats and wakes those who wait for a change.
type counter struct {
	mu      sync.Mutex
	stats   Stats
	waiters int
	changed chan struct{} // closed on the next change while somebody waits
}

func newCounter() *counter {
	return &counter{
		stats:   Stats{Requests: map[string]int{}, Answered: map[int]int{}, Faults: map[FaultKind]int{}},
		changed: make(chan struct{}),
	}
}

// update changes the counts and wakes the waiters.
func (c *counter) update(change func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.stats)
	c.stats.PeakUploads = max(c.stats.PeakUploads, c.stats.Uploads)
	if c.waiters > 0 {
		close(c.changed)
		c.changed = make(chan struct{})
	}
}

func (c *counter) snapshot() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats.clone()
}

func (s *Stats) clone() Stats {
	n := *s
	n.Requests, n.Answered, n.Faults = maps.Clone(s.Requests), maps.Clone(s.Answered), maps.Clone(s.Faults)
	return n
}

// await returns when ok holds, which it asks at every change.
func (c *counter) await(ctx context.Context, done <-chan struct{}, ok func(Stats) bool) error {
	c.mu.Lock()
	c.waiters++
	defer func() {
		c.waiters--
		c.mu.Unlock()
	}()
	for !ok(c.stats.clone()) {
		changed := c.changed
		c.mu.Unlock()
		var err error
		select {
		case <-changed:
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-done:
			err = ErrClosed
		}
		c.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// Stats gives the counts of now.
func (s *Server) Stats() Stats { return s.count.snapshot() }

// Await returns nil when ok holds for the counts; it asks at every change and
// must not call the server. It returns early with the context's error, or with
// ErrClosed once the server is closed. Tests wait with it instead of sleeping.
func (s *Server) Await(ctx context.Context, ok func(Stats) bool) error {
	return s.count.await(ctx, s.done, ok)
}

// WaitRequests waits until n requests in all have begun.
func (s *Server) WaitRequests(ctx context.Context, n int) error {
	return s.Await(ctx, func(st Stats) bool { return st.Begun >= n })
}

// WaitDone waits until the handling of n requests in all has ended.
func (s *Server) WaitDone(ctx context.Context, n int) error {
	return s.Await(ctx, func(st Stats) bool { return st.Done >= n })
}

// addBody counts body bytes. It is apart from update because it is on the way
// of every byte of an upload.
func (c *counter) addBody(n int64) {
	c.mu.Lock()
	c.stats.BodyBytes += n
	if c.waiters > 0 {
		close(c.changed)
		c.changed = make(chan struct{})
	}
	c.mu.Unlock()
}
