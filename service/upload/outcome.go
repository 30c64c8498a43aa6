package upload

import (
	"context"
	"errors"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
)

// verdict says how a piece of work on a job came out.
type verdict uint8

const (
	goOn     verdict = iota // not out yet
	stored                  // the service has the file
	existing                // the account had the content before
	refused                 // it can't be uploaded
	again                   // try again later
	unsure                  // all sent, nobody knows whether it is there
	spoiled                 // the service has a copy that must go
	back                    // broken off from here: back into the queue
	behind                  // wait for a twin
	folder                  // it is a folder: to be walked
	shelved                 // it would go on, but is to be paused
)

// outcome is a verdict with what belongs to it.
type outcome struct {
	verdict verdict
	err     *service.Error // refused, again, unsure, spoiled
	file    service.FileID // stored, existing, spoiled
	told    string         // stored: the hash that the service told, "" if none
	sum     string         // the hash of what was sent, "" if unknown
	sent    int64          // bytes
	note    string         // how the attempt ended
	costs   bool           // again, spoiled: one try of those that a file has
	until   time.Time      // again: not before
	foreign bool           // stored: perhaps by another, who keeps it when this job is cancelled
	leader  *job           // behind
	api     string         // existing: the service that has it
}

// stoppedBy gives the cause when the engine itself ended ctx.
func stoppedBy(ctx context.Context) error {
	cause := context.Cause(ctx)
	for _, own := range []error{errClosing, errPaused, errCancelled, errReplaced} {
		if errors.Is(cause, own) {
			return own
		}
	}
	return nil
}

// failedUpload decides what a failed upload means.
func (r *run) failedUpload(ctx context.Context, err error) outcome {
	out := outcome{err: service.AsError("upload", err), note: attemptFailed, sum: r.src.sum}
	failed, ok := errors.AsType[*pixeldrain.UploadError](err)
	if ok {
		out.sent = failed.Sent
	}
	switch {
	case ok && failed.Partial != "":
		out.verdict, out.note, out.file, out.costs = spoiled, attemptWrong, failed.Partial, true
		return out
	case r.src.err != nil:
		out.err = r.src.err
		return r.sourceFailed(out)
	case ok && failed.Unknown():
		out.verdict = unsure
		if stoppedBy(ctx) != nil {
			out.err = nil // nothing went wrong
		}
		return out
	case stoppedBy(ctx) != nil:
		out.verdict, out.note = back, attemptStopped
		return out
	}
	return r.judge(out)
}

// sourceFailed decides what it means that the file could not be read as it was
// pinned.
func (r *run) sourceFailed(out outcome) outcome {
	out.verdict = refused
	if out.err.Kind == service.SourceChanged {
		out.verdict, out.costs = again, true
	}
	return out
}

// judge is the one place that decides whether to try again.
func (r *run) judge(out outcome) outcome {
	e, j := r.e, r.j
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.client != e.client {
		out.verdict, out.note = back, attemptStopped
		return out
	}
	if out.err.Status != 0 && out.err.Kind != service.RateLimited {
		e.reached(r.client)
	}
	out.verdict = again
	until, all := e.trouble(r.client, out.err, out.sent)
	switch kind := out.err.Kind; {
	case all && kind == service.Unauthorized:
		out.verdict = back
	case all:
		out.until = until
		if j.broken && kind == service.Offline { // the break before was the network going
			j.row.Tries = max(0, j.row.Tries-1)
		}
		j.broken = false
	case kind.Temporary():
		out.costs = true
		j.broken = kind == service.Offline
	case kind == service.Internal && out.err.Status != 0: // a portal or proxy answered
		out.costs = true
	default:
		out.verdict = refused
	}
	return out
}
