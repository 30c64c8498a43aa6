package bus

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ignore(*dbus.Signal, func()) {}

// No bus is no reason to start one, or to wait for a network.
func TestWithoutABus(t *testing.T) {
	bin, mark := t.TempDir(), filepath.Join(t.TempDir(), "launched")
	script := "#!/bin/sh\ntouch '" + mark + "'\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, address := range []string{
		"autolaunch:", "autolaunch:scope=*user", "disabled:", "unix:path=/nowhere/at/all", "unix:", "nonsense",
		"unixexec:path=" + filepath.Join(bin, "dbus-launch"), "tcp:host=192.0.2.1,port=1", "unix:path=/nowhere;autolaunch:",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		began := time.Now()
		if conn, err := Dial(t.Context(), Session(), ignore); conn != nil || err == nil {
			t.Errorf("%s: connected", address)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: it took %v", address, took)
		}
		if _, err := os.Stat(mark); err == nil {
			t.Fatalf("%s: dbus-launch was started", address)
		}
	}
}

// A bus that takes connections and says nothing is given up in time.
func TestBusThatNeverSpeaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l := listen(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := Dial(ctx, "unix:path="+path, ignore)
		done <- err
	}()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	cancel()
	if err := <-done; err == nil {
		t.Error("connected to nobody")
	}
}

func listen(t *testing.T, path string) net.Listener {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestWhereTheSessionBusIs(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	before := Session() // of this computer, if it has one
	path := filepath.Join(dir, "bus")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Session(); got != before {
		t.Errorf("a file is taken for a bus: %q", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	listen(t, path)
	if got, want := Session(), "unix:path="+path; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Chdir(dir)
	t.Setenv("XDG_RUNTIME_DIR", ".")
	if got := Session(); got != before {
		t.Errorf("got %q", got)
	}
}

func TestOnlySocketsOfThisComputer(t *testing.T) {
	for address, want := range map[string]string{
		"unix:path=/a": "unix:path=/a",
		"unix:path=/a,guid=1;autolaunch:;unix:abstract=b": "unix:path=/a,guid=1;unix:abstract=b",
		"unixexec:path=/bin/sh":                           "",
		"tcp:host=192.0.2.1,port=1":                       "",
		"autolaunch:":                                     "",
		"nonsense":                                        "",
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if got := Session(); got != want {
			t.Errorf("%s gives %q", address, got)
		}
	}
}
