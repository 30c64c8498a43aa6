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
	together = 3 * time.Second
	// manyFiles make a burst that is worth waiting for.
	manyFiles = 10
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
	last  time.Time // when the last came
}

// patience is how long links wait for the next of their burst, of which so many
// are expected.
func (b *burst) patience(expected int) time.Duration {
	if len(b.links)+expected < manyFiles {
		return 10 * time.Second
	}
	return time.Minute
}

// burstOf gives the burst of a file that is found now.
func (f *folder) burstOf(now time.Time) int {
	if now.Sub(f.foundAt) >= together {
		f.burst++
	}
	f.foundAt = now
	return f.burst
}

// gather collects the links that were just written down.
func (f *folder) gather(all []Entry) {
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
		b.last = f.w.cfg.Clock.Now()
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
		if n := expected[id]; n > 0 && !all {
			if due := b.last.Add(b.patience(n)); now.Before(due) {
				if f.burstDue.IsZero() || due.Before(f.burstDue) {
					f.burstDue = due
				}
				continue
			}
		}
		delete(f.bursts, id)
		slices.SortStableFunc(b.links, func(a, b Linked) int {
			return cmp.Or(cmp.Compare(a.changed, b.changed), cmp.Compare(a.File, b.File))
		})
		f.w.mu.Lock()
		f.w.feed.Publish(Event{Links: b.links})
		f.w.mu.Unlock()
	}
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
		if p.id.size < largeFile && p.wait == 0 && p.told == "" {
			n[p.burst]++
		}
	}
	return n
}
