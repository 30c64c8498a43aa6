//go:build keyring

// These tests need dbus-daemon and gnome-keyring-daemon, which the project's
// set-up installs. "make test" runs them with the tag keyring; they fail where
// the programs are missing.

package secret

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = "/org/freedesktop/secrets"
	account     = "https://files.example/api"
)

// busConfig is a session bus that starts no services by itself.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%SOCKET%</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>`

// startBus starts a bus of its own in a fresh environment. With named, the
// environment names its address; else only its socket is in the place where
// session buses are.
func startBus(t *testing.T, named bool) string {
	t.Helper()
	noBus(t)
	dir := os.Getenv("XDG_RUNTIME_DIR")
	socket, config := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(strings.Replace(busConfig, "%SOCKET%", socket, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config) //nolint:noctx // stopped below
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	startProcess(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon said nothing: %v", err)
	}
	if named {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(line))
	}
	return strings.TrimSpace(line)
}

// startProcess starts a program that lives as long as the test, or until the
// function that it gives.
func startProcess(t *testing.T, cmd *exec.Cmd) (stop func()) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	return stop
}

func connect(t *testing.T, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// startDaemon starts the keyring daemon, with its login keyring open or
// locked, and waits until it answers.
func startDaemon(t *testing.T, address string, open bool) (stop func()) {
	t.Helper()
	conn := connect(t, address)
	owners := make(chan *dbus.Signal, 16)
	conn.Signal(owners)
	if err := conn.AddMatchSignal(dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, secretsName)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--components=secrets") //nolint:noctx // stopped below
	cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address)
	if open {
		cmd.Args = append(cmd.Args, "--unlock")
		cmd.Stdin = strings.NewReader("the password")
	}
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	stop = startProcess(t, cmd)
	deadline := time.After(30 * time.Second)
	for {
		select {
		case s := <-owners:
			var name, before, now string
			if dbus.Store(s.Body, &name, &before, &now) == nil && name == secretsName && now != "" {
				return stop
			}
		case <-deadline:
			t.Fatal("gnome-keyring-daemon does not come up")
		}
	}
}

func TestKeyringThatIsOpen(t *testing.T) {
	for name, named := range map[string]bool{"address in the environment": true, "only the socket": false} {
		t.Run(name, func(t *testing.T) {
			address := startBus(t, named)
			stop := startDaemon(t, address, true)
			k, pids := helperOf(t, "real")
			ctx := withEnd(t, time.Minute)
			if got, err := k.Get(ctx, account); !errors.Is(err, ErrNotFound) {
				t.Fatalf("a fresh keyring gave %q, %v", got, err)
			}
			for _, secret := range []string{"one", "zwei ü \" ' \\ \n end", strings.Repeat("long", 2000)} {
				if err := k.Set(ctx, account, secret); err != nil {
					t.Fatal(err)
				}
				if got, err := k.Get(ctx, account); err != nil || got != secret {
					t.Errorf("got %.20q, %v, want %.20q", got, err, secret)
				}
			}
			if err := k.Set(ctx, "https://other.example/api", "another"); err != nil {
				t.Fatal(err)
			}
			// It survives the daemon.
			stop()
			startDaemon(t, address, true)
			if got, err := k.Get(ctx, "https://other.example/api"); err != nil || got != "another" {
				t.Errorf("after a restart: %q, %v", got, err)
			}
			for range 2 { // the second finds nothing to do
				if err := k.Delete(ctx, account); err != nil {
					t.Fatal(err)
				}
				if got, err := k.Get(ctx, account); !errors.Is(err, ErrNotFound) {
					t.Errorf("deleted, but %q, %v", got, err)
				}
			}
			if got, err := k.Get(ctx, "https://other.example/api"); err != nil || got != "another" {
				t.Errorf("the other account: %q, %v", got, err)
			}
			allGone(t, pids, 14)
		})
	}
}

// TestKeyringThatIsLocked: what is in a locked keyring is there all the same.
func TestKeyringThatIsLocked(t *testing.T) {
	address := startBus(t, true)
	stop := startDaemon(t, address, true)
	k, pids := helperOf(t, "real")
	if err := k.Set(withEnd(t, time.Minute), account, "kept"); err != nil {
		t.Fatal(err)
	}
	stop()
	stop = startDaemon(t, address, false)
	isUnavailable(t, k, 2*time.Second, 10*time.Second)
	allGone(t, pids, 4)
	stop()
	startDaemon(t, address, true)
	if got, err := k.Get(withEnd(t, time.Minute), account); err != nil || got != "kept" {
		t.Errorf("open again: %q, %v", got, err)
	}
}

// TestKeyringWithoutACollection: a daemon that was never opened has no keyring.
func TestKeyringWithoutACollection(t *testing.T) {
	startDaemon(t, startBus(t, true), false)
	k, pids := helperOf(t, "real")
	isUnavailable(t, k, 2*time.Second, 10*time.Second)
	allGone(t, pids, 3)
}

func TestBusWithoutAKeyring(t *testing.T) {
	startBus(t, true)
	k, pids := helperOf(t, "real")
	isUnavailable(t, k, time.Minute, 10*time.Second)
	allGone(t, pids, 3)
}

// mute is a keyring that takes calls and never answers until it is let go.
type mute struct {
	asked chan struct{} // one for each call
	let   chan struct{}
}

func (m *mute) wait() *dbus.Error {
	m.asked <- struct{}{}
	<-m.let
	return dbus.MakeFailedError(errors.New("let go"))
}

// Get is that of the properties interface, the first call of the library.
func (m *mute) Get(string, string) (dbus.Variant, *dbus.Error) { return dbus.MakeVariant(""), m.wait() }

// OpenSession opens the conversation about secrets.
func (m *mute) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), "/", m.wait()
}

// startMute puts a keyring that never answers on the bus.
func startMute(t *testing.T, address string) *mute {
	t.Helper()
	conn := connect(t, address)
	m := &mute{asked: make(chan struct{}, 100), let: make(chan struct{})}
	t.Cleanup(func() { close(m.let) })
	for _, i := range []string{"org.freedesktop.DBus.Properties", "org.freedesktop.Secret.Service"} {
		if err := conn.Export(m, secretsPath, i); err != nil {
			t.Fatal(err)
		}
	}
	if reply, err := conn.RequestName(secretsName, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return m
}

func TestKeyringThatNeverAnswers(t *testing.T) {
	m := startMute(t, startBus(t, true))
	for patience := time.Second; ; patience *= 4 { // until all helpers start and ask in that time
		k, pids := helperOf(t, "real")
		isUnavailable(t, k, patience, patience+30*time.Second)
		began, err := os.ReadDir(pids)
		if err != nil {
			t.Fatal(err)
		}
		allGone(t, pids, len(began))
		if len(began) == 3 && len(m.asked) > 0 {
			return
		}
		if patience > time.Minute {
			t.Fatalf("%d helpers ran, which asked %d times", len(began), len(m.asked))
		}
	}
}

// TestHelperEndsWithTheProgram: a helper whose keyring never answers does not
// outlive a program that was killed.
func TestHelperEndsWithTheProgram(t *testing.T) {
	m := startMute(t, startBus(t, true))
	_, pids := helperOf(t, "program")
	cmd := exec.Command(os.Args[0], "-test.run=^$") //nolint:noctx // killed below
	stop := startProcess(t, cmd)
	select {
	case <-m.asked:
	case <-time.After(30 * time.Second):
		t.Error("the keyring was never asked")
	}
	// Only the program, not its group: the helper must notice by itself.
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	allGone(t, pids, 2)
	stop()
}

// TestManyOperationsAtOnce: each helper has its own connection.
func TestManyOperationsAtOnce(t *testing.T) {
	startDaemon(t, startBus(t, true), true)
	k, pids := helperOf(t, "real")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			if err := k.Set(ctx, name, "secret "+name); err != nil {
				t.Error(err)
			}
			if got, err := k.Get(ctx, name); err != nil || got != "secret "+name {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	allGone(t, pids, 8)
}
