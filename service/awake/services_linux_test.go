//go:build keyring

// These tests need dbus-daemon, which the project's set-up installs. "make
// test" runs them with the tag keyring, as all tests on a bus of their own;
// they fail where the program is missing.

package awake

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

// busConfig is a bus that starts no services by itself.
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

// startBus starts a bus at a socket.
func startBus(t *testing.T, socket string) (stop func()) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "bus.conf")
	if err := os.WriteFile(config, []byte(strings.Replace(busConfig, "%SOCKET%", socket, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config) //nolint:noctx // stopped below
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("dbus-daemon said nothing: %v", err)
	}
	return stop
}

// newBus is the session and system bus of the test.
func newBus(t *testing.T) (socket string, stop func()) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "bus")
	onlyBuses(t, "unix:path="+socket, "unix:path="+socket)
	return socket, startBus(t, socket)
}

// office is a connection on which services are.
type office struct {
	t    *testing.T
	conn *dbus.Conn
	news chan string // what was asked for, and from whom
	let  chan struct{}
	mute bool // answers no request until let is closed

	mu   sync.Mutex
	file *os.File // login1's end of the last lock
	sent *os.File // the other one
}

func newOffice(t *testing.T, socket string) *office {
	t.Helper()
	conn, err := dbus.Connect("unix:path=" + socket)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, conn: conn, news: make(chan string, 100), let: make(chan struct{})}
	t.Cleanup(func() {
		_ = conn.Close()
		if o.file != nil {
			_ = o.file.Close()
		}
	})
	return o
}

func (o *office) own(name, path, face string, methods map[string]any) {
	o.t.Helper()
	if err := o.conn.ExportMethodTable(methods, dbus.ObjectPath(path), face); err != nil {
		o.t.Fatal(err)
	}
	if reply, err := o.conn.RequestName(name, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner && reply != dbus.RequestNameReplyAlreadyOwner {
		o.t.Fatal(reply, err)
	}
}

func (o *office) tell(format string, args ...any) {
	if o.mute {
		<-o.let
	}
	o.news <- fmt.Sprintf(format, args...)
}

func (o *office) session() {
	o.own(sessionName, "/org/gnome/SessionManager", sessionName, map[string]any{
		"Inhibit": func(app string, window uint32, reason string, flags uint32) (uint32, *dbus.Error) {
			o.tell("session %s %d %s %d", app, window, reason, flags)
			return 11, nil
		},
		"Uninhibit": func(cookie uint32) *dbus.Error { o.tell("session back %d", cookie); return nil },
	})
}

func (o *office) power() {
	o.own(powerName, "/org/freedesktop/PowerManagement/Inhibit", powerName+".Inhibit", map[string]any{
		"Inhibit":   func(app, reason string) (uint32, *dbus.Error) { o.tell("power %s %s", app, reason); return 22, nil },
		"UnInhibit": func(cookie uint32) *dbus.Error { o.tell("power back %d", cookie); return nil },
	})
}

func (o *office) portal() {
	const handle = "/org/freedesktop/portal/desktop/request/1_7/t"
	o.own(portalName, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit", map[string]any{
		"Inhibit": func(window string, flags uint32, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
			o.tell("portal %q %d %s", window, flags, options["reason"].Value())
			return handle, nil
		},
	})
	o.own(portalName, handle, "org.freedesktop.portal.Request", map[string]any{
		"Close": func() *dbus.Error { o.tell("portal back"); return nil },
	})
}

func (o *office) login() {
	o.own(loginName, "/org/freedesktop/login1", loginName+".Manager", map[string]any{
		"Inhibit": func(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
			o.tell("login %s %s %s %s", what, who, why, mode)
			ours, theirs, err := os.Pipe()
			if err != nil {
				return 0, dbus.MakeFailedError(err)
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			o.file, o.sent = ours, theirs
			return dbus.UnixFD(theirs.Fd()), nil //nolint:gosec // a descriptor
		},
	})
}

// isHeld reports whether the file that login has given stays open somewhere. The
// bus closes its own a moment after it has passed it on.
func (o *office) isHeld(patience time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sent != nil { // it has arrived: ours is not needed any more
		_ = o.sent.Close()
		o.sent = nil
	}
	at := []unix.PollFd{{Fd: int32(o.file.Fd())}} //nolint:gosec // a descriptor
	if _, err := unix.Poll(at, int(patience.Milliseconds())); err != nil {
		o.t.Fatal(err)
	}
	return at[0].Revents&unix.POLLHUP == 0
}

// hasFile reports whether login has given one.
func (o *office) hasFile() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.file != nil
}

func (o *office) expect(want ...string) {
	o.t.Helper()
	for _, w := range want {
		select {
		case got := <-o.news:
			if got != w {
				o.t.Errorf("got %q, want %q", got, w)
			}
		case <-time.After(20 * time.Second):
			o.t.Fatalf("never heard %q", w)
		}
	}
	select {
	case more := <-o.news:
		o.t.Errorf("also %q", more)
	default:
	}
}

// connections is how many others are on the bus.
func (o *office) connections() int {
	o.t.Helper()
	var names []string
	if err := o.conn.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names); err != nil {
		o.t.Fatal(err)
	}
	return len(slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, ":") || n == o.conn.Names()[0] }))
}

func take(t *testing.T) Lock {
	t.Helper()
	l, err := Take(t.Context(), "Testing")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const (
	sessionAsked = "session io.github.sluice.Sluice 0 Testing 4"
	powerAsked   = "power Sluice Testing"
	portalAsked  = `portal "" 4 Testing`
	loginAsked   = "login idle Sluice Testing block"
)

func TestEachService(t *testing.T) {
	for name, c := range map[string]struct {
		there       func(o *office)
		asked, back []string
	}{
		"session manager": {func(o *office) { o.session() }, []string{sessionAsked}, []string{"session back 11"}},
		"power manager":   {func(o *office) { o.power() }, []string{powerAsked}, []string{"power back 22"}},
		"portal":          {func(o *office) { o.portal() }, []string{portalAsked}, []string{"portal back"}},
		"logind":          {func(o *office) { o.login() }, []string{loginAsked}, nil},
		"portal and logind": {
			func(o *office) { o.portal(); o.login() },
			[]string{portalAsked, loginAsked},
			[]string{"portal back"},
		},
		"a desktop": {
			func(o *office) { o.session(); o.power(); o.portal(); o.login() },
			[]string{sessionAsked},
			[]string{"session back 11"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			socket, _ := newBus(t)
			o := newOffice(t, socket)
			c.there(o)
			l := take(t)
			o.expect(c.asked...)
			if o.hasFile() && !o.isHeld(0) {
				t.Error("logind's lock is not held")
			}
			select {
			case <-l.Lost():
				t.Error("lost at once")
			default:
			}
			l.Release()
			o.expect(c.back...)
			if o.hasFile() && o.isHeld(20*time.Second) {
				t.Error("logind's lock is still held")
			}
			for end := time.Now().Add(20 * time.Second); o.connections() != 0; { // the bus notices when it looks
				if time.Now().After(end) {
					t.Fatal("the connection is still there")
				}
			}
		})
	}
}

// A program started meanwhile must not keep the computer awake.
func TestLoginLockIsNotInherited(t *testing.T) {
	socket, _ := newBus(t)
	o := newOffice(t, socket)
	o.login()
	l, ok := take(t).(*busLock)
	if !ok || l.file == nil {
		t.Fatal("no file")
	}
	defer l.Release()
	flags, err := unix.FcntlInt(l.file.Fd(), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags %x, %v", flags, err)
	}
	if !o.isHeld(0) {
		t.Error("not held")
	}
}

func TestBusWithoutServices(t *testing.T) {
	newBus(t)
	if l, err := Take(t.Context(), "Testing"); l != nil || err == nil {
		t.Error("granted by nobody")
	}
}

// The next is asked when one does not answer, and what that one may say later
// ends with the lock.
func TestServiceThatNeverAnswers(t *testing.T) {
	socket, _ := newBus(t)
	silent, o := newOffice(t, socket), newOffice(t, socket)
	silent.mute = true
	silent.power()
	o.login()
	began := time.Now()
	l := take(t)
	if took := time.Since(began); took > 10*askLimit {
		t.Errorf("it took %v", took)
	}
	o.expect(loginAsked)
	l.Release()
	if o.isHeld(20 * time.Second) {
		t.Error("still held")
	}
	close(silent.let)
	silent.expect(powerAsked)
}

func TestCloseWhileAServiceIsSilent(t *testing.T) {
	socket, _ := newBus(t)
	o := newOffice(t, socket)
	asked := make(chan struct{}, 1)
	o.own(powerName, "/org/freedesktop/PowerManagement/Inhibit", powerName+".Inhibit", map[string]any{
		"Inhibit": func(string, string) (uint32, *dbus.Error) {
			asked <- struct{}{}
			<-o.let
			return 0, nil
		},
	})
	defer close(o.let)
	guard := NewGuard(Config{Take: Take, Reason: "Testing"})
	guard.Set(true)
	<-asked
	began := time.Now()
	guard.Close()
	if took := time.Since(began); took >= askLimit {
		t.Errorf("closing took %v", took)
	}
}

// The bus or the service can go in the middle, and come back.
func TestGuardOnABusThatDies(t *testing.T) {
	socket, stop := newBus(t)
	o := newOffice(t, socket)
	o.session()
	taken, lost := make(chan struct{}, 10), make(chan struct{}, 10)
	guard := NewGuard(Config{Reason: "Testing", Grace: time.Nanosecond, Again: time.Nanosecond, Take: func(ctx context.Context, reason string) (Lock, error) {
		l, err := Take(ctx, reason)
		taken <- struct{}{}
		return telling{l, lost}, err
	}})
	defer guard.Close()
	guard.Set(true)
	<-taken
	o.expect(sessionAsked)

	if _, err := o.conn.ReleaseName(sessionName); err != nil { // the service goes
		t.Fatal(err)
	}
	<-lost
	o.session()
	guard.Set(true)
	<-taken
	o.expect(sessionAsked)

	stop()
	<-lost
	startBus(t, socket)
	o = newOffice(t, socket)
	o.power()
	guard.Set(true)
	<-taken
	o.expect(powerAsked)
	guard.Close()
	<-lost
	o.expect("power back 22")
}

// telling tells when the lock was given up.
type telling struct {
	Lock
	released chan struct{}
}

func (l telling) Release() {
	l.Lock.Release()
	l.released <- struct{}{}
}
