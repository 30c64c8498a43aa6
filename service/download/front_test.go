package download_test

import (
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/sandbox"
	"sluice/storage"
)

func TestToFront(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1), func(cfg *download.Config, _ *sandbox.Config) { cfg.RememberPause = true })
	must(t, r.engine.Pause(t.Context()))
	var ids []service.FileID
	for range 5 {
		ids = append(ids, r.put("f", kib).ID)
	}
	batch := r.add(ids...)
	jobs := func() []download.Job {
		snapshot, _ := r.engine.Subscribe(t.Context())
		return snapshot.Jobs
	}
	listed := jobs()
	must(t, r.engine.PauseJobs(t.Context(), listed[4].ID))
	must(t, r.engine.ToFront(t.Context(), listed[3].ID))
	must(t, r.engine.ToFront(t.Context(), listed[4].ID, 99, listed[2].ID))
	if got := jobs(); got[4].State != download.Paused || got[2].State != download.Waiting {
		t.Errorf("states %v and %v", got[4].State, got[2].State)
	}
	r.restart() // the order is kept, and what comes later goes before it
	must(t, r.engine.ToFront(t.Context(), listed[1].ID))
	must(t, r.engine.ResumeJobs(t.Context(), listed[4].ID))
	s := r.follow()
	must(t, r.engine.Resume(t.Context()))
	r.wait(batch)
	s.until("batch", func() bool { return len(s.done) == 1 })
	if want := []service.DownloadID{listed[1].ID, listed[4].ID, listed[2].ID, listed[3].ID, listed[0].ID}; !slices.Equal(s.ended, want) {
		t.Errorf("ended in the order %v, want %v", s.ended, want)
	}
}

// What waits for its next try keeps waiting for it, before the others.
func TestToFrontLeavesTheNextTry(t *testing.T) {
	t.Parallel()
	r := newRig(t, workers(1))
	f := r.put("f", kib)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "GET", Status: 500, Times: 2})
	s := r.follow()
	batch := r.add(f.ID)
	s.until("retry", func() bool { return len(s.retries) > 0 })
	must(t, r.engine.ToFront(t.Context(), service.DownloadID(batch)))
	r.arrived(r.wait(batch)[0], "f")
}

// A next try that was written when the clock was wrong is not waited for.
func TestATimeFarAheadIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("f", kib)
	must(t, r.engine.Pause(t.Context()))
	batch := r.add(f.ID)
	r.close()
	db, err := storage.Open(t.Context(), r.home)
	must(t, err)
	rows, err := db.UnfinishedDownloads(t.Context())
	must(t, err)
	for i := range rows {
		rows[i].NextTry, rows[i].Tries, rows[i].FailKind = time.Now().AddDate(1, 0, 0), 1, service.Offline.String()
	}
	must(t, db.UpdateDownloads(t.Context(), rows...))
	must(t, db.Close())
	r.open()
	r.arrived(r.wait(batch)[0], "f")
}

// Links can be added before there is a client, if it is known of which service
// they are.
func TestPasteBeforeTheClient(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("f", kib)
	r.engine.Use(nil)
	batch, refused, err := r.engine.Paste(t.Context(), r.folder, "https://example.com/u/x\n"+string(f.ID)+"\nand no link")
	must(t, err)
	if len(refused) != 2 || refused[0].Line != 1 || refused[1].Line != 3 {
		t.Errorf("refused %+v", refused)
	}
	r.engine.Use(r.cfg.Client)
	r.arrived(r.wait(batch)[0], "f")
}
