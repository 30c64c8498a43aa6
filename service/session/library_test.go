package session

import (
	"os"
	"testing"

	"sluice/service"
	"sluice/service/library"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/thumbnail"
)

// browse opens the files of a session with a window.
func browse(t *testing.T, s *Session) *Library {
	t.Helper()
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	l, err := s.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// untilListed waits for a state of the catalogue.
func untilListed(t *testing.T, l *Library, suits func(library.Status) bool) library.Status {
	t.Helper()
	status, news := l.Catalogue.Subscribe(t.Context())
	defer news.Close()
	for !suits(status) {
		list, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = list[len(list)-1]
	}
	return status
}

func listed(n int) func(library.Status) bool {
	return func(s library.Status) bool { return s.Known && !s.Busy && s.Files == n }
}

func TestLibrary(t *testing.T) {
	server, err := sandbox.Start(t.Context(), sandbox.Config{Files: 50})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL(), Key: sandboxtest.Key, OnOpen: func() {}}
	s := enter(t, cfg)
	l := browse(t, s)
	untilListed(t, l, listed(50))

	id := service.FileID(uploadOne(t, s, "some text that is new").ID)
	status := untilListed(t, l, func(library.Status) bool {
		f, ok := l.Catalogue.File(id)
		return ok && f.MIME != "" // also what the service tells of it
	})
	if status.Files != 51 {
		t.Errorf("%d files after an upload", status.Files)
	}
	path, ok := l.localPath(id)
	if !ok {
		t.Error("it is not known where the file came from")
	}
	if err := os.WriteFile(path, []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := l.localPath(id); ok {
		t.Error("a file that was changed passes for what was uploaded")
	}

	for range 2 { // the second time it is gone already
		if err := l.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	untilListed(t, l, listed(50))
	closeIt(t, s)

	// Without the service everything is still there.
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	s = enter(t, cfg)
	l = browse(t, s)
	status = untilListed(t, l, func(s library.Status) bool { return s.Known && s.Problem != nil })
	if status.Files != 50 || status.At.IsZero() || status.Problem.Kind != service.Offline {
		t.Errorf("offline: %+v", status)
	}
	if err := l.Delete(t.Context(), id); service.AsError("", err) == nil {
		t.Error("a file was deleted offline")
	}
}

func TestLibraryWithoutAKey(t *testing.T) {
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 5 })
	s := enter(t, Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL(), OnOpen: func() {}})
	l, err := s.Library(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if l.Keyless() {
		t.Error("there is no key before it was looked for")
	}
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	untilListed(t, l, func(library.Status) bool { return l.Keyless() })
	if err := l.Delete(t.Context(), "abc"); service.AsError("", err) == nil || service.AsError("", err).Value != service.ReasonNoKey {
		t.Errorf("deleting without a key gave %v", err)
	}
	if _, err := s.CheckKey(t.Context(), sandboxtest.Key); err != nil {
		t.Fatal(err)
	}
	untilListed(t, l, listed(5))
	if _, err := s.ForgetKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	untilListed(t, l, func(s library.Status) bool { return s.Scope == "" && s.Files == 0 })
}

func TestReady(t *testing.T) {
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 20 })
	s := enter(t, Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL(), Key: sandboxtest.Key, OnOpen: func() {}})
	l := browse(t, s)
	untilListed(t, l, listed(20))
	ready := l.Ready(t.Context())
	defer ready.Close()
	list := l.Catalogue.Find(library.Search{Kind: library.Image})
	if list.Len() == 0 {
		t.Fatal("the sandbox has no pictures")
	}
	f := list.File(0)
	l.Thumbs.Want(108, []thumbnail.Wanted{{File: f.ID, MIME: f.MIME, Name: f.Name}})
	for {
		if picture, state := l.Thumbs.Get(f.ID, 108); state == thumbnail.Ready && picture != nil {
			return
		}
		if _, err := ready.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
