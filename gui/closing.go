package gui

import (
	"context"
	"log/slog"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/settings"
	"sluice/service/upload"
)

// working reports whether uploads go on, or will by themselves.
func working(t *upload.Totals) bool {
	return t.Busy() && !t.Paused && !t.NeedsKey && !unwritable(t.Err)
}

// coming is working for downloads.
func coming(t *download.Totals) bool {
	return t.Busy() && !t.Paused && !t.NeedsKey && !unwritable(t.Err)
}

func unwritable(err *service.Error) bool {
	return err != nil && err.Value == service.ReasonQueueUnwritable
}

// working reports whether uploads or downloads of the session in use go on.
func (s *Shell) working() bool {
	t := s.uploads.Model().Totals()
	return working(&t.Up) || coming(&t.Down)
}

// askToClose closes the window; what becomes of uploads that are under way, the
// user says now or has said in the settings.
func (s *Shell) askToClose() { s.unlessDeleting(s.closeOrGoOn) }

// quit closes the window for good; what is under way goes on the next time.
func (s *Shell) quit() { s.unlessDeleting(s.close) }

// unlessDeleting asks first where files are still to be deleted: that ends with the
// window, and is not taken up again.
func (s *Shell) unlessDeleting(do func()) {
	n := s.files.Undeleted()
	if n == 0 || s.closing {
		do()
		return
	}
	s.ask(func() bool { return s.files.Undeleted() > 0 },
		lang.N("{{.Count}} files are not deleted yet", n, map[string]any{"Count": s.format.Number(int64(n))}),
		lang.L("If you close Sluice now, files not deleted yet stay in your account, with their links."),
		kit.Answer{Label: lang.L("Close anyway"), Kind: kit.ButtonPlain, Do: do},
		kit.Answer{Label: lang.L("Don’t close"), Kind: kit.ButtonPrimary})
}

// closeOrGoOn closes the window, or lets what is under way go on without it.
func (s *Shell) closeOrGoOn() {
	if s.closing || !s.working() {
		if s.closing || !s.watchOn() {
			s.close()
		}
		return
	}
	asked := s.now()
	switch s.values.WhenClosed {
	case settings.CloseKeepsGoing:
		s.hide(asked)
		return
	case settings.CloseStops:
		s.close()
		return
	case settings.CloseAsks:
	}
	text := lang.L("In the background, Sluice keeps going without a window, tells you when it is done, and quits. If you stop, nothing is lost: the files stay in the list and resume the next time you open Sluice.")
	if s.watching() {
		text = lang.L("In the background, Sluice keeps going without a window, tells you when it is done, and watches your folders. If you stop, nothing is lost: the files stay in the list and resume the next time you open Sluice.")
	}
	if sum := s.uploads.Model().UnderWay(); upload.Costly(sum) {
		text += " " + s.again(&sum)
	}
	t := s.uploads.Model().Totals()
	title, keep := lang.L("Uploads are under way"), lang.L("Keep uploading in the background")
	switch {
	case working(&t.Up) && coming(&t.Down):
		title, keep = lang.L("Uploads and downloads are under way"), lang.L("Run in the background")
	case coming(&t.Down):
		title, keep = lang.L("Downloads are under way"), lang.L("Keep downloading in the background")
	}
	s.ask(s.working, title, text,
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPlain},
		kit.Answer{Label: lang.L("Stop and resume next time"), Kind: kit.ButtonPlain, Do: s.close},
		kit.Answer{Label: keep, Kind: kit.ButtonPrimary, Do: func() { s.hide(asked) }})
}

// close keeps the window's size and screen, then closes it, unless it was
// raised again by then.
func (s *Shell) close() {
	s.closing = true
	s.unask()
	size := s.window.Canvas().Size()
	screen, store := s.frame.current, s.backend.Settings
	s.acts.add(func(ctx context.Context) {
		err := store.Change(ctx, func(v *settings.Values) {
			v.WindowWidth, v.WindowHeight, v.Screen = int(size.Width+0.5), int(size.Height+0.5), screen
		})
		if err != nil {
			s.log.WarnContext(ctx, "window size not kept", slog.Any("err", err))
		}
		s.onMain(func() {
			if s.closing {
				s.window.Close()
			}
		})
	})
}

// untilClosed gives what runs functions by run until the window is closed for good.
// After that Fyne has no interface goroutine: it runs them on the caller's, beside
// those that close the screens.
func untilClosed(w fyne.Window, run func(func())) func(func()) {
	var closed atomic.Bool
	w.SetOnClosed(func() { closed.Store(true) })
	return func(f func()) {
		run(func() {
			if !closed.Load() {
				f()
			}
		})
	}
}
