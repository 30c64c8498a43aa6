package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// allKinds lists every kind of fault.
func allKinds() []sandbox.FaultKind {
	return []sandbox.FaultKind{
		sandbox.CutBody, sandbox.Reset, sandbox.StallBody, sandbox.LostAnswer, sandbox.StallAnswer, sandbox.SlowFinish,
		sandbox.Answer, sandbox.RefuseEarly, sandbox.RefuseMidBody, sandbox.WrongHash, sandbox.Redirect,
	}
}

// runCampaign uploads files side by side, each until it is answered with
// success, and tells what happened to each.
func runCampaign(t *testing.T, srv *sandbox.Server, campaign sandbox.Campaign) (map[string]string, int) {
	t.Helper()
	srv.Begin(campaign)
	c := call(t, srv)
	const n = 60
	var mu sync.Mutex
	outcomes, tries := map[string]string{}, 0
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			name := fmt.Sprint(i)
			for {
				a, err := c.try(t.Context(), http.MethodPut, "/file/"+name, strings.NewReader(strings.Repeat(name, 1000)))
				mu.Lock()
				tries++
				if err != nil {
					outcomes[name] += " lost"
				} else {
					outcomes[name] += fmt.Sprint(" ", a.status)
				}
				mu.Unlock()
				if err == nil && a.status == http.StatusCreated {
					return
				}
			}
		})
	}
	wg.Wait()
	return outcomes, tries
}

func TestCampaign(t *testing.T) {
	rates := map[sandbox.FaultKind]float64{}
	for _, kind := range allKinds() {
		rates[kind] = 0.06
	}
	campaign := sandbox.Campaign{Seed: 7, Rates: rates, Hold: time.Millisecond, RetryAfter: time.Second, Location: "http://other.invalid/"}
	srv := sandboxtest.New(t)
	_, tries := runCampaign(t, srv, campaign)
	st := srv.Stats()
	faults := 0
	for _, kind := range allKinds() {
		faults += st.Faults[kind]
		if st.Faults[kind] == 0 {
			t.Errorf("no %v in %d tries", kind, tries)
		}
	}
	if share := float64(faults) / float64(tries); share < 0.5 || share > 0.8 {
		t.Errorf("%d faults in %d tries, want two in three", faults, tries)
	}
	if st.Stored < 60 {
		t.Errorf("%d stored", st.Stored)
	}
	before := faults
	call(t, srv).do(http.StatusOK, http.MethodGet, "/user/files", "") // no upload: not meant
	srv.Clear()
	for range 20 {
		call(t, srv).put("after", "x")
	}
	after := 0
	for _, n := range srv.Stats().Faults {
		after += n
	}
	if after != before {
		t.Errorf("%d faults after the campaign", after-before)
	}
}

func TestCampaignCanBeRepeated(t *testing.T) {
	// Answers only: what a cut connection looks like depends on timing.
	campaign := sandbox.Campaign{Seed: 1, Rates: map[sandbox.FaultKind]float64{sandbox.Answer: 0.5, sandbox.SlowFinish: 0.2}, Hold: 1}
	first, _ := runCampaign(t, sandboxtest.New(t), campaign)
	second, _ := runCampaign(t, sandboxtest.New(t), campaign)
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Errorf("one seed gave\n%v\nand\n%v", first, second)
	}
	campaign.Seed = 2
	if third, _ := runCampaign(t, sandboxtest.New(t), campaign); fmt.Sprint(first) == fmt.Sprint(third) {
		t.Error("another seed gave the same")
	}
}

func TestCampaignGivesUpInTime(t *testing.T) {
	srv := sandboxtest.New(t)
	srv.Begin(sandbox.Campaign{Rates: map[sandbox.FaultKind]float64{sandbox.Answer: 1}, InRow: 3})
	c := call(t, srv)
	for range 2 {
		for range 3 {
			if a, err := c.try(t.Context(), http.MethodPut, "/file/a", strings.NewReader("x")); err != nil || a.status < 400 {
				t.Fatalf("%+v, %v", a, err)
			}
		}
		c.put("a", "x")
	}
	srv.Begin(sandbox.Campaign{
		Rates: map[sandbox.FaultKind]float64{sandbox.Answer: 1},
		Match: func(r *http.Request) bool { return r.Method == http.MethodGet },
	})
	c.put("a", "x")
	if a, err := c.try(t.Context(), http.MethodGet, "/user", nil); err != nil || a.status < 400 {
		t.Errorf("%+v, %v", a, err)
	}
}
