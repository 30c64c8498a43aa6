package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Entry is Fyne's text field with a border that has no dark seam.
type Entry struct{ widget.Entry }

// NewEntry makes an empty field of one line.
func NewEntry() *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	return e
}

// NewPasswordEntry makes one that hides what is typed.
func NewPasswordEntry() *Entry {
	e := &Entry{}
	e.Password = true
	e.ExtendBaseWidget(e)
	return e
}

// Field is the text field that this is.
func (e *Entry) Field() *widget.Entry { return &e.Entry }

// CreateRenderer is Fyne's.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := &entryRenderer{e.Entry.CreateRenderer(), e}
	r.color()
	return r
}

// entryRenderer is Fyne's. Its border is around nothing, which is drawn as
// transparent black: where the two meet the border would turn dark.
type entryRenderer struct {
	fyne.WidgetRenderer

	entry *Entry
}

func (r *entryRenderer) Refresh() {
	r.color()
	r.WidgetRenderer.Refresh()
	if r.entry.Disabled() { // Fyne's border would be stronger than that of others
		for _, border := range r.borders() {
			border.StrokeColor = theme.ColorForWidget(theme.ColorNameInputBorder, r.entry)
			border.Refresh()
		}
	}
}

// borders gives the border.
func (r *entryRenderer) borders() (borders []*canvas.Rectangle) {
	for _, o := range r.Objects() {
		if border, ok := o.(*canvas.Rectangle); ok && border.StrokeWidth > 0 {
			borders = append(borders, border)
		}
	}
	return borders
}

// color makes the inside of the border nearly transparent in the field's colour.
func (r *entryRenderer) color() {
	for _, border := range r.borders() {
		border.FillColor = fade(theme.ColorForWidget(theme.ColorNameInputBackground, r.entry), 1)
	}
}
