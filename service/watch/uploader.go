package watch

import (
	"context"
	"errors"
	"time"

	"sluice/service"
	"sluice/service/upload"
	"sluice/storage"
)

// Uploader is the queue that files are given to. Its methods are called on any
// goroutine.
type Uploader interface {
	// Add takes files. When it returns without an error they survive anything.
	Add(ctx context.Context, paths []string) (service.BatchID, error)
	// Wait gives the results of a batch once all of it has ended, in this run or
	// an earlier one. Files that it does not name were cancelled.
	Wait(ctx context.Context, batch service.BatchID) ([]Result, error)
	// Find gives the newest batch that a path was added with at or after the
	// time, 0 for none.
	Find(ctx context.Context, path string, since time.Time) (service.BatchID, error)
}

// Remover moves files away after their upload. It is only called for files
// that were just seen to have the content that was uploaded.
type Remover interface {
	// Move moves a file into a folder, which it makes if need be, and never
	// replaces another file there.
	Move(ctx context.Context, path, folder string) error
	// Bin moves a file into the system's bin.
	Bin(ctx context.Context, path string) error
}

// Queue is an Uploader that gives files to the upload engine.
type Queue struct {
	Engine *upload.Engine
	DB     *storage.DB // of the engine
}

// Add implements Uploader.
func (q Queue) Add(ctx context.Context, paths []string) (service.BatchID, error) {
	return q.Engine.Add(ctx, upload.Watch, paths)
}

// Wait implements Uploader.
func (q Queue) Wait(ctx context.Context, batch service.BatchID) ([]Result, error) {
	jobs, err := q.Engine.Wait(ctx, batch)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(jobs))
	for _, j := range jobs {
		r := Result{Path: j.Path, Link: j.Link, SHA256: j.SHA256, Err: j.Err}
		switch j.State {
		case upload.Uploaded:
			r.What = Uploaded
		case upload.AlreadyThere:
			r.What = AlreadyThere
		case upload.Cancelled:
			r.What, r.Err = Failed, nil
		case upload.Failed, upload.Waiting, upload.Hashing, upload.Uploading, upload.Finishing, upload.Verifying, upload.Retrying, upload.Paused:
			r.What = Failed
			if r.Err == nil {
				r.Err = &service.Error{Op: "upload", Path: j.Path, Kind: service.Internal, Err: errors.New("it ended in the state " + j.State.String())}
			}
		}
		results = append(results, r)
	}
	return results, nil
}

// Find implements Uploader.
func (q Queue) Find(ctx context.Context, path string, since time.Time) (service.BatchID, error) {
	id, err := q.DB.BatchOfPath(ctx, string(upload.Watch), path, since)
	return service.BatchID(id), err
}
