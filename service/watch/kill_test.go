//go:build unix

package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
)

// What a child process is told by its environment.
const (
	childHome  = "SLUICE_TEST_CHILD"
	childAPI   = "SLUICE_TEST_API"
	childDir   = "SLUICE_TEST_DIR"
	childPoint = "SLUICE_TEST_POINT" // name and number: it kills itself after the write of that name for the so-manieth time
)

// childWatches is how many watches a child in a user namespace of its own may
// have, on Linux.
const childWatches = "SLUICE_TEST_WATCHES"

// child watches a folder in a process of its own until it is killed, with the
// real queue. It says on stdout whenever something has changed.
func child(home string) int {
	err := runChild(home)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // the folder was away before it could be added: the next one adds it
		fmt.Fprintln(os.Stderr, err)
	}
	return 1 // it was not killed
}

func runChild(home string) error {
	ctx := context.Background()
	if n := os.Getenv(childWatches); n != "" {
		if err := os.WriteFile("/proc/sys/user/max_inotify_watches", []byte(n), 0); err != nil {
			return err
		}
	}
	db, err := storage.Open(ctx, home)
	if err != nil {
		return err
	}
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: os.Getenv(childAPI), Key: sandboxtest.Key})
	if err != nil {
		return err
	}
	engine, err := upload.New(upload.Config{DB: db, Client: client, Workers: 4, SettleTime: 200 * time.Millisecond})
	if err != nil {
		return err
	}
	w, err := New(Config{
		DB: db, Uploader: Queue{Engine: engine, DB: db}, Remover: Disk{}, written: killAt(os.Getenv(childPoint)),
		Quiet: 100 * time.Millisecond, CheckEvery: 300 * time.Millisecond, PollEvery: 300 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	snapshot, sub := w.Subscribe(ctx)
	if len(snapshot.Cards) == 0 {
		opts := deepOptions()
		opts.Edited = true
		if _, err := w.AddFolder(ctx, os.Getenv(childDir), opts, true); err != nil {
			return err
		}
	}
	for _, c := range snapshot.Cards {
		sayCard(&c)
	}
	for {
		events, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			for _, c := range e.Cards {
				sayCard(&c)
			}
		}
	}
}

func sayCard(c *Card) { fmt.Println(c.State, c.Reason) }

// dying is what a child says before it kills itself.
const dying = "dying"

// killAt gives what kills this process once the write that point names is on
// the disk.
func killAt(point string) func(string) {
	name, text, _ := strings.Cut(point, "/")
	times, _ := strconv.ParseInt(text, 10, 64) // 0: never
	var seen atomic.Int64
	return func(written string) {
		if written == name && seen.Add(1) == times {
			fmt.Println(dying)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // it comes before anything else is done here
		}
	}
}

// keeper runs one child after the other.
type keeper struct {
	t      *testing.T
	home   string
	dir    string
	server *sandbox.Server
	binary string
	attr   *syscall.SysProcAttr

	cmd   *exec.Cmd
	said  chan string // closed at its end
	heard map[string]int
	kills int
}

// start starts a child, which may kill itself at a point.
func (k *keeper) start(point string) {
	k.t.Helper()
	k.cmd = exec.CommandContext(k.t.Context(), k.binary)
	k.cmd.Env = append(os.Environ(), childHome+"="+k.home, childDir+"="+k.dir, childAPI+"="+k.server.APIURL(), childPoint+"="+point)
	k.cmd.Dir, k.cmd.SysProcAttr, k.cmd.Stderr = k.home, k.attr, os.Stderr
	stdout, err := k.cmd.StdoutPipe()
	if err = errors.Join(err, k.cmd.Start()); err != nil {
		k.t.Fatal(err)
	}
	said := make(chan string, 1<<12)
	k.said = said
	go func() {
		defer close(said)
		for in := bufio.NewScanner(stdout); in.Scan(); {
			said <- in.Text()
		}
	}()
}

// kill kills the child, if it has not done so itself.
func (k *keeper) kill() {
	if k.cmd == nil {
		return
	}
	_ = k.cmd.Process.Kill()   // SIGKILL: nothing is tidied up
	for line := range k.said { // to its end
		k.note(line)
	}
	_ = k.cmd.Wait() // killed, of course
	k.cmd = nil
	k.kills++
}

// hear waits for the child to say something, for a time. A child that killed
// itself is followed by the next.
func (k *keeper) hear(limit time.Duration) {
	k.t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case line, ok := <-k.said:
		if !ok {
			k.kill()
			k.start("")
			return
		}
		k.note(line)
	case <-timer.C:
	}
}

// note counts what a child says.
func (k *keeper) note(line string) { k.heard[strings.TrimSpace(line)]++ }

func (k *keeper) files() (all []sent) {
	for _, f := range k.server.Uploads() {
		all = append(all, sent{f.Name, f.SHA256})
	}
	return all
}

// settle waits until all that is there is on the server.
func (k *keeper) settle(c *tree) {
	k.t.Helper()
	c.calm()
	for since := time.Now(); !c.arrived(k.files()); {
		k.hear(100 * time.Millisecond)
		if time.Since(since) > 3*time.Minute {
			k.t.Fatalf("not everything gets to the server; the child said %v", k.heard)
		}
	}
}

func newKeeper(t *testing.T, seed uint64) (*keeper, *tree) {
	t.Helper()
	root := t.TempDir()
	k := &keeper{
		t: t, home: filepath.Join(root, "home"), dir: filepath.Join(root, "w"), binary: os.Args[0],
		server: sandboxtest.New(t, func(c *sandbox.Config) { c.Latency = 5 * time.Millisecond }), heard: make(map[string]int),
	}
	c := newTree(t, k.dir, seed)
	c.ok(errors.Join(os.Mkdir(k.home, 0o700), os.Mkdir(k.dir, 0o755)))
	return k, c
}

// asNobody lets the children run without rights of their own, so that chmod
// means something to them, if this process runs as root.
func asNobody(k *keeper, c *tree) {
	const nobody = 65534
	k.t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	syscall.Umask(0o022) // nobody reads what is made here
	c.ok(os.Chmod(k.dir, 0o755))
	root := filepath.Dir(k.home)
	k.binary, c.locks = filepath.Join(root, "child"), true
	k.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	from, err := os.Open(os.Args[0])
	c.ok(err)
	to, err := os.OpenFile(k.binary, os.O_CREATE|os.O_WRONLY, 0o755)
	c.ok(err)
	_, err = io.Copy(to, from)
	c.ok(errors.Join(err, from.Close(), to.Close(), os.Chmod(root, 0o755), os.Chmod(filepath.Dir(root), 0o755), os.Chown(k.home, nobody, nobody)))
}

// killChaos does things to a folder for a time while the process that watches
// it is killed and started: at random moments, and right after its writes.
func killChaos(t *testing.T, seed uint64, lasts time.Duration, change ...func(*keeper, *tree)) {
	t.Helper()
	k, c := newKeeper(t, seed)
	for _, do := range change {
		do(k, c)
	}
	defer k.kill()
	steps := 0
	for began := time.Now(); time.Since(began) < lasts || k.heard[dying] == 0 && k.kills < 50; {
		point := ""
		if c.random.IntN(2) == 0 {
			point = killPoint(c.random)
		}
		k.start(point)
		for range 5 + c.random.IntN(60) {
			c.act(c.random.IntN(95))
			steps++
			k.hear(time.Duration(c.random.IntN(40)) * time.Millisecond)
		}
		if point != "" || c.random.IntN(4) == 0 {
			k.settle(c)
		}
		k.kill()
	}
	k.start("")
	k.settle(c)
	k.kill()
	c.judge(k.files())
	t.Attr("figures", fmt.Sprintf("%d operations, %d kills, %d of them right after a write; %d files stood still, all of them among the %d sent",
		steps, k.kills, k.heard[dying], len(c.must), len(k.files())))
	t.Logf("states: %v", k.heard)
	if k.heard[dying] == 0 {
		t.Error("no child has killed itself")
	}
}

func killPoint(random *rand.Rand) string {
	points := []string{"handing", "handed", "queued", "ended"}
	return fmt.Sprintf("%s/%d", points[random.IntN(len(points))], 1+random.IntN(2))
}

func TestKills(t *testing.T) {
	t.Parallel()
	killChaos(t, 1, 4*time.Second)
}

// The permission to list the folder, or a folder in it, is lost and given back
// while it is watched: files that came meanwhile are taken.
func TestPermissionIsLostAndGivenBack(t *testing.T) {
	t.Parallel()
	k, c := newKeeper(t, 1)
	asNobody(k, c)
	sub := filepath.Join(k.dir, "sub")
	c.ok(os.Mkdir(sub, 0o755))
	k.start("")
	defer k.kill()
	k.settle(c)
	for i, dir := range []string{k.dir, sub, k.dir, sub} {
		name, err := filepath.Rel(k.dir, filepath.Join(dir, fmt.Sprintf("new%d.txt", i)))
		c.ok(err)
		before := k.heard[string(Unreadable)]
		mode := []os.FileMode{0, 0, 0o444, 0o333}[i]
		if os.Geteuid() == 0 { // else it can't be written any more
			c.ok(os.Chmod(dir, mode))
		}
		c.ok(os.WriteFile(filepath.Join(k.dir, name), []byte(name), 0o644))
		c.live[name], c.ever[sumOf([]byte(name))] = name, true
		c.ok(os.Chmod(dir, mode))
		for since := time.Now(); dir == k.dir && k.heard[string(Unreadable)] == before; {
			k.hear(100 * time.Millisecond)
			if time.Since(since) > 3*time.Minute {
				t.Fatalf("nobody noticed; the child said %v", k.heard)
			}
		}
		c.ok(os.Chmod(dir, 0o755))
		k.settle(c)
	}
	c.judge(k.files())
}
