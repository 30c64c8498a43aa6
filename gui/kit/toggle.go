package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Switch turns something on and off.
type Switch struct {
	press
	label   string
	on      bool
	changed func(on bool)
}

// NewSwitch makes a switch. The label tells assistive technology what it is
// about; changed runs on the interface goroutine after a person's click only.
func NewSwitch(label string, on bool, changed func(on bool)) *Switch {
	s := &Switch{label: label, on: on, changed: changed}
	s.onTapped, s.repaint = s.flip, s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// WithEscape says what Escape does while the switch has the keyboard.
func (s *Switch) WithEscape(escape func()) *Switch {
	s.onEscape = escape
	return s
}

func (s *Switch) flip() {
	s.Set(!s.on)
	if s.changed != nil {
		s.changed(s.on)
	}
}

// Set moves the switch without telling.
func (s *Switch) Set(on bool) {
	if s.on == on {
		return
	}
	s.on = on
	s.Refresh()
}

// On is the switch's state.
func (s *Switch) On() bool { return s.on }

// AccessibilityLabel is what the switch is about.
func (s *Switch) AccessibilityLabel() string { return s.label }

// MinSize is the same for every switch.
func (s *Switch) MinSize() fyne.Size { return fyne.NewSize(34, 19) }

// CreateRenderer is Fyne's.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	r := &switchRenderer{toggle: s, track: &canvas.Rectangle{CornerRadius: 9.5}, knob: &canvas.Circle{}}
	r.Refresh()
	return r
}

type switchRenderer struct {
	toggle *Switch
	track  *canvas.Rectangle
	knob   *canvas.Circle
}

func (r *switchRenderer) Refresh() {
	s := r.toggle
	fill, knob := ColorTrack, ColorSecondary
	if s.on {
		fill, knob = ColorPrimary, ColorOnPrimary
	}
	r.track.FillColor = theme.ColorForWidget(fill, s)
	r.knob.FillColor = theme.ColorForWidget(knob, s)
	if s.Disabled() {
		r.track.FillColor = fade(r.track.FillColor, 0x80)
	}
	r.track.StrokeWidth = 0
	if s.focused {
		r.track.StrokeWidth, r.track.StrokeColor = 2, theme.ColorForWidget(ColorText, s)
	}
	r.Layout(s.Size())
	canvas.Refresh(s)
}

func (r *switchRenderer) Layout(size fyne.Size) {
	want := r.toggle.MinSize()
	top := (size.Height - want.Height) / 2
	r.track.Resize(want)
	r.track.Move(fyne.NewPos(0, top))
	x := float32(2)
	if r.toggle.on {
		x = want.Width - 17
	}
	r.knob.Resize(fyne.NewSquareSize(15))
	r.knob.Move(fyne.NewPos(x, top+2))
}
func (r *switchRenderer) MinSize() fyne.Size { return r.toggle.MinSize() }
func (r *switchRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.track, r.knob}
}
func (r *switchRenderer) Destroy() {}
