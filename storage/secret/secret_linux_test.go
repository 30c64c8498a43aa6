package secret

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// helperOf gives a Keyring whose helpers are this test binary, and the folder
// where they leave their process ids.
func helperOf(t *testing.T, mode string) (*Keyring, string) {
	t.Helper()
	pids := t.TempDir()
	t.Setenv(helperMode, mode)
	t.Setenv(pidDir, pids)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // else a helper takes a second to end
	return NewKeyring([]string{os.Args[0], "-test.run=^$"}), pids
}

// noBus takes the session bus out of reach and gives an environment that is
// nobody's.
func noBus(t *testing.T) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
}

// withEnd gives a context that ends a while after now.
func withEnd(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// isUnavailable checks that all operations say that the keyring can't be used,
// each in less time than most.
func isUnavailable(t *testing.T, k *Keyring, patience, most time.Duration) {
	t.Helper()
	for name, try := range map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { _, err := k.Get(ctx, "https://x/api"); return err },
		"set":    func(ctx context.Context) error { return k.Set(ctx, "https://x/api", "my-secret") },
		"delete": func(ctx context.Context) error { return k.Delete(ctx, "https://x/api") },
	} {
		began := time.Now()
		err := try(withEnd(t, patience))
		if !errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > most {
			t.Errorf("%s took %v: %v", name, took, err)
		}
		if err != nil && strings.Contains(err.Error(), "my-secret") {
			t.Errorf("%s tells the secret: %v", name, err)
		}
	}
}

func TestHelperThatGoesWrong(t *testing.T) {
	for _, mode := range []string{"panic", "garbage", "flood", "fail"} {
		t.Run(mode, func(t *testing.T) {
			k, pids := helperOf(t, mode)
			isUnavailable(t, k, time.Minute, 30*time.Second)
			allGone(t, pids, 3)
		})
	}
	t.Run("missing", func(t *testing.T) {
		isUnavailable(t, NewKeyring([]string{filepath.Join(t.TempDir(), "none")}), time.Minute, 30*time.Second)
		isUnavailable(t, NewKeyring(nil), time.Minute, 30*time.Second)
	})
}

func TestHelperThatHangsIsKilledWithItsChildren(t *testing.T) {
	for mode, processes := range map[string]int{"hang": 1, "child": 2} {
		t.Run(mode, func(t *testing.T) {
			k, pids := helperOf(t, mode)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := k.Get(ctx, "a")
				done <- err
			}()
			awaitFiles(t, pids, processes) // give up only when all of them run
			began := time.Now()
			cancel()
			err := <-done
			if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("giving up took %v", took)
			}
			allGone(t, pids, processes)
		})
	}
}

func TestContextThatHasEnded(t *testing.T) {
	k, _ := helperOf(t, "real")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := k.Set(ctx, "a", "b"); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestSecretIsNotInArgumentsOrEnvironment(t *testing.T) {
	k, _ := helperOf(t, "told")
	t.Setenv("SLUICE_API_KEY", "from-the-environment")
	a, err := k.run(withEnd(t, time.Minute), request{Op: opSet, Account: "acc", Secret: "my-secret"})
	if err != nil || !strings.Contains(a.Secret, helperMode) {
		t.Fatalf("%+v, %v", a, err)
	}
	for _, told := range []string{"my-secret", "from-the-environment"} {
		if strings.Contains(a.Secret, told) {
			t.Errorf("%s can be seen: %s", told, a.Secret)
		}
	}
}

func TestSecretThatIsTooLong(t *testing.T) {
	k, pids := helperOf(t, "real")
	if err := k.Set(t.Context(), "a", strings.Repeat("x", maxMessage)); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	allGone(t, pids, 0)
}

func TestWithoutABus(t *testing.T) {
	// A dbus-launch in the path would start a bus that nobody stops.
	bin, mark := t.TempDir(), filepath.Join(t.TempDir(), "launched")
	script := "#!/bin/sh\ntouch '" + mark + "'\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte(script), 0o700); err != nil { //nolint:gosec // it is a program
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := exec.CommandContext(t.Context(), "dbus-launch").Run(); err == nil {
		t.Fatal("the script does not run")
	}
	if err := os.Remove(mark); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"", "autolaunch:", "autolaunch:scope=*user", "unix:path=/nowhere/at/all", "nonsense"} {
		t.Run(address, func(t *testing.T) {
			noBus(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			k, pids := helperOf(t, "real")
			isUnavailable(t, k, time.Minute, 30*time.Second)
			allGone(t, pids, 3)
			if _, err := os.Stat(mark); err == nil {
				t.Error("dbus-launch was started")
			}
		})
	}
}
