package gui

import (
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service/download"
	"sluice/service/upload"
)

// question is the one that stands above the window.
type question struct {
	hide  func()
	still func() bool // nil: whatever happens
}

// ask shows a question in place of any other. It goes away by itself once still
// says that there is nothing left to ask.
func (s *Shell) ask(still func() bool, title, text string, answers ...kit.Answer) {
	s.unask()
	s.question = question{kit.Ask(s.window.Canvas(), title, text, answers...), still}
}

// unask takes the question away.
func (s *Shell) unask() {
	if s.question.hide != nil {
		s.question.hide()
	}
	s.question = question{}
}

// reconsider takes a question away that is about nothing any more.
func (s *Shell) reconsider() {
	if s.question.still != nil && !s.question.still() {
		s.unask()
	}
}

// again says what of an upload would be wasted.
func (s *Shell) again(j *upload.Job) string {
	return lang.L("{{.Sent}} of {{.Size}} was sent and would have to be sent again.",
		map[string]any{"Sent": s.format.Size(j.Sent), "Size": s.format.Size(j.Size)})
}

// stopItem cancels an upload or a download, and asks first where that throws
// much away.
func (s *Shell) stopItem(row uploads.ID) {
	do := func() { s.actOn("cancel", (*upload.Engine).Cancel, (*download.Engine).Cancel, row) }
	id, is := row.Upload()
	if !is {
		s.stopDownload(row, do)
		return
	}
	job, ok := s.uploads.Model().Job(id)
	if !ok || !upload.Costly(job) {
		do()
		return
	}
	s.ask(func() bool {
		j, ok := s.uploads.Model().Job(id)
		return ok && !j.State.Finished()
	}, lang.L("Stop “{{.Name}}”?", map[string]any{"Name": kit.PlainName(job.Name)}), s.again(&job),
		kit.Answer{Label: lang.L("Stop it"), Kind: kit.ButtonDanger, Do: do},
		kit.Answer{Label: lang.L("Keep uploading"), Kind: kit.ButtonPrimary})
}

// pauseItem holds one upload or download, and asks first where much was sent.
// A download loses nothing.
func (s *Shell) pauseItem(row uploads.ID) {
	do := func() { s.actOn("pause", (*upload.Engine).PauseJobs, (*download.Engine).PauseJobs, row) }
	id, is := row.Upload()
	job, ok := s.uploads.Model().Job(id)
	if !is || !ok || !upload.Costly(job) {
		do()
		return
	}
	s.ask(func() bool {
		j, ok := s.uploads.Model().Job(id)
		return ok && s.uploads.Allows(uploads.Item{Upload: &j}, uploads.ActionPause)
	}, lang.L("Pause “{{.Name}}”?", map[string]any{"Name": kit.PlainName(job.Name)}), s.again(&job),
		kit.Answer{Label: lang.L("Pause"), Kind: kit.ButtonPlain, Do: do},
		kit.Answer{Label: lang.L("Keep uploading"), Kind: kit.ButtonPrimary})
}

// pauseAll stops everything, and asks first where much was sent.
func (s *Shell) pauseAll() {
	do := func() { s.actOnAll("pause", (*upload.Engine).Pause, (*download.Engine).Pause) }
	t, sum := s.uploads.Model().Totals(), s.uploads.Model().UnderWay()
	if !upload.Costly(sum) {
		do()
		return
	}
	s.ask(func() bool { return s.uploads.Model().Open() > 0 && !s.uploads.Model().Totals().Paused },
		s.notices.one(&t, lang.L("Pause all uploads?"), lang.L("Pause everything?")), s.again(&sum),
		kit.Answer{Label: lang.L("Pause all"), Kind: kit.ButtonPlain, Do: do},
		kit.Answer{Label: lang.L("Keep uploading"), Kind: kit.ButtonPrimary})
}
