package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
)

// message stands in the tiles' place while there are none.
type message struct {
	root   *fyne.Container
	icon   *kit.Icon
	title  *kit.Text
	text   *kit.Text
	button *kit.Button
	do     func()
}

func newMessage() *message {
	m := &message{
		icon:  kit.NewIcon(kit.IconGrid, kit.ColorSecondary, 36),
		title: kit.NewText("", kit.TextStyle{Size: kit.SizeSection, Bold: true, Elide: kit.ElideMiddle, Align: fyne.TextAlignCenter}),
		text:  kit.NewText("", kit.TextStyle{Color: kit.ColorSecondary, Lines: 5, Align: fyne.TextAlignCenter}),
	}
	m.button = kit.NewButton("", kit.ButtonPrimary, func() { m.do() })
	m.root = container.New(kit.MessageLayout{Width: 440, Gaps: [4]float32{12, 4, 16}, Least: fyne.NewSize(200, 120)}, m.icon, m.title, m.text, m.button)
	return m
}

// saying is what a message says; without do there is no button.
type saying struct {
	icon        kit.IconName
	color       fyne.ThemeColorName
	title, text string
	label       string
	do          func()
}

func (m *message) set(c saying) {
	m.icon.Set(c.icon, c.color)
	m.title.SetText(c.title)
	m.text.SetText(c.text)
	m.button.SetLabel(c.label)
	m.button.Hidden = c.do == nil
	m.do = c.do
	m.root.Refresh()
}

// showMessage says why there are no tiles.
func (s *Screen) showMessage(state State) {
	s.message.set(s.saying(state))
	s.message.button.SetEnabled(state != Broken || !s.model.status.Busy)
}

func (s *Screen) saying(state State) saying {
	status := s.model.status
	switch state {
	case Keyless:
		return saying{
			kit.IconKey, kit.ColorSecondary, lang.L("No API key yet"),
			lang.L("With your key, Sluice shows everything in your Pixeldrain account."), lang.L("Enter a key"), s.cfg.Outside.Account,
		}
	case Broken:
		label, do := s.remedy()
		return saying{kit.IconWarning, kit.ColorRed, lang.L("Your files can’t be listed"), s.unlisted(), label, do}
	case Empty:
		if status.Files > 0 && len(s.removals) > 0 {
			return saying{icon: kit.IconClock, color: kit.ColorSecondary, title: lang.L("Nothing left to show"), text: lang.L("All your files are about to be deleted.")}
		}
		return saying{
			kit.IconUp, kit.ColorSecondary, lang.L("No files yet"),
			lang.L("Files you upload appear here, with a thumbnail and a link. Drop files anywhere on this window."),
			lang.L("Choose files…"), s.cfg.Outside.Upload,
		}
	case Nothing:
		text := lang.L("No files in your account match.")
		if s.model.text != "" {
			text = lang.L("Names must contain every word you type. “?” shows what else you can search for.")
		}
		return saying{kit.IconSearch, kit.ColorSecondary, lang.L("Nothing found"), text, lang.L("Show all files"), s.widen}
	case Loading, Listed:
	}
	text := lang.L("The first time can take a moment. Next time they appear at once.")
	if status.Reading > 0 {
		text = lang.N("{{.Count}} files so far", status.Reading, map[string]any{"Count": s.cfg.Format.Number(int64(status.Reading))})
	}
	return saying{icon: kit.IconClock, color: kit.ColorSecondary, title: lang.L("Reading your files…"), text: text}
}

// unlisted says why the files are not known, and what comes of it.
func (s *Screen) unlisted() string {
	problem := s.model.status.Problem
	switch {
	case problem.Kind == service.Offline:
		return lang.L("The service can’t be reached. Check your connection; Sluice keeps trying.")
	case problem.Kind.Temporary() && problem.Value != service.ReasonHTML:
		return lang.L("{{.Problem}}. Nothing was changed; Sluice keeps trying.", map[string]any{"Problem": s.cfg.Short(problem)})
	}
	return s.cfg.Long(problem)
}

// remedy is what people can do so that the files are listed.
func (s *Screen) remedy() (label string, do func()) {
	if s.model.status.Problem.Kind == service.Unauthorized {
		return lang.L("Enter a key"), s.cfg.Outside.Account
	}
	return lang.L("Try again"), s.Refresh
}

// showNote says from when the files are where they can't be asked for now. It
// stays while they are asked for again.
func (s *Screen) showNote() {
	status := s.model.status
	if status.Problem == nil || s.model.State() == Broken || s.model.keyless {
		s.cfg.Outside.Note(kit.NoticeContent{})
		return
	}
	from := map[string]any{"Time": s.cfg.Format.Moment(status.At)}
	text := lang.L("These are your files as of {{.Time}}.", from) + " " + s.unlisted()
	if status.Problem.Kind == service.Offline {
		text = lang.L("Offline. These are your files as of {{.Time}}.", from)
	}
	label, do := s.remedy()
	s.cfg.Outside.Note(kit.NoticeContent{Text: text, Color: kit.ColorAmber, Action: label, Do: do})
}
