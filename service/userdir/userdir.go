// Package userdir tells where this computer keeps the files of its user, by
// kind: pictures here, downloads there. It only reads, and does not look
// whether a folder is there.
package userdir

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// System is the computer that is asked.
type System struct {
	OS       string // as runtime.GOOS
	Home     string // "" = none
	Getenv   func(name string) string
	ReadFile func(path string) ([]byte, error)
	// Known is the folder for downloads that the system itself names, "" if it
	// does not.
	Known func() string
}

// Here is this computer, with the settings of its user.
func Here() System {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return System{OS: runtime.GOOS, Home: home, Getenv: os.Getenv, ReadFile: os.ReadFile, Known: known}
}

// Downloads is the folder for downloads, absolute; "" when there is no telling,
// because the user has no home.
func Downloads(s System) string {
	if path := s.Known(); path != "" {
		return path
	}
	if s.Home == "" {
		return ""
	}
	if s.OS == "windows" || s.OS == "darwin" {
		return filepath.Join(s.Home, "Downloads")
	}
	config := s.Getenv("XDG_CONFIG_HOME")
	if !strings.HasPrefix(config, "/") {
		config = s.Home + "/.config"
	}
	dirs, err := s.ReadFile(config + "/user-dirs.dirs")
	if err != nil {
		dirs = nil
	}
	return Freedesktop(string(dirs), s.Home, "DOWNLOAD", "Downloads")
}

// Freedesktop is a folder as xdg-user-dirs has set it in a file, or the usual
// one in the user's home. The file is a part of a shell script; the home itself
// is there for a folder that the user does not want.
func Freedesktop(file, home, name, usual string) string {
	path := home + "/" + usual
	for line := range strings.Lines(file) {
		value, is := strings.CutPrefix(strings.TrimSpace(line), "XDG_"+name+`_DIR="`)
		value, ends := strings.CutSuffix(value, `"`)
		if !is || !ends {
			continue
		}
		if rest, inHome := strings.CutPrefix(value, "$HOME/"); inHome {
			value = home + "/" + rest
		}
		if strings.HasPrefix(value, "/") {
			path = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\$`, `$`, "\\`", "`").Replace(value)
		}
	}
	return strings.TrimRight(path, "/")
}
