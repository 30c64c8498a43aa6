package gui

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/files"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/library"
	"sluice/service/settings"
)

// How many pages are opened in the browser without asking, and at all.
const (
	manyPages = 10
	mostPages = 100
)

// newFiles makes the Files screen.
func newFiles(s *Shell) *files.Screen {
	return files.New(files.Config{
		Format: s.format, Now: func() time.Time { return s.now() }, OnMain: s.early.do, After: s.cfg.After, Long: ErrorText, Short: ErrorShort,
		FormatOf: func() service.LinkFormat { return s.values.LinkFormat }, NameOf: FormatName,
		Early: !s.early.over, Canvas: s.window.Canvas,
		Look: files.Look{View: s.values.FilesView, Order: s.values.FilesOrder, Picture: s.values.FilesPicture},
		Outside: files.Outside{
			Copy: s.copyTargets, Text: s.copyText, Open: s.openFiles, Tell: s.toast, Keep: s.keepFiles,
			Ask:     func(title, text string, answers ...kit.Answer) { s.ask(nil, title, text, answers...) },
			Account: func() { s.Show("settings") }, Upload: func() { s.choose(false) }, Changed: s.filesChanged,
			Download: s.downloadFiles, Warn: s.Tell, Dialog: s.dialog, Save: s.saveList,
			Show: s.showDeletion, Hide: s.hideDeletion,
			Note: func(c kit.NoticeContent) { s.notices.forFiles(c) }, Escape: func() bool { return s.notices.cards.Escape() },
		},
	})
}

// showDeletion shows how far a deletion is; a question may be about that.
func (s *Shell) showDeletion(n *kit.Notice) {
	s.notices.cards.Put(n)
	s.reconsider()
}

// hideDeletion takes that away.
func (s *Shell) hideDeletion(n *kit.Notice) {
	s.notices.cards.Take(n)
	s.reconsider()
}

// dialog shows something above the window in place of any question.
func (s *Shell) dialog(width float32, title string, body fyne.CanvasObject, focus fyne.Focusable, buttons ...*kit.Button) (hide func()) {
	s.unask()
	s.question = question{hide: kit.Dialog(s.window.Canvas(), width, title, body, focus, buttons...)}
	return s.unask
}

// copyTargets puts links to files on the clipboard, "" in the format that is
// set.
func (s *Shell) copyTargets(format service.LinkFormat, targets []service.LinkTarget) {
	if format == "" {
		format = s.values.LinkFormat
	}
	s.cfg.App.Clipboard().SetContent(s.backend.Links().Write(format, s.values.LinkTemplate, targets))
	s.toastCopied(len(targets))
}

func (s *Shell) copyText(text string) {
	s.cfg.App.Clipboard().SetContent(text)
	s.notices.toast(clipboardTopic, lang.L("Copied"))
}

// openFiles shows the pages of files in the browser, and asks first where that
// would be very many.
func (s *Shell) openFiles(ids []service.FileID) {
	links := s.backend.Links()
	do := func() {
		for _, id := range ids {
			s.OpenURL(links.File(id))
		}
	}
	if len(ids) <= manyPages {
		do()
		return
	}
	count := map[string]any{"Count": s.format.Number(int64(len(ids)))}
	if len(ids) > mostPages {
		s.ask(nil, lang.N("{{.Count}} pages are too many for a browser", len(ids), count),
			lang.L("Select fewer files, or copy their links as “One address for all”."), kit.Answer{Label: lang.L("Close"), Kind: kit.ButtonPrimary})
		return
	}
	s.ask(nil, lang.N("Open {{.Count}} pages in the browser?", len(ids), count),
		lang.L("Each file opens in a tab of its own. To show many files on one page, copy their links as “One address for all”."),
		kit.Answer{Label: lang.L("Open all"), Kind: kit.ButtonPlain, Do: do},
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPrimary})
}

// keepFiles remembers how the Files screen looks.
func (s *Shell) keepFiles(look files.Look) {
	store := s.backend.Settings
	s.acts.add(func(ctx context.Context) {
		err := store.Change(ctx, func(v *settings.Values) {
			v.FilesView, v.FilesOrder, v.FilesPicture = look.View, look.Order, look.Picture
		})
		if err != nil {
			s.log.WarnContext(ctx, "the look of the files is not kept", slog.Any("err", err))
		}
	})
}

// filesChanged tells in the navigation how many files there are.
func (s *Shell) filesChanged(status library.Status) {
	count := ""
	if status.Files > 0 {
		count = s.format.Number(int64(status.Files))
	}
	s.frame.setCount("files", count)
	s.frame.setLibrary(status)
}

// listenForKeys sends keys that went to nothing to the screen that is shown.
func (s *Shell) listenForKeys() {
	c := s.window.Canvas()
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { s.find() })
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { s.quit() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch {
		case e.Name == fyne.KeyEscape && c.Overlays().Top() != nil:
			s.escape(e)
		case e.Name == fyne.KeyEscape && s.notices.cards.Escape():
		case s.filesSeen():
			s.files.TypedKey(e)
		case s.watchedSeen():
			s.watched.TypedKey(e)
		case s.historySeen():
			s.history.TypedKey(e)
		}
	})
	c.SetOnTypedRune(func(r rune) {
		switch {
		case s.filesSeen():
			s.files.TypedRune(r)
		case s.historySeen():
			s.history.TypedRune(r)
		}
	})
	for _, shortcut := range []fyne.Shortcut{&fyne.ShortcutSelectAll{}, &fyne.ShortcutCopy{}, &fyne.ShortcutUndo{}} {
		c.AddShortcut(shortcut, s.shortcut)
	}
}

// shortcut takes one that is for the files. The bar with Undo is on every screen.
func (s *Shell) shortcut(shortcut fyne.Shortcut) {
	if s.filesSeen() {
		s.files.TypedShortcut(shortcut)
	} else if _, ok := shortcut.(*fyne.ShortcutUndo); ok {
		s.files.TakeBack()
	}
}

// escape takes away what stands above the window and did not take the key itself:
// a dialog of Fyne's for files, or what explains the search.
func (s *Shell) escape(e *fyne.KeyEvent) {
	if s.picks != nil {
		s.picks()
	}
	if s.filesSeen() {
		s.files.TypedKey(e)
	}
}

// filesSeen reports whether the files are what the window shows.
func (s *Shell) filesSeen() bool { return s.frame.current == "files" }

// find goes to the search of what the window shows.
func (s *Shell) find() {
	switch {
	case s.filesSeen():
		s.files.Find()
	case s.historySeen():
		s.history.Find()
	}
}

// after runs a function on the interface goroutine once, later.
func (s *Shell) after(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, func() { s.onMain(f) })
	return func() { t.Stop() }
}
