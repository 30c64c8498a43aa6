package gui

import (
	"context"
	"sync"
)

// acts runs actions one after another, away from the interface goroutine.
type acts struct {
	ctx  context.Context //nolint:containedctx // that of the shell
	wg   sync.WaitGroup
	mu   sync.Mutex
	wake *sync.Cond
	todo []func(context.Context)
	end  bool
}

func newActs(s *Shell) *acts {
	a := &acts{ctx: s.ctx}
	a.wake = sync.NewCond(&a.mu)
	a.wg.Go(a.work)
	return a
}

// add has f run after everything that was added before. After close it does
// nothing.
func (a *acts) add(f func(context.Context)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.end {
		a.todo = append(a.todo, f)
		a.wake.Broadcast()
	}
}

func (a *acts) work() {
	for {
		a.mu.Lock()
		for len(a.todo) == 0 && !a.end {
			a.wake.Wait()
		}
		if len(a.todo) == 0 {
			a.mu.Unlock()
			return
		}
		f := a.todo[0]
		a.todo = a.todo[1:]
		a.mu.Unlock()
		f(a.ctx)
	}
}

// close waits for what was added and takes no more.
func (a *acts) close() {
	a.mu.Lock()
	a.end = true
	a.mu.Unlock()
	a.wake.Broadcast()
	a.wg.Wait()
}
