package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// IconButton is a small button that shows an icon only. What it does is told by
// a tip under the pointer, which is also its accessible label. It takes no
// keyboard focus: it stands in rows, which have keys of their own.
type IconButton struct {
	widget.BaseWidget
	name     IconName
	label    string
	onTapped func()
	hovered  bool
}

// NewIconButton makes an icon button; tapped runs on the interface goroutine.
func NewIconButton(name IconName, label string, tapped func()) *IconButton {
	b := &IconButton{name: name, label: label, onTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes what the button shows, tells and does.
func (b *IconButton) Set(name IconName, label string, tapped func()) {
	changed := b.name != name || b.label != label
	b.name, b.label, b.onTapped = name, label, tapped
	if changed {
		b.Refresh()
	}
}

// AccessibilityLabel is the tip.
func (b *IconButton) AccessibilityLabel() string { return b.label }

// AccessibilityRole is button.
func (b *IconButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tapped runs the action.
func (b *IconButton) Tapped(*fyne.PointEvent) {
	hideTip(b)
	if b.onTapped != nil {
		b.onTapped()
	}
}

// MouseIn shows the tip.
func (b *IconButton) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
	showTip(b, b.label)
}

// MouseMoved does nothing.
func (b *IconButton) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the tip.
func (b *IconButton) MouseOut() {
	b.hovered = false
	b.Refresh()
	hideTip(b)
}

// Cursor is a hand.
func (b *IconButton) Cursor() desktop.Cursor { return desktop.PointerCursor }

// IconButtonSize is the side length of an icon button.
const IconButtonSize float32 = 26

// MinSize is the same for every icon.
func (b *IconButton) MinSize() fyne.Size { return fyne.NewSquareSize(IconButtonSize) }

// CreateRenderer is Fyne's.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	r := &iconButtonRenderer{button: b, back: &canvas.Rectangle{CornerRadius: radiusTile}}
	r.icon = NewIcon(b.name, ColorSecondary, 16)
	r.Refresh()
	return r
}

type iconButtonRenderer struct {
	button *IconButton
	back   *canvas.Rectangle
	icon   *Icon
}

func (r *iconButtonRenderer) Refresh() {
	ink := ColorSecondary
	r.back.Hidden = !r.button.hovered
	if r.button.hovered {
		ink = ColorText
		r.back.FillColor = theme.ColorForWidget(ColorButton, r.button)
	}
	r.icon.Set(r.button.name, ink)
	r.icon.Refresh()
	canvas.Refresh(r.button)
}

func (r *iconButtonRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.icon.Resize(size)
}
func (r *iconButtonRenderer) MinSize() fyne.Size { return r.button.MinSize() }
func (r *iconButtonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.icon}
}
func (r *iconButtonRenderer) Destroy() {}
