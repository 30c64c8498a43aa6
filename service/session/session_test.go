package session

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/account"
	"sluice/service/handoff"
	"sluice/service/home"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
	"sluice/service/upload"
	"sluice/storage/leftover"
	"sluice/storage/secret"
)

func TestMain(m *testing.M) { leftover.Main(m) }

// ring is a keyring in memory.
type ring struct {
	mu      sync.Mutex
	secrets map[string]string
	broken  error
}

func newRing() *ring { return &ring{secrets: map[string]string{}} }

func (r *ring) Get(_ context.Context, name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return "", r.broken
	}
	key, ok := r.secrets[name]
	if !ok {
		return "", secret.ErrNotFound
	}
	return key, nil
}

func (r *ring) Set(_ context.Context, name, key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets[name] = key
	return r.broken
}

func (r *ring) Delete(_ context.Context, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.secrets, name)
	return r.broken
}

func newHome(t *testing.T) home.Home {
	t.Helper()
	root := t.TempDir()
	h, err := home.Find(func(name string) string {
		if name == home.Variable {
			return root
		}
		return ""
	})
	if err == nil {
		err = h.Make()
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func enter(t *testing.T, cfg Config) *Session {
	t.Helper()
	s, _, err := Enter(t.Context(), cfg, handoff.Request{Op: handoff.OpOpen}, func(handoff.Reply) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if s == nil {
		t.Fatal("the home is taken")
	}
	t.Cleanup(func() { closeIt(t, s) })
	return s
}

func closeIt(t *testing.T, s *Session) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// collect gathers the results that Serve replies with.
func collect(into *[]handoff.Result) func(handoff.Reply) error {
	return func(r handoff.Reply) error {
		if r.Result != nil {
			*into = append(*into, *r.Result)
		}
		return nil
	}
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func uploadOne(t *testing.T, s *Session, content string) handoff.Result {
	t.Helper()
	var results []handoff.Result
	err := s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{write(t, content)}}, collect(&results))
	if err != nil || len(results) != 1 {
		t.Fatalf("got %+v, %v", results, err)
	}
	return results[0]
}

func embedded(ctx context.Context, dir, addr string) (Server, error) {
	server, err := sandbox.Start(ctx, sandbox.Config{Dir: dir, Addr: addr})
	if err != nil {
		return nil, err
	}
	return server, nil
}

func TestEmbeddedSandboxKeepsItsLinks(t *testing.T) {
	h := newHome(t).Sandbox()
	if err := h.Make(); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Home: h, Keyring: newRing(), StartServer: embedded}
	s := enter(t, cfg)
	if st := s.Status(); !st.Sandbox || !st.AddressFixed || st.Loaded || s.Host() != "sandbox" {
		t.Errorf("the status is %+v", st)
	}
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := uploadOne(t, s, "kept")
	closeIt(t, s)
	closeIt(t, s)

	s = enter(t, cfg)
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := uploadOne(t, s, "kept")
	if again.Status != handoff.StatusDuplicate || again.URL != first.URL {
		t.Errorf("after a restart %+v became %+v", first, again)
	}
	addr := s.Settings().Values().SandboxAddr
	closeIt(t, s)

	var lc net.ListenConfig
	other, err := lc.Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	s = enter(t, cfg)
	if got := s.Settings().Values().SandboxAddr; got == addr || !strings.Contains(s.Status().APIURL, got) {
		t.Errorf("with its address taken it is at %s", s.Status().APIURL)
	}
}

func TestKeyLifecycle(t *testing.T) {
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Key = sandboxtest.Key })
	keys := newRing()
	cfg := Config{Home: newHome(t), APIURL: server.APIURL(), Keyring: keys}
	s := enter(t, cfg)
	status, err := s.LoadKey(t.Context())
	if err != nil || status.HasKey {
		t.Fatalf("a first start has %+v, %v", status, err)
	}
	var results []handoff.Result
	err = s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{write(t, "x")}}, collect(&results))
	if e := service.AsError("", err); e.Kind != service.Unauthorized || e.Value != service.ReasonNoKey {
		t.Errorf("without a key: %v", err)
	}
	if _, err = s.CheckKey(t.Context(), "11111111-2222-3333-4444-555555555555"); service.KindOf(err) != service.Unauthorized {
		t.Errorf("a wrong key: %v", err)
	}
	if len(keys.secrets) != 0 {
		t.Error("a wrong key was kept")
	}
	_, changes := s.Subscribe(t.Context())
	status, err = s.CheckKey(t.Context(), sandboxtest.Key)
	if err != nil || status.Place != account.PlaceKeyring {
		t.Fatalf("the right key: %+v, %v", status, err)
	}
	if news, err := changes.Next(t.Context()); err != nil || !news[len(news)-1].Account.HasKey {
		t.Errorf("subscribers heard %+v, %v", news, err)
	}
	uploadOne(t, s, "with a key")
	closeIt(t, s)

	s = enter(t, cfg)
	s.LoadKeyInBackground()
	status2, changes := s.Subscribe(t.Context())
	for !status2.Loaded || !status2.Account.User.Known {
		news, err := changes.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status2 = news[len(news)-1]
	}
	if status2.Account.Files != 1 || status2.Problem != nil {
		t.Errorf("after a restart: %+v", status2)
	}
	if _, err = s.ForgetKey(t.Context()); err != nil || len(keys.secrets) != 0 || s.Status().Account.HasKey {
		t.Errorf("forgotten: %v, %+v", err, s.Status())
	}
	text, err := os.ReadFile(filepath.Join(cfg.Home.Logs, "sluice.log"))
	if err != nil || strings.Contains(string(text), sandboxtest.Key) {
		t.Errorf("the log: %v, %s", err, text)
	}
}

// until waits for a status.
func until(t *testing.T, s *Session, is func(Status) bool) {
	t.Helper()
	status, changes := s.Subscribe(t.Context())
	defer changes.Close()
	for !is(status) {
		news, err := changes.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = news[len(news)-1]
	}
}

// A key that worked at the start and is refused during uploads is known as
// such until there is another.
func TestKeyRefusedDuringUploads(t *testing.T) {
	server := sandboxtest.New(t)
	s := enter(t, Config{Home: newHome(t), APIURL: server.APIURL(), Keyring: newRing()})
	for range 2 { // also the second key
		if _, err := s.CheckKey(t.Context(), sandboxtest.Key); err != nil {
			t.Fatal(err)
		}
		until(t, s, func(s Status) bool { return s.Account.HasKey && s.Refused == nil })
		server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "PUT", PathPrefix: "/api/file/", Status: 401, Value: "authentication_failed", Times: -1})
		if _, err := s.Engine().Add(t.Context(), upload.Choose, []string{write(t, "x")}); err != nil {
			t.Fatal(err)
		}
		until(t, s, func(s Status) bool { return s.Refused != nil && s.Refused.Kind == service.Unauthorized })
		server.Clear()
	}
	if _, err := s.ForgetKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, s, func(s Status) bool { return !s.Account.HasKey && s.Refused == nil })
}

func TestBrokenKeyringIsTold(t *testing.T) {
	server := sandboxtest.New(t)
	s := enter(t, Config{Home: newHome(t), APIURL: server.APIURL(), Keyring: &ring{broken: errors.New("locked")}})
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{write(t, "x")}}, func(handoff.Reply) error { return nil })
	if e := service.AsError("", err); e.Kind != service.Unauthorized || e.Value != service.ReasonKeyringNoAnswer {
		t.Errorf("got %v", err)
	}
}

// A change of the settings changes the service, the key with it, and the
// number of workers.
func TestSettingsTakeEffect(t *testing.T) {
	one, two := sandboxtest.New(t), sandboxtest.New(t)
	keys := newRing()
	s := enter(t, Config{Home: newHome(t), Keyring: keys})
	for _, server := range []*sandbox.Server{one, two} {
		if err := s.Settings().Change(t.Context(), func(v *settings.Values) { v.APIURL = server.APIURL() }); err != nil {
			t.Fatal(err)
		}
		if _, err := s.CheckKey(t.Context(), sandboxtest.Key); err != nil {
			t.Fatal(err)
		}
		if got := uploadOne(t, s, "the same"); got.Status != handoff.StatusUploaded || !strings.HasPrefix(got.URL, server.URL()) {
			t.Errorf("on %s: %+v", server.URL(), got)
		}
	}
	if len(keys.secrets) != 2 {
		t.Errorf("the keyring has %d keys for two services", len(keys.secrets))
	}
	_, changes := s.Subscribe(t.Context())
	err := s.Settings().Change(t.Context(), func(v *settings.Values) { v.APIURL, v.Workers = one.APIURL(), 1 })
	if err != nil {
		t.Fatal(err)
	}
	for s.Status().APIURL != one.APIURL() {
		if _, err := changes.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !s.Status().Account.HasKey {
		t.Error("the key of the first service was not found again")
	}
	uploadMany(t, s, 8)
	if peak := one.Stats().PeakUploads; peak > 2 { // one worker, one quick lane
		t.Errorf("%d uploads at a time with one worker", peak)
	}
}

func uploadMany(t *testing.T, s *Session, n int) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(path, []byte{byte(i), 1, 2, 3}, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var results []handoff.Result
	if err := s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{dir}}, collect(&results)); err != nil {
		t.Fatal(err)
	}
	if len(results) != n {
		t.Errorf("%d results of %d", len(results), n)
	}
	for i, r := range results {
		if filepath.Base(r.Path) != string(rune('a'+i)) || r.Status != handoff.StatusUploaded {
			t.Errorf("result %d is %+v", i, r)
		}
	}
}

func TestOpenIsForWindows(t *testing.T) {
	server := sandboxtest.New(t)
	opened := 0
	cfg := Config{Home: newHome(t), APIURL: server.APIURL(), Key: sandboxtest.Key, Keyring: newRing()}
	withWindow := cfg
	withWindow.OnOpen = func() { opened++ }
	s := enter(t, withWindow)
	cfg.Key = "" // the caller takes what there is
	req := handoff.Request{Op: handoff.OpOpen, Paths: []string{write(t, "handed over")}}
	accepted := 0
	other, _, err := Enter(t.Context(), cfg, req, func(handoff.Reply) error { accepted++; return nil })
	if other != nil || err != nil || opened != 1 || accepted != 1 {
		t.Errorf("a second start: %v, %v, opened %d, accepted %d", other, err, opened, accepted)
	}
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	for reason, change := range map[string]func(*Config){
		ReasonOtherKey:     func(c *Config) { c.Key = "another" },
		ReasonOtherService: func(c *Config) { c.APIURL = "https://pixeldrain.com/api" },
	} {
		elsewhere := cfg
		change(&elsewhere)
		if _, _, err := Enter(t.Context(), elsewhere, req, nil); service.AsError("", err).Value != reason {
			t.Errorf("a start that wants to go elsewhere: %v", err)
		}
	}
	if err := s.Drain(t.Context()); err != nil || len(server.Uploads()) != 1 {
		t.Errorf("drained: %v, %d files", err, len(server.Uploads()))
	}
	closeIt(t, s)

	cfg.Key = sandboxtest.Key
	command := enter(t, cfg)
	if _, err := command.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err = Enter(t.Context(), cfg, handoff.Request{Op: handoff.OpOpen}, nil); service.AsError("", err).Value != ReasonNoWindow {
		t.Errorf("beside a command: %v", err)
	}
	if err = command.Serve(t.Context(), handoff.Request{Op: "dance"}, nil); service.KindOf(err) != service.Invalid {
		t.Errorf("an unknown request: %v", err)
	}
}

// A caller whose instance closes becomes the instance and goes on with the
// same batch.
func TestCallerTakesOver(t *testing.T) {
	server := sandboxtest.New(t)
	stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", After: 1000})
	cfg := Config{Home: newHome(t), APIURL: server.APIURL(), Key: sandboxtest.Key, Keyring: newRing()}
	first := enter(t, cfg)
	if _, err := first.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	type entered struct {
		s    *Session
		rest handoff.Request
		err  error
	}
	path := write(t, strings.Repeat("x", 20_000_000))
	second := make(chan entered)
	go func() {
		req := handoff.Request{Op: handoff.OpUpload, Paths: []string{path}}
		s, rest, err := Enter(t.Context(), cfg, req, func(handoff.Reply) error { return nil })
		second <- entered{s, rest, err}
	}()
	if err := stall.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	closeIt(t, first)
	server.Clear()
	e := <-second
	if e.err != nil || e.s == nil || e.rest.Batch == 0 {
		t.Fatalf("got %+v", e)
	}
	defer closeIt(t, e.s)
	if _, err := e.s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	var results []handoff.Result
	if err := e.s.Serve(t.Context(), e.rest, collect(&results)); err != nil || len(results) != 1 || results[0].Status != handoff.StatusUploaded {
		t.Errorf("got %+v, %v", results, err)
	}
	// Once more: the batch has ended before anybody follows it.
	results = nil
	if err := e.s.Serve(t.Context(), e.rest, collect(&results)); err != nil || len(results) != 1 {
		t.Errorf("a batch that has ended gave %+v, %v", results, err)
	}
	if n := len(server.Uploads()); n != 1 {
		t.Errorf("the server has %d files", n)
	}
}

func TestOpenFailsInGoodOrder(t *testing.T) {
	h := newHome(t)
	for _, cfg := range []Config{
		{Home: h, APIURL: "ftp://x", Keyring: newRing()},
		{Home: h, Keyring: newRing(), StartServer: func(context.Context, string, string) (Server, error) { return nil, errors.New("no") }},
	} {
		s, _, err := Enter(t.Context(), cfg, handoff.Request{Op: handoff.OpOpen}, nil)
		if s != nil || err == nil {
			t.Errorf("got %v, %v", s, err)
		}
	}
	enter(t, Config{Home: h, Keyring: newRing()}) // the claim was given back
}

func TestServiceOutOfReach(t *testing.T) {
	s := enter(t, Config{Home: newHome(t), APIURL: "http://127.0.0.1:1/api", Key: "k", Keyring: newRing(), Patience: 10 * time.Millisecond})
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{write(t, "x")}}, func(handoff.Reply) error { return nil })
	if service.KindOf(err) != service.Offline {
		t.Errorf("got %v", err)
	}
	if _, err := s.RefreshAccount(t.Context()); err == nil || s.Status().Problem == nil || s.Status().Problem.Kind != service.Offline {
		t.Errorf("got %v, %+v", err, s.Status())
	}
}

// A network that is lost after the service was reached is waited out.
func TestLostNetworkIsWaitedOut(t *testing.T) {
	server := sandboxtest.New(t)
	s := enter(t, Config{Home: newHome(t), APIURL: server.APIURL(), Key: "k", Keyring: newRing(), Patience: time.Nanosecond})
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Inject(sandbox.Fault{Kind: sandbox.CutBody, Method: "PUT", After: 500_000, Times: 1})
	path := write(t, strings.Repeat("y", 8_000_000))
	var results []handoff.Result
	err := s.Serve(t.Context(), handoff.Request{Op: handoff.OpUpload, Paths: []string{path}}, collect(&results))
	if err != nil || len(results) != 1 || results[0].Status != handoff.StatusUploaded {
		t.Errorf("got %+v, %v", results, err)
	}
}
