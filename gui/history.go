package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/history"
	"sluice/gui/kit"
	"sluice/gui/uploads"
)

// newHistory makes the history, which is a page of the uploads' screen.
func newHistory(s *Shell) *history.Screen {
	return history.New(history.Config{
		Words: history.Words{Format: s.format, Short: ErrorShort, Long: ErrorText}, Now: time.Now,
		NewTile: func() history.Tile {
			return uploads.NewTile(s.previews, func() float32 { return s.window.Canvas().Scale() })
		},
		Intents: history.Intents{
			Back: s.closeHistory, Copy: s.copyJobs, Open: s.OpenURL, Export: s.export,
			Ask:  func(title, text string, answers ...kit.Answer) { s.ask(nil, title, text, answers...) },
			Tell: func(text string) { s.toast(text) }, TellError: s.TellError, Act: s.Act, OnMain: s.onMain,
		},
	})
}

// uploadsPages is the uploads' screen: the uploads, and the history in their
// place.
func (s *Shell) uploadsPages() fyne.CanvasObject {
	s.history.Object().Hide()
	return container.NewStack(s.uploads.Object(), s.history.Object())
}

// historySeen reports whether the history is what the window shows.
func (s *Shell) historySeen() bool { return s.history.IsOpen() && s.frame.current == "uploads" }

func (s *Shell) openHistory() {
	s.uploads.Object().Hide()
	s.history.Object().Show()
	s.window.Canvas().Unfocus()
	if s.backend.Engine == nil {
		s.history.Open(nil)
		return
	}
	s.history.Open(s.backend.Engine)
}

func (s *Shell) closeHistory() {
	if !s.history.IsOpen() {
		return
	}
	s.history.Close()
	s.history.Object().Hide()
	s.uploads.Object().Show()
	s.window.Canvas().Unfocus()
}
