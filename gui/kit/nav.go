package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// NavItem is one line of the navigation: icon, name and a live count.
type NavItem struct {
	press
	icon     IconName
	label    string
	count    string
	warns    bool // in place of the count
	selected bool
}

// NewNavItem makes a line of the navigation; tapped runs on the interface goroutine.
func NewNavItem(icon IconName, label string, tapped func()) *NavItem {
	n := &NavItem{icon: icon, label: label}
	n.onTapped, n.repaint = tapped, n.Refresh
	n.ExtendBaseWidget(n)
	return n
}

// SetCount changes what stands at the right, "" for nothing.
func (n *NavItem) SetCount(count string) {
	if n.count == count {
		return
	}
	n.count = count
	n.Refresh()
}

// SetWarning shows, in place of the count, that something is wrong on the screen.
func (n *NavItem) SetWarning(on bool) {
	if n.warns != on {
		n.warns = on
		n.Refresh()
	}
}

// Warns reports whether something is shown to be wrong.
func (n *NavItem) Warns() bool { return n.warns }

// SetSelected marks the line as the screen that is shown.
func (n *NavItem) SetSelected(selected bool) {
	if n.selected == selected {
		return
	}
	n.selected = selected
	n.Refresh()
}

// Selected reports whether the line is the screen that is shown.
func (n *NavItem) Selected() bool { return n.selected }

// Count is what stands at the right.
func (n *NavItem) Count() string { return n.count }

// AccessibilityLabel is the name.
func (n *NavItem) AccessibilityLabel() string { return n.label }

// MinSize leaves room for the name; the count takes what there is.
func (n *NavItem) MinSize() fyne.Size {
	return fyne.NewSize(38+MeasureText(n.label, SizeName, fyne.TextStyle{Bold: true}).Width+10, 34)
}

// CreateRenderer is Fyne's.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	r := &navRenderer{item: n, back: &canvas.Rectangle{CornerRadius: radiusButton}, icon: NewIcon(n.icon, ColorSecondary, 16)}
	r.label = &canvas.Text{Text: n.label, TextSize: SizeName}
	r.count = &canvas.Text{TextSize: SizeSmall, Alignment: fyne.TextAlignTrailing}
	r.Refresh()
	return r
}

type navRenderer struct {
	item         *NavItem
	back         *canvas.Rectangle
	icon         *Icon
	label, count *canvas.Text
}

func (r *navRenderer) Refresh() {
	n := r.item
	ink, count := ColorSecondary, ColorSecondary
	r.back.FillColor = color.Transparent
	switch {
	case n.selected:
		ink, count = ColorAccent, ColorAccent
		r.back.FillColor = theme.ColorForWidget(ColorSelected, n)
	case n.hovered:
		r.back.FillColor = theme.ColorForWidget(theme.ColorNameHover, n)
	}
	r.back.StrokeWidth = 0
	if n.focused {
		r.back.StrokeWidth, r.back.StrokeColor = 2, theme.ColorForWidget(ColorPrimary, n)
	}
	r.icon.Set(n.icon, ink)
	r.icon.Refresh()
	r.label.Color = theme.ColorForWidget(ColorText, n)
	r.label.TextStyle.Bold = n.selected
	setFont(r.label)
	r.count.Text = n.count
	if n.warns {
		r.count.Text, count = "!", ColorAmber
	}
	r.count.Color = theme.ColorForWidget(count, n)
	r.count.TextStyle.Bold = n.selected || n.warns
	setFont(r.count)
	canvas.Refresh(n)
}

func (r *navRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.icon.Resize(fyne.NewSquareSize(16))
	r.icon.Move(fyne.NewPos(11, (size.Height-16)/2))
	label := r.label.MinSize()
	r.label.Resize(fyne.NewSize(size.Width-48, label.Height))
	r.label.Move(fyne.NewPos(38, (size.Height-label.Height)/2))
	height := r.count.MinSize().Height
	r.count.Resize(fyne.NewSize(size.Width-10, height))
	r.count.Move(fyne.NewPos(0, (size.Height-height)/2))
}
func (r *navRenderer) MinSize() fyne.Size { return r.item.MinSize() }
func (r *navRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.icon, r.label, r.count}
}
func (r *navRenderer) Destroy() {}
