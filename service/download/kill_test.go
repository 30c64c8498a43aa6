//go:build unix

package download_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/storage"
)

// What a child process is told by its environment.
const (
	childHome   = "SLUICE_TEST_CHILD"
	childAPI    = "SLUICE_TEST_API"
	childFolder = "SLUICE_TEST_FOLDER"
	childText   = "SLUICE_TEST_TEXT"  // pasted before anything else
	childLimit  = "SLUICE_TEST_LIMIT" // bytes that a file of the child may have, until it has said "full"
)

// child runs the engine in a process of its own until it is killed. It says on
// stdout what was accepted, which downloads move and which are done.
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
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: os.Getenv(childAPI)})
	if err != nil {
		return err
	}
	engine, err := download.New(download.Config{DB: db, Client: client})
	if err != nil {
		return err
	}
	snapshot, sub := engine.Subscribe(ctx)
	if text := os.Getenv(childLimit); text != "" {
		limit, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGXFSZ)
		if err := limitFiles(limit); err != nil {
			return err
		}
	}
	busy := snapshot.Totals.Busy()
	if text := os.Getenv(childText); text != "" {
		batch, _, err := engine.Paste(ctx, os.Getenv(childFolder), text)
		if err != nil {
			return err
		}
		fmt.Println("accepted", batch)
		busy = true
	}
	for busy {
		events, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			for _, j := range e.Jobs {
				fmt.Println(j.State, j.ID, j.Done)
			}
			if e.Totals == nil {
				continue
			}
			busy = e.Totals.Busy()
			if e.Totals.Err != nil && e.Totals.Err.Value == service.ReasonQueueUnwritable {
				fmt.Println("full")
				if err := limitFiles(^uint64(0)); err != nil {
					return err
				}
			}
		}
	}
	fmt.Println("done")
	_, err = io.Copy(io.Discard, os.Stdin) // until killed
	return errors.Join(err, engine.Close(), db.Close())
}

// limitFiles bounds the size of every file that this process writes, as a full
// disk does.
func limitFiles(size uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: ^uint64(0)})
}

// run starts a child and kills it when it has said enough, when the time is
// over, or when it has nothing left to do, which it reports.
func (r *rig) run(enough func(said []string) bool, after time.Duration, env ...string) (said []string, done bool) {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childHome+"="+r.home, childAPI+"="+r.server.APIURL(), childFolder+"="+r.folder)
	cmd.Env = append(cmd.Env, env...)
	stdin, err := cmd.StdinPipe()
	must(r.t, err)
	defer func() { _ = stdin.Close() }()
	stdout, err := cmd.StdoutPipe()
	must(r.t, err)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	must(r.t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	for in := bufio.NewScanner(stdout); !done && !enough(said) && in.Scan(); {
		said = append(said, in.Text())
		done = in.Text() == "done"
	}
	_ = cmd.Process.Kill() // SIGKILL: nothing is tidied up
	_ = cmd.Wait()         // killed, of course
	if stderr.Len() > 0 {
		r.t.Fatalf("child: %s", stderr.String())
	}
	return said, done
}

// killCampaign downloads some files and kills the engine at random until all
// is done. Each must be there once, whole, and nothing else.
func killCampaign(t *testing.T, seed uint64, kills int) {
	t.Helper()
	r := newRig(t, func(_ *download.Config, s *sandbox.Config) { s.Throttle = 12 * mib })
	r.close()
	random := rand.New(rand.NewPCG(seed, 1))
	var text strings.Builder
	var files []service.File
	total := int64(0)
	for i := range 24 {
		size := 1 + random.IntN(300*kib)
		if i%8 == 0 {
			size = 5 * mib
		}
		total += int64(size)
		f := r.put(fmt.Sprintf("f%d.bin", i%20), size) // some names twice
		files = append(files, f)
		fmt.Fprintf(&text, "%s/u/%s\n", r.server.URL(), f.ID)
	}
	env := []string{childText + "=" + text.String()}
	killed := 0
	for done := false; !done; {
		if killed >= kills { // enough: let it end
			r.open()
			r.wait(1)
			break
		}
		var said []string
		lines, after := 1+random.IntN(12), time.Duration(20+random.IntN(500))*time.Millisecond
		if env != nil && killed >= kills/2 {
			after = patience // on a slow computer all before were killed too early to accept anything
		}
		said, done = r.run(func(said []string) bool { return len(said) >= lines }, after, env...)
		if len(said) > 0 && strings.HasPrefix(said[0], "accepted") || r.accepted() {
			env = nil
		}
		killed++
	}
	if r.engine == nil {
		r.open()
	}
	jobs := r.wait(1)
	paths := map[string]bool{}
	for _, j := range jobs {
		r.arrived(j, filepath.Base(j.Path))
		paths[filepath.Base(j.Path)] = true
	}
	if len(jobs) != len(files) || len(paths) != len(files) || strings.Count(r.names(), "|") != len(files)-1 {
		t.Errorf("%d jobs, %d files, folder has %s", len(jobs), len(files), r.names())
	}
	sent := int64(0)
	for _, f := range files {
		sent += r.sent(f.ID)
	}
	t.Attr("figures", fmt.Sprintf("%d kills, %d files, %.1f MB; %.2f came twice", killed, len(files), float64(total)/1e6, float64(sent-total)/float64(total)))
	// What was on its way to a killed process is lost: buffers of three connections.
	if limit := total + int64(killed)*3*mib; sent > limit {
		t.Errorf("%d bytes were sent of %d, with %d kills", sent, total, killed)
	}
}

// accepted looks whether a killed child has put anything into the queue.
func (r *rig) accepted() bool {
	r.t.Helper()
	db, err := storage.Open(r.t.Context(), r.home)
	must(r.t, err)
	rows, err := db.UnfinishedDownloads(r.t.Context())
	must(r.t, errors.Join(err, db.Close()))
	return len(rows) > 0
}

func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	killCampaign(t, 7, 10)
}

func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.close()
	const size = 6 * mib
	f := r.put("film.mkv", size)
	hold := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: content(), After: 4 * mib})
	said, _ := r.run(func(said []string) bool {
		return len(said) > 0 && said[len(said)-1] == "downloading 1 "+strconv.Itoa(4*mib)
	}, patience, childText+"=/u/"+string(f.ID))
	if hold.Hits() != 1 || !strings.HasSuffix(r.names(), ".part") {
		t.Fatalf("said %q, folder has %s", said, r.names())
	}
	hold.Release()
	r.open()
	r.arrived(r.wait(1)[0], "film.mkv")
	if r.names() != "film.mkv" || r.sent(f.ID) > size+512*kib { // what was on its way
		t.Errorf("folder has %s, %d bytes were sent of %d", r.names(), r.sent(f.ID), size)
	}
}

func TestAFullDiskUnderTheQueueIsWaitedOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.close()
	var text strings.Builder
	const files = 60
	for i := range files {
		fmt.Fprintf(&text, "/u/%s\n", r.put(fmt.Sprint(i), 100).ID)
	}
	never := func([]string) bool { return false }
	said, done := r.run(never, patience, childText+"="+text.String(), childLimit+"=300000")
	if !done || !slices.Contains(said, "full") {
		t.Fatalf("said %q", said)
	}
	r.open()
	for _, j := range r.wait(1) {
		r.arrived(j, j.Name)
		if j.Try != 1 {
			t.Errorf("a full disk cost %q a try", j.Name)
		}
	}
	if got := strings.Count(r.names(), "|") + 1; got != files {
		t.Errorf("%d files: %s", got, r.names())
	}
}

func TestADiskThatGetsFull(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.close()
	const size = 6 * mib
	f := r.put("film.mkv", size)
	if said, done := r.run(func([]string) bool { return false }, patience, childText+"=/u/"+string(f.ID), childLimit+"="+strconv.Itoa(2*mib)); !done {
		t.Fatalf("said %q", said)
	}
	r.open()
	j := r.wait(1)[0]
	failed(t, j, service.Invalid, service.ReasonDiskFull)
	if j.Done != 2*mib {
		t.Errorf("%d bytes were kept", j.Done)
	}
	must(t, r.engine.Retry(t.Context(), j.ID))
	r.arrived(r.wait(1)[0], "film.mkv")
	if r.names() != "film.mkv" || r.sent(f.ID) > 2*size-2*mib {
		t.Errorf("folder has %s, %d bytes were sent", r.names(), r.sent(f.ID))
	}
}
