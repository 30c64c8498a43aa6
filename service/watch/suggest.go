package watch

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Suggest gives the folders of this computer that screenshots are put into, the
// likeliest first: only those that exist. It reads the disk.
func Suggest() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) {
		config = filepath.Join(home, ".config")
	}
	dirs, err := os.ReadFile(filepath.Join(config, "user-dirs.dirs"))
	if err != nil {
		dirs = nil // the usual folders then
	}
	return slices.DeleteFunc(candidates(runtime.GOOS, home, os.Getenv("OneDrive"), dirs), func(path string) bool {
		info, err := os.Stat(path)
		return err != nil || !info.IsDir()
	})
}

// candidates gives where systems and their screenshot tools put pictures of
// the screen: GNOME into Screenshots and KDE's Spectacle into Screenshots or the
// folder of pictures itself, which userDirs may name; Windows into Screenshots,
// also within OneDrive; macOS onto the desktop.
func candidates(system, home, oneDrive string, userDirs []byte) (all []string) {
	add := func(path ...string) {
		if p := filepath.Join(path...); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	switch system {
	case "darwin":
		add(home, "Pictures", "Screenshots")
		add(home, "Desktop")
	case "windows":
		if oneDrive != "" {
			add(oneDrive, "Pictures", "Screenshots")
		}
		add(home, "Pictures", "Screenshots")
		add(home, "Videos", "Captures")
	default:
		pictures := userDir(userDirs, "XDG_PICTURES_DIR", home)
		if pictures == "" {
			pictures = filepath.Join(home, "Pictures")
		}
		add(pictures, "Screenshots")
		add(home, "Pictures", "Screenshots")
		if pictures != home {
			add(pictures)
		}
	}
	return all
}

// userDir finds a folder in the text of user-dirs.dirs, "" when it is not
// there.
func userDir(text []byte, key, home string) string {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if !ok || name != key {
			continue
		}
		value = strings.Trim(value, `"`)
		if rest, ok := strings.CutPrefix(value, "$HOME"); ok {
			value = home + rest
		}
		if filepath.IsAbs(value) {
			return filepath.Clean(value)
		}
	}
	return ""
}
