package thumbnail

import (
	"time"

	"sluice/service"
)

// tellEvery is the time between two calls of OnReady.
const tellEvery = 20 * time.Millisecond

// report notes that Get says something new of a file.
func (l *Loader) report(id service.FileID) {
	if l.cfg.OnReady == nil {
		return
	}
	l.ready = append(l.ready, id)
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// tell calls OnReady.
func (l *Loader) tell() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.news:
		}
		select { // since the last time
		case <-l.ctx.Done():
			return
		case <-timer.C:
		}
		l.mu.Lock()
		ready := unique(l.ready)
		l.ready = nil
		l.mu.Unlock()
		if len(ready) > 0 {
			l.cfg.OnReady(ready)
		}
		timer.Reset(tellEvery)
	}
}

func unique(ids []service.FileID) []service.FileID {
	seen := make(map[service.FileID]bool, len(ids))
	some := make([]service.FileID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			some = append(some, id)
		}
	}
	return some
}
