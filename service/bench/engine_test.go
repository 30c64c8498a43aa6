//go:build bench

package bench_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/pprof"
	"testing"
	"time"

	"sluice/service/bench/figure"
	"sluice/service/pixeldrain"
	"sluice/service/upload"
	"sluice/storage"
)

// engineTask is what an engine process is told.
type engineTask struct {
	Dir     string // its home
	APIURL  string
	CertPEM []byte
	Key     string
	Workers int
	Paths   []string
	Small   []string // of trickle
	Profile string   // file that gets a CPU profile, "" = none
}

// engineAnswer is what it measured.
type engineAnswer struct {
	Elapsed time.Duration // from the drop to the last link
	Growth  int64         // bytes of memory at the peak, above those before the drop
	Links   int
}

// send drops the files of its task and measures.
func send(ctx context.Context, in io.Reader, out io.Writer) error {
	return withEngine(ctx, in, func(task engineTask, engine *upload.Engine) error {
		answer, err := drop(ctx, engine, task.Paths)
		if err != nil {
			return err
		}
		return json.NewEncoder(out).Encode(answer)
	})
}

// withEngine runs the engine as the program does: a database, a client.
func withEngine(ctx context.Context, in io.Reader, work func(engineTask, *upload.Engine) error) (err error) {
	var task engineTask
	if err := json.NewDecoder(in).Decode(&task); err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(task.CertPEM) {
		return errors.New("no certificate")
	}
	db, err := storage.Open(ctx, task.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	client, err := pixeldrain.New(pixeldrain.Config{
		APIURL: task.APIURL, Key: task.Key, Workers: task.Workers, RootCAs: roots,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	//nolint:contextcheck // its work outlives every call; Close ends it
	engine, err := upload.New(upload.Config{DB: db, Client: client, Workers: task.Workers})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	stop, err := startProfile(task.Profile)
	if err != nil {
		return err
	}
	return errors.Join(work(task, engine), stop())
}

// startProfile writes a CPU profile into a file, if it has a name, until stop.
func startProfile(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// drop measures one drop until its last file has ended.
func drop(ctx context.Context, engine *upload.Engine, paths []string) (engineAnswer, error) {
	before, _, err := figure.ResidentNow()
	if err != nil {
		return engineAnswer{}, err
	}
	began := time.Now()
	batch, err := engine.Add(ctx, upload.Drop, paths)
	if err != nil {
		return engineAnswer{}, err
	}
	jobs, err := engine.Wait(ctx, batch)
	if err != nil {
		return engineAnswer{}, err
	}
	answer := engineAnswer{Elapsed: time.Since(began)}
	for _, job := range jobs {
		if job.State != upload.Uploaded {
			return answer, fmt.Errorf("%s: %v: %w", job.Path, job.State, job.Err)
		}
		answer.Links++
	}
	_, peak, err := figure.ResidentNow()
	answer.Growth = peak - before
	return answer, err
}

// runEngine sends files through an engine process with an empty queue. cpu is
// the processor time of that process from start to end.
func runEngine(t *testing.T, s *server, files []string, workers int) (answer engineAnswer, whole, cpu time.Duration) {
	t.Helper()
	p := start(t, "engine", s.task(t, files, nil, workers))
	p.answer(t, &answer)
	p.end(t)
	whole = time.Since(p.started)
	if answer.Links != len(files) {
		t.Fatalf("%d of %d files have a link", answer.Links, len(files))
	}
	return answer, whole, cpuOf(p.cmd)
}

// cpuOf is the processor time of a process that has ended.
func cpuOf(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
