package gui

import (
	"context"
	"runtime"
	"strings"
	"sync"
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

// offlineTime is how long uploads in the background wait for the network
// before their user is told.
const offlineTime = 5 * time.Minute

// hide lets the uploads go on without the window, until they end or it is
// raised. What ended since then is told at the end.
func (s *Shell) hide(since time.Time) {
	s.unask()
	s.since, s.toldOffline, s.tellEnd = since, false, s.working()
	s.window.Hide()
	s.doze()
	s.log.Info("the uploads go on in the background")
	s.endBackground()
}

// hidden reports whether there is only the background.
func (s *Shell) hidden() bool { return !s.since.IsZero() }

// bringBack shows the window again, even when it was about to close.
func (s *Shell) bringBack() {
	s.since = time.Time{}
	s.closing = false
	s.wake()
	s.window.Show()
	s.window.RequestFocus()
	s.notices.count()
}

// endBackground tells the end and closes the window for good, once there is
// nothing more to do without its user.
func (s *Shell) endBackground() {
	if !s.hidden() || s.ending || s.closing || s.working() {
		return
	}
	if s.watching() {
		s.endWork()
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
	ended := s.uploads.Model().Ended(s.since)
	count := func(n int) map[string]any { return map[string]any{"Count": s.format.Number(int64(n))} }
	var needs, words []string
	switch {
	case t.NeedsKey && t.Busy() && t.Err == nil:
		needs = append(needs, ErrorShort(&service.Error{Kind: service.Unauthorized, Value: service.ReasonNoKey}))
	case !t.Paused && t.Busy() && t.Err != nil:
		needs = append(needs, ErrorShort(t.Err))
	case t.Paused && t.Busy():
		needs = append(needs, s.notices.one(&t, lang.L("All uploads are paused"), lang.L("Everything is paused")))
	}
	if ended.Failed > 0 {
		needs = append(needs, lang.N("{{.Count}} files failed", ended.Failed, count(ended.Failed)))
	}
	if t.Held > 0 {
		needs = append(needs, lang.N("{{.Count}} files paused", t.Held, count(t.Held)))
	}
	words = endedWords(s.format, ended.Uploaded, ended.Downloaded)
	title := "Sluice"
	if len(needs) > 0 {
		title = lang.L("Sluice needs you")
	}
	words = append(needs, words...)
	if len(words) == 0 {
		words = append(words, lang.L("All uploads are done"))
	}
	return fyne.NewNotification(title, strings.Join(words, " · "))
}

// tellOffline tells once that uploads in the background wait for the network.
// It is called again and again.
func (s *Shell) tellOffline() {
	since := s.notices.offline
	if since.IsZero() {
		s.toldOffline = false
		return
	}
	if !s.hidden() || s.ending || s.toldOffline || !s.working() || s.now().Sub(since) < offlineTime {
		return
	}
	s.toldOffline = true
	note := fyne.NewNotification(lang.L("Sluice is offline"), lang.L("{{.Host}} has been unreachable since {{.Time}}. Nothing is lost; everything resumes by itself.",
		map[string]any{"Host": s.backend.Host(), "Time": s.notices.since()}))
	s.acts.add(func(ctx context.Context) { s.notify(ctx, note) })
}

// notify shows a notification of the desktop's and gives it the time it needs.
// It must not be called on the interface goroutine.
func (s *Shell) notify(ctx context.Context, note *fyne.Notification) {
	ctx, cancel := context.WithTimeout(ctx, s.notifyTime)
	defer cancel()
	if !s.telling.send(func() { s.cfg.App.SendNotification(note) }).wait(ctx) || runtime.GOOS == "linux" {
		return
	}
	select {
	case <-time.After(lingerTime):
	case <-ctx.Done():
	}
}

// telling is what runs calls of the desktop's that may hang, and must not keep
// the program then.
type telling struct {
	mu    sync.Mutex
	calls []sent
}

// sent is one such call; it is closed when the call has returned.
type sent chan struct{}

// wait reports whether the call returned before ctx ended.
func (c sent) wait(ctx context.Context) bool {
	select {
	case <-c:
		return true
	case <-ctx.Done():
		return false
	}
}

// send runs f on a goroutine of its own.
func (t *telling) send(f func()) sent {
	c := make(sent)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	go func() {
		defer close(c)
		f()
	}()
	return c
}

// close waits until all calls have returned, but no longer than limit.
func (t *telling) close(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.calls {
		if !c.wait(ctx) {
			return
		}
	}
}
