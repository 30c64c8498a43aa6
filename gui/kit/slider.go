package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Slider sets a whole number within bounds.
type Slider struct {
	press
	label    string
	min, max int
	value    int
	told     int             // the value that changed was last told of
	moved    func(value int) // while it moves
	changed  func(value int) // when it was let go
}

// NewSlider makes a slider from low to high. The label tells assistive
// technology what it is about. Both functions run on the interface goroutine,
// after a person's doing only: moved while it moves, changed when it was let
// go; either may be nil.
func NewSlider(label string, low, high int, moved, changed func(value int)) *Slider {
	s := &Slider{label: label, min: low, max: high, value: low, told: low, moved: moved, changed: changed}
	s.repaint = s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// Set moves the slider without telling.
func (s *Slider) Set(value int) {
	value = min(max(value, s.min), s.max)
	s.told = value
	if s.value != value {
		s.value = value
		s.Refresh()
	}
}

// Value is where the slider stands.
func (s *Slider) Value() int { return s.value }

// AccessibilityLabel is what the slider is about.
func (s *Slider) AccessibilityLabel() string { return s.label }

func (s *Slider) move(value int) {
	value = min(max(value, s.min), s.max)
	if s.Disabled() || s.value == value {
		return
	}
	s.value = value
	s.Refresh()
	if s.moved != nil {
		s.moved(value)
	}
}

func (s *Slider) moveTo(x float32) {
	part := float64((x - knobSize/2) / max(1, s.Size().Width-knobSize))
	s.move(s.min + int(math.Round(part*float64(s.max-s.min))))
}

func (s *Slider) letGo() {
	if s.value == s.told {
		return
	}
	s.told = s.value
	if s.changed != nil {
		s.changed(s.value)
	}
}

// Tapped moves to where the click was.
func (s *Slider) Tapped(e *fyne.PointEvent) {
	s.moveTo(e.Position.X)
	s.letGo()
}

// Dragged follows the pointer.
func (s *Slider) Dragged(e *fyne.DragEvent) { s.moveTo(e.Position.X) }

// DragEnd tells of the new value.
func (s *Slider) DragEnd() { s.letGo() }

// TypedKey moves with the arrows, Home and End.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyLeft, fyne.KeyDown:
		s.move(s.value - 1)
	case fyne.KeyRight, fyne.KeyUp:
		s.move(s.value + 1)
	case fyne.KeyHome:
		s.move(s.min)
	case fyne.KeyEnd:
		s.move(s.max)
	}
	s.letGo()
}

const knobSize float32 = 14

// MinSize is a short slider's.
func (s *Slider) MinSize() fyne.Size { return fyne.NewSize(60, 20) }

// CreateRenderer is Fyne's.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	r := &sliderRenderer{slider: s, knob: &canvas.Circle{}}
	r.track = &canvas.Rectangle{CornerRadius: progressHeight / 2}
	r.done = &canvas.Rectangle{CornerRadius: progressHeight / 2}
	r.Refresh()
	return r
}

type sliderRenderer struct {
	slider      *Slider
	track, done *canvas.Rectangle
	knob        *canvas.Circle
}

func (r *sliderRenderer) Refresh() {
	s := r.slider
	r.track.FillColor = theme.ColorForWidget(ColorTrack, s)
	r.done.FillColor = theme.ColorForWidget(ColorPrimary, s)
	r.knob.FillColor = theme.ColorForWidget(ColorPrimary, s)
	r.knob.StrokeWidth = 0
	if s.hovered || s.focused {
		r.knob.StrokeWidth, r.knob.StrokeColor = 2, theme.ColorForWidget(ColorText, s)
	}
	r.Layout(s.Size())
	canvas.Refresh(s)
}

func (r *sliderRenderer) Layout(size fyne.Size) {
	s := r.slider
	part := float32(s.value-s.min) / float32(max(1, s.max-s.min))
	x := part * (size.Width - knobSize)
	top := (size.Height - progressHeight) / 2
	r.track.Resize(fyne.NewSize(size.Width, progressHeight))
	r.track.Move(fyne.NewPos(0, top))
	r.done.Resize(fyne.NewSize(x+knobSize/2, progressHeight))
	r.done.Move(fyne.NewPos(0, top))
	r.knob.Resize(fyne.NewSquareSize(knobSize))
	r.knob.Move(fyne.NewPos(x, (size.Height-knobSize)/2))
}
func (r *sliderRenderer) MinSize() fyne.Size { return r.slider.MinSize() }
func (r *sliderRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.track, r.done, r.knob}
}
func (r *sliderRenderer) Destroy() {}
