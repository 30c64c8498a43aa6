package pixeldrain

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"sluice/service"
)

// tunnel is a proxy for TLS: it connects and passes on.
func tunnel(t *testing.T, used *atomic.Int64) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy got %s %s", r.Method, r.URL)
			return
		}
		used.Add(1)
		there, err := new(net.Dialer).DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		here, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(there, buffered)
			_ = there.Close()
		}()
		_, _ = io.Copy(here, there)
		_ = here.Close()
		<-done
	})
}

// TestThroughAProxy sends files through proxies, which are reached with and
// without TLS, to a service with TLS: HTTP/1.1, one connection, and what a
// refusal says still arrives.
func TestThroughAProxy(t *testing.T) {
	target := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("sent with %s", r.Proto)
		}
		if r.URL.Path == "/api/file/large" {
			w.Header().Set("Connection", "close")
			answerJSON(w, http.StatusRequestEntityTooLarge, `{"success":false,"value":"file_too_large"}`)
			return
		}
		accept(w, r)
	}))
	target.EnableHTTP2 = true
	target.StartTLS()
	t.Cleanup(target.Close)
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer, "tls": httptest.NewTLSServer,
	} {
		t.Run(name, func(t *testing.T) {
			var used atomic.Int64
			proxy := start(tunnel(t, &used))
			t.Cleanup(proxy.Close)
			c := newTestClient(t, configFor(target))
			t.Cleanup(c.Close) // before the proxy
			at, err := url.Parse(proxy.URL)
			if err != nil {
				t.Fatal(err)
			}
			c.pool.Proxy = http.ProxyURL(at)
			for _, size := range []int64{1, 20 << 10, 5 << 20} {
				if _, err := c.Upload(t.Context(), zeroUpload(size)); err != nil {
					t.Fatal(err)
				}
			}
			mustEqual(t, "connections", used.Load(), 1)
			u := zeroUpload(700 << 10) // sent without being asked for
			u.Name = "large"
			_, err = c.Upload(t.Context(), u)
			want(t, err, service.TooLarge, "file_too_large")
		})
	}
}
