package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// TextField is a field for several lines in a dialog. Tab leaves it, and
// Ctrl+Enter and Escape are its dialog's.
type TextField struct {
	Entry

	submit, escape func()
	paste          func(text string) bool // may be nil
}

// NewTextField makes an empty field of a number of lines. typed is told every
// change of the text; submit and escape are what Ctrl+Enter and Escape do.
func NewTextField(placeholder string, lines int, typed func(text string), submit, escape func()) *TextField {
	f := &TextField{submit: submit, escape: escape}
	f.MultiLine = true
	f.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	f.OnChanged = typed
	f.SetMinRowsVisible(lines)
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(placeholder)
	return f
}

// OnPaste lets paste take what is pasted before the field does, which reports
// whether it has: many lines take the field long.
func (f *TextField) OnPaste(paste func(text string) bool) { f.paste = paste }

// AcceptsTab is Fyne's.
func (f *TextField) AcceptsTab() bool { return false }

// TypedKey is Fyne's.
func (f *TextField) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.escape()
		return
	}
	f.Entry.TypedKey(e)
}

// TypedShortcut is Fyne's.
func (f *TextField) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierShortcutDefault && (c.KeyName == fyne.KeyReturn || c.KeyName == fyne.KeyEnter) {
		f.submit()
		return
	}
	if p, ok := s.(*fyne.ShortcutPaste); ok && f.paste != nil && f.paste(p.Clipboard.Content()) {
		return
	}
	f.Entry.TypedShortcut(s)
}
