package files

import (
	"slices"

	"sluice/service/library"
	"sluice/service/settings"
)

// look looks for what the model wants now.
func (s *Screen) look() {
	if s.reader != nil {
		s.reader.search(s.model.wanted())
	}
}

// lookAnew is look from the top.
func (s *Screen) lookAnew() {
	s.tiles.grid.ScrollToOffset(0)
	s.look()
	s.show()
}

// pick chooses a chip.
func (s *Screen) pick(k library.Kind) {
	if s.model.SetKind(k) {
		s.lookAnew()
	}
}

func (s *Screen) searched(text string) {
	if s.model.SetText(text) {
		s.chips.doubts.searched(text)
		s.lookAnew()
	}
}

// widen shows all files again.
func (s *Screen) widen() {
	s.head.search.Clear()
	s.pick(library.AnyKind)
}

// setOrder sorts in another way.
func (s *Screen) setOrder(o settings.FilesOrder) {
	if s.model.SetOrder(o) {
		s.reorder()
		s.lookAnew()
		s.keep()
	}
}

// sortBy sorts by a column of the table, the other way if it does already.
func (s *Screen) sortBy(c Column) { s.setOrder(c.next(s.model.order)) }

// reorder shows the order in the menu and in the table's titles.
func (s *Screen) reorder() {
	by, _ := sortedBy(s.model.order)
	s.tiles.sortBy(by)
	s.table.show(s.model.order)
	s.table.root.Refresh()
	s.head.sort.Set(slices.Index(settings.FilesOrders(), s.model.order))
}

// setView shows pictures or a table.
func (s *Screen) setView(v settings.FilesView) {
	if v == s.tiles.View() {
		return
	}
	s.tiles.SetView(v)
	s.show()
	s.keep()
	s.focusTiles()
}
