package thumbnail

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/thumbnail/picture"
	"sluice/storage/thumbs"
)

// Waits after failures; each doubles up to its end.
const (
	failFirst, failMost = 2 * time.Second, 10 * time.Minute // a file, when the service failed
	refuseFirst         = 5 * time.Minute                   // a file, when it was refused or the answer made no sense
	refuseMost          = 2 * time.Hour
	holdFirst, holdMost = time.Second, time.Minute // all files, when the service is out of reach or wants a pause
)

const (
	maxAnswer  = 1 << 20          // more bytes than any thumbnail has
	answerWait = 30 * time.Second // for one thumbnail: a fetcher has more to do
)

// request is what a fetcher needs of a job.
type request struct {
	client Client
	scope  string
	class  int
	side   int // 0 = the service's own
	begun  time.Time
}

// fetch asks the service.
func (l *Loader) fetch() {
	for {
		var r request
		j, ctx, ok := l.take(func(j *job) {
			r = request{client: l.client, scope: l.scope, class: j.class(), begun: time.Now()}
			// Nobody is to be asked for more than the document allows before it
			// is known to be there: newer services give the larger size when
			// none is named.
			if r.class == smallClass || l.large {
				r.side = r.class
			}
		}, l.mayFetch)
		if !ok {
			return
		}
		t, err := r.get(ctx, j.File)
		if l.cfg.Disk != nil && err == nil && !t.Icon { // also if it is wanted no longer
			l.cfg.Disk.Put(thumbs.Key{Scope: r.scope, File: string(j.File)}, r.class, t.Data)
		}
		l.put(j, func() { l.fetched(j, r, t, err) })
	}
}

// get asks the service. What can't be a thumbnail passes for an icon.
func (r request) get(ctx context.Context, id service.FileID) (*pixeldrain.Thumbnail, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	t, err := r.client.Thumbnail(ctx, id, r.side, r.side)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, &service.Error{Op: "get thumbnail", Path: string(id), Kind: service.Server, Value: service.ReasonStalled, Err: err}
	}
	if err == nil && len(t.Data) > maxAnswer {
		t = &pixeldrain.Thumbnail{Icon: true}
	}
	return t, err
}

// fetched decides what comes after a request.
func (l *Loader) fetched(j *job, r request, t *pixeldrain.Thumbnail, err error) {
	switch {
	case l.ctx.Err() != nil:
	case err != nil:
		l.failed(j, r, err)
	case t.Icon:
		l.holds = 0
		l.icons.learn(t.Data)
		l.none(j.Wanted)
		l.done(j)
	default:
		l.holds = 0
		j.rough, j.turn, j.asked = false, picture.Upright, r.side == 0
		l.toDecode(j, t.Data)
	}
}

// failed decides when to ask again. The job stays as it is.
func (l *Loader) failed(j *job, r request, err error) {
	now := time.Now()
	n := note{}
	if old := l.notes.get(j.File); old != nil {
		n.tries = old.tries
	}
	e := service.AsError("get thumbnail", err)
	switch e.Kind {
	case service.NotFound:
		l.none(j.Wanted)
		l.done(j)
		return
	case service.Offline, service.RateLimited, service.Unauthorized:
		l.hold(r, e.RetryAfter)
		n.until = l.held
	case service.Server, service.SourceChanged:
		if e.RetryAfter > 0 {
			l.hold(r, e.RetryAfter)
		}
		n.until = now.Add(max(backoff(failFirst, failMost, n.tries), e.RetryAfter))
	case service.Internal, service.Forbidden, service.TooLarge, service.QuotaExceeded, service.Invalid, service.CaptchaRequired:
		n.until = now.Add(backoff(refuseFirst, refuseMost, n.tries))
	}
	n.tries++
	l.notes.put(j.File, n)
	l.report(j.File)
	l.cfg.Logger.Debug("no thumbnail now", slog.String("file", string(j.File)), slog.Any("error", err))
}

// hold stops all requests for a while. Those that were under way when another
// one did so don't make it longer.
func (l *Loader) hold(r request, atLeast time.Duration) {
	now := time.Now()
	if r.begun.Before(l.heldAt) {
		return
	}
	l.heldAt, l.held = now, now.Add(max(backoff(holdFirst, holdMost, l.holds), atLeast))
	l.holds++
	for _, j := range l.order { // they show icons until then
		if j.phase == toFetch && !j.busy {
			l.report(j.File)
		}
	}
}

func backoff(first, most time.Duration, tries int) time.Duration {
	return min(first<<min(tries, 20), most)
}

// mayFetch tells whether a job can be asked for now. If that is only a matter
// of time, it sees to it that the fetchers look again then.
func (l *Loader) mayFetch(j *job) bool {
	if j.phase != toFetch || l.client == nil || l.undecoded >= maxUndecoded {
		return false
	}
	at := l.settled
	if l.held.After(at) {
		at = l.held
	}
	if n := l.notes.get(j.File); n != nil && n.until.After(at) {
		at = n.until
	}
	now := time.Now()
	if !at.After(now) {
		return true
	}
	if l.alarmAt.IsZero() || at.Before(l.alarmAt) {
		l.alarmAt = at
		if l.alarm == nil {
			l.alarm = time.AfterFunc(at.Sub(now), l.ring)
		} else {
			l.alarm.Reset(at.Sub(now))
		}
	}
	return false
}

// ring wakes the fetchers.
func (l *Loader) ring() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.alarmAt = time.Time{}
	l.change.Broadcast()
}
