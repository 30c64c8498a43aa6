package gui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/gui/watched"
	"sluice/service"
	"sluice/service/notify"
	"sluice/service/screenshots"
	"sluice/service/settings"
	"sluice/service/upload"
	"sluice/service/watch"
	"sluice/storage"
)

// watcher is a real one, without a computer's screenshots.
type watcher struct{ *watch.Watcher }

func (watcher) Suggest(context.Context) []screenshots.Folder { return nil }

// CaughtUp holds for names that say so.
func (watcher) CaughtUp(path string) bool { return strings.HasPrefix(filepath.Base(path), "late") }

// WholeSince is before the end of the first batch of TestBurstIsOneNote for one
// file that is added after it.
func (w watcher) WholeSince(path string) time.Time {
	if filepath.Base(path) == "id300.png" {
		return burstStart().Add(5 * time.Second)
	}
	return w.Watcher.WholeSince(path)
}

func burstStart() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// watchBench is a window with a watched folder.
type watchBench struct {
	*bench

	desk   *desk
	folder string
}

// newWatchBench opens the window once the early files are up.
func newWatchBench(t *testing.T, change func(*watch.Options), early ...string) *watchBench {
	t.Helper()
	w := &watchBench{}
	var db *storage.DB
	d, with := withDesk(t)
	capture := func(_ *bench, _ *Config, u *upload.Config) {
		if u.DB != nil {
			db = u.DB
		}
	}
	wire := func(b *bench, c *Config, u *upload.Config) {
		if u.DB != nil {
			return // the engine is only being made
		}
		c.Backend.WatchedSince = time.Now()
		made, err := watch.New(watch.Config{DB: db, Uploader: watch.Queue{Engine: b.engine, DB: db}, Quiet: 10 * time.Millisecond})
		b.must(err)
		t.Cleanup(func() { b.must(made.Close()) })
		w.folder = filepath.Join(b.home, "shots")
		b.must(os.Mkdir(w.folder, 0o700))
		opts := watch.DefaultOptions()
		change(&opts)
		_, err = made.AddFolder(t.Context(), w.folder, opts, false)
		b.must(err)
		w.bench = b
		awaitUploads(t, made, len(early), func() {
			for _, name := range early {
				w.shot(name)
			}
		})
		c.Backend.Watched = func(context.Context) (watched.Folders, error) { return watcher{made}, nil }
	}
	w.bench, w.desk = newBench(t, capture, wire, with), d
	return w
}

// shot puts a file into the folder.
func (w *watchBench) shot(name string) { w.file("shots/"+name, "content of "+name) }

// linked waits until so many links are on the clipboard.
func (w *watchBench) linked(n int) []string {
	w.t.Helper()
	w.Until(fmt.Sprintf("%d links on the clipboard, which has %q", n, w.clipboard()), func() bool {
		return strings.Count(w.clipboard(), "/u/") == n
	})
	return strings.Split(w.clipboard(), "\n")
}

func TestWatchedLinkIsCopiedAndTold(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	w.set(func(v *settings.Values) { v.CopyWhenDone = false }) // is about drops
	w.shot("a.png")
	link := w.linked(1)[0]
	note := w.note(w.desk) // there is no service with buttons here
	if note.Title != "a.png" || note.Content != link {
		t.Errorf("told %+v of %s", note, link)
	}
	w.Tap("Watched folders")
	w.UntilSees("Link copied", "1 uploaded")
}

// Links that nobody waits for are told and not put on the clipboard.
func TestWatchedFilesFromBeforeAreNotCopied(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	w.shot("late.png")
	if note := w.note(w.desk); note.Title != "late.png" {
		t.Errorf("told %+v", note)
	}
	if got := w.clipboard(); got != "" {
		t.Errorf("copied %q", got)
	}
}

func TestWatchedFolderThatIsToStaySilent(t *testing.T) {
	w := newWatchBench(t, func(o *watch.Options) { o.CopyLink, o.Notify = false, false })
	w.shot("a.png")
	w.Tap("Watched folders")
	w.UntilSees("a.png", "1 uploaded")
	if w.clipboard() != "" || len(w.shell.burst.told) > 0 {
		t.Errorf("copied %q, told %d", w.clipboard(), len(w.shell.burst.told))
	}
}

// What was up before the window was there is news too, what was before that is
// not.
func TestWatchedBeforeTheWindow(t *testing.T) {
	w := newWatchBench(t, func(o *watch.Options) { o.Notify = false }, "early.png")
	w.linked(1)
	if job := w.shell.burst.copied[0]; job.Name != "early.png" {
		t.Errorf("copied %+v", job)
	}
	w.shell.burst = burst{since: time.Now()} // as after a restart
	w.shell.cfg.App.Clipboard().SetContent("something else")
	snapshot, events := w.engine.Subscribe(t.Context())
	events.Close()
	w.shell.watchedBefore(snapshot.Jobs)
	if w.clipboard() != "something else" || len(snapshot.Jobs) != 1 {
		t.Errorf("copied %q of %d jobs", w.clipboard(), len(snapshot.Jobs))
	}
}

// awaitUploads waits until so many files of a watcher are up.
func awaitUploads(t *testing.T, made *watch.Watcher, n int, begin func()) {
	t.Helper()
	_, events := made.Subscribe(t.Context())
	defer events.Close()
	begin()
	for n > 0 {
		list, err := events.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			n -= len(e.Entries)
		}
	}
}

// batch makes a batch of watched files that were added and had ended so long
// after the start.
func (w *watchBench) batch(from, n int, added, ended time.Duration) *upload.Batch {
	b := &upload.Batch{Origin: upload.Watch}
	start := burstStart()
	for i := range n {
		id := fmt.Sprintf("id%d", from+i)
		b.Jobs = append(b.Jobs, upload.Job{
			Path: filepath.Join(w.folder, id+".png"), Name: id + ".png", Link: "https://pixeldrain.com/u/" + id, File: service.FileID(id),
			State: upload.Uploaded, Origin: upload.Watch, Added: start.Add(added), Finished: start.Add(ended),
		})
	}
	return b
}

func TestBurstIsOneNote(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	w.Until("the folders", func() bool { return w.shell.watched.Model().Len() == 1 })
	w.shell.watchedDone(w.batch(0, 64, 0, 3*time.Second))
	w.linked(64) // the first at once
	for i := range 10 {
		w.shell.watchedDone(w.batch(200+i, 1, time.Second, 4*time.Second))
		if n := strings.Count(w.clipboard(), "/u/"); n != 64 {
			t.Fatalf("copied %d links at once", n)
		}
	}
	w.linked(74)
	w.shell.watchedDone(w.batch(64, 64, time.Second, 5*time.Second))
	failed := w.batch(128, 2, 4*time.Second, 6*time.Second)
	failed.Jobs[1].State, failed.Jobs[1].Link = upload.Failed, ""
	w.shell.watchedDone(failed)
	note, ok := w.shell.burstNote()
	if !ok || note.Title != "139 files uploaded" || note.Body != "From ~/shots\n1 file failed" || len(w.linked(139)) != 139 {
		t.Errorf("told %+v", note)
	}
	w.shell.watchedDone(w.batch(300, 1, 7*time.Second, 7*time.Second)) // it came before the others had ended
	if note, _ = w.shell.burstNote(); note.Title != "140 files uploaded" || len(w.linked(140)) != 140 {
		t.Errorf("told %+v", note)
	}
	w.shell.noteAction(note, notify.Default) // of many the window tells
	w.MustSee("Activity")

	w.shell.watchedDone(w.batch(500, 1, 7*time.Second, 8*time.Second)) // after a rest
	note, _ = w.shell.burstNote()
	if links := w.linked(1); note.Title != "id500.png" || note.Body != links[0] {
		t.Errorf("told %+v", note)
	}
	w.shell.cfg.App.Clipboard().SetContent("something else")
	w.shell.noteAction(note, noteCopy)
	w.linked(1)
	w.shell.noteAction(note, noteOpen)
	w.Until("the page", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.opened) == 1 && w.opened[0] == note.Body
	})
}

func TestFailedWatchedFilesAreTold(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	w.Until("the folders", func() bool { return w.shell.watched.Model().Len() == 1 })
	b := w.batch(0, 1, 0, time.Second)
	b.Jobs[0].State, b.Jobs[0].Link = upload.Failed, ""
	w.shell.watchedDone(b)
	note, ok := w.shell.burstNote()
	if !ok || note.Title != "1 watched file failed" || !strings.HasPrefix(note.Body, "id0.png: ") || len(note.Actions) != 2 {
		t.Errorf("told %+v", note)
	}
}

// The clipboard has what ended last, dropped or watched.
func TestClipboardFollowsTheOrder(t *testing.T) {
	w := newWatchBench(t, func(o *watch.Options) { o.Notify = false })
	w.shot("a.png")
	first := w.linked(1)[0]
	w.drop(w.file("b.txt", "dropped"))
	w.Until("the drop's link", func() bool { return w.clipboard() != first })
	second := w.clipboard()
	w.shot("c.png")
	w.Until("the watched link", func() bool { return w.clipboard() != second && strings.Count(w.clipboard(), "/u/") == 1 })
}

func TestWatchingGoesOnInTheBackground(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	closed := w.watchClose()
	s := &sight{Window: w.shell.window}
	w.shell.window = s
	w.Until("the folders", func() bool { return w.shell.watching() })
	w.shell.askToClose()
	w.MustSee("1 folder is watched")
	w.Tap("Cancel")
	w.shell.askToClose()
	w.Tap("Keep watching in the background")
	if !s.hidden || *closed {
		t.Fatalf("hidden %v, closed %v", s.hidden, *closed)
	}
	w.shot("a.png")
	link := w.linked(1)[0]
	if note := w.note(w.desk); note.Content != link {
		t.Errorf("told %+v", note)
	}
	if *closed {
		t.Fatal("closed by itself")
	}
	w.shell.Raise()
	w.Until("the window", func() bool { return !s.hidden })
	w.shell.askToClose()
	w.Tap("Quit")
	w.Until("the window to close", func() bool { return *closed })
}

func TestClosingAsTheSettingsSayWhileWatching(t *testing.T) {
	for when, hidden := range map[settings.WhenClosed]bool{settings.CloseKeepsGoing: true, settings.CloseStops: false} {
		t.Run(string(when), func(t *testing.T) {
			w := newWatchBench(t, func(*watch.Options) {})
			closed := w.watchClose()
			s := &sight{Window: w.shell.window}
			w.shell.window = s
			w.Until("the folders", func() bool { return w.shell.watching() })
			w.set(func(v *settings.Values) { v.WhenClosed = when })
			w.shell.askToClose()
			w.Until("the end", func() bool { return s.hidden == hidden && *closed != hidden })
		})
	}
}

// Uploads that were under way when the window was closed are told once they
// have ended, although watching goes on.
func TestEndOfUploadsIsToldWhileWatching(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	w.Until("the folders", func() bool { return w.shell.watching() })
	w.shell.window = &sight{Window: w.shell.window}
	w.drop(w.large("big.bin", 64_000_000))
	w.UntilSees("Uploading")
	w.shell.askToClose()
	w.MustSee("watches your folders")
	w.Tap("Keep uploading in the background")
	if note := w.note(w.desk); note.Title != "Sluice" || note.Content != "1 file uploaded" {
		t.Errorf("told %+v", note)
	}
	if !w.shell.hidden() {
		t.Error("the window is back")
	}
}

// What stops on the screen of watched folders is seen from every screen.
func TestALostFolderIsMarked(t *testing.T) {
	w := newWatchBench(t, func(*watch.Options) {})
	marked := func() bool {
		for _, s := range w.shell.frame.screens {
			if s.item.Warns() != (s.name == "watched") {
				return false
			}
		}
		return true
	}
	w.Until("the folders", func() bool { return w.shell.watching() })
	if marked() {
		t.Error("marked, and nothing is wrong")
	}
	away := w.folder + " away"
	if err := os.Rename(w.folder, away); err != nil {
		t.Fatal(err)
	}
	w.Until("a mark", marked)
	if err := os.Rename(away, w.folder); err != nil {
		t.Fatal(err)
	}
	w.Until("no mark", func() bool { return !marked() })
}
