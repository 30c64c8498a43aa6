package settings

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"sluice/gui"
	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/account"
	"sluice/service/feed"
	"sluice/service/session"
	prefs "sluice/service/settings"
	"sluice/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secretKey is the key that tests type. It must never be readable.
const secretKey = "5f6e2b1c-0d3a-4c55-9e2f-7a1b2c3d4e5f"

// outcome is how a task with the key ends.
type outcome struct {
	status account.Status
	err    error
}

// call is one call of the session that waits for its outcome.
type call struct {
	key    string // of CheckKey
	answer chan outcome
}

// scripted is a session that does what the test says.
type scripted struct {
	store *prefs.Store
	links service.Links
	usual string
	calls chan call

	mu      sync.Mutex
	status  session.Status
	changed feed.Feed[struct{}, session.Status]
}

func (s *scripted) Subscribe(ctx context.Context) (session.Status, *feed.Subscription[session.Status]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status, s.changed.Subscribe(ctx)
}

// publish changes the status.
func (s *scripted) publish(change func(*session.Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
	s.changed.Progress(struct{}{}, s.status)
}

func (s *scripted) CheckKey(ctx context.Context, key string) (account.Status, error) {
	return s.ask(ctx, key)
}

func (s *scripted) ForgetKey(ctx context.Context) (account.Status, error) { return s.ask(ctx, "") }

func (s *scripted) ask(ctx context.Context, key string) (account.Status, error) {
	c := call{key, make(chan outcome)}
	select {
	case s.calls <- c:
	case <-ctx.Done():
		return account.Status{}, ctx.Err()
	}
	select {
	case o := <-c.answer:
		return o.status, o.err
	case <-ctx.Done():
		return account.Status{}, &service.Error{Op: "check the key", Kind: service.Offline, Err: errors.New("ended")}
	}
}

func (s *scripted) Settings() *prefs.Store { return s.store }
func (s *scripted) UsualFolder() string    { return s.usual }
func (s *scripted) Links() service.Links   { return s.links }

// disk is a database that can be full.
type disk struct {
	*storage.DB
	full atomic.Bool
}

func (d *disk) SetSetting(ctx context.Context, key, value string) error {
	if d.full.Load() {
		return errors.New("the disk is full")
	}
	return d.DB.SetSetting(ctx, key, value)
}

// bench is a screen over a scripted session, driven by words.
type bench struct {
	*guitest.Window
	t       *testing.T
	session *scripted
	disk    *disk
	model   *Model
	win     fyne.Window
	acts    chan func(context.Context)
	slow    chan struct{} // closed: acts may run

	opened   []string // pages shown in the browser
	failed   []string // settings that were not kept
	tried    int      // how often the sandbox was chosen
	used     int      // how often the account was
	welcomed []string // warnings
	folder   string   // that is chosen when a folder is asked for, "" = none
}

// newBench shows the screen that show makes, for a session in this state.
func newBench(t *testing.T, status session.Status, show func(*Model) fyne.CanvasObject) *bench {
	t.Helper()
	if err := gui.LoadTranslations(); err != nil {
		t.Fatal(err)
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(kit.NewTheme(kit.AppearanceLight))
	queue := guitest.NewQueue()
	b := &bench{t: t, acts: make(chan func(context.Context), 1000), slow: make(chan struct{})}
	close(b.slow)
	b.session = &scripted{status: status, calls: make(chan call), usual: "/home/ann/Downloads"}
	b.open()
	b.work(queue)
	b.model = NewModel(Config{
		Session: b.session, Format: kit.NewFormat("en", time.Now, "/home/ann"), OnMain: queue.OnMain,
		Act:     func(f func(context.Context)) { b.acts <- f },
		Words:   gui.ErrorText,
		NameOf:  gui.FormatName,
		Failed:  func(op string, err error) { b.failed = append(b.failed, op+": "+err.Error()) },
		OpenURL: func(address string) { b.opened = append(b.opened, address) },
		PickFolder: func(_ string, chosen func(string)) {
			if b.folder != "" {
				chosen(b.folder)
			}
		},
		TrySandbox: func() { b.tried++ },
		UseAccount: func() { b.used++ },
		Welcomed:   func(warning string) { b.welcomed = append(b.welcomed, warning) },
	})
	t.Cleanup(b.model.Close)
	b.win = test.NewTempWindow(t, show(b.model))
	b.win.SetPadded(false)
	b.win.Resize(fyne.NewSize(980, 760))
	b.Window = guitest.Drive(t, b.win, queue)
	return b
}

// open makes a store on a database of its own.
func (b *bench) open() {
	b.t.Helper()
	db, err := storage.Open(b.t.Context(), b.t.TempDir())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.t.Error(err)
		}
	})
	b.disk = &disk{DB: db}
	if b.session.store, err = prefs.Load(b.t.Context(), b.disk); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(b.session.store.Close)
	if b.session.links, err = service.NewLinks(prefs.DefaultAPIURL); err != nil {
		b.t.Fatal(err)
	}
}

// work runs the acts one after another until the test ends.
func (b *bench) work(queue *guitest.Queue) {
	var worker sync.WaitGroup
	worker.Go(func() {
		for f := range b.acts {
			<-b.slow
			f(context.WithoutCancel(b.t.Context()))
			queue.OnMain(func() {}) // lets Until look again
		}
	})
	b.t.Cleanup(func() {
		close(b.acts)
		worker.Wait()
	})
}

// call waits until the screen asks the session for something.
func (b *bench) call() call {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	select {
	case c := <-b.session.calls:
		return c
	case <-ctx.Done():
		b.t.Fatalf("the session was not asked; the window shows:\n%s", b)
		return call{}
	}
}

// check types a key into the field called label, begins to check it, and gives
// the call that the session gets.
func (b *bench) check(label string) call {
	b.t.Helper()
	b.Type(label, "  "+secretKey+" ")
	b.Tap("Check and save")
	c := b.call()
	if c.key != secretKey {
		b.t.Errorf("the key %q was checked", c.key)
	}
	b.MustSee("Checking the key. If the system keyring then asks for its password, enter it there.", "Give up")
	return c
}

// secret fails the test if the key can be read anywhere on the window.
func (b *bench) secret() {
	b.t.Helper()
	b.Settle()
	if strings.Contains(test.RenderToMarkup(b.win.Canvas()), secretKey) || b.Sees(secretKey) {
		b.t.Errorf("the key can be read on the window:\n%s", b)
	}
}

// kept waits until the database has a value for a setting.
func (b *bench) kept(key, want string) {
	b.t.Helper()
	got := ""
	b.Until(key+" to be "+want+" on the disk", func() bool {
		texts, err := b.disk.Settings(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		got = texts[key]
		return got == want
	})
}

// still lets everything that was begun end and fails the test if a setting
// reached the disk.
func (b *bench) still(key string) {
	b.t.Helper()
	b.idle()
	texts, err := b.disk.Settings(b.t.Context())
	if err != nil || texts[key] != "" {
		b.t.Errorf("%s was kept as %q, %v", key, texts[key], err)
	}
}

// idle waits until all acts so far have run.
func (b *bench) idle() {
	b.t.Helper()
	done := make(chan struct{})
	b.acts <- func(context.Context) { close(done) }
	<-done
	b.Settle()
}

// noKey is the state of an account without a key.
func noKey() session.Status {
	return session.Status{Loaded: true, APIURL: prefs.DefaultAPIURL, Account: account.Status{Place: account.PlaceNone}}
}

// keyIn is the state of an account whose key is kept at a place.
func keyIn(place account.Place) session.Status {
	s := noKey()
	s.Account = account.Status{HasKey: true, Place: place}
	return s
}
