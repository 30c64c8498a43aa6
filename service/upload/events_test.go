package upload_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

func TestAThousandFiles(t *testing.T) {
	r := newRig(t, workers(8), func(_ *upload.Config, s *sandboxConfig) { s.Discard = true })
	s := r.follow()
	for i := range 1000 {
		r.file(fmt.Sprintf("tree/%02d/%d", i%20, i), 1+i)
	}
	jobs := r.send(r.path("tree"))
	if len(jobs) != 1000 {
		t.Fatalf("%d jobs", len(jobs))
	}
	there := map[service.FileID]service.File{}
	for _, f := range r.server.Uploads() {
		there[f.ID] = f
	}
	for _, j := range jobs {
		if f := there[j.File]; f.Name != j.Name || f.SHA256 != fileSum(t, j.Path) || !j.Verified {
			t.Fatalf("%q: %v, %v, there is %+v", j.Name, j.State, j.Err, f)
		}
	}
	if len(there) != 1000 {
		t.Errorf("%d files in the account", len(there))
	}
	s.until("end", func() bool { return !s.totals.Busy() && len(s.done) == 1 })
	if s.totals.Finished != 1000 || s.totals.FilesDone != 1000 || s.totals.Sent != 1000*1001/2 || s.totals.Bytes != s.totals.Sent {
		t.Errorf("totals %+v", s.totals)
	}
	for i, j := range s.done[0].Jobs {
		if j.ID != jobs[i].ID {
			t.Fatalf("the batch is out of order at %d", i)
		}
	}
}

func TestASlowSubscriberNeitherBlocksNorMisses(t *testing.T) {
	r := newRig(t)
	_, slow := r.engine.Subscribe(t.Context())
	var paths []string
	for i := range 100 {
		paths = append(paths, r.file(fmt.Sprint(i), 100))
	}
	jobs := r.send(paths...) // nobody reads meanwhile
	seen := map[string]upload.State{}
	for done := false; !done; {
		events, err := slow.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			for _, j := range e.Jobs {
				seen[j.Name] = j.State
			}
			done = done || e.BatchDone != nil
		}
	}
	for _, j := range jobs {
		if seen[j.Name] != upload.Uploaded {
			t.Errorf("the last that was told of %q is %v", j.Name, seen[j.Name])
		}
	}
}

func TestSubscriptionsEnd(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, ended := r.engine.Subscribe(ctx)
	cancel()
	if _, err := ended.Next(t.Context()); err == nil {
		t.Error("the stream did not end with its context")
	}
	_, closed := r.engine.Subscribe(t.Context())
	r.close()
	for {
		if _, err := closed.Next(t.Context()); err != nil {
			break
		}
	}
}

// handClock only moves by hand.
type handClock struct {
	now   chan time.Time // holds the time
	waits chan wait      // every After
}

type wait struct {
	d    time.Duration
	fire chan time.Time // takes the time only while it is waited for
}

func newHandClock() *handClock {
	c := &handClock{now: make(chan time.Time, 1), waits: make(chan wait, 10_000)}
	c.now <- time.Now()
	return c
}

func (c *handClock) Now() time.Time {
	now := <-c.now
	c.now <- now
	return now
}

func (c *handClock) After(d time.Duration) (<-chan time.Time, func() bool) {
	w := wait{d: d, fire: make(chan time.Time)}
	c.waits <- w
	return w.fire, func() bool { return true }
}

// advance moves the time.
func (c *handClock) advance(d time.Duration) {
	c.now <- (<-c.now).Add(d)
}

func TestProgressComesTenTimesASecond(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) { cfg.Clock, s.Now = clock, nil })
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, After: 2 * mib, Method: http.MethodPut})
	s := r.follow()
	id := r.add(r.file("a", 24*mib)) // more than the system takes for a server that does not read
	s.state("a", upload.Uploading)
	r.struck(held, 1)
	_, sub := r.engine.Subscribe(t.Context())
	// fire lets what waits now go on, whatever has waited and been woken before,
	// and tells how long it wanted to wait.
	var w wait
	fire := func(done <-chan struct{}) time.Duration {
		t.Helper()
		limit := time.After(patience)
		for {
			select {
			case w.fire <- clock.Now():
				return w.d
			case w = <-clock.waits:
			case <-done:
				return 0
			case <-limit:
				t.Fatal("nothing waits for the time")
			}
		}
	}
	for range 5 {
		clock.advance(100 * time.Millisecond)
		if d := fire(nil); d != 100*time.Millisecond {
			t.Fatalf("the report comes after %v", d)
		}
		events, err := sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(events) != 1 || len(events[0].Jobs) != 1 || events[0].Jobs[0].Sent == 0 {
			t.Fatalf("events of a tenth of a second: %+v", events)
		}
	}
	held.Release()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.wait(id)
	}()
	for d := time.Duration(1); d > 0; d = fire(done) {
		clock.advance(w.d)
	}
}
