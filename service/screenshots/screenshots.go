// Package screenshots finds the folder in which this computer puts screenshots,
// by the conventions of platforms, desktops and common programs. It only reads.
package screenshots

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Folder is one that is there.
type Folder struct {
	Path string
	Own  bool // only screenshots go there; else all sorts of files may
}

// System is the computer that is asked.
type System struct {
	OS       string // as runtime.GOOS
	Home     string // "" = none
	Getenv   func(name string) string
	ReadFile func(path string) ([]byte, error)
	IsDir    func(path string) bool
	// Output runs a program and gives what it writes.
	Output func(ctx context.Context, program string, args ...string) (string, error)
	// Known is the folder that the system itself names, "" if it does not.
	Known func() string
}

// programLimit is how long a program may take to tell a setting.
const programLimit = 2 * time.Second

// Here is this computer, with the settings of its user.
func Here() System {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return System{
		OS: runtime.GOOS, Home: home, Getenv: os.Getenv, ReadFile: os.ReadFile, Known: known,
		IsDir: func(path string) bool {
			info, err := os.Stat(path)
			return err == nil && info.IsDir()
		},
		Output: func(ctx context.Context, program string, args ...string) (string, error) {
			ctx, cancel := context.WithTimeout(ctx, programLimit)
			defer cancel()
			cmd := exec.CommandContext(ctx, program, args...)
			cmd.WaitDelay = programLimit // for what it has started
			out, err := cmd.Output()
			return string(out), err
		},
	}
}

// Find gives the folders that are there, the likeliest first: what the user has
// set in a screenshot program comes before what is usual. It may run a program
// that tells a setting, for a few seconds at most.
func Find(ctx context.Context, s System) []Folder {
	var paths, shared []string
	switch s.OS {
	case "windows":
		paths, shared = s.windows()
	case "darwin":
		paths, shared = s.darwin(ctx)
	default:
		paths, shared = s.freedesktop(ctx)
	}
	shared = append(shared, s.Home)
	var found []Folder
	for _, path := range paths {
		path = s.clean(path)
		if path == "" || !s.IsDir(path) || slices.ContainsFunc(found, func(f Folder) bool { return f.Path == path }) {
			continue
		}
		isShared := slices.ContainsFunc(shared, func(other string) bool { return s.clean(other) == path })
		found = append(found, Folder{Path: path, Own: !isShared})
	}
	return found
}

// clean gives an absolute path without a separator at its end, and "" for all
// that can't be a folder for screenshots.
func (s System) clean(path string) string {
	if s.OS == "windows" {
		return strings.TrimRight(path, `\`)
	}
	if !strings.HasPrefix(path, "/") {
		return ""
	}
	return strings.TrimRight(path, "/")
}

// windows: Print Screen with the Windows key. The system knows where, also when
// the folder was moved, into OneDrive for example.
func (s System) windows() (paths, shared []string) {
	paths = append(paths, s.Known())
	for _, base := range []string{s.Getenv("OneDrive"), s.Home} {
		if base != "" {
			paths = append(paths, base+`\Pictures\Screenshots`)
			shared = append(shared, base+`\Pictures`, base+`\Desktop`)
		}
	}
	return paths, shared
}

// darwin: the screenshot program's own setting, else the desktop.
func (s System) darwin(ctx context.Context) (paths, shared []string) {
	set, err := s.Output(ctx, "/usr/bin/defaults", "read", "com.apple.screencapture", "location")
	if err == nil {
		paths = append(paths, s.expand(strings.TrimSpace(set)))
	}
	if s.Home == "" {
		return paths, nil
	}
	shared = []string{s.Home + "/Desktop", s.Home + "/Pictures", s.Home + "/Documents", s.Home + "/Downloads"}
	return append(paths, s.Home+"/Pictures/Screenshots", s.Home+"/Desktop"), shared
}
