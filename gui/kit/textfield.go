package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// TextField is a field for several lines in a dialog. Tab leaves it, and
// Ctrl+Enter and Escape are its dialog's.
type TextField struct {
	widget.Entry
	submit, escape func()
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

// Field is the text field that this is.
func (f *TextField) Field() *widget.Entry { return &f.Entry }

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
	f.Entry.TypedShortcut(s)
}
