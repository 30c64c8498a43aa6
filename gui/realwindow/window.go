//go:build realwindow

package realwindow

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"

	"github.com/jezek/xgb/xproto"
)

// Window is a top-level window of a program on a Display. Coordinates are
// pixels from the top left corner of its content, without the frame.
type Window struct {
	display *Display
	id      xproto.Window
}

// Window waits until the window manager shows a window of the process pid.
func (d *Display) Window(ctx context.Context, pid int) (*Window, error) {
	defer d.step("wait for a window of process %d", pid)()
	events := d.subscribe()
	defer events.close()
	for {
		for _, id := range d.managed() {
			if d.pidOf(id) == pid && d.viewable(id) {
				return d.watch(id)
			}
		}
		if _, err := events.next(ctx); err != nil {
			return nil, fmt.Errorf("waiting for a window of process %d: %w", pid, err)
		}
	}
}

// watch asks for the events that the functions of Window wait for.
func (d *Display) watch(id xproto.Window) (*Window, error) {
	err := xproto.ChangeWindowAttributesChecked(d.conn, id, xproto.CwEventMask,
		[]uint32{xproto.EventMaskStructureNotify | xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return nil, fmt.Errorf("watch window %#x: %w", id, err)
	}
	return &Window{display: d, id: id}, nil
}

// Windows counts the windows that the window manager shows for process pid.
func (d *Display) Windows(pid int) int {
	count := 0
	for _, id := range d.managed() {
		if d.pidOf(id) == pid && d.viewable(id) {
			count++
		}
	}
	return count
}

// AwaitWindows waits until the window manager shows so many windows of the
// process pid.
func (d *Display) AwaitWindows(ctx context.Context, pid, count int) error {
	defer d.step("wait for %d windows of process %d", count, pid)()
	events := d.subscribe()
	defer events.close()
	for {
		shown := d.Windows(pid)
		if shown == count {
			return nil
		}
		if _, err := events.next(ctx); err != nil {
			return fmt.Errorf("process %d has %d windows, not %d: %w", pid, shown, count, err)
		}
	}
}

func (d *Display) managed() []xproto.Window {
	words := d.words(d.root, "_NET_CLIENT_LIST")
	ids := make([]xproto.Window, len(words))
	for i, w := range words {
		ids[i] = xproto.Window(w)
	}
	return ids
}

func (d *Display) pidOf(id xproto.Window) int {
	words := d.words(id, "_NET_WM_PID")
	if len(words) != 1 {
		return 0
	}
	return int(words[0])
}

// gone reports whether the window is no more.
func (w *Window) gone() bool {
	_, err := xproto.GetWindowAttributes(w.display.conn, w.id).Reply()
	return err != nil
}

func (d *Display) viewable(id xproto.Window) bool {
	attributes, err := xproto.GetWindowAttributes(d.conn, id).Reply()
	return err == nil && attributes.MapState == xproto.MapStateViewable
}

// words reads a property of 32-bit values; a missing one is empty.
func (d *Display) words(id xproto.Window, property string) []uint32 {
	reply, err := xproto.GetProperty(d.conn, false, id, d.atom(property), xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
	if err != nil || reply.Format != 32 {
		return nil
	}
	words := make([]uint32, 0, reply.ValueLen)
	for at := 0; at+4 <= len(reply.Value); at += 4 {
		words = append(words, binary.LittleEndian.Uint32(reply.Value[at:]))
	}
	return words
}

// Size is the size of the content in pixels.
func (w *Window) Size() (image.Point, error) {
	g, err := xproto.GetGeometry(w.display.conn, xproto.Drawable(w.id)).Reply()
	if err != nil {
		return image.Point{}, fmt.Errorf("size of the window: %w", err)
	}
	return image.Pt(int(g.Width), int(g.Height)), nil
}

// Origin is the place of the content's top left corner on the screen.
func (w *Window) Origin() (image.Point, error) {
	at, err := xproto.TranslateCoordinates(w.display.conn, w.id, w.display.root, 0, 0).Reply()
	if err != nil {
		return image.Point{}, fmt.Errorf("place of the window: %w", err)
	}
	return image.Pt(int(at.DstX), int(at.DstY)), nil
}

// Place moves the window to (x, y) of the screen, makes its content width by
// height pixels, and waits until that is so and the program knows.
func (w *Window) Place(ctx context.Context, x, y, width, height int) error {
	defer w.display.step("place at %d, %d", x, y)()
	events := w.display.subscribe()
	defer events.close()
	err := xproto.ConfigureWindowChecked(w.display.conn, w.id,
		xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
		[]uint32{uint32(x), uint32(y), uint32(width), uint32(height)}).Check()
	if err != nil {
		return fmt.Errorf("resize the window: %w", err)
	}
	for {
		if err := w.Answered(ctx); err != nil { // the window manager first, which moves it
			return err
		}
		size, err := w.Size()
		if err != nil {
			return err
		}
		if size == image.Pt(width, height) {
			return nil
		}
		if _, err = events.next(ctx); err != nil {
			return fmt.Errorf("window stays at %v, wanted %dx%d: %w", size, width, height, err)
		}
	}
}

// Close presses the window's close button, by way of the window manager.
func (w *Window) Close() error {
	defer w.display.step("close the window")()
	return w.display.send(w.display.root, w.id,
		xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, "_NET_CLOSE_WINDOW", xproto.TimeCurrentTime, 2)
}

// Activate raises the window and gives it the keyboard.
func (w *Window) Activate(ctx context.Context) error {
	d := w.display
	defer d.step("activate the window")()
	events := d.subscribe()
	defer events.close()
	err := d.send(d.root, w.id, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify,
		"_NET_ACTIVE_WINDOW", 2, xproto.TimeCurrentTime)
	if err != nil {
		return err
	}
	for {
		if active := d.words(d.root, "_NET_ACTIVE_WINDOW"); len(active) == 1 && active[0] == uint32(w.id) {
			return w.Answered(ctx)
		}
		if _, err := events.next(ctx); err != nil {
			return fmt.Errorf("window does not get the keyboard: %w", err)
		}
	}
}
