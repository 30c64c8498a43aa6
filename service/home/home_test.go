package home

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestFindBelowTheVariable(t *testing.T) {
	root := t.TempDir()
	h, err := Find(env(Variable, root, "HOME", "/elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{h.Data, h.Cache, h.Logs, h.Sandbox().Data, h.Sandbox().Cache, h.Sandbox().Logs} {
		if rel, err := filepath.Rel(root, dir); err != nil || strings.HasPrefix(rel, "..") {
			t.Errorf("%q is not below %q", dir, root)
		}
	}
	if h.Sandbox().Data == h.Data {
		t.Error("the sandbox shares the real folder")
	}
	t.Chdir(root)
	h, err = Find(env(Variable, "here"))
	if err != nil || !filepath.IsAbs(h.Data) || filepath.Base(h.Data) != "here" {
		t.Errorf("a relative folder became %q, %v", h.Data, err)
	}
}

func TestPlatformFolders(t *testing.T) {
	j := filepath.Join
	for _, c := range []struct {
		goos        string
		env         func(string) string
		data, cache string
	}{
		{"linux", env("HOME", "/h"), j("/h", ".local", "share", "sluice"), j("/h", ".cache", "sluice")},
		{"linux", env("HOME", "/h", "XDG_DATA_HOME", "relative", "XDG_CACHE_HOME", "/c"), j("/h", ".local", "share", "sluice"), j("/c", "sluice")},
		{"freebsd", env("XDG_DATA_HOME", "/d", "XDG_CACHE_HOME", "/c"), j("/d", "sluice"), j("/c", "sluice")},
		{"darwin", env("HOME", "/h"), j("/h", "Library", "Application Support", "Sluice"), j("/h", "Library", "Caches", "Sluice")},
		{"windows", env("LocalAppData", "/l"), j("/l", "Sluice"), j("/l", "Sluice", "cache")},
	} {
		h, err := platform(c.goos, c.env)
		if err != nil || h.Data != c.data || h.Cache != c.cache || h.Logs != j(c.data, "logs") {
			t.Errorf("%s: got %+v, %v", c.goos, h, err)
		}
	}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		if h, err := platform(goos, env()); err == nil || !strings.Contains(err.Error(), Variable) {
			t.Errorf("%s without a home: %+v, %v", goos, h, err)
		}
	}
}

func TestMakeIsPrivate(t *testing.T) {
	h, err := Find(env(Variable, filepath.Join(t.TempDir(), "a", "b")))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.Make(); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(h.Data)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder has mode %v", info.Mode())
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Home{Data: filepath.Join(file, "x")}).Make(); err == nil {
		t.Error("a folder below a file was made")
	}
}
