//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath   = secretsPath + "/collection/login"

	serviceInterface    = "org.freedesktop.Secret.Service"
	collectionInterface = "org.freedesktop.Secret.Collection"
	itemInterface       = "org.freedesktop.Secret.Item"
	promptInterface     = "org.freedesktop.Secret.Prompt"
)

// Keyring is a gnome-keyring-daemon on a Bus, with files of its own.
type Keyring struct {
	bus    *Bus
	data   string // holds the keyring's files
	daemon *Process
}

// StartKeyring starts a keyring daemon whose login keyring is open.
func StartKeyring(tb testing.TB, bus *Bus) *Keyring {
	tb.Helper()
	k := &Keyring{bus: bus, data: tb.TempDir()}
	k.start(tb, "--unlock")
	return k
}

// Lock starts the daemon anew with the login keyring locked, as after a login
// without a password. Nothing on the bus can ask for the password.
func (k *Keyring) Lock(tb testing.TB) {
	tb.Helper()
	k.daemon.Stop()
	k.start(tb)
}

// Freeze stops the daemon in its tracks: nothing that is asked gets an answer
// before Thaw.
func (k *Keyring) Freeze(tb testing.TB) {
	tb.Helper()
	k.signal(tb, syscall.SIGSTOP)
}

// Thaw lets a frozen daemon go on.
func (k *Keyring) Thaw(tb testing.TB) {
	tb.Helper()
	k.signal(tb, syscall.SIGCONT)
}

func (k *Keyring) signal(tb testing.TB, s syscall.Signal) {
	tb.Helper()
	if err := syscall.Kill(k.daemon.PID(), s); err != nil {
		tb.Fatal(err)
	}
}

func (k *Keyring) start(tb testing.TB, flags ...string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	//nolint:noctx // its life is the test's, see startProcess
	cmd := exec.Command("gnome-keyring-daemon", append([]string{"--foreground", "--components=secrets"}, flags...)...)
	cmd.Env = environ(append(k.bus.Env(), "HOME="+k.data, "XDG_DATA_HOME="+k.data)...)
	cmd.Stdin = strings.NewReader("the keyring's password")
	k.daemon = startProcess(tb, "gnome-keyring-daemon", cmd)
	if err := awaitName(ctx, k.bus.connect(tb), secretsName); err != nil {
		tb.Fatalf("%v\n%s", err, k.daemon.Output())
	}
}

// Secret is one entry of a keyring.
type Secret struct {
	Label      string
	Attributes map[string]string
	Value      string
}

// Secrets reads all entries of the open keyrings.
func (k *Keyring) Secrets(ctx context.Context, tb testing.TB) []Secret {
	tb.Helper()
	conn := k.bus.connect(tb)
	var output dbus.Variant
	var session dbus.ObjectPath
	call(ctx, tb, conn, secretsPath, serviceInterface+".OpenSession", []any{"plain", dbus.MakeVariant("")}, &output, &session)
	var secrets []Secret
	for _, collection := range property[[]dbus.ObjectPath](tb, conn, secretsPath, serviceInterface+".Collections") {
		for _, item := range property[[]dbus.ObjectPath](tb, conn, collection, collectionInterface+".Items") {
			var value struct {
				Session           dbus.ObjectPath
				Parameters, Value []byte
				ContentType       string
			}
			call(ctx, tb, conn, item, itemInterface+".GetSecret", []any{session}, &value)
			secrets = append(secrets, Secret{
				Label:      property[string](tb, conn, item, itemInterface+".Label"),
				Attributes: property[map[string]string](tb, conn, item, itemInterface+".Attributes"),
				Value:      string(value.Value),
			})
		}
	}
	return secrets
}

// Locked reports whether the login keyring is locked.
func (k *Keyring) Locked(tb testing.TB) bool {
	tb.Helper()
	return property[bool](tb, k.bus.connect(tb), loginPath, collectionInterface+".Locked")
}

func call(ctx context.Context, tb testing.TB, conn *dbus.Conn, path dbus.ObjectPath, method string, args []any, results ...any) {
	tb.Helper()
	if err := conn.Object(secretsName, path).CallWithContext(ctx, method, 0, args...).Store(results...); err != nil {
		tb.Fatalf("%s of %s: %v", method, path, err)
	}
}

func property[T any](tb testing.TB, conn *dbus.Conn, path dbus.ObjectPath, name string) T {
	tb.Helper()
	variant, err := conn.Object(secretsName, path).GetProperty(name)
	if err != nil {
		tb.Fatalf("%s of %s: %v", name, path, err)
	}
	value, ok := variant.Value().(T)
	if !ok {
		tb.Fatal(fmt.Errorf("%s of %s is a %s", name, path, variant.Signature()))
	}
	return value
}
