//go:build realwindow

package realwindow

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
)

// maxSelection is the most that is read at a time, in 32-bit words.
const maxSelection = 1 << 24

var (
	errClipboardEmpty = errors.New("nobody owns the clipboard")
	errNoConversion   = errors.New("the clipboard's owner does not give this form")
)

// Clipboard reads the text on the X11 clipboard from its owner.
func (d *Display) Clipboard(ctx context.Context) (string, error) {
	text, err := d.convert(ctx, d.atom("UTF8_STRING"))
	return string(text), err
}

// AwaitClipboard reads the clipboard now and each time a program takes it,
// until done accepts the text, and gives that.
func (d *Display) AwaitClipboard(ctx context.Context, done func(string) bool) (string, error) {
	defer d.step("wait for the clipboard")()
	events := d.subscribe()
	defer events.close()
	err := xfixes.SelectSelectionInputChecked(d.conn, d.root, d.atom("CLIPBOARD"), xfixes.SelectionEventMaskSetSelectionOwner).Check()
	if err != nil {
		return "", fmt.Errorf("watch the clipboard: %w", err)
	}
	for {
		text, err := d.Clipboard(ctx)
		if err == nil && done(text) {
			return text, nil
		}
		if err != nil && !errors.Is(err, errClipboardEmpty) && !errors.Is(err, errNoConversion) {
			return text, err
		}
		if err := d.taken(ctx, events); err != nil {
			return text, fmt.Errorf("the clipboard stays %q: %w", text, err)
		}
	}
}

// taken waits until a program takes the clipboard.
func (d *Display) taken(ctx context.Context, events *inbox) error {
	for {
		event, err := events.next(ctx)
		if err != nil {
			return err
		}
		if e, ok := event.(xfixes.SelectionNotifyEvent); ok && e.Selection == d.atom("CLIPBOARD") {
			return nil
		}
	}
}

// ClipboardTargets names the forms in which the owner gives the clipboard.
func (d *Display) ClipboardTargets(ctx context.Context) ([]string, error) {
	data, err := d.convert(ctx, d.atom("TARGETS"))
	if err != nil {
		return nil, err
	}
	var names []string
	for at := 0; at+4 <= len(data); at += 4 {
		reply, err := xproto.GetAtomName(d.conn, xproto.Atom(binary.LittleEndian.Uint32(data[at:]))).Reply()
		if err != nil {
			return nil, fmt.Errorf("name of a clipboard form: %w", err)
		}
		names = append(names, reply.Name)
	}
	return names, nil
}

// convert asks the clipboard's owner for one form (ICCCM 2.4).
func (d *Display) convert(ctx context.Context, target xproto.Atom) ([]byte, error) {
	clipboard, property := d.atom("CLIPBOARD"), d.atom("SLUICE_TEST")
	owner, err := xproto.GetSelectionOwner(d.conn, clipboard).Reply()
	if err != nil {
		return nil, fmt.Errorf("clipboard owner: %w", err)
	}
	if owner.Owner == xproto.WindowNone {
		return nil, errClipboardEmpty
	}
	window, err := d.helperWindow()
	if err != nil {
		return nil, err
	}
	defer xproto.DestroyWindow(d.conn, window)
	events := d.subscribe()
	defer events.close()
	xproto.ConvertSelection(d.conn, window, clipboard, target, property, xproto.TimeCurrentTime)
	for {
		event, err := events.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("the clipboard's owner does not answer: %w", err)
		}
		if e, ok := event.(xproto.SelectionNotifyEvent); ok && e.Requestor == window {
			if e.Property == xproto.AtomNone {
				return nil, errNoConversion
			}
			return d.receive(ctx, events, window, property)
		}
	}
}

// receive reads the converted value, in pieces if it comes so (ICCCM 2.7.2).
func (d *Display) receive(ctx context.Context, events *inbox, window xproto.Window, property xproto.Atom) ([]byte, error) {
	data, kind, err := d.takeProperty(window, property) // taking it starts the pieces
	if err != nil || kind != d.atom("INCR") {
		return data, err
	}
	data = nil
	for {
		event, err := events.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("clipboard stopped after %d bytes: %w", len(data), err)
		}
		e, ok := event.(xproto.PropertyNotifyEvent)
		if !ok || e.Window != window || e.Atom != property || e.State != xproto.PropertyNewValue {
			continue
		}
		piece, _, err := d.takeProperty(window, property)
		if err != nil {
			return nil, err
		}
		if len(piece) == 0 {
			return data, nil
		}
		data = append(data, piece...)
	}
}

// takeProperty reads a whole property and deletes it.
func (d *Display) takeProperty(window xproto.Window, property xproto.Atom) ([]byte, xproto.Atom, error) {
	reply, err := xproto.GetProperty(d.conn, true, window, property, xproto.GetPropertyTypeAny, 0, maxSelection).Reply()
	if err != nil {
		return nil, 0, fmt.Errorf("read the selection: %w", err)
	}
	return reply.Value, reply.Type, nil
}
