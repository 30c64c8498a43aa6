package feed_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"sluice/service/feed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type stringFeed = feed.Feed[int, string]

func next(t *testing.T, s *feed.Subscription[string]) []string {
	t.Helper()
	events, err := s.Next(t.Context())
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	return events
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestEverySubscriberGetsEverythingInOrder(t *testing.T) {
	var f stringFeed
	f.Publish("before")
	a, b := f.Subscribe(t.Context()), f.Subscribe(t.Context())
	f.Publish("1")
	f.Publish("2")
	equal(t, next(t, a), "1", "2")
	f.Publish("3")
	equal(t, next(t, b), "1", "2", "3")
	equal(t, next(t, a), "3")
}

func TestProgressIsSupersededInPlaceOfItsLastReport(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	f.Progress(1, "a10")
	f.Publish("state")
	f.Progress(2, "b10")
	f.Progress(1, "a20")
	equal(t, next(t, s), "state", "b10", "a20")
	f.Progress(1, "a30")
	equal(t, next(t, s), "a30")
}

func TestUnreadProgressStaysSmall(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	f.Publish("first")
	for i := range 100_000 {
		f.Progress(i%3, fmt.Sprint(i))
	}
	f.Publish("last")
	equal(t, next(t, s), "first", "99997", "99998", "99999", "last")
}

func TestNextWaitsAndWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f stringFeed
		s := f.Subscribe(t.Context())
		got := make(chan []string, 1)
		go func() {
			events, _ := s.Next(t.Context())
			got <- events
		}()
		synctest.Wait()
		select {
		case events := <-got:
			t.Fatalf("Next gave %q with nothing published", events)
		default:
		}
		f.Publish("now")
		synctest.Wait()
		equal(t, <-got, "now")
	})
}

func TestASlowSubscriberNeverBlocksPublishing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f stringFeed
		slow, quick := f.Subscribe(t.Context()), f.Subscribe(t.Context())
		start := time.Now()
		for i := range 10_000 {
			f.Publish(fmt.Sprint(i))
		}
		if waited := time.Since(start); waited != 0 {
			t.Fatalf("publishing waited %v for a reader", waited)
		}
		if n := len(next(t, quick)); n != 10_000 {
			t.Fatalf("the quick one got %d events", n)
		}
		if n := len(next(t, slow)); n != 10_000 {
			t.Fatalf("the slow one got %d events", n)
		}
	})
}

func TestTheStreamEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f stringFeed
		cause := errors.New("window closed")
		ctx, cancel := context.WithCancelCause(t.Context())
		s := f.Subscribe(ctx)
		f.Publish("unread")
		cancel(cause)
		synctest.Wait()
		if _, err := s.Next(t.Context()); !errors.Is(err, cause) {
			t.Fatalf("Next after the end: %v", err)
		}
		if n := f.Subscribers(); n != 0 {
			t.Fatalf("%d subscribers left", n)
		}
		f.Publish("to nobody")
	})
}

func TestNextEndsWithItsOwnContextAndTheStreamGoesOn(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Next: %v", err)
	}
	f.Publish("later")
	equal(t, next(t, s), "later")
}

func TestCloseGivesWhatWasPublishedBefore(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	f.Publish("last words")
	f.Close()
	f.Publish("too late")
	equal(t, next(t, s), "last words")
	if _, err := s.Next(t.Context()); !errors.Is(err, feed.ErrClosed) {
		t.Fatalf("Next after Close: %v", err)
	}
	if _, err := f.Subscribe(t.Context()).Next(t.Context()); !errors.Is(err, feed.ErrClosed) {
		t.Fatalf("Next of a late subscriber: %v", err)
	}
}

func TestClosingASubscriptionLeavesTheOthers(t *testing.T) {
	var f stringFeed
	a, b := f.Subscribe(t.Context()), f.Subscribe(t.Context())
	a.Close()
	a.Close()
	f.Publish("x")
	equal(t, next(t, b), "x")
	if _, err := a.Next(t.Context()); !errors.Is(err, feed.ErrClosed) {
		t.Fatalf("Next after Close: %v", err)
	}
	if n := f.Subscribers(); n != 1 {
		t.Fatalf("%d subscribers, want 1", n)
	}
}

// Whoever has other things to listen to calls Next after a signal only: it must
// not wait then, nor may the end go unheard.
func TestReadySignalsNothingThatWasTaken(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	signalled := func(want bool) {
		t.Helper()
		select {
		case <-s.Ready():
			if !want {
				t.Error("a signal for what was taken")
			}
		default:
			if want {
				t.Error("no signal")
			}
		}
	}
	f.Publish("1")
	signalled(true)
	f.Publish("2") // comes between the signal and Next
	equal(t, next(t, s), "1", "2")
	signalled(false)
	f.Publish("3")
	f.Close()
	signalled(true)
	equal(t, next(t, s), "3")
	signalled(true)
	if _, err := s.Next(t.Context()); !errors.Is(err, feed.ErrClosed) {
		t.Fatalf("Next after Close: %v", err)
	}
}

func TestReadySignalsInASelect(t *testing.T) {
	var f stringFeed
	s := f.Subscribe(t.Context())
	f.Publish("x")
	select {
	case <-s.Ready():
		equal(t, next(t, s), "x")
	case <-t.Context().Done():
		t.Fatal("no signal")
	}
}

func TestManyPublishersAndReaders(t *testing.T) {
	var f stringFeed
	const publishers, each = 8, 500
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var readers, writers sync.WaitGroup
	for range 4 {
		s := f.Subscribe(ctx)
		readers.Go(func() {
			last := make(map[byte]int)
			for n := 0; n < publishers*each; {
				events, err := s.Next(ctx)
				if err != nil {
					t.Errorf("after %d events: %v", n, err)
					return
				}
				for _, e := range events {
					var at int
					if _, err := fmt.Sscan(e[1:], &at); err != nil || at != last[e[0]] {
						t.Errorf("%q came after %d of its publisher", e, last[e[0]])
						return
					}
					last[e[0]]++
				}
				n += len(events)
			}
		})
	}
	for p := range publishers {
		writers.Go(func() {
			for i := range each {
				f.Publish(string(rune('a'+p)) + fmt.Sprint(i))
			}
		})
	}
	writers.Wait()
	readers.Wait()
}

// A random run against the plain rule: kept events in order, of each key the
// last progress at the place of its last report.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f stringFeed
		s := f.Subscribe(context.Background())
		defer s.Close()
		type want struct {
			key  int // 0 for kept
			text string
		}
		var model []want
		for i := range rapid.IntRange(0, 400).Draw(t, "steps") {
			key := rapid.IntRange(-1, 4).Draw(t, "key")
			text := fmt.Sprint(i)
			switch {
			case key == 0:
				f.Publish(text)
				model = append(model, want{0, text})
			case key > 0:
				f.Progress(key, text)
				model = slices.DeleteFunc(model, func(w want) bool { return w.key == key })
				model = append(model, want{key, text})
			case len(model) > 0:
				got, err := s.Next(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				var texts []string
				for _, w := range model {
					texts = append(texts, w.text)
				}
				if !slices.Equal(got, texts) {
					t.Fatalf("got %v, want %v", got, texts)
				}
				model = nil
			}
		}
	})
}
