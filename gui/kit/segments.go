package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// Segment is one choice of Segments.
type Segment struct {
	Icon  IconName
	Label string // told by a tip, and to assistive technology
}

// Segments shows a few choices as icons side by side, of which one holds.
type Segments struct {
	press
	choices []Segment
	index   int
	under   int // the one under the pointer, -1 for none
	chosen  func(index int)
}

// Measures of one choice.
const (
	segmentWidth  float32 = 30
	segmentHeight float32 = 24
)

// NewSegments makes the choices; the first one holds. chosen runs on the
// interface goroutine after a person's choice only.
func NewSegments(chosen func(index int), choices ...Segment) *Segments {
	s := &Segments{choices: choices, chosen: chosen, under: -1}
	s.repaint = s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// Set changes which choice holds, without telling.
func (s *Segments) Set(index int) {
	if s.index != index && index >= 0 && index < len(s.choices) {
		s.index = index
		s.Refresh()
	}
}

// Index is the choice that holds.
func (s *Segments) Index() int { return s.index }

// AccessibilityLabel is what the choice is called that holds.
func (s *Segments) AccessibilityLabel() string { return s.choices[s.index].Label }

func (s *Segments) choose(index int) {
	if index == s.index || index < 0 || index >= len(s.choices) {
		return
	}
	s.Set(index)
	if s.chosen != nil {
		s.chosen(index)
	}
}

func (s *Segments) at(x float32) int {
	return min(max(0, int(x/segmentWidth)), len(s.choices)-1)
}

// Tapped chooses what was clicked.
func (s *Segments) Tapped(e *fyne.PointEvent) { s.choose(s.at(e.Position.X)) }

// MouseIn follows the pointer.
func (s *Segments) MouseIn(e *desktop.MouseEvent) {
	s.hovered = true
	s.MouseMoved(e)
}

// MouseMoved tells what is under the pointer.
func (s *Segments) MouseMoved(e *desktop.MouseEvent) {
	if under := s.at(e.Position.X); under != s.under {
		s.under = under
		s.Refresh()
		showTip(s, s.choices[under].Label)
	}
}

// MouseOut forgets the pointer.
func (s *Segments) MouseOut() {
	s.under = -1
	s.press.MouseOut()
	hideTip(s)
}

// TypedKey goes to the next choice with the arrows, and around with space and
// enter.
func (s *Segments) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyLeft:
		s.choose(s.index - 1)
	case fyne.KeyRight:
		s.choose(s.index + 1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		s.choose((s.index + 1) % len(s.choices))
	}
}

// MinSize is the same for every icon.
func (s *Segments) MinSize() fyne.Size {
	return fyne.NewSize(segmentWidth*float32(len(s.choices)), segmentHeight)
}

// CreateRenderer is Fyne's.
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{segments: s, back: &canvas.Rectangle{CornerRadius: radiusTile}, mark: &canvas.Rectangle{CornerRadius: radiusTile}}
	r.objects = []fyne.CanvasObject{r.back, r.mark}
	for _, c := range s.choices {
		icon := NewIcon(c.Icon, ColorSecondary, 14)
		r.icons = append(r.icons, icon)
		r.objects = append(r.objects, icon)
	}
	r.Refresh()
	return r
}

type segmentsRenderer struct {
	segments   *Segments
	back, mark *canvas.Rectangle
	icons      []*Icon
	objects    []fyne.CanvasObject
}

func (r *segmentsRenderer) Refresh() {
	s := r.segments
	r.back.FillColor, r.mark.FillColor = theme.ColorForWidget(ColorButton, s), theme.ColorForWidget(ColorSelected, s)
	r.back.StrokeColor, r.back.StrokeWidth = theme.ColorForWidget(ColorPrimary, s), 0
	if s.focused {
		r.back.StrokeWidth = 2
	}
	for i, icon := range r.icons {
		ink := ColorSecondary
		switch i {
		case s.index:
			ink = ColorAccent
		case s.under:
			ink = ColorText
		}
		icon.Set(s.choices[i].Icon, ink)
	}
	r.Layout(s.Size())
	canvas.Refresh(s)
}

func (r *segmentsRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.mark.Resize(fyne.NewSize(segmentWidth-4, size.Height-4))
	r.mark.Move(fyne.NewPos(segmentWidth*float32(r.segments.index)+2, 2))
	for i, icon := range r.icons {
		icon.Resize(fyne.NewSquareSize(14))
		icon.Move(fyne.NewPos(segmentWidth*(float32(i)+0.5)-7, (size.Height-14)/2))
	}
}
func (r *segmentsRenderer) MinSize() fyne.Size           { return r.segments.MinSize() }
func (r *segmentsRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *segmentsRenderer) Destroy()                     {}
