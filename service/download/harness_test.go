package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/download"
	"sluice/service/feed"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/storage"
	"sluice/storage/leftover"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	// patience is how long a test waits for something that must come.
	patience = time.Minute
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childHome); dir != "" {
		os.Exit(child(dir))
	}
	leftover.Main(m)
}

// rig is an engine with everything around it.
type rig struct {
	t      *testing.T
	server *sandbox.Server
	home   string
	folder string
	cfg    download.Config
	db     *storage.DB
	engine *download.Engine
	random *rand.ChaCha8
}

type option = func(*download.Config, *sandbox.Config)

// newRig starts an engine with a sandbox, without a key. Options see the
// configurations of both before anything starts.
func newRig(t *testing.T, opts ...option) *rig {
	t.Helper()
	r := &rig{
		t: t, home: t.TempDir(), folder: t.TempDir(), random: rand.NewChaCha8([32]byte{1}),
		cfg: download.Config{Clock: clocktest.NewQuick(40), Logger: slog.New(slog.DiscardHandler)},
	}
	var server sandbox.Config
	for _, opt := range opts {
		opt(&r.cfg, &server)
	}
	r.server = sandboxtest.New(t, func(c *sandbox.Config) { *c = server })
	if r.cfg.Client == nil {
		r.cfg.Client = r.client("", 0)
	}
	r.open()
	t.Cleanup(r.close)
	return r
}

func workers(n int) option {
	return func(cfg *download.Config, _ *sandbox.Config) { cfg.Workers = n }
}

// client makes a client that gives a silent connection up after stall, 0 for
// the usual time.
func (r *rig) client(key string, stall time.Duration) *pixeldrain.Client {
	r.t.Helper()
	c, err := pixeldrain.New(pixeldrain.Config{APIURL: r.server.APIURL(), Key: key, Stall: stall, RootCAs: r.server.CertPool()})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

// open starts the engine on what the home holds.
func (r *rig) open() {
	r.t.Helper()
	db, err := storage.Open(r.t.Context(), r.home)
	if err != nil {
		r.t.Fatal(err)
	}
	cfg := r.cfg
	cfg.DB = db
	engine, err := download.New(cfg)
	if err != nil {
		r.t.Fatal(errors.Join(err, db.Close()))
	}
	r.db, r.engine = db, engine
}

// close stops the engine, if it runs.
func (r *rig) close() {
	if r.engine == nil {
		return
	}
	if err := errors.Join(r.engine.Close(), r.db.Close()); err != nil {
		r.t.Error(err)
	}
	r.engine, r.db = nil, nil
}

func (r *rig) restart() {
	r.t.Helper()
	r.close()
	r.open()
}

// put stores a file of n random bytes on the service.
func (r *rig) put(name string, n int) service.File {
	r.t.Helper()
	content := make([]byte, n)
	_, _ = r.random.Read(content) // never fails
	f, err := r.server.Add(name, bytes.NewReader(content))
	must(r.t, err)
	return f
}

func (r *rig) add(ids ...service.FileID) service.DownloadBatchID {
	r.t.Helper()
	targets := make([]download.Target, len(ids))
	for i, id := range ids {
		targets[i].File = id
	}
	batch, err := r.engine.Add(r.t.Context(), r.folder, targets)
	must(r.t, err)
	return batch
}

func (r *rig) wait(batch service.DownloadBatchID) []download.Job {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	jobs, err := r.engine.Wait(ctx, batch)
	if err != nil {
		snapshot, _ := r.engine.Subscribe(ctx)
		r.t.Fatalf("batch %d did not end: %v\n%s", batch, err, describe(snapshot))
	}
	return jobs
}

// get downloads files and waits for them.
func (r *rig) get(ids ...service.FileID) []download.Job {
	r.t.Helper()
	return r.wait(r.add(ids...))
}

func describe(s download.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v\n", s.Totals)
	for _, j := range s.Jobs[:min(len(s.Jobs), 20)] {
		fmt.Fprintf(&b, "%d %q %v %d of %d, try %d next %v: %v\n", j.ID, j.Name, j.State, j.Done, j.Size, j.Try, j.NextTry, j.Err)
	}
	return b.String()
}

// arrived checks that a job has ended well, and that its file is what the
// service has, with the service's date.
func (r *rig) arrived(j download.Job, name string) {
	r.t.Helper()
	if j.State != download.Downloaded {
		r.t.Fatalf("%q: %v, %v", j.Name, j.State, j.Err)
	}
	if filepath.Base(j.Path) != name || j.Name != name {
		r.t.Errorf("%q is at %q, want %q", j.Name, j.Path, name)
	}
	content, err := os.ReadFile(j.Path)
	must(r.t, err)
	f, err := r.server.File(j.File)
	must(r.t, err)
	if got := sumOf(content); got != f.SHA256 || j.SHA256 != got || !j.Verified || j.Done != j.Size || j.Size != int64(len(content)) {
		r.t.Errorf("%q: %d bytes with hash %s, want %s; %+v", name, len(content), got, f.SHA256, j)
	}
	info, err := os.Stat(j.Path)
	must(r.t, err)
	if d := info.ModTime().Sub(f.Uploaded).Abs(); d > time.Second {
		r.t.Errorf("%q is dated %v, was uploaded %v", name, info.ModTime(), f.Uploaded)
	}
}

// sent is how many bytes of a file the service has given.
func (r *rig) sent(id service.FileID) int64 {
	r.t.Helper()
	f, err := r.server.File(id)
	must(r.t, err)
	return f.BandwidthUsed
}

// names lists what is in the folder.
func (r *rig) names() string {
	r.t.Helper()
	var names []string
	err := filepath.WalkDir(r.folder, func(path string, _ os.DirEntry, err error) error {
		if name, _ := filepath.Rel(r.folder, path); name != "." {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	must(r.t, err)
	slices.Sort(names)
	return strings.Join(names, "|")
}

func failed(t *testing.T, j download.Job, kind service.Kind, value string) {
	t.Helper()
	if j.State != download.Failed || j.Err == nil || j.Err.Kind != kind || j.Err.Value != value {
		t.Errorf("%q: %v, %v; want failed, %v (%s)", j.Name, j.State, j.Err, kind, value)
	}
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stream follows an engine's events.
type stream struct {
	t        *testing.T
	sub      *feed.Subscription[download.Event]
	unread   []download.Event
	jobs     map[service.DownloadID]download.Job
	totals   download.Totals
	states   map[service.DownloadID][]download.State // without repetitions
	done     []download.Batch
	ended    []service.DownloadID // in the order in which they did, well
	progress int                  // events that told of bytes
	retries  []string             // why and where
}

func (r *rig) follow() *stream {
	r.t.Helper()
	snapshot, sub := r.engine.Subscribe(r.t.Context())
	s := &stream{
		t: r.t, sub: sub, totals: snapshot.Totals,
		jobs: make(map[service.DownloadID]download.Job), states: make(map[service.DownloadID][]download.State),
	}
	for _, j := range snapshot.Jobs {
		s.put(j)
	}
	return s
}

func (s *stream) put(j download.Job) {
	if was := s.jobs[j.ID]; was.State == download.Downloading && j.State == was.State && j.Done > was.Done {
		s.progress++
	}
	if j.State == download.Retrying && s.jobs[j.ID].State != j.State {
		s.retries = append(s.retries, fmt.Sprint(j.Err.Value, " ", j.Done))
	}
	if j.State == download.Downloaded && s.jobs[j.ID].State != j.State {
		s.ended = append(s.ended, j.ID)
	}
	s.jobs[j.ID] = j
	if had := s.states[j.ID]; len(had) == 0 || had[len(had)-1] != j.State {
		s.states[j.ID] = append(had, j.State)
	}
}

// until takes events until ok holds. It looks after each, and leaves the others
// for later: what held for a moment is seen however late this goroutine runs.
func (s *stream) until(what string, ok func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for !ok() {
		if len(s.unread) == 0 {
			var err error
			if s.unread, err = s.sub.Next(ctx); err != nil {
				s.t.Fatalf("no %s: %v; states %v, totals %+v", what, err, s.states, s.totals)
			}
		}
		s.take(s.unread[0])
		s.unread = s.unread[1:]
	}
}

func (s *stream) take(e download.Event) {
	for _, j := range e.Jobs {
		s.put(j)
	}
	for _, id := range e.Removed {
		delete(s.jobs, id)
	}
	if e.Totals != nil {
		s.totals = *e.Totals
	}
	if e.BatchDone != nil {
		s.done = append(s.done, *e.BatchDone)
	}
}

// state waits until the first job is in a state and gives it.
func (s *stream) state(id service.DownloadID, want download.State) download.Job {
	s.t.Helper()
	s.until(fmt.Sprintf("%d %v", id, want), func() bool { j, ok := s.jobs[id]; return ok && j.State == want })
	return s.jobs[id]
}
