package awake

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// onlyBuses leaves a program these buses, "" for none.
func onlyBuses(t *testing.T, session, system string) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", session)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", system)
}

// No bus is no reason to start one, or to wait for a network.
func TestWithoutABus(t *testing.T) {
	bin, mark := t.TempDir(), filepath.Join(t.TempDir(), "launched")
	script := "#!/bin/sh\ntouch '" + mark + "'\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, address := range []string{
		"autolaunch:", "autolaunch:scope=*user", "disabled:", "unix:path=/nowhere/at/all", "unix:", "nonsense",
		"unixexec:path=" + filepath.Join(bin, "dbus-launch"), "tcp:host=192.0.2.1,port=1", "unix:path=/nowhere;autolaunch:",
	} {
		onlyBuses(t, address, address)
		began := time.Now()
		l, err := Take(t.Context(), "why")
		if l != nil || err == nil {
			t.Errorf("%s: granted", address)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s: it took %v", address, took)
		}
		if _, err := os.Stat(mark); err == nil {
			t.Fatalf("%s: dbus-launch was started", address)
		}
	}
}

// TestBusThatNeverSpeaks: a bus that takes connections and says nothing is
// given up in time.
func TestBusThatNeverSpeaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	onlyBuses(t, "unix:path="+path, "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := Take(ctx, "why")
		done <- err
	}()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	cancel()
	if err := <-done; err == nil {
		t.Error("granted by nobody")
	}
}
