package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Select shows one of a few choices and lets people choose another.
type Select struct {
	press
	options []string
	index   int
	chosen  func(index int)
}

// NewSelect makes a list to choose from that shows its first option. chosen
// runs on the interface goroutine after a person's choice only.
func NewSelect(options []string, chosen func(index int)) *Select {
	s := &Select{options: options, chosen: chosen}
	s.onTapped, s.repaint = s.open, s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// Set shows an option as chosen without telling.
func (s *Select) Set(index int) {
	if index == s.index || index < 0 || index >= len(s.options) {
		return
	}
	s.index = index
	s.Refresh()
}

// Index is the option that is shown.
func (s *Select) Index() int { return s.index }

func (s *Select) shown() string {
	if s.index >= len(s.options) {
		return ""
	}
	return s.options[s.index]
}

// AccessibilityLabel is the option that is shown.
func (s *Select) AccessibilityLabel() string { return s.shown() }

func (s *Select) choose(index int) {
	before := s.index
	s.Set(index)
	if s.index != before && s.chosen != nil {
		s.chosen(index)
	}
}

func (s *Select) open() {
	c := Canvas(s)
	if c == nil {
		return
	}
	items := make([]*fyne.MenuItem, len(s.options))
	for i, o := range s.options {
		items[i] = fyne.NewMenuItem(o, func() { s.choose(i) })
		items[i].Checked = i == s.index
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	menu.ShowAtRelativePosition(fyne.NewPos(0, s.Size().Height+2), s)
	menu.Resize(fyne.NewSize(max(s.Size().Width, menu.MinSize().Width), menu.MinSize().Height))
}

// TypedKey steps through the options with the arrows.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all others are those of a button
	case fyne.KeyDown:
		s.choose(s.index + 1)
	case fyne.KeyUp:
		s.choose(s.index - 1)
	default:
		s.press.TypedKey(e)
	}
}

// MinSize has room for the widest option.
func (s *Select) MinSize() fyne.Size {
	width, height := float32(0), float32(0)
	for _, o := range s.options {
		size := fyne.MeasureText(o, SizeBody, fyne.TextStyle{})
		width, height = max(width, size.Width), size.Height
	}
	return fyne.NewSize(width+12+10+16+8, max(31, height+12))
}

// CreateRenderer is Fyne's.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &selectRenderer{list: s, back: &canvas.Rectangle{CornerRadius: radiusButton, StrokeWidth: 1}}
	r.text = NewText("", TextStyle{Elide: ElideEnd})
	r.icon = NewIcon(IconChevron, ColorSecondary, 14)
	r.Refresh()
	return r
}

type selectRenderer struct {
	list *Select
	back *canvas.Rectangle
	text *Text
	icon *Icon
}

func (r *selectRenderer) Refresh() {
	s := r.list
	fill, stroke, ink := ColorField, ColorBorder, ColorText
	if s.hovered {
		fill = ColorRowHover
	}
	if s.Disabled() {
		ink = theme.ColorNameDisabled
	}
	r.back.StrokeWidth = 1
	if s.focused {
		stroke, r.back.StrokeWidth = ColorPrimary, 2
	}
	r.back.FillColor = theme.ColorForWidget(fill, s)
	r.back.StrokeColor = theme.ColorForWidget(stroke, s)
	r.text.Set(s.shown(), ink)
	r.text.Refresh()
	r.icon.Refresh()
	canvas.Refresh(s)
}

func (r *selectRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	height := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(size.Width-12-8-16-8, height))
	r.text.Move(fyne.NewPos(12, (size.Height-height)/2))
	r.icon.Resize(fyne.NewSquareSize(16))
	r.icon.Move(fyne.NewPos(size.Width-24, (size.Height-16)/2))
}
func (r *selectRenderer) MinSize() fyne.Size { return r.list.MinSize() }
func (r *selectRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.text, r.icon}
}
func (r *selectRenderer) Destroy() {}
