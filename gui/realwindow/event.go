//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"sync"

	"github.com/jezek/xgb"
)

var errDisplayGone = errors.New("the X server closed the connection")

// inbox holds the X events that one waiter has not looked at yet. It is
// unbounded: a slow waiter never holds up the others.
type inbox struct {
	display *Display
	ready   chan struct{} // one token when there is something new

	mu     sync.Mutex
	events []xgb.Event
}

// subscribe gives every event from now on, until close.
func (d *Display) subscribe() *inbox {
	b := &inbox{display: d, ready: make(chan struct{}, 1)}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inboxes[b] = struct{}{}
	return b
}

func (b *inbox) close() {
	b.display.mu.Lock()
	defer b.display.mu.Unlock()
	delete(b.display.inboxes, b)
}

// pump hands events to all inboxes until the connection closes. X errors of
// unchecked requests are nobody's: a window may always have gone just before.
func (d *Display) pump() {
	defer close(d.pumped)
	for {
		event, xerr := d.conn.WaitForEvent()
		if event == nil && xerr == nil {
			return
		}
		if event == nil {
			continue
		}
		d.mu.Lock()
		for b := range d.inboxes {
			b.put(event)
		}
		d.mu.Unlock()
	}
}

func (b *inbox) put(event xgb.Event) {
	b.mu.Lock()
	b.events = append(b.events, event)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take gives the oldest event, or nil.
func (b *inbox) take() xgb.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) == 0 {
		return nil
	}
	event := b.events[0]
	b.events = b.events[1:]
	return event
}

// next waits for an event.
func (b *inbox) next(ctx context.Context) (xgb.Event, error) {
	for {
		if event := b.take(); event != nil {
			return event, nil
		}
		select {
		case <-b.ready:
		case <-b.display.pumped:
			return nil, errDisplayGone
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
