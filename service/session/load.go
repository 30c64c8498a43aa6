package session

import (
	"context"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/feed"
	"sluice/service/upload"
)

// load is what an engine has to do, and what it waits for, as its totals tell.
type load struct {
	active   int  // files that are being worked on
	scanning int  // dropped paths that are being looked through
	busy     bool // something goes on by itself
	paused   bool
	offline  bool
	needsKey bool
	err      *service.Error
}

func uploadLoad(t *upload.Totals) load {
	return load{active: t.Active, scanning: t.Scanning, busy: t.Busy(), paused: t.Paused, offline: t.Offline, needsKey: t.NeedsKey, err: t.Err}
}

func downloadLoad(t *download.Totals) load {
	return load{active: t.Active, busy: t.Busy(), paused: t.Paused, offline: t.Offline, needsKey: t.NeedsKey, err: t.Err}
}

// uploadNews takes over what an event tells of the load.
func uploadNews(e *upload.Event, l *load) {
	if e.Totals != nil {
		*l = uploadLoad(e.Totals)
	}
}

// downloadNews takes over what an event tells of the load.
func downloadNews(e *download.Event, l *load) {
	if e.Totals != nil {
		*l = downloadLoad(e.Totals)
	}
}

// loads waits for news of an engine and takes them over. It fails when ctx or
// the engine's stream ends.
type loads func(ctx context.Context, l *load) error

// news gives an engine's load as it is, and the loads that follow.
func news[E any](now load, events *feed.Subscription[E], take func(*E, *load)) (load, loads) {
	return now, func(ctx context.Context, l *load) error {
		list, err := events.Next(ctx)
		for i := range list {
			take(&list[i], l)
		}
		return err
	}
}
