package gui

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/settings"
	"sluice/service/upload"
)

func uri(path string) fyne.URI { return storage.NewFileURI(path) }

// linksOf gives the addresses of the files on the server by their names.
func (b *bench) linksOf(names ...string) []string {
	b.t.Helper()
	byName := map[string]string{}
	for _, f := range b.server.Uploads() {
		byName[f.Name] = b.shell.backend.Links().File(f.ID)
	}
	links := make([]string, len(names))
	for i, n := range names {
		if links[i] = byName[n]; links[i] == "" {
			b.t.Errorf("%q is not on the server: %v", n, byName)
		}
	}
	return links
}

func TestDropBecomesLinks(t *testing.T) {
	b := newBench(t)
	b.UntilSees("Drop files or folders anywhere in this window", "Idle", "sandbox")
	one := b.file("Videos/talk.mkv", strings.Repeat("x", 100_000))
	two := b.file("Füße & 100% #1?.png", "picture")
	b.file("Pictures/deep/a.txt", "a")
	b.file("Pictures/b.txt", "b")
	b.drop(one, two, filepath.Join(b.home, "Pictures"))
	b.settled()
	b.UntilSees("FINISHED TODAY · 4", "talk.mkv", "100 KB · verified", "Füße & 100% #1?.png", "4 links copied", "4 files uploaded")
	for _, f := range b.server.Uploads() {
		if content, err := b.server.Content(f.ID); err != nil || f.Name == "talk.mkv" && !bytes.Equal(content, bytes.Repeat([]byte("x"), 100_000)) {
			t.Errorf("%s: %d bytes, %v", f.Name, len(content), err)
		}
	}
	lines := strings.Split(b.clipboard(), "\n")
	want := b.linksOf("talk.mkv", "Füße & 100% #1?.png")
	if len(lines) != 4 || lines[0] != want[0] || lines[1] != want[1] {
		t.Errorf("the clipboard has %q, want it to begin with %q", lines, want)
	}
}

func TestCopyAndOpen(t *testing.T) {
	b := newBench(t)
	b.set(func(v *settings.Values) { v.CopyWhenDone = false })
	b.drop(b.file("a.txt", "a"), b.file("b.txt", "b"))
	b.settled()
	if got := b.clipboard(); got != "" {
		t.Fatalf("%q was copied unasked", got)
	}
	links := b.linksOf("a.txt", "b.txt")
	b.TapIn("a.txt", "Copy link")
	if got := b.clipboard(); got != links[0] {
		t.Errorf("the clipboard has %q, want %q", got, links[0])
	}
	b.MustSee("1 link copied")
	b.set(func(v *settings.Values) { v.LinkFormat = service.FormatMarkdown })
	b.Tap("Copy all links")
	if got, want := b.clipboard(), fmt.Sprintf("[a.txt](%s)\n[b.txt](%s)", links[0], links[1]); got != want {
		t.Errorf("the clipboard has %q, want %q", got, want)
	}
	b.TapIn("b.txt", "Open in the browser")
	b.Tap(strings.TrimPrefix(links[0], "http://"))
	b.Until("two pages in the browser", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.opened) == 2
	})
	if b.opened[0] != links[1] || b.opened[1] != links[0] {
		t.Errorf("opened %q, want %q", b.opened, links)
	}
}

func TestBadFilesSayWhy(t *testing.T) {
	b := newBench(t)
	b.drop(b.file("empty.log", ""), filepath.Join(b.home, "gone.txt"), filepath.Join(b.home, "https:/example.com/x.png"), b.file("good.txt", "g"))
	b.settled()
	b.UntilSees("FAILED · 3", "Empty files can’t be uploaded", "The file is no longer there", "A web address, not a file",
		"FINISHED TODAY · 1", "3 files failed", "1 link copied")
	b.file("empty.log", "not empty any more")
	b.TapIn("empty.log", "Try again")
	b.UntilSees("FINISHED TODAY · 2")
	b.TapIn("gone.txt", "Remove from the list")
	b.UntilSees("FAILED · 1")
	b.file("gone.txt", "x")
	b.Tap("Retry all failed")
	b.Tap("Clear finished")
	b.UntilGone("FINISHED TODAY")
	b.MustSee("A web address, not a file")
}

func TestProgressPauseAndCancel(t *testing.T) {
	b := newBench(t)
	hold := b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 600_000, Times: -1})
	b.drop(b.large("big.bin", 64_000_000))
	b.UntilSees("UPLOADING", "big.bin", "Uploading", "64 MB · ~", "0\u00a0of\u00a01\u00a0file")
	b.UntilSees("1") // the navigation's count
	b.Tap("Pause all")
	b.UntilSees("Resume", "All uploads are paused.", "WAITING · 1", "Paused")
	hold.Release()
	b.server.Clear()
	b.Tap("Resume")
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")

	b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: 600_000, Times: -1})
	b.drop(b.large("other.bin", 65_000_000))
	b.UntilSees("other.bin", "Uploading")
	b.TapIn("other.bin", "Cancel")
	b.UntilGone("other.bin")
	if n := len(b.server.Uploads()); n != 1 {
		t.Errorf("%d files are on the server, want the one that was not cancelled", n)
	}
}

func TestRetryingTellsWhyAndWhen(t *testing.T) {
	b := newBench(t)
	b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, PathPrefix: "/api/file/", Method: "PUT", Status: 500, Value: "internal", Times: -1})
	b.drop(b.file("a.bin", "abc"))
	b.UntilSees("Retrying", "The service had a problem: next try in")
	b.server.Clear()
	b.settled()
	b.UntilSees("FINISHED TODAY · 1")
}

func TestWithoutAKeyFilesWait(t *testing.T) {
	b := newBench(t, noKey)
	b.drop(b.file("a.bin", "abc"))
	b.UntilSees("Needs an API key first", "Uploads wait for an API key", "Waiting for a key")
}

// Pasting the links that were just copied is a slip, not a wish for a row each.
func TestPastedLinksAreNoFiles(t *testing.T) {
	b := newBench(t)
	b.shell.cfg.App.Clipboard().SetContent("https://pixeldrain.com/u/abc123\nhttps://pixeldrain.com/u/def456")
	b.shell.paste()
	b.MustSee("The clipboard has a web address, not a file.")
	b.shell.acts.close() // whatever it did is done
	b.Settle()
	if n := b.shell.uploads.Model().Rows(); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestPaste(t *testing.T) {
	b := newBench(t)
	b.shell.cfg.App.Clipboard().SetContent("just words")
	b.shell.paste()
	b.MustSee("There are no files on the clipboard")
	b.Tap("Close")
	b.MustNotSee("There are no files on the clipboard")
	b.shell.cfg.App.Clipboard().SetContent("file://" + b.file("pasted 1.txt", "p") + "\n" + b.file("pasted 2.txt", "q"))
	b.shell.paste()
	b.settled()
	b.UntilSees("pasted 1.txt", "pasted 2.txt", "FINISHED TODAY · 2")
}

func TestChooseFiles(t *testing.T) {
	b := newBench(t)
	b.Tap("Choose files…")
	first := <-b.picks
	b.Tap("Choose folders…") // the first dialog is given up
	second := <-b.picks
	<-first.ctx.Done()
	if first.folders || !second.folders {
		t.Errorf("asked for folders: %v, %v", first.folders, second.folders)
	}
	b.file("chosen/a.txt", "a")
	second.answer <- []string{filepath.Join(b.home, "chosen")}
	b.settled()
	b.UntilSees("a.txt", "FINISHED TODAY · 1")
	b.Tap("Choose files…")
	third := <-b.picks
	third.answer <- nil // cancelled by the user
	b.Settle()
	b.MustSee("FINISHED TODAY · 1")
}

func TestAppearanceIsAppliedAtOnce(t *testing.T) {
	b := newBench(t)
	for _, look := range []settings.Appearance{settings.Dark, settings.Light, settings.FollowSystem} {
		b.set(func(v *settings.Values) { v.Appearance = look })
		theme, ok := b.shell.cfg.App.Settings().Theme().(*kit.Theme)
		if !ok || theme.Appearance() != kit.Appearance(look) {
			t.Errorf("with %s the theme is %v", look, theme)
		}
	}
}

func TestCopyHintFollowsTheSetting(t *testing.T) {
	b := newBench(t)
	b.UntilSees("links are copied when done")
	b.set(func(v *settings.Values) { v.CopyWhenDone = false })
	b.UntilGone("links are copied when done")
}

func TestManyFiles(t *testing.T) {
	b := newBench(t)
	names := numbered(300, "many/file-%03d.txt")
	for i, n := range names {
		b.file(n, fmt.Sprint("content ", i))
	}
	b.drop(filepath.Join(b.home, "many"))
	b.settled()
	b.UntilSees("FINISHED TODAY · 300", "300 links copied", "300 files uploaded")
	if lines := strings.Split(b.clipboard(), "\n"); len(lines) != 300 {
		t.Errorf("%d links are on the clipboard", len(lines))
	}
}

func TestAnotherBackend(t *testing.T) {
	b := newBench(t)
	b.drop(b.file("first.txt", "1"))
	b.settled()
	old := b.engine
	other := b.backend(nil)
	other.Host = func() string { return "elsewhere" }
	used := make(chan struct{})
	go func() {
		defer close(used)
		b.shell.Use(other)
	}()
	b.UntilSees("elsewhere")
	<-used
	b.MustNotSee("first.txt")
	if old == b.engine {
		t.Fatal("the same engine")
	}
	b.drop(b.file("second.txt", "2"))
	b.settled()
	b.UntilSees("second.txt", "FINISHED TODAY · 1")
}

func TestNothingToUploadTo(t *testing.T) {
	b := newBench(t, func(_ *bench, c *Config, _ *upload.Config) { c.Backend.Engine = nil })
	b.drop(b.file("a.txt", "a"))
	b.MustSee("There is nowhere to upload to yet")
}
