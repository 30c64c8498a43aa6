package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service"
	"sluice/service/library"
)

// status is the bottom left: what is happening now.
type status struct {
	format     *kit.Format
	root       fyne.CanvasObject
	rows       *fyne.Container
	head, more *kit.Text
	bar        *kit.Progress
	below      *kit.Text
	limit      *kit.Text
	failed     *kit.Link
	dot        *dot
	host       *kit.Text
	totals     uploads.Totals // that is shown
	library    library.Status // so is what the account has
	onFailed   func()
	onShape    func() // it needs another height
}

func newStatus(format *kit.Format) *status {
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	s := &status{format: format, bar: kit.NewProgress(), dot: newDot()}
	s.head = kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Bold: true})
	s.more = kit.NewText("", small)
	wrapped := small
	wrapped.Lines = 2
	s.below = kit.NewText("", wrapped)
	s.limit = kit.NewText("", small)
	s.limit.Hide()
	s.host = kit.NewText("", small)
	s.failed = kit.NewLink("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorRed, Elide: kit.ElideEnd}, func() { s.onFailed() })
	s.rows = container.New(statusLayout{}, kit.NewLine(), kit.NewLineUp(0, s.head, s.more), s.bar, s.below, s.limit, s.failed,
		kit.NewLineUp(4, s.dot, s.host))
	s.root = s.rows
	s.onShape = func() {}
	s.set(&uploads.Totals{})
	return s
}

func (s *status) setHost(host string) {
	if s.host.Text() != host {
		s.host.SetText(host)
		s.rows.Refresh()
	}
}

// setLimit shows the speed limit in bytes a second; 0 is none.
func (s *status) setLimit(limit int64) {
	s.limit.SetText(lang.L("limited to {{.Speed}}", map[string]any{"Speed": s.format.Limit(limit)}))
	if s.limit.Hidden == (limit > 0) {
		s.limit.Hidden = limit == 0
		s.onShape()
	}
}

// setLibrary shows what the account has, while there is nothing else to tell.
func (s *status) setLibrary(l library.Status) {
	if l.Files != s.library.Files || l.Bytes != s.library.Bytes || trouble(&l) != trouble(&s.library) {
		s.library = l
		s.set(&s.totals)
	}
}

// set shows the totals.
func (s *status) set(t *uploads.Totals) {
	s.totals = *t
	head, more := s.headline(t)
	s.head.SetText(head)
	s.more.SetText(more)
	busy := t.Busy()
	shape := s.rows.MinSize().Height
	s.bar.Hidden = !busy || t.Bytes == 0
	part := 0.0
	if t.Bytes > 0 {
		part = float64(t.Sent) / float64(t.Bytes)
	}
	color := kit.ColorPrimary
	if t.Paused || t.Offline || t.NeedsKey || t.Err != nil {
		color = kit.ColorAmber
	}
	s.bar.Set(part, color)
	s.below.SetText(s.progress(t, part))
	s.failed.Hidden = t.Failed == 0
	s.failed.SetText(lang.N("{{.Count}} files failed", t.Failed, map[string]any{"Count": s.format.Number(int64(t.Failed))}))
	s.dot.set(dotColor(t, trouble(&s.library)))
	if shape != s.rows.MinSize().Height {
		s.onShape()
	}
	s.rows.Objects[1].Refresh()
}

// headline gives the first line: the bold part and the rest.
func (s *status) headline(t *uploads.Totals) (head, more string) {
	switch {
	case t.NeedsKey && t.Busy():
		return lang.L("Waiting for a key"), ""
	case t.Paused && t.Busy():
		return lang.L("Paused"), ""
	case t.Offline && t.Busy():
		return lang.L("Offline"), " · " + lang.L("resumes by itself")
	case t.Busy() && t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable:
		return lang.L("Stopped"), ""
	case t.Busy() && t.Active == 0 && t.Err != nil:
		return lang.L("Waiting"), " · " + lang.L("resumes by itself")
	case t.Bytes > 0 && t.Sent >= t.Bytes && t.Busy():
		return lang.L("Finishing"), ""
	case t.Speed >= 1:
		if t.Left > 0 {
			more = " · " + lang.L("{{.Time}} left", map[string]any{"Time": s.format.Roughly(t.Left)})
		}
		return s.format.Speed(t.Speed), more
	case t.Active+t.Waiting > 0:
		return lang.L("Working"), ""
	case t.Scanning > 0:
		return lang.L("Looking through folders"), ""
	}
	return lang.L("Idle"), ""
}

func (s *status) progress(t *uploads.Totals, part float64) string {
	if !t.Busy() {
		if t.Held > 0 {
			return lang.N("{{.Count}} files paused", t.Held, map[string]any{"Count": s.format.Number(int64(t.Held))})
		}
		if t.Finished > 0 {
			words := endedWords(s.format, t.Up.Finished, t.Down.Finished)
			if len(words) == 1 {
				return words[0]
			}
			for i := range words {
				words[i] = strings.ReplaceAll(words[i], " ", "\u00a0") // each stays on its line
			}
			return strings.Join(words, " · ")
		}
		if n := s.library.Files; n > 0 {
			return lang.N("{{.Count}} files · {{.Size}}", n, map[string]any{
				"Count": s.format.Number(int64(n)), "Size": s.format.Size(s.library.Bytes),
			})
		}
		return lang.L("Nothing to upload")
	}
	files := lang.N("{{.Done}} of {{.Count}} files", t.Files, map[string]any{
		"Done": s.format.Number(int64(t.FilesDone)), "Count": s.format.Number(int64(t.Files)),
	})
	if t.Bytes == 0 {
		return files
	}
	files = strings.ReplaceAll(files, " ", "\u00a0") // stays together when the line is wrapped
	return lang.L("{{.Percent}} of {{.Size}}", map[string]any{
		"Percent": s.format.Percent(part), "Size": s.format.Size(t.Bytes),
	}) + " · " + files
}

// endedWords tell how many files have come to where they should.
func endedWords(format *kit.Format, uploaded, downloaded int) (words []string) {
	if uploaded > 0 {
		words = append(words, lang.N("{{.Count}} files uploaded", uploaded, map[string]any{"Count": format.Number(int64(uploaded))}))
	}
	if downloaded > 0 {
		words = append(words, lang.N("{{.Count}} files downloaded", downloaded, map[string]any{"Count": format.Number(int64(downloaded))}))
	}
	return words
}

// trouble reports whether the last listing failed because nobody answered.
func trouble(l *library.Status) bool { return l.Problem != nil && l.Problem.Kind == service.Offline }

func dotColor(t *uploads.Totals, trouble bool) fyne.ThemeColorName {
	switch {
	case t.NeedsKey, t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable:
		return kit.ColorRed
	case t.Offline, t.Err != nil, trouble:
		return kit.ColorAmber
	}
	return kit.ColorPrimary
}
