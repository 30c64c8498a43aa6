package upload

import (
	"context"
	"errors"
	"time"

	"sluice/service"
	"sluice/service/transfer"
	"sluice/storage"
)

// What the database holds in Job.State while a job is unfinished; finished jobs
// have the name of their State.
const (
	rowWaiting    = "waiting"
	rowUploading  = "uploading"  // an attempt is open; the server can't have the file
	rowFinishing  = "finishing"  // an attempt is open; the server may have the file
	rowVerifying  = "verifying"  // FileID is there, its hash is not known yet
	rowDiscarding = "discarding" // FileID is to be deleted, then the file is sent again
	rowCancelling = "cancelling" // cancelled; FileID or the open attempt's file is to be deleted
	rowPaused     = "paused"     // held until ResumeJobs
)

// What the database holds in Job.Wish: what a user wanted of a job whose owner
// had not fulfilled it yet.
const (
	wishCancel = "cancel"
	wishPause  = "pause"
)

// What the database holds in Attempt.Outcome. An attempt that is open says
// rowUploading or rowFinishing when its job's row was left at rowWaiting.
const (
	attemptStored      = "stored"
	attemptUnknown     = "unknown"     // open; Detail says since when nobody knows
	attemptFound       = "found"       // in the account's listing, after no answer
	attemptLost        = "lost"        // not there, after no answer
	attemptFailed      = "failed"      // Detail says why
	attemptStopped     = "stopped"     // paused, cancelled or closed before all was sent
	attemptInterrupted = "interrupted" // by a crash before all was sent
	attemptWrong       = "wrong"       // stored, but not what the file is
	attemptAbandoned   = "abandoned"   // it went to a service that is no longer used
)

// place is who owns a job, see the package documentation.
type place uint8

const (
	resting place = iota
	queued
	later
	twin
	running
	checking
	unknown
	control
	aside
)

// job is one upload in memory. Only its owner changes it, under Engine.mu.
type job struct {
	row     storage.Job     // as the database has it or is about to
	attempt storage.Attempt // the open one, ID 0 when there is none
	state   State
	place   place
	err     *service.Error
	next    time.Time // Job.NextTry

	index     int       // in its heap
	due       time.Time // when its heap wants it
	batch     *batch
	epoch     int   // of the totals in which it counts
	counted   int64 // its bytes in the totals
	hidden    bool  // cancelled; what is left to do shows nowhere
	cancelled bool  // the wish to be cancelled, for the owner
	pausing   bool  // the wish to be paused instead of going on, for the owner
	summed    bool  // it is in the totals' sums of what is unfinished
	newer     bool  // row says of the source what the database does not
	run       *run  // while running

	contentOf contentKey    // what it claims in Engine.contents, zero when nothing
	sized     int64         // where it is in Engine.sizes, 0 when it is not
	print     *contentPrint // samples of what the row describes, nil until needed
	followers []*job        // twins that wait for its end

	looks    int     // of the verifier, or that the lister was refused, in a row
	wrong    int     // copies that the service stored wrong
	restless int     // times that the source was found changed before sending
	broken   bool    // the try before ended with the connection breaking
	then     outcome // what follows when the wrong copy is gone
}

// setFailure sets or, with nil, clears what the row says of a failure.
func setFailure(row *storage.Job, err *service.Error) {
	if err == nil {
		row.FailKind, row.FailValue, row.FailText = "", "", ""
		return
	}
	row.FailKind, row.FailValue = err.Kind.String(), err.Value
	row.FailText = err.Error()
}

// failure is the inverse of setFailure, nil when the row says of none.
func failure(row *storage.Job) *service.Error {
	if row.FailKind == "" {
		return nil
	}
	err := &service.Error{Op: "upload", Path: row.Path, Kind: service.ParseKind(row.FailKind), Value: row.FailValue}
	if row.FailText != "" {
		err.Err = errors.New(row.FailText)
	}
	return err
}

// view is what people see of j. e.mu is held.
func (e *Engine) view(j *job) Job {
	v := Job{
		ID: service.JobID(j.row.ID), Batch: service.BatchID(j.row.Batch),
		Path: j.row.Path, Name: j.row.Name, Folder: j.row.Folder, Origin: Origin(j.row.Origin),
		Size: j.row.Size, State: j.state, Left: -1, Try: min(j.row.Tries+1, e.cfg.MaxTries), MaxTries: e.cfg.MaxTries,
		NextTry: j.next, File: service.FileID(j.row.FileID), SHA256: j.row.SHA256, Verified: j.row.Verified,
		Err: j.err, Added: j.row.Added, Finished: j.row.Finished, Position: j.row.Position,
	}
	switch j.state {
	case Hashing, Uploading, Finishing:
		if r := j.run; r != nil {
			v.Sent, v.Speed = r.sent.Load(), r.meter.Speed()
			v.Left = transfer.TimeLeft(v.Size-v.Sent, v.Speed)
		}
	case Verifying, Uploaded, AlreadyThere:
		v.Sent = v.Size
	case Waiting, Retrying, Failed, Cancelled, Paused, states:
	}
	if v.File != "" && j.row.State != rowDiscarding {
		v.Link = e.link(j.row.LinkAPI, v.File)
	}
	return v
}

// link is the page of a file of the service at api. e.mu is held.
func (e *Engine) link(api string, id service.FileID) string {
	l, ok := e.links[api]
	if !ok {
		var err error
		if l, err = service.NewLinks(api); err != nil {
			return ""
		}
		e.links[api] = l
	}
	return l.File(id)
}

// wrote tells a test what is on the disk now.
func (e *Engine) wrote(point string) {
	if e.cfg.written != nil {
		e.cfg.written(point)
	}
}

// save makes a write to the database last: it is repeated until it works or
// the engine closes. point names it. Jobs that are gone from the database are
// no error: they were cleared from the history in the meantime.
func (e *Engine) save(point string, write func(context.Context) error) error {
	err := transfer.Persist(e.ctx, e.clock, func() error { return write(e.disk) }, e.diskTold)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	e.wrote(point)
	return nil
}
