package pixeldrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

func TestKindTable(t *testing.T) {
	for _, c := range []struct {
		status int
		value  string
		want   service.Kind
	}{
		{401, "authentication_required", service.Unauthorized},
		{403, "authentication_required", service.Unauthorized},
		{401, "authentication_failed", service.Unauthorized},
		{403, "forbidden", service.Forbidden},
		{422, "no_file", service.Invalid},
		{413, "file_too_large", service.TooLarge},
		{413, "name_too_long", service.TooLarge},
		{422, "string_out_of_range", service.TooLarge},
		{400, "missing_field", service.Invalid},
		{422, "name_contains_illegal_character", service.Invalid},
		{400, "error_reading_input", service.Invalid},
		{400, "too_many_files", service.Invalid},
		{413, "too_many_files", service.TooLarge},
		{400, "user_out_of_space", service.QuotaExceeded},
		{403, "email_address_not_verified", service.Forbidden},
		{403, "ip_banned", service.Forbidden},
		{403, "account_banned", service.Forbidden},
		{500, "writing", service.Server},
		{500, "internal", service.Server},
		{403, "file_rate_limited_captcha_required", service.CaptchaRequired},
		{403, "virus_detected_captcha_required", service.CaptchaRequired},
		{403, "ip_download_limited_captcha_required", service.CaptchaRequired},
		{403, "server_overload_captcha_required", service.CaptchaRequired},
		{403, "hotlink_detected", service.Forbidden},
		{403, "max_concurrent_downloads", service.Forbidden},
		{403, "transfer_limit_exceeded", service.Forbidden},
		{451, "unavailable_for_legal_reasons", service.Forbidden},
		{422, "json_parse_failed", service.Invalid},
		{422, "list_file_not_found", service.NotFound},
		{413, "title_too_long", service.TooLarge},
		{413, "description_too_long", service.TooLarge},
		{422, "cannot_create_empty_list", service.Invalid},
		{404, "not_found", service.NotFound},
		{404, "file_not_found", service.NotFound},
		{404, "list_not_found", service.NotFound},
		{429, "ip_rate_limit_reached", service.RateLimited},
		{503, "read_only_mode_enabled", service.Server},
		{400, "", service.Invalid},
		{401, "", service.Unauthorized},
		{403, "never_heard_of", service.Forbidden},
		{404, "", service.NotFound},
		{405, "", service.Invalid},
		{408, "", service.Server},
		{413, "", service.TooLarge},
		{422, "never_heard_of", service.Invalid},
		{425, "", service.Server},
		{429, "", service.RateLimited},
		{451, "", service.Forbidden},
		{500, "", service.Server},
		{501, "", service.Invalid},
		{502, service.ReasonHTML, service.Server},
		{503, "", service.Server},
		{504, "", service.Server},
		{507, "", service.QuotaExceeded},
		{302, "", service.Invalid},
	} {
		if got := kindOf(c.status, c.value); got != c.want {
			t.Errorf("%d %q: got %v, want %v", c.status, c.value, got, c.want)
		}
		again := c.status == 408 || c.status == 425 || c.status == 429 || c.status >= 500 && c.status != 501 && c.status != 507
		if got := kindOf(c.status, c.value).Temporary(); got != again {
			t.Errorf("%d %q: tried again: %v, want %v", c.status, c.value, got, again)
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		kind   string // Content-Type
		text   string
		want   service.Error
		says   string
	}{
		"value":    {404, "application/json", `{"success":false,"value":"file_not_found"}`, service.Error{Kind: service.NotFound, Value: "file_not_found"}, ""},
		"message":  {413, "application/json", `{"success":false,"value":"file_too_large","message":"At most 10 GB."}`, service.Error{Kind: service.TooLarge, Value: "file_too_large"}, "At most 10 GB."},
		"extra":    {422, "application/json", `{"success":false,"value":"list_file_not_found","extra":{"file_not_found":"abc"}}`, service.Error{Kind: service.NotFound, Value: "list_file_not_found"}, "abc"},
		"several":  {422, "application/json", `{"success":false,"value":"multiple_errors","errors":[{"value":"multiple_errors","errors":[{"success":false,"value":"no_file","message":"empty"}]},{"value":"internal"}]}`, service.Error{Kind: service.Invalid, Value: "no_file"}, "empty"},
		"page":     {502, "text/html", `<html><h1>Bad gateway</h1></html>`, service.Error{Kind: service.Server, Value: service.ReasonHTML}, ""},
		"page too": {503, "", "\n<!doctype html><p>Back soon", service.Error{Kind: service.Server, Value: service.ReasonHTML}, ""},
		"nothing":  {500, "application/json", ``, service.Error{Kind: service.Server}, ""},
		"text":     {500, "text/plain", `oh no`, service.Error{Kind: service.Server}, ""},
		"array":    {400, "application/json", `["value"]`, service.Error{Kind: service.Invalid}, ""},
		"number":   {400, "application/json", `{"value":5}`, service.Error{Kind: service.Invalid}, ""},
		"odd":      {400, "application/json", `{"value":"<script>alert(1)</script>"}`, service.Error{Kind: service.Invalid}, ""},
		"long":     {400, "application/json", `{"value":"` + strings.Repeat("v", 65) + `","message":"` + strings.Repeat("m", 9999) + `"}`, service.Error{Kind: service.Invalid}, "mmm…"},
		"huge":     {400, "application/json", `{"value":"` + strings.Repeat("v", 1<<20) + `"}`, service.Error{Kind: service.Invalid}, ""},
		"cut":      {400, "application/json", `{"value":"no_`, service.Error{Kind: service.Invalid}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cl := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.text)
			})
			_, err := cl.Info(t.Context(), "abc")
			got := wanted(t, err, c.want.Kind, c.want.Value)
			mustEqual(t, "status", got.Status, c.status)
			mustEqual(t, "path", got.Path, "/file/abc/info")
			if !strings.Contains(err.Error(), c.says) || len(err.Error()) > 600 {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
}

func TestUnauthorizedWithoutKey(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if _, ok := r.Header["Authorization"]; ok {
			t.Error("logged in with nothing")
		}
		w.WriteHeader(http.StatusUnauthorized)
	}, func(cfg *Config) { cfg.Key = "" })
	mustEqual(t, "has key", c.HasKey(), false)
	want(t, c.Delete(t.Context(), "abc"), service.Unauthorized, service.ReasonNoKey)
}

// callsOf gives every reading method as a function of one shape.
func callsOf(c *Client) map[string]func(context.Context) error {
	upload := func(f func(context.Context, Upload) (Uploaded, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := f(ctx, Upload{Name: "x", Size: 1, Body: strings.NewReader("x")})
			return err
		}
	}
	return map[string]func(context.Context) error{
		"Upload":     upload(c.Upload),
		"UploadForm": upload(c.UploadForm),
		"Info":       func(ctx context.Context) error { _, err := c.Info(ctx, "a"); return err },
		"Infos":      func(ctx context.Context) error { _, err := c.Infos(ctx, []service.FileID{"a", "b"}); return err },
		"Thumbnail":  func(ctx context.Context) error { _, err := c.Thumbnail(ctx, "a", 64, 64); return err },
		"Delete":     func(ctx context.Context) error { return c.Delete(ctx, "a") },
		"CreateAlbum": func(ctx context.Context) error {
			_, err := c.CreateAlbum(ctx, service.NewAlbum{Files: []service.AlbumEntry{{ID: "a"}}})
			return err
		},
		"Album":  func(ctx context.Context) error { _, err := c.Album(ctx, "a"); return err },
		"Files":  func(ctx context.Context) error { _, err := c.Files(ctx); return err },
		"Albums": func(ctx context.Context) error { _, err := c.Albums(ctx); return err },
		"User":   func(ctx context.Context) error { _, err := c.User(ctx); return err },
	}
}

// TestStrangeAnswers gives every method answers of status 200 that are none.
func TestStrangeAnswers(t *testing.T) {
	const cut = `{"id":"a","files":[{"id":"a","name":"b`
	for name, answer := range map[string]struct {
		text, contentType string
		length            int // declared, 0 = the text's
		kind              service.Kind
		value             string
		fine              string // methods that accept it
	}{
		"html":        {text: "<html><body>Log in to the hotel's network</body></html>", contentType: "text/html", kind: service.Server, value: service.ReasonHTML},
		"html hidden": {text: "\ufeff \n<!DOCTYPE html><p>hello", contentType: "", kind: service.Server, value: service.ReasonHTML},
		"empty":       {text: "", contentType: "application/json", kind: service.Server, value: service.ReasonEmptyAnswer, fine: "Delete"},
		"spaces":      {text: " \n", contentType: "application/json", kind: service.Server, value: service.ReasonEmptyAnswer, fine: "Delete Thumbnail"},
		"cut":         {text: cut, contentType: "application/json", kind: service.Offline, value: service.ReasonCutAnswer, fine: "Thumbnail"},
		"cut off":     {text: cut, contentType: "application/json", length: 500, kind: service.Offline, value: service.ReasonCutAnswer},
		"text":        {text: "everything is fine", contentType: "application/json", kind: service.Internal, value: service.ReasonBadAnswer},
		"number":      {text: "42", contentType: "application/json", kind: service.Internal, value: service.ReasonBadAnswer, fine: "Delete"},
		"strings":     {text: `{"id":7,"files":"none","lists":"none","username":[]}`, contentType: "application/json", kind: service.Internal, value: service.ReasonBadAnswer, fine: "Delete"},
		"other":       {text: `{"lists":[{"title":"no id"}],"files":[{"name":"no id"}]}`, contentType: "application/json", kind: service.Internal, value: service.ReasonBadAnswer, fine: "Delete User"},
		"twice":       {text: `{"id":"a","files":[],"lists":[]} {}`, contentType: "application/json", kind: service.Internal, value: service.ReasonBadAnswer},
		"refusal":     {text: `{"success":false,"value":"user_out_of_space","files":[],"lists":[]}`, contentType: "application/json", kind: service.QuotaExceeded, value: "user_out_of_space", fine: "Thumbnail"},
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			w.Header()["Content-Type"] = []string{answer.contentType}
			if answer.length > 0 {
				w.Header().Set("Content-Length", fmt.Sprint(answer.length))
			}
			_, _ = io.WriteString(w, answer.text)
		})
		for method, call := range callsOf(c) {
			t.Run(name+"/"+method, func(t *testing.T) {
				err := call(t.Context())
				if strings.Contains(" "+answer.fine+" ", " "+method+" ") {
					if method != "Thumbnail" && err != nil {
						t.Errorf("got %v, want none", err)
					}
					return
				}
				if method == "Thumbnail" && answer.value == service.ReasonCutAnswer && answer.length == 0 {
					return
				}
				got := wanted(t, err, answer.kind, answer.value)
				mustEqual(t, "status", got.Status, http.StatusOK)
			})
		}
	}
}

func TestHugeAnswers(t *testing.T) {
	filler := strings.Repeat(" ", 64<<10)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		_, _ = io.WriteString(w, `{"files":[{"name":"`)
		for range 8000 { // 500 MiB, if it is let
			if _, err := io.WriteString(w, filler); err != nil {
				return
			}
		}
	})
	for method, call := range callsOf(c) {
		t.Run(method, func(t *testing.T) {
			if method == "Delete" { // only its status matters
				return
			}
			want(t, call(t.Context()), service.Internal, service.ReasonHugeAnswer)
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"120", "", 2 * time.Minute},
		{" 7 ", "", 7 * time.Second},
		{"-5", "", 0},
		{"1.5", "", 0},
		{"soon", "", 0},
		{"99999999999999999999999", "", 24 * time.Hour},
		{"999999999", "", 24 * time.Hour},
		{"Fri, 01 May 2026 12:01:30 GMT", "", 90 * time.Second},
		{"Fri, 01 May 2026 11:00:00 GMT", "", 0},
		{"Fri, 01 May 2026 12:01:30 GMT", "Fri, 01 May 2026 12:01:00 GMT", 30 * time.Second},
		{"Fri, 01 May 2037 12:01:30 GMT", "nonsense", 24 * time.Hour},
	} {
		h := http.Header{"Retry-After": {c.value}, "Date": {c.date}}
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("%q at %q: got %v, want %v", c.value, c.date, got, c.want)
		}
	}
}

func TestRetryAfterReachesTheCaller(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		drain(r)
		w.Header().Set("Retry-After", "17")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for method, call := range callsOf(c) {
		t.Run(method, func(t *testing.T) {
			mustEqual(t, "wait", wanted(t, call(t.Context()), service.RateLimited, "").RetryAfter, 17*time.Second)
		})
	}
}

func TestCancelled(t *testing.T) {
	arrived := make(chan struct{}, 1)
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		drain(r)
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	for method, call := range callsOf(c) {
		t.Run(method, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-arrived
				cancel()
			}()
			err := call(ctx)
			if !errors.Is(err, context.Canceled) || service.KindOf(err) != service.Offline {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	c := newTestClient(t, Config{APIURL: "http://127.0.0.1:1/api"})
	for method, call := range callsOf(c) {
		t.Run(method, func(t *testing.T) { want(t, call(t.Context()), service.Offline, "") })
	}
}

func TestAnswersThatStall(t *testing.T) {
	for name, head := range map[string]string{"no answer": "", "half an answer": `{"id":"a","files":[`} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			if head != "" {
				_, _ = io.WriteString(w, head)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
		}, func(cfg *Config) { cfg.Stall, cfg.AnswerWait = 500*time.Millisecond, 100*time.Millisecond })
		for method, call := range callsOf(c) {
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				value := service.ReasonStalled
				if strings.HasPrefix(method, "Upload") && head == "" {
					value = service.ReasonUnknownOutcome
				}
				want(t, call(t.Context()), service.Offline, value)
			})
		}
	}
}
