package session

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
	"sluice/service/handoff"
	"sluice/service/upload"
)

// heard collects replies, results as "id status" and progress as it is.
type heard struct {
	results  []string
	progress []handoff.Progress
}

func (h *heard) take(r handoff.Reply) error {
	if r.Result != nil {
		h.results = append(h.results, r.Result.Path+" "+string(r.Result.Status))
	}
	if r.Progress != nil {
		h.progress = append(h.progress, *r.Progress)
	}
	return nil
}

func (h *heard) last() handoff.Progress {
	if len(h.progress) == 0 {
		return handoff.Progress{}
	}
	return h.progress[len(h.progress)-1]
}

func job(id service.JobID, batch service.BatchID, state upload.State, sent int64) upload.Job {
	j := upload.Job{ID: id, Batch: batch, Path: string(rune('a' + id - 1)), Size: 100, Sent: sent, State: state}
	if state == upload.Failed {
		j.Err = &service.Error{Kind: service.Invalid}
	}
	return j
}

func jobs(all ...upload.Job) upload.Event { return upload.Event{Jobs: all} }

func TestFollowInOrder(t *testing.T) {
	var h heard
	f := newFollower(7, h.take, time.Now)
	steps := []upload.Event{
		jobs(job(1, 6, upload.Uploading, 50), job(2, 7, upload.Waiting, 0), job(3, 7, upload.Waiting, 0), job(4, 7, upload.Waiting, 0)),
		jobs(job(3, 7, upload.Uploaded, 100)),
		jobs(job(4, 7, upload.Failed, 30)),
		jobs(job(2, 7, upload.AlreadyThere, 0)),
		jobs(job(5, 7, upload.Uploading, 10), job(1, 6, upload.Uploaded, 100)),
		{Removed: []service.JobID{5, 3, 1}},
	}
	want := [][]string{nil, nil, nil, {"b duplicate", "c uploaded", "d failed"}, nil, {"e failed"}}
	for i, step := range steps {
		h.results = nil
		if err := f.step([]upload.Event{step}); err != nil || !reflect.DeepEqual(h.results, want[i]) {
			t.Errorf("step %d gave %q, %v", i, h.results, err)
		}
	}
	if err := f.finish([]upload.Job{job(2, 7, upload.AlreadyThere, 0), job(6, 7, upload.Uploaded, 100)}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h.results, []string{"e failed", "f uploaded"}) || len(f.links) != 3 {
		t.Errorf("at the end: %q, links %q", h.results, f.links)
	}
	p := h.last()
	if p.Files != 5 || p.Done != 5 || p.Failed != 2 || p.Bytes != 300 || p.Sent != 300 {
		t.Errorf("the last progress is %+v", p)
	}
}

func TestFollowWhatWasLeft(t *testing.T) {
	var h heard
	f := newFollower(0, h.take, time.Now)
	first := upload.Snapshot{
		Jobs: []upload.Job{
			job(1, 1, upload.Uploaded, 100), job(2, 1, upload.Waiting, 0), job(3, 2, upload.Failed, 0), job(6, 1, upload.Paused, 0),
		},
		Totals: upload.Totals{Scanning: 1},
	}
	f.resume(first)
	steps := []upload.Event{
		{Jobs: first.Jobs, Totals: &first.Totals},
		{Jobs: []upload.Job{job(4, 2, upload.Waiting, 0)}, Totals: &upload.Totals{Scanning: 1}},
		{Totals: &upload.Totals{}},
		jobs(job(5, 3, upload.Waiting, 0)), // dropped later: not ours
		jobs(job(4, 2, upload.Uploaded, 100)),
		jobs(job(2, 1, upload.Paused, 0)), // in the window, while this goes on: not ended
	}
	for i, step := range steps {
		if err := f.step([]upload.Event{step}); err != nil || f.done() {
			t.Errorf("step %d: done %v, %v", i, f.done(), err)
		}
	}
	if f.progress.Held != 1 {
		t.Errorf("%+v, want one held", f.progress)
	}
	if err := f.step([]upload.Event{jobs(job(2, 1, upload.Cancelled, 0))}); err != nil || !f.done() {
		t.Errorf("done %v, %v", f.done(), err)
	}
	if !reflect.DeepEqual(h.results, []string{"b failed", "d uploaded"}) {
		t.Errorf("gave %q", h.results)
	}
}

func TestOwnFilesGoAhead(t *testing.T) {
	var moves [][]service.JobID
	f := newFollower(2, func(handoff.Reply) error { return nil }, time.Now)
	f.ahead = func(ids []service.JobID) error { moves = append(moves, ids); return nil }
	scanning, done := &upload.Totals{Scanning: 1}, &upload.Totals{}
	for _, e := range []upload.Event{
		{Jobs: []upload.Job{job(1, 1, upload.Waiting, 0)}, Totals: scanning}, // not ours
		{Jobs: []upload.Job{job(2, 2, upload.Waiting, 0), job(3, 2, upload.Failed, 0)}, Totals: scanning},
		{Jobs: []upload.Job{job(4, 2, upload.Waiting, 0)}, Totals: scanning},
		{Jobs: []upload.Job{job(2, 2, upload.Uploading, 0), job(5, 2, upload.Waiting, 0)}, Totals: scanning},
		{Totals: done},
		{Jobs: []upload.Job{job(4, 2, upload.Uploading, 0)}, Totals: done},
	} {
		if err := f.step([]upload.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	if want := [][]service.JobID{{2}, {4, 5}}; !reflect.DeepEqual(moves, want) {
		t.Errorf("moved %v, want %v", moves, want)
	}
}

func TestNothingWasLeft(t *testing.T) {
	f := newFollower(0, func(handoff.Reply) error { return nil }, time.Now)
	f.resume(upload.Snapshot{Jobs: []upload.Job{job(1, 1, upload.Uploaded, 100)}})
	if err := f.step(nil); err != nil || !f.done() {
		t.Errorf("done %v, %v", f.done(), err)
	}
}

func TestWhyFilesAreTriedAgain(t *testing.T) {
	var h heard
	now := time.Now()
	f := newFollower(1, h.take, func() time.Time { now = now.Add(time.Second); return now })
	first, second := job(1, 1, upload.Retrying, 0), job(2, 1, upload.Retrying, 0)
	first.Err, second.Err = &service.Error{Kind: service.Server}, &service.Error{Kind: service.RateLimited}
	for i, c := range []struct {
		job      upload.Job
		retrying int
		why      *service.Error
	}{
		{first, 1, first.Err},
		{second, 2, second.Err},
		{job(2, 1, upload.Uploading, 50), 1, second.Err},
		{job(1, 1, upload.Uploaded, 0), 0, nil},
	} {
		if err := f.step([]upload.Event{jobs(c.job)}); err != nil {
			t.Fatal(err)
		}
		if p := h.last(); p.Retrying != c.retrying || p.Why != c.why {
			t.Errorf("step %d: %d retrying because of %v", i, p.Retrying, p.Why)
		}
	}
}

func TestFilesInDoubtAreCounted(t *testing.T) {
	var h heard
	f := newFollower(1, h.take, time.Now)
	doubtful := job(1, 1, upload.Verifying, 100)
	doubtful.Err = &service.Error{Kind: service.Server}
	if err := f.step([]upload.Event{jobs(doubtful, job(2, 1, upload.Verifying, 100))}); err != nil {
		t.Fatal(err)
	}
	if p := h.last(); p.Doubtful != 1 || p.Sent != 200 {
		t.Errorf("%+v", p)
	}
	if err := f.step([]upload.Event{{Totals: &upload.Totals{Paused: true}}}); err != nil {
		t.Fatal(err)
	}
	if !h.last().Paused {
		t.Error("what stops everything was not told, as it came right after other news")
	}
}

func TestProgressIsRare(t *testing.T) {
	var h heard
	now := time.Now()
	f := newFollower(1, h.take, func() time.Time { return now })
	for i := range int64(100) {
		now = now.Add(10 * time.Millisecond)
		e := upload.Event{Jobs: []upload.Job{job(1, 1, upload.Uploading, i)}, Totals: &upload.Totals{Speed: 50, Paused: i > 98}}
		if err := f.step([]upload.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.progress); n < 9 || n > 12 {
		t.Errorf("%d reports in a second", n)
	}
	p := h.last()
	if p.Files != 1 || p.Bytes != 100 || p.Sent < 89 || p.Speed != 50 || p.Left <= 0 || p.Left > time.Second {
		t.Errorf("the last progress is %+v", p)
	}
}

func TestFollowEndsWithItsListener(t *testing.T) {
	gone := errors.New("gone")
	f := newFollower(1, func(handoff.Reply) error { return gone }, time.Now)
	if err := f.step([]upload.Event{jobs(job(1, 1, upload.Uploaded, 100))}); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

func TestContact(t *testing.T) {
	offline := &service.Error{Kind: service.Offline, Value: "why"}
	refused := &service.Error{Kind: service.Unauthorized}
	full := &service.Error{Value: service.ReasonQueueUnwritable}
	lost := upload.Event{Totals: &upload.Totals{Offline: true, Err: offline}}
	back := upload.Event{Totals: &upload.Totals{}}
	sending := jobs(job(1, 1, upload.Uploading, 1))
	for name, c := range map[string]struct {
		events []upload.Event
		want   error
	}{
		"offline from the start":    {[]upload.Event{lost}, offline},
		"offline for a moment":      {[]upload.Event{lost, back}, nil},
		"offline, back, and again":  {[]upload.Event{lost, back, lost}, offline},
		"lost after it was reached": {[]upload.Event{sending, lost}, nil},
		"reached at last":           {[]upload.Event{lost, sending}, nil},
		"a refused key":             {[]upload.Event{sending, {Totals: &upload.Totals{NeedsKey: true, Err: refused}}}, refused},
		"a forgotten key":           {[]upload.Event{{Totals: &upload.Totals{NeedsKey: true}}}, &service.Error{Op: "upload", Kind: service.Unauthorized, Value: service.ReasonNoKey}},
		"a full disk":               {[]upload.Event{sending, {Totals: &upload.Totals{Err: full}}}, full},
		"only finished ones before": {[]upload.Event{jobs(job(1, 1, upload.Uploaded, 100)), lost}, offline},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancelCause(t.Context())
				watch := &contact{patience: time.Minute, giveUp: stop}
				for _, e := range c.events {
					watch.see([]upload.Event{e})
				}
				limit, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				<-limit.Done()
				watch.end()
				got := context.Cause(ctx)
				if (got == nil) != (c.want == nil) || got != nil && *service.AsError("", got) != *service.AsError("", c.want) {
					t.Errorf("got %v, want %v", got, c.want)
				}
				stop(nil)
			})
		})
	}
}
