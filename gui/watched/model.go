package watched

import (
	"slices"
	"time"

	"sluice/service/watch"
)

// State says what the screen can show.
type State uint8

// The states.
const (
	Opening State = iota // the folders are not known yet
	Ready
	Broken // they can't be known; Model.Err says why
)

// Model is what the screen shows. It is plain Go and for one goroutine.
type Model struct {
	Activity Activity

	state  State
	err    error
	cards  []watch.Card // in the order of adding
	pause  watch.Pause
	wishes map[watch.FolderID]*wish
}

// wish is what somebody has changed of a folder and is not done yet.
type wish struct {
	under   int // how many changes are under way
	options watch.Options
	on      bool
}

// NewModel makes an empty model; now tells the time, in the time zone to show.
func NewModel(now func() time.Time) *Model {
	m := &Model{Activity: Activity{now: now}}
	m.Forget()
	return m
}

// Forget lets go of everything.
func (m *Model) Forget() {
	m.state, m.err, m.cards, m.pause = Opening, nil, nil, watch.Pause{}
	m.wishes = map[watch.FolderID]*wish{}
	m.Activity.forget()
}

// Take takes over all that there is.
func (m *Model) Take(s watch.Snapshot) {
	m.state, m.err, m.cards, m.pause = Ready, nil, s.Cards, s.Pause
}

// Fail takes over that the folders can't be known.
func (m *Model) Fail(err error) { m.state, m.err = Broken, err }

// Apply takes over events, in their order.
func (m *Model) Apply(events []watch.Event) {
	var entries []watch.Entry
	for _, e := range events {
		for i := range e.Cards {
			m.put(&e.Cards[i])
		}
		for _, id := range e.Removed {
			m.cards = slices.DeleteFunc(m.cards, func(c watch.Card) bool { return c.ID == id })
			delete(m.wishes, id)
			m.Activity.drop(id)
			entries = slices.DeleteFunc(entries, func(e watch.Entry) bool { return e.Folder == id })
		}
		entries = append(entries, e.Entries...)
		if e.Pause != nil {
			m.pause = *e.Pause
		}
	}
	m.Activity.add(entries)
}

func (m *Model) put(c *watch.Card) {
	if i := m.index(c.ID); i >= 0 {
		m.cards[i] = *c
		return
	}
	m.cards = append(m.cards, *c)
}

func (m *Model) index(id watch.FolderID) int {
	return slices.IndexFunc(m.cards, func(c watch.Card) bool { return c.ID == id })
}

// State says what can be shown.
func (m *Model) State() State { return m.state }

// Err says why nothing can be shown, nil when something can.
func (m *Model) Err() error { return m.err }

// Pause tells whether everything is paused.
func (m *Model) Pause() watch.Pause { return m.pause }

// Len is how many folders there are.
func (m *Model) Len() int { return len(m.cards) }

// At gives a folder as it will be once all changes that are under way are done.
func (m *Model) At(i int) watch.Card {
	c := m.cards[i]
	w := m.wishes[c.ID]
	if w == nil {
		return c
	}
	c.Options = w.options
	switch {
	case !w.on:
		c.State, c.Reason = watch.Off, ""
	case c.State == watch.Off:
		c.State = watch.Starting
	}
	return c
}

// Card is At by id; false when there is no such folder.
func (m *Model) Card(id watch.FolderID) (watch.Card, bool) {
	i := m.index(id)
	if i < 0 {
		return watch.Card{}, false
	}
	return m.At(i), true
}

// On counts the folders that are switched on.
func (m *Model) On() int {
	n := 0
	for i := range m.cards {
		if m.At(i).State != watch.Off {
			n++
		}
	}
	return n
}

// Stopped reports whether nothing is uploaded from a folder that is switched on,
// because it is not there or something else is in the way.
func (m *Model) Stopped() bool {
	for i := range m.cards {
		c := m.At(i)
		if c.State == watch.Missing || c.State == watch.Unreadable || c.State != watch.Off && c.Reason == watch.ReasonUnwritable {
			return true
		}
	}
	return false
}

// Wish shows a change of a folder from now on, until Done is called for it.
func (m *Model) Wish(id watch.FolderID, change func(o *watch.Options, on *bool)) (options watch.Options, on bool) {
	c, known := m.Card(id)
	if !known {
		return options, false
	}
	w := m.wishes[id]
	if w == nil {
		w = &wish{options: c.Options, on: c.State != watch.Off}
		m.wishes[id] = w
	}
	w.under++
	change(&w.options, &w.on)
	return w.options, w.on
}

// Done takes over that a change is done, or has failed and is no longer wished
// for.
func (m *Model) Done(id watch.FolderID, failed bool) {
	w, i := m.wishes[id], m.index(id)
	if w == nil || i < 0 {
		return
	}
	w.under--
	switch {
	case failed:
		// What else is under way is built on what failed: all show what is.
		delete(m.wishes, id)
	case w.under == 0:
		m.cards[i] = m.At(i) // until the folder itself tells the same
		delete(m.wishes, id)
	}
}

// Covering gives the watched folder whose path holds another path, the deepest
// of several, false for none.
func (m *Model) Covering(path string) (found watch.Card, ok bool) {
	for _, c := range m.cards {
		if (c.Path == path || inside(path, c.Path)) && (!ok || len(c.Path) > len(found.Path)) {
			found, ok = c, true
		}
	}
	return found, ok
}
