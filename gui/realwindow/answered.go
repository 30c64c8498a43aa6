//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"fmt"

	"github.com/jezek/xgb/xproto"
)

// Answered waits until the program has handled all input that was sent before,
// and has painted what came of it on its interface goroutine, however slow the
// computer is. What other goroutines make of the input is not waited for. A
// window that has gone counts as an answer.
func (w *Window) Answered(ctx context.Context) error {
	events := w.display.subscribe()
	defer events.close()
	// The window manager sees each click first and hands it on.
	if err := w.managed(ctx, events); err != nil {
		return err
	}
	// The toolkit answers a ping when it reads its input, once in each frame, and
	// paints afterwards. So the second answer comes after the painting.
	for range 2 {
		if err := w.ping(ctx, events); err != nil {
			return err
		}
	}
	return nil
}

// managed waits until the window manager has handled all that was sent before:
// it is asked for the size of a frame, around a window that has none yet.
func (w *Window) managed(ctx context.Context, events *inbox) error {
	d := w.display
	probe, err := d.helperWindow()
	if err != nil {
		return err
	}
	defer xproto.DestroyWindow(d.conn, probe)
	err = d.send(d.root, probe, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, "_NET_REQUEST_FRAME_EXTENTS")
	if err != nil {
		return err
	}
	told := d.atom("_NET_FRAME_EXTENTS")
	return w.hears(ctx, events, "the window manager", func(e any) bool {
		p, ok := e.(xproto.PropertyNotifyEvent)
		return ok && p.Window == probe && p.Atom == told
	})
}

// ping asks the program whether it is there (EWMH, _NET_WM_PING).
func (w *Window) ping(ctx context.Context, events *inbox) error {
	const ours = 1 << 30 // the window manager numbers its own pings from 1
	d := w.display
	d.pings++
	kind, ping, number := d.atom("WM_PROTOCOLS"), d.atom("_NET_WM_PING"), ours+d.pings
	err := d.send(w.id, w.id, xproto.EventMaskNoEvent, "WM_PROTOCOLS", uint32(ping), number, uint32(w.id))
	if gone := (xproto.WindowError{}); errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.hears(ctx, events, "the program", func(e any) bool {
		m, ok := e.(xproto.ClientMessageEvent)
		return ok && m.Window == d.root && m.Type == kind && m.Data.Data32[0] == uint32(ping) && m.Data.Data32[1] == number
	})
}

// hears waits for an answer, or for the end of the window.
func (w *Window) hears(ctx context.Context, events *inbox, who string, answer func(any) bool) error {
	for !w.gone() {
		event, err := events.next(ctx)
		if err != nil {
			return fmt.Errorf("%s does not answer: %w", who, err)
		}
		if answer(event) {
			return nil
		}
	}
	return nil
}
