package watch

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/storage"
)

func picture(t *testing.T, n int) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, n, 8))
	for i := range img.Pix {
		img.Pix[i] = byte(i * n)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOnlyNewFilesAreUploaded(t *testing.T) {
	r := newRig(t)
	r.write("old.txt", "old")
	r.watch(DefaultOptions())
	r.write("new.txt", "new")
	e := r.entry("new.txt", Uploaded, "")
	if e.Link == "" || e.Size != 3 || e.ID == 0 {
		t.Errorf("%+v", e)
	}
	r.has("new.txt")
}

func TestExistingFilesAreUploadedWhenAsked(t *testing.T) {
	r := newRig(t)
	r.write("old.txt", "old")
	_, err := r.w.AddFolder(t.Context(), r.dir, DefaultOptions(), true)
	r.ok(err)
	r.entry("old.txt", Uploaded, "")
	r.has("old.txt")
}

// A picture that is whole does not wait for the quiet second; other files do.
func TestTheQuietSecond(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	id := r.watch(DefaultOptions())
	r.movein("shot.png", picture(t, 20))
	r.entry("shot.png", Uploaded, "")
	r.write("cut.png", picture(t, 30)[:60])
	r.until("two pending", func() bool { return r.cards[id].Pending == 1 })
	r.write("notes.txt", "notes")
	r.until("two pending", func() bool { return r.cards[id].Pending == 2 })
	clock.advance(999 * time.Millisecond)
	r.movein("shot2.png", picture(t, 40))
	r.entry("shot2.png", Uploaded, "")
	r.has("shot.png", "shot2.png")
	clock.advance(time.Second)
	r.entry("notes.txt", Uploaded, "")
	r.entry("cut.png", Uploaded, "")
}

// Where neither the platform nor the format tells whether a file is complete, a
// writer that rests for some seconds is not taken for one that has ended.
func TestUnsureFilesAreQuietForLonger(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock), func(c *Config) {
		c.probe = func(path string, _ ident) (holding, bool) { return unknown, filepath.Ext(path) == ".png" }
	})
	id := r.watch(DefaultOptions())
	r.write("long.txt", "begin ")
	r.write("shot.png", "whole")
	r.until("two pending", func() bool { return r.cards[id].Pending == 2 })
	clock.advance(4900 * time.Millisecond)
	r.entry("shot.png", Uploaded, "")
	r.has("shot.png")
	clock.advance(200 * time.Millisecond)
	r.entry("long.txt", Uploaded, "")
}

func TestAWriterIsWaitedFor(t *testing.T) {
	r := newRig(t, faster)
	r.watch(DefaultOptions())
	f, err := os.Create(r.path("long.txt"))
	r.ok(err)
	_, err = f.WriteString("begin ")
	r.ok(err)
	r.entry("long.txt", Waiting, ReasonWriting)
	r.has()
	_, err = f.WriteString("end")
	r.ok(errors.Join(err, f.Close()))
	r.entry("long.txt", Uploaded, "")
	if got := r.server.sent(); got[0].sum != sumOf([]byte("begin end")) {
		t.Error("sent too early")
	}
}

func TestSkippedFilesAreListedOnce(t *testing.T) {
	opts := DefaultOptions()
	opts.Rules = Rules{Kinds: []Kind{Images}, Exclude: []string{"draft*"}, MaxSize: 1000}
	r := newRig(t, faster)
	r.watch(opts)
	r.write("a.txt", "x")
	r.entry("a.txt", Skipped, ReasonKind)
	r.write("draft.png", "x")
	r.entry("draft.png", Skipped, ReasonExclude)
	r.write("load.png.part", "x")
	r.entry("load.png.part", Skipped, ReasonTemporary)
	r.write("big.png", string(make([]byte, 1001)))
	r.entry("big.png", Skipped, ReasonLarge)
	r.write("empty.png", "")
	r.entry("empty.png", Skipped, ReasonEmpty)
	r.ok(os.Symlink(r.path("a.txt"), r.path("link.png")))
	r.entry("link.png", Skipped, ReasonLink)
	r.write(".hidden.png", "x")
	n := len(r.log)
	r.restart()
	r.write("last.png", "last")
	r.entry("last.png", Uploaded, "")
	if len(r.log) != n+1 {
		t.Errorf("told again: %+v", r.log[n:])
	}
	all, err := r.w.Activity(t.Context(), 0, 100)
	r.ok(err)
	if len(all) != n+1 || all[0].Path != "last.png" {
		t.Errorf("activity %+v", all)
	}
	r.has("last.png")
}

func TestRestartUploadsWhatCameMeanwhileOnce(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("one.txt", "one")
	r.entry("one.txt", Uploaded, "")
	r.close()
	r.write("two.txt", "two")
	r.open()
	r.entry("two.txt", Uploaded, "")
	r.has("one.txt", "two.txt")
	opts := DefaultOptions()
	opts.CatchUp = false
	r.ok(r.w.Update(t.Context(), id, opts))
	r.state(id, Watching)
	r.ok(os.Remove(r.path("one.txt")))
	r.idle(id)
	r.restart() // which sees that it is away
	r.state(id, Watching)
	r.close()
	r.write("three.txt", "three")
	r.write("one.txt", "another one")
	r.open()
	r.state(id, Watching)
	r.write("four.txt", "four")
	r.entry("four.txt", Uploaded, "")
	r.has("one.txt", "two.txt", "four.txt")
	r.until("three uploads", func() bool { return r.cards[id].Uploaded == 3 })
}

func TestEditedFiles(t *testing.T) {
	r := newRig(t)
	opts := DefaultOptions()
	id := r.watch(opts)
	r.write("doc.txt", "one")
	r.entry("doc.txt", Uploaded, "")
	r.write("doc.txt", "two!")
	r.entry("doc.txt", Skipped, ReasonEdited)
	opts.Edited = true
	r.ok(r.w.Update(t.Context(), id, opts))
	r.write("doc.txt", "three")
	r.until("two uploads", func() bool { return r.cards[id].Uploaded == 2 })
	later := time.Now().Add(time.Hour)
	r.ok(os.Chtimes(r.path("doc.txt"), later, later)) // no edit
	r.write("mark.txt", "mark")
	r.entry("mark.txt", Uploaded, "")
	r.idle(id)
	r.has("doc.txt", "doc.txt", "mark.txt")
}

func TestRenamedAndLinkedFilesAreKnown(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("a.txt", "aaa")
	r.entry("a.txt", Uploaded, "")
	r.ok(os.Link(r.path("a.txt"), r.path("b.txt")))
	if e := r.entry("b.txt", Skipped, ReasonSame); e.Link == "" {
		t.Error("no link for what is there")
	}
	r.ok(os.Rename(r.path("a.txt"), r.path("c.txt")))
	r.entry("c.txt", Skipped, ReasonSame)
	r.idle(id)
	r.has("a.txt")
}

// aria2 makes a file in its full length under its own name, and closes it
// between; that it is not whole says another file beside it.
func TestWhatHasAControlFileIsNotWhole(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("film.mkv.aria2", "control")
	r.write("film.mkv", "half")
	r.write("other.mkv", "whole")
	r.entry("other.mkv", Uploaded, "")
	r.entry("film.mkv", Waiting, ReasonWriting)
	r.write("film.mkv", "whole film")
	r.ok(os.Remove(r.path("film.mkv.aria2")))
	r.entry("film.mkv", Uploaded, "")
	r.idle(id)
	if got := r.server.sent(); len(got) != 2 || got[1].sum != sumOf([]byte("whole film")) {
		t.Errorf("%+v", got)
	}
}

// yt-dlp fetches picture and sound one after the other, puts them together in a
// third file, and renames that.
func TestPiecesOfAFilmAreNotUploaded(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("film.f137.mp4", "picture")
	r.write("film.f251.webm.part", "so")
	r.entry("film.f137.mp4", Waiting, ReasonWriting)
	r.write("film.f251.webm", "sound")
	r.ok(os.Remove(r.path("film.f251.webm.part")))
	r.write("film.temp.mp4", "picture and so")
	r.ok(os.Remove(r.path("film.f137.mp4")))
	r.ok(os.Remove(r.path("film.f251.webm")))
	r.write("film.temp.mp4", "picture and sound")
	r.ok(os.Rename(r.path("film.temp.mp4"), r.path("film.mp4")))
	r.entry("film.mp4", Uploaded, "")
	r.write("kept.f22.mp4", "nothing comes for it")
	r.entry("kept.f22.mp4", Uploaded, "")
	r.idle(id)
	r.has("film.mp4", "kept.f22.mp4")
}

// A burst is told by when its files were whole, not by when their quiet second
// was over.
func TestWholeSince(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	before := r.w.cfg.Clock.Now()
	r.write("a.txt", "a")
	r.entry("a.txt", Uploaded, "")
	if since, now := r.w.WholeSince(r.path("a.txt")), r.w.cfg.Clock.Now(); since.Before(before) || now.Sub(since) < r.w.cfg.Quiet {
		t.Errorf("whole since %v, found after %v and uploaded before %v", since, before, now)
	}
	if !r.w.WholeSince(r.path("b.txt")).IsZero() {
		t.Error("a file that was never there was whole")
	}
	for n := range 3 * 4096 { // all are forgotten in the end, the last ones are not
		r.w.giving([]string{fmt.Sprint(n)}, []*pending{{since: before}})
	}
	if !r.w.WholeSince(r.path("a.txt")).IsZero() || r.w.WholeSince(fmt.Sprint(3*4096-4096)) != before {
		t.Error("too much or too little is remembered")
	}
	r.idle(id)
}

// What came while nothing watched is known to be late, what comes then is not.
func TestFilesThatCameBeforeAreLate(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	late := func(name string, want bool) {
		t.Helper()
		r.entry(name, Uploaded, "")
		if got := r.w.CaughtUp(r.path(name)); got != want {
			t.Errorf("%s: late is %v", name, got)
		}
	}
	r.write("a.txt", "a")
	late("a.txt", false)
	r.close()
	r.write("b.txt", "b")
	r.open()
	late("b.txt", true)
	r.write("c.txt", "c")
	late("c.txt", false)
	r.ok(r.w.SetEnabled(t.Context(), id, false))
	r.write("d.txt", "d")
	r.ok(r.w.SetEnabled(t.Context(), id, true))
	late("d.txt", true)
	r.close()
	open, err := os.Create(r.path("f.txt"))
	r.ok(err)
	_, err = open.WriteString("be")
	r.ok(err)
	r.open()
	r.until("the writer", func() bool { return r.cards[id].State == Watching && r.cards[id].Pending == 1 })
	_, err = open.WriteString("fore")
	r.ok(errors.Join(err, open.Close()))
	late("f.txt", false)
	r.ok(os.Remove(r.path("d.txt")))
	r.write("e.txt", "e")
	late("e.txt", false)
	r.log = nil
	r.write("d.txt", "new")
	late("d.txt", false)
}

// Files that are ready together are uploaded in the order of their times, then of
// their names, and so are their links.
func TestTheOrderOfABurst(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.probe = func(string, ident) (holding, bool) { return free, true }
	})
	var want []string
	for i := range 30 {
		path := r.path(fmt.Sprintf("%02d.png", (31-i)/2*2+i%2)) // two of a time, the later the lower
		r.ok(os.WriteFile(path, []byte(path), 0o600))
		at := time.Date(2026, 11, 23, 12, i/2, 0, 0, time.UTC)
		r.ok(os.Chtimes(path, at, at))
		want = append(want, path)
	}
	_, err := r.w.AddFolder(t.Context(), r.dir, DefaultOptions(), true)
	r.ok(err)
	r.entry(filepath.Base(want[0]), Uploaded, "")
	var got []string
	for _, result := range r.server.batches[0] {
		got = append(got, result.Path)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What Sluice downloads into a watched folder is not sent back, also when the
// list of downloads is forgotten; what takes its name later is a file like any.
func TestDownloadsAreNotSentBack(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	_, err := r.cfg.DB.AddDownloads(t.Context(), []storage.Download{
		{Path: r.path("got.txt"), SHA256: sumOf([]byte("got"))}, {Path: r.path("other.txt"), SHA256: sumOf([]byte("other"))},
	})
	r.ok(err)
	r.write("got.txt", "got")
	r.entry("got.txt", Skipped, ReasonDownloaded)
	r.write("other.txt", "mine")
	r.entry("other.txt", Uploaded, "")
	r.ok(os.Remove(r.path("got.txt")))
	r.write("mark.txt", "mark")
	r.entry("mark.txt", Uploaded, "")
	r.write("got.txt", "new")
	r.entry("got.txt", Uploaded, "")
	r.idle(id)
	r.has("got.txt", "mark.txt", "other.txt")
}

// A new file with the content of an older one, as two screenshots of the same
// screen are, has its link like any other, and goes where the others go.
func TestTheSameContentAgain(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Remover = &remover{} })
	opts := DefaultOptions()
	opts.Then, opts.MoveTo = Move, filepath.Join(filepath.Dir(r.dir), "done")
	r.watch(opts)
	for i, name := range []string{"a.png", "b.png", "a.png"} {
		r.write(name, "aaa")
		seen := 0
		r.until(name+" moved", func() bool {
			seen = len(slices.DeleteFunc(slices.Clone(r.log), func(e Entry) bool { return e.What != Moved || e.Link == "" }))
			return seen == i+1
		})
	}
	r.entry("b.png", AlreadyThere, "")
	r.has("a.png")
}

// A new file at the place of one that went away is a new file.
func TestANewFileUnderAnOldName(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.write("shot.txt", "one")
	r.entry("shot.txt", Uploaded, "")
	r.ok(os.Remove(r.path("shot.txt")))
	r.write("mark.txt", "mark")
	r.entry("mark.txt", Uploaded, "")
	r.write("shot.txt", "two!")
	r.until("three uploads", func() bool { return r.cards[id].Uploaded == 3 })
	r.has("shot.txt", "mark.txt", "shot.txt")
}

func TestAFileThatChangesDuringItsUploadIsUploadedAsItEnds(t *testing.T) {
	r := newRig(t)
	r.server.after = func(path string) {
		r.server.after = nil
		r.ok(os.WriteFile(path, []byte("final content"), 0o600))
	}
	id := r.watch(DefaultOptions())
	r.write("f.txt", "first")
	r.until("two uploads", func() bool { return r.cards[id].Uploaded == 2 })
	got := r.server.sent()
	if len(got) != 2 || got[1].sum != sumOf([]byte("final content")) {
		t.Errorf("%+v", got)
	}
}

func TestFailuresOfTheFileAreTriedAgainOthersNot(t *testing.T) {
	r := newRig(t)
	tries := 0
	r.server.refuse = func(path string) *service.Error {
		tries++
		if filepath.Base(path) == "bad.txt" {
			return &service.Error{Kind: service.Forbidden}
		}
		if tries == 1 {
			return &service.Error{Kind: service.SourceChanged}
		}
		return nil
	}
	id := r.watch(DefaultOptions())
	r.write("good.txt", "good")
	r.entry("good.txt", Uploaded, "")
	r.write("bad.txt", "bad")
	r.entry("bad.txt", Failed, "forbidden")
	r.restart()
	r.state(id, Watching)
	r.write("mark.txt", "mark")
	r.entry("mark.txt", Uploaded, "")
	if tries != 4 {
		t.Errorf("%d tries, want 2 of good, 1 of bad, 1 of mark", tries)
	}
}

func TestPause(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	id := r.watch(DefaultOptions())
	r.w.Pause(clock.Now().Add(time.Hour))
	r.movein("a.png", picture(t, 20))
	r.until("pending", func() bool { return r.cards[id].Pending == 1 })
	clock.advance(59 * time.Minute)
	r.movein("b.png", picture(t, 30))
	r.until("two pending", func() bool { return r.cards[id].Pending == 2 })
	r.has()
	if s, sub := r.w.Subscribe(t.Context()); !s.Pause.On || s.Pause.Until.IsZero() {
		t.Errorf("%+v", s)
	} else {
		sub.Close()
	}
	clock.advance(time.Minute)
	r.entry("a.png", Uploaded, "")
	r.entry("b.png", Uploaded, "")
	r.w.Pause(time.Time{})
	r.movein("c.png", picture(t, 40))
	r.until("pending", func() bool { return r.cards[id].Pending == 1 })
	r.w.Resume()
	r.entry("c.png", Uploaded, "")
	r.w.Pause(clock.Now().Add(time.Hour))
	r.movein("d.png", picture(t, 50))
	r.until("pending", func() bool { return r.cards[id].Pending == 1 })
	clock.sleep(2 * time.Hour)
	clock.advance(pauseStep)
	r.entry("d.png", Uploaded, "")
}

func TestFoldersAreChecked(t *testing.T) {
	r := newRig(t)
	r.mkdir("sub")
	deep := DefaultOptions()
	deep.Subfolders = true
	linked, done := filepath.Join(r.home, "linked"), filepath.Join(r.home, "done")
	r.ok(errors.Join(os.Symlink(r.path("sub"), linked), os.Mkdir(done, 0o700)))
	deep.Then, deep.MoveTo = Move, done
	id := r.watch(deep)
	r.write("file", "x")
	for _, c := range []struct {
		path string
		opts Options
		want error
	}{
		{r.dir, deep, ErrWatched},
		{r.path("sub/.."), deep, ErrWatched},
		{r.path("sub"), DefaultOptions(), ErrOverlap},
		{filepath.Dir(r.dir), Options{Subfolders: true}, ErrOverlap},
		{r.path("file"), deep, ErrNotFolder},
		{r.path("none"), deep, os.ErrNotExist},
		{r.home, Options{Then: Move}, ErrNoTarget},
		{r.home, Options{Then: Move, MoveTo: r.home}, ErrTargetHere},
		{r.home, Options{Then: Move, MoveTo: r.path("sub")}, ErrTargetHere}, // another folder is watched there
		{linked, DefaultOptions(), ErrOverlap},
		{r.home, Options{Then: Move, MoveTo: linked}, ErrTargetHere},
		{r.home, Options{Then: Move, MoveTo: filepath.Join(linked, "not yet", "there")}, ErrTargetHere},
		{done, DefaultOptions(), ErrTargetHere}, // where the other folder's files go
	} {
		if _, err := r.w.AddFolder(t.Context(), c.path, c.opts, false); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.path, err, c.want)
		}
	}
	if err := r.w.Update(t.Context(), id, Options{Rules: Rules{Include: []string{"[a"}}}); err == nil {
		t.Error("a bad pattern was taken")
	}
	r.ok(r.w.Remove(t.Context(), id))
	r.until("removal", func() bool { return len(r.cards) == 0 })
	if err := r.w.Remove(t.Context(), id); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestSwitchedOffFolders(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	r.ok(r.w.SetEnabled(t.Context(), id, false))
	r.state(id, Off)
	r.write("a.txt", "a")
	r.restart()
	r.state(id, Off)
	r.has()
	r.ok(r.w.SetEnabled(t.Context(), id, true))
	r.entry("a.txt", Uploaded, "")
}

// New rules are for new files: what the old ones left aside is not sent.
func TestNewRulesDoNotSendThePast(t *testing.T) {
	r := newRig(t)
	opts := DefaultOptions()
	opts.Rules.Kinds = []Kind{Images}
	id := r.watch(opts)
	r.mkdir("sub")
	r.write("sub/nested.txt", "nested")
	r.write("a.txt", "a")
	r.entry("a.txt", Skipped, ReasonKind)
	all := DefaultOptions()
	all.Subfolders = true
	r.ok(r.w.Update(t.Context(), id, all))
	r.write("sub/b.txt", "b")
	r.entry("sub/b.txt", Uploaded, "")
	r.idle(id)
	r.has("b.txt")
}

func TestOldActivityIsForgotten(t *testing.T) {
	clock := newHandClock()
	tidied := make(chan struct{}, 8)
	r := newRig(t, byHand(clock), func(c *Config) {
		c.written = func(point string) {
			if point == "tidied" {
				tidied <- struct{}{}
			}
		}
	})
	<-tidied
	r.watch(DefaultOptions())
	r.movein("old.png", picture(t, 20))
	r.entry("old.png", Uploaded, "")
	clock.advance(activityAge - time.Hour)
	r.movein("new.png", picture(t, 30))
	r.entry("new.png", Uploaded, "")
	has := func(names ...string) {
		t.Helper()
		var got []string
		all, err := r.w.Activity(t.Context(), 0, 9)
		r.ok(err)
		for _, e := range all {
			got = append(got, e.Path)
		}
		if !slices.Equal(got, names) {
			t.Errorf("the list has %q, want %q", got, names)
		}
	}
	<-tidied // daily
	has("new.png", "old.png")
	clock.advance(2 * time.Hour)
	r.restart()
	<-tidied
	has("new.png")
}
