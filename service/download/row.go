package download

import (
	"context"
	"errors"
	"hash"
	"path/filepath"
	"time"

	"sluice/service"
	"sluice/service/transfer"
	"sluice/storage"
)

// What the database holds in Download.State while a job is unfinished; finished
// jobs have the name of their State.
const (
	rowWaiting = "waiting"
	rowPaused  = "paused"
	rowPlacing = "placing" // all is here and checked, and gets its name Path
)

// place is who owns a job, see the package documentation.
type place uint8

const (
	resting place = iota
	queued
	later
	running
	control
)

// job is one download in memory. Only its owner changes it, under Engine.mu.
type job struct {
	row   storage.Download // as the database has it or is about to
	state State
	place place
	err   *service.Error
	next  time.Time // Job.NextTry

	index   int       // in its heap
	due     time.Time // when its heap wants it
	batch   *batch
	epoch   int   // of the totals in which it counts
	counted int64 // its bytes in the totals
	part    int64 // of these, what is here while it waits
	hidden  bool  // out of the list
	run     *run  // while running
	wish    error // errCancelled or errPaused, for the owner

	here     int64     // bytes in the unfinished file, as far as known
	hash     hash.Hash // of those, nil when it has to be read
	informed bool      // the row has what the service says now
	best     int64     // the most that was ever here
	spoiled  bool      // what is here is of no use
	wrong    int       // times that what came was not the file
}

// setFailure sets or, with nil, clears what the row says of a failure.
func setFailure(row *storage.Download, err *service.Error) {
	if err == nil {
		row.FailKind, row.FailValue, row.FailText = "", "", ""
		return
	}
	row.FailKind, row.FailValue, row.FailText = err.Kind.String(), err.Value, err.Error()
}

// failure is the inverse of setFailure, nil when the row says of none.
func failure(row *storage.Download) *service.Error {
	if row.FailKind == "" {
		return nil
	}
	err := &service.Error{Op: opDownload, Path: row.Name, Kind: service.ParseKind(row.FailKind), Value: row.FailValue}
	if row.FailText != "" {
		err.Err = errors.New(row.FailText)
	}
	return err
}

// view is what people see of j. e.mu is held.
func (e *Engine) view(j *job) Job {
	row := &j.row
	v := Job{
		ID: service.DownloadID(row.ID), Batch: service.DownloadBatchID(row.Batch),
		File: service.FileID(row.FileID), Album: service.AlbumID(row.Album), Folder: row.Folder,
		Link: e.link(row), Size: row.Size, Done: j.here, State: j.state, Left: -1,
		Try: min(row.Tries+1, e.cfg.MaxTries), MaxTries: e.cfg.MaxTries, NextTry: j.next,
		SHA256: row.SHA256, Verified: row.Verified, Uploaded: row.Uploaded, Err: j.err,
		Added: row.Added, Finished: row.Finished, Position: row.Position,
	}
	if row.Name != "" {
		v.Name = SafeName(row.Name)
	}
	if j.state == Downloaded {
		v.Path, v.Name, v.Done = row.Path, filepath.Base(row.Path), row.Size
	}
	if r := j.run; r != nil && j.state == Downloading {
		v.Done, v.Speed = r.got.Load(), r.meter.Speed()
		if v.Size >= 0 {
			v.Left = transfer.TimeLeft(v.Size-v.Done, v.Speed)
		}
	}
	return v
}

// link is the page of what a row is about. e.mu is held.
func (e *Engine) link(row *storage.Download) string {
	l, ok := e.links[row.API]
	if !ok {
		var err error
		if l, err = service.NewLinks(row.API); err != nil {
			return ""
		}
		e.links[row.API] = l
	}
	if row.FileID == "" {
		return l.Album(service.AlbumID(row.Album))
	}
	return l.File(service.FileID(row.FileID))
}

// save makes a write to the database last: it is repeated until it works or
// the engine closes.
func (e *Engine) save(write func(context.Context) error) error {
	return transfer.Persist(e.ctx, e.clock, func() error { return write(e.disk) }, e.diskTold)
}

// keep saves the row of a job that the caller owns.
func (e *Engine) keep(j *job) error {
	e.mu.Lock()
	row := j.row
	e.mu.Unlock()
	return e.save(func(ctx context.Context) error { return e.db.UpdateDownloads(ctx, row) })
}
