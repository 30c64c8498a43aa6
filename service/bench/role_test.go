//go:build bench

// Package bench_test measures uploads side by side with curl: `make bench`.
//
// Server, engine and curl are processes of their own; server and engine are
// this test binary, started again in a role. The two senders take turns on
// the same server, each run with an account and a queue of its own, so that
// nothing is found to be there already.
package bench_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// roleVariable says what a process started by this package is to be.
const roleVariable = "SLUICE_BENCH_ROLE"

var (
	rounds  = flag.Int("rounds", 5, "runs of each sender")
	large   = flag.Int64("large", 1<<30, "bytes of one large file")
	small   = flag.Int("small", 2000, "number of small files")
	profile = flag.String("profile", "", "file that gets the engine's CPU profile, of the last run")
	record  = flag.String("record", "", "file that gets the tables too")
)

func TestMain(m *testing.M) {
	var err error
	switch role := os.Getenv(roleVariable); role {
	case "":
		flag.Parse()
		os.Exit(m.Run())
	case "server":
		err = serve(context.Background(), os.Stdin, os.Stdout)
	case "trickle":
		err = trickle(context.Background(), os.Stdin, os.Stdout)
	case "engine":
		err = send(context.Background(), os.Stdin, os.Stdout)
	default:
		err = fmt.Errorf("no role %q", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is this binary in a role. It gets its task and gives its answers as
// JSON, one object a line, and ends when its input does.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	stderr  bytes.Buffer
	started time.Time
}

func start(t *testing.T, role string, task any) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Cleanups ask it to end by themselves, after t.Context() has ended.
	p := &process{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), self)}
	p.cmd.Env = append(os.Environ(), roleVariable+"="+role)
	p.cmd.Stderr = &p.stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(p.in).Encode(task); err != nil {
		t.Fatal(err)
	}
	return p
}

// answer reads the process's next object into v.
func (p *process) answer(t *testing.T, v any) {
	t.Helper()
	if !p.out.Scan() {
		_ = p.cmd.Wait()
		t.Fatalf("the process ended without an answer: %v\n%s", p.out.Err(), p.stderr.String())
	}
	if err := json.Unmarshal(p.out.Bytes(), v); err != nil {
		t.Fatalf("%q: %v", p.out.Text(), err)
	}
}

// end closes the process's input and waits for it.
func (p *process) end(t *testing.T) {
	t.Helper()
	_ = p.in.Close()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.stderr.String())
	}
}
