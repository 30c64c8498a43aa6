package sandbox

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/http"
	"time"
)

// arm places the fault where it will strike.
func (c *call) arm() {
	if c.fault == nil {
		return
	}
	switch c.fault.Kind {
	case CutBody, Reset, StallBody:
		if c.r.ContentLength == 0 {
			c.w.cutAt = max(c.fault.After, 0)
		} else {
			c.body.triggerAt = max(c.fault.After, 0)
		}
	case RefuseMidBody:
		c.body.triggerAt = max(c.fault.After, 0)
	case Answer:
		if c.fault.After > 0 {
			c.body.triggerAt = c.fault.After
		}
	case LostAnswer, StallAnswer, SlowFinish, RefuseEarly, WrongHash, Redirect:
	}
}

// before lets the faults happen that come instead of the work.
func (c *call) before() error {
	if c.fault == nil {
		return nil
	}
	switch c.fault.Kind {
	case Answer:
		if c.fault.After > 0 && c.r.ContentLength != 0 {
			return nil // strikes in the body
		}
		if c.fault.After == WholeBody {
			if _, err := io.Copy(io.Discard, c.body); err != nil {
				return errCut
			}
		}
	case RefuseEarly, Redirect:
	case CutBody, Reset, StallBody, LostAnswer, StallAnswer, SlowFinish, RefuseMidBody, WrongHash:
		return nil
	}
	c.fault.struck()
	return c.fault.refusal()
}

// strikeBody is the fault in the middle of a request's body. No error means
// that the body goes on.
func (c *call) strikeBody() error {
	c.fault.struck()
	switch c.fault.Kind {
	case StallBody:
		return c.hold()
	case RefuseMidBody, Answer:
		return c.fault.refusal()
	case CutBody, Reset, LostAnswer, StallAnswer, SlowFinish, RefuseEarly, WrongHash, Redirect:
	}
	return errCut
}

// strikeAnswer is the fault in the middle of an answer.
func (c *call) strikeAnswer() error {
	c.fault.struck()
	if c.fault.Kind == StallBody {
		return c.hold()
	}
	return errCut
}

// beforeAnswer is the fault between the work and its answer.
func (c *call) beforeAnswer() error {
	if c.fault == nil {
		return nil
	}
	switch c.fault.Kind {
	case LostAnswer:
		c.fault.struck()
		return errCut
	case StallAnswer:
		c.fault.struck()
		_ = c.hold() // it ends in a cut either way
		return errCut
	case SlowFinish:
		c.fault.struck()
		return c.hold()
	case CutBody, Reset, StallBody, Answer, RefuseEarly, RefuseMidBody, WrongHash, Redirect:
	}
	return nil
}

// spoils reports whether the upload is to be stored wrong.
func (c *call) spoils() bool {
	if c.fault == nil || c.fault.Kind != WrongHash {
		return false
	}
	c.fault.struck()
	return true
}

// hold waits until the fault is released. errCut means that the server or the
// request ended first.
func (c *call) hold() error {
	c.s.count.update(func(s *Stats) { s.Held++ })
	defer c.s.count.update(func(s *Stats) { s.Held-- })
	var over <-chan time.Time
	if c.fault.Delay > 0 {
		timer := time.NewTimer(c.fault.Delay)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-c.fault.released:
	case <-c.fault.Until:
	case <-over:
	case <-c.r.Context().Done():
		return errCut
	case <-c.s.done:
		return errCut
	}
	return nil
}

// refusal is what the fault answers.
func (i *Injection) refusal() *refusal {
	no := refuse(i.Status, i.Value, "The sandbox was told to refuse this.")
	no.retryAfter, no.location = i.RetryAfter, i.Location
	no.abrupt = i.Kind == RefuseEarly || i.Kind == RefuseMidBody
	switch i.Kind {
	case RefuseEarly, RefuseMidBody:
		no.status = cmp.Or(i.Status, http.StatusRequestEntityTooLarge)
	case Redirect:
		no.status = cmp.Or(i.Status, http.StatusTemporaryRedirect)
	case Answer, CutBody, Reset, StallBody, LostAnswer, StallAnswer, SlowFinish, WrongHash:
		no.status = cmp.Or(i.Status, http.StatusInternalServerError)
	}
	no.value = cmp.Or(i.Value, usualValue(no.status))
	switch {
	case i.Body != nil:
		no.body, no.contentType = i.Body, cmp.Or(i.Type, "application/octet-stream")
	case i.HTML:
		title := html.EscapeString(fmt.Sprintf("%d %s", no.status, http.StatusText(no.status)))
		no.body = []byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n")
		no.contentType = "text/html; charset=utf-8"
	}
	return no
}

// usualValue is the API's value for a status.
func usualValue(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "authentication_failed"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusRequestEntityTooLarge:
		return "file_too_large"
	case http.StatusTooManyRequests:
		return "ip_rate_limit_reached"
	case http.StatusServiceUnavailable:
		return "read_only_mode_enabled"
	}
	return "internal"
}
