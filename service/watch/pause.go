package watch

import (
	"log/slog"
	"time"
)

// Pause hands nothing to the queue until a time, or with the zero time until
// Resume or the next start. What appears meanwhile is handed over afterwards.
func (w *Watcher) Pause(until time.Time) { w.setPause(Pause{On: true, Until: until.Round(0)}) }

// pauseStep is how often the end of a pause is looked at: it is a time of day,
// and timers stand still while a computer sleeps.
const pauseStep = time.Minute

// Resume ends a pause.
func (w *Watcher) Resume() { w.setPause(Pause{}) }

func (w *Watcher) setPause(p Pause) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pause = p
	w.feed.Publish(Event{Pause: &p})
	for _, f := range w.folders {
		f.inbox.put(func() { f.hurry() })
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Watcher) isPaused() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pause.On
}

// tend ends pauses and tidies, until Close.
func (w *Watcher) tend() {
	next := w.cfg.Clock.Now()
	for {
		now := w.cfg.Clock.Now()
		if !now.Before(next) {
			next = now.Add(tidyEvery)
			if err := w.cfg.DB.ForgetWatched(w.ctx, now.Add(-activityAge), now.Add(-goneAge)); err != nil && w.ctx.Err() == nil {
				w.cfg.Logger.Warn("old activity could not be forgotten", slog.Any("error", err))
			}
			w.cfg.written("tidied")
		}
		w.mu.Lock()
		ends := w.pause.Until
		over := w.pause.On && !ends.IsZero() && !now.Round(0).Before(ends)
		w.mu.Unlock()
		if over {
			w.Resume()
			ends = time.Time{}
		}
		wait := next.Sub(now)
		if !ends.IsZero() {
			wait = min(wait, ends.Sub(now.Round(0)), pauseStep)
		}
		timer, stop := w.cfg.Clock.After(wait)
		select {
		case <-timer:
		case <-w.wake:
		case <-w.ctx.Done():
		}
		stop()
		if w.ctx.Err() != nil {
			return
		}
	}
}
