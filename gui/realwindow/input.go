//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"image"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Keysyms for Window.Press; see X11/keysymdef.h.
const (
	KeyTab    xproto.Keysym = 0xff09
	KeyReturn xproto.Keysym = 0xff0d
	KeyEscape xproto.Keysym = 0xff1b
	KeyShift  xproto.Keysym = 0xffe1
	KeyCtrl   xproto.Keysym = 0xffe3
	KeyAlt    xproto.Keysym = 0xffe9
)

// fake sends one input event through the XTEST extension.
func (d *Display) fake(kind, detail byte, at image.Point) error {
	err := xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, int16(at.X), int16(at.Y), 0).Check()
	if err != nil {
		return fmt.Errorf("input event %d: %w", kind, err)
	}
	return nil
}

// input sends one input event and waits until the program has answered it, as a
// person sees what a step does before the next.
func (w *Window) input(ctx context.Context, kind, detail byte, at image.Point) error {
	if err := w.display.fake(kind, detail, at); err != nil {
		return err
	}
	return w.Answered(ctx)
}

// Move puts the pointer at a point of the window.
func (w *Window) Move(ctx context.Context, at image.Point) error {
	origin, err := w.Origin()
	if err != nil {
		return err
	}
	return w.input(ctx, xproto.MotionNotify, 0, origin.Add(at))
}

// Click presses and releases the left button at a point of the window.
func (w *Window) Click(ctx context.Context, at image.Point) error {
	defer w.display.step("click at %v", at)()
	if err := w.Move(ctx, at); err != nil {
		return err
	}
	return w.button(ctx, 1)
}

// button presses and releases a button of the mouse where the pointer is.
func (w *Window) button(ctx context.Context, number byte) error {
	if err := w.input(ctx, xproto.ButtonPress, number, image.Point{}); err != nil {
		return err
	}
	return w.input(ctx, xproto.ButtonRelease, number, image.Point{})
}

// ClickHolding is Click while a modifier is held.
func (w *Window) ClickHolding(ctx context.Context, modifier xproto.Keysym, at image.Point) error {
	code, _, err := w.display.keycode(modifier)
	if err != nil {
		return err
	}
	if err := w.input(ctx, xproto.KeyPress, code, image.Point{}); err != nil {
		return err
	}
	clicked := w.Click(ctx, at)
	if err := w.input(ctx, xproto.KeyRelease, code, image.Point{}); err != nil {
		return err
	}
	return clicked
}

// Scroll turns the mouse wheel by clicks (down if positive) at a point.
func (w *Window) Scroll(ctx context.Context, at image.Point, clicks int) error {
	if err := w.Move(ctx, at); err != nil {
		return err
	}
	button := byte(5)
	if clicks < 0 {
		button, clicks = 4, -clicks
	}
	for range clicks {
		if err := w.button(ctx, button); err != nil {
			return err
		}
	}
	return nil
}

// Press presses keys in order and releases them in reverse: the last one with
// the modifiers before it.
func (w *Window) Press(ctx context.Context, keys ...xproto.Keysym) error {
	defer w.display.step("press keys %#x", keys)()
	return w.press(ctx, keys...)
}

func (w *Window) press(ctx context.Context, keys ...xproto.Keysym) error {
	codes := make([]byte, 0, len(keys))
	for _, key := range keys {
		code, shifted, err := w.display.keycode(key)
		if err != nil {
			return err
		}
		if shifted {
			shift, _, err := w.display.keycode(KeyShift)
			if err != nil {
				return err
			}
			codes = append(codes, shift)
		}
		codes = append(codes, code)
	}
	for _, code := range codes {
		if err := w.display.fake(xproto.KeyPress, code, image.Point{}); err != nil {
			return err
		}
	}
	for i := range codes {
		if err := w.display.fake(xproto.KeyRelease, codes[len(codes)-1-i], image.Point{}); err != nil {
			return err
		}
	}
	return w.Answered(ctx)
}

// Type types text into whatever has the keyboard in the window. Only
// characters that the keyboard has are possible: ASCII.
func (w *Window) Type(ctx context.Context, text string) error {
	defer w.display.step("type %d characters", len(text))()
	if err := w.Activate(ctx); err != nil {
		return err
	}
	for _, r := range text {
		if err := w.press(ctx, xproto.Keysym(r)); err != nil { // Latin-1 characters are their own keysyms
			return fmt.Errorf("type %q: %w", r, err)
		}
	}
	return nil
}

// keycode finds the key that gives a keysym, and whether with Shift.
func (d *Display) keycode(key xproto.Keysym) (code byte, shifted bool, err error) {
	setup := xproto.Setup(d.conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	mapping, err := xproto.GetKeyboardMapping(d.conn, setup.MinKeycode, count).Reply()
	if err != nil {
		return 0, false, fmt.Errorf("keyboard layout: %w", err)
	}
	per := int(mapping.KeysymsPerKeycode)
	for level := range min(2, per) {
		for i := range int(count) {
			if mapping.Keysyms[i*per+level] == key {
				return byte(setup.MinKeycode) + byte(i), level == 1, nil
			}
		}
	}
	return 0, false, fmt.Errorf("no key gives keysym %#x", key)
}
