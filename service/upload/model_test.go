package upload_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
)

// model is what a user may expect of the queue after any commands: every file
// accepted and not cancelled gets its link, in the account once, and every one
// that can't be uploaded its reason.
type model struct {
	good    map[string]bool        // paths that must end with a link
	bad     map[string]bool        // paths that must end failed
	dropped map[string]bool        // paths that may have been cancelled in time
	held    map[service.JobID]bool // jobs that must not be sent
}

// TestModel gives the engine random commands against a randomly failing
// service and compares the end with the model.
func TestModel(t *testing.T) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) {
			clock := clocktest.NewQuick(200)
			cfg.Clock, s.Now = clock, clock.Now
			s.Dialect = rapid.SampledFrom([]int{sandbox.Dialect2020, sandbox.Dialect2026}).Draw(rt, "dialect")
		})
		r.server.Begin(sandbox.Campaign{Seed: rapid.Uint64().Draw(rt, "seed"), InRow: 3, Rates: map[sandbox.FaultKind]float64{
			sandbox.CutBody: 0.05, sandbox.LostAnswer: 0.1, sandbox.Answer: 0.1, sandbox.WrongHash: 0.02,
		}})
		m := &model{good: map[string]bool{}, bad: map[string]bool{}, dropped: map[string]bool{}, held: map[service.JobID]bool{}}
		for step := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			r.command(rt, m, fmt.Sprintf("%d-%d", round, step))
		}
		must(t, r.engine.Resume(t.Context()))
		r.idle()
		r.compareHeld(m)
		must(t, r.engine.ResumeJobs(t.Context(), slices.Collect(maps.Keys(m.held))...))
		r.idle()
		for range 10 { // what failed for the service's faults is tried again
			must(t, r.engine.RetryFailed(t.Context()))
			r.idle()
		}
		r.compare(m)
		r.close()
	})
}

// idle waits until nothing is unfinished.
func (r *rig) idle() {
	r.t.Helper()
	s := r.follow()
	s.until("end", func() bool { return !s.totals.Busy() })
	s.sub.Close()
}

// command does one random thing.
func (r *rig) command(rt *rapid.T, m *model, name string) {
	ctx := r.t.Context()
	snapshot, _ := r.engine.Subscribe(ctx)
	some := func() (ids []service.JobID) {
		for _, j := range snapshot.Jobs {
			if rapid.IntRange(0, 3).Draw(rt, "choose") == 0 {
				ids = append(ids, j.ID)
			}
		}
		return ids
	}
	switch rapid.IntRange(0, 16).Draw(rt, "command") {
	case 0, 1, 2:
		var paths []string
		for i := range rapid.IntRange(1, 6).Draw(rt, "files") {
			size := rapid.SampledFrom([]int{0, 1, 100, 5000, 2 * mib}).Draw(rt, "size")
			p := r.file(fmt.Sprintf("%s/%d", name, i), size)
			paths = append(paths, p)
			m.good[p], m.bad[p] = size > 0, size == 0
		}
		r.add(paths...)
	case 3:
		r.file(name+"/tree/a", 10)
		r.file(name+"/tree/b/c", 20)
		m.good[r.path(name+"/tree/a")], m.good[r.path(name+"/tree/b/c")] = true, true
		r.add(r.path(name + "/tree"))
	case 4:
		ids := some()
		for _, j := range snapshot.Jobs {
			if slices.Contains(ids, j.ID) {
				m.dropped[j.Path] = true
			}
		}
		must(r.t, r.engine.Cancel(ctx, ids...))
	case 5:
		must(r.t, r.engine.Pause(ctx))
	case 6:
		must(r.t, r.engine.Resume(ctx))
	case 7:
		must(r.t, r.engine.ToFront(ctx, some()...))
	case 8:
		must(r.t, r.engine.Retry(ctx, some()...))
	case 9:
		r.engine.SetWorkers(rapid.IntRange(1, 16).Draw(rt, "workers"))
	case 10:
		r.restart()
	case 11:
		ids := some()
		for _, j := range snapshot.Jobs {
			if slices.Contains(ids, j.ID) && !j.State.Finished() {
				m.held[j.ID] = true
			}
		}
		must(r.t, r.engine.PauseJobs(ctx, ids...))
	case 12:
		ids := some()
		must(r.t, r.engine.ResumeJobs(ctx, ids...))
		for _, id := range ids {
			delete(m.held, id)
		}
	case 13:
		must(r.t, r.engine.ClearFinished(ctx))
	case 14:
		r.engine.Use(nil)
		r.engine.Use(r.client(sandboxtest.Key))
	case 15:
		r.engine.SetSpeedLimit(rapid.SampledFrom([]int64{0, 1 << 20, 20 << 20}).Draw(rt, "limit"))
	case 16:
		r.engine.SetSkipDuplicates(rapid.Bool().Draw(rt, "skip"))
	}
}

// compareHeld checks that what is paused is what should be, when all else has
// ended.
func (r *rig) compareHeld(m *model) {
	r.t.Helper()
	snapshot, _ := r.engine.Subscribe(r.t.Context())
	held := 0
	for _, j := range snapshot.Jobs {
		if j.State == upload.Paused {
			held++
		}
		if !j.State.Finished() && (j.State != upload.Paused || !m.held[j.ID]) {
			r.t.Errorf("%q is %v, held %v", j.Path, j.State, m.held[j.ID])
		}
	}
	if snapshot.Totals.Held != held {
		r.t.Errorf("%d held, totals %+v", held, snapshot.Totals)
	}
}

// compare checks the end against the model.
func (r *rig) compare(m *model) {
	r.t.Helper()
	snapshot, _ := r.engine.Subscribe(r.t.Context())
	seen := map[string]bool{}
	ids := map[service.FileID]bool{}
	history, _, err := r.engine.History(r.t.Context(), 0, 1000, "")
	must(r.t, err)
	if len(snapshot.Jobs) > len(history) {
		r.t.Errorf("%d jobs in the list, %d in the history", len(snapshot.Jobs), len(history))
	}
	for _, j := range history {
		if seen[j.Path] {
			r.t.Errorf("%q is there twice", j.Path)
		}
		seen[j.Path] = true
		switch {
		case m.bad[j.Path]:
			failed(r.t, j, service.Invalid, service.ReasonEmptyFile)
		case m.good[j.Path]:
			r.served(j)
			ids[j.File] = true
		default:
			r.t.Errorf("%q was never added", j.Path)
		}
	}
	for _, paths := range []map[string]bool{m.good, m.bad} {
		for p, there := range paths {
			if there && !seen[p] && !m.dropped[p] {
				r.t.Errorf("%q was lost", p)
			}
		}
	}
	for _, f := range r.server.Uploads() {
		if !ids[f.ID] {
			r.t.Errorf("%s %q in the account belongs to nobody", f.ID, f.Name)
		}
	}
	if t := snapshot.Totals; t.Active+t.Waiting+t.Scanning != 0 || t.Failed+t.Finished != len(snapshot.Jobs) {
		r.t.Errorf("totals %+v for %d jobs", t, len(snapshot.Jobs))
	}
}
