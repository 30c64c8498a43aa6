package transfer

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service/clock"
)

func TestAlarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		a := NewAlarm(clock.System{})
		a.Rouse()
		a.Rouse() // together one more call
		var mu sync.Mutex
		var calls []time.Duration
		next := time.Second
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			a.Run(ctx, func(now time.Time) time.Time {
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, now.Sub(start))
				if next == 0 {
					return time.Time{}
				}
				return now.Add(next)
			})
		}()
		expect := func(want ...time.Duration) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if len(calls) != len(want) {
				t.Fatalf("called at %v, want %v", calls, want)
			}
			for i := range want {
				if calls[i] != want[i] {
					t.Fatalf("called at %v, want %v", calls, want)
				}
			}
		}
		expect(0, 0)
		<-time.After(1500 * time.Millisecond)
		expect(0, 0, time.Second)
		mu.Lock()
		next = 0
		mu.Unlock()
		a.Rouse()
		expect(0, 0, time.Second, 1500*time.Millisecond)
		<-time.After(time.Hour)
		expect(0, 0, time.Second, 1500*time.Millisecond)
		cancel()
		<-ended
	})
}

func TestNext(t *testing.T) {
	now := time.Now()
	if !Next(now).IsZero() || !Next(now, now, now.Add(-1), time.Time{}).IsZero() {
		t.Error("there is something")
	}
	if got := Next(now, now.Add(3), time.Time{}, now.Add(2), now.Add(4)); got != now.Add(2) {
		t.Errorf("%v", got.Sub(now))
	}
}
