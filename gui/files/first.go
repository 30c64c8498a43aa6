package files

import "time"

// The first frame of the window has the files if it can: see
// docs/decisions/0017-the-first-frame-has-the-files.md.

// Placed reports whether the screen shows what is known of the files now.
func (s *Screen) Placed() bool { return s.heard }

// Complete reports whether there is nothing on this computer that the screen
// waits for: neither files nor pictures of those in view.
func (s *Screen) Complete() bool {
	return s.heard && (s.lib.Near == nil || !s.lib.Near())
}

// Fill takes over the pictures that are there, before Ready tells of them.
func (s *Screen) Fill() { s.tiles.refill() }

// Rescale takes over that the window has its scale now: pictures of another size
// may be needed.
func (s *Screen) Rescale() { s.tiles.grid.Rescale() }

// wholeAfter leaves the first moments of the window to what people do first:
// reading all files needs a processor. Whatever takes all of them does not wait.
const wholeAfter = 200 * time.Millisecond

// Painted takes over that people see the window now, and does what was put off
// until then.
func (s *Screen) Painted() {
	s.tiles.viewport.Seen()
	s.cfg.After(wholeAfter, func() {
		s.due = true
		s.whole()
	})
}

// whole has all files read, where only a glance of them is shown, once it is time.
func (s *Screen) whole() {
	if s.due && s.lib.Catalogue != nil && s.model.status.Glance {
		s.lib.Catalogue.Whole()
	}
}

// wait keeps what people do with files until all of these are known: the wheel
// is all that it takes less for.
func (s *Screen) wait() {
	found := s.model.list.found
	if found != nil && found.Known() < found.Len() {
		s.tiles.grid.Hold(s.lib.Catalogue.Whole)
		s.whole()
		return
	}
	s.tiles.grid.Release(s.model.State() == Listed)
}
