package watched

import (
	"math"
	"slices"
	"sort"
	"time"

	"sluice/service/watch"
)

// pageSize is how many entries are read at a time.
const pageSize = 200

// Activity is the part of what happened that was read, newest first, and by days
// unless all of it was today.
type Activity struct {
	now     func() time.Time
	entries []entry // oldest first
	days    []day   // newest first; nil when no titles are wanted
	read    bool    // the first page is there
	more    bool    // older ones can be read
	reading bool
	err     error
	turn    int // counts the times it was forgotten: an older answer is not used
	late    []watch.Entry
}

type entry struct {
	watch.Entry

	day int // year, month and day as one number: 20261123
}

// day is a run of entries of one day.
type day struct {
	day   int
	first int // how many newer entries there are
	count int
}

// Query is a page to be read.
type Query struct {
	turn   int
	Before int64
}

func (a *Activity) forget() {
	*a = Activity{now: a.now, turn: a.turn + 1}
}

// Next gives the query for the next page, if there is one and none is being
// read. After a failure there is none until Again.
func (a *Activity) Next() (Query, bool) {
	if a.reading || a.err != nil || a.read && !a.more {
		return Query{}, false
	}
	a.reading = true
	q := Query{turn: a.turn}
	if len(a.entries) > 0 {
		q.Before = a.entries[0].ID
	}
	return q, true
}

// Again gives the query that failed.
func (a *Activity) Again() (Query, bool) {
	a.err = nil
	return a.Next()
}

// Loaded takes over the answer to a query.
func (a *Activity) Loaded(q Query, page []watch.Entry, err error) {
	if q.turn != a.turn {
		return
	}
	a.reading, a.err = false, err
	if err == nil {
		a.read, a.more = true, len(page) == pageSize
		older := make([]entry, 0, len(page))
		for _, e := range slices.Backward(page) {
			older = append(older, a.dated(e))
		}
		a.entries = append(older, a.entries...)
		late := a.late
		a.late = nil
		a.add(late)
	}
	a.group()
}

func (a *Activity) dated(e watch.Entry) entry { return entry{e, a.number(e.At)} }

// add takes over new entries, oldest first.
func (a *Activity) add(entries []watch.Entry) {
	if !a.read {
		a.late = append(a.late, entries...)
		return
	}
	for _, e := range entries {
		if n := len(a.entries); n == 0 || e.ID > a.entries[n-1].ID {
			a.entries = append(a.entries, a.dated(e))
		}
	}
	if len(entries) > 0 {
		a.group()
	}
}

// drop lets go of all that is about a folder.
func (a *Activity) drop(id watch.FolderID) {
	a.entries = slices.DeleteFunc(a.entries, func(e entry) bool { return e.Folder == id })
	a.late = slices.DeleteFunc(a.late, func(e watch.Entry) bool { return e.Folder == id })
	a.group()
}

// number gives the day of a time as one number.
func (a *Activity) number(t time.Time) int {
	y, month, d := t.In(a.now().Location()).Date()
	return y*10_000 + int(month)*100 + d
}

// group finds the days anew.
func (a *Activity) group() {
	a.days = a.days[:0]
	for i, e := range slices.Backward(a.entries) {
		if n := len(a.days); n > 0 && a.days[n-1].day == e.day {
			a.days[n-1].count++
		} else {
			a.days = append(a.days, day{e.day, len(a.entries) - 1 - i, 1})
		}
	}
	if len(a.days) == 1 && a.days[0].day == a.number(a.now()) {
		a.days = nil
	}
}

// Err says why a page can't be read, nil when it can.
func (a *Activity) Err() error { return a.err }

// Empty reports whether nothing happened, not only nothing was read yet.
func (a *Activity) Empty() bool { return a.read && len(a.entries) == 0 }

// Rows is how many rows there are: days, entries, and one at the end while more
// can be read, or nothing was.
func (a *Activity) Rows() int {
	n := len(a.entries) + len(a.days)
	if a.more || len(a.entries) == 0 {
		n++
	}
	return n
}

// Row finds row i: an entry, the time of a day whose title it is, or, with
// neither, the one at the end.
func (a *Activity) Row(i int) (e *watch.Entry, title time.Time) {
	at := -1
	if len(a.days) > 0 {
		at = sort.Search(len(a.days), func(k int) bool { return a.days[k].first+k > i }) - 1
		if i == a.days[at].first+at {
			return nil, a.newest(a.days[at].first).At
		}
	}
	if newer := i - at - 1; newer < len(a.entries) {
		return &a.newest(newer).Entry, time.Time{}
	}
	return nil, time.Time{}
}

// newest gives the entry that has so many newer ones.
func (a *Activity) newest(newer int) *entry { return &a.entries[len(a.entries)-1-newer] }

// Key tells rows apart: an entry's id, or a negative number.
func (a *Activity) Key(i int) int64 {
	e, title := a.Row(i)
	switch {
	case e != nil:
		return e.ID
	case !title.IsZero():
		return -int64(a.number(title))
	}
	return math.MinInt64
}
