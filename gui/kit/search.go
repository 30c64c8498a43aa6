package kit

import "fyne.io/fyne/v2"

// SearchField is a field to type a search into. What it finds is shown while it
// is typed.
type SearchField struct {
	Entry

	button *IconButton
	empty  string // the words of the button that empties it
	typed  func(text string)
	key    func(*fyne.KeyEvent) bool
}

// NewSearchField makes an empty field. empty names the button that empties it;
// typed is told every change of the text; key may take a key before the field
// does, and may be nil.
func NewSearchField(placeholder, empty string, typed func(text string), key func(*fyne.KeyEvent) bool) *SearchField {
	f := &SearchField{empty: empty, typed: typed, key: key}
	f.button = NewIconButton(IconSearch, "", nil)
	f.ActionItem = f.button
	f.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	f.OnChanged = f.changed
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(placeholder)
	return f
}

func (f *SearchField) changed(text string) {
	if text == "" {
		f.button.Set(IconSearch, "", nil)
	} else {
		f.button.Set(IconCross, f.empty, f.Clear)
	}
	f.typed(text)
}

// Clear empties the field.
func (f *SearchField) Clear() {
	if f.Text != "" {
		f.SetText("")
	}
}

// TypedKey is Fyne's.
func (f *SearchField) TypedKey(e *fyne.KeyEvent) {
	if f.key == nil || !f.key(e) {
		f.Entry.TypedKey(e)
	}
}

// SelectAll marks the whole text, to be typed over.
func (f *SearchField) SelectAll() { f.TypedShortcut(&fyne.ShortcutSelectAll{}) }
