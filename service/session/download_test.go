package session

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"sluice/service"
	"sluice/service/account"
	"sluice/service/awake"
	"sluice/service/download"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
)

// windowed is a session's configuration with a window and no key.
func windowed(t *testing.T, server *sandbox.Server) Config {
	t.Helper()
	return Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL(), OnOpen: func() {}}
}

func put(t *testing.T, server *sandbox.Server, name string, n int) service.File {
	t.Helper()
	f, err := server.Add(name, bytes.NewReader(make([]byte, n)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// stallGet stops once in the middle of a file.
func stallGet(id service.FileID, after int64) sandbox.Fault {
	return sandbox.Fault{Kind: sandbox.StallBody, After: after, Match: func(r *http.Request) bool {
		return r.Method == http.MethodGet && r.URL.Path == "/api/file/"+string(id)
	}}
}

func paste(t *testing.T, s *Session, folder, text string) service.DownloadBatchID {
	t.Helper()
	batch, refused, err := s.Downloads().Paste(t.Context(), folder, text)
	if err != nil || len(refused) != 0 {
		t.Fatal(err, refused)
	}
	return batch
}

func downloaded(t *testing.T, s *Session, batch service.DownloadBatchID, path string, size int) {
	t.Helper()
	jobs, err := s.Downloads().Wait(t.Context(), batch)
	if err != nil || len(jobs) != 1 || jobs[0].State != download.Downloaded || jobs[0].Path != path {
		t.Fatalf("got %+v, %v", jobs, err)
	}
	if content, err := os.ReadFile(path); err != nil || len(content) != size {
		t.Errorf("%d bytes, %v", len(content), err)
	}
}

func lookForKey(t *testing.T, s *Session) account.Status {
	t.Helper()
	status, err := s.LoadKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// What people share can be downloaded without an account, and is accepted
// before it is known whether there is one.
func TestDownloadsNeedNoKey(t *testing.T) {
	server := sandboxtest.New(t)
	f, folder := put(t, server, "shared.bin", 100_000), t.TempDir()
	s := enter(t, windowed(t, server))
	batch := paste(t, s, folder, "u/"+string(f.ID))
	if status := lookForKey(t, s); status.HasKey {
		t.Fatal("there is a key")
	}
	downloaded(t, s, batch, filepath.Join(folder, "shared.bin"), 100_000)
}

// The next start goes on where the last one was, also when the key changed.
func TestDownloadsGoOn(t *testing.T) {
	server := sandboxtest.New(t)
	f, folder := put(t, server, "large.bin", 1_000_000), t.TempDir()
	server.Inject(stallGet(f.ID, 500_000))
	cfg := windowed(t, server)
	s := enter(t, cfg)
	lookForKey(t, s)
	batch := paste(t, s, folder, string(f.ID))
	snapshot, events := s.Downloads().Subscribe(t.Context())
	for done := snapshot.Totals.Done; done < 400_000; {
		list, err := events.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Totals != nil {
				done = e.Totals.Done
			}
		}
	}
	events.Close()
	closeIt(t, s)
	cfg.Key = sandboxtest.Key
	s = enter(t, cfg)
	if status := lookForKey(t, s); !status.HasKey {
		t.Fatal("no key")
	}
	downloaded(t, s, batch, filepath.Join(folder, "large.bin"), 1_000_000)
	if f, err := server.File(f.ID); err != nil || f.BandwidthUsed > 1_100_000 {
		t.Errorf("%d bytes were sent, %v", f.BandwidthUsed, err)
	}
}

func TestDownloadsFollowTheAddress(t *testing.T) {
	first, second := sandboxtest.New(t), sandboxtest.New(t)
	cfg := windowed(t, first)
	cfg.APIURL = ""
	s := enter(t, cfg)
	use := func(server *sandbox.Server) {
		if err := s.Settings().Change(t.Context(), func(v *settings.Values) { v.APIURL = server.APIURL() }); err != nil {
			t.Fatal(err)
		}
		s.applyNow()
	}
	use(first)
	lookForKey(t, s)
	use(second)
	f, folder := put(t, second, "there.bin", 10), t.TempDir()
	downloaded(t, s, paste(t, s, folder, second.URL()+"/u/"+string(f.ID)), filepath.Join(folder, "there.bin"), 10)
	_, refused, err := s.Downloads().Paste(t.Context(), folder, first.URL()+"/u/"+string(f.ID))
	if err == nil || len(refused) != 1 || refused[0].Err.Value != service.ReasonForeignLink {
		t.Errorf("a link of the other service: %v, %v", refused, err)
	}
}

func TestDownloadsMeetARefusedKey(t *testing.T) {
	server := sandboxtest.New(t)
	cfg := windowed(t, server)
	cfg.Key = "another"
	s := enter(t, cfg)
	lookForKey(t, s)
	status, changes := s.Subscribe(t.Context())
	defer changes.Close()
	refusal := server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: "GET", PathPrefix: "/api/file/", Status: 401, Value: "authentication_failed"})
	f := put(t, server, "x", 10)
	paste(t, s, t.TempDir(), string(f.ID))
	if err := refusal.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for status.Refused == nil {
		list, err := changes.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = list[len(list)-1]
	}
	if status.Refused.Value != "authentication_failed" {
		t.Errorf("refused with %v", status.Refused)
	}
}

func TestDownloadsKeepTheComputerAwake(t *testing.T) {
	server := sandboxtest.New(t)
	f := put(t, server, "x.bin", 100_000)
	stall := server.Inject(stallGet(f.ID, 1000))
	h := held{make(chan struct{}), make(chan struct{})}
	cfg := windowed(t, server)
	cfg.KeepAwake = func(context.Context, string) (awake.Lock, error) {
		close(h.taken)
		return h, nil
	}
	s := enter(t, cfg)
	lookForKey(t, s)
	paste(t, s, t.TempDir(), string(f.ID))
	if err := stall.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	<-h.taken
	closeIt(t, s)
	<-h.released
}

func TestAwakeWhileEitherWorks(t *testing.T) {
	on := false
	e := either{set: func(now bool) { on = now }}
	up, down := e.part(), e.part()
	for i, step := range []struct {
		set       func(bool)
		now, want bool
	}{
		{up, false, false},
		{up, true, true},
		{down, true, true},
		{up, false, true},
		{up, false, true},
		{down, true, true},
		{down, false, false},
		{up, true, true},
		{up, true, true},
		{up, false, false},
	} {
		if step.set(step.now); on != step.want {
			t.Errorf("after step %d: %v", i, on)
		}
	}
}

// A command uploads and ends: it has nobody to download for.
func TestCommandsDoNotDownload(t *testing.T) {
	cfg := windowed(t, sandboxtest.New(t))
	cfg.OnOpen = nil
	if s := enter(t, cfg); s.Downloads() != nil {
		t.Error("a session without a window downloads")
	}
}
