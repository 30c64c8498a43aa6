package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Link is a text to click.
type Link struct {
	Text
	onTapped func()
}

// NewLink makes a text to click, green unless the style says otherwise.
func NewLink(text string, style TextStyle, tapped func()) *Link {
	l := &Link{onTapped: tapped}
	l.text, l.style = text, style.filled(ColorAccent)
	l.ExtendBaseWidget(l)
	return l
}

// grow takes no more than the words need: what is beside them is no link.
func (l *Link) grow(has, free float32) float32 {
	if l.style.Elide == ElideNot {
		return 0
	}
	return max(0, min(free, l.measure(l.text).Width+1-has))
}

// OnTapped changes what a click does.
func (l *Link) OnTapped(tapped func()) { l.onTapped = tapped }

// MouseIn tells what a click does, if that was set, and the whole text where it
// is shortened.
func (l *Link) MouseIn(*desktop.MouseEvent) {
	tip := l.tip
	if l.short && tip != "" {
		tip += " · " + l.text
	} else if l.short {
		tip = l.text
	}
	showTip(l, tip)
}

// MouseMoved does nothing.
func (l *Link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the tip.
func (l *Link) MouseOut() { hideTip(l) }

// Tapped runs the action.
func (l *Link) Tapped(*fyne.PointEvent) {
	hideTip(l)
	if l.onTapped != nil {
		l.onTapped()
	}
}

// AccessibilityRole is link.
func (l *Link) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleLink }

// Cursor is a hand.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }
