package watched

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sluice/gui/kit"
	"sluice/service/screenshots"
	"sluice/service/watch"
)

func TestCardsAndActivity(t *testing.T) {
	lost := watch.Card{ID: 2, Path: "/media/camera/DCIM", Options: watch.DefaultOptions(), State: watch.Missing}
	y := &yard{cards: []watch.Card{folder(1, "/home/me/Pictures/Screenshots"), lost}, past: uploads(3, time.Minute)}
	b := open(t, y)
	b.MustSee("~/Pictures/Screenshots", "Watching · last upload 2 minutes ago · 318 uploaded", "Images and videos",
		"/media/camera/DCIM", "Folder not found. Watching resumes by itself when it is back.",
		"Activity", "shot-3.png", "pixeldrain.com/u/id3", "12:00", "11:58")
	b.MustNotSee("Today", "No watched folders yet")
	y.happen(watch.Entry{ID: 4, Folder: 1, At: noon(), Path: "film.webm.part", What: watch.Skipped, Reason: watch.ReasonTemporary})
	b.UntilSees("Skipped: an unfinished file")
	b.Tap("pixeldrain.com/u/id2")
	b.told("copy https://pixeldrain.com/u/id2")
	b.Copied("https://pixeldrain.com/u/id2")
	b.MustSee("Link copied")
	b.MustNotSee("pixeldrain.com/u/id2")
	b.must(y.change(2, func(c *watch.Card) { c.State = watch.Watching }))
	b.UntilSees("Watching · nothing uploaded yet")
	b.MustNotSee("Folder not found")
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestOptionsAreChangedAtOnce(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}}
	b := open(t, y)
	until := func(what string, ok func(watch.Options) bool) {
		t.Helper()
		b.Until(what, func() bool { return ok(y.card(1).Options) })
	}
	b.Tap("Include subfolders")
	until("subfolders", func(o watch.Options) bool { return o.Subfolders })
	b.Tap("Copy the link")
	until("no copying", func(o watch.Options) bool { return !o.CopyLink })
	b.Tap("Show a notification")
	until("no notification", func(o watch.Options) bool { return !o.Notify })
	b.Tap("Upload edited files again")
	until("edited files", func(o watch.Options) bool { return o.Edited })
	b.Tap("Catch up")
	until("no catching up", func(o watch.Options) bool { return !o.CatchUp })
	b.Tap("Images and videos")
	b.Tap("Documents")
	until("documents", func(o watch.Options) bool { return sameKinds(o.Rules.Kinds, []watch.Kind{watch.Documents}) })
	b.Tap("Keep the file")
	b.Tap("Move to the bin")
	until("the bin", func(o watch.Options) bool { return o.Then == watch.Bin })
	b.Tap("Move to the bin")
	b.Tap("Move to a folder…")
	b.MustSee("Move to the bin") // until a folder is chosen
	b.pick("/home/me/Done")
	until("moving", func(o watch.Options) bool { return o.Then == watch.Move && o.MoveTo == "/home/me/Done" })
	b.UntilSees("~/Done")
	for _, o := range test.LaidOutObjects(b.root) {
		if l, ok := o.(*kit.Link); ok && l.Text.Text() == "~/Done" && l.Size().Width < kit.MeasureText("~/Done", kit.SizeBody, fyne.TextStyle{}).Width {
			t.Errorf("the folder's link is only %v wide", l.Size().Width)
		}
	}
	b.Tap("Watch this folder")
	b.Until("off", func() bool { return y.card(1).State == watch.Off })
	b.UntilSees("Switched off · last upload 2 minutes ago · 318 uploaded")
}

func TestFailedChangeIsTakenBack(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}}
	b := open(t, y)
	y.fail(fmt.Errorf("no: %w", watch.ErrOverlap))
	b.Tap("Include subfolders")
	b.told("tell /shots and another watched folder would overlap")
	if c, _ := b.model.Card(1); c.Options.Subfolders || len(b.model.wishes) > 0 {
		t.Errorf("the card shows %+v", c.Options)
	}
}

func TestRulesSheet(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}}
	b := open(t, y)
	b.Tap("Change…")
	b.UntilSees("These rules match 318 of the files that are there now (1.2 GB).")
	b.MustSee("2 files are skipped: hidden (2)", "Which files are uploaded")
	b.Tap("Show the names")
	b.MustSee("a.png", "b.png", "and 316 more")
	b.Tap("Hide the names")
	b.MustNotSee("a.png")
	b.Type("No names, or e.g. *draft*, old/*", "*draft*, [x")
	b.MustSee("A bracket is not closed")
	b.Tap("Save") // which does nothing
	b.MustSee("Which files are uploaded")
	b.Type("No names, or e.g. *draft*, old/*", "*draft*; *.gif")
	b.Type("Any size", "lots")
	b.MustSee("Write sizes like")
	b.Type("Any size", "1.5 GB")
	b.MustNotSee("Write sizes like")
	b.Tap("Audio")
	b.Tap("Save")
	b.MustNotSee("Which files are uploaded")
	b.Until("the rules", func() bool {
		r := y.card(1).Options.Rules
		return fmt.Sprint(r.Kinds, r.Exclude, r.MaxSize) == "[images videos audio] [*draft* *.gif] 1500000000"
	})
	b.UntilSees("Images and 2 more kinds")
	b.MustSee("skipping *draft*, *.gif, unfinished and hidden files · up to 1.5 GB")
	b.Tap("Change…")
	b.Press(fyne.KeyEscape)
	b.MustNotSee("Which files are uploaded")
}

func TestAddOnlyNew(t *testing.T) {
	y := &yard{}
	b := open(t, y)
	b.MustSee("No watched folders yet")
	b.Tap("Add folder…")
	b.pick("/home/me/Pictures/")
	b.UntilSees("Upload the 318 files (1.2 GB) that are there, or only new ones?")
	b.MustSee("~/Pictures", "Watch this folder?", "2 files are skipped")
	b.Tap("Images")
	b.Tap("Include subfolders")
	b.Tap("Only new ones")
	b.told("done Watching ~/Pictures")
	b.UntilSees("Watching · nothing uploaded yet")
	if len(y.added) != 1 || y.added[0] != "/home/me/Pictures false" {
		t.Errorf("added %q", y.added)
	}
	if o := y.card(101).Options; !o.Subfolders || !sameKinds(o.Rules.Kinds, []watch.Kind{watch.Images}) || !o.CopyLink {
		t.Errorf("options %+v", o)
	}
}

func TestAddWithWhatIsThere(t *testing.T) {
	y := &yard{}
	b := open(t, y)
	b.Tap("Add folder…")
	b.pick("/data")
	b.UntilSees("Upload the 318 files")
	b.Tap("Upload them too")
	b.told("done Watching /data")
	if len(y.added) != 1 || y.added[0] != "/data true" {
		t.Errorf("added %q", y.added)
	}
}

func TestAddingIsRefused(t *testing.T) {
	y := &yard{}
	b := open(t, y)
	b.Tap("Add folder…")
	b.pick("/data")
	b.UntilSees("Upload the 318 files")
	y.fail(fmt.Errorf("no: %w", fs.ErrPermission))
	b.Tap("Only new ones")
	b.UntilSees("Sluice can’t read /data.")
	y.fail(nil)
	b.Tap("Include subfolders") // asks again
	b.UntilGone("Sluice can’t read /data.")
	b.UntilSees("Upload the 318 files")
	b.Tap("Cancel")
	b.MustSee("No watched folders yet")
}

func TestAddTellsBeforeHarm(t *testing.T) {
	outer := folder(1, "/home/me/Pictures")
	outer.Options.Subfolders = true
	y := &yard{cards: []watch.Card{outer, folder(2, "/data/in")}}
	b := open(t, y)
	choose := func(path string) {
		b.Tap("Add folder…")
		b.pick(path)
	}
	choose("/home/me/Pictures")
	b.told("tell ~/Pictures is already watched")
	choose("/home/me/Pictures/2026")
	b.told("tell ~/Pictures/2026 is in ~/Pictures, which is watched with its subfolders")
	choose("/home/me")
	b.UntilSees("This is your whole home folder.")
	b.Tap("Cancel")
	choose("/")
	b.UntilSees("This holds the whole system")
	b.Tap("Cancel")
	b.remote = true
	choose("/net/share")
	b.UntilSees("This folder is on another computer")
	b.Tap("Cancel")
	choose("/data")
	b.UntilSees("Upload the 318 files")
	b.Tap("Include subfolders")
	b.UntilSees("/data/in is inside it and already watched.")
	b.Tap("Only new ones")
	b.MustSee("Watch this folder?")
	if len(y.added) != 0 {
		t.Errorf("added %q", y.added)
	}
}

func TestEscapeAndAnotherSessionTakeTheSheetAway(t *testing.T) {
	b := open(t, &yard{})
	for on := range 12 { // all that can have the keyboard
		b.Tap("Add folder…")
		b.pick("/data")
		b.UntilSees("Upload the 318 files")
		for range on {
			b.canvas().FocusNext()
		}
		b.Press(fyne.KeyEscape)
		b.MustNotSee("Watch this folder?")
	}
	b.Tap("Add folder…")
	b.pick("/data")
	b.UntilSees("Upload the 318 files")
	b.Tap("Images") // nothing has the keyboard after a click
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.MustNotSee("Watch this folder?")
	b.Tap("Add folder…")
	b.pick("/data")
	b.UntilSees("Upload the 318 files")
	b.Use(nil)
	b.MustNotSee("Watch this folder?")
	if len(b.yard.added) != 0 {
		t.Errorf("added %q", b.yard.added)
	}
}

// What was changed just before the window closes is carried out.
func TestChangeOutlastsTheWindow(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	lasting, cancel := outlast(ctx)
	end()
	if lasting.Err() != nil {
		t.Error("the change ends with the window")
	}
	cancel()
	if lasting.Err() == nil {
		t.Error("it never ends")
	}
}

func TestCountingCanBeStopped(t *testing.T) {
	y := &yard{}
	counted := make(chan struct{})
	b := open(t, y, func(b *bench) {
		b.looks = func(ctx context.Context, _ string, _ watch.Options, soFar func(int, int64)) (watch.Preview, error) {
			soFar(1500, 10)
			close(counted)
			<-ctx.Done()
			return watch.Preview{}, ctx.Err()
		}
	})
	b.Tap("Add folder…")
	b.pick("/data")
	<-counted
	b.UntilSees("Counting… 1,500 files so far")
	b.Tap("Stop counting")
	b.UntilSees("Counting stopped: 1,500 files so far")
	b.Tap("Only new ones") // needs no count
	b.told("done Watching /data")
}

func TestFolderThatCantBeReadIsNotAdded(t *testing.T) {
	b := open(t, &yard{}, func(b *bench) {
		b.looks = func(context.Context, string, watch.Options, func(int, int64)) (watch.Preview, error) {
			return watch.Preview{}, fs.ErrPermission
		}
	})
	b.Tap("Add folder…")
	b.pick("/root")
	b.UntilSees("Sluice can’t read /root.")
	b.Tap("Only new ones")
	b.MustSee("Watch this folder?")
}

func TestScreenshotsAreSuggested(t *testing.T) {
	y := &yard{shots: []screenshots.Folder{{Path: "/home/me/Pictures/Screenshots", Own: true}}}
	b := open(t, y)
	b.UntilSees("Watch ~/Pictures/Screenshots")
	b.Tap("Watch ~/Pictures/Screenshots")
	b.told("done Watching ~/Pictures/Screenshots")
	if o := y.card(101).Options; y.added[0] != "/home/me/Pictures/Screenshots false" || !sameKinds(o.Rules.Kinds, []watch.Kind{watch.Images, watch.Videos}) {
		t.Errorf("added %q, %+v", y.added, o)
	}
}

func TestSharedFolderIsAskedFor(t *testing.T) {
	b := open(t, &yard{shots: []screenshots.Folder{{Path: "/home/me/Desktop"}}})
	b.UntilSees("Watch ~/Desktop")
	b.Tap("Watch ~/Desktop")
	b.UntilSees("Watch this folder?", "Upload the 318 files")
}

func TestPause(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}}
	b := open(t, y)
	b.Tap("Pause")
	b.Tap("For an hour")
	b.UntilSees("Paused until 13:00 · last upload 2 minutes ago")
	b.Tap("Resume")
	b.UntilSees("Watching · last upload")
	b.Tap("Pause")
	b.Tap("Until Sluice restarts")
	b.UntilSees("Paused until Sluice restarts · last upload")
}

func TestRemove(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}, past: uploads(2, time.Minute)}
	b := open(t, y)
	b.Tap("Stop watching…")
	b.Tap("Cancel")
	b.Tap("Stop watching…")
	b.MustSee("Your files, your uploads and all links stay")
	b.Tap("Stop watching")
	b.UntilSees("No watched folders yet")
	if b.model.Activity.Rows() != 1 {
		t.Errorf("%d rows are left", b.model.Activity.Rows())
	}
}

func TestLimitTellsHowToRaiseIt(t *testing.T) {
	c := folder(1, "/shots")
	c.State, c.Reason = watch.Polling, watch.ReasonWatches
	b := open(t, &yard{cards: []watch.Card{c}})
	b.MustSee("The system’s limit on watched folders is reached", "echo fs.inotify.max_user_watches=524288 | sudo tee")
	b.Tap("Copy")
	b.told("copy text echo fs.inotify.max_user_watches=524288 | sudo tee /etc/sysctl.d/60-sluice-max-user-watches.conf && sudo sysctl --system")
}

func TestManyEntriesArePaged(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}, past: uploads(3000, 15*time.Minute)}
	b := open(t, y)
	b.MustSee("Today")
	if len(y.reads) != 1 {
		t.Errorf("read %v at first", y.reads)
	}
	for range 40 {
		b.rows.ScrollToOffset(1e9)
		b.Until("a page", func() bool { return !b.model.Activity.reading })
	}
	b.MustSee("shot-1.png")
	if n := len(y.reads); n < 15 || n > 17 {
		t.Errorf("read %d pages", n)
	}
	if shown := len(test.LaidOutObjects(b.root)); shown > 1200 {
		t.Errorf("%d objects for a window full of rows", shown)
	}
}

func TestActivityThatCantBeRead(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}, past: uploads(300, time.Second)}
	b := open(t, y)
	y.fail(errors.New("disk"))
	b.rows.ScrollToOffset(1e9)
	b.UntilSees("The rest can’t be read")
	y.fail(nil)
	b.Tap("Try again")
	b.Until("the rest", func() bool { return len(b.model.Activity.entries) == 300 })
}

func TestFoldersThatCantBeOpened(t *testing.T) {
	b := open(t, &yard{})
	b.Use(func(context.Context) (Folders, error) { return nil, errors.New("broken") })
	b.UntilSees("The watched folders can’t be read")
	b.Tap("Add folder…") // which does nothing
	if len(b.picks) != 0 {
		t.Error("asks for a folder that nobody could watch")
	}
}

func TestKeysOfTheActivity(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}, past: uploads(3, time.Minute)}
	b := open(t, y)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	b.Press(fyne.KeyReturn)
	b.told("open https://pixeldrain.com/u/id3")
	b.Press(fyne.KeyDown)
	b.Press(fyne.KeySpace)
	b.told("copy https://pixeldrain.com/u/id2")
}

func TestManyFoldersAreFolded(t *testing.T) {
	y := &yard{}
	for i := range 5 {
		y.cards = append(y.cards, folder(watch.FolderID(i+1), fmt.Sprintf("/shots/%d", i)))
	}
	b := open(t, y)
	b.MustSee("/shots/0", "/shots/4", "Activity")
	b.MustNotSee("When verified")
	b.TapIn("/shots/2", "Options")
	b.MustSee("When verified")
	b.Tap("Hide options")
	b.MustNotSee("When verified")
}

// A card is as high as its words need, also where unfolding leaves them less
// room.
func TestUnfoldedCardsAreHighEnough(t *testing.T) {
	y := &yard{cards: []watch.Card{folder(1, "/shots")}}
	b := open(t, y)
	for width := float32(400); width < 600; width += 8 {
		b.Tap("Hide options")
		b.win.Resize(fyne.NewSize(width, 480))
		b.Tap("Options")
		card := b.cards[1]
		card.head.Refresh() // as anything can
		if have, want := card.box.Size().Height, card.box.MinSize().Height; have < want {
			t.Errorf("in %v the card is %v high and needs %v", width, have, want)
		}
	}
}

// Controls stay on the screen in the narrowest window, with the longest words.
func TestNarrowWindow(t *testing.T) {
	c := folder(1, "/home/me/"+strings.Repeat("a long name/", 20))
	c.Options.Then, c.Options.MoveTo = watch.Move, "/home/me/"+strings.Repeat("elsewhere/", 20)
	c.Options.Rules.Kinds = []watch.Kind{watch.Videos, watch.Audio, watch.Documents, watch.Archives}
	c.Options.Rules.Exclude = []string{strings.Repeat("x", 200)}
	b := open(t, &yard{cards: []watch.Card{c}, past: uploads(3, time.Minute)})
	win := b.win
	for _, width := range []float32{512, 700, 972} {
		win.Resize(fyne.NewSize(width, 480))
		for _, o := range test.LaidOutObjects(b.root) {
			if _, control := o.(fyne.Focusable); !control || !o.Visible() {
				continue
			}
			if o == fyne.CanvasObject(b.rows) {
				continue
			}
			right := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X + o.Size().Width
			if right > width-24 {
				t.Errorf("in %v a %T ends at %v", width, o, right)
			}
		}
	}
}

func TestNoBorderBetweenPiecesOfTheCard(t *testing.T) {
	for _, p := range []part{middle, bottom} {
		s := newSlab(p)
		s.layout(fyne.NewSize(300, 40))
		above := s.line.Position().Y - s.ground.Position().Y
		if above < 0 || p == bottom && above < 1 { // rounded pieces have soft edges
			t.Errorf("the ground of part %d begins %v above its border", p, above)
		}
	}
}
