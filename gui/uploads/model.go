package uploads

import (
	"cmp"
	"slices"
	"time"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// Section is one group of rows. Sections are shown in this order.
type Section uint8

// The sections.
const (
	SectionUploading Section = iota
	SectionWaiting           // also those that try again later
	SectionPaused            // each by itself
	SectionFailed            // before the finished ones: somebody has to look at them
	SectionToday             // finished today
	SectionEarlier           // finished before
	sections
)

// Model is what the Uploads screen shows: the jobs in their sections. It is
// plain Go and for one goroutine.
type Model struct {
	format *kit.Format
	jobs   map[service.JobID]*entry
	lists  [sections][]*entry
	totals upload.Totals
	day    time.Time // the day for which "today" was worked out
	now    func() time.Time
}

type entry struct {
	job     upload.Job
	section Section
}

// NewModel makes an empty model; now tells the time.
func NewModel(format *kit.Format, now func() time.Time) *Model {
	return &Model{format: format, now: now, jobs: map[service.JobID]*entry{}, day: dayOf(now())}
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Change says what a step of the model changed.
type Change struct {
	Order bool                   // the number or order of the rows
	Keys  map[int64]struct{}     // of rows whose content changed
	Done  []upload.Batch         // batches that ended
	Moved map[service.JobID]bool // jobs that are new or went to another section
}

// Reset takes over a snapshot in place of everything.
func (m *Model) Reset(s upload.Snapshot) {
	m.jobs = make(map[service.JobID]*entry, len(s.Jobs))
	m.lists = [sections][]*entry{}
	m.day = dayOf(m.now())
	for _, j := range s.Jobs {
		e := &entry{job: j, section: m.sectionOf(&j)}
		m.jobs[j.ID] = e
		m.lists[e.section] = append(m.lists[e.section], e)
	}
	for i := range m.lists {
		slices.SortFunc(m.lists[i], order(Section(i))) //nolint:gosec // there are six
	}
	m.totals = s.Totals
}

// Apply takes over events in their order.
func (m *Model) Apply(events []upload.Event) Change {
	c := Change{Keys: map[int64]struct{}{}, Moved: map[service.JobID]bool{}}
	for _, e := range events {
		for i := range e.Jobs {
			m.put(&c, e.Jobs[i])
		}
		for _, id := range e.Removed {
			m.remove(&c, id)
		}
		if e.Totals != nil {
			m.totals = *e.Totals
		}
		if e.BatchDone != nil {
			c.Done = append(c.Done, *e.BatchDone)
		}
	}
	return c
}

// Tick takes over that time went by: rows that tell a time left change every
// second, and at midnight what was finished today becomes earlier.
func (m *Model) Tick() Change {
	if day := dayOf(m.now()); !day.Equal(m.day) {
		jobs := make([]upload.Job, 0, len(m.jobs))
		for _, e := range m.jobs {
			jobs = append(jobs, e.job)
		}
		m.Reset(upload.Snapshot{Jobs: jobs, Totals: m.totals})
		return Change{Order: true}
	}
	c := Change{Keys: map[int64]struct{}{}}
	for _, e := range m.lists[SectionWaiting] {
		if e.job.State == upload.Retrying {
			c.Keys[int64(e.job.ID)] = struct{}{}
		}
	}
	return c
}

// Ticks reports whether a row counts down, so that Tick is wanted every second.
func (m *Model) Ticks() bool {
	passed := m.now().Add(-2 * time.Second) // then it says that it tries now, and goes on saying so
	return slices.ContainsFunc(m.lists[SectionWaiting], func(e *entry) bool {
		return e.job.State == upload.Retrying && e.job.NextTry.After(passed)
	})
}

func (m *Model) put(c *Change, j upload.Job) {
	c.Keys[int64(j.ID)] = struct{}{}
	section := m.sectionOf(&j)
	old, known := m.jobs[j.ID]
	if known && j.State == upload.Paused {
		j.Sent = lost(&old.job)
	}
	if known && old.section == section && order(section)(old, &entry{job: j}) == 0 {
		old.job = j
		return
	}
	c.Order = true
	if known {
		m.cut(old)
	}
	if !known || old.section != section {
		c.Moved[j.ID] = true
	}
	e := &entry{job: j, section: section}
	m.jobs[j.ID] = e
	at, _ := slices.BinarySearchFunc(m.lists[section], e, order(section))
	m.lists[section] = slices.Insert(m.lists[section], at, e)
}

// lost is how much of a file had been sent in vain when it was paused.
func lost(j *upload.Job) int64 {
	switch j.State { //nolint:exhaustive // nothing of the others was sent
	case upload.Uploading, upload.Finishing, upload.Paused:
		return j.Sent
	}
	return 0
}

func (m *Model) remove(c *Change, id service.JobID) {
	if e, known := m.jobs[id]; known {
		m.cut(e)
		delete(m.jobs, id)
		c.Order = true
	}
}

func (m *Model) cut(e *entry) {
	list := m.lists[e.section]
	if at, found := slices.BinarySearchFunc(list, e, order(e.section)); found {
		m.lists[e.section] = slices.Delete(list, at, at+1)
	}
}

func (m *Model) sectionOf(j *upload.Job) Section {
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
		if dayOf(j.Finished.In(m.day.Location())).Before(m.day) {
			return SectionEarlier
		}
		return SectionToday
	}
	return SectionWaiting
}

// order sorts a section: what is to be done by its place in the queue, what has
// ended by when it did, newest first.
func order(s Section) func(a, b *entry) int {
	switch s {
	case SectionUploading, SectionWaiting, SectionPaused:
		return func(a, b *entry) int {
			return cmp.Or(cmp.Compare(a.job.Position, b.job.Position), cmp.Compare(a.job.ID, b.job.ID))
		}
	case SectionFailed, SectionToday, SectionEarlier, sections:
	}
	return func(a, b *entry) int {
		return cmp.Or(b.job.Finished.Compare(a.job.Finished), cmp.Compare(b.job.ID, a.job.ID))
	}
}

// Totals is the engine's sum of everything.
func (m *Model) Totals() upload.Totals { return m.totals }

// Empty reports whether there is nothing to show.
func (m *Model) Empty() bool { return len(m.jobs) == 0 }

// Len is how many jobs a section has.
func (m *Model) Len(s Section) int { return len(m.lists[s]) }

// Open is how many jobs are still to be done.
func (m *Model) Open() int { return m.Len(SectionUploading) + m.Len(SectionWaiting) }

// Job gives a job by its id.
func (m *Model) Job(id service.JobID) (upload.Job, bool) {
	e, ok := m.jobs[id]
	if !ok {
		return upload.Job{}, false
	}
	return e.job, true
}

// Rows is how many rows there are, the sections' titles among them.
func (m *Model) Rows() int {
	n := 0
	for _, list := range m.lists {
		if len(list) > 0 {
			n += 1 + len(list)
		}
	}
	return n
}

// Row finds row i: the title of a section (job nil), or one of its jobs.
func (m *Model) Row(i int) (Section, *upload.Job) {
	for s, list := range m.lists {
		switch {
		case len(list) == 0:
			continue
		case i == 0:
			return Section(s), nil //nolint:gosec // there are six
		case i <= len(list):
			return Section(s), &list[i-1].job //nolint:gosec // there are six
		}
		i -= 1 + len(list)
	}
	return sections, nil
}

// Key tells rows apart: a job's id, or a negative number for a title.
func (m *Model) Key(i int) int64 {
	s, job := m.Row(i)
	if job == nil {
		return -1 - int64(s)
	}
	return int64(job.ID)
}

// UnderWay sums up what is being sent as if it were one upload: what a pause
// breaks off.
func (m *Model) UnderWay() upload.Job {
	sum := upload.Job{State: upload.Uploading}
	for _, e := range m.lists[SectionUploading] {
		if e.job.State == upload.Uploading {
			sum.Sent += e.job.Sent
			sum.Size += e.job.Size
		}
	}
	return sum
}

// Ended counts the jobs that have got a link since then, and those that failed.
func (m *Model) Ended(since time.Time) (linked, failed int) {
	for _, e := range m.jobs {
		switch {
		case e.job.Finished.Before(since):
		case e.job.State.Linked():
			linked++
		case e.job.State == upload.Failed:
			failed++
		}
	}
	return linked, failed
}

// IDs lists the jobs of a section in their order.
func (m *Model) IDs(s Section) []service.JobID {
	ids := make([]service.JobID, len(m.lists[s]))
	for i, e := range m.lists[s] {
		ids[i] = e.job.ID
	}
	return ids
}
