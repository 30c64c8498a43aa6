//go:build !windows && !darwin

package awake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// bus is a connection of our own: Fyne uses the shared one.
type bus struct {
	conn *dbus.Conn
	end  context.CancelFunc
}

// dial connects before ctx ends.
func dial(ctx context.Context, address string) (*bus, error) {
	if address == "" {
		return nil, errors.New("there is none")
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end)
	conn, err := dbus.Connect(address, dbus.WithContext(life), dbus.WithSignalHandler(onSignal(end)))
	if !stop() && err == nil {
		err = errors.Join(ctx.Err(), conn.Close())
	}
	if err != nil {
		end()
		return nil, err
	}
	return &bus{conn: conn, end: end}, nil
}

func (b *bus) close() {
	b.end()
	_ = b.conn.Close() // of no use any more
}

// try asks one service. From then on the connection ends when that service
// goes or another one takes its place: what it has granted is void then.
func (b *bus) try(ctx context.Context, ask asker, reason string) (func(context.Context, *dbus.Conn), error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	name, undo, err := ask(ctx, b.conn, reason)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var owner string
	err = b.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busItself), dbus.WithMatchInterface(busItself),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err == nil {
		// It may have gone before the bus began to tell.
		err = b.conn.BusObject().CallWithContext(ctx, busItself+".GetNameOwner", 0, name).Store(&owner)
	}
	if err != nil {
		undo(ctx, b.conn)
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return undo, nil
}

// onSignal is called when a service that was asked goes.
type onSignal func()

// DeliverSignal implements dbus.SignalHandler.
func (f onSignal) DeliverSignal(_, name string, _ *dbus.Signal) {
	if name == "NameOwnerChanged" {
		f()
	}
}

// sessionAddress is where the session bus is, "" if there is none. The library
// would start one that outlives the program.
func sessionAddress() string {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return onlySockets(address)
	}
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(os.Getuid())} {
		if address := socketAddress(filepath.Join(dir, "bus")); address != "" {
			return address
		}
	}
	return ""
}

// systemAddress is where the system bus is, "" if there is none.
func systemAddress() string {
	if address := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS"); address != "" {
		return onlySockets(address)
	}
	return socketAddress("/run/dbus/system_bus_socket")
}

// onlySockets leaves of an address what is a local socket: other kinds start
// programs or wait for a network.
func onlySockets(address string) string {
	var sockets []string
	for part := range strings.SplitSeq(address, ";") {
		if strings.HasPrefix(part, "unix:") {
			sockets = append(sockets, part)
		}
	}
	return strings.Join(sockets, ";")
}

func socketAddress(path string) string {
	info, err := os.Stat(path)
	if err != nil || !filepath.IsAbs(path) || info.Mode().Type() != os.ModeSocket {
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(path)
}
