package thumbnail_test

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/thumbnail"
)

const latency = 40 * time.Millisecond

// slow answers every request after the latency.
func slow(tb testing.TB) *fake {
	tb.Helper()
	data := dot(tb, 99, 20)
	return &fake{answer: func(ctx context.Context, id service.FileID, _ int) (*pixeldrain.Thumbnail, error) {
		if err := pause(ctx, latency); err != nil {
			return nil, err
		}
		return unlike(data, id), nil
	}}
}

// unlike gives an answer that is like no other file's: the same picture may
// have anything behind its end.
func unlike(data []byte, id service.FileID) *pixeldrain.Thumbnail {
	return &pixeldrain.Thumbnail{Data: append(slices.Clip(data), id...), MIME: "image/png"}
}

// elapse lets time pass in a bubble.
func elapse(d time.Duration) { <-time.After(d) }

func TestNearestFirstAndNoMoreRequestsThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{Fetchers: 3})
		defer w.Close()
		w.Use(f)
		wanted := photos(12)
		slices.Reverse(wanted)
		w.Want(50, wanted)
		w.awaitAll(t, 50, wanted)
		asks := f.asks()
		if len(asks) != 12 || f.peak != 3 {
			t.Fatalf("%d requests, %d at a time", len(asks), f.peak)
		}
		for i, a := range asks {
			if near := i / 3; slices.IndexFunc(wanted, func(w thumbnail.Wanted) bool { return w.File == a.file })/3 != near {
				t.Errorf("request %d was for %s", i, a.file)
			}
		}
	})
}

func TestWhatIsScrolledAwayIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		var cancelled atomic.Int32
		answer := f.answer
		f.answer = func(ctx context.Context, id service.FileID, side int) (*pixeldrain.Thumbnail, error) {
			got, err := answer(ctx, id, side)
			if ctx.Err() != nil {
				cancelled.Add(1)
			}
			return got, err
		}
		w := start(t, thumbnail.Config{Fetchers: 4, Settle: -1})
		defer w.Close()
		w.Use(f)
		wanted := photos(20)
		w.Want(50, wanted[:10])
		synctest.Wait()
		w.Want(50, wanted[3:6]) // one of them is under way
		synctest.Wait()
		if got := cancelled.Load(); got != 3 {
			t.Errorf("%d requests cancelled", got)
		}
		w.awaitAll(t, 50, wanted[3:6])
		if asks := f.asks(); len(asks) != 4+2 || f.peak > 4 {
			t.Errorf("%d requests, %d at a time", len(asks), f.peak)
		}
		if got := w.states(50, wanted)[thumbnail.Coming]; got != 17 {
			t.Errorf("%d are still to come", got)
		}
	})
}

func TestRequestsWaitForScrollingToRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{})
		defer w.Close()
		w.Use(f)
		wanted := photos(100_000)
		const visible = 60
		passed := 0
		for at := 0; at+visible < len(wanted); at += 300 { // five screens a step
			w.Want(50, wanted[at:at+visible])
			passed += visible
			elapse(time.Second / 60)
		}
		if asks := len(f.asks()); asks > passed/1000 {
			t.Errorf("%d requests for %d files that were passed by", asks, passed)
		}
		last := wanted[len(wanted)-visible:]
		begun, before := time.Now(), len(f.asks())
		w.Want(50, last)
		w.awaitAll(t, 50, last)
		if took := time.Since(begun); took > 500*time.Millisecond {
			t.Errorf("after the rest it took %v", took)
		}
		if got := len(f.asks()) - before; got != visible {
			t.Errorf("%d requests at rest", got)
		}
	})
}

func TestTheFirstIsAskedForAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{})
		defer w.Close()
		w.Use(f)
		elapse(time.Second)
		begun := time.Now()
		w.Want(50, photos(1))
		w.awaitAll(t, 50, photos(1))
		if took := time.Since(begun); took > latency+20*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

func TestTemporaryFailuresAreTriedAgainWhileWanted(t *testing.T) {
	for _, kind := range []service.Kind{service.Server, service.Offline, service.RateLimited, service.Unauthorized, service.Internal, service.Forbidden} {
		t.Run(kind.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := slow(t)
				answer, failing := f.answer, atomic.Bool{}
				failing.Store(true)
				f.answer = func(ctx context.Context, id service.FileID, side int) (*pixeldrain.Thumbnail, error) {
					if failing.Load() {
						return nil, failure(kind)
					}
					return answer(ctx, id, side)
				}
				w := start(t, thumbnail.Config{})
				defer w.Close()
				w.Use(f)
				wanted := photos(20)
				w.Want(50, wanted)
				elapse(10 * time.Minute)
				if got := w.states(50, wanted)[thumbnail.None]; got != 20 {
					t.Errorf("%d show an icon while the service fails", got)
				}
				asks := f.asks()
				if len(asks) == 0 || len(asks) > 200 {
					t.Errorf("%d requests for 20 files in ten minutes", len(asks))
				}
				failing.Store(false)
				w.patience = 3 * time.Hour
				w.await(t, "all pictures", func() bool { return w.states(50, wanted)[thumbnail.Ready] == 20 })

				failing.Store(true)
				more := photos(25)
				w.Want(50, more)
				elapse(time.Second / 2)
				w.Want(50, nil)
				before := len(f.asks())
				elapse(time.Hour)
				if got := len(f.asks()); got != before {
					t.Errorf("%d requests for what is wanted no longer", got-before)
				}
			})
		})
	}
}

func TestAServiceOutOfReachIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(context.Context, service.FileID, int) (*pixeldrain.Thumbnail, error) {
			return nil, failure(service.Offline)
		}}
		w := start(t, thumbnail.Config{Fetchers: 4})
		defer w.Close()
		w.Use(f)
		wanted := photos(500)
		w.Want(20, wanted)
		w.await(t, "icons", func() bool { return w.states(20, wanted)[thumbnail.None] == 500 })
		elapse(5 * time.Minute)
		if got := len(f.asks()); got > 50 {
			t.Errorf("%d requests in five minutes", got)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		answer, failed := f.answer, atomic.Bool{}
		f.answer = func(ctx context.Context, id service.FileID, side int) (*pixeldrain.Thumbnail, error) {
			if failed.CompareAndSwap(false, true) {
				return nil, &service.Error{Kind: service.RateLimited, RetryAfter: 90 * time.Second}
			}
			return answer(ctx, id, side)
		}
		w := start(t, thumbnail.Config{Fetchers: 1})
		defer w.Close()
		w.Use(f)
		begun := time.Now()
		w.patience = time.Hour
		w.Want(50, photos(5))
		w.await(t, "all", func() bool { return w.states(50, photos(5))[thumbnail.Ready] == 5 })
		if got := f.asks()[1].at.Sub(begun); got < 90*time.Second || got > 91*time.Second {
			t.Errorf("asked again after %v", got)
		}
	})
}

func TestANewKeyIsTriedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wrong := &fake{answer: func(context.Context, service.FileID, int) (*pixeldrain.Thumbnail, error) {
			return nil, failure(service.Unauthorized)
		}}
		w := start(t, thumbnail.Config{})
		defer w.Close()
		w.Use(wrong)
		wanted := photos(10)
		w.Want(50, wanted)
		w.await(t, "icons", func() bool { return w.states(50, wanted)[thumbnail.None] == 10 })
		begun := time.Now()
		w.Use(slow(t))
		w.await(t, "all", func() bool { return w.states(50, wanted)[thumbnail.Ready] == 10 })
		if took := time.Since(begun); took > time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestNewsComeInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, thumbnail.Config{Fetchers: 50})
		defer w.Close()
		w.Use(slow(t))
		wanted := photos(300)
		w.Want(20, wanted)
		w.awaitAll(t, 20, wanted)
		told := map[service.FileID]bool{}
		for _, call := range w.calls {
			for _, id := range call {
				told[id] = true
			}
		}
		if len(told) != 300 || len(w.calls) > 20 {
			t.Errorf("told of %d files in %d calls", len(told), len(w.calls))
		}
	})
}

func TestTwoSizesOfAFileTakeOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{})
		defer w.Close()
		w.Use(f)
		wanted := photos(3)
		w.Want(50, append(wanted, thumbnail.Wanted{File: wanted[0].File, MIME: "image/jpeg", Side: 400}))
		w.awaitAll(t, 50, wanted)
		w.awaitAll(t, 400, wanted[:1])
		if got := len(f.asks()); got != 3 {
			t.Errorf("%d requests", got)
		}
		img, _ := w.Get(wanted[0].File, 400)
		if img.Bounds().Dx() != 400 {
			t.Error(img.Bounds())
		}
	})
}

func TestASizeThatChangesOnTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{Settle: -1})
		defer w.Close()
		w.Use(f)
		wanted := photos(3)
		for _, side := range []int{50, 60, 70} {
			w.Want(side, wanted)
			elapse(latency / 8)
		}
		w.awaitAll(t, 70, wanted)
		if got := len(f.asks()); got != 3 {
			t.Errorf("%d requests", got)
		}
	})
}

// More may be wanted than fits: then what is nearest is loaded, once.
func TestMoreIsWantedThanFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := slow(t)
		w := start(t, thumbnail.Config{Memory: 40 * 4 * 50 * 50, Settle: -1})
		defer w.Close()
		w.Use(f)
		wanted := photos(200)
		for range 5 {
			w.Want(50, wanted)
			elapse(10 * time.Second)
		}
		for i, one := range wanted[:25] {
			if _, state := w.Get(one.File, 50); state != thumbnail.Ready {
				t.Errorf("%d is %s", i, state)
			}
		}
		if got := len(f.asks()); got > 40 {
			t.Errorf("%d requests", got)
		}
	})
}

// A window that shows more pictures gets more memory, up to a bound, and gives
// it back.
func TestMemoryGrowsWithWhatIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const picture = 4 * 50 * 50
		w := start(t, thumbnail.Config{Memory: 40 * picture, Most: 400 * picture, Settle: -1})
		defer w.Close()
		w.Use(slow(t))
		wanted := photos(500)
		ready := func() (n int) {
			for _, one := range wanted {
				if _, state := w.Get(one.File, 50); state == thumbnail.Ready {
					n++
				}
			}
			return n
		}
		for _, c := range []struct{ want, least, most int }{{20, 20, 40}, {200, 200, 270}, {500, 250, 400}, {20, 20, 40}} {
			for range 5 {
				w.Want(50, wanted[:c.want])
				elapse(20 * time.Second)
			}
			if n := ready(); n < c.least || n > c.most {
				t.Errorf("of %d wanted, %d are kept", c.want, n)
			}
		}
	})
}

func TestMemoryStaysBounded(t *testing.T) {
	const files, side, budget = 20_000, 24, 3 << 20
	data := dot(t, 5, 8)
	f := &fake{answer: func(_ context.Context, id service.FileID, _ int) (*pixeldrain.Thumbnail, error) {
		return unlike(data, id), nil
	}}
	w := start(t, thumbnail.Config{Memory: budget, Settle: -1})
	w.Use(f)
	wanted := photos(files)
	var first, last runtime.MemStats
	const screen = 500
	for at := 0; at < files; at += screen {
		some := wanted[at : at+screen]
		w.Want(side, some)
		w.awaitAll(t, side, some)
		if at == files/10 {
			runtime.GC()
			runtime.ReadMemStats(&first)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&last)
	if grown := int64(last.HeapAlloc) - int64(first.HeapAlloc); grown > 3<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	kept := 0
	for _, one := range wanted {
		if _, state := w.Get(one.File, side); state == thumbnail.Ready {
			kept++
		}
	}
	if kept*4*side*side > budget || kept < screen {
		t.Errorf("%d pictures are kept", kept)
	}
}
