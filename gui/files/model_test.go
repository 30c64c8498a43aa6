package files

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"sluice/service"
	"sluice/service/library"
	"sluice/service/settings"
)

func TestStates(t *testing.T) {
	some := catalogueOf(t, 3).Find(library.Search{})
	offline := &service.Error{Kind: service.Offline}
	known := library.Status{Known: true, Files: 3}
	empty := catalogueOf(t, 0).Find(library.Search{})
	for name, c := range map[string]struct {
		news news
		text string
		want State
	}{
		"at first":                  {news{}, "", Loading},
		"a listing comes":           {news{status: library.Status{Busy: true}}, "", Loading},
		"no key":                    {news{keyless: true, found: empty}, "", Keyless},
		"no listing":                {news{status: library.Status{Problem: offline}, found: empty}, "", Broken},
		"another try":               {news{status: library.Status{Problem: offline, Busy: true}, found: empty}, "", Broken},
		"another try is answered":   {news{status: library.Status{Problem: offline, Busy: true, Reading: 1}, found: empty}, "", Loading},
		"files":                     {news{status: known, found: some}, "", Listed},
		"files of earlier, offline": {news{status: library.Status{Known: true, Files: 3, Problem: offline}, found: some}, "", Listed},
		"an empty account":          {news{status: library.Status{Known: true}, found: empty}, "", Empty},
		"nothing found":             {news{status: known, found: empty}, "x", Nothing},
	} {
		m := NewModel()
		m.SetText(c.text)
		c.news.number = m.wanted().number
		m.Take(c.news)
		if got := m.State(); got != c.want {
			t.Errorf("%s: state %d, want %d", name, got, c.want)
		}
	}
}

// An answer that comes after the question has changed is not shown.
func TestLateAnswers(t *testing.T) {
	found := catalogueOf(t, 3).Find(library.Search{})
	m := NewModel()
	before := m.wanted()
	if !m.SetText("a") || m.SetText("a") {
		t.Error("the question did not change just once")
	}
	if m.Take(news{found: found, number: before.number}) || m.List().Len() != 0 {
		t.Error("a late answer is shown")
	}
	if !m.Take(news{found: found, number: m.wanted().number}) || m.List().Len() != 3 {
		t.Error("the answer is not shown")
	}
}

func TestEveryOrderSorts(t *testing.T) {
	type sorting struct {
		by         library.Field
		descending bool
	}
	seen := map[sorting]bool{}
	for _, o := range settings.FilesOrders() {
		var s sorting
		if s.by, s.descending = field(o); seen[s] {
			t.Errorf("%s sorts as another does", o)
		}
		seen[s] = true
		if orderName(o) == string(o) {
			t.Errorf("%s has no name", o)
		}
	}
}

// All files are told of, several run at a time, and the end of the context
// ends it.
func TestDeleteAll(t *testing.T) {
	files := make([]service.File, 50)
	for i := range files {
		files[i].ID = service.FileID(rune('A' + i))
	}
	var mu sync.Mutex
	running, most := 0, 0
	all := make(chan struct{})
	var told []service.FileID
	failed := 0
	d := &deletion{remove: func(_ context.Context, id service.FileID) error {
		mu.Lock()
		running++
		if most = max(most, running); running == deleters {
			select {
			case <-all:
			default:
				close(all) // from now on nobody waits
			}
		}
		mu.Unlock()
		<-all
		mu.Lock()
		running--
		mu.Unlock()
		if id == files[7].ID {
			return errors.New("no")
		}
		return nil
	}, told: func(f service.File, err *service.Error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, f.ID)
		if err != nil {
			failed++
		}
	}}
	d.run(t.Context(), files)
	slices.Sort(told)
	if len(slices.Compact(told)) != len(files) || failed != 1 || most != deleters {
		t.Errorf("told of %d files, %d failed, %d at a time", len(told), failed, most)
	}

	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{}, len(files))
	go func() {
		<-begun
		cancel()
	}()
	count := 0
	d = &deletion{remove: func(ctx context.Context, _ service.FileID) error {
		begun <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}, told: func(service.File, *service.Error) { count++ }}
	d.run(ctx, files)
	if count != 0 {
		t.Errorf("%d files were told of after the end", count)
	}
}

func TestRemovalCounts(t *testing.T) {
	files := []service.File{{ID: "a", Size: 5}, {ID: "b", Size: 7}, {ID: "c", Size: -1}}
	r := newRemoval(files, 0)
	if r.size != 12 {
		t.Errorf("size %d", r.size)
	}
	r.ended(files[0], nil)
	r.ended(files[1], &service.Error{})
	if left := r.left(); len(left) != 1 || left[0] != "c" {
		t.Errorf("%q are left", left)
	}
	if again := r.failedFiles(); len(again) != 1 || again[0].ID != "b" {
		t.Errorf("%v are to be tried again", again)
	}
}
