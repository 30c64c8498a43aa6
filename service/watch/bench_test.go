//go:build bench && linux

package watch

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluice/service/clock"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
)

// desk is a watcher with the real clock, the real queue and a service on
// loopback that notes when requests arrive.
type desk struct {
	*rig
	engine  *upload.Engine
	mu      sync.Mutex
	arrived map[string]time.Time // by name
}

func newDesk(t *testing.T, change ...func(*Config)) *desk {
	t.Helper()
	box := sandboxtest.New(t, func(c *sandbox.Config) { c.Throttle = 125_000_000 })
	d := &desk{arrived: make(map[string]time.Time)}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, err := url.PathUnescape(filepath.Base(r.URL.EscapedPath())); err == nil && r.Method == http.MethodPut {
			d.mu.Lock()
			d.arrived[name] = time.Now()
			d.mu.Unlock()
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: front.URL + "/api", Key: sandboxtest.Key, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	d.rig = &rig{t: t, patience: 5 * time.Minute, home: t.TempDir(), dir: t.TempDir(), server: &server{}, cards: make(map[FolderID]Card)}
	db, err := storage.Open(t.Context(), d.home)
	d.ok(err)
	d.engine, err = upload.New(upload.Config{DB: db, Client: client, Workers: 4})
	d.ok(err)
	d.cfg = Config{DB: db, Uploader: Queue{Engine: d.engine, DB: db}, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&d.cfg)
	}
	d.w, err = New(d.cfg)
	d.ok(err)
	_, d.sub = d.w.Subscribe(t.Context())
	t.Cleanup(func() { d.ok(errors.Join(d.w.Close(), d.engine.Close(), db.Close())) })
	return d
}

// processor gives the processor time that this process has used.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// screenshot is a picture of about 300 KB that no other is like.
func screenshot(t *testing.T, random *rand.Rand) string {
	t.Helper()
	p := picture(t, 100+random.IntN(1000))
	noise := make([]byte, 300<<10)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	return p[:33] + string(noise) + p[33:] // nobody looks between the ends
}

// shots writes so many screenshots, one after the other, and gives how long
// each took from its close to its arrival at the service.
func (d *desk) shots(random *rand.Rand, n int, ext string, write func(path, content string) error) []time.Duration {
	d.t.Helper()
	var waits []time.Duration
	for i := range n {
		name := fmt.Sprintf("%s %d %d.%s", "Screenshot", i, random.Uint32(), ext)
		d.ok(write(d.path(name), screenshot(d.t, random)))
		closed := time.Now()
		d.entry(name, Uploaded, "")
		d.mu.Lock()
		waits = append(waits, d.arrived[name].Sub(closed))
		d.mu.Unlock()
	}
	slices.Sort(waits)
	return waits
}

func atOnce(path, content string) error { return os.WriteFile(path, []byte(content), 0o600) }

func renamed(path, content string) error {
	temp := filepath.Join(filepath.Dir(path), ".shot.tmp")
	return errors.Join(atOnce(temp, content), os.Rename(temp, path))
}

// encoding writes as a program does that encodes while it writes.
func encoding(path, content string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	var pieces []string
	for part := range slices.Chunk([]byte(content), 16<<10) {
		pieces = append(pieces, string(part))
	}
	return errors.Join(slowly(f, 10*time.Millisecond, pieces...), f.Close())
}

func TestBenchFirstByte(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n### Close of a screenshot to its first byte at the service\n\n| written | format | beside | median, ms | p95, ms | worst, ms |\n|---|---|---|---|---|---|\n")
	worst := time.Duration(0)
	for _, busy := range []bool{false, true} {
		d, random := newDesk(t), rand.New(rand.NewPCG(1, 2))
		d.watch(DefaultOptions())
		beside := "nothing"
		if busy {
			beside = "8 large uploads on 1 Gbit/s"
			d.large(8)
		}
		for _, c := range []struct {
			how, ext string
			n        int
			write    func(path, content string) error
		}{
			{"at once", "png", 60, atOnce},
			{"in pieces, over 0.2 s", "png", 60, encoding},
			{"under another name, then renamed", "png", 60, renamed},
			{"at once", "none that is known", 10, atOnce},
		} {
			ext, _, _ := strings.Cut(c.ext, " ")
			write := c.write
			if ext != "png" {
				write = func(path, content string) error { return atOnce(path, "?"+content) }
			}
			waits := d.shots(random, c.n, ext, write)
			median, p95 := waits[len(waits)/2], waits[len(waits)*95/100]
			if ext == "png" {
				worst = max(worst, median)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %.0f | %.0f | %.0f |\n", c.how, c.ext, beside, ms(median), ms(p95), ms(waits[len(waits)-1]))
		}
	}
	t.Log(b.String())
	if budget := 500 * time.Millisecond; worst > budget {
		t.Errorf("the median is %v, the budget %v", worst, budget)
	}
}

// large begins uploads that go on for as long as the test does.
func (d *desk) large(n int) {
	d.t.Helper()
	dir := d.t.TempDir()
	for i := range n {
		path := filepath.Join(dir, fmt.Sprint(i))
		d.ok(os.WriteFile(path, fmt.Append(nil, i), 0o600))
		d.ok(os.Truncate(path, 8<<30))
	}
	snapshot, sub := d.engine.Subscribe(d.t.Context())
	defer sub.Close()
	_, err := d.engine.Add(d.t.Context(), upload.Drop, []string{dir})
	d.ok(err)
	for active := snapshot.Totals.Active; active < 4; {
		events, err := sub.Next(d.t.Context())
		d.ok(err)
		for _, e := range events {
			if e.Totals != nil {
				active = e.Totals.Active
			}
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func TestBenchIdle(t *testing.T) {
	const files, dirs, seconds = 10_000, 100, 30
	var b strings.Builder
	fmt.Fprintf(&b, "\n### Watching %d files in %d folders, idle\n\n| by | processor time in %d s | of a core |\n|---|---|---|\n", files, dirs, seconds)
	for _, polled := range []bool{false, true} {
		name, state := "events", Watching
		d := newDesk(t, func(c *Config) {
			if polled {
				c.open, name, state = noNotifier, "sweeps every 5 s", Polling
			}
		})
		for i := range files {
			sub := fmt.Sprintf("d%d", i%dirs)
			d.mkdir(sub)
			d.write(filepath.Join(sub, fmt.Sprintf("f%d.png", i)), "x")
		}
		id, err := d.w.AddFolder(t.Context(), d.dir, deepOptions(), false)
		d.ok(err)
		d.state(id, state)
		d.quiet(11 * time.Second) // until the test file's time is over
		before := processor(t)
		d.quiet(seconds * time.Second)
		used := processor(t) - before
		fmt.Fprintf(&b, "| %s | %.0f ms | %.2f %% |\n", name, ms(used), 100*used.Seconds()/seconds)
		if polled {
			continue
		}
		before = processor(t)
		swept := make(chan struct{})
		f := d.w.folders[0]
		f.inbox.put(func() { f.sweepAll(t.Context()); close(swept) })
		<-swept
		fmt.Fprintf(&b, "| one sweep, which comes every 5 min | %.0f ms | %.2f %% |\n", ms(processor(t)-before), 100*(processor(t)-before).Seconds()/300)
	}
	t.Log(b.String())
}

// quiet lets time pass.
func (d *desk) quiet(lasts time.Duration) {
	timer := time.NewTimer(lasts)
	defer timer.Stop()
	<-timer.C
}

func TestBenchBurst(t *testing.T) {
	const n = 1000
	d := newDesk(t)
	d.watch(DefaultOptions())
	random := rand.New(rand.NewPCG(1, n))
	shots := make([]string, n)
	for i := range shots {
		shots[i] = screenshot(t, random)
	}
	began, before := time.Now(), processor(t)
	for i, content := range shots {
		d.ok(atOnce(d.path(fmt.Sprintf("%d.png", i)), content))
	}
	written := time.Since(began)
	d.until("all links", func() bool { return len(d.log) >= n })
	t.Logf("\n### A burst of %d screenshots of 300 KB\n\n| written within | all links there after | processor time, service included |\n|---|---|---|\n| %.2f s | %.2f s | %.2f s |\n",
		n, written.Seconds(), time.Since(began).Seconds(), (processor(t) - before).Seconds())
}
