package gui

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/library"
)

// listTopic is the topic of what is said about saving lists: the last of it holds.
const listTopic = "list"

// tellEvery is after how many files of a long list the window says how far it is.
const tellEvery = 10_000

// saveList asks for a file and writes a list of the account's files to it.
func (s *Shell) saveList(list files.Listing) {
	links := s.backend.Links()
	name := "sluice-files-" + s.now().Format("2006-01-02") + ".csv"
	s.saveAs(lang.L("Save the list of files"), name, func(path string) {
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		rows := 0
		err := writeWhole(path, func(w io.Writer) (err error) {
			rows, err = s.writeList(ctx, cancel, w, links, list)
			return err
		})
		if s.ctx.Err() == nil {
			s.onMain(func() { s.listSaved(path, rows, err) })
		}
	})
}

// writeList writes the list, and tells how far that is where it takes long.
func (s *Shell) writeList(ctx context.Context, cancel func(), w io.Writer, links service.Links, list files.Listing) (rows int, err error) {
	total := s.format.Number(int64(list.Count))
	return library.WriteSheet(ctx, w, links, list.Files, func(n int) {
		if n == 0 || n%tellEvery != 0 {
			return
		}
		text := lang.L("Saving the list: {{.Done}} of {{.Count}} files", map[string]any{"Done": s.format.Number(int64(n)), "Count": total})
		s.onMain(func() {
			if ctx.Err() == nil {
				s.notices.offer(listTopic, text, lang.L("Cancel"), cancel)
			}
		})
	})
}

// listSaved says what became of it.
func (s *Shell) listSaved(path string, n int, err error) {
	switch {
	case errors.Is(err, context.Canceled):
		s.notices.toast(listTopic, lang.L("Cancelled. Nothing was saved."))
	case err != nil:
		s.notices.say(listTopic, kit.NoticeContent{Text: exportFailure(s.format.Folder(filepath.Dir(path)), err), Color: kit.ColorRed}, 0)
	default:
		text := lang.N("{{.Count}} files listed in {{.Path}}", n, map[string]any{"Count": s.format.Number(int64(n)), "Path": s.format.Folder(path)})
		s.notices.offer(listTopic, text, lang.L("Show folder"), func() { s.showFolder(filepath.Dir(path)) })
	}
}
