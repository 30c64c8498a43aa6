package transfer

// Heap is a heap from whose middle items can be taken, because each item knows
// its place. An item is in one heap at a time. Adding and taking cost a number
// of comparisons that grows with the logarithm of the length.
type Heap[T any] struct {
	items []T
	less  func(a, b T) bool
	place func(T) *int
}

// NewHeap gives an empty heap in the order of less. place gives where an item
// keeps its place; the heap alone writes there.
func NewHeap[T any](less func(a, b T) bool, place func(T) *int) *Heap[T] {
	return &Heap[T]{less: less, place: place}
}

// Len is how many items there are.
func (h *Heap[T]) Len() int { return len(h.items) }

// First is the least item, the zero T when there is none.
func (h *Heap[T]) First() (first T) {
	if len(h.items) > 0 {
		first = h.items[0]
	}
	return first
}

// Add puts x in.
func (h *Heap[T]) Add(x T) {
	h.items = append(h.items, x)
	h.up(len(h.items) - 1)
}

// Remove takes out x, which is in the heap.
func (h *Heap[T]) Remove(x T) {
	at, last := *h.place(x), len(h.items)-1
	moved := h.items[last]
	var none T
	h.items[last] = none
	h.items = h.items[:last]
	if at == last {
		return
	}
	h.items[at] = moved
	h.down(at)
	h.up(*h.place(moved))
}

// Select gives the items that suit, in no order.
func (h *Heap[T]) Select(suits func(T) bool) (chosen []T) {
	for _, x := range h.items {
		if suits(x) {
			chosen = append(chosen, x)
		}
	}
	return chosen
}

// up moves the item at a place towards the first until it is not less than the
// one above it.
func (h *Heap[T]) up(at int) {
	x := h.items[at]
	for at > 0 {
		above := (at - 1) / 2
		if !h.less(x, h.items[above]) {
			break
		}
		h.set(at, h.items[above])
		at = above
	}
	h.set(at, x)
}

// down moves the item at a place away from the first until none below it is
// less.
func (h *Heap[T]) down(at int) {
	x := h.items[at]
	for {
		below := 2*at + 1
		if below >= len(h.items) {
			break
		}
		if right := below + 1; right < len(h.items) && h.less(h.items[right], h.items[below]) {
			below = right
		}
		if !h.less(h.items[below], x) {
			break
		}
		h.set(at, h.items[below])
		at = below
	}
	h.set(at, x)
}

func (h *Heap[T]) set(at int, x T) {
	h.items[at] = x
	*h.place(x) = at
}
