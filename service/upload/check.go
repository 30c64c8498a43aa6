package upload

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

// maxLooks is how often the verifier asks for a file that it can't judge.
const maxLooks = 6

// check hands j to the verifier, due at a time: its copy is to be compared with
// what was sent, or to be deleted. e.mu is held.
func (e *Engine) check(j *job, due time.Time) {
	j.place, j.due = checking, due
	e.checks.Add(j)
	if due.After(e.clock.Now()) {
		e.alarm.Rouse()
	}
}

// kickChecks starts the verifier when there is something for it. e.mu is held.
func (e *Engine) kickChecks() {
	first := e.checks.First()
	if e.checksBusy || first == nil || first.due.After(e.clock.Now()) || !e.mayAsk() {
		return
	}
	e.checksBusy = e.spawn(e.verify)
}

// mayAsk reports whether the service can be asked for anything. e.mu is held.
func (e *Engine) mayAsk() bool {
	return e.client != nil && e.hold.Open(e.clock.Now()) && e.mends == nil
}

// verify works off the verifier's list as far as it is due.
func (e *Engine) verify() {
	for {
		e.mu.Lock()
		sums, copies := e.dueChecks()
		client := e.client
		if len(sums)+len(copies) == 0 {
			e.checksBusy = false
			e.alarm.Rouse() // for what is due later
			e.mu.Unlock()
			return
		}
		e.mu.Unlock()
		if len(sums) > 0 {
			e.compare(client, sums)
		}
		for _, j := range copies {
			e.discard(client, j)
		}
	}
}

// dueChecks takes what is due from the list: files whose hash is to be
// compared, as many as one call can ask for, and copies to be deleted. e.mu is
// held.
func (e *Engine) dueChecks() (sums, copies []*job) {
	now := e.clock.Now()
	for len(sums) < service.MaxInfoIDs && !e.closing && e.mayAsk() {
		j := e.checks.First()
		if j == nil || j.due.After(now) {
			break
		}
		e.checks.Remove(j)
		j.place = running
		if j.row.State == rowVerifying {
			sums = append(sums, j)
		} else {
			copies = append(copies, j)
		}
	}
	return sums, copies
}

// compare asks for the hashes of files and settles each.
func (e *Engine) compare(client *pixeldrain.Client, jobs []*job) {
	told, err := e.askSums(client, jobs)
	e.mu.Lock()
	failure := service.AsError("verify", err)
	held := false // the failure is everybody's
	if failure != nil {
		_, held = e.trouble(client, failure, 0)
	} else {
		e.reached(client)
	}
	outs := make([]outcome, len(jobs))
	rows := make([]storage.Job, 0, len(jobs))
	for i, j := range jobs {
		if j.row.LinkAPI != client.APIURL() { // of a service that is no longer in use: nobody to ask
			outs[i] = outcome{verdict: stored, sum: j.row.SHA256}
		} else {
			outs[i] = e.judgeSum(j, told[j.row.FileID], failure, held)
		}
		if outs[i].verdict != goOn {
			outs[i].file = service.FileID(j.row.FileID)
			outs[i] = e.decide(j, outs[i])
			if outs[i].verdict == stored && j.row.Finished.IsZero() {
				e.end(&j.row, Uploaded)
			}
			rows = append(rows, j.row)
		}
	}
	e.mu.Unlock()
	e.saveAll(rows)
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, j := range jobs {
		e.checked(j, outs[i], failure)
	}
	e.stir()
}

// askSums asks client's service for those of the jobs' files that are there.
func (e *Engine) askSums(client *pixeldrain.Client, jobs []*job) (map[string]service.File, error) {
	ids := make([]service.FileID, 0, len(jobs))
	for _, j := range jobs {
		if j.row.LinkAPI == client.APIURL() {
			ids = append(ids, service.FileID(j.row.FileID))
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	files, err := client.Infos(e.ctx, ids)
	told := make(map[string]service.File, len(files))
	for _, f := range files {
		told[string(f.ID)] = f
	}
	return told, err
}

// judgeSum decides on a file of which the service told f, with failure nothing;
// held says that the failure is no fault of this call. goOn means to ask again
// later. e.mu is held.
func (e *Engine) judgeSum(j *job, f service.File, failure *service.Error, held bool) outcome {
	switch {
	case failure != nil:
		if held || e.ctx.Err() != nil {
			return outcome{}
		}
		if j.looks++; j.looks < maxLooks {
			return outcome{}
		}
		return outcome{verdict: stored, sum: j.row.SHA256} // the service has it; it can't say more
	case f.ID == "":
		if j.looks++; j.looks < maxLooks {
			return outcome{}
		}
		return outcome{verdict: spoiled, costs: true, err: &service.Error{ // deleted first, should it be there yet
			Op: "verify", Path: j.row.Path, Kind: service.Server, Value: service.ReasonUnknownOutcome,
		}}
	case f.SHA256 == "" || j.row.SHA256 == "":
		return outcome{verdict: stored, sum: j.row.SHA256}
	case f.SHA256 != j.row.SHA256:
		return e.wrongHashLocked(j, outcome{file: f.ID})
	}
	return outcome{verdict: stored, sum: j.row.SHA256, told: f.SHA256}
}

// checked gives j its next place after compare. e.mu is held.
func (e *Engine) checked(j *job, out outcome, failure *service.Error) {
	switch {
	case out.verdict == goOn:
		due := e.clock.Now().Add(transfer.Backoff(max(j.looks, 1), failure))
		e.check(j, due)
		e.obey(j)
	case out.verdict == stored && !j.hidden:
		j.looks = 0
		e.remember(j)
		e.finish(j, Uploaded, nil)
		e.obey(j)
	default:
		j.looks = 0
		e.place(j, out)
	}
}

// saveAll writes rows; those without a State are deleted.
func (e *Engine) saveAll(rows []storage.Job) {
	var keep []storage.Job
	var drop []int64
	for _, row := range rows {
		if row.State == "" {
			drop = append(drop, row.ID)
		} else {
			keep = append(keep, row)
		}
	}
	err := e.save("verify", func(ctx context.Context) error {
		var kept, dropped error
		if len(keep) > 0 {
			kept = e.db.UpdateJobs(ctx, keep)
		}
		if len(drop) > 0 {
			dropped = e.db.DeleteJobs(ctx, drop)
		}
		return errors.Join(kept, dropped)
	})
	if err != nil {
		e.log.Error("outcomes could not be kept", slog.Int("jobs", len(rows)), slog.Any("error", err))
	}
}

// discard deletes the copy of a file that the service should not have, and
// settles the job.
func (e *Engine) discard(client *pixeldrain.Client, j *job) {
	id := service.FileID(j.row.FileID)
	e.mu.Lock()
	// By chance the wrong copy can be the right content of another file.
	_, keep := e.shared[id]
	if owner, taken := e.claimed[id]; taken && owner != j.row.ID {
		keep = true
	}
	e.mu.Unlock()
	var err error
	if !keep && id != "" && j.row.LinkAPI == client.APIURL() {
		err = client.Delete(e.ctx, id)
	}
	e.mu.Lock()
	if refusal := service.AsError("delete", err); refusal != nil && refusal.Kind != service.NotFound {
		if e.putOff(client, j, refusal) {
			e.mu.Unlock()
			return
		}
		e.log.Warn("a wrong copy stays on the service", slog.String("file", j.row.FileID), slog.Any("error", err))
	} else {
		e.reached(client)
	}
	if keep {
		delete(e.doomed, id)
	} else {
		delete(e.claimed, id)
	}
	j.looks = 0
	out := j.then
	j.row.FileID = ""
	if out.verdict == goOn { // a crash came in between
		out = outcome{verdict: again, err: failure(&j.row)}
		if out.err == nil {
			out.err = changed(j.row.Path)
		}
	}
	j.then = outcome{}
	if j.wrong >= maxWrong {
		out.verdict = refused
	}
	if j.hidden {
		j.cancelled = true
	}
	e.mu.Unlock()
	e.settle(j, out)
}

// putOff reports whether deleting is to be tried again later, and sees to it.
// e.mu is held.
func (e *Engine) putOff(client *pixeldrain.Client, j *job, failure *service.Error) bool {
	_, all := e.trouble(client, failure, 0)
	if !all && e.ctx.Err() == nil {
		j.looks++
	}
	if j.looks >= maxLooks || !all && e.ctx.Err() == nil && !failure.Kind.Temporary() && failure.Kind != service.Internal {
		return false
	}
	e.check(j, e.clock.Now().Add(transfer.Backoff(max(j.looks, 1), failure)))
	return true
}
