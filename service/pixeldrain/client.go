package pixeldrain

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/service"
)

// What Config's zero values stand for.
const (
	defaultStall        = 60 * time.Second
	defaultAnswerWait   = 30 * time.Minute
	defaultContinueWait = time.Second
	defaultUserAgent    = "Sluice"
)

// Config is what a Client is made from.
type Config struct {
	APIURL    string         // as https://pixeldrain.com/api; plain http to this computer only
	Key       string         // the API key, "" = none
	UserAgent string         // "" = Sluice
	Workers   int            // uploads at a time that the connection pool is made for
	RootCAs   *x509.CertPool // nil = the system's
	Logger    *slog.Logger   // nil = discard; the key never reaches it

	// DialContext opens connections, nil = the default. Tests use it.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)

	Stall        time.Duration // a request ends when nothing moved for this long; 0 = 60 s
	AnswerWait   time.Duration // how long an upload waits for its answer after its last byte; 0 = 30 min
	ContinueWait time.Duration // how long a large upload waits to be asked for its body; 0 = 1 s
}

// Client calls one service with one key. All its methods may be called from
// any goroutine; errors are *service.Error.
type Client struct {
	base   *url.URL // without a slash at the end of its path
	links  service.Links
	key    secret
	agent  string
	log    *slog.Logger
	stall  time.Duration
	answer time.Duration

	api       *http.Client
	direct    *direct                        // nil: all uploads go through net/http
	makePool  func(size int) *http.Transport // makes transports for uploads
	expecting expectations
	thumbs    thumbLimit

	renameless atomic.Bool // the service has no such method

	mu      sync.Mutex
	pool    *http.Transport
	poolFor int
	uploads *http.Client
}

// New makes a client; it asks nothing yet. An address that is none, holds a
// password, or would send the key readable through a network is refused with
// Kind Invalid.
func New(cfg Config) (*Client, error) {
	base, err := parseAPIURL(cfg.APIURL)
	if err != nil {
		return nil, err
	}
	links, err := service.NewLinks(base.String())
	if err != nil {
		return nil, &service.Error{Op: "use service", Path: cfg.APIURL, Kind: service.Invalid, Err: err}
	}
	c := &Client{
		base:   base,
		links:  links,
		key:    newSecret(cfg.Key),
		agent:  orDefault(cfg.UserAgent, defaultUserAgent),
		log:    cfg.Logger,
		stall:  orDefault(cfg.Stall, defaultStall),
		answer: orDefault(cfg.AnswerWait, defaultAnswerWait),
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	parts := newTransportParts(cfg)
	c.makePool = parts.uploads
	c.direct = newDirect(cfg, parts, base, c.header())
	c.api = &http.Client{Transport: parts.api(), CheckRedirect: c.checkRedirect}
	c.SetWorkers(cfg.Workers)
	return c, nil
}

// Close closes the connections that no request uses. Requests under way go on.
func (c *Client) Close() {
	c.api.CloseIdleConnections()
	if c.direct != nil {
		c.direct.close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pool.CloseIdleConnections()
}

// APIURL is the address of the API, without a slash at its end.
func (c *Client) APIURL() string { return c.base.String() }

// Links makes the web addresses of this service's files and albums.
func (c *Client) Links() service.Links { return c.links }

// HasKey reports whether requests are logged in.
func (c *Client) HasKey() bool { return c.key.set() }

// SetWorkers makes room for n uploads at a time to keep their connections.
// Uploads under way are not touched.
func (c *Client) SetWorkers(n int) {
	const usual = 16 // more connections than are used are never kept
	n = max(n, usual)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n <= c.poolFor {
		return
	}
	if c.pool != nil {
		c.pool.CloseIdleConnections() // those in use close when they come back
	}
	c.pool, c.poolFor = c.makePool(n), n
	c.uploads = &http.Client{Transport: c.pool, CheckRedirect: c.checkRedirect}
}

// proxyOf gives the proxy for uploads, nil for none.
func (c *Client) proxyOf(r *http.Request) (*url.URL, error) {
	c.mu.Lock()
	proxy := c.pool.Proxy
	c.mu.Unlock()
	return proxy(r)
}

func (c *Client) uploader() *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.uploads
}

// Resolve gives the full address of an href from an answer (API document,
// "HREF Fields"). An href that leaves the API is an error.
func (c *Client) Resolve(href string) (string, error) {
	bad := &service.Error{Op: "resolve href", Path: href, Kind: service.Internal, Value: service.ReasonBadAnswer}
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Path == "" {
		return "", bad
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if part == ".." || part == "." {
			return "", bad
		}
	}
	full := *c.base
	full.Path += "/" + strings.TrimPrefix(u.Path, "/")
	full.RawPath = c.base.EscapedPath() + "/" + strings.TrimPrefix(u.EscapedPath(), "/")
	full.RawQuery, full.Fragment = u.RawQuery, u.Fragment
	return full.String(), nil
}

func parseAPIURL(address string) (*url.URL, error) {
	bad := &service.Error{Op: "use service", Kind: service.Invalid, Value: service.ReasonAddressInvalid}
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(address), "/"))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, bad
	}
	if u.User != nil { // its text may hold a password: not even shown
		return nil, bad
	}
	bad.Path = address
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u):
	case u.Scheme == "http":
		bad.Value = service.ReasonInsecure
		return nil, bad
	default:
		return nil, bad
	}
	return u, nil
}

// loopback reports whether the address leads to this computer.
func loopback(u *url.URL) bool {
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
