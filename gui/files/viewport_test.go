package files

import (
	"slices"
	"testing"
	"time"
)

// future runs functions at their time, on the test's clock.
type future struct {
	clock *clock
	todo  []planned
}

type planned struct {
	at time.Time
	f  func()
}

func newFuture() *future { return &future{clock: newClock()} }

func (f *future) now() time.Time { return f.clock.t }

func (f *future) after(d time.Duration, do func()) {
	f.todo = append(f.todo, planned{f.clock.t.Add(d), do})
}

// pass lets time go by.
func (f *future) pass(d time.Duration) {
	end := f.clock.t.Add(d)
	for {
		next := -1
		for i, p := range f.todo {
			if !p.at.After(end) && (next < 0 || p.at.Before(f.todo[next].at)) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		p := f.todo[next]
		f.todo = slices.Delete(f.todo, next, next+1)
		f.clock.t = p.at
		p.f()
	}
	f.clock.t = end
}

// asked is a viewport over 1000 items, ten to a view of 100 px.
type asked struct {
	*future
	v      *Viewport
	asks   int
	wanted []int
	offset float64
}

func newAsked() *asked {
	a := &asked{future: newFuture()}
	a.v = NewViewport(a.now, a.after, func(items []int) {
		a.asks++
		a.wanted = slices.Clone(items)
	})
	a.v.Visible(0, 10, 0, 1000)
	return a
}

func (a *asked) scroll(by float64) {
	way := 1
	if by < 0 {
		way = -1
	}
	a.offset += by
	first := int(a.offset / 10)
	a.v.Visible(first, first+10, way, 1000)
	a.v.Scrolled(by, 100)
}

func numbersOf(from, to int) []int {
	var n []int
	for i := from; i != to; {
		n = append(n, i)
		if from < to {
			i++
		} else {
			i--
		}
	}
	return n
}

func TestViewportAsksForWhatIsNearest(t *testing.T) {
	a := newAsked()
	if want := numbersOf(0, 20); !slices.Equal(a.wanted, want) {
		t.Errorf("at first: %v, want %v", a.wanted, want)
	}
	a.scroll(500)
	a.pass(restAfter)
	if want := numbersOf(50, 60); !slices.Equal(a.wanted, want) {
		t.Errorf("at rest: %v, want %v", a.wanted, want)
	}
	a.pass(stayAfter - restAfter)
	if want := slices.Concat(numbersOf(50, 70), numbersOf(49, 44)); !slices.Equal(a.wanted, want) {
		t.Errorf("going down: %v, want %v", a.wanted, want)
	}
	a.scroll(-100)
	a.pass(stayAfter)
	if want := slices.Concat(numbersOf(40, 50), numbersOf(39, 29), numbersOf(50, 55)); !slices.Equal(a.wanted, want) {
		t.Errorf("going up: %v, want %v", a.wanted, want)
	}
	a.v.Visible(995, 1000, 0, 1000)
	if want := slices.Concat(numbersOf(995, 1000), numbersOf(994, 989)); !slices.Equal(a.wanted, want) {
		t.Errorf("at the end: %v, want %v", a.wanted, want)
	}
	a.v.Visible(0, 0, 0, 0)
	if len(a.wanted) != 0 {
		t.Errorf("without items: %v", a.wanted)
	}
}

func TestViewportWantsNothingNewInAFling(t *testing.T) {
	a := newAsked()
	for step := range 60 {
		a.scroll(10)
		for _, i := range a.wanted {
			if i >= 20 || i < step+1 {
				t.Fatalf("after %d steps %v is wanted", step+1, a.wanted)
			}
		}
		if a.v.Calm() {
			t.Fatalf("after %d steps it is calm", step+1)
		}
		a.pass(time.Second / 60)
	}
	if len(a.wanted) != 0 {
		t.Errorf("what left the view is still wanted: %v", a.wanted)
	}
	a.pass(restAfter - time.Second/60 - time.Millisecond)
	if len(a.wanted) != 0 {
		t.Errorf("wanted before it rests: %v", a.wanted)
	}
	a.pass(time.Millisecond)
	if !slices.Equal(a.wanted, numbersOf(60, 70)) {
		t.Errorf("at rest: %v", a.wanted)
	}
	a.pass(stayAfter)
	if len(a.todo) != 0 {
		t.Errorf("%d things to do while at rest", len(a.todo))
	}
}

func TestViewportAsksWhileItMovesSlowly(t *testing.T) {
	a := newAsked()
	for range 60 { // 0.3 views a second
		a.scroll(0.5)
		a.pass(time.Second / 60)
	}
	if !a.v.Calm() || !slices.Equal(a.wanted, numbersOf(3, 13)) {
		t.Errorf("moving slowly: %v", a.wanted)
	}
	asks := a.asks
	a.scroll(0.5)
	if a.asks != asks {
		t.Errorf("asked again for the same")
	}
	a.scroll(300) // a jump
	if a.v.Calm() || len(a.wanted) != 0 {
		t.Errorf("after a jump: %v", a.wanted)
	}
	for range 60 { // shaking goes nowhere, but fast
		a.scroll(20)
		a.pass(time.Second / 120)
		a.scroll(-20)
		a.pass(time.Second / 120)
		if a.v.Calm() {
			t.Fatalf("calm while it shakes")
		}
	}
}

func TestViewportAsksAnew(t *testing.T) {
	a := newAsked()
	asks := a.asks
	a.v.Visible(0, 10, 0, 1000) // others under the same numbers
	if a.asks != asks+1 {
		t.Errorf("asked %d times for a new list", a.asks-asks)
	}
	a.scroll(500)
	a.v.Anew()
	if len(a.wanted) != 0 {
		t.Errorf("anew in a fling: %v", a.wanted)
	}
	a.pass(time.Second)
	if len(a.wanted) == 0 || a.wanted[0] != 50 {
		t.Errorf("at rest: %v", a.wanted)
	}
}

func TestViewportAllocatesNothingInAFling(t *testing.T) {
	a := newAsked()
	a.v.ask = func([]int) {}
	for range 100 {
		a.scroll(5)
	}
	a.v.waiting = true // the timer is not the viewport's
	if n := testing.AllocsPerRun(100, func() {
		a.scroll(2)
		a.clock.pass(time.Millisecond)
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
