package handoff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary play a Sluice of its own: see child.
func TestMain(m *testing.M) {
	if dir := os.Getenv("HANDOFF_CHILD_DIR"); dir != "" {
		os.Exit(child(dir, os.Getenv("HANDOFF_CHILD_FILE")))
	}
	goleak.VerifyTestMain(m)
}

// child enters dir with one file. As holder it says "holder", takes files into
// dir/queue and stays until its input ends; as caller it says "caller" when
// its file was taken.
func child(dir, file string) int {
	queue := &fileQueue{path: filepath.Join(dir, "queue")}
	in, err := Enter(context.Background(), dir, queue.serve, Request{Op: OpOpen, Paths: []string{file}}, func(Reply) error { return nil })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if in == nil {
		fmt.Println("caller")
		return 0
	}
	if err := queue.add(file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("holder")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := in.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// fileQueue keeps a line for every file handed over.
type fileQueue struct{ path string }

func (q *fileQueue) add(path string) error {
	f, err := os.OpenFile(q.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s\n", path)
	return errors.Join(err, f.Close())
}

func (q *fileQueue) serve(_ context.Context, req Request, reply func(Reply) error) error {
	for _, p := range req.Paths {
		if err := q.add(p); err != nil {
			return err
		}
	}
	return reply(Reply{Accepted: 1})
}
