package gui

import (
	"context"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/upload"
)

// dropped takes what was dropped anywhere on the window.
func (s *Shell) dropped(uris []fyne.URI) {
	paths := make([]string, 0, len(uris))
	for _, u := range uris {
		paths = append(paths, pathOf(u.Scheme(), u.Path(), u.String()))
	}
	s.take(upload.Drop, paths)
}

// paste takes the files on the clipboard: what file managers put there as text.
// For links to files of the service it asks whether to download them.
func (s *Shell) paste() {
	text := s.cfg.App.Clipboard().Content()
	paths := clipboardPaths(text)
	if !slices.ContainsFunc(paths, filepath.IsAbs) && s.hasLinks(text) {
		s.askLinks(text)
		return
	}
	if len(paths) == 0 {
		s.notices.tell(lang.L("There are no files on the clipboard, and no links to files. Copy files in your file manager, or links to download, then paste them here."), kit.ColorAmber)
		return
	}
	if !slices.ContainsFunc(paths, filepath.IsAbs) {
		// Most often the links that were copied last: no rows for them.
		s.notices.tell(lang.L("The clipboard has a web address, not a file. Save what it points to first, then drop or paste the file."), kit.ColorAmber)
		return
	}
	s.take(upload.Paste, paths)
}

// take hands paths to the engine, which keeps them before it does anything else.
func (s *Shell) take(origin upload.Origin, paths []string) {
	if len(paths) == 0 {
		return
	}
	if s.backend.Engine == nil {
		s.notices.tell(lang.L("There is nowhere to upload to yet. Nothing was added. Enter an API key or try the sandbox first."), kit.ColorAmber)
		return
	}
	s.Show("uploads")
	s.act("add files", func(ctx context.Context, e *upload.Engine) error {
		_, err := e.Add(ctx, origin, paths)
		return err
	})
}

// pathOf gives the path of a dropped URI. A browser's web address, which
// arrives as file:///<some folder>/https:/example.com/x.png or as it is, is
// handed on as an address, so that its row can say what it is.
func pathOf(scheme, path, whole string) string {
	if scheme == "http" || scheme == "https" || scheme == "ftp" {
		return whole
	}
	if address, ok := webAddress(path); ok {
		return address
	}
	return filepath.FromSlash(path)
}

// webAddress finds the address in a path that a drop from a browser made of it.
func webAddress(path string) (string, bool) {
	for _, scheme := range []string{"https:/", "http:/", "ftp:/"} {
		at := strings.Index(path, scheme)
		if at < 0 || at > 0 && path[at-1] != '/' {
			continue
		}
		rest := strings.TrimLeft(path[at+len(scheme):], "/")
		if host, _, _ := strings.Cut(rest, "/"); strings.ContainsAny(host, ".:") || host == "localhost" {
			return scheme + "/" + rest, true
		}
	}
	return "", false
}

// clipboardPaths reads the files out of copied text: file:// addresses or
// absolute paths, one a line, and web addresses as they are. Text with anything
// else in it names no files.
func clipboardPaths(text string) []string {
	paths := []string{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n\x00")
		switch line {
		case "", "copy", "cut", "x-special/nautilus-clipboard", "x-special/gnome-copied-files":
			continue
		}
		path, ok := clipboardPath(line)
		if !ok {
			return nil
		}
		paths = append(paths, path)
	}
	return paths
}

func clipboardPath(line string) (string, bool) {
	if strings.HasPrefix(line, "file:") {
		u, err := url.Parse(line)
		if err != nil || u.Path == "" {
			return "", false
		}
		path := u.Path
		if runtime.GOOS == "windows" {
			path = strings.TrimPrefix(path, "/")
		}
		return filepath.FromSlash(path), true
	}
	if trimmed := strings.Trim(line, `"`); filepath.IsAbs(trimmed) {
		return trimmed, true
	}
	if address, ok := webAddress(line); ok && address == line && !strings.Contains(line, " ") {
		return line, true
	}
	return "", false
}
