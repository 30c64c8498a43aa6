package library

import (
	"hash/maphash"
	"math/bits"
)

// index finds records by their ids. It takes 10 to 20 bytes a record, and
// nothing in it is to be followed by the garbage collector.
type index struct {
	seed  maphash.Seed
	slots []uint64 // half of the hash, and the number of the record and 1; 0 = free
}

func newIndex(n int) index {
	return index{maphash.MakeSeed(), make([]uint64, 1<<bits.Len(uint(n+n/4)))} //nolint:gosec // not negative
}

// slot gives where the id is, or where it would be, and what is put there for
// record 0.
func (x *index) slot(records []record, id string) (slot *uint64, fresh uint64) {
	hash := maphash.String(x.seed, id)
	mask := uint64(len(x.slots) - 1) //nolint:gosec // not negative
	half := hash &^ (1<<32 - 1)
	for at := hash; ; at++ {
		s := &x.slots[at&mask]
		if *s == 0 || *s&^(1<<32-1) == half && records[uint32(*s)-1].id() == id { //nolint:gosec // the lower half
			return s, half + 1
		}
	}
}

// find gives the number of the record with an id.
func (x *index) find(records []record, id string) (int, bool) {
	slot, _ := x.slot(records, id)
	return int(uint32(*slot)) - 1, *slot != 0 //nolint:gosec // the lower half
}
