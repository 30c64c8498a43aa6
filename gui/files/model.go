package files

import (
	"time"

	"sluice/service/library"
	"sluice/service/settings"
)

// State is what the screen shows in the place of the tiles.
type State uint8

// The states.
const (
	Loading State = iota // the files are not known yet
	Keyless              // there is no account
	Broken               // they are not known, and can't be asked for now
	Empty                // the account has none
	Nothing              // the search finds none
	Listed               // there are tiles
)

// Model is what the Files screen shows. It knows no widgets.
type Model struct {
	status  library.Status
	keyless bool
	text    string // in the search box
	kind    library.Kind
	order   settings.FilesOrder
	list    shown
	number  int // grows with every change of what is looked for
}

// NewModel makes a model that waits for files.
func NewModel() *Model { return &Model{order: settings.NewestFirst} }

// List is what is shown.
func (m *Model) List() List { return &m.list }

// Status is what is known of the account's files.
func (m *Model) Status() library.Status { return m.status }

// State says what stands in the place of the tiles.
func (m *Model) State() State {
	switch {
	case m.keyless && m.status.Files == 0:
		return Keyless
	case !m.status.Known && m.status.Files == 0 && m.status.Problem != nil && m.status.Reading == 0:
		return Broken
	case !m.status.Known && m.status.Files == 0, m.list.found == nil:
		return Loading
	case m.list.Len() > 0:
		return Listed
	case m.Narrowed():
		return Nothing
	}
	return Empty
}

// Narrowed reports whether the search or the chip can leave files out.
func (m *Model) Narrowed() bool { return m.text != "" || m.kind != library.AnyKind }

// Counts tell how many files the search found, of each kind.
func (m *Model) Counts() library.Counts {
	if m.list.found == nil {
		return library.Counts{}
	}
	return m.list.found.Counts()
}

// wanted is what is looked for.
type wanted struct {
	number int
	text   string
	kind   library.Kind
	order  settings.FilesOrder
}

func (m *Model) wanted() wanted { return wanted{m.number, m.text, m.kind, m.order} }

// search turns it into the catalogue's words; days begin in the place of loc.
func (w wanted) search(loc *time.Location) library.Search {
	by, descending := field(w.order)
	return library.Search{Query: library.ParseQuery(w.text, loc), Kind: w.kind, By: by, Descending: descending}
}

func field(o settings.FilesOrder) (by library.Field, descending bool) {
	switch o {
	case settings.NewestFirst:
		return library.ByUploaded, true
	case settings.OldestFirst:
		return library.ByUploaded, false
	case settings.NameFirst:
		return library.ByName, false
	case settings.NameLast:
		return library.ByName, true
	case settings.LargestFirst:
		return library.BySize, true
	case settings.SmallestFirst:
		return library.BySize, false
	case settings.TypeFirst:
		return library.ByType, false
	case settings.TypeLast:
		return library.ByType, true
	case settings.MostViewed:
		return library.ByViews, true
	case settings.LeastViewed:
		return library.ByViews, false
	case settings.MostLoaded:
		return library.ByDownloads, true
	case settings.LeastLoaded:
		return library.ByDownloads, false
	}
	return library.ByUploaded, true
}

// SetText changes what is searched for, and reports whether it is another.
func (m *Model) SetText(text string) bool { return change(m, &m.text, text) }

// SetKind changes the chip.
func (m *Model) SetKind(k library.Kind) bool { return change(m, &m.kind, k) }

// SetOrder changes the sorting.
func (m *Model) SetOrder(o settings.FilesOrder) bool { return change(m, &m.order, o) }

func change[T comparable](m *Model, at *T, to T) bool {
	if *at == to {
		return false
	}
	*at = to
	m.number++
	return true
}

// news is what the reader brings.
type news struct {
	status  library.Status
	keyless bool
	found   *library.List // nil: the same as before
	number  int           // of what was looked for
}

// Take takes over news, and reports whether the list is another.
func (m *Model) Take(n news) bool {
	m.status, m.keyless = n.status, n.keyless
	if n.found == nil || n.number != m.number {
		return false // what it answers is no longer the question
	}
	m.list.set(n.found)
	return true
}

// Forget is back to waiting for files; what is looked for stays.
func (m *Model) Forget() {
	m.status, m.keyless, m.list = library.Status{}, false, shown{}
}
