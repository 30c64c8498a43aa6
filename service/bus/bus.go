//go:build !windows && !darwin

// Package bus makes connections to the D-Bus of the session and of the system.
// Each is its owner's alone: the toolkit uses the shared one, where a signal
// that nobody reads would pile up. It starts no bus and waits for no network.
package bus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Conn is a connection. Close ends it.
type Conn struct {
	*dbus.Conn

	end context.CancelFunc
}

// Dial connects before ctx ends. onSignal is called for each signal on the
// goroutine that reads the connection, and must neither block nor Close it; end
// breaks it off, which its Context tells, and Close is still to be called. An
// empty address is an error.
func Dial(ctx context.Context, address string, onSignal func(signal *dbus.Signal, end func())) (*Conn, error) {
	if address == "" {
		return nil, errors.New("there is no bus")
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end)
	conn, err := dbus.Connect(address, dbus.WithContext(life), dbus.WithSignalHandler(handler{onSignal, end}))
	if !stop() && err == nil {
		err = errors.Join(ctx.Err(), conn.Close())
	}
	if err != nil {
		end()
		return nil, err
	}
	return &Conn{Conn: conn, end: end}, nil
}

// Close ends the connection.
func (c *Conn) Close() {
	c.end()
	_ = c.Conn.Close() // of no use any more
}

type handler struct {
	onSignal func(signal *dbus.Signal, end func())
	end      func()
}

// DeliverSignal implements dbus.SignalHandler.
func (h handler) DeliverSignal(_, _ string, signal *dbus.Signal) { h.onSignal(signal, h.end) }

// Session is the address of the session bus, "" if there is none.
func Session() string {
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

// System is the address of the system bus, "" if there is none.
func System() string {
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
