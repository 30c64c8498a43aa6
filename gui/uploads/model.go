package uploads

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"sluice/gui/kit"
	"sluice/service/download"
	"sluice/service/upload"
)

// Section is one group of rows. Sections are shown in this order.
type Section uint8

// The sections.
const (
	SectionUploading Section = iota // and what is being downloaded
	SectionWaiting                  // also those that try again later
	SectionPaused                   // each by itself
	SectionFailed                   // before the finished ones: somebody has to look at them
	SectionToday                    // finished today
	SectionEarlier                  // finished before
	sections
)

// Model is what the Uploads screen shows: uploads and downloads in their
// sections. It is plain Go and for one goroutine.
type Model struct {
	format *kit.Format
	items  map[ID]*entry
	lists  [sections][]*entry
	downs  [sections]int // of each list, how many are downloads
	up     upload.Totals
	down   download.Totals
	day    time.Time // the day for which "today" was worked out
	now    func() time.Time
}

type entry struct {
	Item

	section Section
	order   order
}

// compare gives the order in a section.
func compare(a, b *entry) int {
	for i := range a.order {
		if c := cmp.Compare(a.order[i], b.order[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.ID(), b.ID())
}

// NewModel makes an empty model; now tells the time.
func NewModel(format *kit.Format, now func() time.Time) *Model {
	return &Model{format: format, now: now, items: map[ID]*entry{}, day: dayOf(now())}
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Change says what a step of the model changed.
type Change struct {
	Order      bool               // the number or order of the rows
	Keys       map[int64]struct{} // of rows whose content changed
	Done       []upload.Batch     // batches that ended
	Downloaded []download.Batch   // those of downloads
}

// Reset takes over a snapshot in place of all uploads.
func (m *Model) Reset(s upload.Snapshot) {
	m.drop(func(id ID) bool { _, is := id.Upload(); return is })
	jobs := slices.Clone(s.Jobs)
	for i := range jobs {
		m.items[OfUpload(jobs[i].ID)] = &entry{Item: Item{Upload: &jobs[i]}}
	}
	m.up = s.Totals
	m.sort()
}

// ResetDownloads takes over a snapshot in place of all downloads.
func (m *Model) ResetDownloads(s download.Snapshot) {
	m.drop(func(id ID) bool { _, is := id.Download(); return is })
	jobs := slices.Clone(s.Jobs)
	for i := range jobs {
		m.items[OfDownload(jobs[i].ID)] = &entry{Item: Item{Download: &jobs[i]}}
	}
	m.down = s.Totals
	m.sort()
}

func (m *Model) drop(gone func(ID) bool) {
	maps.DeleteFunc(m.items, func(id ID, _ *entry) bool { return gone(id) })
}

// sort puts everything into its section anew.
func (m *Model) sort() {
	m.day = dayOf(m.now())
	m.lists, m.downs = [sections][]*entry{}, [sections]int{}
	for _, e := range m.items {
		m.place(e)
		m.lists[e.section] = append(m.lists[e.section], e)
		m.count(e, 1)
	}
	for _, list := range m.lists {
		slices.SortFunc(list, compare)
	}
}

// place works out where an entry belongs.
func (m *Model) place(e *entry) {
	e.section = m.sectionOf(e.Item)
	e.order = e.orderOf(e.section)
}

func (m *Model) count(e *entry, n int) {
	if e.Download != nil {
		m.downs[e.section] += n
	}
}

// Apply takes over what both queues tell, each in its order.
func (m *Model) Apply(uploads []upload.Event, downloads ...download.Event) Change {
	c := Change{Keys: map[int64]struct{}{}}
	for _, e := range uploads {
		for i := range e.Jobs {
			m.putUpload(&c, &e.Jobs[i])
		}
		for _, id := range e.Removed {
			m.remove(&c, OfUpload(id))
		}
		if e.Totals != nil {
			m.up = *e.Totals
		}
		if e.BatchDone != nil {
			c.Done = append(c.Done, *e.BatchDone)
		}
	}
	for _, e := range downloads {
		for i := range e.Jobs {
			m.put(&c, Item{Download: &e.Jobs[i]})
		}
		for _, id := range e.Removed {
			m.remove(&c, OfDownload(id))
		}
		if e.Totals != nil {
			m.down = *e.Totals
		}
		if e.BatchDone != nil {
			c.Downloaded = append(c.Downloaded, *e.BatchDone)
		}
	}
	return c
}

// Tick takes over that time went by: rows that tell a time left change every
// second, and at midnight what was finished today becomes earlier.
func (m *Model) Tick() Change {
	if day := dayOf(m.now()); !day.Equal(m.day) {
		m.sort()
		return Change{Order: true}
	}
	c := Change{Keys: map[int64]struct{}{}}
	for _, e := range m.lists[SectionWaiting] {
		if _, retrying := e.nextTry(); retrying {
			c.Keys[int64(e.ID())] = struct{}{}
		}
	}
	return c
}

// Ticks reports whether a row counts down, so that Tick is wanted every second.
func (m *Model) Ticks() bool {
	passed := m.now().Add(-2 * time.Second) // then it says that it tries now, and goes on saying so
	return slices.ContainsFunc(m.lists[SectionWaiting], func(e *entry) bool {
		at, retrying := e.nextTry()
		return retrying && at.After(passed)
	})
}

// putUpload is put for an upload.
func (m *Model) putUpload(c *Change, j *upload.Job) {
	if j.State == upload.Paused {
		if old, known := m.items[OfUpload(j.ID)]; known {
			paused := *j
			paused.Sent = lost(old.Upload)
			j = &paused
		}
	}
	m.put(c, Item{Upload: j})
}

func (m *Model) put(c *Change, it Item) {
	id := it.ID()
	c.Keys[int64(id)] = struct{}{}
	e := entry{Item: it}
	m.place(&e)
	old, known := m.items[id]
	if known && old.section == e.section && old.order == e.order {
		old.take(it)
		return
	}
	c.Order = true
	if known {
		m.cut(old)
		old.take(it)
		old.section, old.order = e.section, e.order
	} else {
		old = &entry{Item: it.keep(), section: e.section, order: e.order}
		m.items[id] = old
	}
	list := m.lists[old.section]
	at, _ := slices.BinarySearchFunc(list, old, compare)
	m.lists[old.section] = slices.Insert(list, at, old)
	m.count(old, 1)
}

// lost is how much of a file had been sent in vain when it was paused.
func lost(j *upload.Job) int64 {
	switch j.State { //nolint:exhaustive // nothing of the others was sent
	case upload.Uploading, upload.Finishing, upload.Paused:
		return j.Sent
	}
	return 0
}

func (m *Model) remove(c *Change, id ID) {
	if e, known := m.items[id]; known {
		m.cut(e)
		delete(m.items, id)
		c.Order = true
	}
}

func (m *Model) cut(e *entry) {
	list := m.lists[e.section]
	if at, found := slices.BinarySearchFunc(list, e, compare); found {
		m.lists[e.section] = slices.Delete(list, at, at+1)
		m.count(e, -1)
	}
}

func (m *Model) sectionOf(it Item) Section {
	if it.Download != nil {
		return m.sectionOfDownload(it.Download)
	}
	j := it.Upload
	switch j.State {
	case upload.Hashing, upload.Uploading, upload.Finishing, upload.Verifying:
		return SectionUploading
	case upload.Waiting, upload.Retrying:
		return SectionWaiting
	case upload.Paused:
		return SectionPaused
	case upload.Failed:
		return SectionFailed
	case upload.Uploaded, upload.AlreadyThere, upload.Cancelled:
		return m.ended(j.Finished)
	}
	return SectionWaiting
}

func (m *Model) sectionOfDownload(j *download.Job) Section {
	switch {
	case j.State.Active():
		return SectionUploading
	case j.State == download.Paused:
		return SectionPaused
	case j.State == download.Failed:
		return SectionFailed
	case j.State.Finished():
		return m.ended(j.Finished)
	}
	return SectionWaiting
}

// ended is the section of what ended well at a time.
func (m *Model) ended(at time.Time) Section {
	if dayOf(at.In(m.day.Location())).Before(m.day) {
		return SectionEarlier
	}
	return SectionToday
}

// Ended counts what has ended since then.
type Ended struct {
	Uploaded   int // have got a link
	Downloaded int
	Failed     int // of both
}
