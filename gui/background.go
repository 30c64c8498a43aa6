package gui

import (
	"context"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/service"
)

// Limits of telling the end.
const (
	notifyTime = 5 * time.Second // a notification that takes longer is not waited for
	lingerTime = 3 * time.Second // some systems take it while the program lives only
)

// hide lets the uploads go on without the window, until they end or it is
// raised. What ended since then is told at the end.
func (s *Shell) hide(since time.Time) {
	s.unask()
	s.since = since
	s.window.Hide()
	s.log.Info("the uploads go on in the background")
	s.endBackground()
}

// hidden reports whether there is only the background.
func (s *Shell) hidden() bool { return !s.since.IsZero() }

// bringBack shows the window again, even when it was about to close.
func (s *Shell) bringBack() {
	s.since = time.Time{}
	s.closing = false
	s.window.Show()
	s.window.RequestFocus()
}

// endBackground tells the end and closes the window for good, once there is
// nothing more to do without its user.
func (s *Shell) endBackground() {
	if !s.hidden() || s.ending || s.closing || s.working() {
		return
	}
	s.ending = true
	note := s.lastWords()
	s.acts.add(func(ctx context.Context) {
		s.notify(ctx, note)
		s.onMain(func() {
			s.ending = false
			switch {
			case !s.hidden():
			case s.working(): // again: something was added
				s.since = s.now()
			default:
				s.close()
			}
		})
	})
}

// lastWords tell what became of the uploads since the window was closed.
func (s *Shell) lastWords() *fyne.Notification {
	t := s.uploads.Model().Totals()
	linked, failed := s.uploads.Model().Ended(s.since)
	count := func(n int) map[string]any { return map[string]any{"Count": s.format.Number(int64(n))} }
	var needs, words []string
	switch {
	case t.NeedsKey && t.Busy() && t.Err == nil:
		needs = append(needs, ErrorShort(&service.Error{Kind: service.Unauthorized, Value: service.ReasonNoKey}))
	case !t.Paused && t.Busy() && t.Err != nil:
		needs = append(needs, ErrorShort(t.Err))
	case t.Paused && t.Busy():
		needs = append(needs, lang.L("All uploads are paused"))
	}
	if failed > 0 {
		needs = append(needs, lang.N("{{.Count}} files failed", failed, count(failed)))
	}
	if t.Held > 0 {
		needs = append(needs, lang.N("{{.Count}} files paused", t.Held, count(t.Held)))
	}
	if linked > 0 {
		words = append(words, lang.N("{{.Count}} files uploaded", linked, count(linked)))
	}
	title := "Sluice"
	if len(needs) > 0 {
		title = lang.L("Sluice needs you")
	}
	words = append(needs, words...)
	if len(words) == 0 {
		words = append(words, lang.L("All uploads have ended"))
	}
	return fyne.NewNotification(title, strings.Join(words, " · "))
}

// notify shows a notification of the desktop's and gives it the time it needs.
// It must not be called on the interface goroutine.
func (s *Shell) notify(ctx context.Context, note *fyne.Notification) {
	ctx, cancel := context.WithTimeout(ctx, notifyTime)
	defer cancel()
	sent := make(chan struct{})
	// Nobody waits for it longer than that: a desktop that hangs must not keep
	// the program.
	go func() {
		defer close(sent)
		s.cfg.App.SendNotification(note)
	}()
	select {
	case <-sent:
	case <-ctx.Done():
		return
	}
	if runtime.GOOS == "linux" {
		return
	}
	select {
	case <-time.After(lingerTime):
	case <-ctx.Done():
	}
}
