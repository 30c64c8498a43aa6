package library

import (
	"sync"

	"sluice/service"
)

// Search is what a List is made for.
type Search struct {
	Query Query
	// Kind is that of the chip, AnyKind for all. It does not narrow the Counts.
	Kind       Kind
	By         Field
	Descending bool
}

// List is the files of the account that a Search found, sorted. It never
// changes, and may be used from any goroutine.
type List struct {
	s      *snapshot
	order  []int32
	length int // more than order has where only a glance is known
	counts Counts

	once   sync.Once
	places []int32 // in order, by record, -1 for one that was not found; see Index
}

// Counts tell how many files a query found, whatever the chip.
type Counts struct {
	All  int // in the account
	Kind [kindCount]int
}

// Of is the number of files of a kind; of AnyKind, of all that were found.
func (c Counts) Of(k Kind) int {
	if k != AnyKind {
		return c.Kind[k]
	}
	sum := 0
	for _, n := range c.Kind {
		sum += n
	}
	return sum
}

// newList searches the snapshot.
func newList(s *snapshot, search *Search) *List {
	if s.glance != nil {
		return s.list(search)
	}
	l := &List{s: s}
	found, counts := s.find(&search.Query)
	l.counts = Counts{All: len(s.records), Kind: counts}
	sorted := s.order(search.By)
	one, other := search.Kind, search.Query.Kind
	if other != AnyKind {
		for k := range l.counts.Kind { // the text has it: others were not found
			if Kind(k) != other {
				l.counts.Kind[k] = 0
			}
		}
	}
	if found == nil && one == AnyKind && other == AnyKind && !search.Descending {
		l.order, l.length = sorted, len(sorted)
		return l
	}
	l.order = make([]int32, 0, l.counts.Of(one))
	for n := range sorted {
		i := sorted[n]
		if search.Descending {
			i = sorted[len(sorted)-1-n]
		}
		k := s.kinds[i]
		if (found == nil || found.has(int(i))) && (one == AnyKind || k == one) && (other == AnyKind || k == other) {
			l.order = append(l.order, i)
		}
	}
	l.length = len(l.order)
	return l
}

// Len is the number of files.
func (l *List) Len() int { return l.length }

// Known is how many of them are known, from the first on: all, but where the
// list was made of a glance (see Status). Of the others ID, Name and File give
// nothing.
func (l *List) Known() int { return len(l.order) }

// Counts tell what the query found.
func (l *List) Counts() Counts { return l.counts }

// ID is the id of file i.
func (l *List) ID(i int) service.FileID {
	if i >= len(l.order) {
		return ""
	}
	return service.FileID(l.s.records[l.order[i]].id())
}

// Name is the name of file i.
func (l *List) Name(i int) string {
	if i >= len(l.order) {
		return ""
	}
	return l.s.records[l.order[i]].name()
}

// Kind is the kind of file i.
func (l *List) Kind(i int) Kind {
	if i >= len(l.order) {
		return AnyKind
	}
	return l.s.kinds[l.order[i]]
}

// File is all that is known of file i.
func (l *List) File(i int) service.File {
	if i >= len(l.order) {
		return service.File{}
	}
	return l.s.records[l.order[i]].file()
}

// Index is the place of a file, -1 if it was not found. It does not search.
func (l *List) Index(id service.FileID) int {
	l.once.Do(l.place)
	if i, ok := l.s.index.find(l.s.records, string(id)); ok {
		return int(l.places[i])
	}
	return -1
}

func (l *List) place() {
	l.places = make([]int32, len(l.s.records))
	for i := range l.places {
		l.places[i] = -1
	}
	for n, i := range l.order {
		l.places[i] = int32(n) //nolint:gosec // see newSnapshot
	}
}
