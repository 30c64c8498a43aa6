package userdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestDownloads(t *testing.T) {
	const dirs, set = "/home/ann/.config/user-dirs.dirs", `XDG_DOWNLOAD_DIR="$HOME/Heruntergeladenes"` + "\n"
	for name, c := range map[string]struct {
		os, known, config string
		homeless          bool
		files             map[string]string
		want              string
	}{
		"nothing set":          {os: "linux", want: "/home/ann/Downloads"},
		"in the home":          {os: "linux", files: map[string]string{dirs: "# made by xdg-user-dirs\n" + set}, want: "/home/ann/Heruntergeladenes"},
		"elsewhere":            {os: "linux", files: map[string]string{dirs: `XDG_DOWNLOAD_DIR="/data/in \$5/"`}, want: "/data/in $5"},
		"own place for config": {os: "freebsd", config: "/c", files: map[string]string{"/c/user-dirs.dirs": set}, want: "/home/ann/Heruntergeladenes"},
		"relative config":      {os: "linux", config: "c", files: map[string]string{dirs: set}, want: "/home/ann/Heruntergeladenes"},
		"turned off":           {os: "linux", files: map[string]string{dirs: `XDG_DOWNLOAD_DIR="$HOME/"`}, want: "/home/ann"},
		"damaged":              {os: "linux", files: map[string]string{dirs: "XDG_DOWNLOAD_DIR=\"\x00\nXDG_DOWNLOAD_DIR=\"in/here\"\n=\""}, want: "/home/ann/Downloads"},
		"the last one counts":  {os: "linux", files: map[string]string{dirs: `XDG_DOWNLOAD_DIR="/a"` + "\n" + `XDG_DOWNLOAD_DIR="/b"`}, want: "/b"},
		"another folder":       {os: "linux", files: map[string]string{dirs: `XDG_PICTURES_DIR="/a"`}, want: "/home/ann/Downloads"},
		"no home":              {os: "linux", homeless: true},
		"mac":                  {os: "darwin", files: map[string]string{dirs: set}, want: filepath.Join("/home/ann", "Downloads")},
		"the system knows":     {os: "windows", known: `D:\In`, want: `D:\In`},
		"the system does not":  {os: "windows", want: filepath.Join("/home/ann", "Downloads")},
	} {
		t.Run(name, func(t *testing.T) {
			s := System{
				OS: c.os, Home: "/home/ann", Known: func() string { return c.known },
				Getenv: func(name string) string {
					if name == "XDG_CONFIG_HOME" {
						return c.config
					}
					return ""
				},
				ReadFile: func(path string) ([]byte, error) {
					if text, ok := c.files[path]; ok {
						return []byte(text), nil
					}
					return nil, fs.ErrNotExist
				},
			}
			if c.homeless {
				s.Home = ""
			}
			if got := Downloads(s); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestDownloadsHere(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	if err := os.WriteFile(filepath.Join(home, "user-dirs.dirs"), []byte(`XDG_DOWNLOAD_DIR="$HOME/Downloads"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Downloads(Here()); filepath.Base(got) != "Downloads" || !filepath.IsAbs(got) {
		t.Errorf("%q", got)
	}
}
