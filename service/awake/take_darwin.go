package awake

import (
	"context"
	"os"
	"os/exec"
	"strconv"
)

// Take keeps the computer from going to sleep by itself, with the system's own
// program for that. It ends with us, whatever happens.
func Take(ctx context.Context, _ string) (Lock, error) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	cmd := exec.CommandContext(life, "/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
	if err := cmd.Start(); err != nil {
		end()
		return nil, err
	}
	l := &processLock{end: end, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		_ = cmd.Wait() // how it ended does not matter
	}()
	return l, nil
}

type processLock struct {
	end  context.CancelFunc
	done chan struct{}
}

// Release implements Lock.
func (l *processLock) Release() {
	l.end()
	<-l.done
}

// Lost implements Lock.
func (l *processLock) Lost() <-chan struct{} { return l.done }
