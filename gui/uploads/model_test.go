package uploads

import (
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
	return &clock{time.Date(2026, time.November, 23, 9, 41, 0, 0, time.UTC)}
}

func newModel(c *clock) *Model { return NewModel(kit.NewFormat("en", c.now, "/home/me"), c.now) }

func job(id int, s upload.State) upload.Job {
	return upload.Job{ID: service.JobID(id), Position: int64(id), State: s, Name: fmt.Sprintf("file-%d.bin", id), Left: -1}
}

// rows writes down what a model shows: titles, and ids below them.
func rows(m *Model) string {
	var s strings.Builder
	for i := range m.Rows() {
		section, item := m.Row(i)
		switch {
		case item == nil:
			fmt.Fprintf(&s, "[%s] ", m.Title(section))
		case item.Download != nil:
			fmt.Fprintf(&s, "d%d ", item.Download.ID)
		default:
			fmt.Fprintf(&s, "%d ", item.Upload.ID)
		}
	}
	return s.String()
}

func TestSections(t *testing.T) {
	c := newClock()
	m := newModel(c)
	ended := func(id int, s upload.State, at time.Time) upload.Job {
		j := job(id, s)
		j.Finished = at
		return j
	}
	m.Reset(upload.Snapshot{Jobs: []upload.Job{
		job(5, upload.Waiting), job(2, upload.Uploading), job(1, upload.Hashing), job(4, upload.Retrying),
		job(3, upload.Verifying), job(6, upload.Finishing),
		ended(7, upload.Uploaded, c.t.Add(-time.Hour)), ended(8, upload.AlreadyThere, c.t.Add(-time.Minute)),
		ended(9, upload.Uploaded, c.t.Add(-24*time.Hour)), ended(10, upload.Failed, c.t), ended(11, upload.Failed, c.t.Add(time.Second)),
		job(13, upload.Paused), job(12, upload.Paused),
	}})
	want := "[UPLOADING] 1 2 3 6 [WAITING · 2] 4 5 [PAUSED · 2] 12 13 [FAILED · 2] 11 10 [FINISHED TODAY · 2] 8 7 [FINISHED EARLIER · 1] 9 "
	if got := rows(m); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if m.Open() != 6 || m.Empty() {
		t.Errorf("%d open, empty %v", m.Open(), m.Empty())
	}
}

func TestApplyMovesRowsBetweenSections(t *testing.T) {
	c := newClock()
	m := newModel(c)
	m.Apply([]upload.Event{{Jobs: []upload.Job{job(1, upload.Waiting), job(2, upload.Waiting)}}})
	change := m.Apply([]upload.Event{{Jobs: []upload.Job{job(2, upload.Uploading)}}})
	if got := rows(m); got != "[UPLOADING] 2 [WAITING · 1] 1 " || !change.Order {
		t.Errorf("%s, order changed: %v", got, change.Order)
	}
	progress := job(2, upload.Uploading)
	progress.Sent = 7
	change = m.Apply([]upload.Event{{Jobs: []upload.Job{progress}}})
	if _, told := change.Keys[int64(OfUpload(2))]; change.Order || !told || len(change.Keys) != 1 {
		t.Errorf("progress changed %+v", change)
	}
	if j, _ := m.Job(2); j.Sent != 7 {
		t.Error("progress was not taken over")
	}
	front := job(1, upload.Waiting)
	front.Position = -1
	m.Apply([]upload.Event{{Jobs: []upload.Job{job(3, upload.Waiting)}}, {Jobs: []upload.Job{front}}})
	change = m.Apply([]upload.Event{{Removed: []service.JobID{2, 77}}})
	if got := rows(m); got != "[WAITING · 2] 1 3 " || !change.Order {
		t.Errorf("%s, order changed: %v", got, change.Order)
	}
	batch := upload.Batch{ID: 4}
	totals := upload.Totals{Active: 9}
	change = m.Apply([]upload.Event{{Totals: &totals, BatchDone: &batch}})
	if change.Order || len(change.Done) != 1 || change.Done[0].ID != 4 || m.Totals().Active != 9 {
		t.Errorf("%+v, %+v", change, m.Totals())
	}
}

func TestMidnight(t *testing.T) {
	c := newClock()
	m := newModel(c)
	j := job(1, upload.Uploaded)
	j.Finished = c.t
	m.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	if change := m.Tick(); change.Order {
		t.Error("nothing happened, but the rows moved")
	}
	c.t = c.t.Add(15 * time.Hour)
	if change := m.Tick(); !change.Order || rows(m) != "[FINISHED EARLIER · 1] 1 " {
		t.Errorf("after midnight: %s", rows(m))
	}
}

func TestTicksOnlyWhileSomethingCountsDown(t *testing.T) {
	c := newClock()
	m := newModel(c)
	m.Apply([]upload.Event{{Jobs: []upload.Job{job(1, upload.Waiting), job(3, upload.Retrying)}}})
	if m.Ticks() {
		t.Error("neither a waiting row nor one without a time counts down")
	}
	j := job(2, upload.Retrying)
	j.NextTry = c.t.Add(5 * time.Second)
	m.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
	if change := m.Tick(); !m.Ticks() || len(change.Keys) != 2 {
		t.Errorf("ticks %v, changed %v", m.Ticks(), change.Keys)
	}
	if c.t = c.t.Add(10 * time.Second); m.Ticks() {
		t.Error("the time is over, but counts on")
	}
}

// A random run of events ends with the same rows as a snapshot of its result.
func TestModelLikeItsSnapshot(t *testing.T) {
	states := []upload.State{
		upload.Waiting, upload.Hashing, upload.Uploading, upload.Finishing, upload.Verifying,
		upload.Retrying, upload.Uploaded, upload.AlreadyThere, upload.Failed, upload.Paused, upload.Cancelled,
	}
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		m := newModel(c)
		now := map[service.JobID]upload.Job{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			id := rapid.IntRange(1, 12).Draw(t, "id")
			if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
				m.Apply([]upload.Event{{Removed: []service.JobID{service.JobID(id)}}})
				delete(now, service.JobID(id))
				continue
			}
			j := job(id, rapid.SampledFrom(states).Draw(t, "state"))
			j.Position = int64(rapid.IntRange(-3, 12).Draw(t, "position"))
			j.Finished = c.t.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
			m.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
			now[j.ID] = j
		}
		want := newModel(c)
		snapshot := upload.Snapshot{}
		for _, j := range now {
			snapshot.Jobs = append(snapshot.Jobs, j)
		}
		want.Reset(snapshot)
		if rows(m) != rows(want) {
			t.Fatalf("got  %s\nwant %s", rows(m), rows(want))
		}
		keys := []int64{}
		for i := range m.Rows() {
			keys = append(keys, m.Key(i))
		}
		slices.Sort(keys)
		if len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Fatalf("keys are not unique: %v", keys)
		}
	})
}

func BenchmarkApplyWith10000Rows(b *testing.B) {
	c := newClock()
	m := newModel(c)
	s := upload.Snapshot{}
	for i := range 10_000 {
		s.Jobs = append(s.Jobs, job(i+1, upload.Waiting))
	}
	m.Reset(s)
	i := 0
	for b.Loop() {
		i++
		m.Apply([]upload.Event{{Jobs: []upload.Job{job(i%10_000+1, upload.State(i%8))}}})
	}
}
