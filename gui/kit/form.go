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

// NewFormRow makes one line of a form: what it is about, and the control.
func NewFormRow(label string, control fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formRowLayout{},
		NewText(label, TextStyle{Color: ColorSecondary, Elide: ElideEnd}), control)
}

// NewFormNote makes a line below a control, in its column.
func NewFormNote(note fyne.CanvasObject) fyne.CanvasObject {
	return container.New(formRowLayout{}, NewBox(ColorCard, Padding{}, nil), note)
}

// NewField gives a control a width, and less where there is little room.
func NewField(width float32, control fyne.CanvasObject) fyne.CanvasObject {
	return container.New(fieldLayout{width}, control)
}

// formLabelWidth is the column of the labels; in a narrow form it is smaller.
const formLabelWidth float32 = 210

type formRowLayout struct{}

// Layout is Fyne's.
func (formRowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, control := objects[0], objects[1]
	column := min(formLabelWidth, size.Width*0.4)
	want := label.MinSize()
	label.Resize(fyne.NewSize(column-10, want.Height))
	label.Move(fyne.NewPos(0, (size.Height-want.Height)/2))
	high := control.MinSize().Height
	control.Resize(fyne.NewSize(size.Width-column, high))
	control.Move(fyne.NewPos(column, (size.Height-high)/2))
}

// MinSize is Fyne's.
func (formRowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	label, control := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(formLabelWidth/2+control.Width, max(label.Height, control.Height))
}

// fieldLeast is how narrow a field may get.
const fieldLeast float32 = 90

type fieldLayout struct{ width float32 }

// Layout is Fyne's.
func (l fieldLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(min(l.width, size.Width), size.Height))
}

// MinSize is Fyne's.
func (l fieldLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	want := objects[0].MinSize()
	return fyne.NewSize(min(l.width, max(fieldLeast, want.Width)), want.Height)
}
