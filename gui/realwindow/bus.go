//go:build realwindow

package realwindow

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Bus is a D-Bus session of one test. It starts no services by itself: what
// answers on it is what the test puts there.
type Bus struct {
	Address string // as in $DBUS_SESSION_BUS_ADDRESS

	dir string // the session's runtime folder
}

// busConfig lets everybody do everything on a private bus.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=%s</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// StartBus starts an empty D-Bus session.
func StartBus(tb testing.TB) *Bus {
	tb.Helper()
	dir, err := os.MkdirTemp("", "bus") //nolint:usetesting // a socket's path is limited to 108 bytes
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "session.conf")
	if err = os.WriteFile(config, fmt.Appendf(nil, busConfig, dir), 0o600); err != nil {
		tb.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	//nolint:noctx // its life is the test's, see startProcess
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--print-address=3")
	cmd.Env = environ("HOME=" + dir)
	cmd.ExtraFiles = []*os.File{write}
	daemon := startProcess(tb, "dbus-daemon", cmd)
	_ = write.Close()
	_ = read.SetReadDeadline(time.Now().Add(startLimit))
	address, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		tb.Fatalf("dbus-daemon names no address: %v\n%s", err, daemon.Output())
	}
	return &Bus{Address: strings.TrimSpace(address), dir: dir}
}

// Env is what a program needs to be in this session.
func (b *Bus) Env() []string {
	return []string{"DBUS_SESSION_BUS_ADDRESS=" + b.Address, "XDG_RUNTIME_DIR=" + b.dir}
}

// connect makes a connection of the test's own, closed with the test.
func (b *Bus) connect(tb testing.TB) *dbus.Conn {
	tb.Helper()
	conn, err := dbus.Connect(b.Address)
	if err != nil {
		tb.Fatalf("connect to the session bus: %v", err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return conn
}

// awaitName waits until a program owns a name on the bus that has not ended: the
// bus may learn of that later than the test.
func awaitName(ctx context.Context, conn *dbus.Conn, name string) error {
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	defer conn.RemoveSignal(signals)
	match := []dbus.MatchOption{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name)}
	if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
		return fmt.Errorf("watch names: %w", err)
	}
	defer func() { _ = conn.RemoveMatchSignal(match...) }()
	for {
		var pid uint32
		err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, name).Store(&pid)
		if nobody := (dbus.Error{}); err != nil && !errors.As(err, &nobody) {
			return fmt.Errorf("owner of %s: %w", name, err)
		}
		if err == nil && syscall.Kill(int(pid), 0) == nil {
			return nil
		}
		select {
		case <-signals:
		case <-ctx.Done():
			return fmt.Errorf("nobody becomes %s: %w", name, ctx.Err())
		}
	}
}
