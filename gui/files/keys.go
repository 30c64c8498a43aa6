package files

import (
	"fyne.io/fyne/v2"
)

// TypedKey takes a key that did nothing elsewhere in the window.
func (s *Screen) TypedKey(e *fyne.KeyEvent) {
	if s.covered() {
		if e.Name == fyne.KeyEscape || e.Name == fyne.KeyF1 {
			s.head.unexplain()
		}
		return
	}
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyF1:
		s.head.explain()
	case fyne.KeyF5:
		s.Refresh()
	case fyne.KeyF2:
		s.renameSelected()
	case fyne.KeyEscape:
		if !s.showSheet(false) {
			s.head.search.Clear()
		}
	case fyne.KeyDown, fyne.KeyUp, fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyPageUp,
		fyne.KeyDelete, fyne.KeyBackspace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.toTiles(e)
	}
}

// TypedRune takes a letter that was typed into nothing: it is for a name.
func (s *Screen) TypedRune(r rune) {
	if !s.covered() && s.focusTiles() {
		s.tiles.grid.TypedRune(r)
	}
}

// TypedShortcut takes a shortcut for the files that nothing else took.
func (s *Screen) TypedShortcut(shortcut fyne.Shortcut) {
	if !s.covered() && !s.shortcut(shortcut) && s.focusTiles() {
		s.tiles.shortcut(shortcut)
	}
}

// covered reports whether something stands above the window.
func (s *Screen) covered() bool {
	c := s.canvas()
	return c == nil || c.Overlays().Top() != nil
}

// toTiles gives the tiles the keyboard, and a key.
func (s *Screen) toTiles(e *fyne.KeyEvent) {
	if !s.tiles.grid.Focused() && s.focusTiles() {
		s.tiles.grid.TypedKey(e)
	}
}

// focusTiles gives the tiles the keyboard, if there are any.
func (s *Screen) focusTiles() bool {
	c := s.canvas()
	if c == nil || s.model.State() != Listed {
		return false
	}
	c.Focus(s.tiles.grid)
	return true
}
