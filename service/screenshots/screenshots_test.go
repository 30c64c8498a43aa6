package screenshots

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// computer is made of its folders, files, variables and programs' answers.
type computer struct {
	os, known string
	folders   []string
	files     map[string]string
	env       map[string]string
	programs  map[string]string
}

func (c computer) system() System {
	home := "/home/ann"
	switch c.os {
	case "windows":
		home = `C:\Users\Ann`
	case "darwin":
		home = "/Users/ann"
	}
	return System{
		OS: c.os, Home: home,
		Getenv: func(name string) string { return c.env[name] },
		ReadFile: func(path string) ([]byte, error) {
			text, is := c.files[path]
			if !is {
				return nil, fs.ErrNotExist
			}
			return []byte(text), nil
		},
		IsDir: func(path string) bool { return slices.Contains(c.folders, path) },
		Output: func(_ context.Context, program string, args ...string) (string, error) {
			out, is := c.programs[strings.Join(append([]string{program}, args...), " ")]
			if !is {
				return "no such setting", errors.New("exit status 1")
			}
			return out, nil
		},
		Known: func() string { return c.known },
	}
}

const (
	macSetting   = "/usr/bin/defaults read com.apple.screencapture location"
	gnomeSetting = "gsettings get org.gnome.gnome-screenshot auto-save-directory"
)

func TestFind(t *testing.T) {
	const spectaclerc, userDirs = "/home/ann/.config/spectaclerc", "/home/ann/.config/user-dirs.dirs"
	own := func(path string) Folder { return Folder{Path: path, Own: true} }
	for name, c := range map[string]struct {
		computer

		want []Folder
	}{
		"nothing":           {computer{}, nil},
		"not there":         {computer{folders: []string{"/home/ann", "/home/ann/Pictures"}}, nil},
		"usual":             {computer{folders: []string{"/home/ann/Pictures/Screenshots"}}, []Folder{own("/home/ann/Pictures/Screenshots")}},
		"GNOME in German":   {computer{folders: []string{"/home/ann/Bilder/Bildschirmfotos"}, files: map[string]string{userDirs: "# comment\nXDG_DESKTOP_DIR=\"$HOME/Desk\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n"}}, []Folder{own("/home/ann/Bilder/Bildschirmfotos")}},
		"pictures disabled": {computer{folders: []string{"/home/ann/Screenshots"}, files: map[string]string{userDirs: `XDG_PICTURES_DIR="$HOME/"`}}, []Folder{own("/home/ann/Screenshots")}},
		"pictures elsewhere": {
			computer{folders: []string{`/data/a "b" $c/Screenshots`}, files: map[string]string{userDirs: `XDG_PICTURES_DIR="/data/a \"b\" \$c"`}},
			[]Folder{own(`/data/a "b" $c/Screenshots`)},
		},
		"damaged user-dirs": {
			computer{folders: []string{"/home/ann/Pictures/Screenshots"}, files: map[string]string{userDirs: "XDG_PICTURES_DIR=\nXDG_PICTURES_DIR=\"relative\"\nXDG_PICTURES_DIR=\"/half\n\xff\x00"}},
			[]Folder{own("/home/ann/Pictures/Screenshots")},
		},
		"other config folder": {
			computer{
				folders: []string{"/p/Screenshots"}, env: map[string]string{"XDG_CONFIG_HOME": "/conf"},
				files: map[string]string{"/conf/user-dirs.dirs": `XDG_PICTURES_DIR="/p"`, userDirs: `XDG_PICTURES_DIR="/wrong"`},
			},
			[]Folder{own("/p/Screenshots")},
		},
		"config folder to ignore": {
			computer{folders: []string{"/p/Screenshots"}, env: map[string]string{"XDG_CONFIG_HOME": "conf"}, files: map[string]string{userDirs: `XDG_PICTURES_DIR="/p"`}},
			[]Folder{own("/p/Screenshots")},
		},
		"Spectacle": {
			computer{
				folders: []string{"/home/ann/Pictures/Screenshots", "/home/ann/My Shots", "/wrong"},
				files:   map[string]string{spectaclerc: "[VideoSave]\nimageSaveLocation=file:///wrong\n[ImageSave]\nlastImageSaveLocation=file:///wrong\nimageSaveLocation=file:///home/ann/My%20Shots/\n"},
			},
			[]Folder{own("/home/ann/My Shots"), own("/home/ann/Pictures/Screenshots")},
		},
		"Spectacle in its language": {
			computer{folders: []string{"/home/ann/Pictures/Näytöt"}, files: map[string]string{spectaclerc: "[ImageSave]\ntranslatedScreenshotsFolder=Näytöt\n"}},
			[]Folder{own("/home/ann/Pictures/Näytöt")},
		},
		"Spectacle with a variable": {
			computer{folders: []string{"/home/ann/Shots"}, files: map[string]string{spectaclerc: "[ImageSave]\r\nimageSaveLocation[$e]=file:///$HOME/Shots\r\n"}},
			[]Folder{own("/home/ann/Shots")},
		},
		"Spectacle with a variable in front": {
			computer{folders: []string{"/home/ann/Shots"}, files: map[string]string{spectaclerc: "[ImageSave]\nimageSaveLocation[$e]=file://$HOME/Shots\n"}},
			[]Folder{own("/home/ann/Shots")},
		},
		"older Spectacle": {
			computer{folders: []string{"/s"}, files: map[string]string{spectaclerc: "[Save]\ndefaultSaveLocation=file:///s/\n"}},
			[]Folder{own("/s")},
		},
		"Spectacle to a shared folder": {
			computer{folders: []string{"/home/ann/Desktop"}, files: map[string]string{spectaclerc: "[ImageSave]\nimageSaveLocation=file:///home/ann/Desktop\n"}},
			[]Folder{{Path: "/home/ann/Desktop"}},
		},
		"Spectacle with the computer's name": {
			computer{folders: []string{"/s"}, files: map[string]string{spectaclerc: "[ImageSave]\nimageSaveLocation=file://localhost/s\n"}},
			[]Folder{own("/s")},
		},
		"Spectacle to another computer": {
			computer{folders: []string{"/", ""}, files: map[string]string{spectaclerc: "[ImageSave]\nimageSaveLocation=smb://nas/shots\n[Save]\ndefaultSaveLocation=file:///%zz"}},
			nil,
		},
		"Xfce": {
			computer{folders: []string{"/home/ann/Desktop", "/x"}, files: map[string]string{"/home/ann/.config/xfce4/xfce4-screenshooter": "app=none\nscreenshot_dir=file:/home/ann/Desktop\naction=1\n"}},
			[]Folder{{Path: "/home/ann/Desktop"}},
		},
		"Flameshot": {
			computer{folders: []string{"/home/ann/flames"}, files: map[string]string{"/home/ann/.config/flameshot/flameshot.ini": "[General]\nsavePath=/home/ann/flames\n"}},
			[]Folder{own("/home/ann/flames")},
		},
		"older GNOME": {
			computer{folders: []string{"/home/ann/it's"}, programs: map[string]string{gnomeSetting: "'file:///home/ann/it%27s'\n"}},
			[]Folder{own("/home/ann/it's")},
		},
		"older GNOME, not set": {computer{folders: []string{"", "/"}, programs: map[string]string{gnomeSetting: "''\n"}}, nil},
		"home itself": {
			computer{folders: []string{"/home/ann"}, files: map[string]string{"/home/ann/.config/flameshot/flameshot.ini": "[General]\nsavePath=~\n"}},
			[]Folder{{Path: "/home/ann"}},
		},
		"the same twice": {
			computer{folders: []string{"/home/ann/Pictures/Screenshots"}, files: map[string]string{spectaclerc: "[ImageSave]\nimageSaveLocation=file:///home/ann/Pictures/Screenshots/\n"}},
			[]Folder{own("/home/ann/Pictures/Screenshots")},
		},

		"macOS": {computer{os: "darwin", folders: []string{"/Users/ann/Desktop"}}, []Folder{{Path: "/Users/ann/Desktop"}}},
		"macOS, set": {
			computer{os: "darwin", folders: []string{"/Users/ann/Desktop", "/Users/ann/Shots"}, programs: map[string]string{macSetting: "~/Shots/\n"}},
			[]Folder{own("/Users/ann/Shots"), {Path: "/Users/ann/Desktop"}},
		},
		"macOS, set to what is gone": {
			computer{os: "darwin", folders: []string{"/Users/ann/Desktop"}, programs: map[string]string{macSetting: "/Volumes/gone\n"}},
			[]Folder{{Path: "/Users/ann/Desktop"}},
		},

		"Windows": {computer{os: "windows", folders: []string{`C:\Users\Ann\Pictures\Screenshots`}}, []Folder{own(`C:\Users\Ann\Pictures\Screenshots`)}},
		"Windows, moved": {
			computer{os: "windows", known: `D:\Shots`, folders: []string{`D:\Shots`, `C:\Users\Ann\Pictures\Screenshots`}},
			[]Folder{own(`D:\Shots`), own(`C:\Users\Ann\Pictures\Screenshots`)},
		},
		"Windows, moved to a shared folder": {
			computer{os: "windows", known: `C:\Users\Ann\Desktop\`, folders: []string{`C:\Users\Ann\Desktop`}},
			[]Folder{{Path: `C:\Users\Ann\Desktop`}},
		},
		"Windows, OneDrive": {
			computer{os: "windows", env: map[string]string{"OneDrive": `C:\Users\Ann\OneDrive`}, folders: []string{`C:\Users\Ann\OneDrive\Pictures\Screenshots`}},
			[]Folder{own(`C:\Users\Ann\OneDrive\Pictures\Screenshots`)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Find(t.Context(), c.system()); !slices.Equal(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("[ImageSave]\nimageSaveLocation[$e]=file:///$HOME/x", `XDG_PICTURES_DIR="$HOME/\"a"`)
	f.Fuzz(func(t *testing.T, spectacle, dirs string) {
		s := computer{files: map[string]string{"/home/ann/.config/spectaclerc": spectacle, "/home/ann/.config/user-dirs.dirs": dirs}}.system()
		s.IsDir = func(string) bool { return true }
		for _, folder := range Find(t.Context(), s) {
			if !strings.HasPrefix(folder.Path, "/") || strings.HasSuffix(folder.Path, "/") {
				t.Errorf("%q, %q give %q", spectacle, dirs, folder.Path)
			}
		}
	})
}
