//go:build realwindow && torture

package realwindow

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

var minutes = flag.Int("minutes", 3, "how long the whole program is killed")

// whole is a computer on which everything happens at once in one home folder:
// windows that open with files, `sluice upload` from several sides, screenshots
// in a watched folder, pasted links, deletions; and nothing of it ends well.
type whole struct {
	*desktop

	t      *testing.T
	ctx    context.Context //nolint:containedctx // of the whole test
	server *sandbox.Server
	random *rand.Rand
	env    []string
	shots  string // the watched folder
	n      int    // files made

	must     map[string]string // hash → name: on the service once
	maybe    [][]string        // hashes of each drop of which nobody knows whether it was accepted
	shared   [][]service.File  // pasted links
	spared   []service.File    // it was taken back, or the program killed in time
	commands []*command        // of this round

	windows, killed, taken, arrived, deleted int // for the figures
}

// command is a `sluice upload` that runs.
type command struct {
	*Process

	sums   []string
	killed bool
}

// TestTortureWholeProgram kills the built program at random moments of
// everything that it does, again and again in the same home folder. What was
// accepted is done, once; what was taken back is not done.
func TestTortureWholeProgram(t *testing.T) {
	lasts := time.Duration(*minutes) * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), lasts+20*time.Minute)
	t.Cleanup(cancel)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &whole{
		desktop: newDesktop(t, 1), t: t, ctx: ctx, must: map[string]string{},
		random: rand.New(rand.NewPCG(seed, 1)),
		server: sandboxtest.New(t, func(c *sandbox.Config) { c.Latency, c.Throttle = 20*time.Millisecond, 20_000_000 }),
	}
	w.env = []string{"SLUICE_API_URL=" + w.server.APIURL(), "SLUICE_API_KEY=" + sandboxtest.Key}
	w.server.Begin(sandbox.Campaign{Seed: seed, InRow: 3, Hold: 300 * time.Millisecond, Rates: map[sandbox.FaultKind]float64{
		sandbox.LostAnswer: 0.01, sandbox.CutBody: 0.05, sandbox.SlowFinish: 0.1, sandbox.StallAnswer: 0.01,
	}})
	w.watchFolder()
	for began := time.Now(); time.Since(began) < lasts || !w.enough(); {
		w.round()
	}
	w.server.Clear()
	w.ending()
	w.judge()
	t.Attr("figures", fmt.Sprintf("%d windows and %d commands killed; %d files accepted, %d of %d drops of unknown fate there; %d of %d pasted lists here; %d deletions taken back or cut off, %d confirmed",
		w.windows, w.killed, len(w.must), w.taken, len(w.maybe), w.arrived, len(w.shared), len(w.spared), w.deleted))
}

// enough reports whether everything has happened that is looked at in the end.
func (w *whole) enough() bool {
	return w.windows >= 10 && w.killed > 0 && len(w.shared) > 0 && len(w.spared) > 0 && w.deleted > 0
}

// watchFolder lets the program watch the folder for screenshots.
func (w *whole) watchFolder() {
	w.t.Helper()
	w.shots = filepath.Join(w.home, "home", "Pictures", "Screenshots")
	w.ok(os.MkdirAll(w.shots, 0o700))
	r := w.start(w.ctx, w.t, w.env)
	r.open(w.ctx, w.t, "Watched folders")
	r.click(w.ctx, w.t, "Watch ~/Pictures/Screenshots")
	r.awaitText(w.ctx, w.t, "Watching · nothing uploaded yet")
	r.Kill()
}

func (w *whole) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// round starts what can be started, and kills the window in the middle of it.
func (w *whole) round() {
	w.t.Helper()
	w.t.Logf("%d windows and %d commands killed, %d files accepted", w.windows, w.killed, len(w.must))
	var act func(*running)
	switch w.random.IntN(6) {
	case 0:
		act = w.paste()
	case 1:
		act = w.remove()
	}
	args, sums := w.files(w.random.IntN(3))
	if act != nil || w.random.IntN(3) > 0 {
		w.await() // so that it is the window that does the work, not a command
	} else {
		w.some(w.upload)
	}
	w.some(w.screenshot)
	var r *running
	if act != nil {
		r = w.start(w.ctx, w.t, w.env, args...)
	} else {
		r = &running{Process: startProcess(w.t, "sluice", w.command(w.env, args...)), desktop: w.desktop}
		w.pause(r.Process, time.Second)
	}
	w.some(w.screenshot)
	w.some(w.upload)
	if act != nil {
		act(r)
	} else {
		w.pause(r.Process, 2*time.Second)
	}
	if w.random.IntN(4) > 0 { // everything ends, as when the computer does
		for _, c := range w.commands {
			w.cut(c)
		}
	} else if n := len(w.commands); n > 0 && w.random.IntN(2) == 0 {
		w.cut(w.commands[w.random.IntN(n)])
	}
	w.kill(r, sums)
}

// some does something up to three times.
func (w *whole) some(what func()) {
	for range w.random.IntN(4) {
		what()
	}
}

// cut kills a command.
func (w *whole) cut(c *command) {
	if !w.ended(c.Process) {
		c.killed = true
		c.Kill()
		w.killed++
	}
}

// pause lets the program work for some time, at most so long.
func (w *whole) pause(p *Process, most time.Duration) {
	w.wait(p, time.Duration(w.random.Int64N(int64(most))))
}

func (w *whole) wait(p *Process, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.Done():
	}
}

func (w *whole) ended(p *Process) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

// kill kills a window. One that never came said why: a command does the work,
// and has got the files.
func (w *whole) kill(r *running, sums []string) {
	w.t.Helper()
	early := w.ended(r.Process)
	r.Kill()
	r.judge(w.t)
	switch code := r.cmd.ProcessState.ExitCode(); {
	case !early || code < 0:
		w.windows++
		w.maybe = append(w.maybe, sums)
	case strings.Contains(r.Output(), "is running") && (code == 0) == (len(sums) > 0):
		w.accepted(sums)
	default:
		w.t.Errorf("a start with %d files ended with %d: %s", len(sums), code, r.Output())
	}
}

func (w *whole) accepted(sums []string) {
	for _, sum := range sums {
		w.must[sum] = "file"
	}
}
