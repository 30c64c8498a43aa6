package upload

import (
	"slices"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
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
	e.doubts.add(j)
	e.rouse()
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
	first := e.doubts.first()
	due := first != nil && !first.due.After(e.clock.Now())
	if due || e.wantsCatalogue() && !e.hold.paused {
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
	var jobs []*job
	for j := e.doubts.first(); j != nil && !j.due.After(now); j = e.doubts.first() {
		e.doubts.remove(j)
		j.place = running
		jobs = append(jobs, j)
	}
	fresh, ours := e.list()
	e.mu.Unlock()
	jobs = e.sameService(client, jobs)
	stale := e.hashAll(jobs)
	found, err := e.readListing(client, jobs, fresh)
	e.mu.Lock()
	e.listingBusy = false
	e.rouse() // for what is due later
	if client != e.client && err == nil {
		err = errReplaced // what it told is of another account, perhaps
	}
	if err != nil {
		e.listingFailed(client, service.AsError("list files", err))
		for _, j := range jobs {
			j.place, j.due = unknown, e.clock.Now().Add(backoff(1, nil))
			e.doubts.add(j)
			e.obey(j)
		}
		e.stir()
		e.mu.Unlock()
		return
	}
	e.reached(client)
	e.listed(fresh, ours, now)
	outs := make([]outcome, len(jobs))
	for i, j := range jobs {
		if stale[j] {
			outs[i] = outcome{verdict: again, err: changed(j.row.Path), note: attemptLost, until: now}
		} else {
			outs[i] = e.resolve(j, found[j.attempt.Size], now)
		}
	}
	e.stir()
	e.mu.Unlock()
	for i, j := range jobs {
		if outs[i].verdict != goOn {
			e.settle(j, outs[i])
		}
	}
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

// hashAll completes the hashes that a crash kept from being written down. It
// gives the jobs whose file has changed since: what the service may have of
// these is nothing to anybody, they start over.
func (e *Engine) hashAll(jobs []*job) map[*job]bool {
	stale := make(map[*job]bool)
	for _, j := range jobs {
		if j.attempt.SHA256 != "" {
			continue
		}
		sum, err := hashOf(e.ctx, j.row.Path, j.attempt.Size, j.attempt.ModTime)
		j.attempt.SHA256 = sum
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

// resolve decides on j by the files of its size in a listing of a time. goOn means that j waits for
// another look. e.mu is held.
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
