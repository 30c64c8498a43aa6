package download

import (
	"context"
	"errors"
	"path/filepath"

	"sluice/service"
	"sluice/storage"
)

// Add puts files and albums into the queue, to be downloaded into folder, and
// returns when that is on the disk. An album gets a folder of its title there.
// What is in the list for that folder already and not done is not added once
// more: it goes on, if it was paused or has failed. Without anything new the
// batch is that of the first such one.
//
// It fails with ReasonNoLink when there is nothing to add, and with ReasonNoKey
// while it is not known from which service.
func (e *Engine) Add(ctx context.Context, folder string, targets []Target) (service.DownloadBatchID, error) {
	const op = "add downloads"
	api := e.APIURL()
	folder, err := filepath.Abs(folder)
	switch {
	case err != nil:
		return 0, &service.Error{Op: op, Kind: service.Invalid, Value: service.ReasonFolderUnusable, Err: err}
	case len(targets) == 0:
		return 0, &service.Error{Op: op, Kind: service.Invalid, Value: service.ReasonNoLink}
	case api == "":
		return 0, &service.Error{Op: op, Kind: service.Unauthorized, Value: service.ReasonNoKey}
	}
	e.control.Lock() // of several that add the same, one does
	rows, there := e.missing(api, folder, targets)
	if len(rows) > 0 {
		rows, err = e.db.AddDownloads(ctx, rows)
	}
	if err == nil {
		e.mu.Lock()
		e.accept(e.newJobs(rows))
		e.mu.Unlock()
	}
	e.control.Unlock()
	switch {
	case err != nil:
		return 0, unwritable(op, err)
	case len(there) == 0:
		return service.DownloadBatchID(rows[0].Batch), nil
	}
	batch := there[0].batch.id
	if len(rows) > 0 {
		batch = rows[0].Batch
	}
	return service.DownloadBatchID(batch), e.goOn(ctx, there)
}

// missing gives rows for what is not in the list yet, and the jobs for what is
// there and not done.
func (e *Engine) missing(api, folder string, targets []Target) (rows []storage.Download, there []*job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	known := e.underWay(api, folder)
	for _, t := range targets {
		if jobs, ok := known[t.asked()]; ok {
			there = append(there, jobs...)
			continue
		}
		known[t.asked()] = nil
		size := t.Size
		if size <= 0 {
			size = -1
		}
		rows = append(rows, storage.Download{
			API: api, FileID: string(t.File), Album: string(t.Album), Name: t.Name, Folder: folder, Size: size,
			State: rowWaiting, Added: e.clock.Now(),
		})
	}
	return rows, there
}

// underWay gives the jobs in the list that are not done, by what was asked for
// to be put into a folder. e.mu is held.
func (e *Engine) underWay(api, folder string) map[Target][]*job {
	found := make(map[Target][]*job)
	for _, j := range e.jobs {
		if row := &j.row; row.API == api && j.state != Downloaded {
			t, into := Target{File: service.FileID(row.FileID), Album: service.AlbumID(row.Album)}, row.Folder
			if t.Album != "" && t.File != "" { // of an album, in its folder
				t.File, into = "", filepath.Dir(into)
			}
			if into == folder {
				found[t] = append(found[t], j)
			}
		}
	}
	return found
}

// goOn tries what has failed again and resumes what is paused.
func (e *Engine) goOn(ctx context.Context, jobs []*job) error {
	var paused, bad []service.DownloadID
	e.mu.Lock()
	for _, j := range jobs {
		switch id := service.DownloadID(j.row.ID); {
		case j.state == Failed:
			bad = append(bad, id)
		case j.state == Paused, errors.Is(j.wish, errPaused):
			paused = append(paused, id)
		}
	}
	e.mu.Unlock()
	return errors.Join(e.ResumeJobs(ctx, paused...), e.Retry(ctx, bad...))
}

// Paste is Add for the links in a text, as ReadLinks finds them. It also gives
// what was refused, line by line; what was found is added all the same. When
// nothing was found, it fails with the error of the first that was refused.
func (e *Engine) Paste(ctx context.Context, folder, text string) (service.DownloadBatchID, []Refused, error) {
	const op = "add downloads"
	links, err := service.NewLinks(e.APIURL())
	if err != nil {
		return 0, nil, &service.Error{Op: op, Kind: service.Unauthorized, Value: service.ReasonNoKey, Err: err}
	}
	found := ReadLinks(links, text)
	if len(found.Targets) == 0 && len(found.Refused) > 0 {
		return 0, found.Refused, found.Refused[0].Err
	}
	batch, err := e.Add(ctx, folder, found.Targets)
	return batch, found.Refused, err
}
