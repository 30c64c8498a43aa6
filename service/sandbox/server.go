package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrClosed is what waiting methods give once the server is closed.
var ErrClosed = errors.New("sandbox: server is closed")

// Server is a running sandbox. Close it when done.
type Server struct {
	cfg      Config
	dir      string
	identity *identity // nil for plain http
	listener *listener
	http     *http.Server
	store    *store
	thumbs   *thumbnailer
	faults   *faults
	count    *counter
	buffers  sync.Pool     // of *uploadBuffer
	takes    *rate.Limiter // nil: no limit
	gives    *rate.Limiter

	stop     context.CancelFunc
	done     chan struct{} // closed when Close begins
	served   chan struct{} // closed when the accepting goroutine has ended
	handlers sync.WaitGroup
	mu       sync.Mutex // guards closing against handlers.Add
	closing  bool
	closed   sync.Once
	closeErr error
}

// Start listens and serves until Close. ctx bounds the start only.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, dir: cfg.Dir, count: newCounter(), thumbs: newThumbnailer(),
		done: make(chan struct{}), served: make(chan struct{}),
	}
	s.buffers.New = func() any { return new(uploadBuffer) }
	s.faults = &faults{count: s.count, done: s.done}
	if cfg.Throttle > 0 {
		s.takes, s.gives = newThrottle(cfg.Throttle), newThrottle(cfg.Throttle)
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.release())
	}
	s.serve(ctx)
	return s, nil
}

// prepare opens what the server stands on. What it opened before an error is
// for release to close.
func (s *Server) prepare(ctx context.Context) error {
	var err error
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "sluice-sandbox-"); err != nil {
			return fmt.Errorf("sandbox: temporary folder: %w", err)
		}
	}
	if s.store, err = openStore(s.dir, s.cfg); err != nil {
		return err
	}
	if s.cfg.TLS {
		if s.identity, err = newIdentity(); err != nil {
			return err
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return fmt.Errorf("sandbox: cannot listen on %s: %w", s.cfg.Addr, err)
	}
	s.listener = newListener(l.(*net.TCPListener), s.count, s.cfg.Throttle > 0)
	return nil
}

// serve starts the accepting goroutine; Close ends it.
func (s *Server) serve(ctx context.Context) {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       5 * time.Minute,
		MaxHeaderBytes:    1 << 20,
		ErrorLog:          slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
		HTTP2:             &http.HTTP2Config{MaxReceiveBufferPerStream: 4 << 20, MaxReceiveBufferPerConnection: 16 << 20},
	}
	go func() {
		defer close(s.served)
		if s.identity == nil {
			_ = s.http.Serve(s.listener) // always ErrServerClosed or the listener's end
			return
		}
		s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.identity.pair}, MinVersion: tls.VersionTLS12}
		_ = s.http.ServeTLS(s.listener, "", "")
	}()
}

// URL is the address of the server's pages, without a slash at the end.
func (s *Server) URL() string {
	scheme := "http"
	if s.identity != nil {
		scheme = "https"
	}
	return scheme + "://" + s.listener.Addr().String()
}

// APIURL is the address of the API: what a client is given.
func (s *Server) APIURL() string { return s.URL() + "/api" }

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Dialect is the dialect that the server speaks.
func (s *Server) Dialect() int { return s.cfg.Dialect }

// CertPool holds the certificate that a client of a TLS server must trust; it
// is nil without TLS.
func (s *Server) CertPool() *x509.CertPool {
	if s.identity == nil {
		return nil
	}
	return s.identity.pool
}

// CertPEM is the same certificate as PEM, for programs that take a file. It is
// nil without TLS.
func (s *Server) CertPEM() []byte {
	if s.identity == nil {
		return nil
	}
	return append([]byte(nil), s.identity.pem...)
}

// Close cuts every connection, waits for the handlers to end and writes down
// what is to be kept. With a temporary folder it removes that. It may be
// called more than once and gives the same error each time.
func (s *Server) Close() error {
	s.closed.Do(func() {
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		close(s.done)
		s.stop()
		err := s.http.Close()
		s.listener.cutAll()
		<-s.served
		s.handlers.Wait()
		s.closeErr = errors.Join(err, s.release())
	})
	return s.closeErr
}

// release gives back what prepare took.
func (s *Server) release() error {
	var errs []error
	if s.store != nil {
		errs = append(errs, s.store.close())
	}
	if s.cfg.Dir == "" && s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// enter notes a handler that Close has to wait for; false means too late.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.handlers.Add(1)
	return true
}

// pause waits for d; false means that the server was closed or over came first.
func (s *Server) pause(d time.Duration, over <-chan struct{}) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-over:
	case <-s.done:
	}
	return false
}

// now is the time as answers give it: the document's service counts
// microseconds, the newer one milliseconds.
func (s *Server) now() time.Time {
	if s.cfg.Dialect == Dialect2020 {
		return s.cfg.Now().UTC().Truncate(time.Microsecond)
	}
	return s.cfg.Now().UTC().Truncate(time.Millisecond)
}
