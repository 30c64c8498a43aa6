//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = dbus.ObjectPath("/org/freedesktop/portal/desktop")
	portalSettings = "org.freedesktop.portal.Settings"
	appearance     = "org.freedesktop.appearance"
	colorScheme    = "color-scheme"

	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// DesktopShell is what a desktop does for programs over D-Bus, as far as tests
// need it: it says whether the user likes it dark, and shows notifications.
// Its D-Bus methods run on godbus' goroutines.
type DesktopShell struct {
	conn *dbus.Conn

	mu      sync.Mutex
	scheme  uint32
	shown   []Notification
	changed chan struct{} // closed and replaced at each notification
}

// Notification is what a program told the user.
type Notification struct {
	Title, Body string
}

// StartDesktopShell puts a desktop on the bus, a light one.
func StartDesktopShell(tb testing.TB, bus *Bus) *DesktopShell {
	tb.Helper()
	s := &DesktopShell{conn: bus.connect(tb), scheme: 2, changed: make(chan struct{})}
	err := s.conn.ExportMethodTable(map[string]any{"ReadOne": s.read, "Read": s.read}, portalPath, portalSettings)
	if err == nil {
		err = s.conn.ExportMethodTable(map[string]any{
			"Notify": s.notify, "GetCapabilities": s.capabilities, "CloseNotification": s.closeNotification,
		}, notifyPath, notifyName)
	}
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{portalName, notifyName} {
		if reply, err := s.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
			tb.Fatalf("become %s: %v, %v", name, reply, err)
		}
	}
	return s
}

// SetDark makes the desktop dark or light and tells all programs.
func (s *DesktopShell) SetDark(tb testing.TB, dark bool) {
	tb.Helper()
	s.mu.Lock()
	s.scheme = 2
	if dark {
		s.scheme = 1
	}
	scheme := s.scheme
	s.mu.Unlock()
	if err := s.conn.Emit(portalPath, portalSettings+".SettingChanged", appearance, colorScheme, dbus.MakeVariant(scheme)); err != nil {
		tb.Fatal(err)
	}
}

// AwaitNotification waits until a notification has been shown that match
// accepts.
func (s *DesktopShell) AwaitNotification(ctx context.Context, match func(Notification) bool) (Notification, error) {
	for {
		s.mu.Lock()
		shown, changed := s.shown, s.changed
		s.mu.Unlock()
		for _, n := range shown {
			if match(n) {
				return n, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Notification{}, fmt.Errorf("only these notifications came: %+v: %w", shown, ctx.Err())
		}
	}
}

func (s *DesktopShell) read(namespace, key string) (dbus.Variant, *dbus.Error) {
	if namespace != appearance || key != colorScheme {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.portal.Error.NotFound", []any{"no such setting"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return dbus.MakeVariant(s.scheme), nil
}

func (s *DesktopShell) capabilities() ([]string, *dbus.Error) {
	return []string{"actions", "body"}, nil
}

func (s *DesktopShell) closeNotification(uint32) *dbus.Error { return nil }

func (s *DesktopShell) notify(_ string, _ uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, Notification{Title: title, Body: body})
	close(s.changed)
	s.changed = make(chan struct{})
	return uint32(len(s.shown)), nil //nolint:gosec // few are shown
}
