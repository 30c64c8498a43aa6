package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
)

// Measures of the form for links.
const (
	linksWidth  float32 = 560
	linksLines  int     = 6
	linksFaults int     = 2 // lines for what is no link
)

// Bounds of what is pasted: the field takes so many lines and bytes, which it
// lays out anew with each letter; more is read beside it, up to a number of
// bytes.
const (
	fieldLines = 200
	fieldBytes = 20_000
	maxPasted  = 4 << 20
)

// linksForm asks for links and for the folder where their files go.
type linksForm struct {
	shell  *Shell
	folder string
	beside download.Pasted // in the text that the field does not hold
	lines  int             // of that text
	found  download.Pasted // in all
	hide   func()

	text   *kit.TextField
	count  *kit.Text
	faults []*kit.Text
	where  *kit.Text
	ok     *kit.Button
}

// askLinks asks for links to download, with a text to begin with.
func (s *Shell) askLinks(text string) {
	if s.backend.Downloads == nil {
		return
	}
	f := &linksForm{shell: s, folder: s.downloadFolder(), hide: func() {}}
	small := kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	f.text = kit.NewTextField(lang.L("Paste links to files and albums here, one per line"), linksLines, f.read, f.submit, f.cancel)
	f.text.OnPaste(f.pasted)
	f.count = kit.NewText("", small)
	lines := []fyne.CanvasObject{f.count}
	for range linksFaults {
		fault := kit.NewText("", small)
		f.faults = append(f.faults, fault)
		lines = append(lines, fault)
	}
	f.where = kit.NewText("", kit.TextStyle{Elide: kit.ElideMiddle})
	change := kit.NewButton(lang.L("Change…"), kit.ButtonPlain, f.change).WithEscape(f.cancel)
	f.ok = kit.NewButton(lang.L("Download"), kit.ButtonPrimary, f.submit)
	body := kit.NewColumn(12, f.text, kit.NewColumn(2, lines...),
		kit.NewLineUp(8, kit.NewText(lang.L("Into"), kit.TextStyle{Color: kit.ColorSecondary}), f.where, change))
	f.showFolder()
	f.read("")
	s.unask()
	cancel := kit.NewButton(lang.L("Cancel"), kit.ButtonPlain, f.cancel)
	f.hide = kit.Dialog(s.window.Canvas(), linksWidth, lang.L("Download links"), body, f.text, cancel, f.ok)
	s.question = question{hide: f.hide}
	if f.pasted(text) {
		return
	}
	f.text.SetText(text) // also reads it
	f.text.TypedShortcut(&fyne.ShortcutSelectAll{})
	f.text.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd}) // behind the text
}

// hasLinks reports whether a text has links to files or albums of the service.
func (s *Shell) hasLinks(text string) bool {
	return s.backend.Downloads != nil && len(text) <= maxPasted && len(download.ParseLinks(s.backend.Links(), text).Targets) > 0
}

func (f *linksForm) cancel() { f.shell.unask() }

// pasted takes a text that is too long for the field, and reports whether it
// is.
func (f *linksForm) pasted(text string) bool {
	lines := strings.Count(text, "\n")
	if strings.Count(f.text.Text, "\n")+lines < fieldLines && len(f.text.Text)+len(text) < fieldBytes {
		return false
	}
	if len(text) > maxPasted {
		f.count.Set(lang.L("That is too much text at once. Paste it in parts."), kit.ColorRed)
		return true
	}
	f.lines += lines + 1
	f.beside = join(f.beside, download.ReadLinks(f.shell.backend.Links(), text))
	f.text.SetPlaceHolder(lang.N("{{.Count}} lines were pasted; more can be added here", f.lines,
		map[string]any{"Count": f.shell.format.Number(int64(f.lines))}))
	f.read(f.text.Text)
	return true
}

// join puts together what was found in two texts.
func join(a, b download.Pasted) download.Pasted {
	seen := make(map[download.Target]bool, len(a.Targets))
	for _, t := range a.Targets {
		seen[t] = true
	}
	all := download.Pasted{Targets: slices.Clone(a.Targets), Refused: slices.Concat(a.Refused, b.Refused)}
	for _, t := range b.Targets {
		if !seen[t] {
			all.Targets = append(all.Targets, t)
		}
	}
	return all
}

// read looks at what stands in the field.
func (f *linksForm) read(text string) {
	f.found = join(f.beside, download.ReadLinks(f.shell.backend.Links(), text))
	f.count.Set(f.shell.foundWords(f.found))
	for i, fault := range f.faults {
		words := ""
		if len(f.found.Refused) > i {
			words = f.shell.refusedWords(&f.found.Refused[i])
		}
		if more := len(f.found.Refused) - i; i == len(f.faults)-1 && more > 1 {
			words = lang.N("{{.Count}} more lines are not links", more, map[string]any{"Count": f.shell.format.Number(int64(more))})
		}
		fault.Set(words, kit.ColorRed)
	}
	if len(f.found.Targets) > 0 {
		f.ok.Enable()
	} else {
		f.ok.Disable()
	}
}

// foundWords tell how much there is to download.
func (s *Shell) foundWords(found download.Pasted) (words string, c fyne.ThemeColorName) {
	files, albums := 0, 0
	for _, t := range found.Targets {
		if t.File != "" {
			files++
		} else {
			albums++
		}
	}
	var parts []string
	if files > 0 {
		parts = append(parts, lang.N("{{.Count}} files", files, map[string]any{"Count": s.format.Number(int64(files))}))
	}
	if albums > 0 {
		parts = append(parts, lang.N("{{.Count}} albums", albums, map[string]any{"Count": s.format.Number(int64(albums))}))
	}
	if len(parts) == 0 {
		return lang.L("Links to {{.Host}}, in full or just the ids. An album gets a folder named after it.", map[string]any{"Host": s.backend.Host()}), kit.ColorSecondary
	}
	return strings.Join(parts, " · "), kit.ColorAccent
}

// refusedWords tell what is wrong with a line.
func (s *Shell) refusedWords(r *download.Refused) string {
	d := map[string]any{"Line": s.format.Number(int64(r.Line)), "Reason": ErrorShort(r.Err), "Text": kit.PlainName(r.Text)}
	if r.Err.Value == service.ReasonNoLink {
		return lang.L("Line {{.Line}} is not a link to a file or album: {{.Text}}", d)
	}
	return lang.L("Line {{.Line}}: {{.Reason}}: {{.Text}}", d)
}

func (f *linksForm) showFolder() { f.where.SetText(f.shell.format.Folder(f.folder)) }

// change lets people choose another folder.
func (f *linksForm) change() {
	f.shell.PickFolder(lang.L("Choose where to download to"), func(path string) {
		f.folder = path
		f.showFolder()
	})
}

// submit downloads what was found, if there is something.
func (f *linksForm) submit() {
	if len(f.found.Targets) == 0 {
		return
	}
	f.shell.unask()
	f.shell.Show("uploads")
	f.shell.download(f.folder, f.found.Targets)
}
