package watch

import (
	"cmp"
	"path/filepath"
	"slices"
	"time"
)

const (
	// together is how soon after another a file is found that belongs to the same
	// burst.
	together = 2 * time.Second
	// patience is how long links wait for the next of their burst; longPatience
	// when it has manyFiles or more.
	patience     = 10 * time.Second
	longPatience = time.Minute
	manyFiles    = 10
	// longestBurst is after how long a burst is over though files go on coming.
	longestBurst = 5 * time.Minute
	// copyFor is how long after it was found a file's link may still take the
	// clipboard.
	copyFor = 10 * time.Minute
	// alone is the burst of a file that is told of for itself.
	alone = -1
)

// Linked is a watched file that has got its link.
type Linked struct {
	Entry         // Uploaded or AlreadyThere
	File   string // the whole path it was uploaded from; it may be moved away since
	Copy   bool   // for the clipboard
	Notify bool   // for a notification

	changed int64
}

// arrival is what the activity list does not have of an upload.
type arrival struct {
	burst   int
	copy    bool
	changed int64
}

// burst is the links of files that were found together, and are told together.
type burst struct {
	links []Linked
	told  int       // how many there were when they were told
	since time.Time // when the first came that was not told
	last  time.Time // when the last came
}

// due gives the time to tell of a burst, of which so many are expected and, with
// open set, more may be found until a time.
func (b *burst) due(expected int, open bool, until time.Time) time.Time {
	switch {
	case expected > 0 && len(b.links)+expected < manyFiles:
		return b.last.Add(patience)
	case expected > 0:
		return b.last.Add(longPatience)
	case b.told == 0 || !open:
		return time.Time{}
	case until.After(b.since.Add(longPatience)):
		return b.since.Add(longPatience)
	}
	return until
}

// burstOf gives the burst of a file that is found now.
func (f *folder) burstOf(now time.Time) int {
	if now.Sub(f.foundAt) >= together || now.Sub(f.began) >= longestBurst {
		f.burst++
		f.began = now
	}
	f.foundAt = now
	return f.burst
}

// gather collects the links that were just written down.
func (f *folder) gather(all []Entry) {
	now := f.w.cfg.Clock.Now()
	for _, e := range all {
		from, ok := f.arrivals[e.Path]
		if !ok || e.What != Uploaded && e.What != AlreadyThere {
			continue
		}
		delete(f.arrivals, e.Path)
		b := f.bursts[from.burst]
		if b == nil {
			b = &burst{}
			f.bursts[from.burst] = b
		}
		if b.told == len(b.links) {
			b.since = now
		}
		b.last = now
		b.links = append(b.links, Linked{
			Entry: e, File: filepath.Join(f.path, e.Path), Copy: from.copy && f.opts.CopyLink, Notify: f.opts.Notify, changed: from.changed,
		})
	}
}

// tellLinks tells of the bursts that need not wait for more; with all, of all.
func (f *folder) tellLinks(all bool) {
	f.burstDue = time.Time{}
	if len(f.bursts) == 0 {
		return
	}
	now := f.w.cfg.Clock.Now()
	expected := f.expected()
	for id, b := range f.bursts {
		until := f.foundAt.Add(together)
		open := id == f.burst && now.Before(until)
		if len(b.links) > b.told {
			if due := b.due(expected[id], open, until); now.Before(due) && !all {
				if f.burstDue.IsZero() || due.Before(f.burstDue) {
					f.burstDue = due
				}
				continue
			}
			f.tellBurst(b)
		}
		if expected[id] == 0 && !open {
			delete(f.bursts, id)
		}
	}
}

func (f *folder) tellBurst(b *burst) {
	b.told = len(b.links)
	slices.SortStableFunc(b.links, func(a, b Linked) int {
		return cmp.Or(cmp.Compare(a.changed, b.changed), cmp.Compare(a.File, b.File))
	})
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	f.w.feed.Publish(Event{Links: slices.Clone(b.links)})
}

// expected counts the files of each burst that are in the queue or about to be.
func (f *folder) expected() map[int]int {
	n := make(map[int]int, len(f.queued))
	for id, queued := range f.queued {
		if id != alone {
			n[id] = queued
		}
	}
	if f.w.isPaused() {
		return n
	}
	for _, p := range f.pending {
		if p.id.size < largeFile && !p.writing && p.told == "" {
			n[p.burst]++
		}
	}
	return n
}
