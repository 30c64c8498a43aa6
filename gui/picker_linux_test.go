package gui

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// sessionBus starts a session bus for this test alone, without services.
func sessionBus(t *testing.T) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "dbus-daemon", "--config-file="+config, "--nofork", "--print-address=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (install dbus, see packaging/setup.sh)", err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // killed with the test's context
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address
}

// busConfig is a bus that starts no services: the desktop of whoever runs the tests
// may have a portal, which would ask them.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
	"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
	<type>session</type>
	<listen>unix:tmpdir=/tmp</listen>
	<auth>EXTERNAL</auth>
	<policy context="default">
		<allow send_destination="*" eavesdrop="true"/>
		<allow eavesdrop="true"/>
		<allow own="*"/>
	</policy>
</busconfig>
`

// portal is a stand-in for the desktop's file chooser.
type portal struct {
	conn   *dbus.Conn
	asked  chan map[string]dbus.Variant
	answer func(p *portal, request dbus.ObjectPath)
}

// OpenFile is the portal's method.
func (p *portal) OpenFile(sender dbus.Sender, _, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	name := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	token, _ := options["handle_token"].Value().(string)
	request := dbus.ObjectPath(portalPath + "/request/" + name + "/" + token)
	options["title"] = dbus.MakeVariant(title)
	p.asked <- options
	p.answer(p, request)
	return request, nil
}

// SaveFile is the portal's method for one file to be written.
func (p *portal) SaveFile(sender dbus.Sender, parent, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	return p.OpenFile(sender, parent, title, options)
}

func (p *portal) respond(request dbus.ObjectPath, code uint32, uris ...string) {
	_ = p.conn.Emit(request, "org.freedesktop.portal.Request.Response", code,
		map[string]dbus.Variant{"uris": dbus.MakeVariant(uris)})
}

func newPortal(t *testing.T, answer func(*portal, dbus.ObjectPath)) *portal {
	t.Helper()
	conn, err := dbus.Connect(sessionBus(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &portal{conn: conn, asked: make(chan map[string]dbus.Variant, 1), answer: answer}
	if err := conn.Export(p, portalPath, "org.freedesktop.portal.FileChooser"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPortalGivesTheChosenFiles(t *testing.T) {
	p := newPortal(t, func(p *portal, request dbus.ObjectPath) {
		p.respond(request, 0, "file:///tmp/a%20b+c.txt", "file:///tmp/F%C3%BC%C3%9Fe%20%23%3F.png", "trash:///x")
	})
	paths, err := portalPicker(t.Context(), Picking{Title: "Choose folders to upload", Folders: true})
	if want := []string{"/tmp/a b+c.txt", "/tmp/Füße #?.png"}; err != nil || !slices.Equal(paths, want) {
		t.Errorf("chosen %q, %v; want %q", paths, err, want)
	}
	options := <-p.asked
	if options["multiple"].Value() != true || options["directory"].Value() != true || options["title"].Value() == "" {
		t.Errorf("asked with %v", options)
	}
}

func TestPortalCancelled(t *testing.T) {
	newPortal(t, func(p *portal, request dbus.ObjectPath) { p.respond(request, 1) })
	if paths, err := portalPicker(t.Context(), Picking{}); err != nil || paths != nil {
		t.Errorf("%q, %v", paths, err)
	}
}

func TestPortalGivesTheFileToSave(t *testing.T) {
	p := newPortal(t, func(p *portal, request dbus.ObjectPath) { p.respond(request, 0, "file:///tmp/my%20history.csv") })
	path, err := portalSaver(t.Context(), "Save it", "history.csv")
	if err != nil || path != "/tmp/my history.csv" {
		t.Errorf("chosen %q, %v", path, err)
	}
	options := <-p.asked
	if options["current_name"].Value() != "history.csv" || options["title"].Value() != "Save it" {
		t.Errorf("asked with %v", options)
	}
}

func TestPortalSavingCancelled(t *testing.T) {
	newPortal(t, func(p *portal, request dbus.ObjectPath) { p.respond(request, 1) })
	if path, err := portalSaver(t.Context(), "Save it", "history.csv"); err != nil || path != "" {
		t.Errorf("nothing chosen, but %q, %v", path, err)
	}
}

func TestPortalBroken(t *testing.T) {
	newPortal(t, func(p *portal, request dbus.ObjectPath) { p.respond(request, 2) })
	if _, err := portalPicker(t.Context(), Picking{}); !errors.Is(err, errNoDialog) {
		t.Errorf("%v, want that there is no such dialog", err)
	}
}

func TestPortalGivenUp(t *testing.T) {
	p := newPortal(t, func(*portal, dbus.ObjectPath) {}) // never answers
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := portalPicker(ctx, Picking{})
		done <- err
	}()
	<-p.asked
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("given up, but: %v", err)
	}
}

func TestNoPortal(t *testing.T) {
	sessionBus(t)
	if _, err := portalPicker(t.Context(), Picking{}); !errors.Is(err, errNoDialog) {
		t.Errorf("without a portal: %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
	if _, err := portalPicker(t.Context(), Picking{}); !errors.Is(err, errNoDialog) {
		t.Errorf("without a bus: %v", err)
	}
}

func TestPortalAnswersThatMakeNoSense(t *testing.T) {
	for _, results := range []any{nil, 7, map[string]dbus.Variant{}, map[string]dbus.Variant{"uris": dbus.MakeVariant(7)}} {
		if _, err := portalPaths(uint32(0), results); !errors.Is(err, errNoDialog) {
			t.Errorf("%v: %v", results, err)
		}
	}
	if _, err := portalPaths("zero", nil); !errors.Is(err, errNoDialog) {
		t.Errorf("a code that is no number: %v", err)
	}
}
