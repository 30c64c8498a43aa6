// Package guitest drives a window in tests the way people do: it finds what is
// visible by its words, taps and types there, waits until something has
// happened, and says what was on the window when it did not. It knows Fyne's
// software driver (build tag ci) and no screen.
package guitest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// patience is how long Until waits at most. It is only ever used up by a test
// that fails.
const patience = 30 * time.Second

// Queue stands for the interface goroutine: functions wait in it until the
// test's own goroutine runs them.
type Queue struct {
	mu   sync.Mutex
	todo []func()
	more chan struct{}
}

// NewQueue makes an empty queue.
func NewQueue() *Queue { return &Queue{more: make(chan struct{}, 1)} }

// OnMain puts a function into the queue. It may be called from any goroutine.
func (q *Queue) OnMain(f func()) {
	q.mu.Lock()
	q.todo = append(q.todo, f)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// Run runs what is in the queue now and what that adds, and reports whether
// there was anything.
func (q *Queue) Run() bool {
	ran := false
	for {
		q.mu.Lock()
		todo := q.todo
		q.todo = nil
		q.mu.Unlock()
		if len(todo) == 0 {
			return ran
		}
		for _, f := range todo {
			f()
		}
		ran = true
	}
}

// Until runs the queue until done says so; done is asked after every step. It
// gives false when ctx ends first.
func (q *Queue) Until(ctx context.Context, done func() bool) bool {
	for {
		q.Run()
		if done() {
			return true
		}
		select {
		case <-q.more:
		case <-ctx.Done():
			return false
		}
	}
}

// Window drives one window. Its methods are for the test's goroutine.
type Window struct {
	tb    testing.TB
	win   fyne.Window
	queue *Queue
}

// Drive makes a driver for a window whose functions for the interface
// goroutine go into queue.
func Drive(tb testing.TB, win fyne.Window, queue *Queue) *Window {
	tb.Helper()
	return &Window{tb: tb, win: win, queue: queue}
}

// Until waits until done says so, and ends the test when that takes too long.
func (w *Window) Until(what string, done func() bool) {
	w.tb.Helper()
	ctx, cancel := context.WithTimeout(w.tb.Context(), patience)
	defer cancel()
	if !w.queue.Until(ctx, done) {
		w.tb.Fatalf("waited in vain for %s; the window shows:\n%s", what, w)
	}
}

// UntilSees waits until words are on the window.
func (w *Window) UntilSees(words ...string) {
	w.tb.Helper()
	for _, text := range words {
		w.Until("“"+text+"”", func() bool { return w.Sees(text) })
	}
}

// UntilGone waits until words are no longer on the window.
func (w *Window) UntilGone(words ...string) {
	w.tb.Helper()
	for _, text := range words {
		w.Until("“"+text+"” to go", func() bool { return !w.Sees(text) })
	}
}

// Settle runs everything that is in the queue.
func (w *Window) Settle() { w.queue.Run() }

// Sees reports whether some words on the window contain text.
func (w *Window) Sees(text string) bool {
	for _, p := range w.parts() {
		if strings.Contains(p.words, text) {
			return true
		}
	}
	return false
}

// MustSee fails the test unless all words are on the window.
func (w *Window) MustSee(words ...string) {
	w.tb.Helper()
	w.Settle()
	for _, text := range words {
		if !w.Sees(text) {
			w.tb.Errorf("“%s” is not on the window, which shows:\n%s", text, w)
		}
	}
}

// MustNotSee fails the test if any of the words is on the window.
func (w *Window) MustNotSee(words ...string) {
	w.tb.Helper()
	w.Settle()
	for _, text := range words {
		if w.Sees(text) {
			w.tb.Errorf("“%s” is on the window, which shows:\n%s", text, w)
		}
	}
}

// Tap clicks on what is called label: a button's words, an icon's tip, a link.
// What is out of sight in a scrolled area is scrolled to first.
func (w *Window) Tap(label string) {
	w.tb.Helper()
	w.Settle()
	p, ok := w.find(label, func(p *part) bool { return p.tappable() })
	if !ok {
		w.tb.Fatalf("there is nothing called “%s” to click on; the window shows:\n%s", label, w)
	}
	w.tap(p)
}

// TapIn clicks on what is called label in the row that has the words row.
func (w *Window) TapIn(row, label string) {
	w.tb.Helper()
	w.Settle()
	in, ok := w.find(row, func(*part) bool { return true })
	if !ok {
		w.tb.Fatalf("there is no row “%s”; the window shows:\n%s", row, w)
	}
	middle := in.at.Y + in.object.Size().Height/2
	p, ok := w.find(label, func(p *part) bool {
		off := p.at.Y + p.object.Size().Height/2 - middle
		return p.tappable() && off > -30 && off < 30
	})
	if !ok {
		w.tb.Fatalf("in the row “%s” there is nothing called “%s” to click on; the window shows:\n%s", row, label, w)
	}
	w.tap(p)
}

func (w *Window) tap(p part) {
	w.tb.Helper()
	if p.scroll != nil {
		p = w.bringIntoView(p)
	}
	c := w.win.Canvas()
	middle := p.at.AddXY(p.object.Size().Width/2, p.object.Size().Height/2)
	if area := c.Size(); middle.X < 0 || middle.Y < 0 || middle.X >= area.Width || middle.Y >= area.Height {
		w.tb.Fatalf("“%s” is outside the window, at %v", p.words, middle)
	}
	test.TapCanvas(c, middle)
	w.Settle()
}

// bringIntoView scrolls so that the middle of p can be clicked on.
func (w *Window) bringIntoView(p part) part {
	top, height := p.scrollTop, p.scroll.Size().Height
	middle := p.at.Y + p.object.Size().Height/2
	if middle > top+8 && middle < top+height-8 {
		return p
	}
	before := p.scroll.Offset.Y
	p.scroll.ScrollToOffset(fyne.NewPos(0, max(0, before+middle-top-height/2)))
	p.at.Y -= p.scroll.Offset.Y - before
	return p
}

// Type puts text into the field that has a placeholder or stands beside the
// words label, in place of what is in it.
func (w *Window) Type(label, text string) {
	w.tb.Helper()
	w.Settle()
	field := w.field(label)
	if field == nil {
		w.tb.Fatalf("there is no field “%s”; the window shows:\n%s", label, w)
	}
	w.win.Canvas().Focus(field)
	field.SetText("")
	test.Type(field, text)
	w.Settle()
}

// Press sends a key to what has the keyboard.
func (w *Window) Press(key fyne.KeyName) {
	w.tb.Helper()
	focused := w.win.Canvas().Focused()
	if focused == nil {
		w.tb.Fatalf("%s goes nowhere: nothing has the keyboard", key)
	}
	focused.TypedKey(&fyne.KeyEvent{Name: key})
	w.Settle()
}

// String lists the words on the window from the top, a line each.
func (w *Window) String() string {
	var b strings.Builder
	for _, p := range w.parts() {
		if p.words != "" {
			b.WriteString("  " + p.words + "\n")
		}
	}
	return b.String()
}

// scrolled is a scrolled area and where it begins.
type scrolled struct {
	scroll    *container.Scroll
	scrollTop float32
}
