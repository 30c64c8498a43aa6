package history

import (
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"sluice/service"
	"sluice/service/upload"
)

// pageSize is how many uploads are read at a time.
const pageSize = 200

// State says what the list is.
type State uint8

// The states.
const (
	Reading State = iota // nothing was read yet
	Ready
	Broken // it can't be read; Model.Err says why
)

// Model is the part of the history that was read, newest first and by days. It
// is plain Go and for one goroutine.
type Model struct {
	now     func() time.Time
	entries []*entry
	known   map[service.JobID]*entry
	days    []day
	today   int

	state   State
	err     *service.Error
	search  string // of what is shown
	wanted  string // of what is shown or being read
	turn    int    // counts the searches: an answer to an older one is not used
	next    int64  // where the next page begins, 0 when all was read
	reading bool
	late    map[service.JobID]upload.Job // told while a page was read
}

type entry struct {
	job upload.Job
	day int
}

// day is a run of uploads of one day.
type day struct {
	day   int // year, month and day as one number: 20261123
	first int // index of its first upload
	count int
}

// Query is a page to be read.
type Query struct {
	turn   int
	Before int64
	Search string
}

// NewModel makes an empty model; now tells the time, in the time zone to show.
func NewModel(now func() time.Time) *Model {
	m := &Model{now: now}
	m.Forget()
	return m
}

// Forget lets go of everything. Answers that are under way are not used.
func (m *Model) Forget() {
	turn := m.turn + 1
	*m = Model{now: m.now, turn: turn, today: m.number(m.now()), known: map[service.JobID]*entry{}}
}

// Begin gives the query for the first page of a search, "" for everything. What
// is shown stays until its answer comes.
func (m *Model) Begin(search string) Query {
	m.turn++
	m.wanted = search
	m.startReading()
	return Query{turn: m.turn, Search: search}
}

// More gives the query for the next page, if there is one and none is being
// read. After a failure there is none until Begin or Again.
func (m *Model) More() (Query, bool) {
	if m.reading || m.next == 0 || m.err != nil || m.state != Ready {
		return Query{}, false
	}
	m.startReading()
	return Query{turn: m.turn, Before: m.next, Search: m.search}, true
}

// Again gives the query that failed.
func (m *Model) Again() Query {
	if m.state == Ready {
		m.err = nil
		if q, ok := m.More(); ok {
			return q
		}
	}
	return m.Begin(m.wanted)
}

func (m *Model) startReading() {
	m.reading = true
	if m.late == nil {
		m.late = map[service.JobID]upload.Job{}
	}
}

// Current reports whether the answer to q would still be used.
func (m *Model) Current(q Query) bool { return q.turn == m.turn }

// Loaded takes over the answer to a query. It reports false when nobody waits
// for it any more.
func (m *Model) Loaded(q Query, jobs []upload.Job, next int64, err error) bool {
	if !m.Current(q) {
		return false
	}
	m.reading = false
	m.err = service.AsError("read the history", err)
	if q.Before == 0 {
		m.state, m.search, m.next, m.entries = Ready, q.Search, 0, nil
		clear(m.known)
		if m.err != nil {
			m.state = Broken
		}
	}
	if m.err == nil {
		m.next = next
	}
	for i := range jobs {
		if _, known := m.known[jobs[i].ID]; !known { // a row can end again between two pages
			m.add(len(m.entries), jobs[i])
		}
	}
	late := m.late
	m.late = nil
	for _, j := range late {
		m.put(j)
	}
	m.group()
	return true
}

// Apply takes over events of the engine and reports whether the rows changed.
// A row that only leaves the list of uploads stays in the history.
func (m *Model) Apply(events []upload.Event) bool {
	changed := false
	for _, e := range events {
		for _, j := range e.Jobs {
			if m.reading {
				m.late[j.ID] = j
			}
			changed = m.put(j) || changed
		}
	}
	if changed {
		m.group()
	}
	return changed
}

// Tick reports whether another day has begun, so that the days are called
// something else.
func (m *Model) Tick() bool {
	before := m.today
	m.today = m.number(m.now())
	return m.today != before
}

// put takes over what one job is now, and reports whether that changed anything.
func (m *Model) put(j upload.Job) bool {
	old, known := m.known[j.ID]
	if m.state != Ready || !known && !ended(j.State) {
		return false
	}
	wanted := ended(j.State) && m.matches(&j)
	if known && wanted && old.job.Finished.Equal(j.Finished) {
		old.job = j
		return true
	}
	if known {
		at := slices.Index(m.entries, old)
		m.entries = slices.Delete(m.entries, at, at+1)
		delete(m.known, j.ID)
	}
	if !wanted {
		return known
	}
	at := 0
	for at < len(m.entries) && m.entries[at].job.Finished.After(j.Finished) {
		at++
	}
	if at == len(m.entries) && m.next != 0 {
		return known // it belongs to a page that is not read yet
	}
	m.add(at, j)
	return true
}

func (m *Model) add(at int, j upload.Job) {
	e := &entry{job: j, day: m.number(j.Finished)}
	m.known[j.ID] = e
	m.entries = slices.Insert(m.entries, at, e)
}

// ended reports whether a job in a state belongs to the history.
func ended(s upload.State) bool {
	return s == upload.Uploaded || s == upload.AlreadyThere || s == upload.Failed
}

// matches reports whether the search that is shown finds a job, as the
// engine's History finds it.
func (m *Model) matches(j *upload.Job) bool {
	return m.search == "" || string(j.File) == m.search || strings.Contains(fold(j.Name), fold(m.search))
}

func fold(s string) string {
	return strings.ToLower(norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")))
}

// number gives the day of a time as one number.
func (m *Model) number(t time.Time) int { return dayNumber(t, m.now().Location()) }

func dayNumber(t time.Time, zone *time.Location) int {
	y, month, d := t.In(zone).Date()
	return y*10_000 + int(month)*100 + d
}

// group finds the days anew.
func (m *Model) group() {
	m.days = m.days[:0]
	for i, e := range m.entries {
		if n := len(m.days); n > 0 && m.days[n-1].day == e.day {
			m.days[n-1].count++
		} else {
			m.days = append(m.days, day{e.day, i, 1})
		}
	}
}

// State says what the list is.
func (m *Model) State() State { return m.state }

// Err says why a page can't be read, nil when it can.
func (m *Model) Err() *service.Error { return m.err }

// Search is what the shown list was searched for, "" for everything.
func (m *Model) Search() string { return m.search }

// Len is how many uploads were read.
func (m *Model) Len() int { return len(m.entries) }

// Empty reports whether there is nothing, not only nothing read yet.
func (m *Model) Empty() bool { return m.state == Ready && len(m.entries) == 0 && m.next == 0 }

// Rows is how many rows there are: days, uploads, and one at the end while more
// can be read.
func (m *Model) Rows() int {
	n := len(m.entries) + len(m.days)
	if m.next != 0 {
		n++
	}
	return n
}

// Row finds row i: an upload, the title of a day (job nil), or the one at the
// end (both nil).
func (m *Model) Row(i int) (*Day, *upload.Job) {
	if i >= len(m.entries)+len(m.days) {
		return nil, nil
	}
	at := sort.Search(len(m.days), func(k int) bool { return m.days[k].first+k > i }) - 1
	if i == m.days[at].first+at {
		return &Day{model: m, at: at}, nil
	}
	return nil, &m.entries[i-at-1].job
}

// Key tells rows apart: an upload's id, or a negative number.
func (m *Model) Key(i int) int64 {
	if i >= len(m.entries)+len(m.days) {
		return math.MinInt64
	}
	at := sort.Search(len(m.days), func(k int) bool { return m.days[k].first+k > i }) - 1
	if i == m.days[at].first+at {
		return -int64(m.days[at].day)
	}
	return int64(m.entries[i-at-1].job.ID)
}

// DayOf finds the day with a key, nil for none.
func (m *Model) DayOf(key int64) *Day {
	for i, d := range m.days {
		if -int64(d.day) == key {
			return &Day{model: m, at: i}
		}
	}
	return nil
}

// Day is one day of the list, until the list changes.
type Day struct {
	model *Model
	at    int
}

// Time is a time of that day.
func (d *Day) Time() time.Time { return d.model.entries[d.model.days[d.at].first].job.Finished }

// Count is how many of its uploads were read, and whether these are all.
func (d *Day) Count() (n int, all bool) {
	return d.model.days[d.at].count, d.model.next == 0 || d.at < len(d.model.days)-1
}

// HasLinks reports whether an upload of that day has a link, or may have.
func (d *Day) HasLinks() bool {
	of := d.model.days[d.at]
	_, all := d.Count()
	return !all || slices.ContainsFunc(d.model.entries[of.first:of.first+of.count], func(e *entry) bool { return e.job.Link != "" })
}

// Linked gives its uploads that have a link, as far as they were read, and the
// query for the rest of the day when there can be more.
func (d *Day) Linked() (jobs []upload.Job, rest Query, more bool) {
	of := d.model.days[d.at]
	for _, e := range d.model.entries[of.first : of.first+of.count] {
		if e.job.Link != "" {
			jobs = append(jobs, e.job)
		}
	}
	_, all := d.Count()
	return jobs, Query{Before: d.model.next, Search: d.model.search}, !all
}

// Has gives what tells whether a time is on that day, on any goroutine.
func (d *Day) Has() func(time.Time) bool {
	n, zone := d.model.days[d.at].day, d.model.now().Location()
	return func(t time.Time) bool { return dayNumber(t, zone) == n }
}
