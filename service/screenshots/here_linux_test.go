package screenshots

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The real computer, with a home folder of the test's.
func TestHere(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("PATH", "") // no gsettings of the user's
	shots := filepath.Join(home, "Bilder", "Screenshots")
	for _, dir := range []string{shots, filepath.Join(home, ".config")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte("XDG_PICTURES_DIR=\"$HOME/Bilder\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Find(t.Context(), Here()); !slices.Equal(got, []Folder{{Path: shots, Own: true}}) {
		t.Errorf("got %+v", got)
	}
}
