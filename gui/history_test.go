package gui

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"fyne.io/fyne/v2"

	"sluice/service"
	"sluice/service/settings"
	"sluice/service/upload"
)

// threeUploads opens a window with three uploads, one of which failed.
func threeUploads(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.set(func(v *settings.Values) { v.CopyWhenDone = false })
	b.drop(b.file("notes \"1\", a.txt", "one"), b.file("Pictures/IMG_1.jpg", "two"), b.file("empty.log", ""))
	b.settled()
	return b
}

func TestHistoryJourney(t *testing.T) {
	b := threeUploads(t)
	b.Tap("History")
	b.UntilSees("Today · 3", "IMG_1.jpg", "3 B · ~/Pictures", "Uploaded and verified", "Failed: Empty files can’t be uploaded")
	b.MustNotSee("Drop files or folders anywhere in this window")

	links := b.linksOf("notes \"1\", a.txt", "IMG_1.jpg")
	b.TapIn("IMG_1.jpg", "Copy link")
	if got := b.clipboard(); got != links[1] {
		t.Errorf("the clipboard has %q, want %q", got, links[1])
	}
	b.Tap("Copy all links")
	if got := b.clipboard(); got != links[0]+"\n"+links[1] {
		t.Errorf("the clipboard has %q, want %q in the order of the drop", got, links)
	}
	b.TapIn("IMG_1.jpg", "Open in the browser")
	b.Until("the page in the browser", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Equal(b.opened, links[1:])
	})

	b.Type("Search names", "NOTES")
	b.UntilSees("Today · 1")
	b.MustNotSee("IMG_1.jpg")
	b.exportTo("found.csv", "As CSV, for spreadsheets…")
	b.UntilSees("1 upload saved in " + filepath.FromSlash("~/found.csv"))
	rows, err := csv.NewReader(strings.NewReader(b.content("found.csv"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "notes \"1\", a.txt" || rows[1][5] != links[0] {
		t.Errorf("exported %q, %v", rows, err)
	}

	b.Tap("Clear search")
	b.UntilSees("Today · 3")
	b.exportTo("all.json", "As JSON, for programs…")
	b.UntilSees("3 uploads saved in " + filepath.FromSlash("~/all.json"))
	var all []struct{ Name, State string }
	if err := json.Unmarshal([]byte(b.content("all.json")), &all); err != nil || len(all) != 3 {
		t.Errorf("exported %v, %v", all, err)
	}

	b.Tap("Clear history…")
	b.UntilSees("The history has 3 uploads.", "stay")
	b.shell.swap(b.shell.backend) // such as another account's
	b.MustNotSee("The history has 3 uploads.")
	b.Tap("History")
	b.UntilSees("Today · 3")
	b.Tap("Clear history…")
	b.UntilSees("The history has 3 uploads.")
	b.Tap("Cancel")
	b.MustSee("Today · 3")
	b.Tap("Clear history…")
	b.UntilSees("The history has 3 uploads.")
	b.Tap("Everything")
	b.UntilSees("No history yet", "3 uploads cleared from the history")
	if n := len(b.server.Uploads()); n != 2 {
		t.Errorf("%d files are on the service, want the 2 to stay", n)
	}
	b.Tap("Uploads")
	b.UntilSees("Drop files or folders anywhere in this window")
	b.UntilGone("IMG_1.jpg")
}

// exportTo chooses a format and answers the dialog with a file below home.
func (b *bench) exportTo(name, format string) {
	b.t.Helper()
	b.Tap("Export…")
	b.Tap(format)
	(<-b.saves).answer <- filepath.Join(b.home, name)
}

func (b *bench) content(name string) string {
	b.t.Helper()
	content, err := os.ReadFile(filepath.Join(b.home, name))
	b.must(err)
	return string(content)
}

func TestHistoryIsSearchedByTyping(t *testing.T) {
	b := threeUploads(t)
	c := b.shell.window.Canvas()
	b.Tap("History")
	b.UntilSees("Today · 3")
	for _, r := range "img_1" {
		if f := c.Focused(); f != nil {
			f.TypedRune(r)
		} else {
			c.OnTypedRune()(r)
		}
	}
	b.UntilSees("Today · 1")
	b.Press(fyne.KeyEscape) // clears the search
	b.UntilSees("Today · 3")
	b.Press(fyne.KeyDown) // to the rows
	for _, r := range " notes" {
		c.Focused().TypedRune(r)
	}
	b.UntilSees("Today · 1", "notes \"1\", a.txt")
}

// A page that is not shown takes no keys.
func TestHistoryBehindAnotherScreenTakesNoKeys(t *testing.T) {
	b := newBench(t, func(_ *bench, cfg *Config, _ *upload.Config) {
		cfg.NewSettings = func(*Shell, Backend) fyne.CanvasObject { return &fyne.Container{} }
	})
	c := b.shell.window.Canvas()
	b.Tap("History")
	b.Tap("Settings")
	c.OnTypedRune()('x')
	b.shell.find()
	if f := c.Focused(); f != nil {
		t.Errorf("%T has the keyboard", f)
	}
}

func TestHistoryIsLeft(t *testing.T) {
	b := threeUploads(t)
	key := func(name fyne.KeyName) {
		b.shell.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
		b.Settle()
	}
	b.Tap("History")
	b.UntilSees("Today · 3")
	key(fyne.KeyEscape)
	b.MustSee("Choose files…")
	if b.shell.history.Model().Len() != 0 {
		t.Error("a closed history keeps its rows")
	}

	b.Tap("History")
	b.UntilSees("Today · 3")
	b.Tap("Uploads") // of the page and of the navigation
	b.MustSee("Choose files…")

	b.Tap("History")
	b.UntilSees("Today · 3")
	b.drop(b.file("later.txt", "later")) // shows the uploads
	b.MustSee("Choose files…")
	b.settled()
	key(fyne.KeyEscape) // goes to nothing
	b.MustSee("Choose files…")
}

func TestHistoryIsLive(t *testing.T) {
	b := threeUploads(t)
	b.Tap("History")
	b.UntilSees("Today · 3")
	b.file("empty.log", "no longer")
	b.file("more.txt", "m")
	_, err := b.engine.Add(t.Context(), upload.Drop, []string{filepath.Join(b.home, "more.txt")})
	b.must(err)
	b.UntilSees("more.txt", "Today · 4")
	b.must(b.engine.RetryFailed(t.Context()))
	b.UntilGone("Failed: Empty files")
	b.UntilSees("empty.log", "Today · 4")
}

func TestExportIsCancelledAndReplaced(t *testing.T) {
	b := threeUploads(t)
	b.Tap("History")
	b.UntilSees("Today · 3")
	before := b.file("kept.csv", "what was there")
	b.must(os.Chmod(before, 0o640))
	b.Tap("Export…")
	b.Tap("As CSV, for spreadsheets…")
	first := <-b.saves
	if !strings.HasPrefix(first.name, "sluice-history-") || filepath.Ext(first.name) != ".csv" {
		t.Errorf("the dialog begins with the name %q", first.name)
	}
	b.Tap("Export…")
	b.Tap("As CSV, for spreadsheets…")
	<-first.ctx.Done() // one dialog at a time
	second := <-b.saves
	second.answer <- "" // cancelled by the user
	<-second.ctx.Done()
	b.exportTo("kept.csv", "As CSV, for spreadsheets…") // the dialog has asked
	b.UntilSees("3 uploads saved")
	if rows := strings.Count(b.content("kept.csv"), "\n"); rows != 4 {
		t.Errorf("%d lines in the file", rows)
	}
	if info, err := os.Stat(before); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file has become %v, %v", info.Mode(), err)
	}
	b.Tap("Show folder")
	b.Until("the folder to be shown", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.Equal(b.opened, []string{"file://" + filepath.ToSlash(b.home)})
	})
}

func TestExportFailsInWords(t *testing.T) {
	b := threeUploads(t)
	b.Tap("History")
	b.UntilSees("Today · 3")
	b.exportTo("gone/history.csv", "As CSV, for spreadsheets…")
	b.UntilSees(filepath.FromSlash("~/gone") + " is no longer there, so nothing was saved")

	for _, c := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Err: syscall.EACCES}, "Sluice can’t write to ~/x"},
		{service.AsError("export the history", syscall.ENOSPC), "There is no space left in ~/x"},
		{&service.Error{Op: "read the history"}, "The history can’t be read, so nothing was saved"},
		{errors.New("odd"), "The file could not be saved in ~/x"},
	} {
		if got := exportFailure("~/x", c.err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v is told as %q, want %q", c.err, got, c.want)
		}
	}
}

func TestFailedExportLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	_, err := saveWhole(path, upload.CSV, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "before" {
		t.Errorf("the file has %q", got)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

func TestFreeName(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"a.csv", "a (2).csv", "a (3).csv"} {
		got := freeName(dir, "a.csv")
		if filepath.Base(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := os.WriteFile(got, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
