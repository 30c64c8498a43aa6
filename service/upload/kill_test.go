//go:build unix

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
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
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
	childPoint = "SLUICE_TEST_POINT" // name and number: it kills itself after the write of that name for the so-manieth time
	childDisk  = "SLUICE_TEST_DISK"  // bytes that a file of the child may have until it has said "full", without paths before the engine starts
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
	text, limited := os.LookupEnv(childDisk)
	full := os.Getenv(childPaths) == "" // from the start
	if limited && full {
		if err := limitDisk(text); err != nil {
			return err
		}
	}
	engine, err := upload.New(upload.WithWritten(
		upload.Config{DB: db, Client: client, Workers: 4, SettleTime: time.Second}, killAt(os.Getenv(childPoint))))
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
	if limited && !full {
		if err := limitDisk(text); err != nil {
			return err
		}
	}
	snapshot, sub := engine.Subscribe(ctx)
	if err := sayFull(&snapshot.Totals); err != nil {
		return err
	}
	if !limited {
		if err := holdSome(ctx, engine, snapshot.Jobs); err != nil {
			return err
		}
	}
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
			if e.Totals == nil {
				continue
			}
			busy = e.Totals.Busy()
			if err := sayFull(e.Totals); err != nil {
				return err
			}
		}
	}
	fmt.Println("done")
	_, err = io.Copy(io.Discard, os.Stdin) // until killed
	return errors.Join(err, engine.Close(), db.Close())
}

// holdSome pauses every fifth of the jobs that were left, and lets every second
// of these go on.
func holdSome(ctx context.Context, engine *upload.Engine, jobs []upload.Job) error {
	var hold, resume []service.JobID
	for _, j := range jobs {
		if j.ID%5 != 0 || j.State.Finished() {
			continue
		}
		hold = append(hold, j.ID)
		if j.ID%10 == 0 {
			resume = append(resume, j.ID)
		}
	}
	return errors.Join(engine.PauseJobs(ctx, hold...), engine.ResumeJobs(ctx, resume...))
}

// killAt gives what kills this process once the write that point names is on
// the disk.
func killAt(point string) func(string) {
	name, text, _ := strings.Cut(point, "/")
	times, _ := strconv.ParseInt(text, 10, 64) // 0: never
	var seen atomic.Int64
	return func(written string) {
		if written == name && seen.Add(1) == times {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it comes before anything else is done here
		}
	}
}

// killPoint chooses a write after which a child kills itself, and the how
// manieth of that name it is.
func killPoint(random *rand.Rand, dialect int) (name string, times int) {
	points := []string{"accept", "walk", "attempt", "mark", "settle uploaded", "settle waiting", "settle finishing", "settle discarding", "pause", "resume"}
	if dialect == sandbox.Dialect2020 {
		points[4] = "settle verifying"
		points = append(points, "verify")
	}
	name = points[random.IntN(len(points))]
	switch name {
	case "attempt", "settle uploaded", "settle verifying", "verify":
		return name, 1 + random.IntN(4)
	}
	return name, 1
}

// limitDisk makes the disk full for files larger than so many bytes.
func limitDisk(bytes string) error {
	limit, err := strconv.ParseUint(bytes, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	return limitFiles(limit)
}

// sayFull says that the queue can't be written when that is so, and makes room.
func sayFull(t *upload.Totals) error {
	if t.Err == nil || t.Err.Value != service.ReasonQueueUnwritable {
		return nil
	}
	fmt.Println("full")
	return limitFiles(unlimited)
}

const unlimited = ^uint64(0)

// limitFiles bounds the size of every file that this process writes, as a full
// disk does.
func limitFiles(size uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: unlimited})
}

// promises are what children said on stdout: they hold whatever comes.
type promises struct {
	batches []service.BatchID
	linked  map[service.JobID]service.FileID
	env     []string
	full    bool   // the queue could not be written
	died    int    // children that killed themselves at the point where they should
	older   string // the compiled tests of an older version, the first children; "" for none
	olds    int    // children that are to be of it
}

// run starts a child, which adds paths if there are any, and kills it when it
// has said so many lines, when the time is over, or when it has nothing left
// to do, which it reports.
func (p *promises) run(t *testing.T, r *rig, paths []string, lines int, after time.Duration) (done bool) {
	t.Helper()
	program := os.Args[0]
	if p.olds--; p.older != "" && p.olds >= 0 {
		program = p.older
	}
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childHome+"="+r.home, childAPI+"="+r.server.APIURL())
	cmd.Env = append(cmd.Env, p.env...)
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
	var killed atomic.Bool
	timer := time.AfterFunc(after, func() {
		killed.Store(true)
		_ = cmd.Process.Kill()
	})
	defer timer.Stop()
	for in := bufio.NewScanner(stdout); !done && lines > 0 && in.Scan(); lines-- {
		done = p.hear(t, in.Text())
	}
	if !done && lines > 0 && !killed.Load() {
		p.died++
	}
	_ = cmd.Process.Kill() // SIGKILL: nothing is tidied up
	_ = cmd.Wait()         // killed, of course
	if stderr.Len() > 0 {
		t.Fatalf("child: %s", stderr.String())
	}
	return done
}

// hear takes a line of a child. It reports whether that has nothing left to do.
func (p *promises) hear(t *testing.T, line string) (done bool) {
	t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "accepted":
		id, err := strconv.ParseInt(rest, 10, 64)
		must(t, err)
		p.batches = append(p.batches, service.BatchID(id))
	case "linked":
		var id int64
		var file string
		if _, err := fmt.Sscan(rest, &id, &file); err != nil {
			t.Fatal(err)
		}
		p.linked[service.JobID(id)] = service.FileID(file)
	case "full":
		p.full = true
	}
	return word == "done"
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

// killCampaign drops files and kills the engine again and again; whenever the
// queue is empty there is a new drop. In the end nothing may be lost, doubled
// or out of order. The first half are rounds of an older version, if one is given.
func killCampaign(t *testing.T, dialect, rounds int, older string) {
	t.Helper()
	r := newRig(t, func(_ *upload.Config, s *sandboxConfig) { s.Throttle, s.Dialect = 60*mib, dialect })
	r.patience = patience + time.Duration(rounds)*200*time.Millisecond
	r.close()
	if older != "" {
		must(t, os.RemoveAll(r.home)) // it could not read it
	}
	random := rand.New(rand.NewPCG(uint64(dialect), uint64(rounds)))
	p := &promises{linked: map[service.JobID]service.FileID{}, older: older, olds: rounds / 2}
	var drops [][]string
	r.server.Begin(sandbox.Campaign{Seed: 5, Rates: map[sandbox.FaultKind]float64{
		sandbox.LostAnswer: 0.02, sandbox.CutBody: 0.02, sandbox.WrongHash: 0.02,
	}})
	points := map[string]int{}
	for done, round := true, 0; round < rounds; round++ {
		var drop []string
		before, died := len(p.batches), p.died
		if point, times := killPoint(random, dialect); round%2 == 0 {
			drop = r.drop(random, len(drops), 3, 1)
			p.env = []string{fmt.Sprintf("%s=%s/%d", childPoint, point, times)}
			done = p.run(t, r, drop, 1<<20, patience) // it comes to that point, or to the end
			points[point] += p.died - died
		} else {
			if done {
				drop = r.drop(random, len(drops), 12, 3)
			}
			p.env = nil
			done = p.run(t, r, drop, 1+random.IntN(8), time.Duration(5+random.IntN(400))*time.Millisecond)
		}
		switch {
		case len(p.batches) > before:
			drops = append(drops, drop)
		case drop != nil:
			done = true // killed before it was accepted, or before it could say so
			drops = append(drops, nil)
		}
	}
	r.server.Clear()
	r.open()
	snapshot, _ := r.engine.Subscribe(t.Context())
	var left []service.JobID // those that are paused and those that are to be
	for _, j := range snapshot.Jobs {
		if !j.State.Finished() {
			left = append(left, j.ID)
		}
	}
	must(t, r.engine.ResumeJobs(t.Context(), left...))
	r.checkDrops(p, drops)
	t.Attr("figures", fmt.Sprintf("%d kills, %d of them right after a write; %d jobs were held in the end", rounds, p.died, snapshot.Totals.Held))
	t.Logf("killed after: %v", points)
	if p.died < rounds/6 {
		t.Errorf("only %d of %d rounds ended at the point where they should", p.died, rounds)
	}
}

// drop makes files for the n-th drop.
func (r *rig) drop(random *rand.Rand, n, tiny, large int) []string {
	var paths []string
	for i := range tiny {
		paths = append(paths, r.file(fmt.Sprintf("%d/f%d", n, i), 16+random.IntN(5000)))
	}
	for i := range large {
		paths = append(paths, r.file(fmt.Sprintf("%d/large %d", n, i), 2*mib+i/2))
	}
	return paths
}

// checkDrops waits for every accepted batch and checks all that was promised.
// A batch that was accepted without a word (killed in between) is there too.
func (r *rig) checkDrops(p *promises, drops [][]string) {
	r.t.Helper()
	said := map[service.BatchID][]string{}
	next := 0
	for _, drop := range drops {
		if drop != nil {
			said[p.batches[next]] = drop
			next++
		}
	}
	var all []upload.Job
	for id := service.BatchID(1); id <= service.BatchID(len(drops)+1); id++ {
		jobs := r.wait(id)
		all = append(all, jobs...)
		drop, ok := said[id]
		if !ok {
			continue
		}
		if len(jobs) != len(drop) {
			r.t.Errorf("batch %d: %d jobs of %d files", id, len(jobs), len(drop))
			continue
		}
		for i, j := range jobs {
			if j.Path != drop[i] {
				r.t.Errorf("batch %d: job %d is %q, want %q", id, i, j.Path, drop[i])
			}
		}
	}
	p.kept(r.t, all)
	// A copy that was stored wrong is known by its id only, and that is lost when
	// the answer is: nobody deletes what may be somebody else's.
	spare := r.spare(all)
	if wrong := r.server.Stats().Faults[sandbox.WrongHash]; len(spare) > wrong {
		r.t.Errorf("%d files belong to nobody, %d copies were stored wrong: %+v", len(spare), wrong, spare)
	}
	open, err := r.db.OpenAttempts(r.t.Context())
	if err != nil || len(open) != 0 {
		r.t.Errorf("open attempts %+v, %v", open, err)
	}
	r.t.Attr("figures", fmt.Sprintf("%d drops, %d files; %d copies that the service had stored wrong are left", len(said), len(all), len(spare)))
}

func TestKilledAgainAndAgain(t *testing.T) {
	for name, dialect := range map[string]int{"2020": sandbox.Dialect2020, "2026": sandbox.Dialect2026} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killCampaign(t, dialect, 9, "")
		})
	}
}

func TestAFullDiskHoldsTheQueue(t *testing.T) {
	r := newRig(t)
	r.close()
	var paths []string
	for i := range 150 {
		paths = append(paths, r.file(fmt.Sprint(i), 100))
	}
	p := &promises{linked: map[service.JobID]service.FileID{}, env: []string{childDisk + "=400000"}}
	if done := p.run(t, r, paths, 1<<30, patience); !done || !p.full {
		t.Fatalf("done %v, full %v", done, p.full)
	}
	r.open()
	jobs := r.wait(p.batches[0])
	p.kept(t, jobs)
	r.once(jobs)
	for _, j := range jobs {
		if j.Try != 1 {
			t.Errorf("a full disk cost %q a try", j.Name)
		}
	}
}

func TestAStartOnAFullDisk(t *testing.T) {
	r := newRig(t)
	r.close()
	r.leave(func(db *storage.DB) {
		for i, kind := range []string{"uploading", "finishing stored", "finishing lost", "waiting", "verifying"} {
			r.leaveJob(t.Context(), db, kind, 2000+i, kind)
		}
		for i, kind := range []string{"waiting", "finishing stored"} {
			j := r.leaveJob(t.Context(), db, "cancelled "+kind, 3000+i, kind)
			must(t, db.Wish(t.Context(), "cancel", []int64{j.ID}))
		}
	})
	p := &promises{linked: map[service.JobID]service.FileID{}, env: []string{childDisk + "=1"}}
	if done := p.run(t, r, nil, 1<<30, patience); !done || !p.full {
		t.Fatalf("done %v, full %v", done, p.full)
	}
	r.open()
	r.idle()
	r.deleted(1)
	r.restart()
	snapshot, _ := r.engine.Subscribe(t.Context())
	if len(snapshot.Jobs) != 5 {
		t.Error(describe(snapshot))
	}
	p.kept(t, snapshot.Jobs)
	r.once(snapshot.Jobs)
}
