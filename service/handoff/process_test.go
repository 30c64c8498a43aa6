package handoff

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	said  string
}

// spawn starts a Sluice of its own and waits until it says what it became.
func spawn(t *testing.T, dir, file string) (*process, error) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), "HANDOFF_CHILD_DIR="+dir, "HANDOFF_CHILD_FILE="+file)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return &process{cmd: cmd, stdin: in, said: strings.TrimSpace(line)}, err
}

func TestConcurrentStarts(t *testing.T) {
	const starts = 8
	dir := t.TempDir()
	type started struct {
		p   *process
		err error
	}
	results := make(chan started)
	var want []string
	for i := range starts {
		file := fmt.Sprintf("/file %d", i)
		want = append(want, file)
		go func() {
			p, err := spawn(t, dir, file)
			results <- started{p, err}
		}()
	}
	var holders, callers []*process
	for range starts {
		s := <-results
		if s.err != nil {
			t.Fatal(s.err)
		}
		if s.p.said == "holder" {
			holders = append(holders, s.p)
		} else {
			callers = append(callers, s.p)
		}
	}
	if len(holders) != 1 {
		t.Errorf("%d holders", len(holders))
	}
	for _, p := range slices.Concat(callers, holders) {
		if err := errors.Join(p.stdin.Close(), p.cmd.Wait()); err != nil {
			t.Error(err)
		}
	}
	queue, err := os.ReadFile(filepath.Join(dir, "queue"))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(queue), "\n"), "\n")
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the queue has %q", got)
	}
}

func TestKilledHolder(t *testing.T) {
	dir := t.TempDir()
	p, err := spawn(t, dir, "/first")
	if err != nil || p.said != "holder" {
		t.Fatalf("said %q, %v", p.said, err)
	}
	if _, err := Claim(t.Context(), dir, nothing); !errors.Is(err, ErrTaken) {
		t.Fatalf("a claim beside a running process gave %v", err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // killed
	if _, err := os.Stat(filepath.Join(dir, addressName)); err != nil {
		t.Fatalf("nothing stale was left: %v", err)
	}
	in, err := Enter(t.Context(), dir, nothing, Request{Op: OpOpen, Paths: []string{"/second"}}, unexpected(t))
	if err != nil || in == nil {
		t.Fatalf("the next start got %v, %v", in, err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}

func TestHolderKilledDuringACall(t *testing.T) {
	if dir := os.Getenv("HANDOFF_SILENT_DIR"); dir != "" {
		in, err := Claim(context.Background(), dir, func(ctx context.Context, _ Request, reply func(Reply) error) error {
			if err := reply(Reply{Accepted: 5}); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("holder")
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = in.Close()
		return
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHolderKilledDuringACall$", "-test.shuffle=off")
	cmd.Env = append(os.Environ(), "HANDOFF_SILENT_DIR="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	err = Call(t.Context(), dir, Request{Op: OpUpload}, func(r Reply) error {
		if r.Accepted != 5 {
			t.Errorf("got %+v", r)
		}
		return cmd.Process.Kill()
	})
	if !errors.Is(err, ErrBroken) {
		t.Errorf("got %v", err)
	}
	_ = cmd.Wait() // killed
}
