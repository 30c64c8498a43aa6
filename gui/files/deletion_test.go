package files

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
)

// trial is a deletion of some files in a bubble, with what came of it.
type trial struct {
	deletion

	deleted, failed atomic.Int64
	asked           atomic.Int64
	held            []time.Duration
}

// newTrial makes one; answer is what the service says to the n-th request.
func newTrial(answer func(n int64) error) *trial {
	d := &trial{}
	d.remove = func(context.Context, service.FileID) error {
		<-time.After(10 * time.Millisecond)
		return answer(d.asked.Add(1))
	}
	d.told = func(_ service.File, err *service.Error) {
		if err == nil {
			d.deleted.Add(1)
		} else {
			d.failed.Add(1)
		}
	}
	d.wait = func(wait time.Duration, _ *service.Error) <-chan struct{} {
		d.held = append(d.held, wait)
		over := make(chan struct{})
		time.AfterFunc(wait, func() { close(over) })
		return over
	}
	return d
}

func someFiles(n int) []service.File {
	files := make([]service.File, n)
	for i := range files {
		files[i].ID = service.FileID(rune('A' + i))
	}
	return files
}

// A service that asks for fewer requests gets the time that it asks for, from
// all workers, and then nothing is left out.
func TestDeletionWaitsAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		slow := &service.Error{Kind: service.RateLimited, RetryAfter: 30 * time.Second}
		d := newTrial(func(n int64) error {
			if n > 20 && time.Since(begun) < 30*time.Second {
				return slow
			}
			return nil
		})
		d.run(t.Context(), someFiles(50))
		if d.deleted.Load() != 50 || d.failed.Load() != 0 || d.asked.Load() > 50+deleters {
			t.Errorf("%d deleted, %d failed, %d requests", d.deleted.Load(), d.failed.Load(), d.asked.Load())
		}
		if len(d.held) != 1 || d.held[0] != 30*time.Second {
			t.Errorf("it waited %v", d.held)
		}
	})
}

// A network that is away for a minute costs a minute; one that stays away ends
// it, and the service is not asked about the rest.
func TestDeletionOutlivesAnOutage(t *testing.T) {
	away := &service.Error{Kind: service.Offline}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		d := newTrial(func(n int64) error {
			if n > 20 && time.Since(begun) < time.Minute {
				return away
			}
			return nil
		})
		if d.run(t.Context(), someFiles(50)); d.deleted.Load() != 50 || d.failed.Load() != 0 {
			t.Errorf("%d deleted, %d failed", d.deleted.Load(), d.failed.Load())
		}
		if took := time.Since(begun); took > time.Minute+offlineWait+time.Second {
			t.Errorf("it took %v", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(func(n int64) error {
			if n > 20 {
				return away
			}
			return nil
		})
		d.run(t.Context(), someFiles(500))
		if d.deleted.Load() != 20 || d.failed.Load() != 480 || d.asked.Load() > 20+deleters*(patience+1) {
			t.Errorf("%d deleted, %d failed, %d requests", d.deleted.Load(), d.failed.Load(), d.asked.Load())
		}
	})
}

// What the service fails at is tried again, and does not hold up the others for
// ever.
func TestDeletionTriesAgainWhereTheServiceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newTrial(func(int64) error { return nil })
		tries := 0
		d.remove = func(_ context.Context, id service.FileID) error {
			if id == "C" {
				tries++
				return &service.Error{Kind: service.Server}
			}
			return nil
		}
		d.run(t.Context(), someFiles(50))
		if d.deleted.Load() != 49 || d.failed.Load() != 1 || tries != fileTries {
			t.Errorf("%d deleted, %d failed after %d tries", d.deleted.Load(), d.failed.Load(), tries)
		}
	})
}

// Halted, it begins nothing more, also while it waits; what was begun is told.
func TestDeletionIsHalted(t *testing.T) {
	for _, wait := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			halt := make(chan struct{})
			d := newTrial(func(n int64) error {
				if wait && n > 8 {
					return &service.Error{Kind: service.RateLimited, RetryAfter: time.Hour}
				}
				return nil
			})
			d.halt = halt
			time.AfterFunc(55*time.Millisecond, func() { close(halt) })
			begun := time.Now()
			d.run(t.Context(), someFiles(500))
			if took := time.Since(begun); took > time.Second {
				t.Errorf("it ended after %v", took)
			}
			want := int64(24) // four at a time, 10 ms each, and those that were begun
			if wait {
				want = 8
			}
			if d.deleted.Load() != want || d.failed.Load() != 0 {
				t.Errorf("%d deleted, %d failed", d.deleted.Load(), d.failed.Load())
			}
		})
	}
}
