package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/feed"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
	"sluice/storage/leftover"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childHome); dir != "" {
		os.Exit(child(dir))
	}
	// An engine a case is slow; -rapid.checks asks for more than these.
	if err := flag.Set("rapid.checks", "6"); err != nil {
		panic(err)
	}
	leftover.Main(m)
}

// rig is an engine with everything around it.
type rig struct {
	t      *testing.T
	server *sandbox.Server
	home   string
	files  string
	cfg    upload.Config
	db     *storage.DB
	engine *upload.Engine
	random *rand.ChaCha8

	patience time.Duration // how long a wait for what must come may take
}

type (
	sandboxConfig = sandbox.Config
	option        = func(*upload.Config, *sandboxConfig)
)

// newRig starts an engine with a sandbox. Options see the configurations of
// both before anything starts.
func newRig(t *testing.T, opts ...option) *rig {
	t.Helper()
	clock := clocktest.NewQuick(40)
	r := &rig{
		t: t, home: t.TempDir(), files: t.TempDir(), random: rand.NewChaCha8([32]byte{1}), patience: patience,
		cfg: upload.Config{Clock: clock, Logger: slog.New(slog.DiscardHandler)},
	}
	server := sandbox.Config{Now: clock.Now}
	for _, opt := range opts {
		opt(&r.cfg, &server)
	}
	r.server = sandboxtest.New(t, func(c *sandbox.Config) { *c = server })
	if r.cfg.Client == nil {
		r.cfg.Client = r.client(sandboxtest.Key)
	}
	r.open()
	t.Cleanup(r.close)
	return r
}

func withoutClient(cfg *upload.Config, _ *sandbox.Config) {
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: "http://127.0.0.1:1/api"})
	if err != nil {
		panic(err)
	}
	cfg.Client = client // it has no key
}

func dialect2020(_ *upload.Config, s *sandbox.Config) { s.Dialect = sandbox.Dialect2020 }

func workers(n int) option {
	return func(cfg *upload.Config, _ *sandbox.Config) { cfg.Workers = n }
}

func (r *rig) client(key string) *pixeldrain.Client {
	r.t.Helper()
	c, err := pixeldrain.New(pixeldrain.Config{APIURL: r.server.APIURL(), Key: key, Workers: 4})
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
	engine, err := upload.New(cfg)
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

// bytes gives n random bytes.
func (r *rig) bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = r.random.Read(b) // never fails
	return b
}

// file makes a file of n random bytes.
func (r *rig) file(name string, n int) string {
	r.t.Helper()
	return r.write(name, r.bytes(n))
}

func (r *rig) write(name string, content []byte) string {
	r.t.Helper()
	path := filepath.Join(r.files, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		r.t.Fatal(err)
	}
	return path
}

func (r *rig) path(name string) string { return filepath.Join(r.files, name) }

func (r *rig) add(paths ...string) service.BatchID {
	r.t.Helper()
	id, err := r.engine.Add(r.t.Context(), upload.Drop, paths)
	if err != nil {
		r.t.Fatal(err)
	}
	return id
}

// patience is how long a test waits for something that must come, usually.
const patience = time.Minute

func (r *rig) wait(batch service.BatchID) []upload.Job {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), r.patience)
	defer cancel()
	jobs, err := r.engine.Wait(ctx, batch)
	if err != nil {
		snapshot, _ := r.engine.Subscribe(ctx)
		r.t.Fatalf("batch %d did not end: %v\n%s", batch, err, describe(snapshot))
	}
	return jobs
}

// send adds paths and waits for them.
func (r *rig) send(paths ...string) []upload.Job {
	r.t.Helper()
	return r.wait(r.add(paths...))
}

func describe(s upload.Snapshot) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%+v\n", s.Totals)
	for i, j := range s.Jobs {
		if i == 20 {
			break
		}
		fmt.Fprintf(&b, "%d %q %v try %d next %v: %v\n", j.ID, j.Name, j.State, j.Try, j.NextTry, j.Err)
	}
	return b.String()
}

// stream follows an engine's events.
type stream struct {
	t      *testing.T
	sub    *feed.Subscription[upload.Event]
	unread []upload.Event
	jobs   map[service.JobID]upload.Job
	totals upload.Totals
	states map[service.JobID][]upload.State // without repetitions
	done   []upload.Batch
	limit  time.Duration
}

func (r *rig) follow() *stream {
	r.t.Helper()
	snapshot, sub := r.engine.Subscribe(r.t.Context())
	s := &stream{
		t: r.t, sub: sub, totals: snapshot.Totals, limit: r.patience,
		jobs: make(map[service.JobID]upload.Job), states: make(map[service.JobID][]upload.State),
	}
	for _, j := range snapshot.Jobs {
		s.put(j)
	}
	return s
}

func (s *stream) put(j upload.Job) {
	s.jobs[j.ID] = j
	if had := s.states[j.ID]; len(had) == 0 || had[len(had)-1] != j.State {
		s.states[j.ID] = append(had, j.State)
	}
}

// until takes events until ok holds. It looks after each, and leaves the others
// for later: what held for a moment is seen however late this goroutine runs.
func (s *stream) until(what string, ok func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), s.limit)
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

func (s *stream) take(e upload.Event) {
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

// named gives the job with a name.
func (s *stream) named(name string) upload.Job {
	for _, j := range s.jobs {
		if j.Name == name {
			return j
		}
	}
	return upload.Job{}
}

// state waits until the job with a name is in a state and gives it.
func (s *stream) state(name string, want upload.State) upload.Job {
	s.t.Helper()
	s.until(fmt.Sprintf("%q %v", name, want), func() bool { j := s.named(name); return j.ID != 0 && j.State == want })
	return s.named(name)
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func fileSum(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sumOf(b)
}

// served checks that a job has ended well and that its link serves the file's
// bytes under its name.
func (r *rig) served(j upload.Job) {
	r.t.Helper()
	if !j.State.Linked() {
		r.t.Errorf("%q: %v, %v", j.Name, j.State, j.Err)
		return
	}
	want := fileSum(r.t, j.Path)
	content, err := r.server.Content(j.File)
	if err != nil {
		r.t.Errorf("%q: %v", j.Name, err)
		return
	}
	f, err := r.server.File(j.File)
	if err != nil {
		r.t.Errorf("%q: %v", j.Name, err)
		return
	}
	if got := sumOf(content); got != want || j.SHA256 != want || !j.Verified {
		r.t.Errorf("%q: served %s, job says %s (verified %v), file is %s", j.Name, got, j.SHA256, j.Verified, want)
	}
	if j.State == upload.Uploaded && f.Name != j.Name {
		r.t.Errorf("%q arrived as %q", j.Name, f.Name)
	}
	if want := r.server.URL() + "/u/" + string(j.File); j.Link != want {
		r.t.Errorf("%q: link %q, want %q", j.Name, j.Link, want)
	}
}

// once checks that the account has exactly these jobs' files.
func (r *rig) once(jobs []upload.Job) {
	r.t.Helper()
	for _, f := range r.spare(jobs) {
		r.t.Errorf("the account has %s %q (%d bytes), which belongs to no job", f.ID, f.Name, f.Size)
	}
}

// spare checks that the account has these jobs' files, and gives those that it
// has beside them. None of these has the content of a job's file.
func (r *rig) spare(jobs []upload.Job) (spare []service.File) {
	r.t.Helper()
	ids := make(map[service.FileID]bool)
	names := make(map[string]string) // by content
	for _, j := range jobs {
		r.served(j)
		names[j.SHA256] = j.Name
		if j.State == upload.Uploaded {
			if ids[j.File] {
				r.t.Errorf("%q shares its file %s with another", j.Name, j.File)
			}
			ids[j.File] = true
		}
	}
	for _, f := range r.server.Uploads() {
		switch name, known := names[f.SHA256]; {
		case ids[f.ID]:
			delete(ids, f.ID)
		case known:
			r.t.Errorf("the account has %s %q (%d bytes), a second copy of %q", f.ID, f.Name, f.Size, name)
		default:
			spare = append(spare, f)
		}
	}
	for id := range ids {
		r.t.Errorf("the account has no %s", id)
	}
	return spare
}

func failed(t *testing.T, j upload.Job, kind service.Kind, value string) {
	t.Helper()
	if j.State != upload.Failed || j.Err == nil || j.Err.Kind != kind || j.Err.Value != value {
		t.Errorf("%q: %v, %v; want failed, %v (%s)", j.Path, j.State, j.Err, kind, value)
	}
}

func byName(jobs []upload.Job) []string {
	names := make([]string, len(jobs))
	for i, j := range jobs {
		names[i] = j.Name
	}
	slices.Sort(names)
	return names
}
