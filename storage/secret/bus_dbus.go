//go:build !windows && !darwin

package secret

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// findBus makes sure that there is a session bus to ask. Without one the
// library would start a bus that outlives the program.
func findBus() error {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	known := !strings.HasPrefix(address, "autolaunch:") && !strings.HasPrefix(address, "disabled:")
	if address != "" && known {
		return nil
	}
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(os.Getuid())} {
		socket := filepath.Join(dir, "bus")
		info, err := os.Stat(socket)
		if filepath.IsAbs(dir) && err == nil && info.Mode().Type() == os.ModeSocket {
			return os.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+dbus.EscapeBusAddressValue(socket))
		}
	}
	return errors.New("there is no session bus")
}
