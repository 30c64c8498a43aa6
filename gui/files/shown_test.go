package files

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sluice/service"
	"sluice/service/library"
)

// catalogueOf has n files, the newest first.
func catalogueOf(t *testing.T, n int) *library.Catalogue {
	t.Helper()
	c := library.New(library.Config{})
	t.Cleanup(c.Close)
	status, news := c.Subscribe(t.Context())
	files := make([]service.File, n)
	for i := range files {
		files[i] = service.File{ID: service.FileID(fmt.Sprintf("id%03d", i)), Name: fmt.Sprintf("file %d.txt", i), Size: int64(i)}
	}
	c.Added(files...)
	for status.Files < n {
		list, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = list[len(list)-1]
	}
	return c
}

// What is hidden is in no place, and all others stand as they would without it.
func TestShownLeavesOut(t *testing.T) {
	const n = 40
	found := catalogueOf(t, n).Find(library.Search{By: library.ByName})
	rapid.Check(t, func(t *rapid.T) {
		s := &shown{}
		s.set(found)
		gone := map[service.FileID]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			ids := rapid.SliceOfN(rapid.IntRange(0, n+3), 0, 12).Draw(t, "ids")
			leave := rapid.Bool().Draw(t, "leave")
			var names []service.FileID
			for _, i := range ids {
				id := service.FileID(fmt.Sprintf("id%03d", i))
				names = append(names, id)
				gone[id] = leave
			}
			s.leave(leave, names)
		}
		var want []service.FileID
		for i := range found.Len() {
			if id := found.ID(i); !gone[id] {
				want = append(want, id)
			} else if s.Index(id) >= 0 {
				t.Fatalf("%s is gone and stands at %d", id, s.Index(id))
			}
		}
		if s.Len() != len(want) {
			t.Fatalf("%d are shown, want %d", s.Len(), len(want))
		}
		for i, id := range want {
			if s.ID(i) != id || s.Index(id) != i || s.File(i).ID != id || s.Name(i) != s.File(i).Name {
				t.Fatalf("at %d: %s, which is said to stand at %d; want %s", i, s.ID(i), s.Index(id), id)
			}
		}
	})
}
