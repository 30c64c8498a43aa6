package sandbox_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func TestUploadLimits(t *testing.T) {
	const most = 1000
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			srv := sandboxtest.New(t, dialect(d), func(c *sandbox.Config) { c.MaxFileSize, c.Key = most, sandboxtest.Key })
			c := call(t, srv)
			long, longValue := http.StatusUnprocessableEntity, "string_out_of_range"
			if d == sandbox.Dialect2020 {
				long, longValue = http.StatusRequestEntityTooLarge, "name_too_long"
			}
			post := func(c *caller, status int, value, name, fileName, content string) {
				body, kind := form(t, name, fileName, content)
				c.refused(status, value, http.MethodPost, "/file", body, "Content-Type", kind)
			}
			put := func(c *caller, status int, value, name, content string) {
				c.refused(status, value, http.MethodPut, "/file/"+url.PathEscape(name), content)
			}
			c.put("just right", strings.Repeat("x", most))
			put(c, http.StatusRequestEntityTooLarge, "file_too_large", "a", strings.Repeat("x", most+1))
			post(c, http.StatusRequestEntityTooLarge, "file_too_large", "a", "a", strings.Repeat("x", most+1))
			post(c, http.StatusRequestEntityTooLarge, "file_too_large", "a", "a", strings.Repeat("x", most+1<<20))
			put(c, http.StatusUnprocessableEntity, "no_file", "a", "")
			post(c, http.StatusUnprocessableEntity, "no_file", "a", "a", "")
			put(c, long, longValue, strings.Repeat("ß", 256), "x")
			post(c, long, longValue, strings.Repeat("ß", 256), "a", "x")
			post(c, long, longValue, "", strings.Repeat("ß", 256), "x")
			post(c, http.StatusUnprocessableEntity, "string_out_of_range", strings.Repeat("ß", 3000), "a", "x")
			put(c, http.StatusUnprocessableEntity, "name_contains_illegal_character", "\xff\xfe", "x")
			put(c, http.StatusUnprocessableEntity, "name_contains_illegal_character", "a\x00b", "x")
			put(c, http.StatusBadRequest, "missing_field", "", "x")
			put(c.as(""), http.StatusUnauthorized, "authentication_required", "a", "x")
			put(c.as("wrong"), http.StatusUnauthorized, "authentication_failed", "a", "x")
			post(c.as(""), http.StatusUnauthorized, "authentication_required", "a", "a", "x")
			c.refused(http.StatusBadRequest, "error_reading_input", http.MethodPost, "/file", "a=b", "Content-Type", "application/x-www-form-urlencoded")
			c.refused(http.StatusBadRequest, "error_reading_input", http.MethodPost, "/file", "--x\r\nbroken", "Content-Type", "multipart/form-data; boundary=x")
			if got := len(srv.Uploads()); got != 1 {
				t.Errorf("%d files are stored, want the one", got)
			}
		})
	}
}

// dial speaks HTTP by hand: request is sent as it is, then the answer is read,
// whole, and the connection to its end.
func dial(t *testing.T, srv *sandbox.Server, request string) (status int, closes bool) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Error(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	_, err = in.ReadByte()
	return resp.StatusCode, resp.Close && err != nil
}

func TestRefusalsComeBeforeTheBody(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.MaxFileSize = 1 << 20 })
	const key = "Authorization: Basic Omtlcw==\r\n"
	multi := "Content-Type: multipart/form-data; boundary=x\r\n"
	for what, c := range map[string]struct {
		status  int
		request string
	}{
		"too large":          {http.StatusRequestEntityTooLarge, "PUT /api/file/a HTTP/1.1\r\n" + key + "Content-Length: 9999999\r\n"},
		"no key":             {http.StatusUnauthorized, "PUT /api/file/a HTTP/1.1\r\nContent-Length: 1000000\r\n"},
		"long name":          {http.StatusUnprocessableEntity, "PUT /api/file/" + strings.Repeat("x", 256) + " HTTP/1.1\r\n" + key + "Content-Length: 1000000\r\n"},
		"form too large":     {http.StatusRequestEntityTooLarge, "POST /api/file HTTP/1.1\r\n" + key + multi + "Content-Length: 9999999\r\n"},
		"with Expect":        {http.StatusRequestEntityTooLarge, "PUT /api/file/a HTTP/1.1\r\n" + key + "Expect: 100-continue\r\nContent-Length: 9999999\r\n"},
		"unknown method":     {http.StatusNotFound, "PUT /api/nothing HTTP/1.1\r\n" + key + "Content-Length: 9999999\r\n"},
		"chunked to nowhere": {http.StatusNotFound, "PUT /api/nothing HTTP/1.1\r\n" + key + "Transfer-Encoding: chunked\r\n"},
	} {
		if status, closes := dial(t, srv, c.request+"Host: x\r\n\r\n"); status != c.status || !closes {
			t.Errorf("%s: status %d, closes: %v", what, status, closes)
		}
	}
	if got := srv.Stats().BodyBytes; got != 0 {
		t.Errorf("%d body bytes were read", got)
	}
}

func TestUploadOfUnknownLength(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.MaxFileSize = 1 << 20 })
	c := call(t, srv)
	send := func(size int64) int {
		// A reader that hides its length makes net/http send chunks.
		a, err := c.try(t.Context(), http.MethodPut, "/file/a", io.LimitReader(zeros{}, size))
		if err != nil {
			t.Fatal(err)
		}
		return a.status
	}
	for size, want := range map[int64]int{
		0: http.StatusUnprocessableEntity, 1: http.StatusCreated, 1 << 20: http.StatusCreated,
		1<<20 + 1: http.StatusRequestEntityTooLarge,
	} {
		if got := send(size); got != want {
			t.Errorf("%d bytes: status %d, want %d", size, got, want)
		}
	}
	if got := len(srv.Uploads()); got != 2 {
		t.Errorf("%d files are stored", got)
	}
}

// zeros reads as zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestCutUploadLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Dir = dir })
	resp, conn := dialPartly(t, srv)
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(resp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", r.StatusCode)
	}
	if err := r.Body.Close(); err != nil {
		t.Error(err)
	}
	if got := contentsBelow(t, dir); len(got) != 0 || len(srv.Files()) != 0 {
		t.Errorf("left: %v, %v", got, srv.Files())
	}
}

// dialPartly begins an upload of 100 bytes and sends ten.
func dialPartly(t *testing.T, srv *sandbox.Server) (*bufio.Reader, *net.TCPConn) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprint(conn, "PUT /api/file/a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic Omtlcw==\r\nContent-Length: 100\r\n\r\n0123456789")
	if err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(conn), conn.(*net.TCPConn)
}

func TestFullAccount(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Space = 10 })
	c := call(t, srv)
	id := c.put("a", "0123456")
	c.refused(http.StatusBadRequest, "user_out_of_space", http.MethodPut, "/file/b", "0123456")
	user := c.do(http.StatusOK, http.MethodGet, "/user", "").json(t)
	if plan := user["subscription"].(map[string]any); user["storage_space_used"] != 7.0 || plan["storage_space"] != 10.0 {
		t.Errorf("user is %v", user)
	}
	c.do(http.StatusOK, http.MethodDelete, "/file/"+string(id), "")
	c.put("b", "0123456")
}

func TestUnknownPathsAndVerbs(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	for _, path := range []string{"/nothing", "/file/a/b", "/file/a/info/x", "/list/a/b", "/user/x", "/user/files/x", "/file/a/"} {
		c.refused(http.StatusNotFound, "not_found", http.MethodGet, path, "")
	}
	for path, method := range map[string]string{
		"/file": http.MethodGet, "/file/": http.MethodGet, "/file/a": http.MethodPatch, "/file/a/info": http.MethodPost,
		"/list": http.MethodGet, "/list/a": http.MethodPost, "/user/files": http.MethodPost, "/": http.MethodPost, "": http.MethodDelete,
	} {
		c.refused(http.StatusMethodNotAllowed, "method_not_allowed", method, path, "")
	}
	about := c.do(http.StatusOK, http.MethodGet, "", "").json(t)
	if about["dialect"] != float64(sandbox.Dialect2026) {
		t.Errorf("the API says of itself %v", about)
	}
}
