package gui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"github.com/ncruces/zenity"
)

// Saver asks where to save a file, with a title that says what is saved and a
// name to begin with. It runs on a goroutine of its own and gives up when ctx
// ends. It gives the path of a file that exists only if it has asked whether that
// may be replaced. "" is no error: nothing was chosen.
type Saver func(ctx context.Context, title, name string) (string, error)

// platformSaver tries the ways to ask in their order: the desktop's own dialog,
// zenity (which is the native dialog outside Linux), Fyne's.
func platformSaver(s *Shell) Saver {
	return func(ctx context.Context, title, name string) (string, error) {
		for _, save := range []Saver{portalSaver, zenitySaver} {
			path, err := save(ctx, title, name)
			if err == nil || ctx.Err() != nil || !errors.Is(err, errNoDialog) {
				return path, err
			}
		}
		return s.fyneSaver(ctx, title, name)
	}
}

func zenitySaver(ctx context.Context, title, name string) (string, error) {
	if home, err := os.UserHomeDir(); err == nil && runtime.GOOS == "linux" {
		name = filepath.Join(home, name) // else it begins where Sluice was started
	}
	path, err := zenity.SelectFileSave(zenity.Context(ctx), zenity.Title(title), zenity.Filename(name), zenity.ConfirmOverwrite())
	switch {
	case errors.Is(err, zenity.ErrCanceled):
		return "", nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", errNoDialog // not installed, or it could not open a window
	}
	return path, nil
}

// fyneSaver asks for the folder only: Fyne's dialog for files empties the
// chosen one before anything can be written. The name is one that is free there.
func (s *Shell) fyneSaver(ctx context.Context, title, name string) (string, error) {
	chosen := make(chan string, 1)
	failed := make(chan error, 1)
	var open *dialog.FileDialog
	s.onMain(func() {
		open = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			switch {
			case err != nil:
				failed <- err
			case u == nil:
				chosen <- ""
			default:
				chosen <- filepath.FromSlash(u.Path())
			}
		}, s.window)
		open.SetTitleText(title)
		open.SetConfirmText(lang.L("Save here"))
		open.Show()
	})
	select {
	case folder := <-chosen:
		if folder == "" {
			return "", nil
		}
		return freeName(folder, name), nil
	case err := <-failed:
		return "", err
	case <-ctx.Done():
		s.onMain(func() { open.Dismiss() })
		return "", ctx.Err()
	}
}

// freeName gives a path in a folder that nothing has: "a.csv", "a (2).csv" …
func freeName(folder, name string) string {
	path := filepath.Join(folder, name)
	ext := filepath.Ext(name)
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
}
