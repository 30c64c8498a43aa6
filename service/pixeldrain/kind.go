package pixeldrain

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"sluice/service"
)

// kindOf is the one table from an HTTP status and the value of an answer to
// the kind of failure. The value decides where it says more than the status.
func kindOf(status int, value string) service.Kind {
	switch value {
	case "authentication_required", "authentication_failed":
		return service.Unauthorized
	case "user_out_of_space":
		return service.QuotaExceeded
	case "file_too_large", "name_too_long", "title_too_long", "description_too_long", "string_out_of_range":
		return service.TooLarge
	case "not_found", "file_not_found", "list_not_found", "list_file_not_found":
		return service.NotFound
	case "ip_rate_limit_reached":
		return service.RateLimited
	case "no_file", "missing_field", "name_contains_illegal_character", "error_reading_input",
		"json_parse_failed", "cannot_create_empty_list":
		return service.Invalid
	case "forbidden", "email_address_not_verified", "ip_banned", "account_banned", "hotlink_detected",
		"max_concurrent_downloads", "transfer_limit_exceeded", "unavailable_for_legal_reasons":
		return service.Forbidden
	case "writing", "internal", "read_only_mode_enabled":
		return service.Server
	}
	if strings.HasSuffix(value, "_captcha_required") {
		return service.CaptchaRequired
	}
	return kindOfStatus(status)
}

func kindOfStatus(status int) service.Kind {
	switch status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		return service.Unauthorized
	case http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return service.Forbidden
	case http.StatusNotFound, http.StatusGone:
		return service.NotFound
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return service.TooLarge
	case http.StatusTooManyRequests:
		return service.RateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return service.Server
	case http.StatusInsufficientStorage:
		return service.QuotaExceeded
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return service.Invalid
	}
	switch {
	case status >= http.StatusInternalServerError:
		return service.Server
	case status >= http.StatusMultipleChoices:
		return service.Invalid
	}
	return service.Internal
}

// envelope is the body of an answer that reports a failure.
type envelope struct {
	Success *bool           `json:"success"`
	Value   string          `json:"value"`
	Message string          `json:"message"`
	Extra   json.RawMessage `json:"extra"`
	Errors  []envelope      `json:"errors"`
}

// refused reports whether the envelope says so itself, whatever the status.
func (e envelope) refused() bool { return e.Success != nil && !*e.Success }

// first gives the failure that tells most: of several, the first one.
func (e envelope) first() envelope {
	for len(e.Errors) > 0 && (e.Value == "multiple_errors" || e.Value == "") {
		e = e.Errors[0]
	}
	return e
}

// cause gives the service's own words for logs, nil when it has none.
func (e envelope) cause() error {
	const longest = 300
	text := strings.ToValidUTF8(e.Message, "?")
	if len(e.Extra) > 0 && string(e.Extra) != "null" {
		text += " " + string(e.Extra)
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return errors.New(text)
}

// plainValue gives a value of an answer if it looks like one.
func plainValue(v string) string {
	const longest = 64
	if len(v) > longest {
		return ""
	}
	for _, c := range v {
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return v
}

// retryAfter reads the Retry-After header: seconds, or a date, which is taken
// relative to the answer's own Date. Nonsense is 0, and no wait is over a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if strings.Trim(v, "0123456789") == "" {
		wait, err := time.ParseDuration(v + "s")
		if err != nil { // more digits than fit
			return longest
		}
		return min(wait, longest)
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), longest)
}
