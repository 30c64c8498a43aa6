package feed

import (
	"context"
	"sync"
)

// Subscription is one stream of events. Next is for one goroutine at a time;
// Close may be called from any.
type Subscription[E any] struct {
	ready chan struct{} // holds one token while Next has something to give
	ended chan struct{} // closed with the stream
	leave func()        // takes the subscription out of its feed

	mu     sync.Mutex
	queue  []entry[E]
	latest map[any]int // key → place in queue of its unread progress
	dead   int         // superseded entries in queue
	err    error       // why the stream ended, nil while it goes on
	stop   func() bool // ends the watch on the subscriber's context
}

type entry[E any] struct {
	event E
	key   any // nil for what must be kept
	dead  bool
}

// Next gives everything that is ready, in order, and waits until there is at
// least one event. It fails with ctx's error when ctx ends first, with the cause
// of the subscription's own context when that ended, and with ErrClosed when
// the feed was closed and all was read.
func (s *Subscription[E]) Next(ctx context.Context) ([]E, error) {
	for {
		events, err := s.take()
		if len(events) > 0 {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		select {
		case <-s.ready:
		case <-s.ended:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Ready signals while Next has something to give or to fail with, for use in a
// select together with other channels. After a signal Next does not wait.
func (s *Subscription[E]) Ready() <-chan struct{} { return s.ready }

// Close ends the stream; what was not read is gone.
func (s *Subscription[E]) Close() {
	s.drop(ErrClosed)
	s.leave()
}

// put appends e; a key other than nil supersedes the unread entry of that key.
func (s *Subscription[E]) put(key any, e E) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	if key != nil {
		s.supersede(key)
		s.latest[key] = len(s.queue)
	}
	s.queue = append(s.queue, entry[E]{event: e, key: key})
	s.signal()
}

func (s *Subscription[E]) supersede(key any) {
	if s.latest == nil {
		s.latest = make(map[any]int)
	}
	at, known := s.latest[key]
	if !known {
		return
	}
	s.queue[at] = entry[E]{dead: true}
	s.dead++
	if s.dead > 64 && s.dead > len(s.queue)/2 {
		s.compact()
	}
}

// compact drops superseded entries, so that an unread stream of progress stays
// as small as the number of keys.
func (s *Subscription[E]) compact() {
	kept := s.queue[:0]
	for _, e := range s.queue {
		if e.dead {
			continue
		}
		if e.key != nil {
			s.latest[e.key] = len(kept)
		}
		kept = append(kept, e)
	}
	clear(s.queue[len(kept):])
	s.queue, s.dead = kept, 0
}

func (s *Subscription[E]) take() ([]E, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []E
	if live := len(s.queue) - s.dead; live > 0 {
		events = make([]E, 0, live)
	}
	for _, e := range s.queue {
		if !e.dead {
			events = append(events, e.event)
		}
	}
	s.queue, s.dead = nil, 0
	clear(s.latest)
	select {
	case <-s.ready: // of what is taken now
	default:
	}
	if s.err != nil {
		s.signal() // the end is still to be told
	}
	return events, s.err
}

// end lets the reader have what is there and then fail with err.
func (s *Subscription[E]) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLocked(err)
}

// drop ends the stream at once.
func (s *Subscription[E]) drop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.dead = nil, 0
	clear(s.latest)
	s.endLocked(err)
}

func (s *Subscription[E]) endLocked(err error) {
	if s.err != nil {
		return
	}
	s.err = err
	if s.stop != nil {
		s.stop()
	}
	close(s.ended)
	s.signal()
}

func (s *Subscription[E]) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
