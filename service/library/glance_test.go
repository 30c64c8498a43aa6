package library

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/storage/listing"
)

// glances makes a catalogue that shows the first of the files until it is told to
// read all.
func glances(t *testing.T, store *listing.Store) *Catalogue {
	t.Helper()
	c := New(Config{Store: store, Ease: time.Hour, Glance: time.Hour})
	t.Cleanup(c.Close)
	return c
}

// ids are those of a list, as far as they are known.
func ids(l *List) []service.FileID {
	var all []service.FileID
	for i := range l.Known() {
		all = append(all, l.ID(i))
	}
	return all
}

// seenOnce lists files and looks at them in an order, and gives the list.
func seenOnce(t *testing.T, store *listing.Store, files []service.File, search Search) *List {
	t.Helper()
	c := newCatalogue(t, store)
	c.Use("here", &fakeService{files: files})
	until(t, c, idle)
	list := c.Find(search)
	c.Use("nobody", nil) // which comes after the glance was kept
	until(t, c, func(s Status) bool { return s.Scope == "nobody" })
	c.Close()
	return list
}

func TestAGlanceStandsForAllFilesUntilTheyAreRead(t *testing.T) {
	files := slices.Concat(makeFiles(3000), hostileFiles())
	for _, search := range []Search{
		{Descending: true}, {}, {By: ByName}, {By: BySize, Descending: true}, {By: ByType}, {By: ByViews, Descending: true}, {By: ByDownloads},
	} {
		store := newStore(t, t.TempDir())
		whole := seenOnce(t, store, files, search)
		c := glances(t, store)
		c.Use("here", &fakeService{files: files})
		status := until(t, c, func(s Status) bool { return s.Scope == "here" })
		if !status.Glance || !status.Known || status.Files != len(files) || status.At.IsZero() {
			t.Fatalf("%+v: %+v", search, status)
		}
		list := c.Find(search)
		if list == nil || list.Len() != len(files) || list.Known() != glanceFiles || list.Counts() != whole.Counts() {
			t.Fatalf("%+v: %d of %d files", search, list.Known(), list.Len())
		}
		if !slices.Equal(ids(list), ids(whole)[:glanceFiles]) {
			t.Errorf("%+v: the first are others", search)
		}
		for i := range list.Known() {
			if list.File(i) != whole.File(i) || list.Index(list.ID(i)) != i || list.Name(i) != whole.Name(i) || list.Kind(i) != whole.Kind(i) {
				t.Fatalf("%+v: file %d is another", search, i)
			}
		}
		if i := list.Known(); list.ID(i) != "" || list.Name(i) != "" || list.File(i) != (service.File{}) || list.Index(whole.ID(i)) != -1 {
			t.Errorf("%+v: something is told of what is not known", search)
		}
		c.Whole()
		after := until(t, c, func(s Status) bool { return !s.Glance })
		if after.Files != status.Files || after.Bytes != status.Bytes || after.At != status.At || after.Version == status.Version || after.Busy {
			t.Errorf("%+v: %+v became %+v", search, status, after)
		}
		if list := c.Find(search); list.Known() != len(files) || !slices.Equal(ids(list), ids(whole)) || list.Counts() != whole.Counts() {
			t.Errorf("%+v: all files are others", search)
		}
		c.Close()
	}
}

// What a glance does not tell has all files read, and never a wrong answer.
func TestWhatAGlanceDoesNotTell(t *testing.T) {
	files := makeFiles(2000)
	store := newStore(t, t.TempDir())
	seenOnce(t, store, files, Search{Descending: true})
	for name, ask := range map[string]func(c *Catalogue) bool{
		"another order": func(c *Catalogue) bool { return c.Find(Search{By: ByName}) == nil },
		"a word": func(c *Catalogue) bool {
			return c.Find(Search{Descending: true, Query: Query{Words: []string{"a"}}}) == nil
		},
		"a kind":     func(c *Catalogue) bool { return c.Find(Search{Descending: true, Kind: Image}) == nil },
		"refresh":    func(c *Catalogue) bool { c.Refresh(); return true },
		"a deletion": func(c *Catalogue) bool { c.Removed(files[0].ID); return true },
		"an upload": func(c *Catalogue) bool {
			c.Added(service.File{ID: "fresh", Name: "fresh"})
			c.Removed("fresh")
			return true
		},
		"the same account again": func(c *Catalogue) bool {
			c.Use("here", nil)
			return true
		},
		"waiting for all": func(c *Catalogue) bool { return c.AwaitWhole(t.Context()) == nil && !c.Status().Glance },
	} {
		t.Run(name, func(t *testing.T) {
			c := glances(t, store)
			c.Use("here", nil)
			until(t, c, func(s Status) bool { return s.Glance })
			if !ask(c) {
				t.Error("a glance was taken for all")
			}
			until(t, c, func(s Status) bool { return !s.Glance && s.Known })
			if n := len(all(c)); n < len(files)-1 {
				t.Errorf("%d files", n)
			}
		})
	}
	c := glances(t, store)
	c.Use("here", nil)
	until(t, c, func(s Status) bool { return s.Glance })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.AwaitWhole(ended); err == nil && c.Status().Glance {
		t.Error("it does not wait")
	}
}

// Nobody need ask: after a while all files are read anyway.
func TestAGlanceDoesNotStandForLong(t *testing.T) {
	files := makeFiles(1000)
	store := newStore(t, t.TempDir())
	seenOnce(t, store, files, Search{})
	c := New(Config{Store: store, Glance: time.Nanosecond})
	t.Cleanup(c.Close)
	c.Use("here", nil)
	until(t, c, func(s Status) bool { return s.Scope == "here" && !s.Glance })
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are others")
	}
}

// A glance is as new as the files, is that of the last order, and goes with them.
func TestAGlanceFollows(t *testing.T) {
	files := makeFiles(1500)
	store := newStore(t, t.TempDir())
	c := newCatalogue(t, store)
	from := &fakeService{files: files}
	c.Use("here", from)
	until(t, c, idle)
	first := func() service.FileID {
		t.Helper()
		c.Use("nobody", nil)
		until(t, c, func(s Status) bool { return s.Scope == "nobody" })
		g := glances(t, store)
		defer g.Close()
		g.Use("here", nil)
		status := until(t, g, func(s Status) bool { return s.Scope == "here" })
		list := g.Find(Search{Descending: true})
		if !status.Glance || list == nil {
			t.Fatalf("%+v", status)
		}
		c.Use("here", from)
		until(t, c, func(s Status) bool { return s.Scope == "here" && idle(s) })
		return list.ID(0)
	}
	c.Find(Search{By: ByName})
	c.Find(Search{Descending: true})
	newest := c.Find(Search{Descending: true}).ID(0)
	if got := first(); got != newest {
		t.Errorf("it begins with %s, want %s", got, newest)
	}
	fresh := service.File{ID: "fresh", Name: "fresh.png", MIME: "image/png", Uploaded: time.Now().Add(time.Hour)}
	from.set(append([]service.File{fresh}, files...), nil)
	c.Added(fresh)
	if got := first(); got != "fresh" {
		t.Errorf("after an upload it begins with %s", got)
	}
	from.set(files, nil)
	c.Removed("fresh")
	if got := first(); got != newest {
		t.Errorf("after a deletion it begins with %s", got)
	}
	c.Forget()
	until(t, c, func(s Status) bool { return !s.Known })
	if _, _, err := store.Glance(t.Context(), "here"); !errors.Is(err, listing.ErrNone) {
		t.Errorf("forgotten, but: %v", err)
	}
}

// Where the glance is whole and the rest is not, the service is asked.
func TestAGlanceOfDamagedFiles(t *testing.T) {
	files := makeFiles(1000)
	store := newStore(t, t.TempDir())
	seenOnce(t, store, files, Search{})
	bad := func(yield func(int, []byte) bool) { yield(3, []byte("no part")) }
	data, at, err := store.Glance(t.Context(), "here")
	if err == nil {
		err = store.Save(t.Context(), "here", at, false, bad, data)
	}
	if err != nil {
		t.Fatal(err)
	}
	from := &fakeService{files: files}
	c := glances(t, store)
	c.Use("here", from)
	until(t, c, func(s Status) bool { return s.Glance })
	c.Whole()
	until(t, c, func(s Status) bool { return !s.Glance && idle(s) })
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are others")
	}
	if _, ok := c.File(files[0].ID); !ok {
		t.Error("it knows nothing")
	}
}

func FuzzGlance(f *testing.F) {
	s := newSnapshot(recordsOf(hostileFiles()))
	f.Add(newGlance(s, sorting{ByName, true}).encode())
	f.Add(newGlance(newSnapshot(recordsOf(makeFiles(700))), sorting{}).encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := decodeGlance(data)
		if err != nil {
			return
		}
		list := newList(g.snapshot(), &Search{By: g.by, Descending: g.descending})
		if list.Len() < list.Known() && list.Len() >= 0 && g.files < len(g.first) {
			t.Errorf("%d files of %d", list.Known(), list.Len())
		}
		for i := range list.Known() {
			_ = list.File(i)
		}
		again, err := decodeGlance(g.encode())
		if err != nil || again.files != g.files || !slices.Equal(again.first, g.first) {
			t.Errorf("%v became %v, %v", g, again, err)
		}
	})
}
