package thumbs

import (
	"bufio"
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// killedDir names the environment variable that turns the test binary into a
// program that fills the cache in that folder until it is killed.
const killedDir = "SLUICE_TEST_KILLED_THUMBS"

// putUntilKilled tells with a line that it has begun.
func putUntilKilled(ctx context.Context, dir string) error {
	s, err := Open(ctx, Config{Dir: dir, Budget: leastBudget})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		k := key(rand.IntN(600))
		s.Put(k, 128, made(k, 128, 12_000))
		s.Get(ctx, key(rand.IntN(600)), 128)
		if i%100 == 50 {
			if err := s.Flush(ctx); err != nil {
				return err
			}
			if _, err := os.Stdout.WriteString("flushed\n"); err != nil {
				return err
			}
		}
	}
}

func TestKilledAtAnyTime(t *testing.T) {
	dir := t.TempDir()
	hits := 0
	for range 3 {
		fillAndKill(t, dir)
		s := open(t, dir, func(c *Config) { c.Budget = leastBudget })
		if s.Size() > leastBudget || onDisk(t, dir) > leastBudget+2*batchBytes {
			t.Errorf("%d bytes in use, %d on the disk", s.Size(), onDisk(t, dir))
		}
		for i := range 600 {
			got, ok := s.Get(t.Context(), key(i), 128)
			if !ok {
				continue
			}
			hits++
			if !bytes.Equal(got.Data, made(key(i), 128, 12_000)) {
				t.Fatal("a wrong picture")
			}
		}
		closeStore(t, s)
	}
	if hits == 0 {
		t.Error("nothing outlived a kill")
	}
}

// fillAndKill kills the program up to 50 ms after its second batch.
func fillAndKill(t *testing.T, dir string) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range 2 {
		if !lines.Scan() {
			t.Fatal("the program ended by itself")
		}
	}
	timer := time.NewTimer(time.Duration(rand.IntN(50)) * time.Millisecond)
	<-timer.C
	kill()
	_ = cmd.Wait() // it was killed
}
