package session

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/feed"
	"sluice/service/library"
	"sluice/service/pixeldrain"
	"sluice/service/thumbnail"
	"sluice/service/upload"
	"sluice/storage/listing"
	"sluice/storage/thumbs"
)

// Library is the account's files for a window: what they are, and their
// pictures. It follows the session from key to key and from address to address,
// and ends with it.
type Library struct {
	Catalogue *library.Catalogue
	Thumbs    *thumbnail.Loader

	session *Session
	ready   feed.Feed[struct{}, []service.FileID]
	kept    *listing.Store // nil: nothing is kept for the next start
	cache   *thumbs.Store  // nil: pictures are fetched again after each start

	mu    sync.Mutex
	local map[service.FileID]localFile // what was uploaded from this computer
}

// listingEase leaves the start of the window to the files of the last time: a
// listing of 100,000 files keeps a processor busy for a second.
const listingEase = 1500 * time.Millisecond

// glanceEase is how long a window has for its first frame before all files of the
// last time are read anyway.
const glanceEase = time.Second

// localFile is a file as it was when it was uploaded.
type localFile struct {
	path string
	size int64
	at   time.Time // when the upload ended
}

// Library gives the account's files once they are open. Only a session with a
// window has them (Config.OnOpen); for others it fails when ctx ends.
func (s *Session) Library(ctx context.Context) (*Library, error) {
	select {
	case <-s.shelved:
		return s.library, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.background.Done():
		return nil, s.background.Err()
	}
}

// Spare gives memory back that is not needed while people only look at what they
// see. It may be called from any goroutine.
func (s *Session) Spare() {
	select {
	case <-s.shelved:
		s.library.Thumbs.Spare()
	default: // nothing is open yet
	}
}

// openLibrary opens what the window browses, beside the start of the window.
// Neither file is needed: what they hold can be fetched again.
func (s *Session) openLibrary(ctx context.Context) {
	l := &Library{session: s, local: map[service.FileID]localFile{}}
	var err error
	if l.kept, err = listing.Open(ctx, s.cfg.Home.Cache); err != nil {
		s.log.Warn("the list of files is not kept", slog.Any("err", err))
		l.kept = nil
	}
	if l.cache, err = thumbs.Open(ctx, thumbs.Config{Dir: s.cfg.Home.Cache, Logger: s.log}); err != nil {
		s.log.Warn("thumbnails are not kept", slog.Any("err", err))
		l.cache = nil
	}
	l.Catalogue = library.New(library.Config{Store: l.kept, Logger: s.log, Ease: listingEase, Glance: glanceEase}) //nolint:contextcheck // it lives until Close
	l.Thumbs = thumbnail.New(thumbnail.Config{                                                                     //nolint:contextcheck // it lives until Close
		Disk: l.cache, Local: l.localPath, OnReady: l.ready.Publish, Logger: s.log,
	})
	s.library = l
	close(s.shelved)
	s.useLibrary()
	snapshot, events := s.engine.Subscribe(ctx)
	l.note(snapshot.Jobs)
	s.following.Go(func() { l.follow(ctx, events) })
}

// useLibrary shows the files of the account in use.
func (s *Session) useLibrary() {
	select {
	case <-s.shelved:
	default:
		return // openLibrary calls again
	}
	s.shelving.Lock()
	defer s.shelving.Unlock()
	s.mu.Lock()
	client, scope, loaded := s.client, s.scope, s.status.Loaded
	s.mu.Unlock()
	switch {
	case !loaded:
	case client == nil:
		s.library.Catalogue.Use("", nil)
		s.library.Thumbs.Use(nil)
	default:
		s.library.Catalogue.Use(scope, client)
		s.library.Thumbs.Use(client)
	}
}

// forgetLibrary removes what is kept of the account whose key was forgotten,
// unless that failed.
func (s *Session) forgetLibrary(err error) {
	select {
	case <-s.shelved:
		if err == nil {
			s.library.Catalogue.Forget()
		}
	default: // nothing was read yet, either
	}
}

// closeLibrary waits until everything of the library has ended.
func (s *Session) closeLibrary() []error {
	l := s.library
	if l == nil {
		return nil
	}
	var errs []error
	l.Thumbs.Close()
	l.Catalogue.Close()
	l.ready.Close()
	if l.cache != nil {
		errs = append(errs, l.cache.Close())
	}
	if l.kept != nil {
		errs = append(errs, l.kept.Close())
	}
	return errs
}

// Ready tells, from now on, of files for which Thumbs has something new.
func (l *Library) Ready(ctx context.Context) *feed.Subscription[[]service.FileID] {
	return l.ready.Subscribe(ctx)
}

// Keyless reports whether there are no files because there is no key.
func (l *Library) Keyless() bool {
	status := l.session.Status()
	return status.Loaded && !status.Account.HasKey
}

// Delete deletes a file of the account in use and tells the catalogue. A file
// that is gone already is no error.
func (l *Library) Delete(ctx context.Context, id service.FileID) error {
	client := l.session.currentClient()
	if client == nil {
		return noKey(l.session.Status())
	}
	err := client.Delete(ctx, id)
	if e := service.AsError("delete", err); e != nil && e.Kind != service.NotFound {
		return e
	}
	l.Catalogue.Removed(id)
	return nil
}

// follow tells the catalogue what is uploaded, until the session closes: what
// is known here at once, and then all that the service tells.
func (l *Library) follow(ctx context.Context, events *feed.Subscription[upload.Event]) {
	for {
		news, err := events.Next(ctx)
		if err != nil {
			return
		}
		var ids []service.FileID
		for i := range news {
			ids = append(ids, l.uploaded(ctx, news[i].Jobs)...)
		}
		client := l.session.currentClient()
		if len(ids) == 0 || client == nil {
			continue
		}
		l.describe(ctx, client, ids)
	}
}

// describe asks for all that the service tells of new files.
func (l *Library) describe(ctx context.Context, client *pixeldrain.Client, ids []service.FileID) {
	files, err := client.Infos(ctx, ids)
	if err != nil {
		l.session.log.Info("new files are not described yet", slog.Any("err", err)) // the next listing tells
	}
	if l.session.currentClient() == client {
		l.Catalogue.Added(files...)
	}
}

// uploaded tells the catalogue of files that it does not know, and gives them.
func (l *Library) uploaded(ctx context.Context, jobs []upload.Job) (fresh []service.FileID) {
	for _, j := range l.note(jobs) {
		if l.Catalogue.AwaitWhole(ctx) != nil {
			return fresh
		}
		if _, known := l.Catalogue.File(j.File); !known && j.State == upload.Uploaded {
			l.Catalogue.Added(service.File{ID: j.File, Name: j.Name, Size: j.Size, Uploaded: j.Finished, SHA256: j.SHA256, CanEdit: true})
			fresh = append(fresh, j.File)
		}
	}
	return fresh
}

// note remembers where files came from, and gives those that are news.
func (l *Library) note(jobs []upload.Job) (news []upload.Job) {
	links := l.session.Links()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range jobs {
		j := &jobs[i]
		if j.State != upload.Uploaded && j.State != upload.AlreadyThere || j.Link != links.File(j.File) {
			continue // not there yet, or on another service
		}
		if _, known := l.local[j.File]; !known {
			l.local[j.File] = localFile{j.Path, j.Size, j.Finished}
			news = append(news, *j)
		}
	}
	return news
}

// localPath gives the picture that a file was uploaded from, if nothing has
// touched it since.
func (l *Library) localPath(id service.FileID) (string, bool) {
	l.mu.Lock()
	f, ok := l.local[id]
	l.mu.Unlock()
	if !ok {
		return "", false
	}
	info, err := os.Stat(f.path)
	return f.path, err == nil && info.Mode().IsRegular() && info.Size() == f.size && !info.ModTime().After(f.at)
}
