package files

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/gui/kit"
	"sluice/service"
)

// shelfList is a list for tests.
type shelfList struct {
	files []service.File
	index map[service.FileID]int
}

func listOf(files ...service.File) *shelfList {
	l := &shelfList{}
	l.set(files)
	return l
}

func (l *shelfList) set(files []service.File) {
	l.files = files
	l.index = make(map[service.FileID]int, len(files))
	for i := range files {
		l.index[files[i].ID] = i
	}
}

func (l *shelfList) Len() int                { return len(l.files) }
func (l *shelfList) ID(i int) service.FileID { return l.files[i].ID }
func (l *shelfList) Name(i int) string       { return l.files[i].Name }
func (l *shelfList) File(i int) service.File { return l.files[i] }
func (l *shelfList) Index(id service.FileID) int {
	if i, ok := l.index[id]; ok {
		return i
	}
	return -1
}

// letters makes files a, b, c … of 1, 10, 100 … bytes.
func letters(n int) *shelfList {
	size := int64(1)
	files := make([]service.File, n)
	for i := range files {
		id := string(rune('a' + i))
		files[i] = service.File{ID: service.FileID(id), Name: id, Size: size}
		size *= 10
	}
	return listOf(files...)
}

func chosen(s *Selection) string {
	var b strings.Builder
	for _, id := range s.IDs() {
		b.WriteString(string(id))
	}
	return b.String()
}

func TestSelectionAsInAFileManager(t *testing.T) {
	const toggle, extend = true, true
	l := letters(9)
	s := NewSelection(l)
	for _, step := range []struct {
		do     string
		f      func()
		want   string
		cursor int
	}{
		{"click d", func() { s.Press(3, false, false) }, "d", 3},
		{"ctrl click b", func() { s.Press(1, toggle, false) }, "db", 1},
		{"ctrl click d", func() { s.Press(3, toggle, false) }, "b", 3},
		{"shift click f", func() { s.Press(5, false, extend) }, "def", 5},
		{"shift click b", func() { s.Press(1, false, extend) }, "bcd", 1},
		{"ctrl click h", func() { s.Press(7, toggle, false) }, "bcdh", 7},
		{"ctrl shift click f", func() { s.Press(5, toggle, extend) }, "bcdhfg", 5},
		{"ctrl click beside", func() { s.Press(-1, toggle, false) }, "bcdhfg", 5},
		{"ctrl left", func() { s.Go(4, true, false) }, "bcdhfg", 4},
		{"ctrl space", func() { s.Toggle() }, "bcdhfge", 4},
		{"shift left", func() { s.Go(3, false, extend) }, "de", 3},
		{"shift left", func() { s.Go(2, false, extend) }, "cde", 2},
		{"shift home", func() { s.Go(0, false, extend) }, "abcde", 0},
		{"shift end", func() { s.Go(8, false, extend) }, "efghi", 8},
		{"right", func() { s.Go(8, false, false) }, "i", 8},
		{"all", func() { s.All() }, "abcdefghi", 8},
		{"shift click g", func() { s.Press(6, false, extend) }, "ghi", 6},
		{"click beside", func() { s.Press(-1, false, false) }, "", 6},
		{"shift click h", func() { s.Press(7, false, extend) }, "hi", 7},
		{"escape", func() { s.Clear() }, "", 7},
		{"space", func() { s.Toggle() }, "h", 7},
	} {
		step.f()
		if got := chosen(s); got != step.want || s.Cursor() != step.cursor {
			t.Fatalf("after %s: %q at %d, want %q at %d", step.do, got, s.Cursor(), step.want, step.cursor)
		}
	}
}

func TestSelectionIsKeptByFile(t *testing.T) {
	l := letters(6)
	all := slices.Clone(l.files)
	s := NewSelection(l)
	s.Press(4, false, false) // e
	s.Press(1, true, false)  // b
	slices.Reverse(l.files)
	l.set(l.files)
	s.Relist()
	if got := chosen(s); got != "eb" || s.Size() != 10010 || s.Cursor() != 4 {
		t.Errorf("sorted: %q of %d, at %d", got, s.Size(), s.Cursor())
	}
	l.set(all[:3]) // a search that leaves abc
	s.Relist()
	if s.Count() != 2 || s.Hidden() != 1 || s.Cursor() != 1 {
		t.Errorf("filtered: %d, %d of them hidden, at %d", s.Count(), s.Hidden(), s.Cursor())
	}
	s.Press(2, true, false)
	l.set(all)
	s.Relist()
	if got := chosen(s); got != "ebc" || s.Hidden() != 0 {
		t.Errorf("all again: %q, %d hidden", got, s.Hidden())
	}
	s.Gone("e", "nobody")
	l.set(slices.DeleteFunc(slices.Clone(all), func(f service.File) bool { return f.ID == "e" || f.ID == "c" }))
	s.Relist()
	s.Gone("c")
	if got := chosen(s); got != "b" || s.Size() != 10 {
		t.Errorf("after two have gone: %q of %d", got, s.Size())
	}
	if i := s.Cursor(); i < 0 || l.ID(i) != "d" {
		t.Errorf("the keyboard stands on %d, want where c was", i)
	}
	s.Go(s.Cursor()+1, false, true) // the anchor has gone too
	if got := chosen(s); got != "df" {
		t.Errorf("shift right from there: %q", got)
	}
	l.set(all[:2])
	s.Relist()
	s.All()
	if got := chosen(s); got != "ab" || s.Hidden() != 0 {
		t.Errorf("all of a search: %q, %d hidden", got, s.Hidden())
	}
	l.set(nil)
	s.Relist()
	if s.Cursor() != -1 {
		t.Errorf("in an empty list the keyboard stands on %d", s.Cursor())
	}
	s.All()
	s.Toggle()
	if s.Count() != 0 {
		t.Errorf("all of nothing are %d", s.Count())
	}
}

func TestSelectionByRubberBand(t *testing.T) {
	l := letters(11) // rows abcd, efgh, ijk
	s := NewSelection(l)
	s.Press(5, false, false) // f
	s.Press(10, true, false) // k
	cells := func(row, rowEnd, column, columnEnd int) {
		s.Band(kit.Cells{Row: row, RowEnd: rowEnd, Column: column, ColumnEnd: columnEnd, Columns: 4})
	}
	check := func(want string) {
		t.Helper()
		if got := chosen(s); got != want {
			t.Errorf("selected %q, want %q", got, want)
		}
	}
	s.BandStart(BandToggle)
	cells(1, 2, 0, 2)
	check("ke")
	cells(1, 3, 0, 4)
	check("eghij")
	cells(0, 2, 1, 3)
	check("kbcg")
	cells(0, 0, 0, 0)
	check("fk")
	cells(2, 3, 2, 4)
	s.BandEnd()
	check("f")
	s.BandStart(BandAdd)
	cells(1, 2, 0, 3)
	check("feg")
	cells(0, 1, 3, 4)
	s.BandEnd()
	check("fd")
	s.BandStart(BandOnly)
	check("")
	cells(1, 3, 2, 3)
	s.BandEnd()
	check("gk")
	s.Band(kit.Cells{RowEnd: 3, ColumnEnd: 4, Columns: 4}) // too late
	check("gk")
}

func TestBandIsDrawnAgainInAnotherList(t *testing.T) {
	l := letters(8)
	s := NewSelection(l)
	s.Press(0, false, false)
	s.Press(7, true, false)
	s.BandStart(BandToggle)
	band := kit.Cells{RowEnd: 1, ColumnEnd: 3, Columns: 4}
	s.Band(band) // abc: a goes, b and c come
	slices.Reverse(l.files)
	l.set(l.files)
	s.Relist()
	if got := chosen(s); got != "ah" {
		t.Errorf("in the new order: %q, want what was before the band", got)
	}
	s.Band(band) // hgf
	s.BandEnd()
	if got := chosen(s); got != "agf" {
		t.Errorf("drawn again: %q", got)
	}
}

// modelSelection is the same, as plainly as it can be said: a list of ids.
type modelSelection struct {
	list   *shelfList
	picked []service.FileID
	anchor service.FileID
	cursor service.FileID
	at     int
	base   []service.FileID // before the band
}

func (m *modelSelection) without(ids []service.FileID) {
	m.picked = slices.DeleteFunc(slices.Clone(m.picked), func(id service.FileID) bool { return slices.Contains(ids, id) })
}

func (m *modelSelection) with(ids []service.FileID) {
	for _, id := range ids {
		if !slices.Contains(m.picked, id) {
			m.picked = append(slices.Clone(m.picked), id)
		}
	}
}

func (m *modelSelection) stand(i int) { m.cursor, m.at = m.list.ID(i), i }

func (m *modelSelection) where() int {
	if m.cursor == "" || m.list.Len() == 0 {
		return -1
	}
	if i := m.list.Index(m.cursor); i >= 0 {
		m.at = i
	}
	return min(m.at, m.list.Len()-1)
}

func (m *modelSelection) toggle(i int) {
	m.stand(i)
	m.anchor = m.cursor
	if id := m.list.ID(i); slices.Contains(m.picked, id) {
		m.without([]service.FileID{id})
	} else {
		m.with([]service.FileID{id})
	}
}

func (m *modelSelection) only(i int) {
	m.stand(i)
	m.anchor = m.cursor
	m.picked = []service.FileID{m.cursor}
}

func (m *modelSelection) extend(i int, more bool) {
	if m.anchor == "" || m.list.Index(m.anchor) < 0 {
		m.anchor = m.list.ID(max(0, m.where()))
	}
	from := m.list.Index(m.anchor)
	if !more {
		m.picked = nil
	}
	for k := min(from, i); k <= max(from, i); k++ {
		m.with([]service.FileID{m.list.ID(k)})
	}
	m.stand(i)
}

func (m *modelSelection) touch(c kit.Cells, mode BandMode) {
	m.picked = slices.Clone(m.base)
	var touched, fresh []service.FileID
	for i := range m.list.Len() {
		row, column := i/max(1, c.Columns), i%max(1, c.Columns)
		if row >= c.Row && row < c.RowEnd && column >= c.Column && column < c.ColumnEnd {
			touched = append(touched, m.list.ID(i))
		}
	}
	for _, id := range touched {
		if !slices.Contains(m.base, id) {
			fresh = append(fresh, id)
		}
	}
	if mode == BandToggle {
		m.without(touched)
	}
	m.with(fresh)
}

// release is the end of a band: the keyboard goes to the first of its cells that is
// selected, unless it stands on something that is.
func (m *modelSelection) release(c kit.Cells) {
	if slices.Contains(m.picked, m.cursor) {
		return
	}
	for i := range m.list.Len() {
		row, column := i/max(1, c.Columns), i%max(1, c.Columns)
		within := row >= c.Row && row < c.RowEnd && column >= c.Column && column < c.ColumnEnd
		if within && slices.Contains(m.picked, m.list.ID(i)) {
			m.stand(i)
			m.anchor = m.cursor
			return
		}
	}
}

func TestSelectionModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := make([]service.File, 40)
		for i := range all {
			all[i] = service.File{ID: service.FileID(fmt.Sprint("f", i)), Size: int64(i + 1)}
		}
		l := listOf(slices.Clone(all)...)
		s, m := NewSelection(l), &modelSelection{list: l}
		item := func(r *rapid.T) int {
			if l.Len() == 0 {
				r.Skip("no items")
			}
			return rapid.IntRange(0, l.Len()-1).Draw(r, "item")
		}
		either := func(r *rapid.T, what string) bool { return rapid.Bool().Draw(r, what) }
		r.Repeat(map[string]func(*rapid.T){
			"press": func(r *rapid.T) {
				i, toggle, extend := item(r), either(r, "ctrl"), either(r, "shift")
				s.Press(i, toggle, extend)
				switch {
				case extend:
					m.extend(i, toggle)
				case toggle:
					m.toggle(i)
				default:
					m.only(i)
				}
			},
			"go": func(r *rapid.T) {
				i, keep, extend := item(r), either(r, "ctrl"), either(r, "shift")
				s.Go(i, keep, extend)
				switch {
				case extend:
					m.extend(i, keep)
				case keep:
					m.stand(i)
				default:
					m.only(i)
				}
			},
			"space": func(*rapid.T) {
				s.Toggle()
				if i := m.where(); i >= 0 {
					m.toggle(i)
				}
			},
			"all": func(*rapid.T) {
				s.All()
				m.picked = nil
				for i := range l.Len() {
					m.picked = append(m.picked, l.ID(i))
				}
				if m.cursor == "" && l.Len() > 0 {
					m.stand(0)
				}
			},
			"escape": func(*rapid.T) {
				s.Press(-1, false, false)
				m.picked = nil
			},
			"relist": func(r *rapid.T) {
				some := slices.Clone(all)
				keep := rapid.SliceOfN(rapid.Bool(), len(some), len(some)).Draw(r, "keep")
				some = slices.DeleteFunc(some, func(f service.File) bool {
					return !keep[slices.IndexFunc(all, func(g service.File) bool { return g.ID == f.ID })]
				})
				if len(some) > 0 {
					some = rapid.Permutation(some).Draw(r, "order")
				}
				s.Cursor()
				m.where()
				l.set(some)
				s.Relist()
			},
			"gone": func(r *rapid.T) {
				if len(all) < 2 {
					r.Skip("nearly empty")
				}
				k := rapid.IntRange(0, len(all)-1).Draw(r, "which")
				id := all[k].ID
				m.where()
				m.without([]service.FileID{id})
				if m.anchor == id {
					m.anchor = ""
				}
				s.Cursor()
				all = slices.Delete(slices.Clone(all), k, k+1)
				l.set(slices.DeleteFunc(slices.Clone(l.files), func(f service.File) bool { return f.ID == id }))
				s.Gone(id)
				s.Relist()
			},
			"band": func(r *rapid.T) {
				mode := rapid.SampledFrom([]BandMode{BandOnly, BandAdd, BandToggle}).Draw(r, "mode")
				if mode == BandOnly {
					m.picked = nil
				}
				m.base = slices.Clone(m.picked)
				s.BandStart(mode)
				var last kit.Cells
				for range rapid.IntRange(0, 5).Draw(r, "moves") {
					columns := rapid.SampledFrom([]int{1, 4, 7}).Draw(r, "columns")
					c := kit.Cells{Columns: columns}
					c.Row = rapid.IntRange(0, 9).Draw(r, "top")
					c.RowEnd = rapid.IntRange(c.Row, 10).Draw(r, "bottom")
					c.Column = rapid.IntRange(0, columns-1).Draw(r, "left")
					c.ColumnEnd = rapid.IntRange(c.Column, columns).Draw(r, "right")
					s.Band(c)
					m.touch(c, mode)
					last = c
				}
				s.BandEnd()
				m.release(last)
			},
			"": func(r *rapid.T) {
				if got := s.IDs(); !slices.Equal(got, m.picked) {
					r.Fatalf("selected %v, want %v", got, m.picked)
				}
				size, hidden := int64(0), 0
				for _, id := range m.picked {
					k := slices.IndexFunc(all, func(f service.File) bool { return f.ID == id })
					size += all[k].Size
					if l.Index(id) < 0 {
						hidden++
					}
				}
				if s.Count() != len(m.picked) || s.Size() != size || s.Hidden() != hidden || s.Cursor() != m.where() {
					r.Fatalf("%d of %d, %d hidden, at %d; want %d of %d, %d hidden, at %d",
						s.Count(), s.Size(), s.Hidden(), s.Cursor(), len(m.picked), size, hidden, m.where())
				}
			},
		})
	})
}

func manyFiles() *shelfList {
	const n = 100_000
	files := make([]service.File, n)
	for i := range files {
		files[i] = service.File{ID: service.FileID(fmt.Sprintf("%08x", i)), Name: fmt.Sprintf("IMG_%d.jpg", i), Size: int64(i), MIME: "image/jpeg"}
	}
	return listOf(files...)
}

// What one more item costs has nothing to do with how many are selected.
func TestSelectionCostsWhatChanges(t *testing.T) {
	l := &countingList{List: manyFiles()}
	s := NewSelection(l)
	cost := func(f func()) int {
		before := l.asked
		f()
		return l.asked - before
	}
	s.Press(10, false, false)
	s.Press(90_000, false, true)
	if n := cost(func() { s.Go(90_001, false, true) }); n > 5 {
		t.Errorf("one more by Shift asked the list %d times", n)
	}
	if n := cost(func() { s.Press(50_000, true, false) }); n > 5 {
		t.Errorf("one less by Ctrl asked the list %d times", n)
	}
	s.BandStart(BandAdd)
	s.Band(kit.Cells{RowEnd: 10_000, ColumnEnd: 8, Columns: 8})
	if n := cost(func() { s.Band(kit.Cells{RowEnd: 10_001, ColumnEnd: 8, Columns: 8}) }); n > 30 {
		t.Errorf("one row more by the band asked the list %d times", n)
	}
}

type countingList struct {
	List
	asked int
}

func (l *countingList) ID(i int) service.FileID {
	l.asked++
	return l.List.ID(i)
}

func BenchmarkSelectAll(b *testing.B) {
	l := manyFiles()
	s := NewSelection(l)
	for b.Loop() {
		s.All()
		s.Clear()
	}
}

func BenchmarkSelectedIDs(b *testing.B) {
	l := manyFiles()
	s := NewSelection(l)
	s.All()
	for b.Loop() {
		s.IDs()
	}
}
