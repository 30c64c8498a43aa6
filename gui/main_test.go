package gui

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"sluice/gui/guitest"
	"sluice/gui/uploads"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
	"sluice/service/upload"
	"sluice/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a window on a real engine and a sandbox, driven by words.
type bench struct {
	*guitest.Window
	t      *testing.T
	shell  *Shell
	server *sandbox.Server
	engine *upload.Engine
	gets   *download.Engine
	store  *settings.Store
	queue  *guitest.Queue
	home   string

	mu     sync.Mutex
	opened []string // pages shown in the browser
	picks  chan pick
	saves  chan save
}

// pick is a file dialog that is open: answer closes it.
type pick struct {
	ctx     context.Context
	folders bool
	answer  chan []string
}

// save is a dialog for saving that is open: answer closes it.
type save struct {
	ctx    context.Context
	name   string
	answer chan string
}

type option func(*bench, *Config, *upload.Config)

// noKey begins without a key.
func noKey(_ *bench, _ *Config, u *upload.Config) { u.Client = nil }

// newBench opens a window on an engine of its own.
func newBench(t *testing.T, options ...option) *bench {
	t.Helper()
	b := &bench{t: t, queue: guitest.NewQueue(), home: t.TempDir(), picks: make(chan pick), saves: make(chan save)}
	b.server = sandboxtest.New(t)
	backend := b.backend(options)
	app := test.NewTempApp(t)
	cfg := Config{
		Backend: backend, App: app, OnMain: b.queue.OnMain, Home: b.home, Pick: b.pick, Save: b.save,
		OpenURL: func(u *url.URL) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.opened = append(b.opened, u.String())
			b.queue.OnMain(func() {}) // lets Until look again
			return nil
		},
	}
	for _, o := range options {
		o(b, &cfg, &upload.Config{})
	}
	shell, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.shell = shell
	t.Cleanup(shell.Close)
	b.Window = guitest.Drive(t, shell.Window(), b.queue)
	return b
}

// backend makes an engine on the bench's server.
func (b *bench) backend(options []option) Backend {
	b.t.Helper()
	db, err := storage.Open(b.t.Context(), b.t.TempDir())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.must(db.Close()) })
	store, err := settings.Load(b.t.Context(), db)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(store.Close)
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: b.server.APIURL(), Key: sandboxtest.Key, Workers: 4})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	cfg := upload.Config{DB: db, Client: client}
	for _, o := range options {
		o(b, &Config{}, &cfg)
	}
	engine, err := upload.New(cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.must(engine.Close()) })
	gets, err := download.New(download.Config{DB: db, Client: client, APIURL: b.server.APIURL()})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.must(gets.Close()) })
	b.engine, b.gets, b.store = engine, gets, store
	links, err := service.NewLinks(b.server.APIURL())
	if err != nil {
		b.t.Fatal(err)
	}
	return Backend{
		Engine: engine, Downloads: gets, Settings: store, Links: func() service.Links { return links }, Host: func() string { return "sandbox" },
	}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Error(err)
	}
}

func (b *bench) pick(ctx context.Context, what Picking) ([]string, error) {
	p := pick{ctx, what.Folders, make(chan []string)}
	select {
	case b.picks <- p:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case paths := <-p.answer:
		return paths, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (b *bench) save(ctx context.Context, _, name string) (string, error) {
	s := save{ctx, name, make(chan string)}
	select {
	case b.saves <- s:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case path := <-s.answer:
		return path, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// file writes a file below the bench's home.
func (b *bench) file(name, content string) string {
	b.t.Helper()
	path := filepath.Join(b.home, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// large writes a file of zeros that is too large for the buffers of a socket.
func (b *bench) large(name string, size int64) string {
	b.t.Helper()
	path := b.file(name, "")
	if err := os.Truncate(path, size); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// drop drops paths on the window.
func (b *bench) drop(paths ...string) {
	uris := make([]fyne.URI, len(paths))
	for i, p := range paths {
		uris[i] = uri(p)
	}
	b.shell.dropped(uris)
}

// settled waits until the engine has nothing to do and the window shows that.
func (b *bench) settled() {
	b.t.Helper()
	b.acted()
	b.Until("the queue to be empty", func() bool {
		t := b.shell.uploads.Model().Totals()
		return !t.Busy() && b.shell.uploads.Model().Open() == 0 && t.Files > 0
	})
}

// acted waits until everything that the window was asked to do is done.
func (b *bench) acted() {
	b.t.Helper()
	done := false
	b.shell.acts.add(func(context.Context) { b.queue.OnMain(func() { done = true }) })
	b.Until("what was asked for to be done", func() bool { return done })
}

// rows gives the uploads in a section of the list.
func (b *bench) rows(section uploads.Section) []service.JobID {
	ids, _ := uploads.Split(b.shell.uploads.Model().IDs(section))
	return ids
}

func (b *bench) clipboard() string { return b.shell.cfg.App.Clipboard().Content() }

// set changes settings and waits until the window has taken them over.
func (b *bench) set(change func(*settings.Values)) {
	b.t.Helper()
	b.must(b.store.Change(b.t.Context(), change))
	want := b.store.Values()
	b.Until("the settings to be taken over", func() bool { return b.shell.values == want })
}

func numbered(n int, name string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(name, i)
	}
	return names
}
