package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestALimitThatIsLiftedHoldsNobody lifts a limit under which many wait.
func TestALimitThatIsLiftedHoldsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newSpeedLimit(1000)
		began := time.Now()
		var readers sync.WaitGroup
		for range 16 {
			readers.Go(func() {
				if n, err := io.Copy(io.Discard, l.reader(t.Context(), bytes.NewReader(make([]byte, 100_000)))); n != 100_000 || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
			})
		}
		synctest.Wait()
		l.set(0)
		readers.Wait()
		if took := time.Since(began); took != 0 {
			t.Errorf("the last one waited %v", took)
		}
	})
}

// TestALimitThatChangesAllTheTime makes it lower and higher while it is waited
// for: reading fails never and is never faster than the highest.
func TestALimitThatChangesAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const highest, size = 1 << 20, 8 << 20
		l := newSpeedLimit(highest)
		began := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			if n, err := io.Copy(io.Discard, l.reader(t.Context(), bytes.NewReader(make([]byte, size)))); n != size || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		}()
		for i := int64(0); ; i++ {
			select {
			case <-done:
				if took := time.Since(began); took < size/highest*time.Second/2 || took > 5*time.Minute {
					t.Errorf("%d bytes took %v", size, took)
				}
				return
			case <-time.After(3 * time.Second):
				l.set([]int64{highest / 2, 100_000, highest, 30_000}[i%4])
			}
		}
	})
}

func TestALimitedReaderEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newSpeedLimit(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := io.Copy(io.Discard, l.reader(ctx, bytes.NewReader(make([]byte, 100_000))))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
	})
}
