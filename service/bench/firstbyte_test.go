//go:build bench

package bench_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service/bench/figure"
	"sluice/service/upload"
)

// What a small file meets: as many large uploads as there are slots, on a link
// that they fill.
const (
	busyUploads = 8
	busyLink    = 125_000_000 // bytes/s
	smallDrops  = 60
	betweenEach = 50 * time.Millisecond
)

// trickleAnswer says when each small file was dropped, by name.
type trickleAnswer struct{ Dropped map[string]time.Time }

// trickle drops large files (task.Paths) and, once all of them are being sent,
// small ones (task.Small), one after the other.
func trickle(ctx context.Context, in io.Reader, out io.Writer) error {
	return withEngine(ctx, in, func(task engineTask, engine *upload.Engine) error {
		if _, err := engine.Add(ctx, upload.Drop, task.Paths); err != nil {
			return err
		}
		if err := allSending(ctx, engine, len(task.Paths)); err != nil {
			return err
		}
		answer := trickleAnswer{Dropped: make(map[string]time.Time)}
		pause := time.NewTicker(betweenEach)
		defer pause.Stop()
		for _, path := range task.Small {
			<-pause.C
			answer.Dropped[filepath.Base(path)] = time.Now()
			batch, err := engine.Add(ctx, upload.Drop, []string{path})
			if err != nil {
				return err
			}
			jobs, err := engine.Wait(ctx, batch)
			if err != nil {
				return err
			}
			if jobs[0].State != upload.Uploaded {
				return fmt.Errorf("%s: %v: %w", path, jobs[0].State, jobs[0].Err)
			}
		}
		snapshot, _ := engine.Subscribe(ctx)
		if snapshot.Totals.Active < len(task.Paths) {
			return errors.New("the large files ended too soon")
		}
		return json.NewEncoder(out).Encode(answer)
	})
}

// allSending waits until n files are being sent.
func allSending(ctx context.Context, engine *upload.Engine, n int) error {
	snapshot, sub := engine.Subscribe(ctx)
	sending := make(map[string]bool)
	note := func(jobs []upload.Job) {
		for _, j := range jobs {
			if j.State == upload.Uploading && j.Sent > 0 {
				sending[j.Path] = true
			}
		}
	}
	note(snapshot.Jobs)
	for len(sending) < n {
		events, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			note(e.Jobs)
		}
	}
	return nil
}

// TestBenchFirstByte measures from the drop of a small file to the arrival of
// its request at the service while large uploads fill the link.
func TestBenchFirstByte(t *testing.T) {
	large := makeFiles(t, busyUploads, 256*mebi)
	small := makeFiles(t, smallDrops, 200<<10)
	for i, path := range small { // apart from the names of the large ones
		small[i] = rename(t, path, fmt.Sprintf("small-%04d.bin", i))
	}
	s := newServer(t, serverTask{Throttle: busyLink})
	p := start(t, "trickle", s.task(t, large, small, busyUploads))
	var dropped trickleAnswer
	p.answer(t, &dropped)
	p.end(t)
	arrived := s.arrivals(t)
	var waits []time.Duration
	for name, at := range dropped.Dropped {
		seen, ok := arrived[name]
		if !ok {
			t.Fatalf("%s did not arrive", name)
		}
		waits = append(waits, seen.Sub(at))
	}
	slices.Sort(waits)
	p95 := waits[len(waits)*95/100]
	var b strings.Builder
	fmt.Fprintf(&b, "\n### First byte of a small file while %d large ones are sent\n\n", busyUploads)
	fmt.Fprintf(&b, "| files | median, ms | p95, ms | worst, ms |\n|---|---|---|---|\n| %d | %.1f | %.1f | %.1f |\n",
		len(waits), figure.Milliseconds(figure.Median(waits)), figure.Milliseconds(p95), figure.Milliseconds(waits[len(waits)-1]))
	say(t, b.String())
}
