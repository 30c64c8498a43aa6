package upload_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/upload"
)

func TestAFileGetsItsLink(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, opt)
			small, large, empty := r.file("small.bin", 1000), r.file("large.bin", 3<<20), r.file("empty", 0)
			jobs := r.send(small, large, empty)
			if len(jobs) != 3 {
				t.Fatalf("%d jobs", len(jobs))
			}
			r.once(jobs[:2])
			failed(t, jobs[2], service.Invalid, service.ReasonEmptyFile)
		})
	}
}

// hostileNames are names that a careless program mangles.
func hostileNames() []string {
	return []string{
		"with space.txt", "%2F.txt", "100%.txt", "a#b.txt", "a?b=c&d.txt", "a+b.txt", `quo"te's.txt`, "new\nline.txt",
		"tab\t.txt", "😀 emoji 👨‍👩‍👧.txt", "\u202eright-to-left.txt", "עברית.txt", "Füße & 100% #1?.png", "..hidden", "-rf", "~", "a\\b",
		"null", "{name}", "<b>.html", ";.txt", "a:b", "e\u0301.txt", "é.txt", strings.Repeat("x", 255), strings.Repeat("ü", 127),
	}
}

func TestHostileNamesArriveExactly(t *testing.T) {
	for name, opt := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, opt)
			for _, n := range hostileNames() {
				r.file("tree/"+n, 100)
			}
			jobs := r.send(r.path("tree"))
			want := hostileNames()
			slices.Sort(want)
			if got := byName(jobs); !slices.Equal(got, want) {
				t.Fatalf("got %q", got)
			}
			r.once(jobs)
		})
	}
}

func TestSequenceOfStates(t *testing.T) {
	r := newRig(t)
	s := r.follow()
	r.add(r.file("a", 3<<20))
	j := s.state("a", upload.Uploaded)
	want := []upload.State{upload.Waiting, upload.Uploading, upload.Finishing, upload.Uploaded}
	got := s.states[j.ID]
	if i := slices.Index(got, upload.Finishing); i < 0 {
		want = slices.Delete(want, 2, 3) // the answer was quicker
	}
	if !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	s.until("end of the batch", func() bool { return len(s.done) == 1 })
	if b := s.done[0]; b.Origin != upload.Drop || len(b.Jobs) != 1 || b.Jobs[0].Link == "" {
		t.Errorf("batch %+v", b)
	}
	if s.totals.Finished != 1 || s.totals.Busy() || s.totals.Sent != 3<<20 || s.totals.Bytes != 3<<20 || s.totals.FilesDone != 1 {
		t.Errorf("totals %+v", s.totals)
	}
}

func dialects() map[string]option {
	return map[string]option{"2026": func(*upload.Config, *sandboxConfig) {}, "2020": dialect2020}
}
