package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// caller sends requests to one sandbox, as one account.
type caller struct {
	t      testing.TB
	srv    *sandbox.Server
	client *http.Client
	key    string
}

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func call(tb testing.TB, srv *sandbox.Server) *caller {
	tb.Helper()
	tr := &http.Transport{}
	if pool := srv.CertPool(); pool != nil {
		tr.TLSClientConfig = tlsFor(pool)
		tr.ForceAttemptHTTP2 = true
	}
	tb.Cleanup(tr.CloseIdleConnections)
	return &caller{t: tb, srv: srv, key: sandboxtest.Key, client: &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as gives the same caller with another key; "" sends none.
func (c *caller) as(key string) *caller {
	other := *c
	other.key = key
	return &other
}

// try sends a request; path is below the API or, with a leading "^", beside it.
func (c *caller) try(ctx context.Context, method, path string, body io.Reader, header ...string) (answer, error) {
	address := c.srv.APIURL() + path
	if page, ok := strings.CutPrefix(path, "^"); ok {
		address = c.srv.URL() + page
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if c.key != "" {
		r.SetBasicAuth("", c.key)
	}
	resp, err := c.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b}, errors.Join(err, resp.Body.Close())
}

// do sends a request and wants an answer, with this status.
func (c *caller) do(status int, method, path, body string, header ...string) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), method, path, strings.NewReader(body), header...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.status != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a
}

// refused sends a request and wants this status and this API value.
func (c *caller) refused(status int, value, method, path, body string, header ...string) answer {
	c.t.Helper()
	a := c.do(status, method, path, body, header...)
	if got := a.json(c.t)["value"]; got != value {
		c.t.Fatalf("%s %s: value %v, want %s", method, path, got, value)
	}
	return a
}

// put uploads and gives the id.
func (c *caller) put(name, content string) service.FileID {
	c.t.Helper()
	a := c.do(http.StatusCreated, http.MethodPut, "/file/"+url.PathEscape(name), content)
	return service.FileID(a.json(c.t)["id"].(string))
}

func (a answer) json(tb testing.TB) map[string]any {
	tb.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		tb.Fatalf("no JSON object: %v: %s", err, bytes.TrimSpace(a.body))
	}
	return m
}

// dialects names both for t.Run.
func dialects() map[string]int {
	return map[string]int{"2020": sandbox.Dialect2020, "2026": sandbox.Dialect2026}
}

func dialect(d int) func(*sandbox.Config) { return func(c *sandbox.Config) { c.Dialect = d } }
