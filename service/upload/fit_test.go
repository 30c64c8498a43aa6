package upload

import (
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock"
	"sluice/storage"
)

func TestFit(t *testing.T) {
	ours, other := strings.Repeat("a", 64), strings.Repeat("b", 64)
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		sum, told, name string
		uploaded        time.Time
		want            int
	}{
		{ours, ours, "x", started.Add(time.Second), completely},
		{ours, ours, "x", started.Add(-skew / 2), completely}, // clocks differ
		{ours, ours, "x", started.Add(-2 * skew), byName},
		{ours, ours, "y", started, byContent},
		{ours, ours, "y", time.Time{}, byContent},
		{ours, other, "x", started, misfit},
		{"", other, "x", started, bySurmise},
		{ours, "", "x", started, bySurmise},
		{"", other, "y", started, misfit},
		{"", other, "x", started.Add(-2 * skew), misfit},
	} {
		f := service.File{Name: c.name, SHA256: c.told, Uploaded: c.uploaded}
		if got := fit(f, c.sum, "x", started); got != c.want {
			t.Errorf("%d: %d, want %d", i, got, c.want)
		}
	}
}

func TestMatchTakesTheBestThatIsFree(t *testing.T) {
	sum := strings.Repeat("a", 64)
	started := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	file := func(id service.FileID, name string, at time.Time) candidate {
		return candidate{ID: id, Name: name, Size: 5, SHA256: sum, Uploaded: at}
	}
	files := []candidate{
		file("content", "y", started), file("old", "x", started.Add(-time.Hour)), file("first", "x", started.Add(time.Second)),
		file("second", "x", started.Add(2*time.Second)),
		{ID: "size", Name: "x", Size: 6, SHA256: sum, Uploaded: started},
	}
	e := &Engine{claimed: map[service.FileID]int64{}, doomed: map[service.FileID]struct{}{}, skipKnown: true}
	j := &job{row: storage.Job{ID: 7, Name: "x"}, attempt: storage.Attempt{Size: 5, SHA256: sum, Started: started}}
	for _, want := range []service.FileID{"second", "first", "old", "content", ""} {
		if f, fits := e.match(j, files, byContent); f.ID != want || (fits != misfit) != (want != "") {
			t.Errorf("got %q, want %q", f.ID, want)
		}
		if want == "first" {
			e.doomed[want] = struct{}{}
		} else {
			e.claimed[want] = 1
		}
	}
	e.claimed["second"] = 7 // its own
	if f, _ := e.match(j, files, byName); f.ID != "second" {
		t.Errorf("got %q", f.ID)
	}
}

func TestStateNames(t *testing.T) {
	for s := range states {
		if got, err := Parse(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
		if s.Active() && s.Finished() || s.Linked() && !s.Finished() {
			t.Errorf("%v is two things at once", s)
		}
	}
	if _, err := Parse("nonsense"); err == nil || states.String() != "unknown" {
		t.Error("nonsense is a state")
	}
}

func TestNames(t *testing.T) {
	if err := checkName("", strings.Repeat("ü", 255)); err != nil {
		t.Error(err)
	}
	if err := checkName("p", strings.Repeat("ü", 256)); err == nil || err.Value != service.ReasonNameTooLong || err.Kind != service.TooLarge {
		t.Error(err)
	}
}

func FuzzCleanPath(f *testing.F) {
	for _, s := range []string{"a", "/a/../b", "file:///x%20y", "https://example.com/x", "file:///c/https:/x", "", "%", "file:", "\xff", "data:,x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p := cleanPath(s); p != cleanPath(p) && !strings.HasPrefix(s, "file:") {
			t.Errorf("%q became %q became %q", s, p, cleanPath(p))
		}
		webAddress(s)
	})
}

func TestAListingWithoutAClient(t *testing.T) {
	e := &Engine{clock: clock.System{}, listingBusy: true}
	e.fetchListing() // the key was forgotten after it was decided to fetch one
	if e.listingBusy {
		t.Error("no other listing will be fetched")
	}
}
