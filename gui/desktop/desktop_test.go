package desktop

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"sluice/gui/guitest"
	"sluice/service/handoff"
	"sluice/service/home"
	"sluice/service/sandbox"
	"sluice/service/session"
	"sluice/storage/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noRing is a keyring without keys.
type noRing struct{}

func (noRing) Get(context.Context, string) (string, error) { return "", secret.ErrNotFound }
func (noRing) Set(context.Context, string, string) error   { return nil }
func (noRing) Delete(context.Context, string) error        { return secret.ErrNotFound }

// app is Fyne's test app, whose run is the test's.
type app struct {
	fyne.App
	run func()
}

// Run runs the test while the window is open.
func (a *app) Run() { a.run() }

// bench is a program with a window and two homes: the account's and the
// sandbox's.
type bench struct {
	*guitest.Window
	t       *testing.T
	window  *Window
	queue   *guitest.Queue
	account session.Config
	tryout  session.Config
	closed  bool         // the window
	refused error        // by Sessions
	asked   atomic.Int32 // how often Sessions was
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Setenv("DISPLAY", ":test")
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	root := t.TempDir()
	h, err := home.Find(func(name string) string {
		if name == home.Variable {
			return root
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, queue: guitest.NewQueue()}
	// Nothing listens at the account's service: these tests never get that far.
	b.account = session.Config{Home: h, Keyring: noRing{}, APIURL: "http://127.0.0.1:1/api"}
	b.tryout = session.Config{Home: h.Sandbox(), Keyring: noRing{}, StartServer: embedded}
	for _, h := range []home.Home{b.account.Home, b.tryout.Home} {
		if err := h.Make(); err != nil {
			t.Fatal(err)
		}
	}
	b.window = &Window{onMain: b.queue.OnMain, openURL: func(*url.URL) error { return nil }}
	b.window.Sessions = func(sandbox bool) (session.Config, error) {
		b.asked.Add(1)
		if sandbox {
			return b.tryout, b.refused
		}
		return b.account, b.refused
	}
	return b
}

func embedded(ctx context.Context, dir, addr string) (session.Server, error) {
	server, err := sandbox.Start(ctx, sandbox.Config{Dir: dir, Addr: addr})
	if err != nil {
		return nil, err
	}
	return server, nil
}

// enter opens a session as the program does.
func (b *bench) enter(cfg session.Config) *session.Session {
	b.t.Helper()
	cfg.OnOpen = b.window.Raise
	s, _, err := session.Enter(b.t.Context(), cfg, handoff.Request{Op: handoff.OpOpen}, func(handoff.Reply) error { return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	if s == nil {
		b.t.Fatal("the home is taken")
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return s
}

// run opens the window on a session, does script, and closes all.
func (b *bench) run(ctx context.Context, cfg session.Config, script func(), paths ...string) {
	b.t.Helper()
	s := b.enter(cfg) //nolint:contextcheck // ctx is the window's alone, as an interrupt is
	ran := false
	b.window.app = &app{App: test.NewTempApp(b.t), run: func() {
		ran = true
		shell := b.window.shell.Load()
		shell.Window().SetOnClosed(func() { b.closed = true })
		b.Window = guitest.Drive(b.t, shell.Window(), b.queue)
		script()
	}}
	if err := b.window.Run(ctx, s, paths); err != nil {
		b.t.Error(err)
	}
	if !ran {
		b.t.Fatal("the window was not run")
	}
	b.free() //nolint:contextcheck // ctx may have ended
}

// free fails the test unless both homes can be used by another start.
func (b *bench) free() {
	b.t.Helper()
	for _, cfg := range []session.Config{b.account, b.tryout} {
		if err := b.enter(cfg).Close(); err != nil {
			b.t.Error(err)
		}
	}
}

// file writes a file to upload.
func (b *bench) file(name string) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func TestFirstStartTriesTheSandboxAndComesBack(t *testing.T) {
	b := newBench(t)
	b.run(t.Context(), b.account, func() {
		b.UntilSees("Welcome to Sluice", "No key yet. You need one to upload.")
		b.Tap("Try the sandbox")
		b.UntilSees("sandbox", "Drop files or folders anywhere in this window")
		b.Until("the other session", func() bool { return !b.window.changing })
		b.MustNotSee("Welcome to Sluice")
		if s := b.window.session.Status(); !s.Sandbox {
			t.Errorf("the session is %+v", s)
		}
		b.Tap("Settings")
		b.UntilSees("This is the sandbox: a small Pixeldrain inside this program.")
		b.Tap("Use your account…")
		b.UntilSees("Welcome to Sluice")
		if s := b.window.session.Status(); s.Sandbox {
			t.Errorf("the session is %+v", s)
		}
	})
	if n := len(b.window.opened); n != 3 {
		t.Errorf("%d sessions were opened", n)
	}
}

func TestFilesOfTheCommandAreUploaded(t *testing.T) {
	b := newBench(t)
	path := b.file("report.txt")
	b.run(t.Context(), b.tryout, func() {
		b.UntilSees("FINISHED TODAY · 1", "report.txt", "sandbox")
		b.MustNotSee("Welcome to Sluice")
	}, path)
}

// What is uploaded is on the Files screen, and gone there once it is deleted.
func TestUploadedFilesCanBeBrowsed(t *testing.T) {
	b := newBench(t)
	path := b.file("report.txt")
	b.run(t.Context(), b.tryout, func() {
		b.UntilSees("FINISHED TODAY · 1")
		b.Tap("Files")
		b.UntilSees("report.txt", "Search 1 file", "10 B · 0 views", "TXT")
		b.Tap("Settings")
		b.Tap("Use your account…")
		b.UntilSees("Welcome to Sluice")
		b.window.shell.Load().Show("files")
		b.UntilSees("No API key yet")
		b.MustNotSee("report.txt")
	}, path)
}

func TestSecondClickChangesOnce(t *testing.T) {
	b := newBench(t)
	b.run(t.Context(), b.account, func() {
		b.UntilSees("Try the sandbox")
		shell := b.window.shell.Load()
		b.window.change(shell, true)
		b.window.change(shell, true)
		b.Until("the other session", func() bool { return !b.window.changing })
	})
	if n := b.asked.Load(); n != 1 || len(b.window.opened) != 2 {
		t.Errorf("went elsewhere %d times, %d sessions were opened", n, len(b.window.opened))
	}
}

func TestOtherSessionThatCannotBeOpened(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*bench)
		want  string
	}{
		"no folder": {func(b *bench) { b.refused = errors.New("no folder") }, ""},
		"no server": {func(b *bench) {
			b.tryout.StartServer = func(context.Context, string, string) (session.Server, error) { return nil, errors.New("no port") }
		}, ""},
		"taken": {func(b *bench) {
			other := b.tryout
			other.OnOpen = func() {}
			s, _, err := session.Enter(b.t.Context(), other, handoff.Request{Op: handoff.OpOpen}, func(handoff.Reply) error { return nil })
			if err == nil {
				_, err = s.LoadKey(b.t.Context())
			}
			if err != nil {
				b.t.Fatal(err)
			}
			b.t.Cleanup(func() { _ = s.Close() }) // closed once more after the test
			b.window.opened = append(b.window.opened, s)
		}, "This is already open in another Sluice"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.run(t.Context(), b.account, func() {
				b.UntilSees("Try the sandbox")
				before := b.window.session
				c.spoil(b)
				b.Tap("Try the sandbox")
				b.Until("the end of the attempt", func() bool { return !b.window.changing })
				if b.window.session != before || before.Engine() == nil {
					t.Error("the session is another one")
				}
				b.window.shell.Load().Show("uploads")
				b.UntilSees("Close") // the notice's
				if c.want != "" {
					b.MustSee(c.want)
				}
				b.refused, b.tryout.StartServer = nil, embedded
			})
		})
	}
}

func TestDamagedDatabaseIsTold(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.tryout.Home.Data, "sluice.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(t.Context(), b.tryout, func() {
		b.UntilSees("The list of uploads was damaged.", path+".corrupt-")
	})
}

func TestInterruptClosesTheWindow(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.run(ctx, b.tryout, func() {
		b.UntilSees("Idle")
		cancel()
		b.Until("the window to close", func() bool { return b.closed })
	})
}

func TestInterruptBeforeTheWindowIsThere(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.run(ctx, b.account, func() { b.Until("the window to close", func() bool { return b.closed }) })
}

func TestClosingDuringAChange(t *testing.T) {
	b := newBench(t)
	b.run(t.Context(), b.account, func() {
		b.UntilSees("Try the sandbox")
		b.Tap("Try the sandbox")
	})
}

func TestAnotherStartRaisesTheWindow(t *testing.T) {
	b := newBench(t)
	b.window.Raise() // there is none yet
	b.run(t.Context(), b.tryout, func() {
		b.UntilSees("Idle")
		path := b.file("second.txt")
		s, _, err := session.Enter(t.Context(), b.tryout, handoff.Request{Op: handoff.OpOpen, Paths: []string{path}}, func(handoff.Reply) error { return nil })
		if s != nil || err != nil {
			t.Errorf("a second session: %v, %v", s, err)
		}
		b.UntilSees("second.txt", "FINISHED TODAY · 1")
	})
}

func TestNoDisplay(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // others always have one
	}
	b := newBench(t)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if err := b.window.Run(t.Context(), b.enter(b.account), nil); !errors.Is(err, ErrNoWindow) {
		t.Errorf("got %v", err)
	}
	b.free()
}

func TestBreakdownIsAnError(t *testing.T) {
	b := newBench(t)
	b.window.app = &app{App: test.NewTempApp(t), run: func() { panic("no OpenGL") }}
	err := b.window.Run(t.Context(), b.enter(b.account), nil)
	if !errors.Is(err, ErrNoWindow) || !strings.Contains(err.Error(), "no OpenGL") {
		t.Errorf("got %v", err)
	}
	b.free()
}
