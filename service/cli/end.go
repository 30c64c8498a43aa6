package cli

import (
	"context"
	"errors"
	"fmt"

	"sluice/service"
	"sluice/service/handoff"
	"sluice/service/session"
	"sluice/storage"
)

// end says how an upload command ended, and gives the exit code. own is true
// when this process did the work, not another Sluice.
func (r *report) end(ctx context.Context, err error, own bool) int {
	r.progress.clear()
	if text := r.summary(); text != "" {
		r.progress.say(text)
	}
	switch {
	case err == nil:
		if len(r.shown) == 0 && r.batch == 0 && r.failed == 0 {
			r.progress.say("Nothing is left to upload.")
		}
		if r.failed > 0 {
			return ExitFailed
		}
		return ExitOK
	case errors.Is(err, errOutput):
		r.progress.say("Stopped, because " + err.Error() + ". " + r.kept(own))
	case ctx.Err() != nil:
		r.progress.say("Stopped. " + r.kept(own))
	default:
		r.progress.say(r.explain(err))
		if r.batch != 0 {
			r.progress.say(r.kept(own))
		}
		if service.KindOf(err) == service.Unauthorized {
			return ExitNoKey
		}
	}
	return ExitFailed
}

// opened says how a start without a window of its own ended.
func (r *report) opened(ctx context.Context, err error, files bool) int {
	switch e := service.AsError("open", err); {
	case err == nil:
		return ExitOK
	case ctx.Err() != nil:
		return ExitFailed
	case e.Value == session.ReasonNoWindow && files:
		r.progress.say("No window was opened, because \"sluice upload\" is running; it will send the files.")
		return ExitOK
	}
	r.progress.say(r.explain(err))
	return ExitFailed
}

// explain gives the words for an error that ended everything.
func (r *report) explain(err error) string {
	if e, ok := errors.AsType[*service.Error](err); ok {
		return r.words(e)
	}
	switch {
	case errors.Is(err, handoff.ErrVersion):
		return "Another version of Sluice is running. Quit it, then try again."
	case errors.Is(err, handoff.ErrNotRunning):
		return "Another Sluice is running for this folder but is not responding. Quit it, then try again."
	case errors.Is(err, storage.ErrNewer):
		return "The queue was written by a newer version of Sluice, so this one leaves it alone. Update Sluice, or set SLUICE_HOME to another folder."
	case errors.Is(err, storage.ErrFull):
		return "The disk is full, so the queue can't be saved. Free up space, then try again."
	case errors.Is(err, storage.ErrReadOnly):
		return "Sluice's folder can't be written to. Check its permissions, or set SLUICE_HOME to another folder. (" + err.Error() + ")"
	}
	return "Sluice can't continue: " + printable(err.Error())
}

// kept says what became of the files that have not ended.
func (r *report) kept(own bool) string {
	left := r.left()
	switch {
	case r.batch == 0 && left == 0:
		return "Nothing was accepted."
	case left == 0:
		return "Every file that was found is done."
	case own:
		return fmt.Sprintf("%s kept in the queue; continue with: sluice upload -resume", are(left))
	}
	return fmt.Sprintf("%s left to the running Sluice.", are(left))
}

// left is how many of the accepted files have not ended, as far as is known.
func (r *report) left() int { return max(0, r.last.Files-r.ended) }

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

func are(n int) string {
	if n == 1 {
		return "1 file is"
	}
	return fmt.Sprintf("%d files are", n)
}
