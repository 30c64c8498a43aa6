package download_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/sandbox"
)

// What is asked for twice comes once, as long as it is not there.
func TestTheSameLinkTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(2))
	f, bad := r.put("a.bin", 300*kib), r.put("b.bin", 10)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(f.ID), After: 100 * kib, Times: 2})
	must(t, r.server.SetObstacle(bad.ID, "virus_detected_captcha_required", ""))
	batch := r.add(f.ID, bad.ID, f.ID)
	must(t, stall.Wait(t.Context(), 1))
	s := r.follow()
	s.state(service.DownloadID(batch)+1, download.Failed)
	if again := r.add(f.ID); again != batch { // under way
		t.Errorf("batch %d", again)
	}
	must(t, r.engine.PauseJobs(t.Context(), service.DownloadID(batch)))
	must(t, r.server.SetObstacle(bad.ID, "", ""))
	third := r.put("c.bin", 10)
	later := r.add(bad.ID, third.ID, f.ID) // failed, new, paused
	if later == batch {
		t.Error("a new one is in an old batch")
	}
	must(t, stall.Wait(t.Context(), 2))
	stall.Release()
	for _, j := range slices.Concat(r.wait(batch), r.wait(later)) {
		r.arrived(j, j.Name)
	}
	if r.names() != "a.bin|b.bin|c.bin" {
		t.Errorf("folder has %s", r.names())
	}
	r.arrived(r.get(f.ID)[0], "a (1).bin") // there, and wanted once more
	r.folder = t.TempDir()
	r.arrived(r.get(f.ID)[0], "a.bin")
}

func TestTheSameLinkFromManySides(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 300*kib)
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, PathPrefix: "/api/file/" + string(f.ID) + "/info"})
	batches := make([]service.DownloadBatchID, 20)
	var wg sync.WaitGroup
	for i := range batches {
		wg.Go(func() {
			var err error
			if batches[i], err = r.engine.Add(t.Context(), r.folder, []download.Target{{File: f.ID}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	hold.Release()
	r.arrived(r.wait(batches[0])[0], "a.bin")
	if len(slices.Compact(batches)) != 1 || r.names() != "a.bin" {
		t.Errorf("batches %v, folder has %s", batches, r.names())
	}
}

// What is known of a file stands in the list while it waits and after a restart;
// what the service says replaces it. It is one file, whatever was known of it.
func TestWhatIsKnownOfAFileIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1))
	f := r.put("a.bin", 300*kib)
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, PathPrefix: "/api/file/" + string(f.ID) + "/info"})
	batch, err := r.engine.Add(t.Context(), r.folder, []download.Target{
		{File: f.ID, Name: "old name.bin", Size: 7}, {File: f.ID}, {File: "unknown1", Name: "b.bin", Size: 9},
	})
	must(t, err)
	must(t, hold.Wait(t.Context(), 1))
	s := r.follow()
	if len(s.jobs) != 2 {
		t.Fatalf("%+v", s.jobs)
	}
	for _, j := range s.jobs {
		if j.File == f.ID && (j.Name != "old name.bin" || j.Size != 7) || j.File != f.ID && (j.Name != "b.bin" || j.Size != 9) {
			t.Errorf("%+v", j)
		}
	}
	hold.Release()
	for _, j := range r.wait(batch) {
		if j.File == f.ID {
			r.arrived(j, "a.bin")
		} else {
			failed(t, j, service.NotFound, "not_found")
		}
	}
}

func TestTheSameAlbumTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1))
	a, b := r.put("1.jpg", 20*kib), r.put("2.jpg", 20*kib)
	id, err := r.client("k", 0).CreateAlbum(t.Context(), service.NewAlbum{Title: "Trip", Files: []service.AlbumEntry{{ID: a.ID}, {ID: b.ID}}})
	must(t, err)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(a.ID), After: kib})
	link := "l/" + string(id) + "#item=1"
	batch, _, err := r.engine.Paste(t.Context(), r.folder, link)
	must(t, err)
	must(t, stall.Wait(t.Context(), 1))
	if again, _, err := r.engine.Paste(t.Context(), r.folder, link); err != nil || again != batch {
		t.Errorf("batch %d, %v", again, err)
	}
	stall.Release()
	r.wait(batch)
	if r.names() != "Trip|Trip/1.jpg|Trip/2.jpg" {
		t.Errorf("folder has %s", r.names())
	}
}

// Titles of albums are names from elsewhere, too.
func TestAlbumsWithHostileTitles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("1.jpg", 10)
	for title, want := range map[string]string{
		"../../up": "__.._up", "..": "file", "/etc": "_etc", "aux": "_aux", "nul.d": "_nul.d", " dots... ": "dots",
		"a\u202Eb\x00c": "ab_c", strings.Repeat("é", 299): strings.Repeat("é", 127),
	} {
		id, err := r.client("k", 0).CreateAlbum(t.Context(), service.NewAlbum{Title: title, Files: []service.AlbumEntry{{ID: f.ID}}})
		must(t, err)
		batch, err := r.engine.Add(t.Context(), r.folder, []download.Target{{Album: id}})
		must(t, err)
		if j := r.wait(batch)[0]; j.State != download.Downloaded || j.Path != filepath.Join(r.folder, want, "1.jpg") {
			t.Errorf("%q is at %q, %v", title, j.Path, j.Err)
		}
	}
}

// halfway starts a download and stops it in the middle.
func (r *rig) halfway(f service.File) (*stream, service.DownloadID, *sandbox.Injection) {
	r.t.Helper()
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(f.ID), After: f.Size / 2})
	s := r.follow()
	id := service.DownloadID(r.add(f.ID))
	must(r.t, stall.Wait(r.t.Context(), 1))
	s.until("bytes", func() bool { return s.jobs[id].Done >= f.Size/2-kib })
	return s, id, stall
}

// Whatever others do to the unfinished file, the finished one is right, and
// nothing of theirs is lost.
func TestTheUnfinishedFileIsTakenAway(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(part, other string) error{
		"deleted": func(part, _ string) error { return os.Remove(part) },
		"moved":   func(part, _ string) error { return os.Rename(part, part+".mine") },
		"replaced": func(part, _ string) error {
			return os.WriteFile(part+".new", []byte("mine"), 0o600)
		},
		"a link": func(part, other string) error {
			if err := os.Remove(part); err != nil {
				return err
			}
			return os.Symlink(other, part)
		},
		"cut": func(part, _ string) error { return os.Truncate(part, 10) },
		"lengthened": func(part, _ string) error {
			return os.Truncate(part, 2*mib)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			f := r.put("a.bin", mib)
			s, id, stall := r.halfway(f)
			part, other := filepath.Join(r.folder, r.names()), filepath.Join(r.home, "other")
			must(t, os.WriteFile(other, []byte("mine"), 0o600))
			must(t, do(part, other))
			if name == "replaced" {
				must(t, os.Rename(part+".new", part))
			}
			stall.Release()
			r.arrived(s.state(id, download.Downloaded), "a.bin")
			var why []string
			for _, retry := range s.retries {
				why = append(why, strings.Fields(retry)[0])
			}
			if !slices.Equal(why, []string{"part_gone"}) {
				t.Errorf("tried again because of %v", why)
			}
			if b, err := os.ReadFile(other); err != nil || string(b) != "mine" {
				t.Errorf("another file: %q, %v", b, err)
			}
			theirs := 0
			if name == "replaced" || name == "moved" || name == "a link" {
				theirs = 1
			}
			if left, err := filepath.Glob(filepath.Join(r.folder, "*.part*")); err != nil || len(left) != theirs {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// A folder that goes away in the middle is told as such, and made again when it
// is tried again.
func TestTheFolderGoesAway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.folder = filepath.Join(r.folder, "in")
	f := r.put("a.bin", mib)
	s, id, stall := r.halfway(f)
	must(t, os.RemoveAll(r.folder))
	stall.Release()
	j := s.state(id, download.Failed)
	failed(t, j, service.Invalid, service.ReasonFolderUnusable)
	must(t, r.engine.Retry(t.Context(), id))
	r.arrived(s.state(id, download.Downloaded), "a.bin")
	if r.names() != "a.bin" {
		t.Errorf("folder has %s", r.names())
	}
}

// All that may be downloaded at a time is, and nothing more.
func TestSeveralAtATime(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(3))
	var ids []service.FileID
	for range 7 {
		ids = append(ids, r.put("a.bin", 100*kib).ID)
	}
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), After: 50 * kib, Times: -1})
	s := r.follow()
	batch := r.add(ids...)
	must(t, hold.Wait(t.Context(), 3))
	s.until("three", func() bool {
		moving := 0
		for _, j := range s.jobs {
			if j.State == download.Downloading && j.Done > 0 {
				moving++
			}
		}
		return moving == 3
	})
	if s.totals.Active != 3 || s.totals.Waiting != 4 || hold.Hits() != 3 {
		t.Errorf("%+v, %d requests", s.totals, hold.Hits())
	}
	r.engine.SetWorkers(5)
	must(t, hold.Wait(t.Context(), 5))
	hold.Release()
	for _, j := range r.wait(batch) {
		r.arrived(j, j.Name)
	}
}
