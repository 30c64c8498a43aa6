package files

import (
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
)

// renames reports whether files can be renamed: until the service has said that
// it can't.
func (s *Screen) renames() bool { return s.lib.Rename != nil && s.lib.CanRename() }

// renamable is the one file that is selected, if it can be renamed.
func (s *Screen) renamable() (service.File, bool) {
	if !s.renames() {
		return service.File{}, false
	}
	return s.single()
}

// single is the one file that is selected, if it is one.
func (s *Screen) single() (service.File, bool) {
	if s.tiles.selection.Count() != 1 {
		return service.File{}, false
	}
	files := s.files(s.tiles.selection.IDs())
	if len(files) != 1 {
		return service.File{}, false
	}
	return files[0], true
}

func (s *Screen) renameItem() *fyne.MenuItem {
	return fyne.NewMenuItem(lang.L("Rename…"), s.renameSelected)
}

func (s *Screen) renameSelected() {
	if f, ok := s.renamable(); ok {
		s.askName(f)
	}
}

// renameWidth is that of the question for a name.
const renameWidth float32 = 500

// askName asks for another name of a file.
func (s *Screen) askName(f service.File) {
	hide := func() {}
	fault := kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorRed, Elide: kit.ElideEnd})
	var field *nameField
	ok := kit.NewButton(lang.L("Rename"), kit.ButtonPrimary, func() {
		if name := field.Text; nameFault(name) == "" {
			hide()
			s.Shown() // the keyboard goes back to the files
			if name != f.Name {
				s.rename(f, name)
			}
		}
	})
	cancel := kit.NewButton(lang.L("Cancel"), kit.ButtonPlain, func() { hide(); s.Shown() })
	field = newNameField(func(name string) {
		words := nameFault(name)
		fault.SetText(words)
		ok.SetEnabled(words == "")
	}, func() { ok.Tapped(nil) }, func() { cancel.Tapped(nil) })
	field.begin(f.Name)
	hide = s.cfg.Outside.Dialog(renameWidth, lang.L("Rename"), kit.NewColumn(4, field, fault), field, cancel, ok)
}

// nameFault says why a file can't have a name, "" when it can.
func nameFault(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return lang.L("Enter a name.")
	case utf8.RuneCountInString(name) > service.MaxNameLength:
		more := utf8.RuneCountInString(name) - service.MaxNameLength
		return lang.N("{{.Count}} characters too long: a name can have at most 255.", more, map[string]any{"Count": more})
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return lang.L("A name can’t have line breaks or control characters.")
	}
	return ""
}

// rename gives a file another name, away from the interface goroutine. The
// catalogue shows it at once, and the old one again if that fails.
func (s *Screen) rename(f service.File, name string) {
	ctx, rename := s.ctx, s.lib.Rename
	s.follow = f.ID
	s.wg.Go(func() {
		err := service.AsError("rename", rename(ctx, f.ID, name))
		if err == nil || ctx.Err() != nil {
			return
		}
		s.cfg.OnMain(func() {
			if ctx.Err() == nil {
				s.notRenamed(f, err)
			}
		})
	})
}

func (s *Screen) notRenamed(f service.File, err *service.Error) {
	if err.Value == service.ReasonNoMethod {
		s.details.relabel()
		s.cfg.Outside.Warn(lang.L("This service can’t rename files. “{{.Name}}” keeps its name.", map[string]any{"Name": kit.PlainName(f.Name)}))
		return
	}
	s.cfg.Outside.Warn(lang.L("“{{.Name}}” could not be renamed.", map[string]any{"Name": shownName(&f)}) + " " + s.refusal(err))
}

// nameField is where a name is typed. Enter and Escape are its question's.
type nameField struct {
	kit.Entry

	enter, escape func()
}

// newNameField makes an empty field; typed is told every change.
func newNameField(typed func(name string), enter, escape func()) *nameField {
	n := &nameField{enter: enter, escape: escape}
	n.OnChanged = typed
	n.OnSubmitted = func(string) { n.enter() }
	n.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	n.ExtendBaseWidget(n)
	return n
}

// TypedKey is Fyne's.
func (n *nameField) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		n.escape()
		return
	}
	n.Entry.TypedKey(e)
}

// begin puts a name into the field and marks it up to its ending.
func (n *nameField) begin(name string) {
	n.SetText(name)
	stem := utf8.RuneCountInString(strings.TrimSuffix(name, ending(name)))
	if stem == 0 {
		return
	}
	n.CursorColumn = 0
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	n.KeyDown(shift)
	n.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // begins to mark
	n.CursorColumn = stem
	n.KeyUp(shift)
	n.Refresh()
}

// ending is what stays when people rename: ".jpg", ".tar.gz". A name that is
// nothing but an ending has none.
func ending(name string) string {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if stem == "" || strings.Contains(ext, " ") {
		return ""
	}
	if second := filepath.Ext(stem); second == ".tar" && stem != second {
		return second + ext
	}
	return ext
}
