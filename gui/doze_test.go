package gui

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Without a window the interface goroutine sleeps nearly all of the time, and
// still does at once what is given to it.
func TestDoze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := make(chan func(), 100)
		ctx, cancel := context.WithCancel(t.Context())
		naps := 0
		var all sync.WaitGroup
		all.Go(func() { // as Fyne's loop
			for {
				select {
				case f := <-queue:
					naps++
					f()
				case <-ctx.Done():
					return
				}
			}
		})
		d := newDoze(func(f func()) { queue <- f })
		work := d.begin(ctx)
		if d.begin(ctx) != nil {
			t.Error("it dozes twice")
		}
		all.Go(work)
		<-time.After(10*time.Second + napTime/2)
		synctest.Wait()
		if want := int(10 * time.Second / napTime); naps < want || naps > want+2 {
			t.Errorf("%d naps in ten seconds", naps)
		}
		asked := time.Now()
		for range 3 {
			done := make(chan struct{})
			d.do(func() { close(done) })
			<-done
		}
		if took := time.Since(asked); took != 0 {
			t.Errorf("what is to be done waits for %v", took)
		}
		d.stop()
		synctest.Wait()
		naps = 0
		<-time.After(10 * time.Second)
		if naps != 0 {
			t.Errorf("awake, it takes %d naps", naps)
		}
		all.Go(d.begin(ctx)) // again, until the window closes for good
		<-time.After(time.Second)
		cancel()
		all.Wait()
	})
}
