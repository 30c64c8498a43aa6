package download_test

import (
	"context"
	"testing"

	"sluice/service/download"
	"sluice/service/sandbox"
)

func TestStatesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for s := download.Waiting; s <= download.Cancelled; s++ {
		name := s.String()
		if got, err := download.Parse(name); err != nil || got != s || seen[name] || name == "unknown" {
			t.Errorf("%d is %q, which is %v, %v", s, name, got, err)
		}
		seen[name] = true
		if s.Active() && s.Finished() {
			t.Errorf("%v is active and finished", s)
		}
	}
	if _, err := download.Parse("unknown"); err == nil {
		t.Error("there is a state without a name")
	}
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.put("a.bin", 100*kib)
	stall := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), After: 1000})
	batch := r.add(f.ID)
	must(t, stall.Wait(t.Context(), 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.engine.Wait(ctx, batch); err == nil {
		t.Error("waited for longer than its context")
	}
	if jobs, err := r.engine.Wait(t.Context(), 99); err != nil || jobs != nil {
		t.Errorf("a batch that is not there: %v, %v", jobs, err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := r.engine.Wait(t.Context(), batch)
		ended <- err
	}()
	r.close()
	if err := <-ended; err == nil {
		t.Error("waited for a closed engine without an error")
	}
}
