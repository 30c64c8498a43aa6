package thumbnail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/thumbnail"
	"sluice/storage/leftover"
	"sluice/storage/thumbs"
)

func TestMain(m *testing.M) { leftover.Main(m) }

// watch is a loader whose news are counted.
type watch struct {
	*thumbnail.Loader

	patience time.Duration

	mu    sync.Mutex
	news  chan struct{}
	calls [][]service.FileID
}

func start(tb testing.TB, cfg thumbnail.Config) *watch {
	tb.Helper()
	w := &watch{patience: time.Minute, news: make(chan struct{})}
	cfg.OnReady = func(ids []service.FileID) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.calls = append(w.calls, ids)
		close(w.news)
		w.news = make(chan struct{})
	}
	w.Loader = thumbnail.New(cfg)
	tb.Cleanup(w.Close)
	return w
}

// await waits for news until ok holds.
func (w *watch) await(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	timeout := time.After(w.patience)
	for {
		w.mu.Lock()
		news := w.news
		w.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-news:
		case <-timeout:
			tb.Fatalf("%s: did not happen", what)
		}
	}
}

func (w *watch) states(side int, wanted []thumbnail.Wanted) map[thumbnail.State]int {
	n := map[thumbnail.State]int{}
	for _, one := range wanted {
		_, s := w.Get(one.File, side)
		n[s]++
	}
	return n
}

// awaitAll waits until nothing that is wanted is still to come.
func (w *watch) awaitAll(tb testing.TB, side int, wanted []thumbnail.Wanted) {
	tb.Helper()
	w.await(tb, "all of them", func() bool { return w.states(side, wanted)[thumbnail.Coming] == 0 })
}

func newClient(tb testing.TB, s *sandbox.Server) *pixeldrain.Client {
	tb.Helper()
	c, err := pixeldrain.New(pixeldrain.Config{APIURL: s.APIURL(), Key: sandboxtest.Key})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

func newDisk(tb testing.TB) *thumbs.Store {
	tb.Helper()
	d, err := thumbs.Open(tb.Context(), thumbs.Config{Dir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// gallery starts a sandbox with made-up files and lists them.
func gallery(tb testing.TB, files, dialect int, latency time.Duration) (*sandbox.Server, []thumbnail.Wanted) {
	tb.Helper()
	s := sandboxtest.New(tb, func(c *sandbox.Config) { c.Files, c.Dialect, c.Latency = files, dialect, latency })
	all, err := newClient(tb, s).Files(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	wanted := make([]thumbnail.Wanted, 0, len(all))
	for _, f := range all {
		wanted = append(wanted, want(f))
	}
	return s, wanted
}

func want(f service.File) thumbnail.Wanted {
	return thumbnail.Wanted{File: f.ID, MIME: f.MIME, Name: f.Name, Hash: f.SHA256}
}

// pictured leaves those that have thumbnails.
func pictured(wanted []thumbnail.Wanted) []thumbnail.Wanted {
	return slices.DeleteFunc(slices.Clone(wanted), func(w thumbnail.Wanted) bool { return !thumbnail.Possible(w.MIME, w.Name) })
}

// upload puts a file into a sandbox.
func upload(tb testing.TB, c *pixeldrain.Client, name string, data []byte) thumbnail.Wanted {
	tb.Helper()
	up, err := c.Upload(tb.Context(), pixeldrain.Upload{Name: name, Size: int64(len(data)), Body: bytes.NewReader(data)})
	if err != nil {
		tb.Fatal(err)
	}
	f, err := c.Info(tb.Context(), up.ID)
	if err != nil {
		tb.Fatal(err)
	}
	return want(f)
}

// dot gives a PNG of side by side pixels whose colour follows from n; a speck
// keeps it from being plain.
func dot(tb testing.TB, n, side int) []byte {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = []byte{byte(n), byte(n >> 8), byte(n >> 16), 255}[i%4]
	}
	img.SetNRGBA(0, 0, color.NRGBA{1, 2, 3, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// fake is a service whose answers a test makes.
type fake struct {
	answer func(ctx context.Context, id service.FileID, side int) (*pixeldrain.Thumbnail, error)
	url    string

	mu    sync.Mutex
	asked []ask
	open  int
	peak  int
}

type ask struct {
	file service.FileID
	side int
	at   time.Time
}

func (f *fake) APIURL() string { return "https://fake.example/api" + f.url }

func (f *fake) Thumbnail(ctx context.Context, id service.FileID, width, _ int) (*pixeldrain.Thumbnail, error) {
	f.mu.Lock()
	f.asked = append(f.asked, ask{id, width, time.Now()})
	f.open++
	f.peak = max(f.peak, f.open)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
	}()
	return f.answer(ctx, id, width)
}

func (f *fake) asks() []ask {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

func photos(n int) []thumbnail.Wanted {
	all := make([]thumbnail.Wanted, n)
	for i := range all {
		all[i] = thumbnail.Wanted{File: service.FileID(fmt.Sprintf("photo%d", i)), MIME: "image/jpeg", Hash: fmt.Sprint(i)}
	}
	return all
}

// pause gives an answer after a while, unless it is cancelled.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &service.Error{Op: "get thumbnail", Kind: service.Offline, Err: ctx.Err()}
	}
}

func failure(kind service.Kind) error {
	return &service.Error{Op: "get thumbnail", Kind: kind, Err: errors.New("made to fail")}
}
