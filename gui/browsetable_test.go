package gui

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/settings"
)

// all shows the account's n files.
func (b *browser) all(n int) {
	b.t.Helper()
	b.use()
	b.Until("all files", func() bool { return len(b.names()) == n })
}

func TestTableSortsByItsTitles(t *testing.T) {
	b := newBrowser(t, 300)
	b.all(300)
	b.click(3, 0)
	chosen := b.selected()
	b.Tap("As pictures") // its middle is where the table begins
	b.UntilSees("Name", "Size", "Uploaded", "Views")
	b.Until("the view to be kept", func() bool { return b.store.Values().FilesView == settings.FilesTable })

	list := b.shell.files.Model().List()
	sizes := func(ascending bool) func() bool {
		return func() bool {
			return slices.IsSortedFunc([]int{0, 1, 150, 299}, func(i, j int) int {
				if a, b := list.File(i).Size, list.File(j).Size; (a < b) != ascending && a != b {
					return 1
				}
				return -1
			})
		}
	}
	b.Tap("Size")
	b.Until("the largest first", sizes(false))
	b.MustSee("Largest first")
	b.Tap("Size")
	b.Until("the smallest first", sizes(true))
	b.MustSee("Smallest first")
	b.Until("the order to be kept", func() bool { return b.store.Values().FilesOrder == settings.SmallestFirst })
	b.Tap("Smallest first")
	b.Tap("Least downloaded")
	b.Until("the order of the menu", func() bool { return b.shell.files.Model().List().File(0).Downloads <= list.File(299).Downloads })
	b.UntilSees("Downloads")
	if !slices.Equal(b.selected(), chosen) {
		t.Errorf("%q are selected, before it was %q", b.selected(), chosen)
	}
}

// write types in place of all that the field in use has.
func (b *browser) write(text string) {
	b.t.Helper()
	field := b.shell.window.Canvas().Focused()
	field.(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	test.Type(field, text)
	b.Settle()
}

func TestRenameOne(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(4, 0)
	old, id := b.names()[4], b.selected()[0]
	b.Press(fyne.KeyF2)
	b.MustSee("Rename", "Cancel", old)
	b.write("")
	b.MustSee("Enter a name.")
	b.write(strings.Repeat("x", 256))
	b.MustSee("1 character too long: a name can have at most 255.")
	b.Press(fyne.KeyEscape)
	b.MustNotSee("Cancel")
	if got := b.names()[4]; got != old {
		t.Errorf("after Escape it is called %q", got)
	}

	b.Press(fyne.KeyF2)
	test.Type(b.shell.window.Canvas().Focused(), "short")
	b.MustSee("short" + filepath.Ext(old)) // the ending stays
	b.Press(fyne.KeyEscape)

	b.renaming = make(chan struct{})
	b.Press(fyne.KeyF2)
	b.write("zz another name.txt")
	b.Tap("Rename")
	b.Until("the new name at once", func() bool { return slices.Contains(b.names(), "zz another name.txt") })
	close(b.renaming)
	b.Until("the service to know it", func() bool {
		f, err := b.server.File(id)
		return err == nil && f.Name == "zz another name.txt"
	})
	if got := b.selected(); !slices.Equal(got, []service.FileID{id}) {
		t.Errorf("%q are selected", got)
	}

	b.renaming = nil
	b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "POST", PathPrefix: "/api/file/", Status: 403, Value: "forbidden", Times: 1})
	b.Press(fyne.KeyF2)
	b.write("refused.txt")
	b.Tap("Rename")
	b.UntilSees("“zz another name.txt” could not be renamed. ")
	b.Until("the old name again", func() bool {
		return slices.Contains(b.names(), "zz another name.txt") && !slices.Contains(b.names(), "refused.txt")
	})
	b.MustSee("Rename…")
}

// Why a name was refused is told in words about the name, and nobody is promised
// another try.
func TestWhyANameIsRefused(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(0, 0)
	for _, c := range []struct {
		status      int
		value, want string
	}{
		{422, "name_contains_illegal_character", "The new name has characters that the service does not allow. Choose another one."},
		{422, "string_out_of_range", "The new name is longer than the service allows. Choose a shorter one."},
		{500, "internal", "The service had a problem. Nothing was changed. Try again in a few minutes."},
		{401, "authentication_failed", "The API key was refused. Nothing was changed. Enter a new key in Settings."},
	} {
		b.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "POST", PathPrefix: "/api/file/", Status: c.status, Value: c.value})
		b.Press(fyne.KeyF2)
		b.write("no " + c.value + ".txt") // each round another: a name that is shown already is not sent
		b.Tap("Rename")
		b.UntilSees("could not be renamed. " + c.want)
		b.server.Clear()
	}
}

// A service that has no such method says so once, and then nothing offers it.
func TestRenameWhereTheServiceCant(t *testing.T) {
	b := newBrowser(t, 30, func(c *sandbox.Config) { c.Dialect = sandbox.Dialect2020 })
	b.all(30)
	b.click(0, 0)
	old := b.names()[0]
	b.Tap("Rename…")
	b.write("new.txt")
	b.Tap("Rename")
	b.UntilSees("This service can’t rename files. ")
	b.Until("the old name again", func() bool { return b.names()[0] == old })
	b.MustNotSee("Rename…")
	b.Press(fyne.KeyF2)
	b.MustNotSee("Cancel")
}

func TestSaveLists(t *testing.T) {
	b := newBrowser(t, 300)
	b.all(300)
	read := func(name string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(b.content(name))).ReadAll()
		b.must(err)
		return rows[1:]
	}
	b.Type("Search 300 files", "jpg")
	b.Until("the search", func() bool { return len(b.names()) < 300 && len(b.names()) > 10 })
	found := b.names()
	b.Tap("Save this list as CSV…")
	ask := <-b.saves
	if ask.name != "sluice-files-2026-11-23.csv" {
		t.Errorf("the name to begin with is %q", ask.name)
	}
	ask.answer <- filepath.Join(b.home, "shown.csv")
	b.UntilSees(" files listed in "+filepath.FromSlash("~/shown.csv"), "Show folder")
	for i, row := range read("shown.csv") {
		f := b.shell.files.Model().List().File(i)
		if strings.TrimPrefix(row[0], "'") != found[i] || strings.TrimPrefix(row[1], "'") != string(f.ID) || row[2] != b.shell.backend.Links().File(f.ID) || row[8] != f.SHA256 {
			t.Fatalf("row %d is %q, the file %+v", i, row, f)
		}
	}

	b.click(2, 0)
	b.click(0, fyne.KeyModifierControl)
	b.Tap("More")
	b.Tap("Save list as CSV…")
	(<-b.saves).answer <- filepath.Join(b.home, "two.csv")
	b.UntilSees("2 files listed in " + filepath.FromSlash("~/two.csv"))
	if rows := read("two.csv"); len(rows) != 2 || !strings.HasSuffix(rows[0][0], found[2]) || !strings.HasSuffix(rows[1][0], found[0]) {
		t.Errorf("got %q", rows)
	}
	b.Tap("More")
	b.Tap("Save list as CSV…")
	(<-b.saves).answer <- filepath.Join(b.home, "gone", "two.csv")
	b.UntilSees(filepath.FromSlash("~/gone") + " is no longer there, so nothing was saved")
	b.MustNotSee(" files listed in ")
	b.Tap("More")
	b.Tap("Save list as CSV…")
	(<-b.saves).answer <- filepath.Join(b.home, "three.csv")
	b.UntilSees("2 files listed in " + filepath.FromSlash("~/three.csv"))
	b.MustNotSee("nothing was saved")
}

// What the card tells of is the file that was clicked, also where the search hides
// it, and never one that nobody has selected.
func TestDetailsStayWithTheirFile(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(9, 0)
	id := b.selected()[0]
	other := b.names()[3]
	b.Type("Search 30 files", `"`+other+`"`)
	b.Until("the search", func() bool { return len(b.names()) == 1 })
	b.MustSee("1 not shown", string(id))
	b.Type("Search 30 files", "")
	b.Until("all files", func() bool { return len(b.names()) == 30 })
	b.MustSee(string(id))
	b.must(b.client.Delete(t.Context(), id))
	b.click(2, fyne.KeyModifierControl)
	b.click(9, fyne.KeyModifierControl)
	b.click(9, fyne.KeyModifierControl)
	b.Tap("Ask the service again (F5)")
	b.Until("the file to be gone", func() bool { return len(b.names()) == 29 })
	b.MustSee("1 file · ", "Select a file to see its details.")
}

// What stands in the way of a file is said in words.
func TestDetailsTellTheState(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	list := b.shell.files.Model().List()
	b.must(b.server.SetObstacle(list.ID(0), "file_rate_limited_captcha_required", ""))
	b.must(b.server.SetObstacle(list.ID(1), "lost_in_space", ""))
	b.must(b.server.SetObstacle(list.ID(2), "virus_detected_captcha_required", "Found: Eicar"))
	b.Tap("Ask the service again (F5)")
	b.Until("the listing", func() bool { return list.File(2).AvailabilityMessage != "" })
	for i, want := range []string{"In high demand: needs a browser", "lost_in_space", "Found: Eicar"} {
		b.click(i, 0)
		b.MustSee("State", want)
	}
	b.click(3, 0)
	b.MustNotSee("State")
}

// In a narrow window the details take the place of the files, and Escape brings
// these back.
func TestDetailsInANarrowWindow(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.MustNotSee("File details")
	b.shell.window.Resize(fyne.NewSize(720, 480))
	b.Settle()
	b.Tap("File details") // of the first in view
	b.MustSee(b.names()[0], "SHA-256", "Rename…")
	b.Press(fyne.KeyRight)
	b.MustSee(b.names()[1], "SHA-256")
	if len(b.selected()) != 1 {
		t.Errorf("%q are selected", b.selected())
	}
	b.Press(fyne.KeyEscape)
	b.MustSee("1 file · ")
	b.Press(fyne.KeyEscape)
	if len(b.selected()) != 0 {
		t.Errorf("%q are selected", b.selected())
	}
	b.Tap("File details")
	b.shell.window.Resize(fyne.NewSize(1180, 760))
	b.Settle()
	b.MustSee("1 file · ")
	b.MustNotSee("Back to the files (Escape)")
}

// Tab leads to nothing that is out of the window, where nobody sees what Enter
// would do.
func TestTabStaysInANarrowWindow(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.shell.window.Resize(fyne.NewSize(720, 480))
	b.Settle()
	b.click(0, 0)
	c := b.shell.window.Canvas()
	walk := func(where string) {
		stops := 0
		for range 60 {
			c.FocusNext()
			o, ok := c.Focused().(fyne.CanvasObject)
			if _, grid := o.(*kit.Grid); !ok || grid { // keys go from file to file, also while the details are above
				continue
			}
			if at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o); at.X >= c.Size().Width {
				t.Errorf("%s: %T at %v has the keyboard", where, o, at)
			}
			stops++
		}
		if stops < 40 {
			t.Errorf("%s: only %d stops", where, stops)
		}
	}
	walk("files")
	b.Tap("File details")
	b.MustSee("SHA-256")
	walk("details")
	b.Tap("Rename…")
	b.MustSee("Cancel")
}

func TestSavingAListCanBeCancelled(t *testing.T) {
	b := newBrowser(t, 3)
	b.all(3)
	gate := make(chan struct{})
	b.shell.saveList(files.Listing{Count: 50_000, Files: func(yield func(service.File) bool) {
		for i := range 50_000 {
			if i == 10_500 {
				<-gate
			}
			if !yield(service.File{ID: "abc", Name: "a.txt"}) {
				return
			}
		}
	}})
	(<-b.saves).answer <- filepath.Join(b.home, "long.csv")
	b.UntilSees("Saving the list: 10,000 of 50,000 files")
	b.Tap("Cancel")
	close(gate)
	b.UntilSees("Cancelled. Nothing was saved.")
	if left, err := filepath.Glob(filepath.Join(b.home, "*long.csv")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// Buttons for which the bar has no room are in the menu of the others.
func TestBarInANarrowWindow(t *testing.T) {
	b := newBrowser(t, 30)
	b.all(30)
	b.click(0, 0)
	b.click(2, fyne.KeyModifierShift)
	b.MustSee("Copy links", "Download", "Open", "More", "Delete…")
	b.Tap("More")
	b.MustSee("Save list as CSV…")
	b.MustNotSee("Download", "Open in the browser", "Rename…") // these have buttons; there are three files
	b.shell.window.Canvas().Overlays().Top().Hide()

	b.shell.window.Resize(fyne.NewSize(720, 480))
	b.Settle()
	b.MustSee("3 files · ", "Copy links", "More", "Delete…")
	b.Tap("More")
	b.MustSee("Download", "Open in the browser", "Save list as CSV…")
}
