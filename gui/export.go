package gui

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// exportTopic is the topic of what is said about saving the history: the last of it
// holds.
const exportTopic = "export"

// export asks for a file and writes the history to it, as far as a search
// finds it.
func (s *Shell) export(format upload.ExportFormat, search string) {
	engine := s.backend.Engine
	if engine == nil {
		return
	}
	name := "sluice-history-" + time.Now().Format("2006-01-02") + "." + string(format)
	s.saveAs(lang.L("Save the history"), name, func(path string) {
		rows, err := saveWhole(path, format, func(w io.Writer) error { return engine.Export(s.ctx, w, format, search) })
		if s.ctx.Err() == nil {
			s.onMain(func() { s.exported(path, rows, err) })
		}
	})
}

// saveAs asks where to save a file and has it written there, away from the
// interface goroutine. A dialog that is still open is given up for this one.
func (s *Shell) saveAs(title, name string, write func(path string)) {
	if s.picks != nil {
		s.picks()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.picks = cancel
	s.wg.Go(func() {
		defer cancel()
		path, err := s.cfg.Save(ctx, title, name)
		if ctx.Err() != nil {
			return
		}
		if err != nil || path == "" {
			s.TellError("choose a file", err)
			return
		}
		write(path)
	})
}

// exported says what became of an export.
func (s *Shell) exported(path string, rows int, err error) {
	if err != nil {
		s.notices.say(exportTopic, kit.NoticeContent{Text: exportFailure(s.format.Folder(filepath.Dir(path)), err), Color: kit.ColorRed}, 0)
		return
	}
	text := lang.N("{{.Count}} uploads saved in {{.Path}}", rows,
		map[string]any{"Count": s.format.Number(int64(rows)), "Path": s.format.Folder(path)})
	s.notices.offer(exportTopic, text, lang.L("Show folder"), func() { s.showFolder(filepath.Dir(path)) })
}

// exportFailure says in words why nothing was saved in a folder.
func exportFailure(folder string, err error) string {
	in := map[string]any{"Folder": folder}
	if e, ok := errors.AsType[*service.Error](err); ok && e.Op == "read the history" {
		return lang.L("The history can’t be read, so nothing was saved. Try again; the log in Sluice’s folder has details.")
	}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return lang.L("Sluice can’t write to {{.Folder}}, so nothing was saved. Choose another folder.", in)
	case errors.Is(err, syscall.ENOSPC):
		return lang.L("There is no space left in {{.Folder}}, so nothing was saved. Free up space, or choose another folder.", in)
	case errors.Is(err, fs.ErrNotExist):
		return lang.L("{{.Folder}} is no longer there, so nothing was saved. Choose another folder.", in)
	}
	return lang.L("The file could not be saved in {{.Folder}}. What was there before is unchanged. Choose another folder.", in)
}

// showFolder shows a folder in the file manager.
func (s *Shell) showFolder(path string) {
	s.Act(func(context.Context) {
		if err := s.cfg.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}); err != nil {
			s.Tell(lang.L("Sluice could not open a file manager. The folder is {{.Folder}}", map[string]any{"Folder": s.format.Folder(path)}))
		}
	})
}

// saveWhole is writeWhole for an export, and gives the number of its rows.
func saveWhole(path string, format upload.ExportFormat, write func(io.Writer) error) (rows int, err error) {
	counter := &rowCounter{format: format}
	err = writeWhole(path, func(w io.Writer) error {
		counter.w = w
		return write(counter)
	})
	return counter.rows(), err
}

// writeWhole writes a file under another name first, so that path never has half
// of it.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	if whole, err := filepath.EvalSymlinks(path); err == nil {
		path = whole // what a link leads to is replaced, not the link
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".sluice-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // the second time, or it does not matter
			_ = os.Remove(f.Name())
		}
	}()
	if before, err := os.Stat(path); err == nil {
		_ = f.Chmod(before.Mode().Perm()) // else it is for its owner only
	}
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// rowCounter counts the rows of an export on their way.
type rowCounter struct {
	w      io.Writer
	format upload.ExportFormat
	lines  int
	quoted bool // in CSV: within quotes, where a line break ends no row
}

// Write passes everything on.
func (c *rowCounter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	for _, ch := range b[:n] {
		switch {
		case ch == '"' && c.format == upload.CSV:
			c.quoted = !c.quoted
		case ch == '\n' && !c.quoted:
			c.lines++
		}
	}
	return n, err
}

// rows leaves out the line of titles, or those with JSON's brackets.
func (c *rowCounter) rows() int {
	if c.format == upload.CSV {
		return max(0, c.lines-1)
	}
	return max(0, c.lines-2)
}
