package upload

import (
	"slices"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

// skew is how far the clocks of the service and this computer may differ.
const skew = 10 * time.Minute

// lookTimes are the moments at which an upload without an answer is looked for,
// in sixtieths of Config.SettleTime after the answer was lost.
func lookTimes() []time.Duration { return []time.Duration{5, 15, 30, 60} }

// doubt hands j, whose outcome is unknown, to the lister, to be looked for at
// once. e.mu is held.
func (e *Engine) doubt(j *job, err *service.Error) {
	e.show(j, Verifying, err)
	e.lookAt(j, e.clock.Now())
}

// lookAt puts j in the lister's list. e.mu is held.
func (e *Engine) lookAt(j *job, due time.Time) {
	j.place, j.due = unknown, due
	e.doubts.Add(j)
	e.alarm.Rouse()
}

// nextLook is when j is to be looked for after a look at a time, and false when
// that was the last.
func (e *Engine) nextLook(j *job, at time.Time) (time.Time, bool) {
	since := doubtfulSince(j.attempt)
	for _, part := range lookTimes() {
		if next := since.Add(part * e.cfg.SettleTime / 60); next.After(at) {
			return next, true
		}
	}
	return time.Time{}, false
}

// markDoubtful writes into an open attempt that nobody knows how it ended, and
// since when. The time is kept through restarts, so that a program that is
// stopped again and again still comes to a decision.
func markDoubtful(a *storage.Attempt, now time.Time) {
	if a.Outcome != attemptUnknown || doubtfulSince(*a).After(now) {
		a.Outcome, a.Detail = attemptUnknown, now.UTC().Format(time.RFC3339Nano)
	}
}

func doubtfulSince(a storage.Attempt) time.Time {
	since, err := time.Parse(time.RFC3339Nano, a.Detail)
	if err != nil {
		return a.Started
	}
	return since
}

// kickListing starts the lister when the account's listing is wanted. e.mu is
// held.
func (e *Engine) kickListing() {
	if e.listingBusy || !e.mayAsk() || e.closing {
		return
	}
	first := e.doubts.First()
	due := first != nil && !first.due.After(e.clock.Now())
	if due || e.wantsCatalogue() && !e.hold.Paused {
		e.listingBusy = e.spawn(e.fetchListing)
	}
}

// candidate is a file of the account that may be the outcome of an attempt.
type candidate = service.File

// fetchListing fetches the account's listing once, for all who wait for it.
func (e *Engine) fetchListing() {
	e.mu.Lock()
	client, now := e.client, e.clock.Now()
	if client == nil { // it went in between
		e.listingBusy = false
		e.mu.Unlock()
		return
	}
	jobs := e.dueDoubts(now)
	fresh, ours := e.list()
	e.mu.Unlock()
	jobs = e.sameService(client, jobs)
	found, err := e.readListing(client, jobs, fresh)
	e.mu.Lock()
	if client != e.client && err == nil {
		err = errReplaced // what it told is of another account, perhaps
	}
	if err == nil {
		e.reached(client)
		e.listed(fresh, ours, now)
		e.stir() // nobody else has to wait for the hashes of jobs
	}
	e.mu.Unlock()
	var outs []outcome
	if err == nil {
		outs = e.resolveAll(jobs, found, now)
	} else {
		outs = e.unresolved(client, jobs, service.AsError("list files", err))
	}
	for i, j := range jobs {
		if outs[i].verdict != goOn {
			e.settle(j, outs[i])
		}
	}
}

// dueDoubts takes the jobs that are to be looked for now. e.mu is held.
func (e *Engine) dueDoubts(now time.Time) (jobs []*job) {
	for j := e.doubts.First(); j != nil && !j.due.After(now); j = e.doubts.First() {
		e.doubts.Remove(j)
		j.place = running
		jobs = append(jobs, j)
	}
	return jobs
}

// listingOver lets the next listing begin. e.mu is held.
func (e *Engine) listingOver() {
	e.listingBusy = false
	e.alarm.Rouse() // for what is due later
	e.stir()
}

// resolveAll decides on jobs by what a listing of a time has of their sizes.
func (e *Engine) resolveAll(jobs []*job, found map[int64][]candidate, at time.Time) []outcome {
	stale := e.hashAll(jobs, found)
	e.mu.Lock()
	defer e.mu.Unlock()
	outs := make([]outcome, len(jobs))
	for i, j := range jobs {
		j.looks = 0
		if stale[j] {
			outs[i] = outcome{verdict: again, err: changed(j.row.Path), note: attemptLost, until: at}
		} else {
			outs[i] = e.resolve(j, found[j.attempt.Size], at)
		}
	}
	e.listingOver()
	return outs
}

// unresolved lets jobs wait for another listing, since this one failed. Where
// none can be had, they fail in the end: nobody can tell what became of them.
func (e *Engine) unresolved(client *pixeldrain.Client, jobs []*job, err *service.Error) []outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	never := e.listingFailed(client, err)
	now := e.clock.Now()
	due := now.Add(min(max(e.known.retry.Sub(now), transfer.Backoff(1, nil)), transfer.MaxBackoff))
	outs := make([]outcome, len(jobs))
	for i, j := range jobs {
		if never {
			j.looks++
		}
		if j.looks >= maxLooks {
			j.looks = 0
			outs[i] = outcome{verdict: refused, note: attemptUnknown, sent: j.attempt.Size, err: &service.Error{
				Op: "upload", Path: j.row.Path, Kind: service.Offline, Value: service.ReasonNeverKnown, Err: err,
			}}
			continue
		}
		e.lookAt(j, due)
		e.obey(j)
	}
	e.listingOver()
	return outs
}

// sameService settles the jobs whose attempt went to a service that is not in
// use any more, and gives the others.
func (e *Engine) sameService(client *pixeldrain.Client, jobs []*job) []*job {
	return slices.DeleteFunc(jobs, func(j *job) bool {
		if j.attempt.API == client.APIURL() {
			return false
		}
		e.settle(j, outcome{verdict: back, note: attemptAbandoned})
		return true
	})
}

// hashAll completes the hashes that a crash kept from being written down, where
// the account has files to compare with. It gives the jobs whose file has
// changed since: what the service may have of these is nothing to anybody, they
// start over.
func (e *Engine) hashAll(jobs []*job, found map[int64][]candidate) map[*job]bool {
	stale := make(map[*job]bool)
	for _, j := range jobs {
		a := &j.attempt
		if a.SHA256 != "" {
			continue
		}
		s, err := openPinned(j.row.Path, a.Size, a.ModTime)
		if err == nil && len(found[a.Size]) > 0 {
			a.SHA256, err = s.hash(e.ctx, func(int) {})
		}
		s.close()
		stale[j] = err != nil && err.Kind == service.SourceChanged
	}
	return stale
}

// readListing reads the listing into fresh and gives the files that have the
// size of a job, by size.
func (e *Engine) readListing(client *pixeldrain.Client, jobs []*job, fresh *catalogue) (map[int64][]candidate, error) {
	found := make(map[int64][]candidate)
	for _, j := range jobs {
		found[j.attempt.Size] = nil
	}
	err := client.EachFile(e.ctx, func(f service.File) error {
		fresh.add(f.ID, f.Size, f.SHA256, nil)
		if _, wanted := found[f.Size]; wanted {
			found[f.Size] = append(found[f.Size], f)
		}
		return nil
	})
	return found, err
}

// resolve decides on j by the files of its size in a listing of a time. goOn
// means that j waits for another look. e.mu is held.
func (e *Engine) resolve(j *job, files []candidate, at time.Time) outcome {
	next, more := e.nextLook(j, at)
	least := byName
	switch {
	case j.cancelled:
		least = bySurmise // what is found gets deleted: it must not be another's
	case !more && e.skipKnown:
		least = byContent // it need not be sent if another made the same file
	}
	if f, fits := e.match(j, files, least); fits != misfit {
		e.claimed[f.ID] = j.row.ID
		out := outcome{
			verdict: stored, note: attemptFound, file: f.ID, told: f.SHA256,
			sum: j.attempt.SHA256, sent: j.attempt.Size, foreign: fits < bySurmise,
		}
		if out.sum == "" { // the file here is gone: what is there is what there is
			out.sum = f.SHA256
		}
		return out
	}
	if more {
		e.lookAt(j, next)
		e.obey(j)
		return outcome{}
	}
	out := outcome{verdict: again, err: j.err, note: attemptLost, costs: j.err != nil, sent: j.attempt.Size, until: e.clock.Now()}
	if out.err == nil { // broken off from here, or by a crash
		out.err = &service.Error{Op: "upload", Path: j.row.Path, Kind: service.Offline, Value: service.ReasonUnknownOutcome}
	}
	return out
}

// How well a file of the account fits an attempt.
const (
	misfit     = iota
	byContent  // the right content under another name, or from before
	byName     // the right content and name, but from before
	bySurmise  // the right name and time; one of the hashes is not known
	completely // the right content, name and time
)

// match finds the file that j's open attempt made, fitting at least so well,
// and tells how well it fits: misfit when there is none. e.mu is held.
func (e *Engine) match(j *job, files []candidate, least int) (best candidate, how int) {
	a := &j.attempt
	for _, f := range files {
		owner, claimed := e.claimed[f.ID]
		_, doomed := e.doomed[f.ID]
		if f.Size != a.Size || doomed || claimed && owner != j.row.ID {
			continue
		}
		fits := fit(f, a.SHA256, j.row.Name, a.Started)
		if fits < max(least, how) || fits == byName && !e.skipKnown || fits == how && !f.Uploaded.After(best.Uploaded) {
			continue
		}
		best, how = f, fits
	}
	return best, how
}

// fit tells how well a file of the right size fits an attempt.
func fit(f candidate, sum, name string, started time.Time) int {
	known := sum != "" && f.SHA256 != ""
	named := f.Name == name
	recent := f.Uploaded.After(started.Add(-skew))
	switch {
	case known && sum != f.SHA256, !known && (!named || !recent):
		return misfit
	case !known:
		return bySurmise
	case named && recent:
		return completely
	case named:
		return byName
	}
	return byContent
}
