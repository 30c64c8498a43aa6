package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Chip is one of several small choices that stand side by side.
type Chip struct {
	press
	label  string
	chosen bool
}

// NewChip makes a chip; tapped runs on the interface goroutine.
func NewChip(label string, tapped func()) *Chip {
	c := &Chip{label: label}
	c.onTapped, c.repaint = tapped, c.Refresh
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the words, and whether the chip is the one that is chosen.
func (c *Chip) Set(label string, chosen bool) {
	if c.label != label || c.chosen != chosen {
		c.label, c.chosen = label, chosen
		c.Refresh()
	}
}

// WithEscape says what Escape does while the chip has the keyboard.
func (c *Chip) WithEscape(escape func()) *Chip {
	c.onEscape = escape
	return c
}

// Chosen reports whether the chip is chosen.
func (c *Chip) Chosen() bool { return c.chosen }

// AccessibilityLabel is what stands on the chip.
func (c *Chip) AccessibilityLabel() string { return c.label }

// MinSize is the room of the words, in bold so that it stays when chosen.
func (c *Chip) MinSize() fyne.Size {
	s := MeasureText(c.label, SizeSmall, fyne.TextStyle{Bold: true})
	return fyne.NewSize(s.Width+20, max(24, s.Height+8))
}

// CreateRenderer is Fyne's.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{chip: c, back: &canvas.Rectangle{}, text: &canvas.Text{TextSize: SizeSmall, Alignment: fyne.TextAlignCenter}}
	r.Refresh()
	return r
}

type chipRenderer struct {
	chip *Chip
	back *canvas.Rectangle
	text *canvas.Text
}

func (r *chipRenderer) Refresh() {
	c := r.chip
	fill, ink := ColorButton, ColorText
	switch {
	case c.chosen:
		fill, ink = ColorSelected, ColorAccent
	case c.hovered:
		fill = ColorButtonHover
	}
	r.back.FillColor = theme.ColorForWidget(fill, c)
	r.back.StrokeWidth = 0
	if c.focused {
		r.back.StrokeWidth, r.back.StrokeColor = 2, theme.ColorForWidget(ColorPrimary, c)
	}
	r.text.Text, r.text.TextStyle.Bold = c.label, c.chosen
	setFont(r.text)
	r.text.Color = theme.ColorForWidget(ink, c)
	canvas.Refresh(c)
}

func (r *chipRenderer) Layout(size fyne.Size) {
	r.back.CornerRadius = size.Height / 2
	r.back.Resize(size)
	height := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(size.Width, height))
	r.text.Move(fyne.NewPos(0, (size.Height-height)/2))
}
func (r *chipRenderer) MinSize() fyne.Size           { return r.chip.MinSize() }
func (r *chipRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.text} }
func (r *chipRenderer) Destroy()                     {}
