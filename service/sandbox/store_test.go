package sandbox_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// contentsBelow lists the contents, whole or coming in, that a folder holds.
func contentsBelow(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for _, sub := range []string{"contents", "incoming"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func in(dir string) func(*sandbox.Config) { return func(c *sandbox.Config) { c.Dir = dir } }

func TestEverythingSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	first := sandboxtest.New(t, in(dir), files(10), func(c *sandbox.Config) { c.Accounts = []string{"second"} })
	c := call(t, first)
	made := first.Files()
	keep, drop, other := c.put("Füße.txt", "keep"), c.put("drop", "drop"), c.as("second").put("other", "other")
	c.do(http.StatusOK, http.MethodDelete, "/file/"+string(drop), "")
	c.do(http.StatusOK, http.MethodDelete, "/file/"+string(made[1].ID), "")
	c.do(http.StatusOK, http.MethodGet, "/file/"+string(made[2].ID), "")
	c.do(http.StatusOK, http.MethodGet, "/file/"+string(keep)+"?download", "")
	rename(t, c, made[3].ID, "renamed")
	if err := first.SetObstacle(keep, "virus_detected_captcha_required", "Bad."); err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"title":"T","files":[{"id":%q,"description":"D"},{"id":%q}]}`, keep, made[2].ID)
	album := c.do(http.StatusCreated, http.MethodPost, "/list", body).json(t)["id"]
	gone := c.do(http.StatusCreated, http.MethodPost, "/list", body).json(t)["id"]
	c.do(http.StatusOK, http.MethodDelete, fmt.Sprintf("/list/%s", gone), "")
	wantFiles, wantAlbums := first.Files(), first.Albums()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	for round := range 2 { // the second time from the journal that the first wrote anew
		again := sandboxtest.New(t, in(dir), files(10), func(c *sandbox.Config) { c.Accounts = []string{"second"} })
		if got := again.Files(); !reflect.DeepEqual(got, wantFiles) {
			t.Errorf("files\n%+v, were\n%+v", got, wantFiles)
		}
		if got := again.Albums(); !reflect.DeepEqual(got, wantAlbums) || fmt.Sprint(got[0].ID) != album {
			t.Errorf("albums %+v, were %+v", got, wantAlbums)
		}
		for id, want := range map[service.FileID]string{keep: "keep", other: "other"} {
			if b, err := again.Content(id); err != nil || string(b) != want {
				t.Errorf("content %q, %v", b, err)
			}
		}
		if files := call(t, again).as("second").do(http.StatusOK, http.MethodGet, "/user/files", "").json(t)["files"].([]any); len(files) != 1 {
			t.Errorf("the second account has %v", files)
		}
		if round == 1 { // an address that was counted before is not counted again
			call(t, again).do(http.StatusOK, http.MethodGet, "/file/"+string(keep)+"?download", "")
			if f, err := again.File(keep); err != nil || f.Downloads != 1 {
				t.Errorf("downloads %d, %v", f.Downloads, err)
			}
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// rename renames a file as the service's own pages do.
func rename(t *testing.T, c *caller, id service.FileID, name string) {
	t.Helper()
	body, kind := formOf(t, "action", "rename", "name", name)
	c.do(http.StatusOK, http.MethodPost, "/file/"+string(id), body, "Content-Type", kind)
}

func TestRecoveryFromACrash(t *testing.T) {
	dir := t.TempDir()
	first := sandboxtest.New(t, in(dir))
	c := call(t, first)
	whole, lost := c.put("whole", "whole"), c.put("lost", "lost")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	// What a crash can leave: an upload half in, contents without their line,
	// half a line, and a line whose contents never reached the disk.
	write := func(path, content string) {
		t.Helper()
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("incoming/upload-123", "half")
	write("contents/41/4141414141414141", "orphan")
	write("contents/notes.txt", "not ours")
	write("own.txt", "not ours")
	for _, path := range contentsBelow(t, dir) {
		if b, err := os.ReadFile(path); err == nil && string(b) == "lost" {
			if err := os.Truncate(path, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	journal := filepath.Join(dir, "sandbox.jsonl")
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"file":{"id":"half`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	again := sandboxtest.New(t, in(dir))
	if got := again.Files(); len(got) != 1 || got[0].ID != whole {
		t.Errorf("files after the crash: %+v, want %s, not %s", got, whole, lost)
	}
	var left []string
	for _, path := range contentsBelow(t, dir) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, string(b))
	}
	if strings.Join(left, ",") != "whole,not ours" && strings.Join(left, ",") != "not ours,whole" {
		t.Errorf("contents after the crash: %q", left)
	}
	call(t, again).put("next", "next")
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if got := len(sandboxtest.New(t, in(dir)).Files()); got != 2 {
		t.Errorf("%d files after an upload and another start", got)
	}
}

func TestDamagedJournalIsNotThrownAway(t *testing.T) {
	dir := t.TempDir()
	bad := []byte("{\"file\":\n{\"drop\":\"x\"}\n")
	path := filepath.Join(dir, "sandbox.jsonl")
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sandbox.Start(t.Context(), sandbox.Config{Dir: dir}); err == nil {
		t.Errorf("started on a damaged journal; close: %v", s.Close())
	} else if !strings.Contains(err.Error(), "line 1") {
		t.Errorf("the error does not say where: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(bad) {
		t.Errorf("the journal is now %q, %v", got, err)
	}
}

func TestDiskThatCannotBeWritten(t *testing.T) {
	for _, folder := range []string{"incoming", "contents"} {
		dir := t.TempDir()
		srv := sandboxtest.New(t, in(dir))
		c := call(t, srv)
		folder = filepath.Join(dir, folder)
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file where a folder was
			t.Fatal(err)
		}
		c.refused(http.StatusInternalServerError, "writing", http.MethodPut, "/file/a", "x")
		if got := srv.Files(); len(got) != 0 {
			t.Errorf("stored %+v", got)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "incoming", "*")); err != nil || len(left) != 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
}

func TestOneServerAFolder(t *testing.T) {
	dir := t.TempDir()
	first := sandboxtest.New(t, in(dir))
	if s, err := sandbox.Start(t.Context(), sandbox.Config{Dir: dir}); err == nil {
		t.Errorf("two servers share a folder; close: %v", s.Close())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	sandboxtest.New(t, in(dir))
}

func TestTemporaryFolderIsRemoved(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)
	srv := sandboxtest.New(t)
	call(t, srv).put("a", "x")
	if left, err := os.ReadDir(temp); err != nil || len(left) != 1 {
		t.Fatalf("while it runs: %v, %v", left, err)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("after Close: %v, %v", left, err)
	}
}

func TestJournalStaysShort(t *testing.T) {
	dir := t.TempDir()
	srv := sandboxtest.New(t, in(dir))
	f, err := srv.Add("a", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 15_000 {
		if err := srv.SetObstacle(f.ID, "", fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "sandbox.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(b), "\n"); lines > 11_000 {
		t.Errorf("%d lines for one file", lines)
	}
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if got := sandboxtest.New(t, in(dir)).Files(); len(got) != 1 || got[0].AvailabilityMessage != "14999" {
		t.Errorf("after a restart: %+v", got)
	}
}

func TestStartRefusesWhatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, cfg := range map[string]sandbox.Config{
		"dialect":        {Dialect: 2021},
		"any address":    {Addr: ":0"},
		"public address": {Addr: "192.0.2.1:80"},
		"no port":        {Addr: "127.0.0.1"},
		"name":           {Addr: "example.com:80"},
		"negative files": {Files: -1},
		"too many files": {Files: 1 << 40},
		"negative size":  {MaxFileSize: -1},
		"a file as Dir":  {Dir: file},
	} {
		if s, err := sandbox.Start(t.Context(), cfg); err == nil {
			t.Errorf("%s: started; close: %v", what, s.Close())
		}
	}
	srv := sandboxtest.New(t)
	if s, err := sandbox.Start(t.Context(), sandbox.Config{Addr: srv.Addr()}); err == nil {
		t.Errorf("two on one port; close: %v", s.Close())
	}
	for _, addr := range []string{"localhost:0", "127.0.0.2:0"} {
		s, err := sandbox.Start(t.Context(), sandbox.Config{Addr: addr})
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestServerOutlivesTheContextOfItsStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := sandbox.Start(ctx, sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	call(t, srv).put("a", "x")
	for range 2 {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	}
}
