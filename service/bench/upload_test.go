//go:build bench

package bench_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/service/bench/figure"
)

const mebi = 1 << 20

// makeFiles writes count files of random content, each different.
func makeFiles(t *testing.T, count int, size int64) []string {
	t.Helper()
	dir := t.TempDir()
	files := make([]string, count)
	for i := range files {
		files[i] = filepath.Join(dir, fmt.Sprintf("file-%04d.bin", i))
		makeFile(t, files[i], size, uint64(i))
	}
	return files
}

func makeFile(t *testing.T, path string, size int64, seed uint64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	random := rand.NewChaCha8(key)
	block := make([]byte, min(mebi, size))
	for left := size; left > 0; left -= int64(len(block)) {
		block = block[:min(left, int64(len(block)))]
		_, _ = random.Read(block) // never fails
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// rename gives a file another name in its folder.
func rename(t *testing.T, path, name string) string {
	t.Helper()
	renamed := filepath.Join(filepath.Dir(path), name)
	if err := os.Rename(path, renamed); err != nil {
		t.Fatal(err)
	}
	return renamed
}

// fewer is how many pairs the comparisons make that take longest.
func fewer() int { return (*rounds + 1) / 2 }

// compare lets the two senders take turns; who begins alternates too. The
// first pair warms the file cache and is not counted.
func compare(t *testing.T, title string, task serverTask, pairs int, files []string, workers int) (tb table, growth int64) {
	t.Helper()
	tb.title = title
	s := newServer(t, task)
	for round := range pairs + 1 {
		var r row
		curl := func() { r.curl, r.curlCPU = runCurl(t, s, files, workers) }
		engine := func() {
			answer, whole, cpu := runEngine(t, s, files, workers)
			r.engine, r.process, r.engineCPU = answer.Elapsed, whole, cpu
			growth = max(growth, answer.Growth)
		}
		if round%2 == 0 {
			engine()
			curl()
		} else {
			curl()
			engine()
		}
		if round > 0 {
			tb.rows = append(tb.rows, r)
		}
	}
	return tb, growth
}

func TestBenchHeading(t *testing.T) {
	say(t, fmt.Sprintf("\n%s, loopback, TLS, %d pairs.\n", figure.Machine(), *rounds))
}

func TestBenchLargeFiles(t *testing.T) {
	files := makeFiles(t, 4, *large)
	tb, growth := compare(t, fmt.Sprintf("4 files of %d MiB, 4 at a time", *large/mebi), serverTask{}, *rounds, files, 4)
	tb.budget("Sluice / curl", tb.ratio(), 1.00, "")
	tb.budget("memory growth, the worst of all runs", float64(growth)/mebi, 16, " MiB")
	tb.write(t)
}

// TestBenchLargeFilesThroughALink sends large files through a link that is slower than
// the computer, which is what the server takes from all connections together.
func TestBenchLargeFilesThroughALink(t *testing.T) {
	files := makeFiles(t, 4, *large/4)
	for _, link := range []struct {
		name string
		rate int64 // bytes/s
	}{{"1", 125_000_000}, {"2.5", 312_500_000}} {
		title := fmt.Sprintf("4 files of %d MiB, 4 at a time, over a link of %s Gbit/s", *large/4/mebi, link.name)
		tb, _ := compare(t, title, serverTask{Throttle: link.rate}, fewer(), files, 4)
		tb.budget("Sluice / curl", tb.ratio(), 1.00, "")
		tb.write(t)
	}
}

func TestBenchSmallFiles(t *testing.T) {
	files := makeFiles(t, *small, 16<<10)
	tb, _ := compare(t, fmt.Sprintf("%d files of 16 KiB, 8 at a time", *small), serverTask{}, *rounds, files, 8)
	tb.budget("Sluice / curl", tb.ratio(), 1.25, "")
	tb.write(t)
}

func TestBenchSmallFilesFarAway(t *testing.T) {
	const latency, workers = 40 * time.Millisecond, 8
	files := makeFiles(t, *small, 16<<10)
	tb, _ := compare(t, fmt.Sprintf("%d files of 16 KiB, 8 at a time, 40 ms away", *small), serverTask{Latency: latency}, fewer(), files, workers)
	ideal := float64(*small) * latency.Seconds() / workers
	engine := column(tb.rows, func(r row) time.Duration { return r.engine }).Seconds()
	tb.budget(fmt.Sprintf("Sluice / files × latency / %d", workers), engine/ideal, 1.05, "")
	tb.write(t)
}

// TestBenchOneHugeFile watches the memory while one file of 4 × -large bytes goes.
func TestBenchOneHugeFile(t *testing.T) {
	files := makeFiles(t, 1, 4**large)
	tb, growth := compare(t, fmt.Sprintf("1 file of %d MiB", 4**large/mebi), serverTask{}, fewer(), files, 4)
	tb.budget("memory growth, the worst of all runs", float64(growth)/mebi, 16, " MiB")
	tb.write(t)
}
