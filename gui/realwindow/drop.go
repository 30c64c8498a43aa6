//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net/url"
	"strings"

	"github.com/jezek/xgb/xproto"
)

const xdndVersion = 5

var errNoDrop = errors.New("the window takes no drops (no XdndAware)")

// Drop drops files and folders on a point of the window, as a file manager
// does: the XDND protocol, version 5, with a text/uri-list. It returns when
// the window has said that it is finished.
func (w *Window) Drop(ctx context.Context, at image.Point, paths ...string) error {
	lines := make([]string, len(paths))
	for i, path := range paths {
		lines[i] = (&url.URL{Scheme: "file", Path: path}).String()
	}
	return w.DropURIs(ctx, at, lines...)
}

// DropURIs drops a text/uri-list of exactly these lines, as a browser does
// with a web address.
func (w *Window) DropURIs(ctx context.Context, at image.Point, uris ...string) error {
	d := w.display
	defer d.step("drop %d", len(uris))()
	version := d.words(w.id, "XdndAware")
	if len(version) != 1 || version[0] < xdndVersion {
		return errNoDrop
	}
	source, err := d.helperWindow()
	if err != nil {
		return err
	}
	defer xproto.DestroyWindow(d.conn, source)
	origin, err := w.Origin()
	if err != nil {
		return err
	}
	s := &drag{
		display: d, source: source, target: w.id, at: origin.Add(at), events: d.subscribe(),
		offer: d.newOffer(source, map[string][]byte{"text/uri-list": []byte(strings.Join(uris, "\r\n") + "\r\n")}),
	}
	defer s.events.close()
	if err := s.run(ctx); err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	return nil
}

// drag is one drag from our source window onto a target.
type drag struct {
	display        *Display
	source, target xproto.Window
	at             image.Point // on the screen
	events         *inbox
	offer          *offer
}

func (s *drag) run(ctx context.Context) error {
	d := s.display
	own := xproto.SetSelectionOwnerChecked(d.conn, s.source, d.atom("XdndSelection"), xproto.TimeCurrentTime)
	if err := own.Check(); err != nil {
		return fmt.Errorf("own the drag selection: %w", err)
	}
	if err := s.tell("XdndEnter", xdndVersion<<24, uint32(d.atom("text/uri-list"))); err != nil {
		return err
	}
	// A pointer passes over the window before it lets go.
	for step := range 3 {
		at := s.at.Sub(image.Pt(8*(2-step), 0))
		err := s.tell("XdndPosition", 0, uint32(at.X)<<16|uint32(at.Y), xproto.TimeCurrentTime, uint32(d.atom("XdndActionCopy")))
		if err != nil {
			return err
		}
		status, err := s.answer(ctx, "XdndStatus")
		if err != nil {
			return err
		}
		if status[1]&1 == 0 {
			return errors.New("the window refuses the files")
		}
	}
	if err := s.tell("XdndDrop", 0, xproto.TimeCurrentTime); err != nil {
		return err
	}
	_, err := s.answer(ctx, "XdndFinished") // its accept bit means nothing from GLFW
	return err
}

func (s *drag) tell(kind string, words ...uint32) error {
	return s.display.send(s.target, s.target, xproto.EventMaskNoEvent, kind, append([]uint32{uint32(s.source)}, words...)...)
}

// answer waits for a message from the target, handing out the data when it
// asks for them, and gives the words of the message.
func (s *drag) answer(ctx context.Context, kind string) ([]uint32, error) {
	want := s.display.atom(kind)
	for {
		event, err := s.events.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("no %s: %w", kind, err)
		}
		if e, ok := event.(xproto.ClientMessageEvent); ok && e.Window == s.source && e.Type == want {
			return e.Data.Data32, nil
		}
		if err := s.offer.handle(event); err != nil {
			return nil, err
		}
	}
}
