package gui

// Forget gives back what the window has drawn, which Fyne keeps for a minute: a
// texture for each text, thousands after scrolling through many files. Then the
// window is drawn anew. A window that asks something keeps everything.
func (s *Shell) Forget() {
	c := s.window.Canvas()
	if c.Overlays().Top() != nil {
		return
	}
	focused := c.Focused()
	s.window.SetContent(s.window.Content()) // forgets, and tells what has the keyboard so once more
	if focused != nil && !s.active {
		focused.FocusLost()
	}
}

// looked reports whether people can be looking at the window.
func (s *Shell) looked() bool { return s.active && !s.hidden() }

// followActivity keeps whether the window has the keyboard.
func (s *Shell) followActivity() {
	life := s.cfg.App.Lifecycle()
	life.SetOnEnteredForeground(func() {
		s.active = true
		s.notices.count()
	})
	life.SetOnExitedForeground(func() { s.active = false })
}
