package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// press is what everything that can be clicked has in common: hover, focus,
// the keys that click, and being switched off.
type press struct {
	widget.DisableableWidget
	onTapped func()
	onEscape func() // may be nil
	hovered  bool
	focused  bool
	repaint  func() // the widget's own Refresh
}

// Tapped runs the action, unless switched off.
func (p *press) Tapped(*fyne.PointEvent) {
	if !p.Disabled() && p.onTapped != nil {
		p.onTapped()
	}
}

// MouseIn, MouseMoved and MouseOut follow the pointer.
func (p *press) MouseIn(*desktop.MouseEvent) { p.hover(true) }

// MouseMoved is needed to be told of the rest.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends the hover.
func (p *press) MouseOut() { p.hover(false) }

func (p *press) hover(on bool) {
	p.hovered = on
	p.repaint()
}

// Cursor is a hand.
func (p *press) Cursor() desktop.Cursor {
	if p.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained shows the ring.
func (p *press) FocusGained() {
	p.focused = true
	p.repaint()
}

// FocusLost hides the ring.
func (p *press) FocusLost() {
	p.focused = false
	p.repaint()
}

// TypedRune does nothing.
func (p *press) TypedRune(rune) {}

// TypedKey clicks on space and on enter.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	case fyne.KeyEscape:
		if p.onEscape != nil {
			p.onEscape()
		}
	}
}

// AccessibilityRole is button.
func (p *press) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
