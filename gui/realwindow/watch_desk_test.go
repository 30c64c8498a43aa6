//go:build realwindow

package realwindow

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Shown is a notification with buttons, as a program has sent it.
type Shown struct {
	ID          uint32
	Title, Text string
	Actions     []string // key, label, key, label …
}

// Board is the desktop's service for notifications, one that has buttons. Its
// D-Bus methods run on godbus' goroutines.
type Board struct {
	conn  *dbus.Conn
	shown chan Shown

	mu   sync.Mutex
	last uint32
}

// StartBoard puts such a service on the bus.
func StartBoard(tb testing.TB, bus *Bus) *Board {
	tb.Helper()
	b := &Board{conn: bus.connect(tb), shown: make(chan Shown, 100)}
	if err := b.conn.ExportMethodTable(map[string]any{
		"GetCapabilities": func() ([]string, *dbus.Error) { return []string{"actions", "body"}, nil },
		"Notify":          b.notify,
		"CloseNotification": func(id uint32) *dbus.Error {
			_ = b.conn.Emit(notesPath, notesName+".NotificationClosed", id, uint32(3)) // the bus may be gone with the test
			return nil
		},
	}, notesPath, notesName); err != nil {
		tb.Fatal(err)
	}
	claim(tb, b.conn, notesName)
	return b
}

func (b *Board) notify(_ string, replaces uint32, _, title, text string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := replaces
	if id == 0 {
		b.last++
		id = b.last
	}
	b.shown <- Shown{id, title, text, actions}
	return id, nil
}

// Await waits for the next notification.
func (b *Board) Await(ctx context.Context) (Shown, error) {
	select {
	case note := <-b.shown:
		return note, nil
	case <-ctx.Done():
		return Shown{}, fmt.Errorf("no notification: %w", ctx.Err())
	}
}

// Press presses a button of a notification.
func (b *Board) Press(tb testing.TB, note Shown, key string) {
	tb.Helper()
	if err := b.conn.Emit(notesPath, notesName+".ActionInvoked", note.ID, key); err != nil {
		tb.Fatal(err)
	}
}

// Chooser is the desktop's dialog for files and folders, answered by the test.
type Chooser struct {
	conn    *dbus.Conn
	answers chan string
}

// StartChooser puts one on the bus.
func StartChooser(tb testing.TB, bus *Bus) *Chooser {
	tb.Helper()
	c := &Chooser{conn: bus.connect(tb), answers: make(chan string, 1)}
	if err := c.conn.ExportMethodTable(map[string]any{"OpenFile": c.open}, portalPath, "org.freedesktop.portal.FileChooser"); err != nil {
		tb.Fatal(err)
	}
	claim(tb, c.conn, portalName)
	return c
}

// Choose says what the next dialog is answered with.
func (c *Chooser) Choose(path string) { c.answers <- path }

func (c *Chooser) open(sender dbus.Sender, _, _ string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	name := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	token, _ := options["handle_token"].Value().(string)
	request := dbus.ObjectPath(string(portalPath) + "/request/" + name + "/" + token)
	uri := (&url.URL{Scheme: "file", Path: <-c.answers}).String()
	err := c.conn.Emit(request, "org.freedesktop.portal.Request.Response", uint32(0), map[string]dbus.Variant{"uris": dbus.MakeVariant([]string{uri})})
	if err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return request, nil
}

// browser stands for the user's browser: it tells what it is to show.
type browser struct{ bin, pipe string }

// newBrowser makes a browser that programs start by xdg-open.
func newBrowser(t *testing.T, home string) *browser {
	t.Helper()
	b := &browser{bin: filepath.Join(home, "bin"), pipe: filepath.Join(home, "opened")}
	script := "#!/bin/sh\nprintf '%s\\n' \"$1\" >'" + b.pipe + "'\n"
	if err := os.Mkdir(b.bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.bin, "xdg-open"), []byte(script), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(b.pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

// env is what programs need to find the browser.
func (b *browser) env() string { return "PATH=" + b.bin + ":" + os.Getenv("PATH") }

// await waits for the next address that is shown.
func (b *browser) await(ctx context.Context, t *testing.T) string {
	t.Helper()
	// Open for writing too: then neither waits for the other, and a deadline works.
	f, err := os.OpenFile(b.pipe, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	if deadline, ok := ctx.Deadline(); ok {
		if err := f.SetReadDeadline(deadline); err != nil {
			t.Fatal(err)
		}
	}
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil {
		t.Fatalf("nothing was opened: %v", err)
	}
	return strings.TrimSpace(line)
}
