package watched

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// Kinds of rows. A card has a kind of its own, because no other folder uses its
// widget: kindCard and its folder's id.
const (
	kindHead = iota // the activity's title
	kindDay
	kindEntry
	kindNote // that there is nothing, or more
	kindEnd
	kindCard
)

// Keys of rows that are no entries. Days are below zero, and above these.
const (
	keyHead int64 = -1 << 62
	keyNote int64 = -1<<62 + 1
	keyEnd  int64 = -1<<62 + 2
	keyCard int64 = -1 << 61 // and less: minus the folder's id
)

// ahead is how many rows before the end the next page is read.
const ahead = 60

// place says what a row is: a card, or a row of the activity.
func (s *Screen) place(i int) (kind int, card watch.Card, at int) {
	m := s.model
	n := m.Len()
	switch {
	case i < n:
		card = m.At(i)
		return kindCard + int(card.ID), card, 0
	case i == n:
		return kindHead, card, 0
	}
	at = i - n - 1
	if at >= m.Activity.Rows() {
		return kindEnd, card, 0
	}
	entry, day := m.Activity.Row(at)
	switch {
	case entry != nil:
		return kindEntry, card, at
	case !day.IsZero():
		return kindDay, card, at
	}
	return kindNote, card, at
}

func (s *Screen) source() kit.RowSource {
	return kit.RowSource{
		Count: func() int {
			if s.model.Len() == 0 {
				return 0
			}
			return s.model.Len() + 1 + s.model.Activity.Rows() + 1
		},
		Key:    s.key,
		Kind:   func(i int) int { kind, _, _ := s.place(i); return kind },
		Height: s.rowHeight,
		New:    s.newRow,
		Update: s.update,
		Cursor: func(i int) bool { kind, _, _ := s.place(i); return kind == kindEntry },
		Typed:  s.typed,
		Menu:   s.menu,
		Mark: func(o fyne.CanvasObject, marked bool) {
			if r, ok := o.(*entryRow); ok {
				r.mark(marked)
			}
		},
	}
}

func (s *Screen) key(i int) int64 {
	kind, card, at := s.place(i)
	switch kind {
	case kindHead:
		return keyHead
	case kindNote:
		return keyNote
	case kindEnd:
		return keyEnd
	case kindDay, kindEntry:
		return s.model.Activity.Key(at)
	}
	return keyCard - int64(card.ID)
}

func (s *Screen) rowHeight(kind int) float32 {
	switch kind {
	case kindHead:
		return headHeight
	case kindDay:
		return kit.RowTitleHeight
	case kindEntry, kindNote:
		return entryHeight
	case kindEnd:
		return endHeight
	}
	id := watch.FolderID(kind - kindCard)
	v := s.cardOf(id)
	if card, ok := s.model.Card(id); ok {
		v.set(&card, s.model.Pause(), s.isUnfolded(&card))
	}
	return v.height(s.width)
}

// cardOf gives the widget of a folder.
func (s *Screen) cardOf(id watch.FolderID) *cardView {
	v := s.cards[id]
	if v == nil {
		v = newCardView(s, id)
		s.cards[id] = v
	}
	return v
}

// isUnfolded reports whether a card shows its options: as people have said, or
// else where there is much room for it and nothing is wrong.
func (s *Screen) isUnfolded(c *watch.Card) bool {
	if chosen, said := s.unfolded[c.ID]; said {
		return chosen
	}
	return s.model.Len() <= 2 && (c.State == watch.Watching || c.State == watch.Polling || c.State == watch.Starting)
}

func (s *Screen) newRow(kind int) fyne.CanvasObject {
	switch kind {
	case kindHead:
		r := newTitleRow(top, kit.TextStyle{Size: kit.SizeName, Bold: true})
		r.set(lang.L("Activity"), "", nil)
		return r
	case kindDay:
		return newTitleRow(middle, kit.TextStyle{Size: kit.SizeSmall, Bold: true, Color: kit.ColorSecondary})
	case kindEntry:
		return newEntryRow(s)
	case kindNote:
		return newTitleRow(middle, kit.TextStyle{Color: kit.ColorSecondary})
	case kindEnd:
		return newEndRow()
	}
	return s.cardOf(watch.FolderID(kind - kindCard)).root
}

func (s *Screen) update(i int, o fyne.CanvasObject) {
	a := &s.model.Activity
	kind, _, at := s.place(i)
	if kind != kindHead && kind < kindCard && at >= a.Rows()-ahead {
		s.more()
	}
	switch kind {
	case kindDay:
		_, day := a.Row(at)
		if r, ok := o.(*titleRow); ok {
			r.set(s.cfg.Words.Title(day), "", nil)
		}
	case kindEntry:
		e, _ := a.Row(at)
		if r, ok := o.(*entryRow); ok {
			r.set(e, s.cfg.Words.Outcome(e, e.Link != "" && s.copied[e.Link]))
		}
	case kindNote:
		if r, ok := o.(*titleRow); ok {
			s.updateNote(r)
		}
	}
}

func (s *Screen) updateNote(r *titleRow) {
	a := &s.model.Activity
	switch {
	case a.Err() != nil:
		r.set(lang.L("The rest can’t be read"), lang.L("Try again"), s.again)
	case a.Empty():
		r.set(lang.L("Nothing yet. Files that appear in the folder are listed here."), "", nil)
	default:
		r.set(lang.L("Reading more…"), "", nil)
	}
}

// more reads the next page of the activity, if there is one.
func (s *Screen) more() {
	if q, ok := s.model.Activity.Next(); ok {
		s.read(q)
	}
}

// again reads the page that could not be read.
func (s *Screen) again() {
	if q, ok := s.model.Activity.Again(); ok {
		s.read(q)
	}
	s.show()
}

// read has a page read and shows it.
func (s *Screen) read(q Query) {
	folders, ctx := s.folders, s.ctx
	if folders == nil {
		return
	}
	s.wg.Go(func() {
		page, err := folders.Activity(ctx, q.Before, pageSize)
		s.cfg.OnMain(func() {
			if ctx.Err() == nil {
				s.model.Activity.Loaded(q, page, err)
				s.show()
			}
		})
	})
}

// entryAt gives the entry of a row, nil for none.
func (s *Screen) entryAt(i int) *watch.Entry {
	kind, _, at := s.place(i)
	if kind != kindEntry {
		return nil
	}
	e, _ := s.model.Activity.Row(at)
	return e
}

// typed runs the keys that do something to the row under the cursor.
func (s *Screen) typed(i int, k *fyne.KeyEvent) {
	e := s.entryAt(i)
	if e == nil || e.Link == "" {
		return
	}
	switch k.Name { //nolint:exhaustive // all other keys do nothing
	case fyne.KeyReturn, fyne.KeyEnter:
		s.cfg.Intents.Open(e.Link)
	case fyne.KeySpace:
		s.cfg.Intents.Copy(*e)
	}
}

// menu shows what can be done with a row, in words.
func (s *Screen) menu(i int, at fyne.Position) {
	found, c := s.entryAt(i), kit.Canvas(s.root)
	if found == nil || c == nil {
		return
	}
	e := *found
	items := []*fyne.MenuItem{}
	if e.Link != "" {
		items = append(items,
			fyne.NewMenuItem(lang.L("Copy link"), func() { s.cfg.Intents.Copy(e) }),
			fyne.NewMenuItem(lang.L("Open in the browser"), func() { s.cfg.Intents.Open(e.Link) }))
	}
	if card, ok := s.model.Card(e.Folder); ok {
		items = append(items, fyne.NewMenuItem(lang.L("Open folder"), func() {
			s.cfg.Intents.ShowFolder(filepath.Dir(filepath.Join(card.Path, e.Path)))
		}))
	}
	if len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
	}
}
