package kit

import "fyne.io/fyne/v2"

// shelf holds the widgets for those items of a long list that are in view, and
// uses them again for others. Items in view are always neighbours. Showing the
// next ones costs as much as there are in view, however long the list is.
type shelf[K comparable] struct {
	key    func(i int) K   // tells items apart; stays the same while an item moves
	kind   func(i int) int // items of one kind can use the same widget
	create func(kind int) fyne.CanvasObject

	first   int                 // the item of shown[0]
	shown   []*held[K]          // in the order of the items
	spare   []*held[K]          // the next shown is made in it
	before  map[K]*held[K]      // shown before forget
	free    map[int][]*held[K]  // by kind
	slots   []*held[K]          // all, in an order that stays
	objects []fyne.CanvasObject // of the shown, in the order of slots
}

// held is one widget and the item that it shows.
type held[K comparable] struct {
	index int
	key   K
	kind  int
	obj   fyne.CanvasObject
	used  bool
	fresh bool // it has to be filled; whoever fills it says so
}

func newShelf[K comparable](key func(int) K, kind func(int) int, create func(int) fyne.CanvasObject) shelf[K] {
	return shelf[K]{
		key: key, kind: kind, create: create,
		before: map[K]*held[K]{}, free: map[int][]*held[K]{},
	}
}

// show gives the items from first to before end their widgets.
func (s *shelf[K]) show(first, end int) {
	for _, h := range s.shown {
		if h.index < first || h.index >= end {
			s.release(h)
		}
	}
	next := s.spare[:0]
	for i := first; i < end; i++ {
		next = append(next, s.keep(i))
	}
	for key, h := range s.before {
		s.release(h)
		delete(s.before, key)
	}
	for n, h := range next {
		if h == nil {
			next[n] = s.take(first + n)
		}
	}
	s.first, s.shown, s.spare = first, next, s.shown[:0]
	s.trim()
	// The order of the objects stays as long as it can: Fyne lays out again
	// whatever has moved in it.
	s.objects = s.objects[:0]
	for _, h := range s.slots {
		if h.used {
			s.objects = append(s.objects, h.obj)
		}
	}
}

// forget makes every item find its widget again, because the items are others.
// One that is still there gets the same widget.
func (s *shelf[K]) forget() {
	for _, h := range s.shown {
		if twin, ok := s.before[h.key]; ok {
			s.release(twin)
		}
		s.before[h.key] = h
	}
	s.shown = s.shown[:0]
}

// keep gives the widget that shows item i already, nil for none.
func (s *shelf[K]) keep(i int) *held[K] {
	if n := i - s.first; n >= 0 && n < len(s.shown) {
		return s.shown[n]
	}
	if len(s.before) == 0 {
		return nil
	}
	key := s.key(i)
	h, ok := s.before[key]
	if !ok || h.kind != s.kind(i) {
		return nil
	}
	delete(s.before, key)
	h.index, h.fresh = i, true
	return h
}

// take finds or makes a widget for item i.
func (s *shelf[K]) take(i int) *held[K] {
	kind := s.kind(i)
	var h *held[K]
	if free := s.free[kind]; len(free) > 0 {
		h = free[len(free)-1]
		s.free[kind] = free[:len(free)-1]
	} else {
		h = &held[K]{kind: kind, obj: s.create(kind)}
		s.slots = append(s.slots, h)
	}
	h.index, h.key, h.used, h.fresh = i, s.key(i), true, true
	return h
}

func (s *shelf[K]) release(h *held[K]) {
	h.used = false
	s.free[h.kind] = append(s.free[h.kind], h)
}

// trim lets widgets go when far more are kept than are needed.
func (s *shelf[K]) trim() {
	const few = 16
	if len(s.slots) <= 2*len(s.shown)+few {
		return
	}
	kept := s.slots[:0]
	for _, h := range s.slots {
		if h.used {
			kept = append(kept, h)
		}
	}
	clear(s.slots[len(kept):])
	s.slots = kept
	clear(s.free)
	clear(s.spare[:cap(s.spare)])
}
