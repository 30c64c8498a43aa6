//go:build realwindow

package realwindow

import (
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// MuteKeyring puts a secret service on the bus that takes every call and never
// answers one, as a daemon that hangs does.
func MuteKeyring(tb testing.TB, bus *Bus) {
	tb.Helper()
	conn := bus.connect(tb)
	claim(tb, conn, secretsName)
	heard := make(chan *dbus.Message, 1) // godbus drops what does not fit
	conn.Eavesdrop(heard)                // and handles nothing itself any more
}

// AskingKeyring puts a secret service on the bus that wants the password for
// everything and whose prompt is never answered: the user went for lunch.
func AskingKeyring(tb testing.TB, bus *Bus) {
	tb.Helper()
	conn := bus.connect(tb)
	ask := &asking{}
	export := func(path dbus.ObjectPath, iface string) {
		if err := conn.Export(ask, path, iface); err != nil {
			tb.Fatal(err)
		}
	}
	export(secretsPath, serviceInterface)
	export(loginPath, collectionInterface)
	export(promptPath, promptInterface)
	read := func(value any) *prop.Prop { return &prop.Prop{Value: value, Emit: prop.EmitFalse} }
	properties := map[dbus.ObjectPath]prop.Map{
		secretsPath: {serviceInterface: {"Collections": read([]dbus.ObjectPath{loginPath})}},
		loginPath:   {collectionInterface: {"Locked": read(true), "Label": read("Login"), "Items": read([]dbus.ObjectPath{})}},
	}
	for path, values := range properties {
		if _, err := prop.Export(conn, path, values); err != nil {
			tb.Fatal(err)
		}
	}
	claim(tb, conn, secretsName)
}

// claim makes a connection the owner of a name on the bus.
func claim(tb testing.TB, conn *dbus.Conn, name string) {
	tb.Helper()
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		tb.Fatalf("become %s: %v, %v", name, reply, err)
	}
}

const promptPath = secretsPath + "/prompt/p1"

// asking is the part of the Secret Service API up to the prompt. Its methods
// run on godbus' goroutines and keep no state.
type asking struct{}

// OpenSession agrees to send secrets as they are.
func (*asking) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), secretsPath + "/session/s1", nil
}

// ReadAlias knows one collection by every name.
func (*asking) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) { return loginPath, nil }

// Unlock unlocks nothing and gives the prompt to be shown.
func (*asking) Unlock([]dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return []dbus.ObjectPath{}, promptPath, nil
}

// Prompt shows the prompt. Its signal Completed never comes.
func (*asking) Prompt(string) *dbus.Error { return nil }
