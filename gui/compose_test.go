package gui

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestTheTableOfComposedCharactersIsKept(t *testing.T) {
	const name = "XCOMPOSECACHE"
	home, cache := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	unset := func() {
		t.Helper()
		t.Setenv(name, "") // brought back after the test
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, want string) {
		t.Helper()
		if runtime.GOOS != "linux" {
			want = ""
		}
		if got := os.Getenv(name); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	unset()
	end := keepCompose(cache)
	check("while it connects", filepath.Join(cache, "compose"))
	end()
	check("after that", "")

	keepCompose("")()
	check("without a folder", "")

	if err := os.Mkdir(filepath.Join(home, ".compose-cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	defer keepCompose(cache)()
	check("where the library has a place already", "")

	t.Setenv(name, "of the user")
	keepCompose(cache)()
	if got := os.Getenv(name); got != "of the user" {
		t.Errorf("the user's place became %q", got)
	}
}
