package thumbnail

import (
	"slices"
	"time"

	"sluice/service"
)

// Want replaces what is wanted: pictures of side by side device pixels, nearest
// first. All else is given up. Of more than memory holds, the last are left out.
func (l *Loader) Want(side int, wanted []Wanted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() == nil {
		l.want(l.fitting(side, wanted))
	}
}

// want works on the wanted from now on, all of which have their sides.
func (l *Loader) want(wanted []Wanted) {
	l.wanted = wanted
	before := l.jobs
	l.jobs, l.order = make(map[service.FileID]*job, len(before)), nil
	now, anew := time.Now(), false
	for _, w := range wanted {
		j := l.jobs[w.File]
		if j == nil {
			if !l.needed(w, now) {
				continue
			}
			if j = before[w.File]; j == nil {
				j, anew = &job{Wanted: w}, true
			}
			j.next = j.next[:0]
			l.jobs[w.File] = j
			l.order = append(l.order, j)
		}
		j.next = append(j.next, w.Side)
	}
	for id, j := range before {
		if l.jobs[id] == nil {
			l.giveUp(j)
		}
	}
	for i, j := range l.order {
		if !j.resize() {
			l.giveUp(j)
			l.order[i] = &job{Wanted: j.Wanted, sides: slices.Compact(j.next)}
			l.jobs[j.File] = l.order[i]
		}
	}
	if anew {
		if now.Sub(l.lastNew) < l.cfg.Settle {
			l.settled = now.Add(l.cfg.Settle)
		}
		l.lastNew = now
	}
	l.change.Broadcast()
}

// Spare forgets the pictures that are not wanted, which are some screens away. They
// are on the disk, unless the Loader has none: then they stay.
func (l *Loader) Spare() {
	if l.cfg.Disk == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	keys := make(map[memoryKey]struct{}, len(l.wanted))
	for _, w := range l.wanted {
		keys[memoryKey{w.File, w.Side}] = struct{}{}
	}
	l.memory.dropOthers(keys)
}

// giveUp stops the work on a job that is wanted no longer.
func (l *Loader) giveUp(j *job) {
	if j.cancel != nil {
		j.cancel()
	}
	l.release(j)
}

// fitting gives what of wanted fits into memory, with all sides filled in, and
// sees to it that there is room for it and that what is there of it stays.
func (l *Loader) fitting(side int, wanted []Wanted) []Wanted {
	fit := make([]Wanted, 0, min(len(wanted), maxWanted))
	most := l.cfg.Most / 4 * 3
	room := most
	for _, w := range wanted {
		if w.Side <= 0 {
			w.Side = side
		}
		if w.File == "" || w.Side <= 0 || w.Side > maxSide {
			continue
		}
		if Possible(w.MIME, w.Name) {
			room -= entryBytes(w.Side)
		}
		if len(fit) > 0 && room < 0 || len(fit) == maxWanted {
			break
		}
		fit = append(fit, w)
	}
	for _, w := range slices.Backward(fit) {
		l.memory.get(memoryKey{w.File, w.Side}) // makes it a recent one
	}
	l.memory.resize(max(l.cfg.Memory, min(l.cfg.Most, (most-room)/3*4)))
	return fit
}

// needed tells whether there is something to do for w.
func (l *Loader) needed(w Wanted, now time.Time) bool {
	if e := l.memory.get(memoryKey{w.File, w.Side}); e != nil && !e.rough {
		return false
	}
	if n := l.notes.get(w.File); n != nil && n.none {
		if now.Before(n.until) {
			return false
		}
		l.notes.drop(w.File)
	}
	if !Possible(w.MIME, w.Name) {
		l.notes.put(w.File, note{none: true, until: now.Add(noneAge)})
		l.report(w.File)
		return false
	}
	return true
}
