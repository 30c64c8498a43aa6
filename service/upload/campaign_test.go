package upload_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

// campaign sends files through a service that fails at random, and checks that
// in the end every file is there exactly once.
type campaign struct {
	seed    uint64
	dialect int
	files   int
	maxSize int64
	trouble float64 // how likely it is that an upload meets a fault of some kind
	clock   int     // how much faster than the real time
}

func (c campaign) run(t *testing.T) {
	t.Helper()
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) {
		clock := clocktest.NewQuick(c.clock)
		cfg.Clock, cfg.Workers, s.Now, s.Dialect = clock, 8, clock.Now, c.dialect
	})
	r.patience = patience + time.Duration(c.files)*200*time.Millisecond
	random := rand.New(rand.NewPCG(c.seed, 1))
	var paths []string
	total := int64(0)
	for i := range c.files {
		size := 16 + random.Int64N(min(1<<(4+random.IntN(20)), c.maxSize))
		if i%50 == 0 {
			size = 1
		}
		total += size
		paths = append(paths, r.file(fmt.Sprintf("%d/%d", i%7, i), int(size)))
	}
	r.server.Begin(sandbox.Campaign{
		Seed: c.seed, Rates: c.rates(random), Hold: 20 * time.Millisecond, RetryAfter: time.Second,
	})
	s := r.follow()
	jobs := r.settled(r.add(paths...), s)
	if len(jobs) != len(paths) {
		t.Fatalf("%d jobs of %d files", len(jobs), len(paths))
	}
	r.once(jobs)
	st := r.server.Stats()
	extra := float64(st.BodyBytes-total) / float64(total)
	limit := c.trouble/(1-c.trouble) + float64(16*mib)/float64(total)
	t.Attr("figures", fmt.Sprintf("%d files, %d MB; %d uploads, %.2f sent in vain (bound %.2f)", len(paths), total/1e6, st.Requests["PUT"], extra, limit))
	t.Logf("faults: %v", st.Faults)
	if extra > limit {
		t.Errorf("%.2f times as many bytes as needed sent in vain, want at most %.2f", extra, limit)
	}
}

// rates gives each kind of fault a rate of 5 to 20 %, all together c.trouble.
// That many uploads fail at worst, so trouble/(1-trouble) are in vain for each
// that counts.
func (c campaign) rates(random *rand.Rand) map[sandbox.FaultKind]float64 {
	kinds := []sandbox.FaultKind{
		sandbox.CutBody, sandbox.Reset, sandbox.StallBody, sandbox.LostAnswer, sandbox.StallAnswer,
		sandbox.SlowFinish, sandbox.Answer, sandbox.RefuseEarly, sandbox.RefuseMidBody, sandbox.WrongHash,
	}
	const least, most = 0.05, 0.20
	rates, left := map[sandbox.FaultKind]float64{}, c.trouble
	for _, k := range kinds {
		rates[k] = least
		left -= least
	}
	for _, i := range random.Perm(len(kinds)) {
		more := min(left, (most-least)*random.Float64())
		rates[kinds[i]] += more
		left -= more
	}
	return rates
}

// settled waits for a batch, trying what failed again as its user would, until
// everything has a link.
func (r *rig) settled(batch service.BatchID, s *stream) []upload.Job {
	r.t.Helper()
	for range 50 {
		s.until("an end", func() bool { return !s.totals.Busy() })
		jobs := r.wait(batch)
		bad := 0
		for _, j := range jobs {
			if !j.State.Linked() {
				bad++
			}
		}
		if bad == 0 {
			return jobs
		}
		r.t.Logf("%d files failed and are tried again", bad)
		must(r.t, r.engine.RetryFailed(r.t.Context()))
		s.until("a new start", func() bool { return s.totals.Failed == 0 })
	}
	r.t.Fatal("some files never get through")
	return nil
}

func TestFaultCampaign(t *testing.T) {
	for name, dialect := range map[string]int{"2020": sandbox.Dialect2020, "2026": sandbox.Dialect2026} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			campaign{seed: uint64(dialect), dialect: dialect, files: 80, maxSize: 2 * mib, trouble: 0.55, clock: 120}.run(t)
		})
	}
}
