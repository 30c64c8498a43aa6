package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// refusal is an answer that says no: the API's error envelope and its status.
type refusal struct {
	status      int
	value       string
	message     string
	extra       map[string]any
	retryAfter  time.Duration
	contentType string // other than JSON
	body        []byte // other than the envelope
	location    string
	abrupt      bool // the connection is closed at once, whatever is under way
}

func (f *refusal) Error() string { return fmt.Sprintf("%d %s", f.status, f.value) }

// refuse makes a refusal with the API's usual parts.
func refuse(status int, value, message string) *refusal {
	return &refusal{status: status, value: value, message: message}
}

// envelope is the JSON of a refusal.
func (f *refusal) envelope() []byte {
	if f.body != nil {
		return f.body
	}
	m := map[string]any{"success": false, "value": f.value, "message": f.message}
	if f.extra != nil {
		m["extra"] = f.extra
	}
	return encode(m)
}

// header sets what goes with the refusal's body.
func (f *refusal) header(h http.Header) {
	h.Set("Content-Type", "application/json; charset=utf-8")
	if f.contentType != "" {
		h.Set("Content-Type", f.contentType)
	}
	h.Set("Content-Length", strconv.Itoa(len(f.envelope())))
	if f.retryAfter > 0 {
		seconds := int64((f.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if f.location != "" {
		h.Set("Location", f.location)
	}
	switch f.status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Basic realm="Pixeldrain"`)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", f.message)
	}
}

// encode gives v as JSON; v is always made here, so it can be encoded.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("sandbox: %T has no JSON: %v", v, err))
	}
	return append(b, '\n')
}

// answer sends v as JSON with a status of success.
func (c *call) answer(status int, v any) error {
	return c.answerBytes(status, "application/json; charset=utf-8", encode(v))
}

// answerBytes sends a whole body. A client that is gone is no error here.
func (c *call) answerBytes(status int, contentType string, b []byte) error {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	c.w.WriteHeader(status)
	_, err := c.w.Write(b)
	return err
}

func (s *Server) notFound(what string) *refusal {
	value := "not_found"
	if s.cfg.Dialect == Dialect2020 {
		value = what + "_not_found"
	}
	return refuse(http.StatusNotFound, value, "The entity you requested could not be found.")
}

func errNoMethod() *refusal {
	return refuse(http.StatusNotFound, "not_found", "There is no such method.")
}

func errWrongVerb(allowed string) *refusal {
	return refuse(http.StatusMethodNotAllowed, "method_not_allowed", allowed)
}

func errNotYours() *refusal {
	return refuse(http.StatusForbidden, "forbidden", "This belongs to somebody else.")
}

func errInternal(message string) *refusal {
	return refuse(http.StatusInternalServerError, "internal", message)
}
