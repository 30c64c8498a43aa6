package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Notice says what is wrong or was done, and offers what can be done about it: in
// a line of its own, or on a card above a page (Cards).
type Notice struct {
	widget.BaseWidget
	text    *Text
	icon    *Icon
	action  *Button
	close   *Button
	color   fyne.ThemeColorName
	tapped  func()
	dismiss func() // nil: it can't be closed
	left    func() // gives the keyboard to something else; nil: nothing does
}

// NoticeContent is what a Notice says.
type NoticeContent struct {
	Text    string
	Color   fyne.ThemeColorName // ColorAmber, ColorRed or ColorAccent
	Action  string              // label of the button, "" for none
	Do      func()              //
	Dismiss func()              // closes it; nil: it stays until what it says is over
	Close   string              // the closing button's tip
}

// NewNotice makes a notice that says nothing yet.
func NewNotice() *Notice {
	n := &Notice{color: ColorAmber, icon: NewIcon(IconWarning, ColorAmber, 16)}
	n.text = NewText("", TextStyle{Lines: 10})
	n.action = NewButton("", ButtonPlain, func() {
		if n.tapped != nil {
			n.tapped()
		}
	}).WithEscape(n.escape)
	n.close = NewButton("", ButtonQuiet, func() {
		if n.dismiss != nil {
			n.dismiss()
		}
	}).WithIcon(IconCross).WithEscape(n.escape)
	n.ExtendBaseWidget(n)
	return n
}

// Set changes what the notice says.
func (n *Notice) Set(c NoticeContent) {
	n.color, n.tapped, n.dismiss = c.Color, c.Do, c.Dismiss
	n.text.SetText(c.Text)
	icon := IconWarning
	if c.Color == ColorAccent {
		icon = IconCheck
	}
	n.icon.Set(icon, c.Color)
	n.action.Hidden = c.Action == ""
	n.action.SetLabel(c.Action)
	n.close.Hidden = c.Dismiss == nil
	n.close.WithTip(c.Close)
	n.Refresh()
}

// escape closes the notice, or else leaves it.
func (n *Notice) escape() {
	switch {
	case n.dismiss != nil:
		n.dismiss()
	case n.left != nil:
		n.left()
	}
}

// hovered reports whether the pointer is over a button.
func (n *Notice) hovered() bool { return n.action.hovered || n.close.hovered }

// focused reports whether a button has the keyboard.
func (n *Notice) focused() bool { return n.action.focused || n.close.focused }

// buttonAt gives the button at a place, nil for none.
func (n *Notice) buttonAt(at fyne.Position) *Button {
	for _, b := range []*Button{n.action, n.close} {
		in := at.Subtract(b.Position())
		if b.Visible() && in.X >= 0 && in.Y >= 0 && in.X < b.Size().Width && in.Y < b.Size().Height {
			return b
		}
	}
	return nil
}

// width is what the words need in one line, rounded up to a multiple of step.
func (n *Notice) width(step float32) float32 {
	beside := -(&noticeRenderer{notice: n}).textWidth(0)
	return float32(math.Ceil(float64((n.text.measure(n.text.text).Width+beside)/step))) * step
}

// Text is what the notice says.
func (n *Notice) Text() string { return n.text.Text() }

// CreateRenderer is Fyne's.
func (n *Notice) CreateRenderer() fyne.WidgetRenderer {
	r := &noticeRenderer{notice: n, back: &canvas.Rectangle{CornerRadius: radiusButton, StrokeWidth: 1}}
	r.color()
	return r
}

type noticeRenderer struct {
	notice *Notice
	back   *canvas.Rectangle
}

func (r *noticeRenderer) color() {
	r.back.FillColor = theme.ColorForWidget(ColorCard, r.notice)
	r.back.StrokeColor = theme.ColorForWidget(r.notice.color, r.notice)
}

func (r *noticeRenderer) Refresh() {
	r.color()
	r.Layout(r.notice.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

// textWidth is what the buttons leave of a width.
func (r *noticeRenderer) textWidth(width float32) float32 {
	n := r.notice
	width -= 12 + 16 + 10 + 12
	if !n.action.Hidden {
		width -= n.action.MinSize().Width + 10
	}
	if !n.close.Hidden {
		width -= IconButtonSize + 4
	}
	return width
}

func (r *noticeRenderer) Layout(size fyne.Size) {
	n := r.notice
	r.back.Resize(size)
	n.icon.Resize(fyne.NewSquareSize(16))
	n.icon.Move(fyne.NewPos(12, (size.Height-16)/2))
	n.text.Resize(fyne.NewSize(r.textWidth(size.Width), size.Height))
	n.text.Move(fyne.NewPos(38, 0))
	right := size.Width - 8
	if !n.close.Hidden {
		right -= IconButtonSize
		n.close.Resize(n.close.MinSize())
		n.close.Move(fyne.NewPos(right, (size.Height-IconButtonSize)/2))
		right -= 4
	}
	if !n.action.Hidden {
		want := n.action.MinSize()
		n.action.Resize(want)
		n.action.Move(fyne.NewPos(right-want.Width, (size.Height-want.Height)/2))
	}
}

// MinSize is as high as the words need in the width that the notice has.
func (r *noticeRenderer) MinSize() fyne.Size {
	lines := 1
	if width := r.notice.Size().Width; width > 0 {
		lines = len(r.notice.text.fit(r.textWidth(width)))
	}
	height := float32(lines)*r.notice.text.measure("").Height + 16
	return fyne.NewSize(200, max(height, 41))
}

func (r *noticeRenderer) Objects() []fyne.CanvasObject {
	n := r.notice
	return []fyne.CanvasObject{r.back, n.icon, n.text, n.action, n.close}
}
func (r *noticeRenderer) Destroy() {}
