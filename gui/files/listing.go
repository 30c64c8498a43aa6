package files

import (
	"iter"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/service"
)

// Listing is files to be written down somewhere else, as they were when it was
// made. Files may be called on any goroutine, once.
type Listing struct {
	Count int
	Files iter.Seq[service.File]
}

// saveItem is for the files that are selected.
func (s *Screen) saveItem() *fyne.MenuItem {
	return fyne.NewMenuItem(lang.L("Save list as CSV…"), func() {
		if s.tiles.selection.Count() > 0 {
			s.cfg.Outside.Save(s.selectedListing())
		}
	})
}

// saveShown is for all files that are shown.
func (s *Screen) saveShown() {
	if !s.tiles.grid.Later(s.saveShown) && s.model.State() == Listed {
		s.cfg.Outside.Save(s.model.list.listing())
	}
}

// selectedListing is what is selected, in the order of selecting.
func (s *Screen) selectedListing() Listing {
	catalogue, picks := s.lib.Catalogue, maps.Clone(s.tiles.selection.picks)
	return Listing{Count: len(picks), Files: func(yield func(service.File) bool) {
		for _, id := range inOrder(picks) {
			if f, ok := catalogue.File(id); ok && !yield(f) {
				return
			}
		}
	}}
}

// listing is what is shown.
func (s *shown) listing() Listing {
	was := shown{found: s.found, holes: slices.Clone(s.holes)}
	return Listing{Count: was.Len(), Files: func(yield func(service.File) bool) {
		for i := range was.Len() {
			if !yield(was.File(i)) {
				return
			}
		}
	}}
}
