package history

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// Kinds of rows.
const (
	kindTitle = iota // of a day, and the last one while there is more to read
	kindUpload
)

// ahead is how many rows before the end the next page is read.
const ahead = 60

func (s *Screen) source() kit.RowSource {
	return kit.RowSource{
		Count: s.model.Rows,
		Key:   s.model.Key,
		Kind: func(i int) int {
			if s.model.Key(i) < 0 {
				return kindTitle
			}
			return kindUpload
		},
		Height: func(kind int) float32 {
			if kind == kindTitle {
				return kit.RowTitleHeight
			}
			return rowHeight
		},
		New: func(kind int) fyne.CanvasObject {
			if kind == kindTitle {
				return kit.NewRowTitle()
			}
			return newRow(s)
		},
		Update: s.update,
		Cursor: func(i int) bool { return s.model.Key(i) >= 0 },
		Typed:  s.typed,
		Letter: s.TypedRune,
		Menu:   s.menu,
		Mark: func(o fyne.CanvasObject, marked bool) {
			if r, ok := o.(*row); ok {
				r.mark(marked)
			}
		},
	}
}

func (s *Screen) update(i int, o fyne.CanvasObject) {
	if i >= s.model.Rows()-ahead {
		s.more()
	}
	day, job := s.model.Row(i)
	switch o := o.(type) {
	case *row:
		if job != nil {
			o.set(job, s.cfg.Words.Row(job), i == s.model.Rows()-1)
		}
	case *kit.RowTitle:
		switch {
		case day != nil:
			s.updateTitle(o, day, i)
		case s.model.Err() != nil:
			o.Set(lang.L("The rest can’t be read"), lang.L("Try again"), s.again)
		default:
			o.Set(lang.L("Reading more…"), "", nil)
		}
	}
}

func (s *Screen) updateTitle(title *kit.RowTitle, day *Day, i int) {
	if !day.HasLinks() {
		title.Set(s.cfg.Words.Title(day), "", nil)
		return
	}
	key := s.model.Key(i)
	title.Set(s.cfg.Words.Title(day), lang.L("Copy all links"), func() {
		if d := s.model.DayOf(key); d != nil { // the list may have changed
			s.copyDay(d)
		}
	})
}

// typed runs the keys that do something to the row under the cursor.
func (s *Screen) typed(i int, e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		s.escape()
		return
	}
	_, job := s.model.Row(i)
	if job == nil || job.Link == "" {
		return
	}
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyReturn, fyne.KeyEnter:
		s.visit(*job)
	case fyne.KeySpace:
		s.copy(*job)
	}
}

// menu shows what can be done with a row, in words.
func (s *Screen) menu(i int, at fyne.Position) {
	_, job := s.model.Row(i)
	c := kit.Canvas(s.root)
	if job == nil || job.Link == "" || c == nil {
		return
	}
	of := *job
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem(lang.L("Copy link"), func() { s.copy(of) }),
		fyne.NewMenuItem(lang.L("Open in the browser"), func() { s.visit(of) })), c, at)
}
