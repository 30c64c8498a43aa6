package settings_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/settings"
	"sluice/storage"
	"sluice/storage/leftover"
)

func TestMain(m *testing.M) { leftover.Main(m) }

func openDB(t *testing.T, dir string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // tests that care close it themselves
	return db
}

func load(t *testing.T, db settings.Database) *settings.Store {
	t.Helper()
	s, err := settings.Load(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestValuesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	db := openDB(t, dir)
	s := load(t, db)
	if s.Values() != settings.Defaults() {
		t.Fatalf("a first start has %+v", s.Values())
	}
	want := settings.Values{
		APIURL: "https://files.example/pd/api", Workers: 16, SpeedLimit: 1_500_000, SkipDuplicates: false, Downloads: 5, DownloadFolder: t.TempDir(), WhenClosed: settings.CloseStops, CopyWhenDone: false,
		LinkFormat: service.FormatTemplate, LinkTemplate: "<{name}>\n{url}", Appearance: settings.Dark,
		WindowWidth: 900, WindowHeight: 700, Screen: "settings", FilesOrder: settings.LeastViewed, FilesPicture: 200, FilesView: settings.FilesTable, SandboxAddr: "127.0.0.1:4711",
	}
	// Every field is set above, or this test does not test it.
	for i := range reflect.TypeFor[settings.Values]().NumField() {
		if reflect.ValueOf(want).Field(i).Equal(reflect.ValueOf(settings.Defaults()).Field(i)) {
			t.Errorf("field %s keeps its default", reflect.TypeFor[settings.Values]().Field(i).Name)
		}
	}
	if err := s.Change(t.Context(), func(v *settings.Values) { *v = want }); err != nil {
		t.Fatal(err)
	}
	if s.Values() != want {
		t.Errorf("got %+v", s.Values())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := load(t, openDB(t, dir)).Values(); got != want {
		t.Errorf("after a restart: %+v", got)
	}
}

func TestDamagedValuesAreDefaults(t *testing.T) {
	db := openDB(t, t.TempDir())
	for key, text := range map[string]string{
		"api.url": "http://pixeldrain.com/api", "uploads.workers": "17", "uploads.speed_limit": "9999", "downloads.workers": "0", "downloads.folder": "../in",
		"uploads.skip_duplicates": "sometimes", "window.close": "never", "links.copy": "perhaps",
		"links.format": "morse", "links.template": " ", "appearance": "\xff", "window.width": "1e9",
		"window.height": "-1", "window.screen": strings.Repeat("x", 1000), "sandbox.addr": "192.0.2.1:80",
		"from.a.newer.version": "x",
	} {
		if err := db.SetSetting(t.Context(), key, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SetSetting(t.Context(), "uploads.workers", "9"); err != nil {
		t.Fatal(err)
	}
	want := settings.Defaults()
	want.Workers = 9
	if got := load(t, db).Values(); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsNotAllowedChangesNothing(t *testing.T) {
	db := openDB(t, t.TempDir())
	s := load(t, db)
	for key, change := range map[string]func(*settings.Values){
		"api.url":             func(v *settings.Values) { v.APIURL = "http://example.com" },
		"downloads.workers":   func(v *settings.Values) { v.Downloads = 17 },
		"downloads.folder":    func(v *settings.Values) { v.DownloadFolder = "downloads" },
		"uploads.workers":     func(v *settings.Values) { v.Workers = 0 },
		"links.format":        func(v *settings.Values) { v.LinkFormat = "x" },
		"window.close":        func(v *settings.Values) { v.WhenClosed = "x" },
		"uploads.speed_limit": func(v *settings.Values) { v.SpeedLimit = 1 },
		"links.template":      func(v *settings.Values) { v.LinkTemplate = "" },
		"appearance":          func(v *settings.Values) { v.Appearance = "pink" },
		"window.width":        func(v *settings.Values) { v.WindowWidth = 3 },
	} {
		err := s.Change(t.Context(), func(v *settings.Values) {
			v.CopyWhenDone = false
			change(v)
		})
		e, ok := errors.AsType[*service.Error](err)
		if !ok || e.Kind != service.Invalid || e.Path != key || e.Value == "" {
			t.Errorf("%s: got %v", key, err)
		}
	}
	if s.Values() != settings.Defaults() {
		t.Errorf("the values are %+v", s.Values())
	}
	if texts, err := db.Settings(t.Context()); err != nil || len(texts) != 0 {
		t.Errorf("kept %v, %v", texts, err)
	}
}

func TestCheckAPIURL(t *testing.T) {
	for in, want := range map[string]string{
		" https://pixeldrain.com/api/ ": "https://pixeldrain.com/api",
		"pixeldrain.com/api":            "https://pixeldrain.com/api",
		"HTTPS://x.example":             "https://x.example",
		"http://127.0.0.1:8080/api":     "http://127.0.0.1:8080/api",
		"http://[::1]:1/api":            "http://[::1]:1/api",
		"http://localhost/api":          "http://localhost/api",
	} {
		if got, err := settings.CheckAPIURL(in); got != want || err != nil {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"": service.ReasonAddressInvalid, "https://": service.ReasonAddressInvalid, "ftp://x": service.ReasonAddressInvalid,
		"https://key@x/api": service.ReasonAddressInvalid, "https://x/api?y": service.ReasonAddressInvalid, "http://%zz": service.ReasonAddressInvalid,
		"http://x/api": service.ReasonInsecure, "http://127.0.0.1.example/api": service.ReasonInsecure, "http://localhost.example": service.ReasonInsecure,
	} {
		_, err := settings.CheckAPIURL(in)
		if e, ok := errors.AsType[*service.Error](err); !ok || e.Value != want || strings.Contains(err.Error(), "key") {
			t.Errorf("%q: got %v", in, err)
		}
	}
}

func TestSubscribersSeeTheLastValues(t *testing.T) {
	s := load(t, openDB(t, t.TempDir()))
	first, sub := s.Subscribe(t.Context())
	defer sub.Close()
	if first != settings.Defaults() {
		t.Errorf("began with %+v", first)
	}
	for _, n := range []int{1, 2, 3, 3} {
		if err := s.Change(t.Context(), func(v *settings.Values) { v.Workers = n }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := sub.Next(t.Context())
	if err != nil || len(got) != 1 || got[0].Workers != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
	s.Close()
	if got, err := sub.Next(t.Context()); err == nil {
		t.Errorf("after the end: %+v", got)
	}
}

// brokenDB keeps the settings until it has taken enough.
type brokenDB struct{ left int }

func (*brokenDB) Settings(context.Context) (map[string]string, error) { return nil, nil }

func (b *brokenDB) SetSetting(context.Context, string, string) error {
	if b.left == 0 {
		return errors.New("disk full")
	}
	b.left--
	return nil
}

func TestValuesAreWhatWasKept(t *testing.T) {
	s := load(t, &brokenDB{left: 1})
	err := s.Change(t.Context(), func(v *settings.Values) { v.Workers, v.CopyWhenDone = 9, false })
	if err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
	want := settings.Defaults()
	want.Workers = 9
	if s.Values() != want {
		t.Errorf("got %+v", s.Values())
	}
}
