package gui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
)

// put adds a file to the service.
func (b *bench) put(name string, content []byte) service.File {
	b.t.Helper()
	f, err := b.server.Add(name, bytes.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// album makes an album of files on the service.
func (b *bench) album(title string, files ...service.File) service.AlbumID {
	b.t.Helper()
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: b.server.APIURL(), Key: sandboxtest.Key})
	if err != nil {
		b.t.Fatal(err)
	}
	defer client.Close()
	album := service.NewAlbum{Title: title}
	for _, f := range files {
		album.Files = append(album.Files, service.AlbumEntry{ID: f.ID})
	}
	id, err := client.CreateAlbum(b.t.Context(), album)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) link(f service.File) string { return b.shell.backend.Links().File(f.ID) }

// folder is where downloads go.
func (b *bench) folder(parts ...string) string {
	return filepath.Join(append([]string{b.home, "Downloads"}, parts...)...)
}

func (b *bench) mustHold(path string, content []byte) {
	b.t.Helper()
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
		b.t.Errorf("%s has %d bytes, want %d: %v", path, len(got), len(content), err)
	}
}

// stall stops every answer with a file's content after so many bytes.
func (b *bench) stall(after int64) *sandbox.Injection {
	return b.server.Inject(sandbox.Fault{
		Kind: sandbox.StallBody, After: after, Times: -1,
		Match: func(r *http.Request) bool {
			return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/file/") && strings.Count(r.URL.Path, "/") == 3
		},
	})
}

// get downloads a file as a pasted link does.
func (b *bench) get(files ...service.File) {
	b.t.Helper()
	links := make([]string, len(files))
	for i, f := range files {
		links[i] = b.link(f)
	}
	b.shell.cfg.App.Clipboard().SetContent(strings.Join(links, "\n"))
	b.shell.paste()
	b.Tap("Download")
}

func TestPastedLinksBecomeFiles(t *testing.T) {
	b := newBench(t)
	one, two, three := b.put("talk.mkv", make([]byte, 100_000)), b.put("a.txt", []byte("a")), b.put("b.txt", []byte("b"))
	album := b.album("Trip: 2026", two, three)
	b.shell.cfg.App.Clipboard().SetContent("See " + b.link(one) + "\nand " + b.shell.backend.Links().Album(album) + " !\nhttps://example.com/u/abc\n")
	b.shell.paste()
	b.MustSee("Download links", "Into", "1 file · 1 album", "Line 3: A link to another service: https://example.com/u/abc", "~/Downloads")
	b.Tap("Download")
	b.MustNotSee("Into")
	b.settled()
	b.UntilSees("FINISHED TODAY · 3", "talk.mkv", "100 KB · downloaded, verified", "a.txt", "b.txt", "~/Downloads/Trip_ 2026", "3 files downloaded")
	b.mustHold(b.folder("talk.mkv"), make([]byte, 100_000))
	b.mustHold(b.folder("Trip_ 2026", "b.txt"), []byte("b"))
}

func TestLinksForm(t *testing.T) {
	b := newBench(t)
	f := b.put("a.txt", []byte("a"))
	b.Tap("Download links…")
	b.MustSee("Links to sandbox, in full or just the ids.")
	b.Tap("Download") // is off
	b.MustSee("Into")
	field := "Paste links to files and albums here, one per line"
	b.Type(field, "no link at all\n/x/y\nfoo bar\n"+string(f.ID)+"\n")
	b.MustSee("1 file", "Line 1 is not a link to a file or album: no link at all", "2 more lines are not links")
	b.Tap("Change…")
	p := <-b.picks
	if !p.folders {
		t.Error("asks for files")
	}
	elsewhere := filepath.Join(b.home, "elsewhere")
	p.answer <- []string{elsewhere}
	b.UntilSees("~/elsewhere")
	b.Tap("Download")
	b.settled()
	b.mustHold(filepath.Join(elsewhere, "a.txt"), []byte("a"))
	b.Tap("Download links…")
	b.Press(fyne.KeyEscape)
	b.MustNotSee("Links of sandbox")
}

// Fyne's field takes seconds for thousands of lines.
func TestManyLinksAtOnce(t *testing.T) {
	b := newBench(t)
	var text strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&text, "%s/u/id%06d\n", b.server.URL(), i)
	}
	b.shell.cfg.App.Clipboard().SetContent(text.String() + "no link")
	b.shell.paste()
	b.MustSee("10,000 files", "Line 10,001 is not a link to a file or album: no link", "10,001 lines were pasted; more can be added here")
	field, ok := b.shell.window.Canvas().Focused().(*kit.TextField)
	if !ok || field.Text != "" {
		t.Fatalf("the keyboard is with %T", b.shell.window.Canvas().Focused())
	}
	b.shell.cfg.App.Clipboard().SetContent(strings.Repeat(b.server.URL()+"/u/id000000\n", fieldLines) + b.server.URL() + "/u/other123\n")
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: b.shell.cfg.App.Clipboard()})
	b.MustSee("10,001 files")
	b.shell.cfg.App.Clipboard().SetContent(b.server.URL() + "/u/third123")
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: b.shell.cfg.App.Clipboard()})
	b.MustSee("10,002 files", "/u/third123")
	b.shell.cfg.App.Clipboard().SetContent(strings.Repeat("x", maxPasted+1))
	field.TypedShortcut(&fyne.ShortcutPaste{Clipboard: b.shell.cfg.App.Clipboard()})
	b.MustSee("That is too much text at once.")
}

func TestOtherTextIsNotOffered(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{"abc12345", "just words", strings.Repeat("x", maxPasted) + " " + b.link(b.put("a", []byte("a")))} {
		b.shell.cfg.App.Clipboard().SetContent(text)
		b.shell.paste()
		b.MustNotSee("Into")
	}
	path := b.file("a.txt", "a")
	b.shell.cfg.App.Clipboard().SetContent(path + "\n" + b.link(b.put("b", []byte("b"))))
	b.shell.paste() // files come first
	b.settled()
	b.UntilSees("a.txt")
}

func TestFilesOfTheAccountAreDownloaded(t *testing.T) {
	b := newBrowser(t, 3)
	b.gets.Use(b.client)
	b.use()
	b.UntilSees("Search 3 files")
	names := b.names()
	list := b.shell.files.Model().List()
	file := list.File(0)
	asked := b.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, PathPrefix: "/api/file/" + string(file.ID) + "/info"})
	b.click(0, 0)
	b.Tap("Download")
	b.UntilSees("1 download goes to ~/Downloads")
	b.Tap("Uploads")
	b.UntilSees(names[0], b.shell.format.Size(file.Size)+" · to ~/Downloads") // the service has told nothing yet
	asked.Release()
	b.settled()
	b.UntilSees("FINISHED TODAY · 1", names[0])
	content, err := b.server.Content(file.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.mustHold(b.folder(names[0]), content)
}

func TestProgressPauseAndStopOfADownload(t *testing.T) {
	b := newBench(t)
	hold := b.stall(600_000)
	b.get(b.put("big.bin", make([]byte, 2_000_000)))
	b.UntilSees("DOWNLOADING", "big.bin", "2.0 MB · to ~/Downloads", "Downloading", "0\u00a0of\u00a01\u00a0file")
	b.Until("something to come in", func() bool { return b.shell.uploads.Model().Totals().Down.Done > 500_000 })
	b.TapIn("big.bin", "Pause")
	b.UntilSees("PAUSED · 1", "here; resumes from there", "1 file paused")
	b.TapIn("big.bin", "Resume")
	b.UntilSees("DOWNLOADING")
	b.Tap("Pause all")
	b.UntilSees("Everything is paused.", "WAITING · 1")
	hold.Release()
	b.server.Clear()
	b.Tap("Resume")
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
	b.mustHold(b.folder("big.bin"), make([]byte, 2_000_000))
	b.Tap("Clear finished")
	b.UntilGone("FINISHED TODAY")
	b.mustHold(b.folder("big.bin"), make([]byte, 2_000_000))
}

func TestStoppingMuchOfADownloadAsksFirst(t *testing.T) {
	b := newBench(t)
	b.stall(40_000_000)
	b.get(b.put("big.bin", make([]byte, 64_000_000)))
	b.Until("much to come in", func() bool { return b.shell.uploads.Model().Totals().Down.Done > costlyDownload })
	b.TapIn("big.bin", "Cancel")
	b.MustSee("Stop “big.bin”?", "MB of 64 MB is here and would be deleted.")
	b.Tap("Keep downloading")
	b.MustSee("DOWNLOADING")
	b.TapIn("big.bin", "Cancel")
	b.Tap("Stop it")
	b.UntilGone("big.bin")
	if left, err := os.ReadDir(b.folder()); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestRefusedDownloadsLeadToTheBrowser(t *testing.T) {
	b := newBench(t)
	f := b.put("wanted.bin", []byte("x"))
	answer := b.server.Inject(sandbox.Fault{
		Kind: sandbox.Answer, PathPrefix: "/api/file/" + string(f.ID), Status: 403, Value: "file_rate_limited_captcha_required", Times: -1,
		Match: func(r *http.Request) bool { return !strings.HasSuffix(r.URL.Path, "/info") },
	})
	b.get(f)
	b.UntilSees("FAILED · 1", "In high demand: needs a browser", "1 file failed")
	b.TapIn("wanted.bin", "Open in the browser")
	b.Until("its page in the browser", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Equal(b.opened, []string{b.link(f)})
	})
	answer.Release()
	b.server.Clear()
	b.Tap("Retry all failed")
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
	b.mustHold(b.folder("wanted.bin"), []byte("x"))
}

func TestDownloadsWithoutAConnection(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	away, err := sandbox.Start(t.Context(), sandbox.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	f, err := away.Add("a.bin", strings.NewReader("x"))
	b.must(errors.Join(err, away.Close()))
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: away.APIURL(), Key: sandboxtest.Key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	b.gets.Use(client)
	b.shell.download(b.folder(), []download.Target{{File: f.ID}})
	b.UntilSees("has been unreachable since", "Nothing is lost; everything resumes by itself", "Offline", "Until the service is back")
	sandboxtest.New(t, func(c *sandbox.Config) { c.Dir, c.Addr = dir, away.Addr() })
	b.Tap("Try now")
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
	b.UntilGone("has been unreachable")
}

// shown notes the files that are shown in their folder.
type shown struct {
	mu    sync.Mutex
	paths []string
	err   error
}

func (s *shown) reveal(_ context.Context, path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, path)
	return s.err
}

func TestOpenAndShowWhatWasDownloaded(t *testing.T) {
	for name, err := range map[string]error{"shown": nil, "only the folder": errors.New("no file manager")} {
		t.Run(name, func(t *testing.T) {
			seen := shown{err: err}
			b := newBench(t, func(_ *bench, c *Config, _ *upload.Config) { c.Reveal = seen.reveal })
			b.get(b.put("a #1.txt", []byte("x")))
			b.settled()
			b.UntilSees("FINISHED TODAY · 1")
			b.TapIn("a #1.txt", "Open the file")
			b.TapIn("a #1.txt", "Show in folder")
			b.acted()
			file := &url.URL{Scheme: "file", Path: b.folder("a #1.txt")}
			folder := &url.URL{Scheme: "file", Path: b.folder()}
			want := []string{file.String()}
			if err != nil {
				want = append(want, folder.String())
			}
			if !slices.Equal(b.opened, want) || !slices.Equal(seen.paths, []string{b.folder("a #1.txt")}) {
				t.Errorf("opened %q, shown %q", b.opened, seen.paths)
			}
			b.must(os.Remove(b.folder("a #1.txt")))
			b.TapIn("a #1.txt", "Open the file")
			b.UntilSees("“a #1.txt” is no longer in ~/Downloads.")
		})
	}
}

func TestWhatNothingCanOpen(t *testing.T) {
	b := newBench(t, func(_ *bench, c *Config, _ *upload.Config) {
		c.OpenURL = func(*url.URL) error { return errors.New("no program") }
	})
	b.get(b.put("a.txt", []byte("x")))
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
	b.TapIn("a.txt", "Open the file")
	b.UntilSees("No program could open ~/Downloads/a.txt.")
}

func TestClosingAsksWhileDownloading(t *testing.T) {
	d, with := withDesk(t)
	b := newBench(t, with)
	w := &sight{Window: b.shell.window}
	closed := b.watchClose()
	b.shell.window = w
	hold := b.stall(100_000)
	b.get(b.put("big.bin", make([]byte, 2_000_000)))
	b.UntilSees("Downloading")
	b.shell.askToClose()
	b.MustSee("Downloads are under way", "nothing is lost")
	b.Tap("Keep downloading in the background")
	if !w.hidden || *closed {
		t.Fatalf("hidden %v, closed %v", w.hidden, *closed)
	}
	hold.Release()
	b.server.Clear()
	if got := b.note(d); got.Title != "Sluice" || got.Content != "1 file downloaded" {
		t.Errorf("told %+v", got)
	}
	b.Until("the window to close", func() bool { return *closed })
}

func TestClosingAsksOnceForBoth(t *testing.T) {
	b := newBench(t)
	b.stall(100_000)
	b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 100_000, Times: -1})
	b.get(b.put("in.bin", make([]byte, 2_000_000)))
	b.drop(b.large("out.bin", 64_000_000))
	b.UntilSees("TRANSFERRING", "Uploading", "Downloading", "0\u00a0of\u00a02\u00a0files")
	b.UntilSees("2") // in the navigation
	b.shell.askToClose()
	b.MustSee("Uploads and downloads are under way", "Run in the background")
}

// A download that was accepted without any engine is not lost silently.
func TestNothingToDownloadWith(t *testing.T) {
	b := newBench(t, func(_ *bench, c *Config, _ *upload.Config) { c.Backend.Downloads = nil })
	b.MustNotSee("Download links…")
	b.shell.cfg.App.Clipboard().SetContent(b.link(b.put("a.txt", []byte("a"))))
	b.shell.paste()
	b.MustSee("The clipboard has a web address, not a file.")
}

func TestDownloadsOfAnotherBackend(t *testing.T) {
	b := newBench(t)
	b.get(b.put("first.txt", []byte("1")))
	b.settled()
	b.UntilSees("first.txt")
	other := b.backend(nil)
	used := make(chan struct{})
	go func() {
		defer close(used)
		b.shell.Use(other)
	}()
	b.UntilGone("first.txt")
	<-used
	if n := b.shell.uploads.Model().Totals().Down.Finished; n != 0 {
		t.Errorf("%d downloads of the other backend are counted", n)
	}
	if other.Downloads == nil || b.gets != other.Downloads {
		t.Fatal("the same engine")
	}
}

func TestProgramsAreNotStartedByOneClick(t *testing.T) {
	seen := shown{}
	b := newBench(t, func(_ *bench, c *Config, _ *upload.Config) { c.Reveal = seen.reveal })
	b.get(b.put("setup.EXE", []byte("x")))
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
	b.TapIn("setup.EXE", "Open the file")
	b.MustSee("Open “setup.EXE”?", "can start a program")
	b.Tap("Show in folder")
	b.acted()
	if len(b.opened) != 0 || len(seen.paths) != 1 {
		t.Fatalf("opened %q, shown %q", b.opened, seen.paths)
	}
	b.TapIn("setup.EXE", "Open the file")
	b.Tap("Open the file")
	b.acted()
	if len(b.opened) != 1 {
		t.Errorf("opened %q", b.opened)
	}
	for name, may := range map[string]bool{"a.sh": true, "a.tar.gz": false, "sh": false, "a.exe.txt": false, "x.Desktop": true} {
		if mayRun(name) != may {
			t.Errorf("%s: %v", name, !may)
		}
	}
}
