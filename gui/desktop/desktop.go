// Package desktop joins a window to a session: it fills the shell with the
// screens of the account, shows the first start's screen when there is no key,
// and changes between the account and the sandbox while the window is open.
package desktop

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui"
	"sluice/gui/ahead"
	"sluice/gui/files"
	"sluice/gui/settings"
	"sluice/gui/watched"
	"sluice/service"
	"sluice/service/handoff"
	"sluice/service/session"
	"sluice/service/spare"
	"sluice/service/upload"
)

// ErrNoWindow tells what to do where no window can be had.
var ErrNoWindow = errors.New("no window can be opened here. Without one, \"sluice upload FILE…\" does the work; \"sluice -h\" tells more")

// Window is the program with a window. Its fields belong to the interface
// goroutine, but for shell.
type Window struct {
	// Sessions says how to open the account's session or the sandbox's, for
	// going from one to the other. Called on any goroutine.
	Sessions func(sandbox bool) (session.Config, error)
	Icon     []byte        // PNG
	Fonts    *gui.Fonts    // the computer's, may be nil
	Driver   *ahead.Driver // of the display, may be nil
	Cache    string        // folder for what can be made again, "" = none
	Release  func()        // called when the start of the window is over, any number of times; nil: nobody waits for that

	// For tests; zero values are what the program uses.
	app     fyne.App
	onMain  func(func())
	openURL func(*url.URL) error

	shell    atomic.Pointer[gui.Shell] // nil until it is there
	session  *session.Session
	model    *settings.Model // of session; nil until a screen needs it
	changing bool            // to another session
	failed   error           // why there is no window

	ctx    context.Context //nolint:containedctx // the life of the window's goroutines
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	opened []*session.Session // all, also those closed since
}

// Run queues the files in s, shows the window until it is closed or ctx ends,
// and closes every session. Call it on the main goroutine.
func (w *Window) Run(ctx context.Context, s *session.Session, paths []string) error {
	w.session, w.opened = s, []*session.Session{s}
	w.ctx, w.cancel = context.WithCancel(ctx)
	if w.Release == nil {
		w.Release = func() {}
	}
	stop := context.AfterFunc(ctx, w.quit)
	err := w.show(ctx, paths)
	stop()
	w.cancel()
	w.closeModel()
	w.wg.Wait()
	w.Driver.Release()
	w.Release()
	return errors.Join(err, w.closeAll())
}

func (w *Window) show(ctx context.Context, paths []string) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return fmt.Errorf("neither DISPLAY nor WAYLAND_DISPLAY is set: %w", ErrNoWindow)
	}
	if len(paths) > 0 {
		if _, err := w.session.Engine().Add(ctx, upload.Choose, paths); err != nil {
			return err
		}
	}
	slog.SetDefault(w.session.Log()) // also takes what Fyne would write to standard error
	return w.run()                   //nolint:contextcheck // the window lives until it is closed
}

// run runs the window. Fyne panics where it finds no display or no OpenGL.
func (w *Window) run() (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			w.session.Log().Error("the window broke down", slog.Any("cause", cause))
			err = fmt.Errorf("%v: %w", cause, ErrNoWindow)
			if shell := w.shell.Load(); shell != nil {
				shell.Close()
			}
		}
	}()
	w.session.LoadKeyInBackground() // while the window is being made
	err = gui.Run(gui.Config{
		Backend:     backend(w.session),
		Icon:        w.Icon,
		Logger:      w.session.Log(),
		Fonts:       w.Fonts,
		Cache:       w.Cache,
		NewSettings: w.newSettings,
		NewWelcome:  w.newWelcome,
		Started:     w.started,
		App:         w.app,
		OnMain:      w.onMain,
		OpenURL:     w.openURL,
	})
	return errors.Join(w.failed, err)
}

func backend(s *session.Session) gui.Backend {
	return gui.Backend{
		Watched:      func(context.Context) (watched.Folders, error) { return s.Watched(), nil },
		WatchedSince: s.Watched().Since,
		Engine:       s.Engine(), Downloads: s.Downloads(), DownloadFolder: s.DownloadFolder, Settings: s.Settings(), Links: s.Links, Host: s.Host,
		Library: func(ctx context.Context) (files.Library, error) {
			l, err := s.Library(ctx)
			if err != nil {
				return files.Library{}, err
			}
			return files.Library{
				Catalogue: l.Catalogue, Thumbs: l.Thumbs, Near: l.Thumbs.Near, Ready: l.Ready, Keyless: l.Keyless,
				Delete: l.Delete, Rename: l.Rename, CanRename: l.CanRename,
			}, nil
		},
	}
}

// startFor is how long the start of the window is, beginning with its first
// frame: the files come in that time.
const startFor = time.Second

// begun ends what was meant for the start only.
func (w *Window) begun() {
	w.Driver.Release()
	timer := time.NewTimer(startFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ctx.Done():
	}
	w.Release()
}

// started begins what needs the window.
func (w *Window) started(shell *gui.Shell) {
	w.wg.Go(func() {
		w.begun()
		spare.Run(w.ctx, w.forget) // not before: both say when the collector looks
	})
	if !exists(shell.Window()) {
		w.failed = fmt.Errorf("this display can't draw with OpenGL: %w", ErrNoWindow)
		w.wg.Go(func() { shell.OnMain(fyne.CurrentApp().Quit) }) // once the app runs, not before
		return
	}
	w.shell.Store(shell)
	if w.ctx.Err() != nil {
		w.quit()
	}
	w.begin()
}

// begin tells what opening the session met, and what comes of looking for its
// key.
func (w *Window) begin() {
	w.tellDamage()
	s := w.session
	w.wg.Go(func() { w.greet(s) })
}

// greet waits until the key was looked for, and shows the first start's screen
// if there is none.
func (w *Window) greet(s *session.Session) {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	status, news := s.Subscribe(ctx)
	for !status.Loaded {
		list, err := news.Next(ctx)
		if err != nil {
			return
		}
		status = list[len(list)-1]
	}
	if !status.Account.HasKey {
		shell := w.shell.Load()
		shell.OnMain(func() {
			if w.session == s {
				shell.Welcome()
			}
		})
	}
}

// tellDamage says what became of a damaged database.
func (w *Window) tellDamage() {
	o := w.session.Opening()
	if o.MovedAside == "" {
		return
	}
	text := lang.L("The list of uploads was damaged. What could be read is here; the damaged file is kept as {{.Path}}. Check your latest uploads before you add them again.",
		map[string]any{"Path": o.MovedAside})
	w.shell.Load().Tell(text)
}

func (w *Window) newSettings(shell *gui.Shell, _ gui.Backend) fyne.CanvasObject {
	return settings.NewScreen(w.modelFor(shell))
}

func (w *Window) newWelcome(shell *gui.Shell, _ gui.Backend) fyne.CanvasObject {
	return settings.NewWelcome(w.modelFor(shell))
}

// modelFor gives the model of the session in use.
func (w *Window) modelFor(shell *gui.Shell) *settings.Model {
	if w.model == nil {
		w.model = settings.NewModel(settings.Config{
			Session: w.session, Format: shell.Format(), OnMain: shell.OnMain, Act: shell.Act,
			Words:      gui.ErrorText,
			NameOf:     gui.FormatName,
			Failed:     shell.TellError,
			OpenURL:    shell.OpenURL,
			PickFolder: shell.PickFolder,
			TrySandbox: func() { w.change(shell, true) },
			UseAccount: func() { w.change(shell, false) },
			Welcomed: func(warning string) {
				shell.Show("uploads")
				if warning != "" {
					shell.Tell(warning)
				}
			},
		})
	}
	return w.model
}

func (w *Window) closeModel() {
	if model := w.model; model != nil {
		w.model = nil
		w.wg.Go(model.Close)
	}
}

// change goes to the other session: the sandbox's or the account's. The one
// before stays until the other is open.
func (w *Window) change(shell *gui.Shell, sandbox bool) {
	if w.changing {
		return
	}
	w.changing = true
	before := w.session
	w.wg.Go(func() {
		next, err := w.open(sandbox)
		if err != nil {
			shell.TellError("open", err)
			shell.OnMain(func() { w.changing = false })
			return
		}
		next.LoadKeyInBackground()
		shell.OnMain(func() {
			w.closeModel()
			w.session = next
		})
		shell.Use(backend(next))
		shell.OnMain(func() {
			w.changing = false
			shell.Show("uploads")
			w.begin()
		})
		w.closeSession(before)
	})
}

// errTaken is met where another start of Sluice has the folder.
var errTaken = &service.Error{Op: "open", Kind: service.Invalid, Value: service.ReasonAlreadyOpen}

func (w *Window) open(sandbox bool) (*session.Session, error) {
	cfg, err := w.Sessions(sandbox)
	if err != nil {
		return nil, err
	}
	cfg.OnOpen = w.Raise
	next, _, err := session.Enter(w.ctx, cfg, handoff.Request{Op: handoff.OpOpen}, func(handoff.Reply) error { return nil })
	if err != nil {
		return nil, err
	}
	if next == nil {
		return nil, errTaken
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = append(w.opened, next)
	return next, nil
}

func (w *Window) closeSession(s *session.Session) {
	if err := s.Close(); err != nil {
		s.Log().Error("a session was not closed in good order", slog.Any("err", err))
	}
}

// closeAll closes the sessions that are still open.
func (w *Window) closeAll() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, s := range w.opened {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Raise brings the window to the front for another start. It may be called
// from any goroutine.
func (w *Window) Raise() {
	if shell := w.shell.Load(); shell != nil {
		shell.Raise()
	}
}

// forget has the window forget what it has drawn, and the pictures that are out of
// its sight, and waits for that. It may be called from any goroutine but the
// interface's.
func (w *Window) forget() {
	shell := w.shell.Load()
	if shell == nil {
		return
	}
	done := make(chan struct{})
	shell.OnMain(func() {
		defer close(done)
		shell.Forget()
		w.session.Spare()
	})
	select {
	case <-done:
	case <-w.ctx.Done():
	}
}

// quit closes the window without asking: the queue keeps everything.
func (w *Window) quit() {
	if shell := w.shell.Load(); shell != nil {
		shell.OnMain(func() { shell.Window().Close() })
	}
}
