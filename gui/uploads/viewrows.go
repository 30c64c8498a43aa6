package uploads

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
)

// Kinds of rows.
const (
	kindTitle = iota
	kindItem
)

// rowHeight is how high the row of an item is.
const rowHeight float32 = 59

func (s *Screen) source() kit.RowSource {
	return kit.RowSource{
		Count: s.model.Rows,
		Key:   s.model.Key,
		Kind: func(i int) int {
			if _, item := s.model.Row(i); item == nil {
				return kindTitle
			}
			return kindItem
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
			return newItemRow(s)
		},
		Update: s.update,
		Cursor: func(i int) bool {
			_, item := s.model.Row(i)
			return item != nil
		},
		Typed: s.typed,
		Menu:  s.menu,
		Mark: func(o fyne.CanvasObject, marked bool) {
			if row, ok := o.(*itemRow); ok {
				row.mark(marked)
			}
		},
	}
}

func (s *Screen) update(i int, o fyne.CanvasObject) {
	section, item := s.model.Row(i)
	switch row := o.(type) {
	case *kit.RowTitle:
		label, tapped := s.titleAction(section)
		row.Set(s.model.Title(section), label, tapped)
	case *itemRow:
		if item != nil {
			row.set(s.words(item), i == s.model.Rows()-1)
		}
	}
}

// titleAction is what a click beside a section's title does, if anything.
func (s *Screen) titleAction(section Section) (label string, tapped func()) {
	switch section {
	case SectionPaused:
		return lang.L("Resume all"), func() { s.cfg.Intents.ResumeEach(s.model.IDs(section)) }
	case SectionFailed:
		return lang.L("Retry all failed"), s.cfg.Intents.RetryFailed
	case SectionToday, SectionEarlier:
		if s.model.Len(section) > s.model.downs[section] {
			return lang.L("Copy all links"), func() { s.cfg.Intents.CopyLinks(s.linked(section)) }
		}
	case SectionUploading, SectionWaiting, sections:
	}
	return "", nil
}

// linked lists the uploads of a section that have a link, in the order in which
// they were dropped.
func (s *Screen) linked(section Section) []service.JobID {
	ids, _ := Split(s.model.IDs(section))
	kept := ids[:0]
	for _, id := range ids {
		if job, ok := s.model.Job(id); ok && job.Link != "" {
			kept = append(kept, id)
		}
	}
	return inOrder(kept)
}

// words gives the words for an item as things are.
func (s *Screen) words(it *Item) Row { return s.cfg.Words.Row(it, s.model.held(*it)) }

// typed runs the keys that do something to the row under the cursor.
func (s *Screen) typed(i int, e *fyne.KeyEvent) {
	_, item := s.model.Row(i)
	if item == nil {
		return
	}
	wanted := []Action{}
	switch e.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyReturn, fyne.KeyEnter:
		wanted = []Action{ActionFile, ActionOpen, ActionRetry}
	case fyne.KeySpace:
		wanted = []Action{ActionCopy, ActionShow, ActionRetry, ActionPause, ActionResume}
	case fyne.KeyDelete, fyne.KeyBackspace:
		wanted = []Action{ActionCancel, ActionRemove}
	}
	row := s.words(item)
	for _, a := range slices.Concat(row.Actions, row.More) {
		if slices.Contains(wanted, a) {
			s.Do(a, row.ID)
			return
		}
	}
}

// menu shows everything that can be done with a row, in words.
func (s *Screen) menu(i int, at fyne.Position) {
	_, item := s.model.Row(i)
	c := kit.Canvas(s.root)
	if item == nil || c == nil {
		return
	}
	row := s.words(item)
	items := []*fyne.MenuItem{}
	for _, a := range slices.Concat(row.Actions, row.More) {
		items = append(items, fyne.NewMenuItem(row.Label(a), func() { s.Do(a, row.ID) }))
	}
	if len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
	}
}

// inOrder sorts ids as their files were accepted.
func inOrder(ids []service.JobID) []service.JobID {
	slices.SortFunc(ids, cmp.Compare[service.JobID])
	return ids
}
