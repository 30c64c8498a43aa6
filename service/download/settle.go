package download

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service/transfer"
	"sluice/storage"
)

// settle brings the outcome of a run to the disk and into memory, and gives its
// job the next place.
func (e *Engine) settle(j *job, out outcome) {
	e.mu.Lock()
	wish := j.wish
	out = e.decide(j, out, wish)
	row := j.row
	e.mu.Unlock()
	gone := errors.Is(wish, errCancelled)
	if len(out.files) > 0 && (gone || out.verdict != expanded) {
		e.removeRest(&out.files[0]) // the folder that was made for them
		e.leaveFolder(out.files[0].Folder)
	}
	switch {
	case gone:
		e.removeRest(&row)
	case out.verdict == refused && sizeOf(row.Part) == 0:
		e.removePart(&row)
	}
	var files []storage.Download
	err := e.save(func(ctx context.Context) (err error) {
		switch {
		case gone:
			return e.db.DeleteDownloads(ctx, row.ID)
		case out.verdict == expanded:
			files, err = e.db.ReplaceDownload(ctx, row.ID, out.files)
			return err
		}
		return e.db.UpdateDownloads(ctx, row)
	})
	if err != nil {
		e.log.Error("the outcome of a download could not be kept", slog.Int64("download", row.ID), slog.Any("error", err))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	j.run, j.wish = nil, nil
	delete(e.running, j)
	switch {
	case gone:
		e.forget(j)
	case out.verdict == expanded && err == nil:
		jobs := e.newJobs(files)
		for _, j := range jobs {
			j.informed = j.row.Size >= 0 && j.row.SHA256 != ""
		}
		e.dissolve(j, jobs)
	default:
		e.place(j, out)
	}
	e.dispatch()
}

// decide writes into j's row what out means. e.mu is held.
func (e *Engine) decide(j *job, out outcome, wish error) outcome {
	row := &j.row
	paused := errors.Is(wish, errPaused)
	if paused && out.verdict != done && out.verdict != refused {
		out.verdict = back
	}
	setFailure(row, nil)
	row.NextTry = time.Time{}
	switch out.verdict {
	case done, goOn:
		row.State, row.Finished, row.Part, row.ETag = Downloaded.String(), e.clock.Now(), "", ""
		j.hash = nil
	case again:
		if out.costs {
			row.Tries++
		}
		if out.until.IsZero() {
			out.until = e.clock.Now().Add(transfer.Backoff(row.Tries, out.err))
		}
		setFailure(row, out.err)
		if row.State, row.NextTry = rowWaiting, out.until; row.Tries >= e.cfg.MaxTries {
			out.verdict = refused
			row.State, row.Finished = Failed.String(), e.clock.Now()
		}
	case refused:
		setFailure(row, out.err)
		row.State, row.Finished = Failed.String(), e.clock.Now()
	case back:
		if row.State = rowWaiting; paused {
			row.State = rowPaused
		}
	case expanded:
	}
	return out
}

// place gives j, as decided, to its next owner. e.mu is held.
func (e *Engine) place(j *job, out outcome) {
	switch out.verdict {
	case done, goOn:
		j.here = j.row.Size
		e.finish(j, Downloaded, nil)
		return
	case refused:
		e.finish(j, Failed, out.err)
		return
	case again:
		e.setState(j, Retrying, out.err)
		j.next = out.until
		e.postpone(j, out.until)
	case back, expanded:
		if j.row.State == rowPaused {
			e.setState(j, Paused, nil)
			j.place = resting
			break
		}
		e.setState(j, Waiting, nil)
		e.enqueue(j)
	}
	e.setPart(j, j.here)
	e.tell(j)
}
