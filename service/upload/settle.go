package upload

import (
	"context"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/service/transfer"
	"sluice/storage"
)

// maxWrong is how many copies in a row the service may store wrong before the
// file fails.
const maxWrong = 2

// settle brings the outcome of work on j to the disk and into memory, and gives
// j its next place. It is called by the owner of j, who lets go of it.
func (e *Engine) settle(j *job, out outcome) {
	if out.verdict == folder {
		e.walkInstead(j)
		return
	}
	e.mu.Lock()
	out = e.decide(j, out)
	row, attempt, gone := j.row, j.attempt, j.row.State == ""
	last := len(e.slots.sending)+e.slots.ahead == 0 // no other end will come for a while
	attempt.Sent, attempt.SHA256, attempt.FileID = out.sent, out.sum, string(out.file)
	if attempt.SHA256 == "" {
		attempt.SHA256 = j.attempt.SHA256
	}
	if out.verdict == unsure {
		markDoubtful(&attempt, e.clock.Now())
	} else {
		attempt.Ended, attempt.Outcome = e.clock.Now(), out.note
		attempt.Detail = ""
		if out.err != nil {
			attempt.Detail = out.err.Error()
		}
	}
	e.mu.Unlock()
	told := true // the database knows all of row
	err := e.save("settle "+row.State, func(ctx context.Context) error {
		ends := ctx
		if !last {
			ends = storage.Unhurried(ctx)
		}
		switch {
		case gone:
			return e.db.DeleteJobs(ctx, []int64{row.ID})
		case out.verdict == stored && row.Verified && aloneInAttempt(&j.attempt):
			return e.db.EndUpload(ends, row)
		case attempt.ID != 0:
			return e.db.EndAttempt(ends, row, attempt)
		case out.verdict == back, out.verdict == behind:
			told = false
			return nil // it still has it waiting
		}
		return e.db.UpdateJob(ctx, row)
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.log.Error("an outcome could not be kept", slog.Int64("job", row.ID), slog.Any("error", err))
	}
	j.run, j.attempt = nil, storage.Attempt{}
	delete(e.active, j)
	j.newer = j.newer && !told
	if out.verdict == unsure {
		j.attempt = attempt
	}
	e.place(j, out)
	e.stir()
}

// aloneInAttempt reports whether a holds all that the database knows of a first
// try: the job's row is as it was before.
func aloneInAttempt(a *storage.Attempt) bool {
	return a.Outcome == rowUploading || a.Outcome == rowFinishing
}

// decide writes into j's row what out means. An empty State means that the row
// goes. e.mu is held.
func (e *Engine) decide(j *job, out outcome) outcome {
	if j.cancelled {
		return e.decideCancelled(j, out)
	}
	row := &j.row
	setFailure(row, nil)
	if _, gone := e.doomed[out.file]; gone && out.verdict == existing {
		out = outcome{verdict: back}
	}
	switch out.verdict {
	case stored:
		if _, taken := e.claimed[out.file]; !taken {
			e.claimed[out.file] = row.ID
		}
		row.FileID, row.SHA256 = string(out.file), out.sum
		row.Verified = out.told != "" && out.told == out.sum
		row.State = rowVerifying
		if row.Verified {
			e.end(row, Uploaded)
		}
	case existing:
		e.shared[out.file] = struct{}{}
		row.FileID, row.SHA256, row.Verified, row.Duplicate = string(out.file), out.sum, true, true
		row.LinkAPI = out.api
		e.end(row, AlreadyThere)
	case again:
		out = e.decideAgain(j, out)
	case refused:
		setFailure(row, out.err)
		e.end(row, Failed)
	case spoiled:
		row.State, row.FileID = rowDiscarding, string(out.file)
		setFailure(row, out.err)
	case unsure:
		row.State = rowFinishing
	case back, behind, goOn, folder, shelved:
		row.State = rowWaiting
	}
	if j.pausing && row.State == rowWaiting {
		row.State, row.NextTry = rowPaused, time.Time{}
		out.verdict = shelved
	}
	return out
}

// end writes into row that it ended. e.mu is held.
func (e *Engine) end(row *storage.Job, s State) {
	row.State, row.Finished = s.String(), e.clock.Now()
}

// decideAgain counts the try and says when the next is due. e.mu is held.
func (e *Engine) decideAgain(j *job, out outcome) outcome {
	row := &j.row
	if out.costs {
		row.Tries++
		if row.Tries >= e.cfg.MaxTries {
			out.verdict = refused
			setFailure(row, out.err)
			e.end(row, Failed)
			return out
		}
	}
	if out.until.IsZero() {
		out.until = e.clock.Now().Add(transfer.Backoff(row.Tries, out.err))
	}
	row.State, row.NextTry, row.FileID = rowWaiting, out.until, ""
	setFailure(row, out.err)
	return out
}

// decideCancelled is decide for a job that is to be cancelled: a copy that is
// or may be on the service has to go. e.mu is held.
func (e *Engine) decideCancelled(j *job, out outcome) outcome {
	if out.foreign {
		out.verdict = existing
	}
	switch out.verdict {
	case stored, spoiled:
		out.verdict = spoiled
		j.row.State, j.row.FileID = rowCancelling, string(out.file)
	case unsure:
		j.row.State = rowCancelling
	case goOn, existing, refused, again, back, behind, folder, shelved:
		out.verdict = back
		j.row.State = ""
	}
	return out
}

// place gives j, as decided, to its next owner. e.mu is held.
func (e *Engine) place(j *job, out outcome) {
	if j.row.State == "" {
		e.forget(j)
		return
	}
	if j.row.State == rowCancelling && !j.hidden {
		e.hide(j)
	}
	switch out.verdict {
	case stored:
		if j.row.Verified {
			e.remember(j)
			e.finish(j, Uploaded, nil)
		} else {
			e.show(j, Verifying, nil)
			e.check(j, e.clock.Now())
		}
	case existing:
		e.finish(j, AlreadyThere, nil)
	case refused:
		e.finish(j, Failed, out.err)
	case again:
		e.setState(j, Retrying, out.err)
		j.next = out.until
		e.postpone(j, out.until)
		e.tell(j)
	case unsure:
		e.doubt(j, out.err)
	case spoiled:
		e.doomed[out.file] = struct{}{}
		j.then = outcome{verdict: again, err: out.err, costs: out.costs}
		e.show(j, Retrying, out.err)
		e.check(j, e.clock.Now())
	case behind:
		e.follow(j, out.leader)
	case shelved:
		e.shelve(j)
		e.tell(j)
	case back, goOn, folder:
		e.show(j, Waiting, nil)
		e.enqueue(j)
	}
	e.obey(j)
}

// obey fulfils the wish to be cancelled that came while j had an owner who has
// just let go of it. e.mu is held.
func (e *Engine) obey(j *job) {
	if !j.cancelled || j.hidden || !e.take(j) {
		return
	}
	e.spawn(func() { _ = e.cancelTaken(e.disk, []*job{j}) }) // it logs
}

// wrongHash decides what it means that the service stored something else.
func (e *Engine) wrongHash(j *job, out outcome) outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.wrongHashLocked(j, out)
}

func (e *Engine) wrongHashLocked(j *job, out outcome) outcome {
	j.wrong++
	out.verdict, out.note, out.costs = spoiled, attemptWrong, true
	out.err = &service.Error{Op: "upload", Path: j.row.Path, Kind: service.Server, Value: service.ReasonWrongHash}
	e.log.Warn("the service stored a wrong copy", slog.Int64("job", j.row.ID), slog.String("file", string(out.file)))
	return out
}
