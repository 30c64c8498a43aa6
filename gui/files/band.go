package files

import (
	"sluice/gui/kit"
	"sluice/service"
)

// BandMode says what a rubber band does to what was selected before.
type BandMode uint8

// The modes.
const (
	BandOnly   BandMode = iota // only what it touches is selected
	BandAdd                    // with Shift: it adds
	BandToggle                 // with Ctrl: it changes what it touches
)

// band is a rubber band that is being drawn.
type band struct {
	on     bool
	toggle bool
	group  int // of what it selected
	cells  kit.Cells
	lifted map[service.FileID]pick // what it took out of the selection
}

// BandStart begins a rubber band.
func (s *Selection) BandStart(mode BandMode) {
	if mode == BandOnly {
		s.Clear()
	}
	s.group++
	s.span.known = false
	s.band = band{on: true, toggle: mode == BandToggle, group: s.group, lifted: map[service.FileID]pick{}}
}

// Band takes over what the band touches now. It costs what the difference to
// before costs.
func (s *Selection) Band(cells kit.Cells) {
	if !s.band.on {
		return
	}
	old := s.band.cells
	s.band.cells = cells
	for _, c := range outside(old, cells) {
		s.eachIn(c, s.leave)
	}
	for _, c := range outside(cells, old) {
		s.eachIn(c, s.enter)
	}
}

// BandEnd keeps what the band selected. The keyboard goes there, unless it stands
// on something that is selected.
func (s *Selection) BandEnd() {
	s.eachIn(s.band.cells, func(i int) {
		if !s.Has(s.cursor) && s.Has(s.list.ID(i)) {
			s.stand(i)
			s.anchor = s.cursor
		}
	})
	s.band = band{}
}

// enter is an item that the band touches.
func (s *Selection) enter(i int) {
	id := s.list.ID(i)
	p, ok := s.picks[id]
	switch {
	case !ok:
		s.add(i)
	case s.band.toggle:
		s.drop(id)
		s.band.lifted[id] = p
	}
}

// leave is an item that it touched before.
func (s *Selection) leave(i int) {
	id := s.list.ID(i)
	if p, ok := s.band.lifted[id]; ok {
		s.restore(id, p)
		return
	}
	if s.picks[id].group == s.band.group {
		s.drop(id)
	}
}

func (s *Selection) restore(id service.FileID, p pick) {
	delete(s.band.lifted, id)
	s.picks[id] = p
	s.size += p.size
}

// unband takes back what the band did, because its cells hold other files now.
func (s *Selection) unband() {
	if !s.band.on {
		return
	}
	for id, p := range s.picks {
		if p.group == s.band.group {
			s.drop(id)
		}
	}
	for id, p := range s.band.lifted {
		s.restore(id, p)
	}
	s.band.cells = kit.Cells{}
}

func (s *Selection) eachIn(c kit.Cells, f func(i int)) {
	for row := c.Row; row < c.RowEnd; row++ {
		end := min(row*c.Columns+c.ColumnEnd, s.list.Len())
		for i := row*c.Columns + c.Column; i < end; i++ {
			f(i)
		}
	}
}

// outside gives the part of a that is not in b, in pieces.
func outside(a, b kit.Cells) []kit.Cells {
	if a.Row >= a.RowEnd || a.Column >= a.ColumnEnd {
		return nil
	}
	top, bottom := max(a.Row, b.Row), min(a.RowEnd, b.RowEnd)
	left, right := max(a.Column, b.Column), min(a.ColumnEnd, b.ColumnEnd)
	if a.Columns != b.Columns || top >= bottom || left >= right {
		return []kit.Cells{a}
	}
	above, below, before, behind := a, a, a, a
	above.RowEnd, below.Row = top, bottom
	before.Row, before.RowEnd, before.ColumnEnd = top, bottom, left
	behind.Row, behind.RowEnd, behind.Column = top, bottom, right
	return []kit.Cells{above, below, before, behind}
}
