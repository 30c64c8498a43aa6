package gui

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// What comes before the first frame runs in it, in order; the rest goes the usual
// way, and nothing is lost in between.
func TestEarlyRunsBeforeTheFirstFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var later []int
		e := newEarly(func(f func()) { f() }, true)
		var did []int
		say := func(n int) func() { return func() { did = append(did, n) } }
		e.do(say(1))
		var others sync.WaitGroup
		others.Go(func() {
			<-time.After(3 * time.Millisecond)
			e.do(say(2))
		})
		began := time.Now()
		e.run(time.Second, func() bool { return len(did) == 2 })
		if took := time.Since(began); took != 3*time.Millisecond || !slices.Equal(did, []int{1, 2}) {
			t.Errorf("%v after %v", did, took)
		}
		began = time.Now()
		e.run(5*time.Millisecond, func() bool { return false })
		if took := time.Since(began); took != 5*time.Millisecond {
			t.Errorf("it waits for %v", took)
		}
		var enough atomic.Bool
		others.Go(func() {
			<-time.After(7 * time.Millisecond)
			enough.Store(true) // nobody tells
		})
		began = time.Now()
		e.run(time.Second, enough.Load)
		if took := time.Since(began); took > 7*time.Millisecond+earlyLook {
			t.Errorf("it notices after %v", took)
		}
		e.do(func() { e.do(say(3)) }) // one that brings another
		e.onMain = func(f func()) { later = append(later, len(did)); f() }
		e.end()
		e.do(say(4))
		if !slices.Equal(did, []int{1, 2, 3, 4}) || !slices.Equal(later, []int{3}) {
			t.Errorf("it did %v, and the usual way %v", did, later)
		}
		others.Wait()
	})
}

func TestNothingIsEarlyWithoutFyne(t *testing.T) {
	ran := 0
	e := newEarly(func(func()) { ran++ }, false)
	e.do(func() {})
	if ran != 1 {
		t.Error("it was kept")
	}
	e.run(time.Hour, func() bool { return true })
	e.end()
}

// Fyne asks the eve for its size before it paints, and only then.
func TestEve(t *testing.T) {
	e, ran := &eve{}, 0
	label := widget.NewLabel("x")
	content := container.New(eveLayout{}, e, label)
	e.before = func() { ran++ }
	content.Resize(fyne.NewSize(300, 200))
	if size := content.MinSize(); size != label.MinSize() || label.Size() != fyne.NewSize(300, 200) || ran != 0 {
		t.Errorf("%v, %v, asked %d times", size, label.Size(), ran)
	}
	for range 2 {
		if e.MinSize() != (fyne.Size{}) {
			t.Error("it takes room")
		}
	}
	if ran != 1 {
		t.Errorf("it ran %d times", ran)
	}
}
