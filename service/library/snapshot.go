package library

import (
	"cmp"
	"slices"
	"sync"

	"sluice/service"
)

// between separates the plain names.
const between = '\n'

// snapshot is a set of records and what searching them takes. But for the
// orders, which are made when first needed, it never changes.
type snapshot struct {
	records []record
	index   index

	plain    []byte   // the plain names, each with a separator behind it
	ends     []uint32 // of each in plain, behind its separator
	sizes    []int64
	uploaded []int64 // µs since 1970, or noTime
	kinds    []Kind

	glance *glance // these are but the first of its files; nil: they are all

	mu     sync.Mutex
	orders map[Field][]int32 // ascending
}

// newSnapshot takes the records over. Of several with one id the first stays.
func newSnapshot(records []record) *snapshot {
	n := len(records)
	s := &snapshot{
		records: records[:0:n], index: newIndex(n), ends: make([]uint32, 0, n),
		sizes: make([]int64, 0, n), uploaded: make([]int64, 0, n), kinds: make([]Kind, 0, n), orders: map[Field][]int32{},
	}
	bytes := 0
	for _, r := range records {
		bytes += len(r.name()) + 1
	}
	s.plain = make([]byte, 0, bytes)
	for _, r := range records {
		slot, fresh := s.index.slot(s.records, r.id())
		if *slot != 0 {
			continue
		}
		*slot = fresh + uint64(len(s.records))
		s.records = append(s.records, r)
		s.plain = append(appendPlain(s.plain, r.name()), between)
		s.ends = append(s.ends, uint32(len(s.plain))) //nolint:gosec // a listing is smaller than that, see pixeldrain
		size, uploaded := r.sizeAndTime()
		s.sizes, s.uploaded, s.kinds = append(s.sizes, size), append(s.uploaded, uploaded), append(s.kinds, r.kind())
	}
	return s
}

// bytes is the size of all files.
func (s *snapshot) bytes() int64 {
	if s.glance != nil {
		return s.glance.bytes
	}
	sum := int64(0)
	for _, n := range s.sizes {
		sum += max(n, 0)
	}
	return sum
}

// files is how many files there are.
func (s *snapshot) files() int {
	if s.glance != nil {
		return s.glance.files
	}
	return len(s.records)
}

// get gives the record with an id, "" if there is none.
func (s *snapshot) get(id string) record {
	if i, ok := s.index.find(s.records, id); ok {
		return s.records[i]
	}
	return ""
}

// name gives the plain name of record i.
func (s *snapshot) name(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = s.ends[i-1]
	}
	return s.plain[start : s.ends[i]-1]
}

// Field is what a List is sorted by.
type Field uint8

// What a List can be sorted by. Files that are equal in that come by time, and
// then by id.
const (
	ByUploaded Field = iota
	ByName           // numbers in it by their value
	BySize
	ByType
	ByViews
	ByDownloads
)

// order gives the records in ascending order of a field.
func (s *snapshot) order(by Field) []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if order, ok := s.orders[by]; ok {
		return order
	}
	order := make([]int32, len(s.records))
	for i := range order {
		order[i] = int32(i) //nolint:gosec // see newSnapshot
	}
	compare := s.comparison(by)
	slices.SortFunc(order, func(a, b int32) int {
		if c := compare(a, b); c != 0 {
			return c
		}
		if c := cmp.Compare(s.uploaded[a], s.uploaded[b]); c != 0 {
			return c
		}
		return cmp.Compare(s.records[a].id(), s.records[b].id())
	})
	s.orders[by] = order
	return order
}

func (s *snapshot) comparison(by Field) func(a, b int32) int {
	switch by {
	case ByUploaded:
		return func(_, _ int32) int { return 0 }
	case ByName:
		return func(a, b int32) int { return compareNatural(s.name(int(a)), s.name(int(b))) }
	case BySize:
		return func(a, b int32) int { return cmp.Compare(s.sizes[a], s.sizes[b]) }
	case ByType:
		return compareBy(s, func(f *service.File) string { return string(rune(kindOf(f.MIME, f.Name))) + f.MIME })
	case ByViews:
		return compareBy(s, func(f *service.File) int64 { return f.Views })
	case ByDownloads:
		return compareBy(s, func(f *service.File) int64 { return f.Downloads })
	}
	return func(_, _ int32) int { return 0 }
}

// compareBy compares by something that is taken out of each record once.
func compareBy[V cmp.Ordered](s *snapshot, of func(f *service.File) V) func(a, b int32) int {
	values := make([]V, len(s.records))
	for i, r := range s.records {
		f := r.file()
		values[i] = of(&f)
	}
	return func(a, b int32) int { return cmp.Compare(values[a], values[b]) }
}

// sortedBy tells by what it has been sorted.
func (s *snapshot) sortedBy() []Field {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := make([]Field, 0, len(s.orders))
	for f := range s.orders {
		fields = append(fields, f)
	}
	return fields
}

// compareNatural compares as people do: img_9 comes before img_10.
func compareNatural(a, b []byte) int {
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		if i == len(a) || j == len(b) {
			return cmp.Compare(len(a)-i, len(b)-j)
		}
		if !digit(a[i]) || !digit(b[j]) {
			if a[i] != b[j] {
				return cmp.Compare(a[i], b[j])
			}
			continue
		}
		m, n := numberAt(a[i:]), numberAt(b[j:])
		if c := compareNumbers(a[i:i+m], b[j:j+n]); c != 0 {
			return c
		}
		i, j = i+m-1, j+n-1
	}
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// numberAt is how long the number is that text begins with.
func numberAt(text []byte) int {
	n := 0
	for n < len(text) && digit(text[n]) {
		n++
	}
	return n
}

// compareNumbers compares numbers of any length by value, and of equal ones
// puts that with fewer zeros first.
func compareNumbers(a, b []byte) int {
	x, y := a, b
	for len(x) > 0 && x[0] == '0' {
		x = x[1:]
	}
	for len(y) > 0 && y[0] == '0' {
		y = y[1:]
	}
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	for i := range x {
		if c := cmp.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}
