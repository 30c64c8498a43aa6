//go:build realwindow

package realwindow

import (
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
)

// DesktopShell is what a desktop does for programs over D-Bus, as far as tests
// need it: it says whether the user likes it dark.
// Its D-Bus methods run on godbus' goroutines.
type DesktopShell struct {
	conn *dbus.Conn

	mu     sync.Mutex
	scheme uint32 // 1 dark, 2 light
}

// StartDesktopShell puts a desktop on the bus, a light one.
func StartDesktopShell(tb testing.TB, bus *Bus) *DesktopShell {
	tb.Helper()
	s := &DesktopShell{conn: bus.connect(tb), scheme: 2}
	err := s.conn.ExportMethodTable(map[string]any{"ReadOne": s.read, "Read": s.read}, portalPath, portalSettings)
	if err != nil {
		tb.Fatal(err)
	}
	claim(tb, s.conn, portalName)
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

func (s *DesktopShell) read(namespace, key string) (dbus.Variant, *dbus.Error) {
	if namespace != appearance || key != colorScheme {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.portal.Error.NotFound", []any{"no such setting"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return dbus.MakeVariant(s.scheme), nil
}
