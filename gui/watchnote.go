package gui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/notify"
	"sluice/service/settings"
	"sluice/service/upload"
)

// Keys of the buttons of a note about watched files.
const (
	noteCopy = "copy"
	noteOpen = "open"
)

// newNotifier makes what shows notes with buttons.
func newNotifier(s *Shell) *notify.Notifier {
	return notify.New(notify.Config{
		OnAction: func(note notify.Note, key string) { s.onMain(func() { s.noteAction(note, key) }) },
		Fallback: func(title, body string) {
			s.telling.send(func() { s.cfg.App.SendNotification(fyne.NewNotification(title, body)) })
		},
		Logger: s.log,
	})
}

// tellBurst shows one note for all that watched folders have uploaded in a row.
func (s *Shell) tellBurst() {
	if note, ok := s.burstNote(); ok {
		s.notifier.Show(note)
	}
}

// burstNote says what became of a burst; false where there is nothing to say.
func (s *Shell) burstNote() (notify.Note, bool) {
	done, failed := s.burst.told, s.burst.failed
	count := func(n int) map[string]any { return map[string]any{"Count": s.format.Number(int64(n))} }
	note := notify.Note{Slot: "watched", Data: append([]upload.Job(nil), done...)}
	open := lang.L("Open")
	if len(done) != 1 {
		open = lang.L("Show")
	}
	copyIt := notify.Action{Key: noteCopy, Label: lang.L("Copy link")}
	switch {
	case len(done)+len(failed) == 0:
		return note, false
	case len(done) == 0:
		note.Title = lang.N("{{.Count}} watched files failed", len(failed), count(len(failed)))
		note.Body = kit.PlainName(failed[0].Name) + ": " + ErrorShort(failed[0].Err)
	case len(done) == 1:
		note.Title, note.Body = kit.PlainName(done[0].Name), done[0].Link
	default:
		note.Title = lang.N("{{.Count}} files uploaded", len(done), count(len(done)))
		note.Body = lang.L("From {{.Folder}}", map[string]any{"Folder": s.format.Folder(filepath.Dir(done[len(done)-1].Path))})
		copyIt.Label = lang.L("Copy links")
	}
	if len(done) > 0 {
		note.Actions = append(note.Actions, copyIt)
		if len(failed) > 0 {
			note.Body += "\n" + lang.N("{{.Count}} files failed", len(failed), count(len(failed)))
		}
	}
	note.Actions = append(note.Actions, notify.Action{Key: noteOpen, Label: open}, notify.Action{Key: notify.Default, Label: open})
	return note, true
}

// noteAction does what a button of a note says: one file opens in the browser,
// of several the window tells.
func (s *Shell) noteAction(note notify.Note, key string) {
	jobs, _ := note.Data.([]upload.Job)
	switch {
	case key == noteCopy && len(jobs) > 0:
		s.copyJobs(jobs)
		links := make([]string, 0, len(jobs))
		for _, j := range jobs {
			links = append(links, j.Link)
		}
		s.watched.Copied(links...)
	case len(jobs) == 1:
		s.OpenURL(jobs[0].Link)
	default:
		s.openWatched()
	}
}

// closeWatching closes the window while folders are watched: what becomes of
// that the user says now, or has said in the settings.
func (s *Shell) closeWatching() bool {
	asked := s.now()
	switch s.values.WhenClosed {
	case settings.CloseKeepsGoing:
		s.hide(asked)
		return true
	case settings.CloseStops:
		return false
	case settings.CloseAsks:
	}
	s.ask(s.watching, s.watchTitle(),
		lang.L("In the background, Sluice keeps watching without a window; start it again to see the window. If you quit, files added meanwhile are uploaded the next time you open Sluice, from the folders that are set to catch up."),
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPlain},
		kit.Answer{Label: lang.L("Quit"), Kind: kit.ButtonPlain, Do: s.close},
		kit.Answer{Label: lang.L("Keep watching in the background"), Kind: kit.ButtonPrimary, Do: func() { s.hide(asked) }})
	return true
}
