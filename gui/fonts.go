package gui

import (
	"log/slog"

	"sluice/gui/kit"
	"sluice/service/settings"
)

// Fonts are the computer's, which the window needs for names in the scripts that
// its own fonts have not.
type Fonts struct {
	found  chan struct{} // closed when the others are there
	glyphs *kit.Glyphs
	err    error
}

// FindFonts begins to look through the computer's fonts, on a goroutine that
// ends by itself; Run waits for it before the first text. What was found is
// kept in the folder dir for the next start.
func FindFonts(dir string) *Fonts {
	f := &Fonts{found: make(chan struct{})}
	go func() {
		defer close(f.found)
		f.glyphs, f.err = kit.FindGlyphs(dir)
	}()
	return f
}

// read has Fyne read its fonts as soon as the computer's are found, on another
// goroutine, for the time that the interface goroutine needs to connect with the
// display: it must not touch a text before wait has returned.
func (f *Fonts) read() (wait func(*slog.Logger) *kit.Glyphs) {
	if f == nil { // nobody looked
		return func(*slog.Logger) *kit.Glyphs { return nil }
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-f.found
		f.glyphs.ReadFonts()
	}()
	return func(log *slog.Logger) *kit.Glyphs {
		<-done
		if f.err != nil {
			log.Warn("only the program's own fonts are used", slog.Any("err", f.err))
		}
		return f.glyphs
	}
}

// setTheme gives the window the look of an appearance.
func (s *Shell) setTheme(a settings.Appearance) {
	s.cfg.App.Settings().SetTheme(kit.NewTheme(appearance(a)).With(s.glyphs))
}
