package gui

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"github.com/ncruces/zenity"

	"sluice/service/upload"
)

// Picking says what a Picker asks for: files, many at once, if not otherwise.
type Picking struct {
	Title   string
	Folders bool
	One     bool // just one
}

// Picker asks for files or folders. It runs on a goroutine of its own and gives
// up when ctx ends. Nothing chosen is no error.
type Picker func(ctx context.Context, what Picking) ([]string, error)

// choose asks for files or folders and uploads them.
func (s *Shell) choose(folders bool) {
	s.pick(Picking{Title: pickTitle(folders), Folders: folders}, func(paths []string) { s.take(upload.Choose, paths) })
}

// pickFolder asks for one folder; chosen is called on the interface goroutine,
// if one was chosen.
func (s *Shell) pickFolder(title string, chosen func(path string)) {
	s.pick(Picking{Title: title, Folders: true, One: true}, func(paths []string) {
		if len(paths) > 0 {
			chosen(paths[0])
		}
	})
}

// pick asks and hands on what was chosen, on the interface goroutine. A dialog
// that is still open is given up for the new one.
func (s *Shell) pick(what Picking, chosen func(paths []string)) {
	if s.picks != nil {
		s.picks()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.picks = cancel
	s.wg.Go(func() {
		defer cancel()
		paths, err := s.cfg.Pick(ctx, what)
		if ctx.Err() != nil {
			return
		}
		s.onMain(func() {
			if err != nil {
				s.TellError("choose files", err)
				return
			}
			chosen(paths)
		})
	})
}

// errNoDialog means that a way to ask is not there on this computer.
var errNoDialog = errors.New("no such dialog here")

// platformPicker tries the ways to ask in their order: the desktop's own
// dialog, zenity (which is the native dialog outside Linux), Fyne's.
func platformPicker(s *Shell) Picker {
	return func(ctx context.Context, what Picking) ([]string, error) {
		for _, pick := range []Picker{portalPicker, zenityPicker} {
			paths, err := pick(ctx, what)
			if err == nil || ctx.Err() != nil || !errors.Is(err, errNoDialog) {
				return paths, err
			}
		}
		return s.fynePicker(ctx, what)
	}
}

func zenityPicker(ctx context.Context, what Picking) (paths []string, err error) {
	options := []zenity.Option{zenity.Context(ctx), zenity.Title(what.Title)}
	if what.Folders {
		options = append(options, zenity.Directory())
	}
	if what.One {
		var path string
		path, err = zenity.SelectFile(options...)
		paths = []string{path}
	} else {
		paths, err = zenity.SelectFileMultiple(options...)
	}
	switch {
	case errors.Is(err, zenity.ErrCanceled):
		return nil, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, errNoDialog // not installed, or it could not open a window
	}
	return paths, nil
}

// fynePicker asks with Fyne's own dialog, which takes one file at a time.
func (s *Shell) fynePicker(ctx context.Context, what Picking) ([]string, error) {
	chosen := make(chan []string, 1)
	failed := make(chan error, 1)
	var open *dialog.FileDialog
	s.onMain(func() {
		done := func(u fyne.URI, err error) {
			switch {
			case err != nil:
				failed <- err
			case u == nil:
				chosen <- nil
			default:
				chosen <- []string{filepath.FromSlash(u.Path())}
			}
		}
		if what.Folders {
			open = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
				if u == nil {
					done(nil, err)
					return
				}
				done(u, err)
			}, s.window)
		} else {
			file := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
				if f == nil {
					done(nil, err)
					return
				}
				_ = f.Close() // the engine opens it itself
				done(f.URI(), err)
			}, s.window)
			file.SetFilter(withContent{})
			open = file
		}
		open.SetTitleText(what.Title)
		open.Show()
	})
	select {
	case paths := <-chosen:
		return paths, nil
	case err := <-failed:
		return nil, err
	case <-ctx.Done():
		s.onMain(func() { open.Dismiss() })
		return nil, nil
	}
}

// withContent lets Fyne's dialog show files with content only. It opens what it
// shows, and a pipe or a device would stop the window until somebody writes.
type withContent struct{}

// Matches is Fyne's.
func (withContent) Matches(u fyne.URI) bool {
	info, err := os.Stat(filepath.FromSlash(u.Path()))
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}

func pickTitle(folders bool) string {
	if folders {
		return lang.L("Choose folders to upload")
	}
	return lang.L("Choose files to upload")
}
