package upload_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/upload"
	"sluice/storage"
)

// What a child process is told by its environment.
const (
	childHome  = "SLUICE_TEST_CHILD"
	childAPI   = "SLUICE_TEST_API"
	childPaths = "SLUICE_TEST_PATHS" // JSON; added before anything else
)

// child runs the engine in a process of its own until it is killed. It says
// what it has done on stdout: the batch that was accepted, and each job that
// got its link.
func child(home string) int {
	if err := runChild(home); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runChild(home string) error {
	ctx := context.Background()
	db, err := storage.Open(ctx, home)
	if err != nil {
		return err
	}
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: os.Getenv(childAPI), Key: "k"})
	if err != nil {
		return err
	}
	engine, err := upload.New(upload.Config{DB: db, Client: client, Workers: 4, SettleTime: time.Second})
	if err != nil {
		return err
	}
	var paths []string
	if text := os.Getenv(childPaths); text != "" {
		if err := json.Unmarshal([]byte(text), &paths); err != nil {
			return err
		}
		id, err := engine.Add(ctx, upload.Command, paths)
		if err != nil {
			return err
		}
		fmt.Println("accepted", id)
	}
	snapshot, sub := engine.Subscribe(ctx)
	busy := snapshot.Totals.Busy()
	for busy {
		events, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			for _, j := range e.Jobs {
				if j.State.Linked() {
					fmt.Println("linked", j.ID, j.File)
				}
			}
			if e.Totals != nil {
				busy = e.Totals.Busy()
			}
		}
	}
	fmt.Println("done")
	_, err = io.Copy(io.Discard, os.Stdin) // until killed
	return errors.Join(err, engine.Close(), db.Close())
}

// promises are what children said on stdout: they hold whatever comes.
type promises struct {
	batch  service.BatchID
	linked map[service.JobID]service.FileID
}

// run starts a child and kills it: when it has printed lines lines, or after a
// time if it has not by then, or when it is done.
func (p *promises) run(t *testing.T, r *rig, paths []string, lines int, after time.Duration) (done bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childHome+"="+r.home, childAPI+"="+r.server.APIURL())
	if paths != nil {
		text, err := json.Marshal(paths)
		must(t, err)
		cmd.Env = append(cmd.Env, childPaths+"="+string(text))
	}
	stdin, err := cmd.StdinPipe()
	must(t, err)
	defer func() { _ = stdin.Close() }()
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	must(t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	for in := bufio.NewScanner(stdout); in.Scan(); lines-- {
		word, rest, _ := strings.Cut(in.Text(), " ")
		switch word {
		case "accepted":
			id, err := strconv.ParseInt(rest, 10, 64)
			must(t, err)
			p.batch = service.BatchID(id)
		case "linked":
			var id int64
			var file string
			if _, err := fmt.Sscan(rest, &id, &file); err != nil {
				t.Fatal(err)
			}
			p.linked[service.JobID(id)] = service.FileID(file)
		case "done":
			done = true
		}
		if done || lines <= 1 {
			break
		}
	}
	_ = cmd.Process.Kill() // SIGKILL: nothing is tidied up
	_ = cmd.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("child: %s", stderr.String())
	}
	return done
}

// kept checks that the engine knows every promised link.
func (p *promises) kept(t *testing.T, jobs []upload.Job) {
	t.Helper()
	by := map[service.JobID]upload.Job{}
	for _, j := range jobs {
		by[j.ID] = j
	}
	for id, file := range p.linked {
		if by[id].File != file {
			t.Errorf("job %d had the link of %s, now of %q", id, file, by[id].File)
		}
	}
}

func TestKilledAgainAndAgain(t *testing.T) {
	r := newRig(t, func(_ *upload.Config, s *sandboxConfig) { s.Throttle = 60 * mib })
	r.close()
	random := rand.New(rand.NewPCG(3, 4))
	var paths []string
	for i := range 24 {
		paths = append(paths, r.file(fmt.Sprint("f", i), 1000+i))
	}
	for i := range 4 {
		paths = append(paths, r.file(fmt.Sprint("large ", i), 2*mib+i/2))
	}
	r.server.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, Method: "PUT", Skip: 3, Times: 2})
	p := &promises{linked: map[service.JobID]service.FileID{}}
	p.run(t, r, paths, 1, patience)
	if p.batch == 0 {
		t.Fatal("nothing was accepted")
	}
	for round := range 12 {
		lines, after := 1+random.IntN(6), time.Duration(5+random.IntN(400))*time.Millisecond
		if round == 11 {
			lines, after = 1<<30, patience
		}
		if p.run(t, r, nil, lines, after) {
			break
		}
	}
	r.open()
	jobs := r.wait(p.batch)
	if len(jobs) != len(paths) {
		t.Fatalf("%d jobs of %d files", len(jobs), len(paths))
	}
	for i, j := range jobs {
		if j.Path != paths[i] {
			t.Errorf("job %d is %q, want %q", i, j.Path, paths[i])
		}
	}
	p.kept(t, jobs)
	r.once(jobs)
}
