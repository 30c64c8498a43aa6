package files

import (
	"slices"
	"time"
)

// What tells rest from a fling.
const (
	restAfter  = 120 * time.Millisecond // nothing moved for so long: at rest
	stayAfter  = 400 * time.Millisecond // and for so long: it may stay, so look ahead
	speedOver  = 200 * time.Millisecond // the speed is taken over this long
	speedLeast = 80 * time.Millisecond  // and not known before
	slowSpeed  = 0.5                    // views a second: what comes into view stays for two
)

// Viewport decides for which tiles pictures are wanted: for those in view once
// the view rests or moves slowly and, when it stays, for those around it. In a
// fling nothing new is wanted, and what has left the view no longer is. It knows
// no widgets and starts nothing by itself: after is to call a function once, some
// time later, on the same goroutine.
type Viewport struct {
	now   func() time.Time
	after func(d time.Duration, f func())
	ask   func(items []int)

	first, end int  // in view
	count      int  // items there are
	way        int  // the direction of the last movement
	calm       bool // pictures of what is in view are wanted
	stays      bool // also those around it
	waiting    bool
	anew       bool      // ask, even for the same
	last       time.Time // of the last movement
	path       [32]movement
	length     int // of path
	wanted     []int
	spare      []int // wanted's other buffer
}

// movement is how far the view had moved in all by a time, in views.
type movement struct {
	at  time.Time
	far float64
}

// NewViewport makes a Viewport. It calls ask with all items that are wanted,
// the nearest first, whenever these change; the slice is valid during the call.
func NewViewport(now func() time.Time, after func(d time.Duration, f func()), ask func(items []int)) *Viewport {
	return &Viewport{now: now, after: after, ask: ask, calm: true, stays: true}
}

// Unseen takes over that nobody sees the view yet: what is around it is wanted
// once it was Seen for a while.
func (v *Viewport) Unseen() { v.stays = false }

// Seen ends that.
func (v *Viewport) Seen() { v.wait(stayAfter) }

// Calm reports whether pictures are being asked for.
func (v *Viewport) Calm() bool { return v.calm }

// Visible takes over which of count items are in view: the first and the one
// behind the last. Way is where the view moved, 0 when it did not and there are
// other items in it.
func (v *Viewport) Visible(first, end, way, count int) {
	v.first, v.end, v.count = first, end, count
	if way != 0 {
		v.way = way
		return // Scrolled comes next and knows how fast
	}
	v.Anew()
}

// Anew asks again for what is wanted, because other files have its numbers now.
func (v *Viewport) Anew() {
	v.anew = true
	v.update()
}

// Scrolled takes over that the view moved by so much; view is its height.
func (v *Viewport) Scrolled(by, view float64) {
	if by == 0 || view <= 0 {
		return
	}
	now := v.now()
	far := 0.0
	if v.length > 0 {
		far = v.path[v.length-1].far
	}
	v.remember(movement{now, far + max(by, -by)/view})
	v.moved(now, v.slow(now))
}

// Resized takes over that pictures of another size are needed, and perhaps of
// yet another in a moment: there is a slider.
func (v *Viewport) Resized() {
	v.anew = true
	v.moved(v.now(), false)
}

func (v *Viewport) moved(now time.Time, calm bool) {
	v.last = now
	v.calm, v.stays = calm, false
	v.update()
	v.wait(restAfter)
}

// remember adds to the path and drops what is too old to matter.
func (v *Viewport) remember(m movement) {
	old := 0
	for old < v.length-1 && m.at.Sub(v.path[old+1].at) >= speedOver {
		old++
	}
	if v.length-old == len(v.path) {
		old++
	}
	v.length = copy(v.path[:], v.path[old:v.length])
	v.path[v.length] = m
	v.length++
}

// slow reports whether what comes into view stays long enough to be worth its
// picture.
func (v *Viewport) slow(now time.Time) bool {
	begin, end := v.path[0], v.path[v.length-1]
	over := now.Sub(begin.at)
	return over >= speedLeast && (end.far-begin.far)/over.Seconds() <= slowSpeed
}

// wait has the rest looked at later, unless that is to come anyway.
func (v *Viewport) wait(d time.Duration) {
	if v.waiting {
		return
	}
	v.waiting = true
	v.after(d, func() {
		v.waiting = false
		v.rest(v.now().Sub(v.last))
	})
}

// rest takes over that nothing has moved for a time.
func (v *Viewport) rest(since time.Duration) {
	switch {
	case since < restAfter:
		v.wait(restAfter - since)
	case since < stayAfter:
		v.length = 0
		v.calm = true
		v.update()
		v.wait(stayAfter - since)
	default:
		v.length = 0
		v.calm, v.stays = true, true
		v.update()
	}
}

// update asks for what is wanted now.
func (v *Viewport) update() {
	next := v.spare[:0]
	switch {
	case v.calm:
		next = v.around(next)
	case !v.anew:
		for _, i := range v.wanted {
			if i >= v.first && i < v.end {
				next = append(next, i)
			}
		}
	}
	same := slices.Equal(next, v.wanted)
	v.wanted, v.spare = next, v.wanted[:0]
	if v.calm && v.anew {
		v.anew = false
	} else if same {
		return
	}
	v.ask(v.wanted)
}

// around is what is in view and, once it stays, a view of what comes next and
// half a view of what was before.
func (v *Viewport) around(to []int) []int {
	for i := v.first; i < v.end; i++ {
		to = append(to, i)
	}
	n := v.end - v.first
	if !v.stays {
		return to
	}
	if v.way < 0 {
		return v.below(v.above(to, n), n/2)
	}
	return v.above(v.below(to, n), n/2)
}

func (v *Viewport) below(to []int, n int) []int {
	for i := v.end; i < min(v.end+n, v.count); i++ {
		to = append(to, i)
	}
	return to
}

func (v *Viewport) above(to []int, n int) []int {
	for i := v.first - 1; i >= max(0, v.first-n); i-- {
		to = append(to, i)
	}
	return to
}
