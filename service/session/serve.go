package session

import (
	"context"
	"errors"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/feed"
	"sluice/service/handoff"
	"sluice/service/upload"
)

// Serve does what another start asks for and replies with what becomes of it.
// It returns when every file asked for has ended, or with a *service.Error when
// nothing can go on; files that were accepted stay in the queue.
func (s *Session) Serve(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error) error {
	return s.serve(ctx, req, reply, false)
}

// ServeOwn is Serve for the command that this process runs: its files go
// before those that earlier runs left.
func (s *Session) ServeOwn(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error) error {
	return s.serve(ctx, req, reply, true)
}

func (s *Session) serve(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error, own bool) error {
	if req.Op != handoff.OpOpen || req.KeyMark != "" {
		select { // until then the key is not known
		case <-s.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := s.suits(req); err != nil {
		return err
	}
	switch req.Op {
	case handoff.OpOpen:
		return s.serveOpen(ctx, req, reply)
	case handoff.OpUpload, handoff.OpResume:
		return s.serveFiles(ctx, req, reply, own)
	}
	return &service.Error{Op: "ask the running Sluice", Path: string(req.Op), Kind: service.Invalid}
}

// serveOpen queues files for the window. They are taken with no key too: the
// window asks for one.
func (s *Session) serveOpen(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error) error {
	if len(req.Paths) > 0 && req.Batch == 0 {
		// Not of a command: nobody but the window tells of their links.
		batch, err := s.engine.Add(ctx, upload.Choose, req.Paths)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.handed = append(s.handed, batch)
		s.mu.Unlock()
		if err := reply(handoff.Reply{Accepted: batch}); err != nil {
			return err
		}
	}
	if s.cfg.OnOpen == nil {
		return &service.Error{Op: "open the window", Kind: service.Invalid, Value: ReasonNoWindow}
	}
	s.cfg.OnOpen()
	return nil
}

func (s *Session) serveFiles(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error, own bool) error {
	if status := s.Status(); !status.Account.HasKey {
		return noKey(status)
	}
	snapshot, events := s.engine.Subscribe(ctx)
	defer events.Close()
	batch := req.Batch
	if req.Op == handoff.OpUpload && batch == 0 {
		var err error
		if batch, err = s.engine.Add(ctx, upload.Command, req.Paths); err != nil {
			return err
		}
		if err := reply(handoff.Reply{Accepted: batch}); err != nil {
			return err
		}
	}
	if own && batch != 0 { // no window is there to let them go on
		if err := s.engine.ResumeJobs(ctx, pausedOf(batch, snapshot.Jobs)...); err != nil {
			return err
		}
	}
	f := newFollower(batch, reply, time.Now)
	if batch == 0 {
		f.resume(snapshot)
	} else if own && snapshot.Totals.Busy() {
		f.ahead = func(ids []service.JobID) error { return s.engine.ToFront(ctx, ids...) }
	}
	first := upload.Event{Jobs: snapshot.Jobs, Totals: &snapshot.Totals}
	if err := s.track(ctx, f, first, events); err != nil {
		return err
	}
	if req.Album == "" {
		return nil
	}
	return reply(handoff.Reply{Result: s.album(ctx, req.Album, f.links)})
}

// pausedOf gives the jobs of a batch that its user has paused.
func pausedOf(batch service.BatchID, jobs []upload.Job) (ids []service.JobID) {
	for i := range jobs {
		if jobs[i].Batch == batch && jobs[i].State == upload.Paused {
			ids = append(ids, jobs[i].ID)
		}
	}
	return ids
}

// errBatchEnded is the cause with which reading ends well.
var errBatchEnded = errors.New("the batch has ended")

// track feeds f until all that it follows has ended.
func (s *Session) track(ctx context.Context, f *follower, first upload.Event, events *feed.Subscription[upload.Event]) error {
	reading, stop := context.WithCancelCause(ctx)
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer stop(nil)
	var ended []upload.Job
	if f.batch != 0 {
		// The events can't tell of a batch that ended before they began.
		waiting.Go(func() {
			jobs, err := s.engine.Wait(reading, f.batch)
			if err == nil {
				ended, err = jobs, errBatchEnded
			}
			stop(err)
		})
	}
	watch := &contact{patience: s.cfg.Patience, giveUp: stop}
	defer watch.end()
	for news := []upload.Event{first}; ; {
		watch.see(news)
		if err := f.step(news); err != nil {
			return err
		}
		if f.done() {
			return f.report(true)
		}
		var err error
		if news, err = events.Next(reading); err == nil {
			continue
		}
		if cause := context.Cause(reading); cause != nil {
			err = cause
		}
		if errors.Is(err, errBatchEnded) {
			waiting.Wait()
			return f.finish(ended)
		}
		return err
	}
}

// album makes an album of files that have links, in order.
func (s *Session) album(ctx context.Context, title string, files []service.FileID) *handoff.Result {
	result := &handoff.Result{Album: title, Status: handoff.StatusFailed}
	album := service.NewAlbum{Title: title}
	for _, id := range files {
		album.Files = append(album.Files, service.AlbumEntry{ID: id})
	}
	client := s.currentClient()
	if client == nil {
		result.Failure = service.AsError("make the album", noKey(s.Status()))
		return result
	}
	id, err := client.CreateAlbum(ctx, album)
	if err != nil {
		result.Failure = service.AsError("make the album", err)
		return result
	}
	result.ID, result.URL, result.Status = string(id), client.Links().Album(id), handoff.StatusUploaded
	return result
}
