// Package home says where Sluice keeps things on this computer, and writes its
// log there. It knows no other part of Sluice.
package home

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Home is the set of folders of one Sluice. All are absolute.
type Home struct {
	Data  string // the database and the lock of the running instance
	Cache string // what can be deleted at any time
	Logs  string // the log files
}

// Variable is the environment variable that puts everything below one folder.
const Variable = "SLUICE_HOME"

// Find gives the folders: below SLUICE_HOME when it is set, else where this
// platform keeps the data and caches of programs. It creates nothing.
func Find(getenv func(string) string) (Home, error) {
	if root := getenv(Variable); root != "" {
		abs, err := filepath.Abs(root)
		if err != nil {
			return Home{}, fmt.Errorf("%s %q: %w", Variable, root, err)
		}
		return Home{Data: abs, Cache: filepath.Join(abs, "cache"), Logs: filepath.Join(abs, "logs")}, nil
	}
	return platform(runtime.GOOS, getenv)
}

// platform follows the XDG base directories, Windows' known folders and
// macOS' Library. A relative XDG variable is to be ignored, says XDG.
func platform(goos string, getenv func(string) string) (Home, error) {
	user := getenv("HOME")
	switch goos {
	case "windows":
		local := getenv("LocalAppData")
		if local == "" {
			return Home{}, errors.New("the variable LocalAppData is not set; set " + Variable + " to a folder")
		}
		root := filepath.Join(local, "Sluice")
		return Home{Data: root, Cache: filepath.Join(root, "cache"), Logs: filepath.Join(root, "logs")}, nil
	case "darwin", "ios":
		if user == "" {
			return Home{}, errNoHome()
		}
		data := filepath.Join(user, "Library", "Application Support", "Sluice")
		return Home{
			Data:  data,
			Cache: filepath.Join(user, "Library", "Caches", "Sluice"),
			Logs:  filepath.Join(data, "logs"),
		}, nil
	default:
		data, cache := getenv("XDG_DATA_HOME"), getenv("XDG_CACHE_HOME")
		if user == "" && (!filepath.IsAbs(data) || !filepath.IsAbs(cache)) {
			return Home{}, errNoHome()
		}
		if !filepath.IsAbs(data) {
			data = filepath.Join(user, ".local", "share")
		}
		if !filepath.IsAbs(cache) {
			cache = filepath.Join(user, ".cache")
		}
		data = filepath.Join(data, "sluice")
		return Home{Data: data, Cache: filepath.Join(cache, "sluice"), Logs: filepath.Join(data, "logs")}, nil
	}
}

func errNoHome() error {
	return errors.New("the variable HOME is not set; set " + Variable + " to a folder")
}

// Sandbox is the home of the embedded sandbox, so that what is tried there
// never mixes with the real queue.
func (h Home) Sandbox() Home {
	root := filepath.Join(h.Data, "sandbox")
	return Home{Data: root, Cache: filepath.Join(h.Cache, "sandbox"), Logs: filepath.Join(root, "logs")}
}

// Make creates the folders that are missing, readable by their owner only.
func (h Home) Make() error {
	for _, dir := range []string{h.Data, h.Cache, h.Logs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the folder %q: %w", dir, err)
		}
	}
	return nil
}
