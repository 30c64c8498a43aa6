package session

import (
	"context"
	"time"

	"sluice/service"
	"sluice/service/awake"
	"sluice/service/feed"
	"sluice/service/upload"
)

const (
	// awakeReason is what the desktop says when it is asked why it does not sleep.
	awakeReason = "Uploading files"

	// stuckAwake is how long the computer stays awake for uploads that can't go
	// on. It is more than the pauses between tries.
	stuckAwake = 5 * time.Minute
)

// keepAwake begins to keep the computer awake while uploads run.
func (s *Session) keepAwake() {
	if s.cfg.KeepAwake == nil {
		return
	}
	s.guard = awake.NewGuard(awake.Config{Take: s.cfg.KeepAwake, Reason: awakeReason, Logger: s.log})
	snapshot, events := s.engine.Subscribe(s.background)
	s.following.Go(func() { watchWork(s.background, snapshot.Totals, events, s.guard.Set) })
}

// watchWork tells set whether there is work to stay awake for, again with each
// news, until ctx ends.
func watchWork(ctx context.Context, totals upload.Totals, events *feed.Subscription[upload.Event], set func(bool)) {
	w := work{}
	for {
		on, left := w.judge(&totals, time.Now())
		set(on)
		wait, stop := ctx, context.CancelFunc(func() {})
		if left > 0 {
			wait, stop = context.WithTimeout(ctx, left)
		}
		news, err := events.Next(wait)
		stop()
		if err != nil && (ctx.Err() != nil || wait.Err() == nil) {
			return
		}
		for i := range news {
			if news[i].Totals != nil {
				totals = *news[i].Totals
			}
		}
	}
}

// work decides what is worth staying awake for.
type work struct {
	stuck time.Time // since when nothing can go on; zero: it does
}

// judge reports whether to stay awake and, if it does only for a time, for how
// long that is.
func (w *work) judge(t *upload.Totals, now time.Time) (on bool, left time.Duration) {
	switch {
	case !t.Busy(), t.NeedsKey, t.Paused && t.Active == 0: // nothing to do, or somebody must come first
		w.stuck = time.Time{}
		return false, 0
	case !t.Offline && !unwritable(t) && t.Active+t.Scanning > 0:
		w.stuck = time.Time{}
		return true, 0
	}
	// Offline, one file tries now and then; that is no work.
	if w.stuck.IsZero() {
		w.stuck = now
	}
	left = stuckAwake - now.Sub(w.stuck)
	return left > 0, max(left, 0)
}

func unwritable(t *upload.Totals) bool {
	return t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable
}
