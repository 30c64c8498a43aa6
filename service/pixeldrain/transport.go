package pixeldrain

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"sluice/service"
)

const (
	dialWait      = 30 * time.Second
	handshakeWait = 15 * time.Second
	// idleWait is shorter than the usual time after which servers close an
	// idle connection: an upload that meets a closing one has to start over.
	idleWait       = 45 * time.Second
	maxRedirects   = 10
	maxHeaderBytes = 256 << 10
)

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// transportParts is what both transports are made of.
type transportParts struct {
	dial         dialFunc
	tls          *tls.Config
	continueWait time.Duration
	pieces       *sync.Pool // buffers of all upload connections
}

func newTransportParts(cfg Config) transportParts {
	dial := cfg.DialContext
	if dial == nil {
		const later = 2 // so that the stall rules come first, where they apply
		dial = (&net.Dialer{Timeout: dialWait, Control: bounded(later * orDefault(cfg.Stall, defaultStall))}).DialContext
	}
	return transportParts{
		dial: dial,
		tls: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            cfg.RootCAs,
			ClientSessionCache: tls.NewLRUClientSessionCache(0),
		},
		continueWait: orDefault(cfg.ContinueWait, defaultContinueWait),
		pieces:       new(sync.Pool),
	}
}

// uploads makes the HTTP/1.1 transport that keeps size connections.
func (p transportParts) uploads(size int) *http.Transport {
	t := p.common()
	t.DialContext, t.DialTLSContext = p.dialPlain, p.dialTLS
	t.Protocols.SetHTTP1(true)
	t.MaxIdleConnsPerHost = size
	t.ExpectContinueTimeout = p.continueWait
	return t
}

// api makes the transport for everything but uploads.
func (p transportParts) api() *http.Transport {
	const perHost = 8 // connections kept to a service without HTTP/2
	t := p.common()
	t.DialContext = p.dial
	t.Protocols.SetHTTP1(true)
	t.Protocols.SetHTTP2(true)
	t.MaxIdleConnsPerHost = perHost
	t.ReadBufferSize = 32 << 10
	// A connection that died while the computer slept is found by a ping.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second}
	return t
}

func (p transportParts) common() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        p.tls.Clone(),
		TLSHandshakeTimeout:    handshakeWait,
		IdleConnTimeout:        idleWait,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              new(http.Protocols),
	}
}

// checkRedirect lets reading requests go anywhere, but without the key once
// they leave the service, and sending requests nowhere else at all.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	refuse := func(reason string) error {
		return &service.Error{
			Kind: service.Invalid, Value: reason, Status: req.Response.StatusCode,
			Err: fmt.Errorf("sent on to %s://%s", req.URL.Scheme, req.URL.Host),
		}
	}
	if len(via) > maxRedirects {
		return refuse(service.ReasonRedirect)
	}
	if req.URL.Scheme != "https" && (req.URL.Scheme != "http" || c.base.Scheme != "http" || !loopback(req.URL)) {
		return refuse(service.ReasonInsecure)
	}
	if first.Method != http.MethodGet && (req.Method != first.Method || !sameOrigin(req.URL, c.base)) {
		return refuse(service.ReasonRedirect)
	}
	left := !sameOrigin(req.URL, c.base)
	for _, r := range via {
		left = left || !sameOrigin(r.URL, c.base)
	}
	if left { // for good: a host that it went through chose where it goes now
		req.Header.Del("Authorization")
		req.Header.Del("Referer")
		req.Header.Del("Cookie")
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
