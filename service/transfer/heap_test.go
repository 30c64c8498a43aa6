package transfer

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type item struct{ key, place int }

func newItems() *Heap[*item] {
	return NewHeap(func(a, b *item) bool { return a.key < b.key }, func(x *item) *int { return &x.place })
}

// Whatever is added and taken out, the first is always the least, and what was
// taken out is gone.
func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newItems()
		var in []*item
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			if len(in) == 0 || rapid.Bool().Draw(t, "add") {
				x := &item{key: rapid.IntRange(0, 50).Draw(t, "key")}
				h.Add(x)
				in = append(in, x)
			} else {
				at := rapid.IntRange(0, len(in)-1).Draw(t, "which")
				h.Remove(in[at])
				in = slices.Delete(in, at, at+1)
			}
			least := 51
			for _, x := range in {
				least = min(least, x.key)
				if h.items[x.place] != x {
					t.Fatalf("%+v is not at its place", x)
				}
			}
			if first := h.First(); h.Len() != len(in) || (first == nil) != (len(in) == 0) || first != nil && first.key != least {
				t.Fatalf("first of %d is %+v, want %d", h.Len(), first, least)
			}
		}
		odd := h.Select(func(x *item) bool { return x.key%2 == 1 })
		want := slices.DeleteFunc(slices.Clone(in), func(x *item) bool { return x.key%2 == 0 })
		if len(odd) != len(want) || slices.ContainsFunc(odd, func(x *item) bool { return !slices.Contains(want, x) }) {
			t.Fatalf("selected %d, want %d", len(odd), len(want))
		}
	})
}

func BenchmarkHeap(b *testing.B) {
	h := newItems()
	items := make([]item, 10_000)
	for i := range items {
		items[i].key = i * 7919 % len(items)
		h.Add(&items[i])
	}
	b.ReportAllocs()
	for b.Loop() {
		x := h.First()
		h.Remove(x)
		x.key += len(items)
		h.Add(x)
	}
}
