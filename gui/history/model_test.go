package history

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that tests set.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock {
	return &clock{time.Date(2026, time.November, 23, 20, 0, 0, 0, time.FixedZone("CET", 3600))}
}

// job is an upload that ended so long ago.
func (c *clock) job(id int, ago time.Duration) upload.Job {
	return upload.Job{
		ID: service.JobID(id), State: upload.Uploaded, Verified: true, Name: fmt.Sprintf("file-%d.bin", id),
		Path: fmt.Sprintf("/home/me/work/file-%d.bin", id), Size: int64(id) * 1000, File: service.FileID(fmt.Sprintf("id%d", id)),
		Link: fmt.Sprintf("https://pixeldrain.com/u/id%d", id), Finished: c.t.Add(-ago),
	}
}

// rows writes down what a model shows.
func rows(m *Model) string {
	f := kit.NewFormat("en", m.now, "")
	w := Words{Format: f}
	var s strings.Builder
	for i := range m.Rows() {
		switch d, j := m.Row(i); {
		case j != nil:
			fmt.Fprintf(&s, "%d ", j.ID)
		case d != nil:
			fmt.Fprintf(&s, "[%s] ", w.Title(d))
		default:
			s.WriteString("…")
		}
	}
	return strings.TrimSpace(s.String())
}

func want(t *testing.T, m *Model, want string) {
	t.Helper()
	if got := rows(m); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

const hour, oneDay = time.Hour, 24 * time.Hour

func TestPagesByDays(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	if m.Empty() || m.State() != Reading {
		t.Error("nothing was read, but it is called empty")
	}
	q := m.Begin("")
	if _, more := m.More(); more {
		t.Error("the second page is read before the first")
	}
	m.Loaded(q, []upload.Job{c.job(9, 0), c.job(8, hour), c.job(7, oneDay), c.job(6, 3*oneDay)}, 66, nil)
	want(t, m, "[Today · 2] 9 8 [Yesterday · 1] 7 [Friday 20 November 2026] 6 …")
	next, more := m.More()
	if !more || next.Before != 66 {
		t.Fatalf("the next page is %+v, %v", next, more)
	}
	if _, again := m.More(); again {
		t.Error("the same page is read twice")
	}
	m.Loaded(next, []upload.Job{c.job(6, 3*oneDay), c.job(5, 3*oneDay), c.job(4, 400*oneDay)}, 0, nil)
	want(t, m, "[Today · 2] 9 8 [Yesterday · 1] 7 [Friday 20 November 2026 · 2] 6 5 [Sunday 19 October 2025 · 1] 4")
	if _, more := m.More(); more {
		t.Error("there is a page behind the last")
	}
	c.t = c.t.Add(5 * hour) // after midnight
	if !m.Tick() || m.Tick() {
		t.Error("midnight is noticed once")
	}
	want(t, m, "[Yesterday · 2] 9 8 [Sunday 22 November 2026 · 1] 7 [Friday 20 November 2026 · 2] 6 5 [Sunday 19 October 2025 · 1] 4")
}

func TestOlderSearchesAreNotShown(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	m.Loaded(m.Begin(""), []upload.Job{c.job(3, 0), c.job(2, hour)}, 22, nil)
	page, _ := m.More()
	first := m.Begin("file-3")
	second := m.Begin("file-2")
	if m.Current(first) || !m.Current(second) {
		t.Error("the search before is still current")
	}
	if m.Loaded(page, []upload.Job{c.job(1, 2*hour)}, 0, nil) || m.Loaded(first, []upload.Job{c.job(3, 0)}, 0, nil) {
		t.Error("an old answer is shown")
	}
	want(t, m, "[Today] 3 2 …") // until the answer comes
	m.Loaded(second, []upload.Job{c.job(2, hour)}, 0, nil)
	want(t, m, "[Today · 1] 2")
	if m.Search() != "file-2" {
		t.Errorf("shown for %q", m.Search())
	}
	third := m.Begin("")
	m.Forget()
	if m.Loaded(third, []upload.Job{c.job(3, 0)}, 0, nil) || m.Rows() != 0 {
		t.Error("an answer comes back after the page was closed")
	}
}

func TestLive(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	apply := func(jobs ...upload.Job) bool { return m.Apply([]upload.Event{{Jobs: jobs}}) }
	m.Loaded(m.Begin(""), []upload.Job{c.job(3, hour), c.job(2, oneDay)}, 22, nil)

	sending := c.job(4, 0)
	sending.State, sending.Finished = upload.Uploading, time.Time{}
	if apply(sending) {
		t.Error("what is being sent is in the history")
	}
	failed := c.job(5, 0)
	failed.State, failed.Link = upload.Failed, ""
	if !apply(c.job(4, 0), failed) {
		t.Error("nothing changed")
	}
	want(t, m, "[Today · 3] 5 4 3 [Yesterday] 2 …")
	again := failed
	again.State, again.Finished = upload.Waiting, time.Time{}
	apply(again)
	want(t, m, "[Today · 2] 4 3 [Yesterday] 2 …")
	m.Apply([]upload.Event{{Removed: []service.JobID{3}}}) // from the list of uploads
	want(t, m, "[Today · 2] 4 3 [Yesterday] 2 …")
	if apply(c.job(1, 5*oneDay)) {
		t.Error("what belongs to the next page is put below this one")
	}

	m.Loaded(m.Begin("FILE-6"), nil, 0, nil)
	if !m.Empty() {
		t.Error("not empty")
	}
	named := c.job(8, 0)
	named.Name = "My File-6.txt"
	apply(c.job(7, 0), c.job(6, 0), named)
	want(t, m, "[Today · 2] 8 6")
}

// What ends while a page is read is in it or not: it is shown once.
func TestLiveWhileAPageIsRead(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	q := m.Begin("")
	m.Apply([]upload.Event{{Jobs: []upload.Job{c.job(5, 0), c.job(4, hour)}}})
	m.Loaded(q, []upload.Job{c.job(4, hour), c.job(3, 2*hour)}, 33, nil)
	want(t, m, "[Today] 5 4 3 …")
	next, _ := m.More()
	retried := c.job(2, 3*hour)
	retried.State, retried.Finished = upload.Waiting, time.Time{}
	m.Apply([]upload.Event{{Jobs: []upload.Job{retried}}}) // is in the page that was read before
	m.Loaded(next, []upload.Job{c.job(2, 3*hour), c.job(1, 4*hour)}, 0, nil)
	want(t, m, "[Today · 4] 5 4 3 1")
}

func TestFailures(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	bad := errors.New("broken")
	m.Loaded(m.Begin("x"), nil, 0, bad)
	if m.State() != Broken || m.Err() == nil || m.Empty() {
		t.Errorf("state %v, %v", m.State(), m.Err())
	}
	q := m.Again()
	if q.Before != 0 || q.Search != "x" {
		t.Errorf("tries again with %+v", q)
	}
	m.Loaded(q, []upload.Job{c.job(3, 0)}, 33, nil)
	if m.State() != Ready || m.Err() != nil {
		t.Errorf("state %v, %v", m.State(), m.Err())
	}
	next, _ := m.More()
	m.Loaded(next, nil, 0, bad)
	want(t, m, "[Today] 3 …")
	if _, more := m.More(); more {
		t.Error("a page that can't be read is read again and again")
	}
	if q := m.Again(); q.Before != 33 {
		t.Errorf("tries again with %+v", q)
	}
}

func TestLinksOfADay(t *testing.T) {
	c := newClock()
	m := NewModel(c.now)
	failed := c.job(2, 2*hour)
	failed.State, failed.Link = upload.Failed, ""
	m.Loaded(m.Begin(""), []upload.Job{c.job(4, 0), c.job(3, hour), failed, c.job(1, oneDay)}, 11, nil)
	today := m.DayOf(m.Key(0))
	jobs, _, more := today.Linked()
	if len(jobs) != 2 || more || !today.HasLinks() {
		t.Errorf("today has %d links, more %v", len(jobs), more)
	}
	if on := today.Has(); !on(c.t.Add(-19*hour)) || on(c.t.Add(-21*hour)) {
		t.Error("wrong day")
	}
	yesterday := m.DayOf(m.Key(4))
	if jobs, rest, more := yesterday.Linked(); len(jobs) != 1 || !more || rest.Before != 11 {
		t.Errorf("yesterday has %d links and %+v, %v", len(jobs), rest, more)
	}
	if m.DayOf(12) != nil {
		t.Error("no day has that key")
	}
	m.Loaded(m.Begin(""), []upload.Job{failed}, 0, nil)
	if m.DayOf(m.Key(0)).HasLinks() {
		t.Error("a day of failures has links")
	}
}

// Whatever pages and events come, the rows are those of the whole history: each
// upload once, newest first, below its day.
func TestLikeTheWholeHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		m := NewModel(c.now)
		whole := map[int]upload.Job{}
		id := 0
		add := func(ago time.Duration) upload.Job {
			id++
			j := c.job(id, ago)
			whole[id] = j
			return j
		}
		for i := range rapid.IntRange(0, 40).Draw(t, "before") {
			add(time.Duration(40-i) * 5 * hour)
		}
		sorted := func() []upload.Job {
			list := []upload.Job{}
			for _, j := range whole {
				list = append(list, j)
			}
			slices.SortFunc(list, func(a, b upload.Job) int { return cmp.Or(b.Finished.Compare(a.Finished), cmp.Compare(b.ID, a.ID)) })
			return list
		}
		// answer reads a page as the engine does; its cursors are the ids here.
		answer := func(q Query) (page []upload.Job, next int64) {
			for _, j := range sorted() {
				if q.Before == 0 || int64(j.ID) < q.Before {
					page = append(page, j)
				}
				if len(page) == 7 {
					return page, int64(j.ID)
				}
			}
			return page, 0
		}
		q := m.Begin("")
		reading := true
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "step") {
			case 0: // one ends
				m.Apply([]upload.Event{{Jobs: []upload.Job{add(0)}}})
				c.t = c.t.Add(hour)
			case 1: // the page is read, and one ends before it is shown
				if !reading {
					continue
				}
				page, next := answer(q)
				if rapid.Bool().Draw(t, "late") {
					m.Apply([]upload.Event{{Jobs: []upload.Job{add(0)}}})
					c.t = c.t.Add(hour)
				}
				m.Loaded(q, page, next, nil)
				reading = false
			case 2:
				if next, more := m.More(); more {
					q, reading = next, true
				}
			}
		}
		for reading || m.State() == Reading || m.next != 0 {
			if !reading {
				next, more := m.More()
				if !more {
					t.Fatal("there is more, but it can't be read")
				}
				q = next
			}
			page, next := answer(q)
			m.Loaded(q, page, next, nil)
			reading = false
		}
		whole2 := NewModel(c.now)
		whole2.Loaded(whole2.Begin(""), sorted(), 0, nil)
		if rows(m) != rows(whole2) {
			t.Fatalf("got  %s\nwant %s", rows(m), rows(whole2))
		}
		keys := map[int64]bool{}
		for i := range m.Rows() {
			keys[m.Key(i)] = true
		}
		if len(keys) != m.Rows() {
			t.Fatalf("%d keys for %d rows", len(keys), m.Rows())
		}
	})
}

func TestWords(t *testing.T) {
	c := newClock()
	w := Words{
		Format: kit.NewFormat("en", c.now, "/home/me"),
		Short:  func(e *service.Error) string { return "short " + e.Value }, Long: func(e *service.Error) string { return "long " + e.Value },
	}
	for name, test := range map[string]struct {
		change func(*upload.Job)
		want   Row
	}{
		"verified": {func(*upload.Job) {}, Row{State: "Uploaded and verified", Link: "pixeldrain.com/u/id5"}},
		"uploaded": {func(j *upload.Job) { j.Verified = false }, Row{State: "Uploaded", Link: "pixeldrain.com/u/id5"}},
		"already there": {func(j *upload.Job) { j.State = upload.AlreadyThere }, Row{
			State: "Already there, nothing sent", Link: "pixeldrain.com/u/id5",
		}},
		"failed": {func(j *upload.Job) { j.State, j.Link, j.Err = upload.Failed, "", &service.Error{Value: "x"} }, Row{
			State: "Failed", StateBy: kit.ColorRed, Reason: "short x", Tip: "long x",
		}},
		"failed long ago": {func(j *upload.Job) { j.State, j.Link = upload.Failed, "" }, Row{State: "Failed", StateBy: kit.ColorRed}},
	} {
		j := c.job(5, 0)
		test.change(&j)
		test.want.ID, test.want.Name, test.want.Sub, test.want.Time = 5, "file-5.bin", "5.0 KB · ~/work", "20:00"
		if test.want.StateBy == "" {
			test.want.StateBy = kit.ColorSecondary
		}
		if got := w.Row(&j); got != test.want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, test.want)
		}
	}
}

func BenchmarkLiveWith100000Rows(b *testing.B) {
	c := newClock()
	m := NewModel(c.now)
	m.Loaded(m.Begin(""), manyJobs(c, 100_000), 0, nil)
	id := 200_000
	for b.Loop() {
		id++
		c.t = c.t.Add(time.Millisecond)
		m.Apply([]upload.Event{{Jobs: []upload.Job{c.job(id, 0)}}})
	}
}

func manyJobs(c *clock, n int) []upload.Job {
	jobs := make([]upload.Job, n)
	for i := range jobs {
		jobs[i] = c.job(n-i, time.Duration(i)*10*time.Minute)
	}
	return jobs
}
