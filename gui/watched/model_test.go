package watched

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/watch"
)

func words() Words {
	return Words{
		Format: kit.NewFormat("en", noon, "/home/me"),
		Short:  func(e *service.Error) string { return "short " + e.Kind.String() + " " + e.Value },
		Long:   func(e *service.Error) string { return "long " + e.Kind.String() + " " + e.Value },
	}
}

func TestStatus(t *testing.T) {
	w := words()
	for want, c := range map[string]watch.Card{
		"Watching · nothing uploaded yet":                                                   {State: watch.Watching},
		"Looking through the folder… · last upload 2 minutes ago · 1,000 uploaded":          {State: watch.Starting, Uploaded: 1000, Last: noon().Add(-2 * time.Minute)},
		"Watching · 2 files not complete yet · 3 files in the queue · nothing uploaded yet": {State: watch.Watching, Pending: 2, Queued: 3},
		"Switched off": {State: watch.Off},
		"On another computer, so checked every few seconds · nothing uploaded yet":                                             {State: watch.Polling, Reason: watch.ReasonNetwork},
		"The system reports no changes here, so it is checked every few seconds · nothing uploaded yet":                        {State: watch.Polling, Reason: watch.ReasonNoEvents},
		"The system reports no changes here, so it is checked every few seconds · 2 files in the queue · nothing uploaded yet": {State: watch.Polling, Reason: watch.ReasonNoWatcher, Queued: 2},
	} {
		if s := w.Status(&c, watch.Pause{}); s.Text != want || s.Problem || s.Command != "" {
			t.Errorf("got  %+v\nwant %s", s, want)
		}
	}
	for beginning, c := range map[string]watch.Card{
		"Folder not found.":                    {State: watch.Missing},
		"This can’t be read":                   {State: watch.Unreadable},
		"Sluice can’t write to its own folder": {State: watch.Watching, Reason: watch.ReasonUnwritable},
		"The system’s limit on watched":        {State: watch.Polling, Reason: watch.ReasonWatches},
		"The system’s limit on programs":       {State: watch.Polling, Reason: watch.ReasonInstances},
	} {
		s := w.Status(&c, watch.Pause{On: true})
		if !strings.HasPrefix(s.Text, beginning) || !s.Problem || s.Color != kit.ColorAmber {
			t.Errorf("got  %+v\nwant %s", s, beginning)
		}
	}
}

func TestOutcomes(t *testing.T) {
	w := words()
	link := "https://pixeldrain.com/u/abc"
	for _, c := range []struct {
		entry  watch.Entry
		copied bool
		want   string
		color  fyne.ThemeColorName
	}{
		{watch.Entry{What: watch.Uploaded, Link: link}, false, "pixeldrain.com/u/abc | Copy link", kit.ColorAccent},
		{watch.Entry{What: watch.Uploaded, Link: link}, true, "Link copied | pixeldrain.com/u/abc", kit.ColorAccent},
		{watch.Entry{What: watch.AlreadyThere, Link: link}, false, "pixeldrain.com/u/abc | Already there, nothing sent · Copy link", kit.ColorAccent},
		{watch.Entry{What: watch.Skipped, Reason: watch.ReasonKind}, false, "Skipped: another kind of file | ", kit.ColorSecondary},
		{watch.Entry{What: watch.Waiting, Reason: watch.ReasonWriting}, false, "Waiting: still being written | ", kit.ColorSecondary},
		{watch.Entry{What: watch.Failed, Reason: "offline"}, false, "Failed: short offline  | long offline ", kit.ColorRed},
		{watch.Entry{What: watch.Failed, Reason: "file_too_large"}, false, "Failed: short invalid file_too_large | long invalid file_too_large", kit.ColorRed},
		{watch.Entry{What: watch.Failed, Reason: "cancelled"}, false, "You stopped this upload | ", kit.ColorRed},
		{watch.Entry{What: watch.Moved}, false, "Moved after the upload | ", kit.ColorSecondary},
		{watch.Entry{What: watch.Binned}, false, "Moved to the bin | ", kit.ColorSecondary},
		{watch.Entry{What: watch.Kept, Reason: watch.ReasonChanged}, false, "Not moved: it has changed since | ", kit.ColorAmber},
	} {
		c.entry.At, c.entry.Path = noon(), "a\u202eb.png"
		o := w.Outcome(&c.entry, c.copied)
		if got := o.Text + " | " + o.Tip; got != c.want || o.Color != c.color || o.Link != (c.entry.Link != "") || o.Time != "12:00" || strings.Contains(o.Name, "\u202e") {
			t.Errorf("got  %+v\nwant %s, %s", o, c.want, c.color)
		}
	}
}

// Every reason that a file can have is said in words of its own.
func TestEveryReasonHasWords(t *testing.T) {
	seen := map[string]watch.Reason{}
	for _, r := range []watch.Reason{
		watch.ReasonHidden, watch.ReasonTemporary, watch.ReasonKind, watch.ReasonInclude, watch.ReasonExclude, watch.ReasonSmall,
		watch.ReasonLarge, watch.ReasonNotRegular, watch.ReasonLink, watch.ReasonEmpty, watch.ReasonWriting, watch.ReasonUnreadable,
		watch.ReasonEdited, watch.ReasonSame, watch.ReasonDownloaded, watch.ReasonName, watch.ReasonNotMoved, watch.ReasonChanged, service.ReasonNoBin,
	} {
		text := Reason(r)
		if other, twice := seen[text]; twice || text == string(r) && r != watch.ReasonHidden || strings.Contains(text, "_") {
			t.Errorf("%s is said as %q, like %s", r, text, other)
		}
		seen[text] = r
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "0": 0, "10": 10, "10 B": 10, "1.5 KB": 1500, "1,5kb": 1500, "2m": 2_000_000, "2 MiB": 2 << 20, "3 GB": 3_000_000_000, "1 TB": 1_000_000_000_000,
	} {
		if n, err := readSize(text); err != nil || n != want {
			t.Errorf("%q is read as %d, %v", text, n, err)
		}
	}
	for _, text := range []string{"x", "-1", "10 XB", "1 2", "9999 TB", "MB", "1e5 parsecs", "NaN", "Inf GB"} {
		if n, err := readSize(text); err == nil {
			t.Errorf("%q is read as %d", text, n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1e14).Draw(t, "n")
		if back, err := readSize(writeSize(n)); err != nil || back != n {
			t.Fatalf("%d is written %q and read as %d, %v", n, writeSize(n), back, err)
		}
	})
}

func TestCaution(t *testing.T) {
	w := words()
	for path, want := range map[string]string{
		"/home/me": "This is your whole home folder.", "/home/me/": "This is your whole home folder.", "/home": "This holds the whole system",
		"/": "This holds the whole system", "/home/me/Pictures": "", "/home/melanie": "", "/data": "", "/home/me/Downloads/": "Sluice puts its own downloads here", "/home/me/Downloads/sub": "",
	} {
		if got := w.caution(path, "/home/me", "/home/me/Downloads", false); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("of %s: %q", path, got)
		}
	}
	if w.caution("/data", "", "", true) == "" {
		t.Error("nothing is said of a folder on another computer")
	}
}

func TestRefusals(t *testing.T) {
	w := words()
	seen := map[string]error{}
	for _, err := range []error{watch.ErrWatched, watch.ErrOverlap, watch.ErrTargetHere, watch.ErrNotFolder} {
		text := w.refusal("/home/me/x", fmt.Errorf("watch: %w", err))
		if seen[text] != nil || strings.Contains(text, "watch:") || !strings.Contains(text, "Nothing was changed.") {
			t.Errorf("%v is told as %q", err, text)
		}
		seen[text] = err
	}
	if got := w.refusal("/x", errors.New("disk")); got != "long internal " {
		t.Errorf("told %q", got)
	}
}

// Two changes of one folder are under way: the second does not bring the first
// back, and a failure shows what is.
func TestWishes(t *testing.T) {
	m := NewModel(noon)
	m.Take(watch.Snapshot{Cards: []watch.Card{folder(1, "/a")}})
	m.Wish(1, func(o *watch.Options, _ *bool) { o.Subfolders = true })
	opts, on := m.Wish(1, func(o *watch.Options, _ *bool) { o.Edited = true })
	if !opts.Subfolders || !opts.Edited || !on {
		t.Errorf("asked for %+v, %v", opts, on)
	}
	m.Apply([]watch.Event{{Cards: []watch.Card{folder(1, "/a")}}}) // of before
	m.Done(1, false)
	if c, _ := m.Card(1); !c.Options.Subfolders || !c.Options.Edited {
		t.Errorf("shows %+v", c.Options)
	}
	m.Done(1, false)
	if c, _ := m.Card(1); !c.Options.Edited || len(m.wishes) != 0 {
		t.Errorf("shows %+v", c.Options)
	}
	m.Wish(1, func(_ *watch.Options, on *bool) { *on = false })
	if c, _ := m.Card(1); c.State != watch.Off || m.On() != 0 {
		t.Errorf("shows %+v", c)
	}
	m.Done(1, true)
	if c, _ := m.Card(1); c.State != watch.Watching || m.On() != 1 {
		t.Errorf("shows %+v", c)
	}
	m.Apply([]watch.Event{{Removed: []watch.FolderID{1}}})
	m.Done(1, false) // of a folder that is gone
	if _, known := m.Card(1); known || m.Len() != 0 {
		t.Error("it is still there")
	}
}

func TestCovering(t *testing.T) {
	m := NewModel(noon)
	m.Take(watch.Snapshot{Cards: []watch.Card{folder(1, "/a"), folder(2, "/a/b"), folder(3, "/ab")}})
	for path, want := range map[string]watch.FolderID{"/a/x": 1, "/a": 1, "/a/b/x/y": 2, "/ab/x": 3, "/abc": 0, "/": 0} {
		if c, ok := m.Covering(path); c.ID != want || ok != (want != 0) {
			t.Errorf("%s is in %d", path, c.ID)
		}
	}
}

// written writes down what an activity shows.
func written(a *Activity) string {
	w := words()
	var s strings.Builder
	for i := range a.Rows() {
		switch e, day := a.Row(i); {
		case e != nil:
			fmt.Fprintf(&s, "%d ", e.ID)
		case !day.IsZero():
			fmt.Fprintf(&s, "[%s] ", w.Title(day))
		default:
			s.WriteString("…")
		}
	}
	return s.String()
}

// However pages and news come, the rows are those of the whole: each entry once,
// newest first, below its day.
func TestLikeTheWholeActivity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := &yard{}
		now := noon().Add(-60 * time.Hour)
		happen := func() watch.Entry {
			now = now.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 9 * time.Hour}).Draw(t, "apart"))
			e := watch.Entry{ID: int64(len(y.past) + 1), At: now, Path: "x", What: watch.Moved}
			y.past = append(y.past, e)
			return e
		}
		for range rapid.IntRange(0, 3*pageSize).Draw(t, "before") {
			y.past = append(y.past, watch.Entry{ID: int64(len(y.past) + 1), At: now, Path: "x", What: watch.Moved})
		}
		m := NewModel(noon)
		m.Take(watch.Snapshot{})
		var under *Query
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0:
				m.Apply([]watch.Event{{Entries: []watch.Entry{happen()}}})
			case 1:
				if q, ok := m.Activity.Next(); ok {
					under = &q
				}
			case 2:
				if under != nil {
					page, _ := y.Activity(t.Context(), under.Before, pageSize)
					m.Activity.Loaded(*under, page, nil)
					under = nil
				}
			}
		}
		for {
			if under == nil {
				q, ok := m.Activity.Next()
				if !ok {
					break
				}
				under = &q
			}
			page, _ := y.Activity(t.Context(), under.Before, pageSize)
			m.Activity.Loaded(*under, page, nil)
			under = nil
		}
		whole := &Activity{now: noon, read: true}
		whole.add(y.past)
		whole.group()
		if got, want := written(&m.Activity), written(whole); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		keys := map[int64]bool{}
		for i := range m.Activity.Rows() {
			keys[m.Activity.Key(i)] = true
		}
		if len(keys) != m.Activity.Rows() {
			t.Fatalf("%d keys for %d rows", len(keys), m.Activity.Rows())
		}
	})
}

func BenchmarkNewsBelow50000Entries(b *testing.B) {
	m := NewModel(noon)
	m.Take(watch.Snapshot{})
	m.Activity.read = true
	m.Activity.add(uploads(50_000, time.Second))
	id := int64(50_000)
	for b.Loop() {
		id++
		m.Apply([]watch.Event{{Entries: []watch.Entry{{ID: id, At: noon(), Path: "x"}}}})
	}
}
