//go:build !windows && !darwin

package awake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/godbus/dbus/v5"

	"sluice/service/bus"
)

const (
	appID   = "io.github.sluice.Sluice"
	appName = "Sluice"

	// suspendFlag asks GNOME's session manager and the portal for no automatic
	// suspend, and nothing else.
	suspendFlag = uint32(4)

	askLimit    = 3 * time.Second // for one service
	letGoLimit  = time.Second
	busItself   = "org.freedesktop.DBus"
	portalName  = "org.freedesktop.portal.Desktop"
	loginName   = "org.freedesktop.login1"
	sessionName = "org.gnome.SessionManager"
	powerName   = "org.freedesktop.PowerManagement"
)

// Take keeps the computer from going to sleep by itself. It asks the desktop's
// session or power manager; where there is none, the portal and logind. It
// starts no program for that.
func Take(ctx context.Context, reason string) (Lock, error) {
	l := &busLock{}
	desktop, err := bus.Dial(ctx, bus.Session(), gone)
	var failures []error
	if err != nil {
		failures = append(failures, fmt.Errorf("session bus: %w", err))
	} else {
		for _, ask := range []asker{askSession, askPower} {
			if l.undo, err = try(ctx, desktop, ask, reason); err == nil {
				l.desktop = desktop
				return l, nil
			}
			failures = append(failures, err)
		}
		// The portal can say yes and have nobody behind it: logind is asked too.
		if l.undo, err = try(ctx, desktop, askPortal, reason); err == nil {
			l.desktop = desktop
		} else {
			failures = append(failures, err)
			desktop.Close()
		}
	}
	if l.file, err = takeLogin(ctx, reason); err != nil {
		failures = append(failures, err)
	}
	if l.desktop == nil && l.file == nil {
		return nil, errors.Join(failures...)
	}
	return l, nil
}

// gone ends the connection when a service that was asked goes.
func gone(signal *dbus.Signal, end func()) {
	if signal.Name == busItself+".NameOwnerChanged" {
		end()
	}
}

// try asks one service. From then on the connection ends when that service
// goes or another one takes its place: what it has granted is void then.
func try(ctx context.Context, conn *bus.Conn, ask asker, reason string) (func(context.Context, *dbus.Conn), error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	name, undo, err := ask(ctx, conn.Conn, reason)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var owner string
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busItself), dbus.WithMatchInterface(busItself),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name))
	if err == nil {
		// It may have gone before the bus began to tell.
		err = conn.BusObject().CallWithContext(ctx, busItself+".GetNameOwner", 0, name).Store(&owner)
	}
	if err != nil {
		undo(ctx, conn.Conn)
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return undo, nil
}

// busLock is what services on the buses have granted.
type busLock struct {
	desktop *bus.Conn // nil: nobody there
	undo    func(ctx context.Context, conn *dbus.Conn)
	file    *os.File // nil, or logind's: closing it gives up
}

// Lost implements Lock. What logind has granted survives even its restart.
func (l *busLock) Lost() <-chan struct{} {
	if l.desktop == nil {
		return nil
	}
	return l.desktop.Context().Done()
}

// Release implements Lock. Services also notice that the connection ends.
func (l *busLock) Release() {
	if l.file != nil {
		_ = l.file.Close() // nothing was written
	}
	if l.desktop == nil {
		return
	}
	defer l.desktop.Close()
	if !l.desktop.Connected() {
		return // a successor would take our number for somebody else's
	}
	ctx, cancel := context.WithTimeout(context.Background(), letGoLimit)
	defer cancel()
	l.undo(ctx, l.desktop.Conn)
}

// asker asks one service, and gives what takes the request back.
type asker func(ctx context.Context, conn *dbus.Conn, reason string) (name string, undo func(context.Context, *dbus.Conn), err error)

// askSession asks the session manager of GNOME, Cinnamon, MATE and Budgie.
func askSession(ctx context.Context, conn *dbus.Conn, reason string) (string, func(context.Context, *dbus.Conn), error) {
	o := conn.Object(sessionName, "/org/gnome/SessionManager")
	return askForCookie(ctx, o, sessionName, "Uninhibit", appID, uint32(0), reason, suspendFlag)
}

// askPower asks the power manager of KDE, Xfce and LXQt.
func askPower(ctx context.Context, conn *dbus.Conn, reason string) (string, func(context.Context, *dbus.Conn), error) {
	o := conn.Object(powerName, "/org/freedesktop/PowerManagement/Inhibit")
	return askForCookie(ctx, o, powerName+".Inhibit", "UnInhibit", appName, reason)
}

func askForCookie(
	ctx context.Context, o dbus.BusObject, face, back string, args ...any,
) (string, func(context.Context, *dbus.Conn), error) {
	var cookie uint32
	err := o.CallWithContext(ctx, face+".Inhibit", dbus.FlagNoAutoStart, args...).Store(&cookie)
	return o.Destination(), func(ctx context.Context, _ *dbus.Conn) {
		o.CallWithContext(ctx, face+"."+back, dbus.FlagNoAutoStart, cookie)
	}, err
}

// askPortal asks for programs in a Flatpak or Snap, who see nothing else.
func askPortal(ctx context.Context, conn *dbus.Conn, reason string) (string, func(context.Context, *dbus.Conn), error) {
	var handle dbus.ObjectPath
	options := map[string]dbus.Variant{"reason": dbus.MakeVariant(reason)}
	err := conn.Object(portalName, "/org/freedesktop/portal/desktop").
		CallWithContext(ctx, "org.freedesktop.portal.Inhibit.Inhibit", dbus.FlagNoAutoStart, "", suspendFlag, options).
		Store(&handle)
	return portalName, func(ctx context.Context, conn *dbus.Conn) {
		conn.Object(portalName, handle).CallWithContext(ctx, "org.freedesktop.portal.Request.Close", dbus.FlagNoAutoStart)
	}, err
}

// takeLogin asks logind not to take the computer for idle. The file that it
// gives is the lock, and needs no connection.
func takeLogin(ctx context.Context, reason string) (*os.File, error) {
	system, err := bus.Dial(ctx, bus.System(), gone)
	if err != nil {
		return nil, fmt.Errorf("system bus: %w", err)
	}
	defer system.Close()
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	var fd dbus.UnixFD
	err = system.Object(loginName, "/org/freedesktop/login1").
		CallWithContext(ctx, loginName+".Manager.Inhibit", dbus.FlagNoAutoStart, "idle", appName, reason, "block").
		Store(&fd)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", loginName, err)
	}
	return os.NewFile(uintptr(fd), "inhibitor"), nil
}
