//go:build keyring

// These tests need dbus-daemon, which the project's set-up installs. "make
// test" runs them with the tag keyring, as all tests on a bus of their own;
// they fail where the program is missing.

package notify

import (
	"bufio"
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
)

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <servicedir>SERVICES</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>`

const patience = 20 * time.Second

// busOf is a real bus, and the folder of what it starts by itself.
type busOf struct {
	t                *testing.T
	socket, services string
	stop             func()
}

func newBus(t *testing.T) *busOf {
	t.Helper()
	dir := t.TempDir()
	b := &busOf{t: t, socket: filepath.Join(dir, "bus"), services: filepath.Join(dir, "services")}
	if err := os.Mkdir(b.services, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+b.socket)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	b.start()
	return b
}

func (b *busOf) start() {
	b.t.Helper()
	config := filepath.Join(b.t.TempDir(), "bus.conf")
	text := strings.NewReplacer("SOCKET", b.socket, "SERVICES", b.services).Replace(busConfig)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config) //nolint:noctx // stopped below
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.stop = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	b.t.Cleanup(b.stop)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.t.Fatalf("dbus-daemon said nothing: %v", err)
	}
}

// server is a notification service on the bus.
type server struct {
	t     *testing.T
	conn  *dbus.Conn
	asked chan string
	can   []string
	mute  chan struct{} // not nil: no answer until it is closed
	fresh bool          // gives each note a new number

	mu    sync.Mutex
	next  uint32
	to    string // who has sent the last note
	hints map[string]dbus.Variant
}

func (b *busOf) server(can ...string) *server {
	b.t.Helper()
	conn, err := dbus.Connect("unix:path=" + b.socket)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = conn.Close() })
	s := &server{t: b.t, conn: conn, asked: make(chan string, 2000), can: can, next: 40}
	return s
}

func (s *server) serve() *server {
	s.t.Helper()
	if err := s.conn.ExportMethodTable(map[string]any{
		"GetCapabilities":   s.capabilities,
		"Notify":            s.notify,
		"CloseNotification": s.close,
	}, servicePath, serviceName); err != nil {
		s.t.Fatal(err)
	}
	if reply, err := s.conn.RequestName(serviceName, 0); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		s.t.Fatal(reply, err)
	}
	return s
}

func (s *server) tell(format string, args ...any) {
	s.asked <- fmt.Sprintf(format, args...)
	if s.mute != nil {
		<-s.mute
	}
}

func (s *server) capabilities() ([]string, *dbus.Error) {
	s.tell("capabilities")
	return s.can, nil
}

func (s *server) notify(from dbus.Sender, app string, replaces uint32, icon, title, body string,
	actions []string, hints map[string]dbus.Variant, expire int32,
) (uint32, *dbus.Error) {
	s.mu.Lock()
	s.to, s.hints = string(from), hints
	id := replaces
	if id == 0 || s.fresh {
		s.next++
		id = s.next
	}
	s.mu.Unlock()
	s.tell("%s %s %d %q %q %q %d", app, icon, replaces, title, body, actions, expire)
	return id, nil
}

func (s *server) close(id uint32) *dbus.Error {
	s.tell("close %d", id)
	return nil
}

func (s *server) emit(member string, args ...any) {
	s.t.Helper()
	if err := s.conn.Emit(servicePath, serviceName+"."+member, args...); err != nil {
		s.t.Fatal(err)
	}
}

// hear expects these lines, and none that is there besides.
func hear(t *testing.T, from <-chan string, lines ...string) {
	t.Helper()
	for _, want := range lines {
		if got := next(t, from); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	select {
	case more := <-from:
		t.Errorf("also %s", more)
	default:
	}
}

func next(t *testing.T, from <-chan string) string {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience):
		t.Fatal("nothing more was heard")
		return ""
	}
}

func shown(replaces uint32, title, body, actions string) string {
	return fmt.Sprintf("Sluice io.github.sluice.Sluice %d %q %q %s -1", replaces, title, body, actions)
}

// user is what has been called back.
type user chan string

func (u user) config() Config {
	return Config{
		OnAction: func(n Note, key string) { u <- fmt.Sprint("action ", key, " ", n.Slot, " ", n.Data) },
		OnClosed: func(n Note) { u <- fmt.Sprint("closed ", n.Slot, " ", n.Data) },
		Fallback: func(title, body string) { u <- "fallback " + title + " " + body },
	}
}

func notifier(t *testing.T) (*Notifier, user) {
	t.Helper()
	u := make(user, 2000)
	n := New(u.config())
	t.Cleanup(n.Close)
	return n, u
}

// settings are those of a Notifier that nobody listens to.
func settings(t *testing.T) Config {
	t.Helper()
	n := New(Config{})
	n.Close()
	return n.cfg
}

func linked(i int) Note {
	return Note{
		Slot: "uploads", Title: fmt.Sprint(i, " <files>"), Body: "a&b.png", Data: i,
		Actions: []Action{{Default, "Show"}, {"copy", "Copy link"}, {"open", "Open"}},
	}
}

const buttons = `["default" "Show" "copy" "Copy link" "open" "Open"]`

func TestButtonsAreAnswered(t *testing.T) {
	s := newBus(t).server("actions", "body", "body-markup").serve()
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "a&amp;b.png", buttons))
	for hint, want := range map[string]string{"desktop-entry": appID, "category": "transfer"} {
		if got := s.hints[hint].Value(); got != want {
			t.Errorf("%s is %v", hint, got)
		}
	}
	s.emit("ActionInvoked", uint32(41), "copy")
	hear(t, u, "action copy uploads 1")

	n.Show(linked(2))
	hear(t, s.asked, shown(41, "2 <files>", "a&amp;b.png", buttons))
	s.emit("ActionInvoked", uint32(41), "open")
	hear(t, u, "action open uploads 2")

	// What is not ours, and what is no button, is not taken for one.
	s.emit("ActionInvoked", uint32(7), "copy")
	s.emit("ActionInvoked", uint32(41), "delete everything")
	s.emit("ActionInvoked", "41", "copy")
	s.emit("ActionInvoked")
	s.emit("NotificationClosed", uint32(7), uint32(2))
	s.emit("NotificationClosed", int64(41))
	s.emit("SomethingNew", uint32(41))
	s.emit("NotificationClosed", uint32(41), uint32(2))
	hear(t, u, "closed uploads 2")
	s.emit("ActionInvoked", uint32(41), Default) // some services close first
	hear(t, u, "action default uploads 2")

	n.Show(linked(3))
	hear(t, s.asked, shown(0, "3 <files>", "a&amp;b.png", buttons))
	n.Withdraw("uploads")
	n.Withdraw("never there")
	hear(t, s.asked, "close 42")
}

func TestSlots(t *testing.T) {
	s := newBus(t).server("actions", "body").serve()
	n, _ := notifier(t)
	n.Show(Note{Slot: "a", Title: "A", Body: "<1> & 2"})
	n.Show(Note{Slot: "b", Title: "B"})
	hear(t, s.asked, "capabilities", shown(0, "A", "<1> & 2", "[]"), shown(0, "B", "", "[]"))
	n.Show(Note{Slot: "a", Title: "A2"})
	n.Show(Note{Slot: "b", Title: "B2"})
	hear(t, s.asked, shown(41, "A2", "", "[]"), shown(42, "B2", "", "[]"))
}

// Some services give a new number to what takes an old one's place, and close
// that.
func TestServiceThatRenumbers(t *testing.T) {
	s := newBus(t).server("actions")
	s.fresh = true
	s.serve()
	n, u := notifier(t)
	n.Show(linked(1))
	n.Show(Note{Slot: "other", Title: "wait"})
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "", buttons), shown(0, "wait", "", "[]"))
	n.Show(linked(2))
	hear(t, s.asked, shown(41, "2 <files>", "", buttons))
	s.emit("NotificationClosed", uint32(41), uint32(3))
	s.emit("ActionInvoked", uint32(43), "copy")
	hear(t, u, "action copy uploads 2")
	n.Show(linked(3))
	hear(t, s.asked, shown(43, "3 <files>", "", buttons))
}

// After the bus was started again, the first note is shown.
func TestNewConnection(t *testing.T) {
	b := newBus(t)
	b.server("body").serve()
	f, is := newDesk(settings(t), func() {}).(*freedesktop)
	if !is {
		t.Fatal("another desk")
	}
	if err := f.show(t.Context(), linked(1)); err != nil {
		t.Fatal(err)
	}
	b.stop()
	<-f.conn.Context().Done()
	b.start()
	s := b.server("body").serve()
	if err := f.show(t.Context(), linked(2)); err != nil {
		t.Fatal(err)
	}
	hear(t, s.asked, "capabilities", shown(0, "2 <files>", "a&b.png", "[]"))
	f.close(t.Context())
}

// What is remembered has an end.
func TestMemory(t *testing.T) {
	f, is := newDesk(settings(t), func() {}).(*freedesktop)
	if !is {
		t.Fatal("another desk")
	}
	f.keep(1, Note{Slot: "other"})
	for id := range uint32(10 * mostShown) {
		f.keep(id+2, linked(int(id)))
	}
	if n := len(f.shown); n > mostShown {
		t.Errorf("%d notes", n)
	}
	for _, id := range []uint32{1, 10*mostShown + 1} {
		if _, is := f.shown[id]; !is {
			t.Errorf("note %d is forgotten, and it is shown", id)
		}
	}
	for range 2 * mostSignals {
		f.inbox.add(&dbus.Signal{Name: serviceName + ".ActionInvoked"})
		f.inbox.add(&dbus.Signal{Name: "another"})
	}
	if n := len(f.inbox.take()); n != mostSignals {
		t.Errorf("%d signals", n)
	}
}

// A thousand notes are one notification, and no thousand calls to a slow
// service.
func TestBurst(t *testing.T) {
	b := newBus(t)
	s := b.server("actions", "body")
	s.mute = make(chan struct{})
	s.serve()
	n, _ := notifier(t)
	for i := range 1000 {
		n.Show(linked(i))
	}
	if first := next(t, s.asked); first != "capabilities" {
		t.Errorf("first %s", first)
	}
	close(s.mute)
	calls := 1
	for last := shown(0, "999 <files>", "a&b.png", buttons); ; calls++ {
		if asked := next(t, s.asked); asked == last || asked == strings.Replace(last, " 0 ", " 41 ", 1) {
			break
		}
	}
	if calls > 2 {
		t.Errorf("%d calls", calls)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != 41 {
		t.Errorf("%d notifications", s.next-40)
	}
}

func TestServiceWithoutExtras(t *testing.T) {
	s := newBus(t).server().serve()
	n, _ := notifier(t)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "", "[]"))
}

// Names of files are any bytes; the bus throws out who sends them as text.
func TestOddText(t *testing.T) {
	s := newBus(t).server("body").serve()
	n, _ := notifier(t)
	n.Show(Note{Title: "\xff\x00", Body: "a\xed\xa0\x80b", Actions: []Action{{"k", "\xfe"}}})
	hear(t, s.asked, "capabilities", shown(0, "��", "a�b", "[]"))
}

// Only the service is believed.
func TestSignalsOfOthers(t *testing.T) {
	b := newBus(t)
	s := b.server("actions").serve()
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "", buttons))
	liar := b.server()
	for _, signal := range []*dbus.Message{
		message(s.to, serviceName, "ActionInvoked", uint32(41), "copy"),
		message(s.to, serviceName, "NotificationClosed", uint32(41), uint32(2)),
		message(s.to, busItself, "NameOwnerChanged", serviceName, ":1.1", ":1.99"),
	} {
		if call := liar.conn.Send(signal, nil); call != nil && call.Err != nil {
			t.Fatal(call.Err)
		}
	}
	// Its call returns when the bus has passed on what it has sent before.
	if err := liar.conn.BusObject().Call(busItself+".GetId", 0).Err; err != nil {
		t.Fatal(err)
	}
	s.emit("ActionInvoked", uint32(41), "open")
	hear(t, u, "action open uploads 1")
}

func message(to, face, member string, body ...any) *dbus.Message {
	return &dbus.Message{
		Type: dbus.TypeSignal,
		Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldDestination: dbus.MakeVariant(to),
			dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath(servicePath)),
			dbus.FieldInterface:   dbus.MakeVariant(face),
			dbus.FieldMember:      dbus.MakeVariant(member),
			dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(body...)),
		},
		Body: body,
	}
}

// A service can be replaced by another one, which knows no note of ours.
func TestServiceThatIsReplaced(t *testing.T) {
	b := newBus(t)
	s := b.server("actions").serve()
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "", buttons))
	if _, err := s.conn.ReleaseName(serviceName); err != nil {
		t.Fatal(err)
	}
	hear(t, u, "closed uploads 1")
	n.Show(linked(2))
	hear(t, u, "fallback 2 <files> a&b.png")
	after := b.server("body").serve()
	n.Show(linked(3))
	hear(t, after.asked, "capabilities", shown(0, "3 <files>", "a&b.png", "[]"))
	hear(t, s.asked)
}

func TestBusThatIsStartedAgain(t *testing.T) {
	b := newBus(t)
	s := b.server("actions").serve()
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "1 <files>", "", buttons))
	s.emit("ActionInvoked", uint32(41), "copy")
	hear(t, u, "action copy uploads 1") // so the answer has come too
	b.stop()
	select {
	case <-s.conn.Context().Done():
	case <-time.After(patience):
		t.Fatal("the bus lives on")
	}
	n.Show(linked(2))
	got := []string{next(t, u), next(t, u)}
	slices.Sort(got)
	if want := []string{"closed uploads 1", "fallback 2 <files> a&b.png"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	b.start()
	s = b.server("actions").serve()
	n.Show(linked(3))
	hear(t, s.asked, "capabilities", shown(0, "3 <files>", "", buttons))
}

func TestBusWithoutService(t *testing.T) {
	newBus(t)
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, u, "fallback 1 <files> a&b.png")
}

// Closing does not wait for a service that does not answer.
func TestServiceThatNeverAnswers(t *testing.T) {
	b := newBus(t)
	s := b.server("actions")
	s.mute = make(chan struct{})
	s.serve()
	defer close(s.mute)
	u := make(user, 10)
	cfg := u.config()
	cfg.Limit = time.Minute
	n := New(cfg)
	n.Show(linked(1))
	hear(t, s.asked, "capabilities")
	n.Show(linked(2))
	began := time.Now()
	n.Close()
	if took := time.Since(began); took > closeLimit+patience {
		t.Errorf("closing took %v", took)
	}
	hear(t, u)
}

// The session may start the service when it is asked first, as it does on many
// desktops.
func TestServiceThatTheSessionStarts(t *testing.T) {
	b := newBus(t)
	mark := filepath.Join(t.TempDir(), "mark")
	unit := fmt.Sprintf("[D-BUS Service]\nName=%s\nExec=/bin/sh -c 'echo >>%s; exit 1'\n", serviceName, mark)
	if err := os.WriteFile(filepath.Join(b.services, serviceName+".service"), []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	n, u := notifier(t)
	n.Show(linked(1))
	hear(t, u, "fallback 1 <files> a&b.png")
	if got, err := os.ReadFile(mark); err != nil || string(got) != "\n" {
		t.Errorf("started: %q, %v", got, err)
	}
}

// Buttons that nobody would answer do not stay.
func TestCloseWithdrawsButtons(t *testing.T) {
	s := newBus(t).server("actions").serve()
	n, u := notifier(t)
	n.Show(Note{Slot: "plain", Title: "stays"})
	n.Show(linked(1))
	hear(t, s.asked, "capabilities", shown(0, "stays", "", "[]"), shown(0, "1 <files>", "", buttons))
	n.Close()
	hear(t, s.asked, "close 42")
	s.emit("ActionInvoked", uint32(42), "copy")
	hear(t, u)
}
