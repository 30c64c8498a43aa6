//go:build realwindow

package realwindow

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// pieceSize is the most that is handed out in one go: more goes in pieces, as
// a request to the X server is limited to 256 KiB.
const pieceSize = 64 << 10

// offer hands out a selection that a window of ours owns (ICCCM 2.2).
type offer struct {
	display *Display
	window  xproto.Window
	forms   map[xproto.Atom][]byte
	pieces  map[place][]byte // what is still to be handed out, by where it goes
}

// place is where a requestor wants a selection to be put.
type place struct {
	window   xproto.Window
	property xproto.Atom
	form     xproto.Atom
}

func (d *Display) newOffer(window xproto.Window, forms map[string][]byte) *offer {
	o := &offer{display: d, window: window, forms: map[xproto.Atom][]byte{}, pieces: map[place][]byte{}}
	for name, data := range forms {
		o.forms[d.atom(name)] = data
	}
	return o
}

// handle answers an event if it is a request for this selection.
func (o *offer) handle(event xgb.Event) error {
	switch e := event.(type) {
	case xproto.SelectionRequestEvent:
		if e.Owner == o.window {
			return o.answer(e)
		}
	case xproto.PropertyNotifyEvent:
		if e.State == xproto.PropertyDelete {
			return o.nextPiece(e.Window, e.Atom)
		}
	}
	return nil
}

// answer gives the form asked for, or refuses it.
func (o *offer) answer(e xproto.SelectionRequestEvent) error {
	notify := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target}
	at := place{e.Requestor, e.Property, e.Target}
	if at.property == xproto.AtomNone { // an obsolete client
		at.property = e.Target
	}
	data, ok := o.forms[e.Target]
	var err error
	switch {
	case e.Target == o.display.atom("TARGETS"):
		list := binary.LittleEndian.AppendUint32(nil, uint32(e.Target))
		for form := range o.forms {
			list = binary.LittleEndian.AppendUint32(list, uint32(form))
		}
		err = o.put(at, xproto.AtomAtom, 32, list)
		notify.Property = at.property
	case ok && len(data) > pieceSize:
		err = o.startPieces(at, data)
		notify.Property = at.property
	case ok:
		err = o.put(at, e.Target, 8, data)
		notify.Property = at.property
	}
	if err != nil {
		return err
	}
	err = xproto.SendEventChecked(o.display.conn, false, e.Requestor, xproto.EventMaskNoEvent, string(notify.Bytes())).Check()
	if err != nil {
		return fmt.Errorf("answer a selection request: %w", err)
	}
	return nil
}

// startPieces announces that a value comes in pieces (ICCCM 2.7.2).
func (o *offer) startPieces(at place, data []byte) error {
	err := xproto.ChangeWindowAttributesChecked(o.display.conn, at.window, xproto.CwEventMask,
		[]uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return fmt.Errorf("watch the requestor: %w", err)
	}
	o.pieces[at] = data
	return o.put(at, o.display.atom("INCR"), 32, binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
}

// nextPiece hands out a piece when the last one was taken. The empty one at
// the end says that it was all.
func (o *offer) nextPiece(window xproto.Window, property xproto.Atom) error {
	for at, rest := range o.pieces {
		if at.window != window || at.property != property {
			continue
		}
		piece := rest[:min(len(rest), pieceSize)]
		if o.pieces[at] = rest[len(piece):]; len(piece) == 0 {
			delete(o.pieces, at)
		}
		return o.put(at, at.form, 8, piece)
	}
	return nil
}

func (o *offer) put(at place, form xproto.Atom, bits byte, data []byte) error {
	err := xproto.ChangePropertyChecked(o.display.conn, xproto.PropModeReplace, at.window, at.property, form,
		bits, uint32(len(data)*8/int(bits)), data).Check()
	if err != nil {
		return fmt.Errorf("hand out a selection: %w", err)
	}
	return nil
}

// SetClipboard puts text on the clipboard, as another program would. It stays
// there until another program takes the clipboard or the test ends.
func (d *Display) SetClipboard(tb testing.TB, text string) {
	tb.Helper()
	d.OwnClipboard(tb, map[string][]byte{"UTF8_STRING": []byte(text)})
}

// OwnClipboard puts something on the clipboard in several forms by the names
// of their targets, such as image/png.
func (d *Display) OwnClipboard(tb testing.TB, forms map[string][]byte) {
	tb.Helper()
	window, err := d.helperWindow()
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(tb.Context()))
	events := d.subscribe()
	o := d.newOffer(window, forms)
	var serving sync.WaitGroup
	serving.Go(func() { o.serve(ctx, tb, events) })
	tb.Cleanup(func() {
		cancel()
		serving.Wait()
		events.close()
	})
	err = xproto.SetSelectionOwnerChecked(d.conn, window, d.atom("CLIPBOARD"), xproto.TimeCurrentTime).Check()
	if err != nil {
		tb.Fatalf("own the clipboard: %v", err)
	}
}

// serve hands the selection out until another program takes it.
func (o *offer) serve(ctx context.Context, tb testing.TB, events *inbox) {
	tb.Helper()
	for {
		event, err := events.next(ctx)
		if err != nil {
			return
		}
		if e, ok := event.(xproto.SelectionClearEvent); ok && e.Owner == o.window {
			return
		}
		if err := o.handle(event); err != nil {
			tb.Error(err)
		}
	}
}
