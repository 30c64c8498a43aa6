package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// later is a try that goes on beside the test.
type later struct {
	answer answer
	err    error
}

// begin sends a request from a goroutine; the channel gives its end.
func (c *caller) begin(method, path, body string) <-chan later {
	end := make(chan later, 1)
	go func() {
		a, err := c.try(c.t.Context(), method, path, strings.NewReader(body))
		end <- later{a, err}
	}()
	return end
}

// lost sends a request and wants no answer.
func (c *caller) lost(method, path, body string) {
	c.t.Helper()
	_ = c.lostBy(method, path, body) // how does not matter
}

// lostBy does the same and gives the error.
func (c *caller) lostBy(method, path, body string) error {
	c.t.Helper()
	a, err := c.try(c.t.Context(), method, path, strings.NewReader(body))
	if err == nil {
		c.t.Errorf("%s %s: answered %d", method, path, a.status)
	}
	return err
}

func limit(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func overTLS(tls bool) func(*sandbox.Config) { return func(c *sandbox.Config) { c.TLS = tls } }

func TestCutBody(t *testing.T) {
	for _, tls := range []bool{false, true} {
		for _, kind := range []sandbox.FaultKind{sandbox.CutBody, sandbox.Reset} {
			srv := sandboxtest.New(t, overTLS(tls))
			c := call(t, srv)
			f := srv.Inject(sandbox.Fault{Kind: kind, Method: http.MethodPut, After: 100_000})
			c.lost(http.MethodPut, "/file/a", strings.Repeat("x", 10<<20))
			if got := srv.Stats().BodyBytes; got != 100_000 {
				t.Errorf("%v, TLS %v: %d bytes were read", kind, tls, got)
			}
			srv.Inject(sandbox.Fault{Kind: kind, Method: http.MethodPut, After: 100_000})
			c.lost(http.MethodPut, "/file/a", "shorter than that")
			if len(srv.Files()) != 0 || f.Hits() != 1 || srv.Stats().Faults[kind] != 2 {
				t.Errorf("%v, TLS %v: %d files, %d hits, %v", kind, tls, len(srv.Files()), f.Hits(), srv.Stats().Faults)
			}
			c.put("a", "works again")
		}
	}
}

func TestResetIsAReset(t *testing.T) {
	for _, tls := range []bool{false, true} {
		srv := sandboxtest.New(t, func(c *sandbox.Config) { c.TLS = tls })
		c := call(t, srv)
		c.client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
		srv.Inject(sandbox.Fault{Kind: sandbox.Reset, Method: http.MethodGet, PathPrefix: "/api/user"})
		if err := c.lostBy(http.MethodGet, "/user/files", ""); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("TLS %v: %v", tls, err)
		}
	}
}

func TestCutAnswer(t *testing.T) {
	for _, tls := range []bool{false, true} {
		srv := sandboxtest.New(t, overTLS(tls), files(100))
		c := call(t, srv)
		id := c.put("a", strings.Repeat("x", 1<<20))
		for _, path := range []string{"/file/" + string(id), "/file/" + string(id) + "/info", "/user/files", "/file/" + string(id) + "/thumbnail"} {
			for _, after := range []int64{0, 10, 1 << 40} {
				f := srv.Inject(sandbox.Fault{Kind: sandbox.CutBody, Method: http.MethodGet, After: after})
				a, err := c.try(t.Context(), http.MethodGet, path, nil)
				if err == nil || f.Hits() != 1 {
					t.Errorf("%s after %d, TLS %v: whole (%d bytes), %d hits", path, after, tls, len(a.body), f.Hits())
				}
				if after == 10 && len(a.body) != 10 {
					t.Errorf("%s after %d, TLS %v: %d bytes came", path, after, tls, len(a.body))
				}
			}
			c.do(http.StatusOK, http.MethodGet, path, "")
		}
	}
}

func TestLostAnswer(t *testing.T) {
	for _, tls := range []bool{false, true} {
		srv := sandboxtest.New(t, overTLS(tls))
		c := call(t, srv)
		srv.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, PathPrefix: "/api/file/"})
		c.lost(http.MethodPut, "/file/a", "stored all the same")
		if got := srv.Files(); len(got) != 1 || got[0].SHA256 != sum("stored all the same") {
			t.Errorf("TLS %v: stored %+v", tls, got)
		}
		body, kind := form(t, "", "b", "form")
		srv.Inject(sandbox.Fault{Kind: sandbox.LostAnswer, Method: http.MethodPost})
		if _, err := c.try(t.Context(), http.MethodPost, "/file", strings.NewReader(body), "Content-Type", kind); err == nil {
			t.Error("POST was answered")
		}
		if got := srv.Files(); len(got) != 2 {
			t.Errorf("TLS %v: stored %+v", tls, got)
		}
	}
}

func TestStallInTheBody(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	f := srv.Inject(sandbox.Fault{Kind: sandbox.StallBody, Name: "stalls", After: 3})
	end := c.begin(http.MethodPut, "/file/stalls", "contents")
	if err := f.Wait(limit(t), 1); err != nil {
		t.Fatal(err)
	}
	held := func(st sandbox.Stats) bool { return st.Held == 1 && st.Uploads == 1 && st.BodyBytes == 3 }
	if err := srv.Await(limit(t), held); err != nil {
		t.Fatal(err)
	}
	c.do(http.StatusCreated, http.MethodPut, "/file/other", "passes") // only the named one stalls
	f.Release()
	if got := <-end; got.err != nil || got.answer.status != http.StatusCreated {
		t.Errorf("once released: %+v", got)
	}
	if err := srv.Await(limit(t), func(st sandbox.Stats) bool { return st.Held == 0 && st.Uploads == 0 }); err != nil {
		t.Fatal(err)
	}
	if st := srv.Stats(); st.PeakUploads != 2 || st.Stored != 2 {
		t.Errorf("stats are %+v", st)
	}
}

func TestStallOfADownload(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	id := c.put("a", "0123456789")
	release := make(chan struct{})
	f := srv.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: http.MethodGet, After: 4, Until: release})
	end := c.begin(http.MethodGet, "/file/"+string(id), "")
	if err := f.Wait(limit(t), 1); err != nil {
		t.Fatal(err)
	}
	close(release)
	if got := <-end; got.err != nil || string(got.answer.body) != "0123456789" {
		t.Errorf("once released: %+v", got)
	}
}

func TestSlowFinish(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	f := srv.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Times: -1})
	end := c.begin(http.MethodPut, "/file/a", "x")
	if err := f.Wait(limit(t), 1); err != nil {
		t.Fatal(err)
	}
	if got := srv.Files(); len(got) != 1 {
		t.Errorf("while the answer is awaited %d files are stored", len(got))
	}
	f.Release()
	if got := <-end; got.err != nil || got.answer.status != http.StatusCreated {
		t.Errorf("once released: %+v", got)
	}
	c.put("b", "not held any more")
	srv.Clear()
	const delay = 30 * time.Millisecond
	srv.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Delay: delay})
	began := time.Now()
	if c.put("c", "x"); time.Since(began) < delay {
		t.Errorf("answered after %v", time.Since(began))
	}
}

func TestStallAnswer(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	f := srv.Inject(sandbox.Fault{Kind: sandbox.StallAnswer, Times: 2})
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() {
		_, err := c.try(ctx, http.MethodPut, "/file/a", strings.NewReader("x"))
		end <- err
	}()
	if err := f.Wait(limit(t), 1); err != nil {
		t.Fatal(err)
	}
	cancel() // the client gives up, and the server notices
	if err := <-end; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := srv.Await(limit(t), func(st sandbox.Stats) bool { return st.Held == 0 && st.Done == 1 }); err != nil {
		t.Fatal(err)
	}
	second := c.begin(http.MethodPut, "/file/b", "x")
	if err := f.Wait(limit(t), 2); err != nil {
		t.Fatal(err)
	}
	srv.Clear()
	if got := <-second; got.err == nil {
		t.Errorf("answered %+v", got.answer)
	}
	if got := len(srv.Files()); got != 2 {
		t.Errorf("%d files are stored", got)
	}
}

func TestAnswers(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	for _, f := range []struct {
		fault        sandbox.Fault
		status       int
		value, retry string
		contentType  string
	}{
		{sandbox.Fault{}, 500, "internal", "", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 500, Value: "writing"}, 500, "writing", "", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 429, RetryAfter: 1500 * time.Millisecond}, 429, "ip_rate_limit_reached", "2", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 429}, 429, "ip_rate_limit_reached", "", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 503, After: sandbox.WholeBody}, 503, "read_only_mode_enabled", "", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 503, After: 2}, 503, "read_only_mode_enabled", "", "application/json; charset=utf-8"},
		{sandbox.Fault{Status: 502, HTML: true}, 502, "", "", "text/html; charset=utf-8"},
		{sandbox.Fault{Status: 200, Body: []byte("[1"), Type: "application/json"}, 200, "", "", "application/json"},
		{sandbox.Fault{Status: 201, Body: []byte{}}, 201, "", "", "application/octet-stream"},
	} {
		f.fault.Kind = sandbox.Answer
		srv.Inject(f.fault)
		a := c.do(f.status, http.MethodPut, "/file/a", "contents")
		if a.header.Get("Retry-After") != f.retry || a.header.Get("Content-Type") != f.contentType {
			t.Errorf("%+v: header %v", f.fault, a.header)
		}
		if f.value != "" && a.json(t)["value"] != f.value {
			t.Errorf("%+v: %s", f.fault, a.body)
		}
		if f.fault.Body != nil && string(a.body) != string(f.fault.Body) || f.fault.HTML && !strings.Contains(string(a.body), "502 Bad Gateway") {
			t.Errorf("%+v: %s", f.fault, a.body)
		}
	}
	if len(srv.Files()) != 0 {
		t.Error("something was stored")
	}
}

func TestRefusalsWhileTheBodyComes(t *testing.T) {
	for _, tls := range []bool{false, true} {
		srv := sandboxtest.New(t, overTLS(tls))
		c := call(t, srv)
		c.client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
		srv.Inject(sandbox.Fault{Kind: sandbox.RefuseEarly, Name: "early", Times: -1})
		// A client that waits for leave gets the reason every time.
		c.client.Transport.(*http.Transport).ExpectContinueTimeout = 20 * time.Second
		for range 20 {
			c.refused(http.StatusRequestEntityTooLarge, "file_too_large", http.MethodPut, "/file/early", strings.Repeat("x", 1<<20), "Expect", "100-continue")
		}
		if got := srv.Stats().BodyBytes; got != 0 {
			t.Errorf("%d bytes were read", got)
		}
		f := srv.Inject(sandbox.Fault{Kind: sandbox.RefuseMidBody, Name: "mid", After: 1000, Status: 403, Value: "account_banned"})
		a, err := c.try(t.Context(), http.MethodPut, "/file/mid", io.LimitReader(zeros{}, 64<<20))
		if err == nil && (a.status != http.StatusForbidden || a.json(t)["value"] != "account_banned") {
			t.Errorf("in the middle: %d %s", a.status, a.body)
		}
		if f.Hits() != 1 || srv.Stats().BodyBytes != 1000 {
			t.Errorf("%d hits, %d bytes", f.Hits(), srv.Stats().BodyBytes)
		}
		if err := srv.Await(limit(t), func(st sandbox.Stats) bool { return st.Open == 0 }); err != nil {
			t.Errorf("connections stay open: %v", err)
		}
	}
}

func TestWrongHash(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	srv.Inject(sandbox.Fault{Kind: sandbox.WrongHash})
	id := c.put("a", "contents")
	got, err := srv.Content(id)
	if err != nil || string(got) != "bontents" {
		t.Errorf("kept %q, %v", got, err)
	}
	if f, err := srv.File(id); err != nil || f.SHA256 != sum("bontents") || f.Size != 8 {
		t.Errorf("described as %+v, %v", f, err)
	}
	if id := c.put("a", "contents"); srv.Stats().Faults[sandbox.WrongHash] != 1 {
		t.Errorf("%s is wrong too", id)
	}
}

func TestRedirect(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	srv.Inject(sandbox.Fault{Kind: sandbox.Redirect, Location: "http://other.invalid/x"})
	if a := c.do(http.StatusTemporaryRedirect, http.MethodGet, "/user/files", ""); a.header.Get("Location") != "http://other.invalid/x" {
		t.Errorf("header %v", a.header)
	}
	c.do(http.StatusOK, http.MethodGet, "/user/files", "")
}

func TestWhichRequestsAFaultMeets(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	srv.Inject(sandbox.Fault{Kind: sandbox.Answer, Name: "a/b c", Skip: 1, Times: 2})
	srv.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 503, Match: func(r *http.Request) bool { return r.Header.Get("X-Mark") != "" }})
	var got []int
	for range 4 {
		a, err := c.try(t.Context(), http.MethodPut, "/file/a%2Fb%20c", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a.status)
	}
	if fmt.Sprint(got) != "[201 500 500 201]" {
		t.Errorf("statuses %v", got)
	}
	c.put("other", "x")
	c.do(http.StatusServiceUnavailable, http.MethodGet, "/user", "", "X-Mark", "1")
	c.do(http.StatusOK, http.MethodGet, "/user", "", "X-Mark", "1")
	srv.Inject(sandbox.Fault{Kind: sandbox.Answer, Times: -1})
	c.do(http.StatusInternalServerError, http.MethodGet, "/user", "")
	srv.Clear()
	c.do(http.StatusOK, http.MethodGet, "/user", "")
}

func TestCloseCutsWhatIsUnderWay(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	for _, kind := range []sandbox.FaultKind{sandbox.StallBody, sandbox.StallAnswer, sandbox.SlowFinish} {
		srv.Inject(sandbox.Fault{Kind: kind, Name: kind.String(), Times: -1})
	}
	var ends []<-chan later
	for _, name := range []string{"stall_body", "stall_answer", "slow_finish"} {
		ends = append(ends, c.begin(http.MethodPut, "/file/"+name, "x"))
	}
	_, conn := dialPartly(t, srv) // an upload that stays half sent
	defer func() { _ = conn.Close() }()
	if err := srv.Await(limit(t), func(st sandbox.Stats) bool { return st.Held == 3 && st.Uploads == 4 }); err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	for _, end := range ends {
		if got := <-end; got.err == nil {
			t.Errorf("answered %+v", got.answer)
		}
	}
	if st := srv.Stats(); st.Open != 0 || st.Held != 0 || st.Uploads != 0 {
		t.Errorf("after Close: %+v", st)
	}
	if err := srv.WaitRequests(t.Context(), 1000); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("waiting on a closed server: %v", err)
	}
}

func TestOffline(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	c.put("a", "x")
	id := c.put("b", "x")
	srv.SetOffline(true)
	for range 3 {
		c.lost(http.MethodGet, "/file/"+string(id), "")
	}
	if err := srv.Await(limit(t), func(st sandbox.Stats) bool { return st.Open == 0 }); err != nil {
		t.Error(err)
	}
	srv.SetOffline(false)
	c.do(http.StatusOK, http.MethodGet, "/file/"+string(id), "")
}

func TestServerCanComeBackAtItsAddress(t *testing.T) {
	dir := t.TempDir()
	first := sandboxtest.New(t, in(dir))
	c := call(t, first)
	id := c.put("a", "x")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	sandboxtest.New(t, in(dir), func(c *sandbox.Config) { c.Addr = first.Addr() })
	c.do(http.StatusOK, http.MethodGet, "/file/"+string(id), "")
}

func TestWaiting(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	end := make(chan error, 2)
	go func() { end <- srv.WaitRequests(limit(t), 2) }()
	go func() { end <- srv.WaitDone(limit(t), 2) }()
	c.put("a", "x")
	c.put("b", "xyz")
	for range 2 {
		if err := <-end; err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := srv.WaitRequests(ctx, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait that was given up: %v", err)
	}
	st := srv.Stats()
	if st.Requests[http.MethodPut] != 2 || st.Answered[http.StatusCreated] != 2 || st.BodyBytes != 4 || st.Connections != 1 || st.Stored != 2 {
		t.Errorf("stats are %+v", st)
	}
}
