package library

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/service"
)

func TestFilesAreThereAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	files := slices.Concat(makeFiles(3000), hostileFiles())
	from := &fakeService{files: files}
	store := newStore(t, dir)
	c := newCatalogue(t, store)
	if s := c.Status(); s.Known || len(all(c)) != 0 {
		t.Errorf("a fresh one has %+v", s)
	}
	c.Use("here", from)
	status := until(t, c, idle)
	if status.Files != len(files) || status.Scope != "here" || status.Problem != nil || status.At.IsZero() {
		t.Errorf("%+v", status)
	}
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are others")
	}
	c.Close()

	// Without a service they are there, from then.
	c = newCatalogue(t, store)
	c.Use("here", nil)
	again := until(t, c, idle)
	if again.At.UnixMilli() != status.At.UnixMilli() || again.Files != status.Files || again.Bytes != status.Bytes {
		t.Errorf("%+v became %+v", status, again)
	}
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are others after a restart")
	}
	if f, ok := c.File("large"); !ok || f.Size != 1<<53 {
		t.Errorf("%+v, %v", f, ok)
	}
	if _, ok := c.File("none"); ok {
		t.Error("found what is not there")
	}
	// Another account has others.
	c.Use("elsewhere", nil)
	if s := until(t, c, func(s Status) bool { return s.Scope == "elsewhere" }); s.Known || len(all(c)) != 0 {
		t.Errorf("%+v", s)
	}
	c.Use("here", nil)
	until(t, c, func(s Status) bool { return s.Scope == "here" && s.Files == len(files) })
	c.Forget()
	until(t, c, func(s Status) bool { return s.Scope == "here" && !s.Known && s.Files == 0 })
	c.Close()
	c = newCatalogue(t, store)
	c.Use("here", nil)
	if s := until(t, c, func(s Status) bool { return s.Scope == "here" }); s.Known {
		t.Errorf("forgotten, but %+v", s)
	}
}

func TestListingThatBreaksOffChangesNothing(t *testing.T) {
	files := makeFiles(500)
	from := &fakeService{files: files}
	c := newCatalogue(t, newStore(t, t.TempDir()))
	c.Use("here", from)
	first := until(t, c, idle)
	from.set(files[:100], &service.Error{Kind: service.Offline})
	c.Refresh()
	status := until(t, c, func(s Status) bool { return s.Problem != nil })
	if status.Problem.Kind != service.Offline || status.At != first.At || !status.Known || status.Version != first.Version {
		t.Errorf("%+v", status)
	}
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files changed")
	}
	from.set(files[:100], nil)
	c.Refresh()
	status = until(t, c, func(s Status) bool { return s.Problem == nil && s.Files == 100 })
	if !maps.Equal(all(c), byID(files[:100])) || !status.At.After(first.At) {
		t.Errorf("%+v", status)
	}
	// The same again: newer, and nothing to do for anybody.
	if again := refresh(t, c); again.Version != status.Version {
		t.Errorf("%+v", again)
	}
}

// What was done while a listing came holds against it.
func TestChangesWhileAListingComes(t *testing.T) {
	files := makeFiles(100)
	let := make(chan struct{})
	from := &fakeService{files: files, began: make(chan struct{}, 1)}
	c := newCatalogue(t, newStore(t, t.TempDir()))
	c.Use("here", from)
	until(t, c, idle)
	<-from.began
	from.mu.Lock()
	from.before = func(ctx context.Context) {
		select {
		case <-let:
		case <-ctx.Done():
		}
	}
	from.mu.Unlock()
	c.Refresh()
	<-from.began
	added := service.File{ID: "new", Name: "new.jpg", MIME: "image/jpeg", Size: 5}
	mine := files[1]
	mine.Name = "known better by the service"
	c.Added(added, mine)
	c.Removed(files[0].ID, "never there")
	until(t, c, func(s Status) bool {
		_, there := c.File("new")
		return s.Busy && there
	})
	close(let)
	until(t, c, idle)
	want := byID(files)
	delete(want, files[0].ID)
	want["new"] = added
	if got := all(c); !maps.Equal(got, want) {
		t.Errorf("%d files", len(got))
	}
	// The next listing was asked for afterwards: it knows.
	refresh(t, c)
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are not those of the service")
	}
}

func TestChangesAreKept(t *testing.T) {
	store := newStore(t, t.TempDir())
	files := makeFiles(1000)
	c := newCatalogue(t, store)
	c.Use("here", &fakeService{files: files})
	until(t, c, idle)
	for i := range 600 {
		c.Removed(files[i].ID)
		c.Added(service.File{ID: "n" + files[i].ID, Name: "n"})
	}
	last := service.File{ID: "last", Name: "last"}
	c.Added(last)
	until(t, c, func(Status) bool { _, ok := c.File("last"); return ok })
	c.Close()
	want := byID(files[600:])
	for i := range 600 {
		want["n"+files[i].ID] = service.File{ID: "n" + files[i].ID, Name: "n"}
	}
	want["last"] = last
	c = newCatalogue(t, store)
	c.Use("here", nil)
	until(t, c, idle)
	if got := all(c); !maps.Equal(got, want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestChangeOfAccountGivesUpTheListing(t *testing.T) {
	from := &fakeService{files: makeFiles(10), began: make(chan struct{}, 1), before: func(ctx context.Context) { <-ctx.Done() }}
	c := newCatalogue(t, nil)
	c.Use("slow", from)
	<-from.began
	c.Use("quick", &fakeService{files: makeFiles(20)})
	if s := until(t, c, idle); s.Scope != "quick" || s.Files != 20 {
		t.Errorf("%+v", s)
	}
	c.Use("slow", from)
	<-from.began
	c.Refresh()
	c.Close() // in the middle
	c.Refresh()
	c.Use("x", nil)
}

// A second wish while a listing comes is another listing, a third is not.
// The files of the last time have the computer to themselves for a while; where
// there are none, or where people ask, nothing waits.
func TestListingWaitsWhereFilesAreKnown(t *testing.T) {
	files := makeFiles(10)
	store := newStore(t, t.TempDir())
	with := func(ease time.Duration) (*Catalogue, *fakeService) {
		c := New(Config{Store: store, Ease: ease})
		t.Cleanup(c.Close)
		from := &fakeService{files: files}
		c.Use("here", from)
		return c, from
	}
	asked := func(from *fakeService) int {
		from.mu.Lock()
		defer from.mu.Unlock()
		return from.asked
	}
	c, _ := with(time.Hour) // nothing is known: at once
	first := until(t, c, idle)
	c.Close()

	c, from := with(time.Hour)
	if s := until(t, c, idle); s.Files != len(files) || !s.At.Equal(first.At.Truncate(time.Millisecond)) {
		t.Errorf("%+v", s)
	}
	if n := asked(from); n != 0 {
		t.Errorf("the service was asked %d times", n)
	}
	refresh(t, c) // as people ask
	if n := asked(from); n != 1 {
		t.Errorf("the service was asked %d times", n)
	}
	c.Use("here", from) // a new key of the same account
	until(t, c, func(Status) bool { return asked(from) == 2 })
	c.Close()

	c, from = with(time.Microsecond)
	until(t, c, func(Status) bool { return asked(from) == 1 })
}

func TestRefreshWhileAListingComes(t *testing.T) {
	let := make(chan struct{})
	from := &fakeService{began: make(chan struct{}, 10)}
	from.before = func(ctx context.Context) {
		select {
		case <-let:
		case <-ctx.Done():
		}
	}
	c := newCatalogue(t, nil)
	c.Use("here", from)
	<-from.began
	for range 5 {
		c.Refresh()
		c.Added(service.File{ID: "x"}) // so that the wishes are not one
	}
	until(t, c, func(s Status) bool { return s.Files == 1 })
	let <- struct{}{}
	<-from.began
	let <- struct{}{}
	until(t, c, func(s Status) bool { return idle(s) && s.Files == 0 })
	if from.asked != 2 {
		t.Errorf("asked %d times", from.asked)
	}
}

// Twice the same id, none, an empty account, and what can't be written.
func TestOddListings(t *testing.T) {
	file := service.File{ID: "a", Name: "first"}
	twice := file
	twice.Name = "second"
	from := &fakeService{files: []service.File{file, twice, {Name: "no id"}}}
	store := newStore(t, t.TempDir())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c := newCatalogue(t, store)
	c.Use("here", from)
	until(t, c, idle)
	if got, want := all(c), byID([]service.File{file}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	c.Refresh()
	until(t, c, idle)
	from.set(nil, nil)
	c.Refresh()
	if s := until(t, c, func(s Status) bool { return s.Files == 0 }); !s.Known {
		t.Errorf("%+v", s)
	}
}

// A damaged file is begun anew while the catalogue runs.
func TestDamagedFile(t *testing.T) {
	dir := t.TempDir()
	store := newStore(t, dir)
	files := makeFiles(5000)
	c := newCatalogue(t, store)
	c.Use("here", &fakeService{files: files})
	until(t, c, idle)
	c.Close()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "library.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 20_000; i < len(data); i += 997 {
		data[i] ^= 0x55
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	store = newStore(t, dir)
	c = newCatalogue(t, store)
	c.Use("here", nil)
	if s := until(t, c, func(s Status) bool { return s.Scope == "here" }); s.Known || s.Files != 0 {
		t.Errorf("%+v", s)
	}
	c.Use("here", &fakeService{files: files})
	until(t, c, idle)
	c.Close()
	c = newCatalogue(t, store)
	c.Use("here", nil)
	until(t, c, idle)
	if !maps.Equal(all(c), byID(files)) {
		t.Error("the files are others")
	}
}

// Whatever happens, the disk has what is shown.
func TestDiskFollowsMemory(t *testing.T) {
	store := newStore(t, t.TempDir())
	pool := makeFiles(60)
	rapid.Check(t, func(rt *rapid.T) {
		if err := store.Forget(t.Context(), "here"); err != nil {
			rt.Fatal(err)
		}
		c := New(Config{Store: store})
		defer c.Close()
		from := &fakeService{files: rapid.Permutation(pool).Draw(rt, "files")[:rapid.IntRange(0, 60).Draw(rt, "n")]}
		c.Use("here", from)
		until(t, c, idle)
		model := byID(from.files)
		for range rapid.IntRange(0, 6).Draw(rt, "steps") {
			f := rapid.SampledFrom(pool).Draw(rt, "file")
			f.Views = rapid.Int64Range(0, 3).Draw(rt, "views")
			switch rapid.IntRange(0, 2).Draw(rt, "what") {
			case 0:
				model[f.ID] = f
				c.Added(f)
			case 1:
				delete(model, f.ID)
				c.Removed(f.ID)
			case 2:
				model[f.ID] = f
				from.set(slices.Collect(maps.Values(model)), nil)
				refresh(t, c)
			}
		}
		c.Added(service.File{ID: "end"})
		until(t, c, func(Status) bool { _, ok := c.File("end"); return ok })
		model["end"] = service.File{ID: "end"}
		if got := all(c); !maps.Equal(got, model) {
			rt.Fatalf("%d files shown, want %d", len(got), len(model))
		}
		c.Close()
		c = New(Config{Store: store})
		defer c.Close()
		c.Use("here", nil)
		until(t, c, idle)
		if got := all(c); !maps.Equal(got, model) {
			rt.Fatalf("%d files kept, want %d", len(got), len(model))
		}
	})
}

func recordsOf(files []service.File) []record {
	records := make([]record, len(files))
	for i := range files {
		records[i] = newRecord(&files[i])
	}
	return records
}

func TestScope(t *testing.T) {
	const key = "5a9d1c2e-6b0f-4d57-9a3e-1f0c7d2b8e64"
	here := Scope("https://pixeldrain.com/api", key)
	if here != Scope("https://pixeldrain.com/api", key) || len(here) < 32 || strings.Contains(here, key[:8]) {
		t.Errorf("%q", here)
	}
	for _, other := range []string{Scope("https://pixeldrain.com/api", "x"), Scope("https://other.example/api", key), Scope("https://pixeldrain.com/api"+key, "")} {
		if other == here {
			t.Error("two accounts have one scope")
		}
	}
}

func TestEncoding(t *testing.T) {
	files := slices.Concat(makeFiles(200), hostileFiles())
	records := recordsOf(files)
	for i, r := range records {
		got := r.file()
		if !r.whole() || got != files[i] || r.id() != string(got.ID) || r.name() != got.Name || r.kind() != kindOf(got.MIME, got.Name) {
			t.Errorf("%+v became %+v", files[i], got)
		}
	}
	back, err := decode(nil, string(encode(nil, records)))
	if err != nil || !slices.Equal(back, records) {
		t.Errorf("%d records, %v", len(back), err)
	}
	if got := encode(nil, nil); len(got) != 0 {
		t.Errorf("nothing is %d bytes", len(got))
	}
	data := encode(nil, records[len(records)-1:])
	for n := range len(data) {
		if n == 1 {
			continue // the version, and no records
		}
		if _, err := decode(nil, string(data[:n])); !errors.Is(err, errPart) {
			t.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
	}
	for _, bad := range []string{"\x01\x00", "\x02", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x01\x05abc"} {
		if _, err := decode(nil, bad); !errors.Is(err, errPart) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	records := recordsOf(hostileFiles())
	f.Add(encode(nil, records))
	f.Add(encode(nil, records[:1]))
	f.Add([]byte{encoding})
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := decode(nil, string(data))
		if err != nil {
			return
		}
		s := newSnapshot(slices.Clone(records))
		for i := range records {
			file := records[i].file()
			if again := newRecord(&file); again.file() != file {
				t.Fatalf("%+v became %+v", file, again.file())
			}
			if got := s.get(records[i].id()); got.id() != records[i].id() {
				t.Fatalf("%q is %q", records[i].id(), got.id())
			}
		}
		if len(records) == 0 {
			return
		}
		if back, err := decode(nil, string(encode(nil, records))); err != nil || !slices.Equal(back, records) {
			t.Fatalf("%d records became %d, %v", len(records), len(back), err)
		}
	})
}
