package files

import (
	"cmp"
	"slices"

	"sluice/service"
)

// Selection is which files are selected, as in a file manager. It is kept by
// file: sorting, searching and refreshing the list leave it alone, so that it
// can hold files that are not shown at the moment. It knows no widgets.
type Selection struct {
	list   List
	picks  map[service.FileID]pick
	size   int64
	group  int // the newest pick's
	hidden int // picks that are not shown; < 0 = to be counted

	anchor service.FileID // where Shift extends from, "" = nowhere
	cursor service.FileID // where the keyboard stands, "" = nowhere
	at     int            // where that was in the list
	span   span           // all that is selected, when that is one piece of the list
	band   band
}

// pick is one selected file and its place in the order of selecting: files that
// were selected together are ordered as they stood in the list.
type pick struct {
	group int
	place int
	size  int64
}

// span is neighbours in the list.
type span struct {
	first, end int
	known      bool
}

// NewSelection makes an empty selection.
func NewSelection(list List) *Selection {
	return &Selection{list: list, picks: map[service.FileID]pick{}}
}

// Count is how many files are selected.
func (s *Selection) Count() int { return len(s.picks) }

// Size is their size together, in bytes.
func (s *Selection) Size() int64 { return s.size }

// Has reports whether a file is selected.
func (s *Selection) Has(id service.FileID) bool {
	_, ok := s.picks[id]
	return ok
}

// Hidden is how many of them the list does not show.
func (s *Selection) Hidden() int {
	if s.hidden < 0 {
		s.hidden = 0
		for id := range s.picks {
			if s.list.Index(id) < 0 {
				s.hidden++
			}
		}
	}
	return s.hidden
}

// IDs lists the files in the order in which they were selected; those that were
// selected by one step, such as with Shift, as they stood in the list.
func (s *Selection) IDs() []service.FileID { return inOrder(s.picks) }

func inOrder(picks map[service.FileID]pick) []service.FileID {
	type placed struct {
		id service.FileID
		pick
	}
	all := make([]placed, 0, len(picks))
	for id, p := range picks {
		all = append(all, placed{id, p})
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.place, b.place))
	})
	ids := make([]service.FileID, len(all))
	for i, p := range all {
		ids[i] = p.id
	}
	return ids
}

// Cursor is where the keyboard stands, -1 for nowhere. When its file is no
// longer shown it stands where that was.
func (s *Selection) Cursor() int {
	if s.cursor == "" || s.list.Len() == 0 {
		return -1
	}
	if i := s.list.Index(s.cursor); i >= 0 {
		s.at = i
	}
	return min(s.at, s.list.Len()-1)
}

// Press is a click on item i: alone it selects only that, with toggle (Ctrl) it
// changes that one, with extend (Shift) it selects up to there; with both it
// adds up to there. An i of -1 is a click beside all items.
func (s *Selection) Press(i int, toggle, extend bool) {
	switch {
	case i < 0:
		if !toggle && !extend {
			s.Clear()
		}
	case extend:
		s.extend(i, toggle)
	case toggle:
		s.toggle(i)
	default:
		s.only(i)
	}
}

// Go takes the keyboard to item i: alone it selects only that, with keep (Ctrl)
// it changes nothing, with extend (Shift) it selects up to there; with both it
// adds up to there.
func (s *Selection) Go(i int, keep, extend bool) {
	switch {
	case extend:
		s.extend(i, keep)
	case keep:
		s.stand(i)
	default:
		s.only(i)
	}
}

// Toggle changes the file that the keyboard stands on.
func (s *Selection) Toggle() {
	if i := s.Cursor(); i >= 0 {
		s.toggle(i)
	}
}

// All selects everything that is shown, and nothing else.
func (s *Selection) All() {
	s.replace(0, s.list.Len())
	if s.cursor == "" && s.list.Len() > 0 {
		s.stand(0)
	}
}

// Clear selects nothing.
func (s *Selection) Clear() { s.replace(0, 0) }

// Relist takes over that the list has other files or another order.
func (s *Selection) Relist() {
	s.Cursor() // remembers the place
	s.span.known = false
	s.hidden = -1
	s.unband()
}

// Gone takes over that files are no longer in the account.
func (s *Selection) Gone(ids ...service.FileID) {
	for _, id := range ids {
		s.drop(id)
		delete(s.band.lifted, id)
		if s.anchor == id {
			s.anchor = ""
		}
	}
	s.hidden = -1
	s.span.known = false
}

// stand moves the keyboard.
func (s *Selection) stand(i int) { s.cursor, s.at = s.list.ID(i), i }

func (s *Selection) only(i int) {
	s.replace(i, i+1)
	s.stand(i)
	s.anchor = s.cursor
}

func (s *Selection) toggle(i int) {
	s.stand(i)
	s.anchor = s.cursor
	s.span.known = false
	if s.Has(s.cursor) {
		s.drop(s.cursor)
		return
	}
	s.group++
	s.add(i)
}

// extend selects from the anchor to i, and nothing else unless more is set.
func (s *Selection) extend(i int, more bool) {
	from := -1
	if s.anchor != "" {
		from = s.list.Index(s.anchor)
	}
	if from < 0 {
		from = max(0, s.Cursor()) // the anchor is not shown
		s.anchor = s.list.ID(from)
	}
	first, end := min(from, i), max(from, i)+1
	switch {
	case more:
		s.group++
		s.addAll(first, end)
		s.span.known = false
	case s.span.known:
		s.respan(first, end)
	default:
		s.replace(first, end)
	}
	s.stand(i)
}

// respan changes the piece of the list that is selected, at the cost of the
// difference.
func (s *Selection) respan(first, end int) {
	old := s.span
	s.dropAll(old.first, min(old.end, first))
	s.dropAll(max(old.first, end), old.end)
	s.addAll(first, min(end, old.first))
	s.addAll(max(first, old.end), end)
	s.span = span{first, end, true}
}

// replace selects a piece of the list and nothing else.
func (s *Selection) replace(first, end int) {
	if len(s.picks) > 0 || end-first > 1 {
		s.picks = make(map[service.FileID]pick, end-first)
	}
	s.size, s.hidden = 0, 0
	s.group++
	s.addAll(first, end)
	s.span = span{first, end, true}
}

func (s *Selection) addAll(first, end int) {
	for i := first; i < end; i++ {
		s.add(i)
	}
}

func (s *Selection) dropAll(first, end int) {
	for i := first; i < end; i++ {
		s.drop(s.list.ID(i))
	}
}

// add selects item i as one of the newest group, unless it is selected.
func (s *Selection) add(i int) {
	id := s.list.ID(i)
	if _, ok := s.picks[id]; ok {
		return
	}
	p := pick{group: s.group, place: i, size: s.list.File(i).Size}
	s.picks[id] = p
	s.size += p.size
}

func (s *Selection) drop(id service.FileID) {
	if p, ok := s.picks[id]; ok {
		s.size -= p.size
		delete(s.picks, id)
	}
}
