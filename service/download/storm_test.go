package download_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/sandbox"
)

// storm downloads files through trouble of all kinds, while their user does
// everything that can be done with them and starts Sluice again and again. What
// was not cancelled must arrive, whole and once.
func storm(t *testing.T, seed uint64, files, steps int) {
	t.Helper()
	r := newRig(t)
	random := rand.New(rand.NewPCG(seed, 1))
	var dice sync.Mutex // the server asks on its goroutines
	for i, kind := range []sandbox.FaultKind{sandbox.CutBody, sandbox.Reset, sandbox.CutBody, sandbox.LostAnswer, sandbox.Answer, sandbox.Answer} {
		r.server.Inject(sandbox.Fault{
			Kind: kind, Times: -1, After: []int64{1000, 50_000, 200_000, 0, 0, 0}[i], Status: []int{0, 0, 0, 0, 429, 503}[i],
			Match: func(*http.Request) bool {
				dice.Lock()
				defer dice.Unlock()
				return random.IntN(12) == 0
			},
		})
	}
	var ids []service.FileID
	for i := range files {
		dice.Lock()
		size := 8 + random.IntN(1<<(4+random.IntN(16)))
		dice.Unlock()
		ids = append(ids, r.put(fmt.Sprintf("f%d.bin", i%(files*2/3)), size).ID)
	}
	batch := r.add(ids...)
	cancelled := map[service.DownloadID]bool{}
	roll := func(n int) int {
		dice.Lock()
		defer dice.Unlock()
		return random.IntN(n)
	}
	for range steps {
		id := service.DownloadID(int(batch) + roll(files))
		ctx := t.Context()
		switch roll(10) {
		case 0:
			must(t, r.engine.Cancel(ctx, id))
			cancelled[id] = true
		case 1, 2:
			must(t, r.engine.PauseJobs(ctx, id, id+1, id+2))
		case 3, 4:
			must(t, r.engine.ResumeJobs(ctx, id, id+1, id+2, id+3))
		case 5:
			must(t, r.engine.Pause(ctx))
			must(t, r.engine.Resume(ctx))
		case 6:
			must(t, r.engine.Retry(ctx, id, id+1))
		case 7:
			r.engine.SetWorkers(1 + roll(6))
		case 8:
			r.engine.Use(r.cfg.Client)
		case 9:
			r.restart()
		}
		r.someRequests(roll(3))
	}
	r.server.Clear()
	for id := range files {
		must(t, r.engine.ResumeJobs(t.Context(), batch2id(batch, id)))
	}
	must(t, r.engine.RetryFailed(t.Context()))
	jobs := r.wait(batch)
	must(t, r.engine.RetryFailed(t.Context())) // what failed meanwhile
	jobs = append(jobs[:0], r.wait(batch)...)
	arrived, listed := 0, 0
	for _, j := range jobs {
		gone := j.State == download.Failed && cancelled[j.ID] // it left the list as it was
		if j.State != download.Cancelled && !gone {
			r.arrived(j, filepath.Base(j.Path))
			arrived++
			if !cancelled[j.ID] { // a finished one leaves the list only
				listed++
			}
		}
	}
	snapshot, _ := r.engine.Subscribe(t.Context())
	names := strings.Split(r.names(), "|")
	sums := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(r.folder, name))
		must(t, err)
		if other, twice := sums[sumOf(b)]; twice {
			t.Errorf("%s and %s are the same", name, other)
		}
		sums[sumOf(b)] = name
	}
	// Cancelled ones may have been finished before; their files stay.
	if len(snapshot.Jobs) != listed || listed != files-len(cancelled) || strings.Contains(r.names(), ".part") ||
		len(names) < arrived || len(names) > files {
		t.Errorf("%d arrived, %d cancelled, folder has %s\n%s", arrived, len(cancelled), r.names(), describe(snapshot))
	}
	checkTotals(t, snapshot)
}

func batch2id(batch service.DownloadBatchID, n int) service.DownloadID {
	return service.DownloadID(int(batch) + n)
}

// someRequests lets a few requests begin, if any come.
func (r *rig) someRequests(n int) {
	ctx, cancel := context.WithTimeout(r.t.Context(), 100*time.Millisecond)
	defer cancel()
	_ = r.server.WaitRequests(ctx, r.server.Stats().Begun+n)
}

// checkTotals compares the sums with what they are of.
func checkTotals(t *testing.T, s download.Snapshot) {
	t.Helper()
	var want download.Totals
	for _, j := range s.Jobs {
		switch {
		case j.State.Active():
			want.Active++
		case j.State == download.Paused:
			want.Held++
		case j.State == download.Failed:
			want.Failed++
		case j.State == download.Downloaded:
			want.Finished++
		default:
			want.Waiting++
		}
	}
	got := s.Totals
	if got.Active != want.Active || got.Held != want.Held || got.Failed != want.Failed || got.Finished != want.Finished || got.Waiting != want.Waiting {
		t.Errorf("totals %+v, want %+v", got, want)
	}
	if got.Done > got.Bytes || got.Done < 0 || got.FilesDone > got.Files || !got.Busy() && got.Held == 0 && got.FilesDone != got.Files {
		t.Errorf("totals %+v", got)
	}
}

func TestStorm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			storm(t, seed, 30, 40)
		})
	}
}
