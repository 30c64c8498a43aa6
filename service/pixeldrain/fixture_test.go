package pixeldrain

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// withTLS puts TLS on a listener, with httptest's certificate.
func withTLS(t *testing.T, l net.Listener) (net.Listener, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return tls.NewListener(l, &tls.Config{Certificates: s.TLS.Certificates}), pool
}
