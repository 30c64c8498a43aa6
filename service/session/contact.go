package session

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/upload"
)

// contact ends a wait for files when nothing can go on: the key is refused,
// the queue can't be kept, or the service was not reached for a while since
// the start. Once it was reached, a lost network is waited out.
type contact struct {
	patience time.Duration
	giveUp   context.CancelCauseFunc

	mu    sync.Mutex // see and the timer's goroutine meet
	met   bool       // the service was reached
	cause error      // why it is not reached
	timer *time.Timer
}

func (c *contact) see(events []upload.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range events {
		if slices.ContainsFunc(events[i].Jobs, arrived) {
			c.met = true
			c.stop()
		}
		if events[i].Totals != nil {
			c.judge(events[i].Totals)
		}
	}
}

// arrived reports that the service took something of a job in this run, as far
// as that shows.
func arrived(j upload.Job) bool {
	switch j.State {
	case upload.Uploading:
		return j.Sent > 0
	case upload.Finishing, upload.Verifying:
		return true
	case upload.Waiting, upload.Hashing, upload.Retrying, upload.Uploaded, upload.AlreadyThere, upload.Failed, upload.Cancelled, upload.Paused:
	}
	return false
}

// judge is called with c.mu held.
func (c *contact) judge(t *upload.Totals) {
	switch {
	case t.NeedsKey && t.Err != nil:
		c.giveUp(t.Err)
	case t.NeedsKey:
		c.giveUp(&service.Error{Op: "upload", Kind: service.Unauthorized, Value: service.ReasonNoKey})
	case t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable:
		c.giveUp(t.Err)
	case t.Offline && !c.met:
		c.cause = service.AsError("upload", t.Err)
		if c.timer == nil {
			c.timer = time.AfterFunc(c.patience, c.unreached)
		}
	case !t.Offline:
		c.stop()
	}
}

func (c *contact) unreached() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.met {
		c.giveUp(c.cause)
	}
}

// stop stops the timer. c.mu is held.
func (c *contact) stop() {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

func (c *contact) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.met = true
	c.stop()
}
