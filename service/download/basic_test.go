package download_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/sandbox"
)

func TestDownload(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("holiday.jpg", 3*mib)
	s := r.follow()
	j := r.get(f.ID)[0]
	r.arrived(j, "holiday.jpg")
	if r.names() != "holiday.jpg" || r.sent(f.ID) != 3*mib {
		t.Errorf("folder has %s, %d bytes were sent", r.names(), r.sent(f.ID))
	}
	if want := r.server.URL() + "/u/" + string(f.ID); j.Link != want {
		t.Errorf("link %q, want %q", j.Link, want)
	}
	s.state(j.ID, download.Downloaded)
	s.until("batch", func() bool { return len(s.done) == 1 })
	want := []download.State{download.Waiting, download.Looking, download.Downloading, download.Checking, download.Downloaded}
	if got := s.states[j.ID]; !slices.Equal(got, want) {
		t.Errorf("states %v", got)
	}
	if b := s.done[0]; b.ID != j.Batch || len(b.Jobs) != 1 || b.Jobs[0].Path != j.Path {
		t.Errorf("batch %+v", b)
	}
	if tot := s.totals; tot.Finished != 1 || tot.Bytes != 3*mib || tot.Done != 3*mib || tot.FilesDone != 1 || tot.Busy() {
		t.Errorf("totals %+v", tot)
	}
	r.restart()
	snapshot, _ := r.engine.Subscribe(t.Context())
	if len(snapshot.Jobs) != 1 || snapshot.Jobs[0].Path != j.Path || snapshot.Totals.Finished != 1 {
		t.Errorf("after a restart: %s", describe(snapshot))
	}
	must(t, r.engine.ClearFinished(t.Context()))
	r.restart()
	snapshot, _ = r.engine.Subscribe(t.Context())
	if len(snapshot.Jobs) != 0 || r.names() != "holiday.jpg" {
		t.Errorf("after clearing: %s, %s", describe(snapshot), r.names())
	}
}

func TestBothDialects(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *download.Config, s *sandbox.Config) { s.Dialect = sandbox.Dialect2020 })
	f := r.put("a.txt", 10)
	r.arrived(r.get(f.ID)[0], "a.txt")
	failed(t, r.get("nothere1")[0], service.NotFound, "file_not_found")
	if r.names() != "a.txt" {
		t.Errorf("folder has %s", r.names())
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(8))
	must(t, os.WriteFile(filepath.Join(r.folder, "x.tar.gz"), []byte("mine"), 0o600))
	var ids []service.FileID
	for range 8 {
		ids = append(ids, r.put("x.tar.gz", 50*kib).ID)
	}
	sums := map[string]bool{}
	var names []string
	for _, j := range r.get(ids...) {
		r.arrived(j, filepath.Base(j.Path))
		sums[j.SHA256] = true
		names = append(names, j.Name)
	}
	slices.Sort(names)
	want := "x (1).tar.gz|x (2).tar.gz|x (3).tar.gz|x (4).tar.gz|x (5).tar.gz|x (6).tar.gz|x (7).tar.gz|x (8).tar.gz"
	if got := strings.Join(names, "|"); got != want || len(sums) != 8 {
		t.Errorf("%d contents at %s", len(sums), got)
	}
	if mine, err := os.ReadFile(filepath.Join(r.folder, "x.tar.gz")); err != nil || string(mine) != "mine" {
		t.Errorf("the file that was there: %q, %v", mine, err)
	}
}

func TestNamesAreMadeSafe(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, want := range map[string]string{
		"..":                              "file",
		"con.txt":                         "_con.txt",
		"a<b>.txt":                        "a_b_.txt",
		"x\u202Egpj.exe":                  "xgpj.exe",
		"dots...":                         "dots",
		strings.Repeat("日", 200) + ".txt": strings.Repeat("日", 83) + ".txt",
	} {
		r.arrived(r.get(r.put(name, 10).ID)[0], want)
	}
	if strings.Contains(r.names(), ".part") {
		t.Errorf("folder has %s", r.names())
	}
}

func TestAlbum(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(2))
	client := r.client("k", 0)
	var entries []service.AlbumEntry
	for _, name := range []string{"1.jpg", "2.jpg", "1.jpg"} {
		entries = append(entries, service.AlbumEntry{ID: r.put(name, 20*kib).ID})
	}
	gone := r.put("3.jpg", 10)
	entries = append(entries, service.AlbumEntry{ID: gone.ID})
	id, err := client.CreateAlbum(t.Context(), service.NewAlbum{Title: "Trip: a/b.", Files: entries})
	must(t, err)
	must(t, client.Delete(t.Context(), gone.ID))
	must(t, os.Mkdir(filepath.Join(r.folder, "Trip_ a_b"), 0o700))
	must(t, os.WriteFile(filepath.Join(r.folder, "Trip_ a_b", "mine"), nil, 0o600))

	s := r.follow()
	batch, refused, err := r.engine.Paste(t.Context(), r.folder, "see "+r.client("", 0).Links().Album(id)+" and https://example.org/u/x")
	must(t, err)
	if len(refused) != 1 || refused[0].Err.Value != service.ReasonForeignLink {
		t.Errorf("refused %+v", refused)
	}
	jobs := r.wait(batch)
	s.until("batch", func() bool { return len(s.done) == 1 })
	if len(jobs) < 3 || len(s.jobs) != len(jobs) || len(s.done[0].Jobs) != len(jobs) {
		t.Fatalf("%d jobs, %d in the list, %+v", len(jobs), len(s.jobs), s.done)
	}
	for i, j := range jobs[:3] {
		if j.File != entries[i].ID || j.Album != id || j.Batch != batch || j.Folder != filepath.Join(r.folder, "Trip_ a_b (1)") {
			t.Errorf("job %d is %+v", i, j)
		}
		r.arrived(j, filepath.Base(j.Path))
	}
	for _, j := range jobs[3:] {
		failed(t, j, service.NotFound, "not_found")
	}
	want := "Trip_ a_b|Trip_ a_b (1)|Trip_ a_b (1)/1 (1).jpg|Trip_ a_b (1)/1.jpg|Trip_ a_b (1)/2.jpg|Trip_ a_b/mine"
	if got := r.names(); got != want {
		t.Errorf("folder has %s", got)
	}
	if tot := s.totals; tot.Files != len(jobs) || tot.FilesDone != len(jobs) || tot.Finished != 3 || tot.Busy() {
		t.Errorf("totals %+v", tot)
	}
}

func TestAnAlbumThatIsStoppedWhileItIsLookedUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("1.jpg", 20*kib)
	trip := service.NewAlbum{Title: "Trip", Files: []service.AlbumEntry{{ID: f.ID}}}
	id, err := r.client("k", 0).CreateAlbum(t.Context(), trip)
	must(t, err)
	other, err := r.client("k", 0).CreateAlbum(t.Context(), trip)
	must(t, err)
	infos := r.server.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, PathPrefix: "/api/file/" + string(f.ID) + "/info", Times: 2})
	for id, stop := range map[service.AlbumID]func(context.Context, ...service.DownloadID) error{id: r.engine.PauseJobs, other: r.engine.Cancel} {
		hits := infos.Hits()
		batch, err := r.engine.Add(t.Context(), r.folder, []download.Target{{Album: id}})
		must(t, err)
		must(t, infos.Wait(t.Context(), hits+1))
		s := r.follow()
		must(t, stop(t.Context(), service.DownloadID(batch)))
		s.until("the stop", func() bool {
			j, ok := s.jobs[service.DownloadID(batch)]
			return !ok || j.State == download.Paused
		})
	}
	s := r.follow()
	if len(s.jobs) != 1 || s.totals.Held != 1 || r.names() != "" {
		t.Errorf("%+v, folder has %s", s.jobs, r.names())
	}
	for id := range s.jobs {
		must(t, r.engine.ResumeJobs(t.Context(), id))
	}
	s.until("the end", func() bool { return s.totals.Finished == 1 })
	must(t, os.RemoveAll(filepath.Join(r.folder, "Trip")))
	batch, err := r.engine.Add(t.Context(), r.folder, []download.Target{{Album: id}})
	must(t, err)
	r.wait(batch)
	if r.names() != "Trip|Trip/1.jpg" {
		t.Errorf("folder has %s", r.names())
	}
}

func TestAlbumsThatAreNone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	batch, err := r.engine.Add(t.Context(), r.folder, []download.Target{{Album: "nothere1"}})
	must(t, err)
	failed(t, r.wait(batch)[0], service.NotFound, "not_found")
	r.server.Inject(sandbox.Fault{
		Kind: sandbox.Answer, PathPrefix: "/api/list/", Status: 200, Type: "application/json",
		Body: []byte(`{"success":true,"id":"empty","title":"t","files":[]}`),
	})
	batch, err = r.engine.Add(t.Context(), r.folder, []download.Target{{Album: "empty"}})
	must(t, err)
	failed(t, r.wait(batch)[0], service.Invalid, service.ReasonEmptyAlbum)
	if r.names() != "" {
		t.Errorf("folder has %s", r.names())
	}
}

func TestWhatCannotBeAdded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	refuses := func(err error, reason string) {
		t.Helper()
		if e := service.AsError("", err); e == nil || e.Value != reason {
			t.Errorf("%v, want %s", err, reason)
		}
	}
	batch, refused, err := r.engine.Paste(t.Context(), r.folder, "no links")
	refuses(err, service.ReasonNoLink)
	if batch != 0 || len(refused) != 1 || refused[0].Line != 1 {
		t.Errorf("refused %+v", refused)
	}
	_, _, err = r.engine.Paste(t.Context(), r.folder, " \n ")
	refuses(err, service.ReasonNoLink)
	r.close()
	r.cfg.Client = nil
	r.open()
	_, err = r.engine.Add(t.Context(), r.folder, []download.Target{{File: "x"}})
	refuses(err, service.ReasonNoKey)
	_, _, err = r.engine.Paste(t.Context(), r.folder, "/u/x")
	refuses(err, service.ReasonNoKey)
}
