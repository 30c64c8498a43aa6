package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/account"
	prefs "sluice/service/settings"
)

func TestAddressIsKept(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee(prefs.DefaultAPIURL)
	b.MustNotSee("Use this address")
	b.Type("Service address", "drain.example.org/api/")
	b.Tap("Use this address")
	b.MustSee("https://drain.example.org/api")
	b.MustNotSee("Use this address", "drain.example.org/api/")
	b.kept("api.url", "https://drain.example.org/api")
	b.Type("Service address", "https://drain.example.org/api/ ") // the same in other words
	b.Press(fyne.KeyReturn)
	b.MustNotSee("Use this address", "drain.example.org/api/")
}

func TestAddressIsRefused(t *testing.T) {
	for address, reason := range map[string]string{
		"http://drain.example.org/api": service.ReasonInsecure,
		"ftp://drain.example.org":      service.ReasonAddressInvalid,
		"https://":                     service.ReasonAddressInvalid,
	} {
		t.Run(reason, func(t *testing.T) {
			b := newBench(t, noKey(), NewScreen)
			why := b.model.cfg.Words(&service.Error{Kind: service.Invalid, Value: reason})
			b.Type("Service address", address)
			b.Tap("Use this address")
			b.MustSee(why, address) // to be mended
			b.still("api.url")
			if got := b.session.store.Values().APIURL; got != prefs.DefaultAPIURL {
				t.Errorf("the address is %q", got)
			}
			b.Type("Service address", prefs.DefaultAPIURL)
			b.MustNotSee(why, "Use this address")
		})
	}
}

func TestAddressOfTheEnvironment(t *testing.T) {
	s := keyIn(account.PlaceEnvironment)
	s.APIURL, s.AddressFixed = "https://other.example.org/api", true
	b := newBench(t, s, NewScreen)
	b.MustSee("https://other.example.org/api", "Set by SLUICE_API_URL.")
	b.Type("Service address", "https://third.example.org/api")
	b.Press(fyne.KeyReturn)
	b.still("api.url")
}

func TestSettingsAreKept(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("4", "https://pixeldrain.com/u/abc123")
	b.Tap("Uploads at a time") // in its middle
	b.MustSee("9")
	b.kept("uploads.workers", "9")
	b.Tap("Copy when finished")
	b.kept("links.copy", "false")
	b.Tap("Copy when finished")
	b.kept("links.copy", "true")
	b.Tap("Address")
	b.Tap("Markdown")
	b.MustSee("[holiday.jpg](https://pixeldrain.com/u/abc123)")
	b.kept("links.format", "markdown")
	b.Tap("Follow the system")
	b.Tap("Dark")
	b.kept("appearance", "dark")
	if len(b.failed) > 0 {
		t.Errorf("failed: %q", b.failed)
	}
}

func TestControlsFitNarrowWindows(t *testing.T) {
	b := newBench(t, keyIn(account.PlaceKeyring), NewScreen)
	b.Tap("No limit")
	b.Tap("Custom…")
	b.Type("Speed", "fast")
	b.MustSee("Use this limit", "Forget")
	for _, width := range []float32{512, 700, 972} {
		b.win.Resize(fyne.NewSize(width, 480))
		for _, o := range test.LaidOutObjects(b.win.Content()) {
			if _, control := o.(fyne.Focusable); !control || !o.Visible() {
				continue
			}
			right := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X + o.Size().Width
			if right > width-kit.PageMargin {
				t.Errorf("in %v a %T ends at %v", width, o, right)
			}
		}
	}
}

func TestEveryFormatHasANameAndASample(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	seen := map[string]bool{}
	for _, f := range service.LinkFormats() {
		name := gui.FormatName(f)
		b.model.values.LinkFormat = f
		sample := b.model.sample()
		if seen[name] || seen[sample] || name == string(f) || !strings.Contains(sample, "abc123") {
			t.Errorf("%s is called %q, like %q", f, name, sample)
		}
		seen[name], seen[sample] = true, true
	}
}

func TestOwnTemplate(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustNotSee("Template")
	b.Tap("Address")
	b.Tap("Own template")
	b.MustSee("{name}: {url}", "holiday.jpg: https://pixeldrain.com/u/abc123")
	b.Type("Template", "<{direct}>")
	b.MustSee("<https://pixeldrain.com/api/file/abc123>")
	b.kept("links.template", "<{direct}>")
	for _, bad := range []string{"", "   ", strings.Repeat("x", prefs.MaxTemplate+1)} {
		b.Type("Template", "{id}")
		b.kept("links.template", "{id}")
		b.model.show() // as any news does
		field := b.templateEntry()
		field(bad)
		b.idle()
		b.MustSee("abc123")
		if got := b.session.store.Values().LinkTemplate; got != "{id}" {
			t.Errorf("after %.9q the template is %.9q", bad, got)
		}
	}
}

// templateEntry gives what puts text into the template's entry at once.
func (b *bench) templateEntry() func(string) {
	b.t.Helper()
	b.Type("Template", "{id}") // has the keyboard now
	entry, ok := b.win.Canvas().Focused().(interface{ SetText(text string) })
	if !ok {
		b.t.Fatal("nothing has the keyboard")
	}
	return entry.SetText
}

func TestDiskThatIsFull(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.Tap("Address")
	b.Tap("Own template")
	b.kept("links.format", "template")
	b.disk.full.Store(true)
	for what, do := range map[string]func(){
		"{name}: {url}":                         func() { b.templateEntry()("other {url}") },
		prefs.DefaultAPIURL:                     func() { b.Type("Service address", "drain.example.org"); b.Tap("Use this address") },
		"Follow the system":                     func() { b.Tap("Follow the system"); b.Tap("Light") },
		"4":                                     func() { b.Tap("Uploads at a time") },
		"holiday.jpg: https://pixeldrain.com/u": func() { b.Tap("Own template"); b.Tap("HTML") },
	} {
		b.failed = nil
		do()
		b.Until("a complaint about the disk", func() bool {
			return len(b.failed) > 0 && strings.HasPrefix(b.failed[0], "change a setting: ") && strings.Contains(b.failed[0], "the disk is full")
		})
		b.idle()
		b.MustSee(what)
	}
	b.MustNotSee("other {url}", "drain.example.org")
	if got := b.session.store.Values(); got.LinkFormat != service.FormatTemplate || got.Workers != prefs.DefaultWorkers {
		t.Errorf("the settings are %+v", got)
	}
}

// What is on the disk already does not undo what was done since.
func TestNewestChangeStaysInSight(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	step := make(chan struct{})
	b.slow = step
	b.Tap("Follow the system")
	b.Tap("Dark")
	b.Tap("Dark")
	b.Tap("Light")
	step <- struct{}{} // the first is kept
	b.kept("appearance", "dark")
	b.MustSee("Light")
	b.MustNotSee("Dark")
	close(step)
	b.kept("appearance", "light")
	b.idle()
	b.MustSee("Light")
}

func TestChangesFromElsewhereAreShown(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	err := b.session.store.Change(t.Context(), func(v *prefs.Values) {
		v.Workers, v.Appearance, v.LinkFormat, v.APIURL = 13, prefs.Light, service.FormatHTML, "https://drain.example.org"
	})
	if err != nil {
		t.Fatal(err)
	}
	b.UntilSees("13", "Light", "HTML", "https://drain.example.org")
	b.MustNotSee("Use this address")
}

func TestSandboxSection(t *testing.T) {
	s := keyIn(account.PlaceEnvironment)
	s.Sandbox, s.AddressFixed, s.APIURL = true, true, "http://127.0.0.1:1/api"
	b := newBench(t, s, NewScreen)
	b.MustSee("This is the sandbox: a small Pixeldrain inside this program.")
	b.MustNotSee("API key", "Service address", "Get a key…")
	b.Tap("Use your account…")
	if b.used != 1 {
		t.Errorf("the account was chosen %d times", b.used)
	}
	b.Tap("Copy when finished")
	b.kept("links.copy", "false")
}
