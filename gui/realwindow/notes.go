//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	notesName = "org.freedesktop.Notifications"
	notesPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Note is a notification that a program has shown.
type Note struct{ Title, Text string }

// Notes is the desktop's service for notifications.
type Notes struct{ shown chan Note }

// StartNotes puts a service for notifications on the bus.
func StartNotes(tb testing.TB, bus *Bus) *Notes {
	tb.Helper()
	n := &Notes{shown: make(chan Note, 100)}
	conn := bus.connect(tb)
	if err := conn.ExportMethodTable(map[string]any{"Notify": n.notify}, notesPath, notesName); err != nil {
		tb.Fatal(err)
	}
	claim(tb, conn, notesName)
	return n
}

// Await waits for the next notification.
func (n *Notes) Await(ctx context.Context) (Note, error) {
	select {
	case note := <-n.shown:
		return note, nil
	case <-ctx.Done():
		return Note{}, fmt.Errorf("no notification: %w", ctx.Err())
	}
}

// notify is the desktop's method Notify.
func (n *Notes) notify(_ string, _ uint32, _, title, text string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.shown <- Note{title, text}
	return 1, nil
}
