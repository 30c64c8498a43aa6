package gui

import (
	"context"
	"log/slog"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/settings"
)

// askToClose closes the window, and asks first when uploads are under way.
func (s *Shell) askToClose() {
	t := s.uploads.Model().Totals()
	if s.closing || !t.Busy() || t.Paused || t.NeedsKey {
		s.close()
		return
	}
	kit.Ask(s.window.Canvas(), lang.L("Uploads are under way"),
		lang.L("If you stop now, nothing is lost: the files stay in the list, and Sluice goes on with them the next time it is opened."),
		kit.Answer{Label: lang.L("Stop and go on next time"), Kind: kit.ButtonPlain, Do: s.close},
		kit.Answer{Label: lang.L("Keep going"), Kind: kit.ButtonPrimary})
}

// close keeps the window's size and screen, then closes it.
func (s *Shell) close() {
	s.closing = true
	size := s.window.Canvas().Size()
	screen, store := s.frame.current, s.backend.Settings
	s.acts.add(func(ctx context.Context) {
		err := store.Change(ctx, func(v *settings.Values) {
			v.WindowWidth, v.WindowHeight, v.Screen = int(size.Width+0.5), int(size.Height+0.5), screen
		})
		if err != nil {
			s.log.WarnContext(ctx, "window size not kept", slog.Any("err", err))
		}
		s.onMain(s.window.Close)
	})
}
