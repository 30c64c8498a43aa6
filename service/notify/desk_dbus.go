//go:build !windows && !darwin

package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"

	"sluice/service/bus"
)

const (
	appID   = "io.github.sluice.Sluice" // the name of the .desktop file and of the icon
	appName = "Sluice"

	busItself   = "org.freedesktop.DBus"
	serviceName = "org.freedesktop.Notifications"
	servicePath = "/org/freedesktop/Notifications"

	mostSignals = 1000 // heard and not yet handled
	mostShown   = 200  // notes whose buttons are answered
)

// freedesktop is the service of the Desktop Notifications Specification 1.2.
// Its fields but inbox belong to one goroutine.
type freedesktop struct {
	cfg   Config
	inbox *inbox

	conn   *bus.Conn       // nil: none
	owner  string          // the connection that is the service, "" = not known
	can    map[string]bool // its capabilities
	bySlot map[string]uint32
	shown  map[uint32]Note // also such as have just been closed: some services close before they tell the button
}

func newDesk(cfg Config, wake func()) desk {
	f := &freedesktop{cfg: cfg, inbox: &inbox{wake: wake}}
	f.forget()
	return f
}

// inbox takes signals on the connection's goroutine for ours.
type inbox struct {
	wake func()

	mu      sync.Mutex
	signals []*dbus.Signal
}

func (i *inbox) add(s *dbus.Signal) {
	switch s.Name {
	case serviceName + ".ActionInvoked", serviceName + ".NotificationClosed", busItself + ".NameOwnerChanged":
	default:
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.signals) < mostSignals {
		i.signals = append(i.signals, s)
	}
	i.wake()
}

func (i *inbox) take() []*dbus.Signal {
	i.mu.Lock()
	defer i.mu.Unlock()
	signals := i.signals
	i.signals = nil
	return signals
}

// forget lets go of what a service knew that is gone.
func (f *freedesktop) forget() {
	gone := f.bySlot
	shown := f.shown
	f.owner, f.can, f.bySlot, f.shown = "", map[string]bool{}, map[string]uint32{}, map[uint32]Note{}
	for _, id := range gone {
		f.cfg.OnClosed(shown[id])
	}
}

// show implements desk.
func (f *freedesktop) show(ctx context.Context, note Note) error {
	if err := f.connect(ctx); err != nil {
		return err
	}
	var actions []string
	if f.can["actions"] {
		for _, a := range note.Actions {
			actions = append(actions, a.Key, a.Label)
		}
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(appID),
		"category":      dbus.MakeVariant("transfer"),
	}
	var id uint32
	err := f.service().CallWithContext(ctx, serviceName+".Notify", 0,
		appName, f.bySlot[note.Slot], appID, note.Title, f.body(note.Body), actions, hints, int32(-1)).Store(&id)
	if err != nil {
		return f.failed(err)
	}
	f.keep(id, note)
	return nil
}

func (f *freedesktop) service() dbus.BusObject { return f.conn.Object(serviceName, servicePath) }

// body gives a text as the service reads it.
func (f *freedesktop) body(text string) string {
	switch {
	case !f.can["body"]:
		return ""
	case f.can["body-markup"]:
		return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	}
	return text
}

// keep remembers a note that is shown.
func (f *freedesktop) keep(id uint32, note Note) {
	f.bySlot[note.Slot] = id
	f.shown[id] = note
	for old := range f.shown {
		if len(f.shown) <= mostShown {
			return
		}
		if f.bySlot[f.shown[old].Slot] != old {
			delete(f.shown, old)
		}
	}
}

// connect makes sure that there is a connection and a service behind it. A
// service that the session starts when it is needed is started; a bus is not.
func (f *freedesktop) connect(ctx context.Context) error {
	if f.conn != nil && !f.conn.Connected() {
		f.drop()
	}
	if f.conn == nil {
		conn, err := bus.Dial(ctx, bus.Session(), func(signal *dbus.Signal, _ func()) { f.inbox.add(signal) })
		if err != nil {
			return fmt.Errorf("%w: %w", errNobody, err)
		}
		if err := listen(ctx, conn); err != nil {
			conn.Close()
			return fmt.Errorf("%w: %w", errNobody, err)
		}
		f.conn = conn
	}
	if f.owner != "" {
		return nil
	}
	var can []string
	if err := f.service().CallWithContext(ctx, serviceName+".GetCapabilities", 0).Store(&can); err != nil {
		return f.failed(err)
	}
	if err := f.conn.BusObject().CallWithContext(ctx, busItself+".GetNameOwner", 0, serviceName).Store(&f.owner); err != nil {
		return f.failed(err)
	}
	for _, c := range can {
		f.can[c] = true
	}
	return nil
}

// listen asks the bus for the service's signals, and to be told when the
// service goes.
func listen(ctx context.Context, conn *bus.Conn) error {
	return errors.Join(
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(serviceName), dbus.WithMatchInterface(serviceName),
			dbus.WithMatchObjectPath(servicePath)),
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busItself), dbus.WithMatchInterface(busItself),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serviceName)))
}

// failed tells a service that is not there from one that fails.
func (f *freedesktop) failed(err error) error {
	if answer, is := errors.AsType[dbus.Error](err); is {
		switch answer.Name {
		case busItself + ".Error.ServiceUnknown", busItself + ".Error.NameHasNoOwner", busItself + ".Error.NoReply",
			busItself + ".Error.UnknownObject", busItself + ".Error.UnknownMethod", busItself + ".Error.AccessDenied":
			return fmt.Errorf("%w: %w", errNobody, err)
		}
		if strings.HasPrefix(answer.Name, busItself+".Error.Spawn.") {
			return fmt.Errorf("%w: %w", errNobody, err)
		}
	}
	if !f.conn.Connected() {
		f.drop()
		return fmt.Errorf("%w: %w", errNobody, err)
	}
	return err
}

// drop lets the connection go.
func (f *freedesktop) drop() {
	f.conn.Close()
	f.conn = nil
	f.forget()
}

// withdraw implements desk.
func (f *freedesktop) withdraw(ctx context.Context, slot string) error {
	id, is := f.bySlot[slot]
	if !is || f.conn == nil || f.owner == "" {
		return nil
	}
	err := f.service().CallWithContext(ctx, serviceName+".CloseNotification", dbus.FlagNoAutoStart, id).Err
	if _, answered := errors.AsType[dbus.Error](err); answered {
		return nil // it is gone, or its service is
	}
	return err
}

// hear implements desk.
func (f *freedesktop) hear() {
	for _, s := range f.inbox.take() {
		switch {
		case s.Sender == busItself && s.Name == busItself+".NameOwnerChanged":
			var name, before, after string
			if dbus.Store(s.Body, &name, &before, &after) == nil && name == serviceName && after != f.owner {
				f.forget()
			}
		case f.owner == "" || s.Sender != f.owner: // anybody can send a signal
		case s.Name == serviceName+".ActionInvoked":
			var id uint32
			var key string
			if dbus.Store(s.Body, &id, &key) == nil {
				f.pressed(id, key)
			}
		case s.Name == serviceName+".NotificationClosed":
			var id, reason uint32
			if dbus.Store(s.Body, &id, &reason) == nil {
				f.gone(id)
			}
		}
	}
}

func (f *freedesktop) pressed(id uint32, key string) {
	note, is := f.shown[id]
	if !is {
		return // another program's
	}
	for _, a := range note.Actions {
		if a.Key == key {
			f.cfg.OnAction(note, key)
			return
		}
	}
}

func (f *freedesktop) gone(id uint32) {
	note, is := f.shown[id]
	if is && f.bySlot[note.Slot] == id {
		delete(f.bySlot, note.Slot)
		f.cfg.OnClosed(note)
	}
}

// close implements desk.
func (f *freedesktop) close(ctx context.Context) {
	if f.conn == nil {
		return
	}
	for slot, id := range f.bySlot {
		if len(f.shown[id].Actions) > 0 && f.withdraw(ctx, slot) != nil {
			break // no time, or no bus
		}
	}
	f.conn.Close()
}
