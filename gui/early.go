package gui

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// How long the window may wait for its first frame to be complete. Nobody sees
// anything yet, and a frame more takes as long.
const (
	earlyRows     = 8 * time.Millisecond  // for what the rows of files say, before the window is made
	earlyPictures = 25 * time.Millisecond // for their pictures, when it is there
	earlyLook     = 2 * time.Millisecond  // between two looks whether all is there
)

// early brings what the Files screen does on the interface goroutine into the
// window's first frame: while the window is not painted yet nothing takes such
// functions from Fyne's queue, so they are kept here, and run between the steps of
// making the window. From then on they go the usual way.
type early struct {
	onMain func(func())
	news   chan struct{} // room for one: there is something in queue

	mu    sync.Mutex
	over  bool
	queue []func()
}

// newEarly begins; a window that is not painted by Fyne has no such time.
func newEarly(onMain func(func()), painted bool) *early {
	return &early{onMain: onMain, news: make(chan struct{}, 1), over: !painted}
}

// do runs f on the interface goroutine: in the first frame, or later.
func (e *early) do(f func()) {
	e.mu.Lock()
	over := e.over
	if !over {
		e.queue = append(e.queue, f)
	}
	e.mu.Unlock()
	if over {
		e.onMain(f)
		return
	}
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// take gives what there is to run; with last set nothing comes after that.
func (e *early) take(last bool) []func() {
	e.mu.Lock()
	defer e.mu.Unlock()
	queue := e.queue
	e.queue = nil
	e.over = e.over || last && len(queue) == 0
	return queue
}

// run runs what there is, and what comes until enough is true or the time is
// over. On the interface goroutine.
func (e *early) run(limit time.Duration, enough func() bool) {
	timer, look := time.NewTimer(limit), time.NewTicker(earlyLook)
	defer timer.Stop()
	defer look.Stop()
	for {
		for _, f := range e.take(false) {
			f()
		}
		if enough() {
			return
		}
		select {
		case <-e.news:
		case <-look.C: // what is told together is told late
		case <-timer.C:
			return
		}
	}
}

// end runs what is left. On the interface goroutine.
func (e *early) end() {
	for {
		queue := e.take(true)
		if len(queue) == 0 {
			return
		}
		for _, f := range queue {
			f()
		}
	}
}

// eve is an object that nobody sees and that no layout asks for its size: only
// Fyne does, before it paints. So it knows when the window is there and will be
// painted next, which Fyne tells nobody.
type eve struct {
	canvas.Rectangle

	before func() // nil: nothing
}

// MinSize runs what is to be done before painting, once.
func (e *eve) MinSize() fyne.Size {
	if do := e.before; do != nil {
		e.before = nil
		do()
	}
	return fyne.Size{}
}

// eveLayout gives the second object all the room.
type eveLayout struct{}

// Layout is Fyne's.
func (eveLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[1].Resize(size) }

// MinSize is Fyne's.
func (eveLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[1].MinSize() }

// unveil shows the window for the first time, painted with all that is known by
// then.
func (s *Shell) unveil() {
	seen := s.filesSeen() && s.frame.hello == nil
	if seen {
		s.early.run(earlyRows, s.files.Placed)
	}
	s.eve.before = func() {
		s.files.Rescale()
		if seen {
			s.early.run(earlyPictures, s.files.Complete)
			s.files.Fill()
		}
	}
	s.window.Show()
	s.early.end()
	s.files.Painted()
}
