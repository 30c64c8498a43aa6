package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// ButtonKind is how much a button asks for attention.
type ButtonKind uint8

// The kinds of button.
const (
	ButtonPlain   ButtonKind = iota
	ButtonPrimary            // the one main thing to do
	ButtonDanger             // takes something away
	ButtonQuiet              // words only, in a line of text
)

// Button is a button with words and maybe an icon.
type Button struct {
	press
	label string
	icon  IconName
	kind  ButtonKind
	tip   string
	menu  bool // a click opens a list
}

// NewButton makes a button; tapped runs on the interface goroutine.
func NewButton(label string, kind ButtonKind, tapped func()) *Button {
	b := &Button{label: label, kind: kind}
	b.onTapped, b.repaint = tapped, b.Refresh
	b.ExtendBaseWidget(b)
	return b
}

// WithIcon puts an icon before the words, or alone when there are none.
func (b *Button) WithIcon(name IconName) *Button {
	b.icon = name
	return b
}

// WithTip tells a resting pointer, and assistive technology where the button
// has no words, what the button does.
func (b *Button) WithTip(tip string) *Button {
	b.tip = tip
	return b
}

// WithMenu marks a button that opens a list of choices.
func (b *Button) WithMenu() *Button {
	b.menu = true
	return b
}

// SetMenu changes whether the button opens a list of choices.
func (b *Button) SetMenu(menu bool) {
	b.menu = menu
	b.Refresh()
}

// WithEscape says what Escape does while the button has the keyboard.
func (b *Button) WithEscape(escape func()) *Button {
	b.onEscape = escape
	return b
}

// Tapped runs the action, unless switched off. The tip is in its way.
func (b *Button) Tapped(e *fyne.PointEvent) {
	hideTip(b)
	b.press.Tapped(e)
}

// MouseIn shows the tip.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.press.MouseIn(e)
	showTip(b, b.tip)
}

// MouseOut hides the tip.
func (b *Button) MouseOut() {
	b.press.MouseOut()
	hideTip(b)
}

// SetLabel changes the words.
func (b *Button) SetLabel(label string) {
	if b.label == label {
		return
	}
	b.label = label
	b.Refresh()
}

// SetEnabled lets the button be pressed or not.
func (b *Button) SetEnabled(on bool) {
	switch {
	case on && b.Disabled():
		b.Enable()
	case !on && !b.Disabled():
		b.Disable()
	}
}

// Label is what stands on the button.
func (b *Button) Label() string { return b.label }

// AccessibilityLabel is what stands on the button, or its tip.
func (b *Button) AccessibilityLabel() string {
	if b.label == "" {
		return b.tip
	}
	return b.label
}

// MinSize is the room of the words and the padding around them.
func (b *Button) MinSize() fyne.Size {
	s := MeasureText(b.label, b.textSize(), fyne.TextStyle{Bold: b.bold()})
	width := s.Width
	if b.icon != "" {
		width += 16
		if b.label != "" {
			width += 6
		}
	}
	if b.menu {
		width += menuRoom
	}
	if b.bare() {
		return fyne.NewSquareSize(IconButtonSize)
	}
	if b.kind == ButtonQuiet {
		return fyne.NewSize(width+8, s.Height+4)
	}
	if b.label == "" {
		return fyne.NewSize(29, 29)
	}
	return fyne.NewSize(width+26, max(29, s.Height+10))
}

// menuRoom is what the arrow of a button with a menu takes.
const menuRoom float32 = 18

func (b *Button) bold() bool { return b.kind == ButtonPrimary }

// bare reports whether the button is an icon only, without a fill. It looks like
// an IconButton, and takes the keyboard.
func (b *Button) bare() bool { return b.kind == ButtonQuiet && b.label == "" && b.icon != "" }

func (b *Button) textSize() float32 {
	if b.kind == ButtonQuiet {
		return SizeSmall
	}
	return SizeBody
}

// CreateRenderer is Fyne's.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{button: b, back: &canvas.Rectangle{CornerRadius: radiusButton}, text: &canvas.Text{}}
	r.icon = NewIcon(b.icon, ColorText, 16)
	r.arrow = NewIcon(IconChevron, ColorText, 14)
	r.Refresh()
	return r
}

type buttonRenderer struct {
	button *Button
	back   *canvas.Rectangle
	text   *canvas.Text
	icon   *Icon
	arrow  *Icon
}

// colors gives the fill and the ink for the state the button is in.
func (b *Button) colors() (fill, ink fyne.ThemeColorName) {
	fill, ink = ColorButton, ColorText
	if b.hovered {
		fill = ColorButtonHover
	}
	switch b.kind {
	case ButtonPrimary:
		fill, ink = ColorPrimary, ColorOnPrimary
		if b.hovered {
			fill = ColorPrimaryHover
		}
	case ButtonDanger:
		ink = ColorRed
	case ButtonQuiet:
		switch {
		case !b.bare():
			ink = ColorAccent
		case !b.hovered:
			ink = ColorSecondary
		}
	case ButtonPlain:
	}
	return fill, ink
}

func (r *buttonRenderer) Refresh() {
	b := r.button
	fill, ink := b.colors()
	if b.Disabled() {
		fill, ink = ColorButton, theme.ColorNameDisabled
	}
	r.back.FillColor = theme.ColorForWidget(fill, b)
	if b.kind == ButtonQuiet && (!b.hovered || b.Disabled()) {
		r.back.FillColor = color.Transparent
	}
	r.back.StrokeWidth = 0
	if b.focused && !b.Disabled() {
		r.back.StrokeWidth, r.back.StrokeColor = 2, theme.ColorForWidget(ringColor(b.kind), b)
	}
	r.text.Text, r.text.TextSize = b.label, b.textSize()
	r.text.TextStyle = fyne.TextStyle{Bold: b.bold()}
	setFont(r.text)
	r.text.Color = theme.ColorForWidget(ink, b)
	r.icon.Set(b.icon, ink)
	r.arrow.Set(IconChevron, ink)
	r.arrow.Hidden = !b.menu
	r.Layout(b.Size())
	canvas.Refresh(b)
}

// ringColor is the colour of the focus ring: one that stands out from the fill.
func ringColor(kind ButtonKind) fyne.ThemeColorName {
	if kind == ButtonPrimary {
		return ColorText
	}
	return ColorPrimary
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	text := r.text.MinSize()
	width := text.Width
	if r.button.menu {
		size.Width -= menuRoom
		r.arrow.Resize(fyne.NewSquareSize(16))
		r.arrow.Move(fyne.NewPos(size.Width-7, (size.Height-16)/2))
	}
	left := (size.Width - width) / 2
	if r.button.icon != "" {
		gap := float32(6)
		if r.button.label == "" {
			gap, width = 0, 0
		}
		left = (size.Width - 16 - gap - width) / 2
		r.icon.Resize(fyne.NewSquareSize(16))
		r.icon.Move(fyne.NewPos(left, (size.Height-16)/2))
		left += 16 + gap
	}
	r.text.Resize(text)
	r.text.Move(fyne.NewPos(left, (size.Height-text.Height)/2))
}

func (r *buttonRenderer) MinSize() fyne.Size { return r.button.MinSize() }

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.back, r.text}
	if r.button.icon != "" {
		objects = append(objects, r.icon)
	}
	return append(objects, r.arrow)
}
func (r *buttonRenderer) Destroy() {}
