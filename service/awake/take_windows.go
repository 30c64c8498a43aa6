package awake

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

// Flags of SetThreadExecutionState.
const (
	continuous     = 0x80000000 // until the thread says otherwise
	systemRequired = 0x00000001 // the computer stays awake; the screen may go dark
)

// Take keeps the computer from going to sleep by itself. The system keeps that
// as the state of a thread, so one is set aside until Release.
func Take(_ context.Context, _ string) (Lock, error) {
	l := &threadLock{stop: make(chan struct{}), done: make(chan struct{})}
	began := make(chan error, 1)
	go l.hold(began)
	if err := <-began; err != nil {
		return nil, err
	}
	return l, nil
}

type threadLock struct{ stop, done chan struct{} }

func (l *threadLock) hold(began chan<- error) {
	defer close(l.done)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	set := windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")
	if err := set.Find(); err != nil {
		began <- err
		return
	}
	if before, _, err := set.Call(continuous | systemRequired); before == 0 {
		began <- fmt.Errorf("SetThreadExecutionState: %w", err)
		return
	}
	began <- nil
	<-l.stop
	_, _, _ = set.Call(continuous) // it can't refuse that
}

// Release implements Lock.
func (l *threadLock) Release() {
	close(l.stop)
	<-l.done
}

// Lost implements Lock.
func (*threadLock) Lost() <-chan struct{} { return nil }
