package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/service/feed"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/screenshots"
	"sluice/service/upload"
	"sluice/service/watch"
)

// links waits for the next watched files that get their links.
func links(t *testing.T, news *feed.Subscription[watch.Event]) (got []watch.Entry) {
	t.Helper()
	for len(got) == 0 {
		events, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			for _, entry := range e.Entries {
				if entry.Link != "" {
					got = append(got, entry)
				}
			}
		}
	}
	return got
}

func loaded(t *testing.T, s *Session) *Session {
	t.Helper()
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWatchedFilesAreUploaded(t *testing.T) {
	cfg := windowed(t, sandboxtest.New(t))
	cfg.Key = sandboxtest.Key
	s := loaded(t, enter(t, cfg))
	dir := t.TempDir()
	_, news := s.Watched().Subscribe(t.Context())
	if _, err := s.Watched().AddFolder(t.Context(), dir, watch.DefaultOptions(), false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "one.txt")
	if err := os.WriteFile(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := links(t, news)
	jobs, _, err := s.Engine().History(t.Context(), 0, 10, "")
	if err != nil || len(jobs) != 1 || jobs[0].Origin != upload.Watch {
		t.Fatalf("uploaded %+v, %v", jobs, err)
	}
	if len(got) != 1 || got[0].Link != jobs[0].Link || got[0].Path != "one.txt" {
		t.Errorf("told %+v of %s", got, jobs[0].Link)
	}
	closeIt(t, s)

	// What comes while nothing runs, and after it, by the next session.
	if err := os.WriteFile(filepath.Join(dir, "two.txt"), []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := cfg
	command.OnOpen = nil
	s = loaded(t, enter(t, command))
	if s.Watched() != nil {
		t.Error("a command watches folders")
	}
	closeIt(t, s)
	s = loaded(t, enter(t, cfg))
	_, news = s.Watched().Subscribe(t.Context())
	got = links(t, news)
	if len(got) != 1 || got[0].Path != "two.txt" {
		t.Errorf("told %+v", got)
	}
}

// A small watched file does not wait for large ones, nor for many small ones.
func TestWatchedFilesTakeTheFastLane(t *testing.T) {
	for name, c := range map[string]struct {
		files   int
		size    int64
		latency time.Duration
		before  int // files that may be done before it
	}{
		"large": {files: 8, size: 64 << 20},
		"small": {files: 1000, size: 100, latency: 20 * time.Millisecond, before: 500},
	} {
		t.Run(name, func(t *testing.T) {
			server := sandboxtest.New(t, func(sc *sandbox.Config) { sc.Throttle, sc.Latency = 4<<20, c.latency })
			cfg := windowed(t, server)
			cfg.Key = sandboxtest.Key
			s := loaded(t, enter(t, cfg))
			dropped, dir := t.TempDir(), t.TempDir()
			for i := range c.files {
				path := filepath.Join(dropped, fmt.Sprint(i))
				if err := errors.Join(os.WriteFile(path, fmt.Append(nil, i), 0o600), os.Truncate(path, c.size)); err != nil {
					t.Fatal(err)
				}
			}
			_, news := s.Watched().Subscribe(t.Context())
			if _, err := s.Watched().AddFolder(t.Context(), dir, watch.DefaultOptions(), false); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Engine().Add(t.Context(), upload.Drop, []string{dropped}); err != nil {
				t.Fatal(err)
			}
			untilActive(t, s.Engine(), 4)
			if err := os.WriteFile(filepath.Join(dir, "shot.txt"), []byte("shot"), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := links(t, news); len(got) != 1 {
				t.Errorf("told %+v", got)
			}
			snapshot, sub := s.Engine().Subscribe(t.Context())
			sub.Close()
			if done := snapshot.Totals.Finished - 1; done > c.before {
				t.Errorf("it came after %d of %d others", done, c.files)
			}
		})
	}
}

// untilActive waits until so many files are being sent.
func untilActive(t *testing.T, e *upload.Engine, n int) {
	t.Helper()
	snapshot, news := e.Subscribe(t.Context())
	defer news.Close()
	for totals := snapshot.Totals; totals.Active < n; {
		events, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			if events[i].Totals != nil {
				totals = *events[i].Totals
			}
		}
	}
}

func TestSuggestedFolders(t *testing.T) {
	cfg := windowed(t, sandboxtest.New(t))
	cfg.Key = sandboxtest.Key
	w := enter(t, cfg).Watched()
	home := t.TempDir()
	shots := filepath.Join(home, "Pictures", "Screenshots")
	if err := os.MkdirAll(shots, 0o700); err != nil {
		t.Fatal(err)
	}
	w.system = screenshots.System{
		OS: "linux", Home: home, Getenv: func(string) string { return "" }, ReadFile: os.ReadFile, Known: func() string { return "" },
		IsDir: func(path string) bool {
			info, err := os.Stat(path)
			return err == nil && info.IsDir()
		},
		Output: func(context.Context, string, ...string) (string, error) { return "", os.ErrNotExist },
	}
	if got := w.Suggest(t.Context()); len(got) == 0 || got[0].Path != shots || !got[0].Own {
		t.Fatalf("suggests %+v", got)
	}
	opts := watch.DefaultOptions()
	opts.Subfolders = true
	if _, err := w.AddFolder(t.Context(), filepath.Dir(shots), opts, false); err != nil {
		t.Fatal(err)
	}
	for _, f := range w.Suggest(t.Context()) {
		if f.Path == shots || f.Path == filepath.Dir(shots) {
			t.Errorf("suggests %s, which is watched", f.Path)
		}
	}
}
