package session

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sluice/service/feed"
	"sluice/service/screenshots"
	"sluice/service/upload"
	"sluice/service/watch"
)

// Watched is the watched folders for a window. What it tells by Subscribe is
// all that a screen needs. The links for the clipboard and the notification come
// with the upload engine's batches, of the origin upload.Watch; what a folder
// wants done with them is in its options. watch.LookInto tells what is in a
// folder before it is added, and what rules would take of it.
type Watched struct {
	*watch.Watcher

	Since  time.Time // when this began: what ended from then on is news
	system screenshots.System
}

// Watched gives the watched folders, nil for a session without a window
// (Config.OnOpen): a command watches nothing.
func (s *Session) Watched() *Watched { return s.watched }

// openWatched begins to watch what the database says, where there is a window.
func (s *Session) openWatched() error {
	if s.cfg.OnOpen == nil {
		return nil
	}
	since := time.Now()
	w, err := watch.New(watch.Config{
		DB: s.db, Uploader: watch.Queue{Engine: s.engine, DB: s.db}, Remover: watch.Disk{}, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.watched = &Watched{Watcher: w, Since: since, system: screenshots.Here()}
	_, events := s.engine.Subscribe(s.background)
	s.following.Go(func() { s.tellEnded(events) })
	return nil
}

// tellEnded tells the watched folders which of their uploads have ended, until
// the session closes.
func (s *Session) tellEnded(events *feed.Subscription[upload.Event]) {
	for {
		news, err := events.Next(s.background)
		if err != nil {
			return
		}
		for i := range news {
			if done := news[i].BatchDone; done != nil && done.Origin == upload.Watch {
				s.watched.Ended(done.ID)
			}
		}
	}
}

// closeWatched stops watching. What is in the queue stays there.
func (s *Session) closeWatched() error {
	if s.watched == nil {
		return nil
	}
	return s.watched.Close()
}

// Suggest gives the folders of this computer that screenshots are put into and
// that are not watched yet, the likeliest first. It reads the disk and may run
// a program, for some seconds at most.
func (w *Watched) Suggest(ctx context.Context) []screenshots.Folder {
	found := screenshots.Find(ctx, w.system)
	cards := w.Cards()
	return slices.DeleteFunc(found, func(f screenshots.Folder) bool {
		return slices.ContainsFunc(cards, func(c watch.Card) bool {
			return c.Path == f.Path || c.Options.Subfolders && strings.HasPrefix(f.Path, c.Path+string(filepath.Separator))
		})
	})
}
