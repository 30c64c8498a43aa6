//go:build realwindow

package realwindow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// killAfter is how long a process may take to end by itself after it was
// asked to.
const killAfter = 5 * time.Second

// Process is a running program in a process group of its own. It and all that
// it started end with the test, or with the test binary.
type Process struct {
	Name string

	cmd  *exec.Cmd
	out  *output
	done chan struct{} // closed when the process has been waited for
	err  error         // its exit, after done
}

// output collects what a process writes; safe for several goroutines.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed and replaced at each write
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) read() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.changed
}

// startProcess starts cmd and ends it with the test. Standard output and error
// are collected together unless cmd sends them elsewhere already.
func startProcess(tb testing.TB, name string, cmd *exec.Cmd) *Process {
	tb.Helper()
	p := &Process{Name: name, cmd: cmd, out: &output{changed: make(chan struct{})}, done: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = p.out
	}
	if cmd.Stderr == nil {
		cmd.Stderr = p.out
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
	cmd.WaitDelay = killAfter
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v (packaging/setup.sh installs what the tests need)", name, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	tb.Cleanup(p.Stop)
	return p
}

// PID is the process id of the program.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Output is all that the program has written so far.
func (p *Process) Output() string {
	text, _ := p.out.read()
	return text
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// WaitOutput waits until what the program has written satisfies match, and
// gives it.
func (p *Process) WaitOutput(ctx context.Context, match func(string) bool) (string, error) {
	for {
		text, changed := p.out.read()
		if match(text) {
			return text, nil
		}
		select {
		case <-changed:
		case <-p.done:
			if text, _ = p.out.read(); match(text) {
				return text, nil
			}
			return text, fmt.Errorf("%s ended: %w\n%s", p.Name, p.exit(), text)
		case <-ctx.Done():
			return text, fmt.Errorf("waiting for output of %s: %w\n%s", p.Name, ctx.Err(), text)
		}
	}
}

// Wait waits for the end of the program and gives its exit code.
func (p *Process) Wait(ctx context.Context) (int, error) {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("waiting for the end of %s: %w", p.Name, ctx.Err())
	}
}

func (p *Process) exit() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// Kill ends the program and all that it started, at once, as a crash would.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Stop asks the program to end and kills it if it takes too long. Whatever is
// left of its process group is killed in any case.
func (p *Process) Stop() {
	p.signal(syscall.SIGTERM)
	patience := time.NewTimer(killAfter)
	defer patience.Stop()
	select {
	case <-p.done:
	case <-patience.C:
	}
	p.Kill()
}

func (p *Process) signal(s syscall.Signal) {
	// ESRCH: the group has ended, which is what is wanted.
	_ = syscall.Kill(-p.cmd.Process.Pid, s)
}

// environ gives the environment of a test's processes: nothing of the
// developer's session but what finds programs and libraries.
func environ(extra ...string) []string {
	env := []string{"LANG=C.UTF-8"}
	for _, name := range []string{"PATH", "XAUTHORITY", "LD_LIBRARY_PATH", "TMPDIR", "LIBGL_DRIVERS_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, extra...)
}
