package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// NewSection makes a card with a title and rows below it.
func NewSection(title string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	head := NewText(title, TextStyle{Size: SizeName, Bold: true, Elide: ElideEnd})
	return NewCard(NewColumn(8, append([]fyne.CanvasObject{head}, rows...)...))
}

// NewFormRow makes one line of a form: what it is about, and the control. Where
// there is little room the control stands below.
func NewFormRow(label string, control fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formRowLayout{},
		NewText(label, TextStyle{Color: ColorSecondary, Elide: ElideEnd}), control)
}

// NewFormNote makes a line below a control, in its column.
func NewFormNote(note fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formRowLayout{}, NewBox(ColorCard, Padding{}, nil), note)
}

// NewField gives a control the width of a form's text fields.
func NewField(width float32, control fyne.CanvasObject) fyne.CanvasObject {
	return container.New(fieldLayout{width}, control)
}

const (
	formLabelWidth float32 = 210
	formNarrow     float32 = 430 // below it labels stand above their controls
)

type formRowLayout struct{}

// Layout is Fyne's.
func (formRowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, control := objects[0], objects[1]
	want := label.MinSize()
	if size.Width < formNarrow {
		label.Resize(fyne.NewSize(size.Width, want.Height))
		label.Move(fyne.NewPos(0, 0))
		control.Resize(fyne.NewSize(size.Width, size.Height-want.Height-4))
		control.Move(fyne.NewPos(0, want.Height+4))
		return
	}
	label.Resize(fyne.NewSize(formLabelWidth-10, want.Height))
	label.Move(fyne.NewPos(0, (size.Height-want.Height)/2))
	high := min(control.MinSize().Height, size.Height)
	control.Resize(fyne.NewSize(size.Width-formLabelWidth, high))
	control.Move(fyne.NewPos(formLabelWidth, (size.Height-high)/2))
}

// MinSize is Fyne's. A card is laid out once per width, so the height has to do
// for both ways.
func (formRowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	label, control := objects[0].MinSize(), objects[1].MinSize()
	wide := fyne.NewSize(0, max(label.Height, control.Height))
	if width := objects[1].Size().Width; width > 0 && width < formNarrow-formLabelWidth {
		wide.Height = label.Height + 4 + control.Height
	}
	return wide
}

type fieldLayout struct{ width float32 }

// Layout is Fyne's.
func (l fieldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(min(l.width, size.Width), size.Height))
}

// MinSize is Fyne's.
func (l fieldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.width, objects[0].MinSize().Height)
}
