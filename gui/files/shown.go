package files

import (
	"slices"
	"sort"

	"sluice/service"
	"sluice/service/library"
)

// shown is the List of the screen: what a search found, without files that are
// being deleted.
type shown struct {
	found *library.List // nil: nothing yet
	gone  map[service.FileID]bool
	holes []int // where those that are gone stand in found, sorted
}

// set takes over what was found.
func (s *shown) set(found *library.List) {
	s.found = found
	s.dig()
}

// leave hides files, or shows them again.
func (s *shown) leave(gone bool, ids []service.FileID) {
	if s.gone == nil {
		s.gone = map[service.FileID]bool{}
	}
	for _, id := range ids {
		if gone {
			s.gone[id] = true
		} else {
			delete(s.gone, id)
		}
	}
	s.dig()
}

// settle takes over which files there are: those that are gone for good need not
// be remembered.
func (s *shown) settle(there func(service.FileID) bool) {
	for id := range s.gone {
		if s.found.Index(id) < 0 && !there(id) {
			delete(s.gone, id)
		}
	}
}

func (s *shown) dig() {
	s.holes = s.holes[:0]
	if s.found == nil {
		return
	}
	for id := range s.gone {
		if i := s.found.Index(id); i >= 0 {
			s.holes = append(s.holes, i)
		}
	}
	slices.Sort(s.holes)
}

// Len is the number of files.
func (s *shown) Len() int {
	if s.found == nil {
		return 0
	}
	return s.found.Len() - len(s.holes)
}

// at is the place of file i in what was found: further on by the holes before.
func (s *shown) at(i int) int {
	return i + sort.Search(len(s.holes), func(n int) bool { return s.holes[n]-n > i })
}

// ID is the id of file i.
func (s *shown) ID(i int) service.FileID { return s.found.ID(s.at(i)) }

// Name is the name of file i.
func (s *shown) Name(i int) string { return s.found.Name(s.at(i)) }

// File is all that is known of file i.
func (s *shown) File(i int) service.File { return s.found.File(s.at(i)) }

// Index is the place of a file, -1 when it is not shown.
func (s *shown) Index(id service.FileID) int {
	if s.found == nil || s.gone[id] {
		return -1
	}
	i := s.found.Index(id)
	if i < 0 {
		return -1
	}
	return i - sort.SearchInts(s.holes, i)
}
