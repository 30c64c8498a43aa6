// Package gui is Sluice's window: navigation, the taking in of files by drop,
// paste and choice, the status, and the pump that brings the engine's events to
// the screens. It does no network, disk, database or keyring work on the
// interface goroutine.
package gui

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/gui/watched"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/settings"
	"sluice/service/upload"
)

// AppID names the program to desktops.
const AppID = "io.github.sluice.Sluice"

//go:embed translations/*.json
var translations embed.FS

// LoadTranslations makes the words of this package and of those below it known
// in all languages that there are. Without it they are English.
func LoadTranslations() error {
	if err := lang.AddTranslationsFS(translations, "translations"); err != nil {
		return fmt.Errorf("load the translations: %w", err)
	}
	return nil
}

// Backend is what a window works with. It can be replaced while the window is
// open: the sandbox tried, and left again.
type Backend struct {
	Engine   *upload.Engine
	Settings *settings.Store
	Links    func() service.Links // of the service in use now
	Host     func() string        // its name as people know it: "pixeldrain.com", "sandbox"

	// Downloads brings files back; nil: nothing can be downloaded. They go to
	// DownloadFolder when nobody says otherwise; nil or "": to Downloads in the
	// user's home.
	Downloads      *download.Engine
	DownloadFolder func() string

	// Library gives the account's files once they are open. It is called on
	// another goroutine and ends with its context; nil: there are none.
	Library func(context.Context) (files.Library, error)

	// Watched gives the watched folders, in the same way.
	Watched func(context.Context) (watched.Folders, error)
	// WatchedSince is when watching began, which can be before the window is
	// there; zero: not before.
	WatchedSince time.Time
}

// Config is what a window is made of.
type Config struct {
	Backend Backend
	Icon    []byte       // PNG, may be nil
	Logger  *slog.Logger // nil = nothing is logged
	Fonts   *Fonts       // the computer's; nil = every character can be drawn
	Cache   string       // folder for what can be made again; "" = none

	// NewSettings makes the Settings screen for a backend, NewWelcome the first
	// start's; nil for none. Both are called on the interface goroutine, for
	// every backend that is used.
	NewSettings func(*Shell, Backend) fyne.CanvasObject
	NewWelcome  func(*Shell, Backend) fyne.CanvasObject
	Welcome     bool // begin with the first start's screen

	// Started is told the window once it is there, on the interface goroutine,
	// for Raise, Use and the like; may be nil.
	Started func(*Shell)

	// For tests; zero values are what the program uses.
	App     fyne.App                                      // nil = a new one
	OnMain  func(func())                                  // runs a function on the interface goroutine; nil = fyne.Do
	Home    string                                        // the folder shown as "~"; "" = the user's
	Pick    Picker                                        // asks for files; nil = the platform's dialogs
	Save    Saver                                         // asks where to save one; nil = the same
	After   func(d time.Duration, f func()) (stop func()) // runs a function there later; nil = by the computer's clock
	OpenURL func(*url.URL) error                          // shows a page in the browser, or opens a file; nil = the app's way
	Reveal  func(ctx context.Context, path string) error  // shows a file in its folder; nil = the platform's way
}

// Run opens the window and returns when it was closed. Call it on the main
// goroutine.
func Run(cfg Config) error {
	connected := func() {}
	if cfg.App == nil {
		preferX11()
		leaveBusAlone()
		connected = keepCompose(cfg.Cache)
		cfg.App = app.NewWithID(AppID)
	}
	s, err := New(cfg)
	connected()
	if err != nil {
		return err
	}
	s.unveil()
	if cfg.Started != nil {
		cfg.Started(s)
	}
	cfg.App.Run()
	s.Close()
	return nil
}

// preferX11 keeps GLFW off Wayland where X11 is there too: dragging a file over
// a Wayland window can abort the program. A setting of the user's overrides.
func preferX11() {
	if runtime.GOOS == "linux" && os.Getenv("FYNE_PLATFORM") == "" && os.Getenv("DISPLAY") != "" {
		_ = os.Setenv("FYNE_PLATFORM", "x11") // fails for no name like this
	}
}

// leaveBusAlone keeps Fyne's D-Bus library, where there is no session bus, from
// starting one that would outlive the program.
func leaveBusAlone() {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if runtime.GOOS != "linux" || address != "" && !strings.HasPrefix(address, "autolaunch:") {
		return
	}
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(os.Getuid())} {
		if info, err := os.Stat(filepath.Join(dir, "bus")); err == nil && info.Mode().Type() == os.ModeSocket {
			return
		}
	}
	_ = os.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:") // fails for no name like this
}

// keepCompose has the X library keep what it makes of the table of composed
// characters in a folder below dir, unless it has a place for that already: else
// connecting with the display reads half a megabyte of text, and takes three times
// as long. The function that it gives ends that; what is started from here is not
// to use the folder. Root is never given a place by the library.
func keepCompose(dir string) (end func()) {
	const name = "XCOMPOSECACHE"
	none := func() {}
	if _, set := os.LookupEnv(name); set || runtime.GOOS != "linux" || dir == "" {
		return none
	}
	if home, err := os.UserHomeDir(); err == nil {
		if _, err := os.Stat(filepath.Join(home, ".compose-cache")); err == nil {
			return none
		}
	}
	dir = filepath.Join(dir, "compose")
	if os.MkdirAll(dir, 0o700) != nil || os.Setenv(name, dir) != nil {
		return none
	}
	return func() { _ = os.Unsetenv(name) }
}

// appearance turns the setting into the theme's.
func appearance(a settings.Appearance) kit.Appearance {
	switch a {
	case settings.Light:
		return kit.AppearanceLight
	case settings.Dark:
		return kit.AppearanceDark
	case settings.FollowSystem:
	}
	return kit.AppearanceSystem
}
