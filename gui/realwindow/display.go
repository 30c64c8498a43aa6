//go:build realwindow

package realwindow

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// startLimit is how long the programs that a test needs may take until they are
// there. It only keeps a test from hanging: they take less than a second.
const startLimit = 2 * time.Minute

// Display is an X server with a window manager, used by one test alone, and
// this test's connection to it. One connection serves everything, because xgb
// keeps the event types of extensions in unguarded globals: two displays at a
// time in one test binary would race.
type Display struct {
	Name string // as in $DISPLAY

	server *Process
	conn   *xgb.Conn
	root   xproto.Window
	screen *xproto.ScreenInfo
	atoms  map[string]xproto.Atom
	pings  uint32 // sent to programs
	steps  []*step

	mu      sync.Mutex
	inboxes map[*inbox]struct{}
	pumped  chan struct{} // closed when no more events come
}

// StartDisplay starts Xvfb on a free display and openbox on it. More flags are
// for Xvfb.
func StartDisplay(tb testing.TB, width, height int, flags ...string) *Display {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), startLimit)
	defer cancel()
	read, write, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	//nolint:noctx // its life is the test's, see startProcess
	cmd := exec.Command("Xvfb", append([]string{
		"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height),
		"-nolisten", "tcp", "-noreset", "-dpi", "96", "-auth", authority(tb),
		"-r", // a key that is held for long on a slow computer is not repeated
	}, flags...)...)
	cmd.Env = environ("HOME=" + tb.TempDir())
	cmd.ExtraFiles = []*os.File{write}
	server := startProcess(tb, "Xvfb", cmd)
	_ = write.Close()
	deadline, _ := ctx.Deadline()
	_ = read.SetReadDeadline(deadline)
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		tb.Fatalf("Xvfb names no display: %v\n%s", err, server.Output())
	}
	d := &Display{
		Name: ":" + strings.TrimSpace(number), server: server,
		atoms: map[string]xproto.Atom{}, inboxes: map[*inbox]struct{}{}, pumped: make(chan struct{}),
	}
	d.connect(tb)
	d.startManager(ctx, tb)
	return d
}

// authority makes the file with the cookie that lets this test's programs, and
// nobody else, onto its display, and names it in the environment.
func authority(tb testing.TB) string {
	tb.Helper()
	cookie := make([]byte, 16)
	_, _ = rand.Read(cookie)
	entry := []byte{0xff, 0xff} // any host
	for _, field := range []string{"", "", "MIT-MAGIC-COOKIE-1", string(cookie)} {
		entry = binary.BigEndian.AppendUint16(entry, uint16(len(field)))
		entry = append(entry, field...)
	}
	path := filepath.Join(tb.TempDir(), "Xauthority")
	if err := os.WriteFile(path, entry, 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Setenv("XAUTHORITY", path) // for xgb, which looks nowhere else
	return path
}

func (d *Display) connect(tb testing.TB) {
	tb.Helper()
	conn, err := xgb.NewConnDisplay(d.Name)
	if err != nil {
		tb.Fatalf("connect to %s: %v", d.Name, err)
	}
	d.conn = conn
	d.screen = xproto.Setup(conn).DefaultScreen(conn)
	d.root = d.screen.Root
	// Before the first event is asked for: see Display.
	if err = damage.Init(conn); err == nil {
		_, err = damage.QueryVersion(conn, 1, 1).Reply()
	}
	if err == nil {
		err = xtest.Init(conn)
	}
	if err == nil {
		err = xfixes.Init(conn)
	}
	if err == nil {
		_, err = xfixes.QueryVersion(conn, 5, 0).Reply()
	}
	if err != nil {
		tb.Fatalf("X extensions: %v", err)
	}
	go d.pump()
	tb.Cleanup(func() {
		conn.Close()
		<-d.pumped
	})
	err = xproto.ChangeWindowAttributesChecked(conn, d.root, xproto.CwEventMask,
		[]uint32{xproto.EventMaskPropertyChange | xproto.EventMaskSubstructureNotify}).Check()
	if err != nil {
		tb.Fatalf("watch the root window: %v", err)
	}
}

// startManager starts openbox and waits until it has announced itself.
func (d *Display) startManager(ctx context.Context, tb testing.TB) {
	tb.Helper()
	events := d.subscribe()
	defer events.close()
	cmd := exec.Command("openbox", "--sm-disable") //nolint:noctx // its life is the test's
	home := tb.TempDir()
	cmd.Env = environ("HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home, "DISPLAY="+d.Name)
	manager := startProcess(tb, "openbox", cmd)
	for {
		reply, err := xproto.GetProperty(d.conn, false, d.root, d.atom("_NET_SUPPORTING_WM_CHECK"), xproto.AtomWindow, 0, 1).Reply()
		if err == nil && reply.ValueLen == 1 {
			return
		}
		if _, err = events.next(ctx); err != nil {
			tb.Fatalf("openbox does not come up: %v\n%s", err, manager.Output())
		}
	}
}

// Env is what a program needs to appear on this display.
func (d *Display) Env() []string { return []string{"DISPLAY=" + d.Name, "FYNE_PLATFORM=x11"} }

// atom gives the number of an X atom, making it if need be.
func (d *Display) atom(name string) xproto.Atom {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a, ok := d.atoms[name]; ok {
		return a
	}
	reply, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return xproto.AtomNone
	}
	d.atoms[name] = reply.Atom
	return reply.Atom
}

// helperWindow makes an invisible window to own selections and get messages.
func (d *Display) helperWindow() (xproto.Window, error) {
	id, err := xproto.NewWindowId(d.conn)
	if err != nil {
		return 0, fmt.Errorf("window id: %w", err)
	}
	err = xproto.CreateWindowChecked(d.conn, 0, id, d.root, -10, -10, 1, 1, 0, xproto.WindowClassInputOnly,
		d.screen.RootVisual, xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return 0, fmt.Errorf("make a window: %w", err)
	}
	return id, nil
}

// send delivers a client message of 32-bit words.
func (d *Display) send(to, about xproto.Window, mask uint32, kind string, data ...uint32) error {
	var words [5]uint32
	copy(words[:], data)
	message := xproto.ClientMessageEvent{
		Format: 32, Window: about, Type: d.atom(kind), Data: xproto.ClientMessageDataUnionData32New(words[:]),
	}
	if err := xproto.SendEventChecked(d.conn, false, to, mask, string(message.Bytes())).Check(); err != nil {
		return fmt.Errorf("send %s: %w", kind, err)
	}
	return nil
}
