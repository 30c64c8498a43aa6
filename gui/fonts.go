package gui

import (
	"log/slog"

	"sluice/gui/kit"
	"sluice/service/settings"
)

// foundGlyphs is what looking through the fonts gave.
type foundGlyphs struct {
	glyphs *kit.Glyphs
	err    error
}

// findGlyphs looks through the computer's fonts on a goroutine of its own; the
// result must be received.
func findGlyphs(dir string) <-chan foundGlyphs {
	found := make(chan foundGlyphs)
	go func() {
		g, err := kit.FindGlyphs(dir)
		found <- foundGlyphs{g, err}
	}()
	return found
}

// setTheme gives the window the look of an appearance.
func (s *Shell) setTheme(a settings.Appearance) {
	s.cfg.App.Settings().SetTheme(kit.NewTheme(appearance(a)).With(s.cfg.glyphs))
}

// logFonts tells when the computer's fonts can't be used: names in scripts that
// Fyne's have not are then unreadable.
func logFonts(log *slog.Logger, err error) {
	if log != nil && err != nil {
		log.Warn("only the program's own fonts are used", slog.Any("err", err))
	}
}
