package upload

import (
	"context"
	"slices"
)

// slots count the uploads that may send at a time.
type slots struct {
	sending []*run // those that hold a slot
	quick   int    // of these, in the quick lane
	ahead   int    // tiny ones that are prepared or being prepared, without a slot
	bytes   int64  // of these
	waiting []*run // of these, those that are ready for a slot, first come first
}

// free tells whether r may have a slot now. e.mu is held.
func (e *Engine) free(r *run) bool {
	limit, lane := e.limit()
	return len(e.slots.sending) < limit || lane && limit > 0 && e.slots.quick == 0 && laneOf(r.j) == quick
}

// hand gives r a slot. e.mu is held.
func (e *Engine) hand(r *run) {
	s := &e.slots
	s.behind(r)
	r.slot, r.lane = true, laneOf(r.j)
	s.sending = append(s.sending, r)
	if r.lane == quick {
		s.quick++
	}
	if len(s.sending) == 1 {
		e.alarm.Rouse() // progress is due from now on
	}
}

// behind takes r out of those that are ahead of their turn. e.mu is held.
func (s *slots) behind(r *run) {
	if r.ahead > 0 {
		s.ahead--
		s.bytes -= r.ahead
		r.ahead = 0
	}
}

// grant gives slots to those who wait for one. e.mu is held.
func (e *Engine) grant() {
	s := &e.slots
	for len(s.waiting) > 0 && e.free(s.waiting[0]) {
		r := s.waiting[0]
		s.waiting = slices.Delete(s.waiting, 0, 1)
		e.hand(r)
		close(r.turn)
	}
}

// acquire waits until r may send.
func (e *Engine) acquire(ctx context.Context, r *run) error {
	e.mu.Lock()
	if r.slot {
		e.mu.Unlock()
		return nil
	}
	if len(e.slots.waiting) == 0 && e.free(r) {
		e.hand(r)
		e.dispatch()
		e.mu.Unlock()
		return nil
	}
	r.turn = make(chan struct{})
	e.slots.waiting = append(e.slots.waiting, r)
	e.mu.Unlock()
	select {
	case <-r.turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// release takes back whatever r holds.
func (e *Engine) release(r *run) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := &e.slots
	if r.ahead > 0 {
		s.behind(r)
		s.waiting = slices.DeleteFunc(s.waiting, func(w *run) bool { return w == r })
	}
	if r.slot {
		r.slot = false
		s.sending = slices.DeleteFunc(s.sending, func(w *run) bool { return w == r })
		if r.lane == quick {
			s.quick--
		}
	}
	e.dispatch()
}
