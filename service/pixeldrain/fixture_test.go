package pixeldrain

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sluice/service"
)

const testKey = "0a1b2c3d-1111-2222-3333-444455556666"

// withTLS puts TLS on a listener, with httptest's certificate.
func withTLS(t *testing.T, l net.Listener) (net.Listener, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return tls.NewListener(l, &tls.Config{Certificates: s.TLS.Certificates}), poolOf(s)
}

func poolOf(s *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

// serve starts a service with the handler and gives a logged-in client to it.
func serve(t *testing.T, h http.HandlerFunc, opts ...func(*Config)) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return newTestClient(t, configFor(s, opts...))
}

func configFor(s *httptest.Server, opts ...func(*Config)) Config {
	cfg := Config{APIURL: s.URL + "/api", Key: testKey}
	if s.TLS != nil {
		cfg.RootCAs = poolOf(s)
	}
	for _, o := range opts {
		o(&cfg)
	}
	return cfg
}

func newTestClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// fixture answers with testdata/DIALECT/NAME.STATUS.json.
func fixture(t *testing.T, w http.ResponseWriter, dialect, name string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", dialect, name+".*.json"))
	if err != nil || len(found) != 1 {
		t.Errorf("fixture %s of %s: %v %v", name, dialect, found, err)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Error(err)
	}
	status, err := strconv.Atoi(strings.Split(filepath.Base(found[0]), ".")[1])
	if err != nil {
		t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// want fails the test unless err is a *service.Error of that kind and value.
func want(t *testing.T, err error, kind service.Kind, value string) {
	t.Helper()
	_ = wanted(t, err, kind, value)
}

// wanted is want and gives the error.
func wanted(t *testing.T, err error, kind service.Kind, value string) *service.Error {
	t.Helper()
	e, ok := errors.AsType[*service.Error](err)
	if !ok || e.Kind != kind || e.Value != value {
		t.Fatalf("got %v, want %v (%s)", err, kind, value)
	}
	if e.Op == "" {
		t.Errorf("%v does not say what was tried", e)
	}
	return e
}

func answerJSON(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

func mustEqual[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func sha256Of(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
