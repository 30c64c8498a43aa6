package session

import (
	"context"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/awake"
)

const (
	// awakeReason is what the desktop says when it is asked why it does not sleep.
	awakeReason = "Uploading or downloading files"

	// stuckAwake is how long the computer stays awake for files that can't go
	// on. It is more than the pauses between tries.
	stuckAwake = 5 * time.Minute
)

// keepAwake begins to keep the computer awake while uploads or downloads run.
func (s *Session) keepAwake() {
	if s.cfg.KeepAwake == nil {
		return
	}
	s.guard = awake.NewGuard(awake.Config{Take: s.cfg.KeepAwake, Reason: awakeReason, Logger: s.log})
	wish := either{set: s.guard.Set}
	watch := func(first load, next loads) {
		set := wish.part()
		s.following.Go(func() { watchWork(s.background, first, next, set) })
	}
	up, uploads := s.engine.Subscribe(s.background)
	watch(news(uploadLoad(&up.Totals), uploads, uploadNews))
	if s.downloads != nil {
		down, downloads := s.downloads.Subscribe(s.background)
		watch(news(downloadLoad(&down.Totals), downloads, downloadNews))
	}
}

// either is on while one of its parts is.
type either struct {
	set func(bool)

	mu sync.Mutex // held over set, which comes in order
	on int        // parts
}

// part gives what sets a new part, which is off. It is for one goroutine.
func (e *either) part() (set func(bool)) {
	was := false
	return func(on bool) {
		if on == was {
			return
		}
		was = on
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.on--; on {
			e.on += 2
		}
		e.set(e.on > 0)
	}
}

// watchWork tells set whether there is work to stay awake for, again with each
// news, until ctx or the news end.
func watchWork(ctx context.Context, l load, next loads, set func(bool)) {
	w := work{}
	for {
		on, left := w.judge(&l, time.Now())
		set(on)
		wait, stop := ctx, context.CancelFunc(func() {})
		if left > 0 {
			wait, stop = context.WithTimeout(ctx, left)
		}
		err := next(wait, &l)
		stop()
		if err != nil && (ctx.Err() != nil || wait.Err() == nil) {
			return
		}
	}
}

// work decides what is worth staying awake for.
type work struct {
	stuck time.Time // since when nothing can go on; zero: it does
}

// judge reports whether to stay awake and, if it does only for a time, for how
// long that is.
func (w *work) judge(l *load, now time.Time) (on bool, left time.Duration) {
	switch {
	case !l.busy, l.needsKey, l.paused && l.active == 0: // nothing to do, or somebody must come first
		w.stuck = time.Time{}
		return false, 0
	case !l.offline && !unwritable(l) && l.active+l.scanning > 0:
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

func unwritable(l *load) bool {
	return l.err != nil && l.err.Value == service.ReasonQueueUnwritable
}
