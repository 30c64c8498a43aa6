//go:build unix

package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	dirs := []byte("# comment\nXDG_MUSIC_DIR=\"$HOME/M\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n")
	for _, c := range []struct {
		system, oneDrive string
		dirs             []byte
		want             []string
	}{
		{"linux", "", nil, []string{"/h/Pictures/Screenshots", "/h/Pictures"}},
		{"linux", "", dirs, []string{"/h/Bilder/Screenshots", "/h/Pictures/Screenshots", "/h/Bilder"}},
		{"linux", "", []byte(`XDG_PICTURES_DIR="/data/p"`), []string{"/data/p/Screenshots", "/h/Pictures/Screenshots", "/data/p"}},
		{"linux", "", []byte(`XDG_PICTURES_DIR="$HOME/"`), []string{"/h/Screenshots", "/h/Pictures/Screenshots"}},
		{"linux", "", []byte(`XDG_PICTURES_DIR="relative"`), []string{"/h/Pictures/Screenshots", "/h/Pictures"}},
		{"darwin", "", nil, []string{"/h/Pictures/Screenshots", "/h/Desktop"}},
		{"windows", "/h/OneDrive", nil, []string{"/h/OneDrive/Pictures/Screenshots", "/h/Pictures/Screenshots", "/h/Videos/Captures"}},
		{"windows", "", nil, []string{"/h/Pictures/Screenshots", "/h/Videos/Captures"}},
	} {
		if got := candidates(c.system, "/h", c.oneDrive, c.dirs); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %q, want %q", c.system, c.dirs, got, c.want)
		}
	}
}

func TestSuggestNamesWhatIsThere(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	if got := Suggest(); len(got) != 0 {
		t.Errorf("nothing is there, but %q", got)
	}
	want := filepath.Join(home, "Pictures", "Screenshots")
	if err := os.MkdirAll(want, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := Suggest(); len(got) == 0 || got[0] != want {
		t.Errorf("%q, want %q first", got, want)
	}
}
