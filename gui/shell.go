package gui

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/files"
	"sluice/gui/history"
	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/gui/watched"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/notify"
	"sluice/service/settings"
	"sluice/service/upload"
)

// Shell is the window. Its methods are for the interface goroutine unless they
// say otherwise.
type Shell struct {
	cfg    Config
	log    *slog.Logger
	onMain func(func())
	early  *early // the same for the Files screen, and for the window's first frame
	eve    *eve
	dozing *doze // nil: onMain is a test's
	window fyne.Window
	format *kit.Format
	glyphs *kit.Glyphs // what the fonts can draw; nil: everything

	backend  Backend
	values   settings.Values
	uploads  *uploads.Screen
	history  *history.Screen // a page of the uploads' screen
	files    *files.Screen
	watched  *watched.Screen
	previews *uploads.Previews
	frame    *frame
	notices  *notices
	now      func() time.Time

	question question  // that stands above the window
	closing  bool      // the window may close without asking
	active   bool      // it has the keyboard
	since    time.Time // when it was closed and the uploads went on, zero while it is there
	ending   bool      // the end of that is being told

	telling     telling       // notifications
	notifyTime  time.Duration // the limit of each
	toldOffline bool          // since the network went
	tellEnd     bool          // of what was under way when the window was closed
	notifier    *notify.Notifier
	burst       burst // of watched files

	ctx       context.Context //nolint:containedctx // the life of the window's goroutines
	cancel    context.CancelFunc
	wg        sync.WaitGroup
	acts      *acts
	watchActs *acts // the same for watched folders, which can take long
	pump      pump
	picks     context.CancelFunc // gives up the file dialog that is open
}

// New makes the window without showing it.
func New(cfg Config) (*Shell, error) {
	if err := LoadTranslations(); err != nil {
		return nil, err
	}
	s := &Shell{cfg: cfg, log: cfg.Logger, onMain: cfg.OnMain, backend: cfg.Backend, values: cfg.Backend.Settings.Values(), now: time.Now, notifyTime: notifyTime}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.onMain == nil {
		s.dozing = newDoze(fyne.Do)
		s.onMain = s.dozing.do
	}
	s.early, s.eve = newEarly(s.onMain, cfg.OnMain == nil), &eve{}
	if s.cfg.Pick == nil {
		s.cfg.Pick = platformPicker(s)
	}
	if s.cfg.Save == nil {
		s.cfg.Save = platformSaver(s)
	}
	if s.cfg.After == nil {
		s.cfg.After = s.after
	}
	if s.cfg.OpenURL == nil {
		s.cfg.OpenURL = cfg.App.OpenURL
	}
	if s.cfg.Reveal == nil {
		s.cfg.Reveal = reveal
	}
	if s.cfg.Home == "" {
		s.cfg.Home, _ = os.UserHomeDir() // "" then shows whole paths
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.format = kit.NewFormat(lang.SystemLocale().String(), time.Now, s.cfg.Home)
	s.acts, s.watchActs = newActs(s), newActs(s)
	s.previews = uploads.NewPreviews(s.onMain)

	fonts := cfg.Fonts.read()
	s.window = cfg.App.NewWindow("Sluice") // which takes as long
	if s.dozing != nil {
		s.dozing.run = untilClosed(s.window, fyne.Do)
	}
	s.glyphs = fonts(s.log)
	s.setTheme(s.values.Appearance)
	if len(cfg.Icon) > 0 {
		cfg.App.SetIcon(fyne.NewStaticResource("Icon.png", cfg.Icon))
	}
	s.build()
	s.pump.start(s)
	return s, nil
}

func (s *Shell) build() {
	s.notices = newNotices(s)
	s.uploads = uploads.New(uploads.Config{
		Now: time.Now, Intents: s.intents(), Previews: s.previews,
		Words: uploads.Words{Format: s.format, Now: time.Now, Short: ErrorShort, Long: ErrorText},
	})
	s.uploads.SetCopies(s.values.CopyWhenDone)
	s.history = newHistory(s)
	s.files = newFiles(s)
	s.watched = newWatched(s)
	s.notifier = newNotifier(s)
	s.burst.since = s.newsSince()
	s.frame = newFrame(s, s.screens())
	s.frame.setHost(s.backend.Host())
	s.window.SetPadded(false)
	s.window.SetContent(container.New(eveLayout{}, s.eve, kit.NewTipLayer(s.frame.root)))
	s.window.Resize(fyne.NewSize(float32(s.values.WindowWidth), float32(s.values.WindowHeight)))
	s.window.SetMaster()
	s.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { s.dropped(uris) })
	s.window.SetCloseIntercept(s.askToClose)
	s.followActivity()
	c := s.window.Canvas()
	s.listenForKeys()
	c.AddShortcut(&fyne.ShortcutPaste{}, func(fyne.Shortcut) { s.paste() })
	s.frame.show(s.values.Screen)
	s.files.Use(s.backend.Library)
	s.watched.Use(s.backend.Watched)
	if s.cfg.Welcome {
		s.Welcome()
	}
}

// screens lists the screens of the navigation, in order. A new screen is one
// more line here.
func (s *Shell) screens() []screen {
	list := []screen{{name: "uploads", label: lang.L("Uploads"), icon: kit.IconUp, object: s.uploadsPages(), shown: s.closeHistory}}
	list = append(list, screen{name: "files", label: lang.L("Files"), icon: kit.IconGrid, object: s.files.Object(), shown: s.files.Shown, floor: s.files.Floor})
	list = append(list, screen{name: "watched", label: lang.L("Watched folders"), icon: kit.IconEye, object: s.watched.Object()})
	if s.cfg.NewSettings != nil {
		list = append(list, screen{
			name: "settings", label: lang.L("Settings"), icon: kit.IconGear, object: s.cfg.NewSettings(s, s.backend),
			remake: s.cfg.NewSettings,
		})
	}
	return list
}

// Welcome shows the first start's screen until Show is called.
func (s *Shell) Welcome() {
	if s.cfg.NewWelcome != nil {
		s.frame.welcome(s.cfg.NewWelcome(s, s.backend))
	}
}

// Close stops the window's goroutines and waits for them; for a notification
// that hangs in the desktop, some seconds only. The window itself is
// closed by its user, or with the app. Call it once the app has ended.
func (s *Shell) Close() {
	s.cancel()
	s.acts.close()
	s.watchActs.close()
	s.files.Close()
	s.watched.Close()
	s.notifier.Close()
	s.previews.Close()
	s.wg.Wait()
	s.telling.close(s.notifyTime)
}

// Window is Fyne's window, for dialogs of screens.
func (s *Shell) Window() fyne.Window { return s.window }

// OnMain runs f on the interface goroutine, later. It may be called from any
// goroutine.
func (s *Shell) OnMain(f func()) { s.onMain(f) }

// Format writes numbers, sizes and times as this window does.
func (s *Shell) Format() *kit.Format { return s.format }

// Act runs f away from the interface goroutine, after everything that was given
// to it before. Its context ends with the window. It may be called from any
// goroutine.
func (s *Shell) Act(f func(context.Context)) { s.acts.add(f) }

// OpenURL shows a page in the browser. It may be called from any goroutine.
func (s *Shell) OpenURL(address string) {
	s.Act(func(context.Context) {
		u, err := url.Parse(address)
		if err == nil {
			err = s.cfg.OpenURL(u)
		}
		if err != nil {
			s.Tell(lang.L("Sluice could not open a browser for {{.Address}}. Open this address yourself.", map[string]any{"Address": address}))
		}
	})
}

// Use makes the window work with another backend from now on. It may be called
// from any goroutine but the interface's; the one used before may be closed once
// Use has returned.
func (s *Shell) Use(b Backend) {
	s.pump.use(b)
}

// Raise brings the window to the front, also back from the background. It may
// be called from any goroutine.
func (s *Shell) Raise() { s.onMain(s.bringBack) }

// Show goes to a screen by its name.
func (s *Shell) Show(screen string) {
	s.frame.welcome(nil)
	s.frame.show(screen)
}

// Tell shows a sentence above the screens until it is closed; for errors that
// belong to no row. It may be called from any goroutine.
func (s *Shell) Tell(text string) {
	s.onMain(func() { s.notices.tell(text, kit.ColorRed) })
}

// TellError is Tell for an error.
func (s *Shell) TellError(op string, err error) {
	if err != nil {
		s.Tell(ErrorText(service.AsError(op, err)))
	}
}

// intents joins the screen's buttons to the engine.
func (s *Shell) intents() uploads.Intents {
	in := uploads.Intents{
		Choose:       func() { s.choose(false) },
		ChooseFolder: func() { s.choose(true) },
		PauseAll:     s.pauseAll,
		Resume:       s.resumeAll,
		History:      s.openHistory,
		ClearFinished: func() {
			s.actOnAll("clear finished", (*upload.Engine).ClearFinished, (*download.Engine).ClearFinished)
		},
		RetryFailed: func() { s.actOnAll("retry failed", (*upload.Engine).RetryFailed, (*download.Engine).RetryFailed) },
		Pause:       s.pauseItem,
		ResumeEach: func(ids []uploads.ID) {
			s.actOn("resume", (*upload.Engine).ResumeJobs, (*download.Engine).ResumeJobs, ids...)
		},
		Cancel:    s.stopItem,
		Remove:    func(id uploads.ID) { s.actOn("remove", (*upload.Engine).Cancel, (*download.Engine).Cancel, id) },
		Retry:     func(id uploads.ID) { s.actOn("retry", (*upload.Engine).Retry, (*download.Engine).Retry, id) },
		ToFront:   func(id uploads.ID) { s.actOn("to front", (*upload.Engine).ToFront, (*download.Engine).ToFront, id) },
		CopyLinks: s.copyLinks,
		Open:      s.open,
		OpenFile:  s.openDownloaded,
		ShowFile:  s.showDownloaded,
	}
	if s.backend.Downloads != nil {
		in.Download = func() { s.askLinks("") }
	}
	return in
}

// Methods of the engines about some jobs.
type (
	uploadAction   func(*upload.Engine, context.Context, ...service.JobID) error
	downloadAction func(*download.Engine, context.Context, ...service.DownloadID) error
)

// actOn is act and actDown for the uploads and the downloads among rows.
func (s *Shell) actOn(op string, up uploadAction, down downloadAction, ids ...uploads.ID) {
	ups, downs := uploads.Split(ids)
	if len(ups) > 0 {
		s.act(op, func(ctx context.Context, e *upload.Engine) error { return up(e, ctx, ups...) })
	}
	if len(downs) > 0 {
		s.actDown(op, func(ctx context.Context, e *download.Engine) error { return down(e, ctx, downs...) })
	}
}

// actOnAll is act and actDown for methods of the engines about everything.
func (s *Shell) actOnAll(op string, up func(*upload.Engine, context.Context) error, down func(*download.Engine, context.Context) error) {
	s.act(op, func(ctx context.Context, e *upload.Engine) error { return up(e, ctx) })
	s.actDown(op, func(ctx context.Context, e *download.Engine) error { return down(e, ctx) })
}

func (s *Shell) resumeAll() {
	s.actOnAll("resume", (*upload.Engine).Resume, (*download.Engine).Resume)
}

// act runs an action on the upload engine that is used now, away from the
// interface goroutine and after those before it.
func (s *Shell) act(op string, f func(context.Context, *upload.Engine) error) {
	if engine := s.backend.Engine; engine != nil {
		s.try(op, func(ctx context.Context) error { return f(ctx, engine) })
	}
}

// actDown is act for the download engine.
func (s *Shell) actDown(op string, f func(context.Context, *download.Engine) error) {
	if engine := s.backend.Downloads; engine != nil {
		s.try(op, func(ctx context.Context) error { return f(ctx, engine) })
	}
}

// try runs an action and tells its error.
func (s *Shell) try(op string, f func(context.Context) error) {
	s.acts.add(func(ctx context.Context) {
		if err := f(ctx); ctx.Err() == nil {
			s.TellError(op, err)
		}
	})
}

// open shows the page of an upload or a download in the browser.
func (s *Shell) open(id uploads.ID) {
	link := ""
	if up, ok := id.Upload(); ok {
		job, _ := s.uploads.Model().Job(up)
		link = job.Link
	} else if down, ok := id.Download(); ok {
		job, _ := s.uploads.Model().Download(down)
		link = job.Link
	}
	if link != "" {
		s.OpenURL(link)
	}
}
