package storage

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
	"slices"
	"sync"
	"testing"
	"time"

	"sluice/storage/leftover"
)

// killedDir names the environment variable that turns the test binary into a
// program that works on the database in that folder until it is killed.
const killedDir = "SLUICE_TEST_KILLED_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		fmt.Fprintln(os.Stderr, workUntilKilled(dir))
		os.Exit(1)
	}
	leftover.Main(m)
}

// promise is a line that the program writes once the database has said that
// something is kept.
type promise struct {
	Intake  *Intake  `json:",omitempty"`
	Walked  int64    `json:",omitempty"` // an intake that is done
	Added   *Job     `json:",omitempty"`
	Started *Attempt `json:",omitempty"`
	Ended   *Attempt `json:",omitempty"`
	Setting string   `json:",omitempty"`
	Deleted int64    `json:",omitempty"`
}

// workUntilKilled does what the engine does, with four workers at once.
func workUntilKilled(dir string) error {
	ctx, stop := testContext()
	defer stop()
	d, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	if moved := d.Opening().MovedAside; moved != "" {
		return errors.New("taken for damaged: " + moved)
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	say := func(p promise) error {
		mu.Lock()
		defer mu.Unlock()
		return out.Encode(p)
	}
	failed := make(chan error)
	for worker := range 4 {
		go func() {
			for round := 0; ; round++ {
				if err := workOnce(ctx, d, say, worker, round); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// keptPromises is what the database has to hold.
type keptPromises struct {
	intake   map[int64]Intake
	ended    map[int64]bool
	jobs     map[int64]Job
	deleted  map[int64]bool
	attempts map[int64]Attempt
	settings map[string]bool
}

func (k *keptPromises) take(t *testing.T, p promise) {
	t.Helper()
	if p.Added != nil && k.jobs[p.Added.ID].ID != 0 {
		t.Errorf("two jobs have the id %d", p.Added.ID)
	}
	switch {
	case p.Intake != nil:
		k.intake[p.Intake.ID] = *p.Intake
	case p.Walked != 0:
		k.ended[p.Walked] = true
	case p.Added != nil:
		k.jobs[p.Added.ID] = *p.Added
	case p.Started != nil:
		k.attempts[p.Started.ID] = *p.Started
	case p.Ended != nil:
		k.attempts[p.Ended.ID] = *p.Ended
	case p.Setting != "":
		k.settings[p.Setting] = true
	case p.Deleted != 0:
		k.deleted[p.Deleted] = true
	}
}

// check compares the database with the promises. What was under way when the
// program was killed may have come further than it could tell.
func (k *keptPromises) check(t *testing.T, dir string) {
	t.Helper()
	d := open(t, dir)
	defer closeAll(t, d)
	if o := d.Opening(); o.MovedAside != "" || o.Fresh {
		t.Errorf("%+v", o)
	}
	settings := must(d.Settings(t.Context()))(t)
	for s := range k.settings {
		if settings[s] != "kept" {
			t.Errorf("setting %s is lost", s)
		}
	}
	open := must(d.OpenIntake(t.Context()))(t)
	for id, in := range k.intake {
		at := slices.IndexFunc(open, func(o Intake) bool { return o.ID == id })
		if at < 0 && !k.ended[id] && len(must(d.BatchJobs(t.Context(), in.Batch))(t)) == 0 {
			t.Errorf("accepted path %s is lost", in.Path)
		}
		if at >= 0 && (k.ended[id] || open[at].Path != in.Path) {
			t.Errorf("accepted path %+v, want %+v, done: %v", open[at], in, k.ended[id])
		}
	}
	for id, want := range k.jobs {
		jobs := must(d.BatchJobs(t.Context(), want.Batch))(t)
		at := slices.IndexFunc(jobs, func(j Job) bool { return j.ID == id })
		switch {
		case k.deleted[id] && at >= 0:
			t.Errorf("job %d is back", id)
		case !k.deleted[id] && at < 0 && id%5 != 0: // whose deletion was not told yet
			t.Errorf("job %d is lost", id)
		case at >= 0 && (jobs[at].Path != want.Path || jobs[at].Position != want.Position):
			t.Errorf("job %+v, want %+v", jobs[at], want)
		}
	}
	for id, want := range k.attempts {
		if want.Job%5 == 0 {
			continue // goes with its job
		}
		all := must(d.Attempts(t.Context(), want.Job))(t)
		at := slices.IndexFunc(all, func(a Attempt) bool { return a.ID == id })
		if at < 0 || !want.Ended.IsZero() && (all[at].Outcome != want.Outcome || all[at].Ended.IsZero()) {
			t.Errorf("attempt %+v is not kept: %+v", want, all)
		}
	}
}

func TestNothingPromisedIsLostWhenKilled(t *testing.T) { killCampaign(t, 12) }

// killCampaign kills writers of one database, and looks in between and at the
// end whether all is there that they said was kept.
func killCampaign(t *testing.T, rounds int) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	k := &keptPromises{map[int64]Intake{}, map[int64]bool{}, map[int64]Job{}, map[int64]bool{}, map[int64]Attempt{}, map[string]bool{}}
	for round := range rounds {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s", killedDir, dir))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for left := random.IntN(150); ; left-- {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				break // a line that was cut off promises nothing
			}
			var p promise
			if err := json.Unmarshal(line, &p); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			k.take(t, p)
			if left == 0 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
			t.Fatalf("round %d: the program ended by itself: %v", round, err)
		}
		if round%10 == 0 || round == rounds-1 {
			k.check(t, dir)
		}
	}
	t.Attr("figures", fmt.Sprintf("%d kills: %d accepted paths, %d jobs, %d attempts kept", rounds, len(k.intake), len(k.jobs), len(k.attempts)))
	if len(k.jobs) == 0 || len(k.attempts) == 0 {
		t.Error("nothing was promised")
	}
}

// testContext stands in for t.Context in the program that is no test.
func testContext() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

// workOnce accepts a path, walks it, sends what was found, keeps a setting and
// deletes every fifth job.
func workOnce(ctx context.Context, d *DB, say func(promise) error, worker, round int) error {
	name := fmt.Sprintf("/%d/%d/%d", os.Getpid(), worker, round)
	_, in, err := d.AddIntake(ctx, "drop", []string{name}, at(round))
	if err != nil {
		return err
	}
	if err := say(promise{Intake: &in[0]}); err != nil {
		return err
	}
	jobs, err := d.AddJobs(ctx, in[0].ID, []Job{{Path: name + "/a"}, {Path: name + "/b"}})
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := say(promise{Added: &j}); err != nil {
			return err
		}
	}
	if err := d.EndIntake(ctx, in[0].ID); err != nil {
		return err
	}
	if err := say(promise{Walked: in[0].ID}); err != nil {
		return err
	}
	for _, j := range jobs {
		if err := sendOnce(ctx, d, say, j); err != nil {
			return err
		}
	}
	key := fmt.Sprint("setting", round%20)
	if err := d.SetSetting(ctx, key, "kept"); err != nil {
		return err
	}
	return say(promise{Setting: key})
}

func sendOnce(ctx context.Context, d *DB, say func(promise) error, j Job) error {
	j.State = "uploading"
	a, err := d.StartAttempt(ctx, j, Attempt{Number: 1, Started: at(1)})
	if err != nil {
		return err
	}
	if err := say(promise{Started: &a}); err != nil {
		return err
	}
	j.State, j.Finished, a.Ended, a.Outcome = "uploaded", at(2), at(2), "stored"
	if err := d.EndAttempt(ctx, j, a); err != nil {
		return err
	}
	if err := say(promise{Ended: &a}); err != nil || j.ID%5 != 0 {
		return err
	}
	if err := d.DeleteJobs(ctx, []int64{j.ID}); err != nil {
		return err
	}
	return say(promise{Deleted: j.ID})
}
