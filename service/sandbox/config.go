package sandbox

import (
	"fmt"
	"log/slog"
	"net"
	"time"
)

// The dialects a server can speak: the API document's own, and that of the
// newer service. A client has to understand both.
const (
	Dialect2020 = 2020
	Dialect2026 = 2026
)

// DefaultMaxFileSize is the largest file when Config names none: the free
// plan's limit, in bytes.
const DefaultMaxFileSize = 10_000_000_000

// Config says what server to start. The zero value is a good one for tests:
// an empty account on a free port, any key, everything removed on Close.
type Config struct {
	// Dir keeps contents and metadata for the next start. Empty means a
	// temporary folder that Close removes. One server at a time uses a Dir.
	Dir string
	// Addr is the host:port to listen on, loopback only. Empty means
	// 127.0.0.1 with a free port.
	Addr string
	// Key is the only key that the account has. Empty means that every key
	// leads to the one account.
	Key string
	// Accounts holds the keys of further accounts, one each. With Accounts and
	// no Key, every other key leads to the first account.
	Accounts []string
	// Dialect is Dialect2020 or Dialect2026; 0 means the latter.
	Dialect int
	// Latency passes before each request is looked at.
	Latency time.Duration
	// Throttle is the server's speed in bytes a second, apart for what it
	// takes and what it gives, shared by all connections. 0 means no limit.
	Throttle int64
	// Files is the number of made-up files in the first account. Their names,
	// dates and contents follow from their number: they take no disk.
	Files int
	// MaxFileSize is the plan's limit in bytes; 0 means DefaultMaxFileSize.
	MaxFileSize int64
	// Space is how many bytes of uploads an account can hold; 0 means any.
	Space int64
	// TLS serves https with a certificate of its own; see Server.CertPool.
	TLS bool
	// Discard keeps size and hash of what is uploaded but not the contents:
	// for measurements. Such files cannot be downloaded.
	Discard bool
	// Logger gets a line a request; nil means none. Keys are never logged.
	Logger *slog.Logger
	// Now is the clock that dates uploads and views; nil means time.Now.
	Now func() time.Time
}

// complete checks cfg and fills in what was left out.
func (cfg Config) complete() (Config, error) {
	switch cfg.Dialect {
	case 0:
		cfg.Dialect = Dialect2026
	case Dialect2020, Dialect2026:
	default:
		return cfg, fmt.Errorf("sandbox: dialect %d: there are %d and %d", cfg.Dialect, Dialect2020, Dialect2026)
	}
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if err := checkLoopback(cfg.Addr); err != nil {
		return cfg, err
	}
	if cfg.Files < 0 || cfg.Latency < 0 || cfg.Throttle < 0 || cfg.MaxFileSize < 0 || cfg.Space < 0 {
		return cfg, fmt.Errorf("sandbox: files, latency, throttle, file size and space cannot be negative")
	}
	if cfg.Files > maxSynthetic {
		return cfg, fmt.Errorf("sandbox: at most %d made-up files", maxSynthetic)
	}
	if cfg.MaxFileSize == 0 {
		cfg.MaxFileSize = DefaultMaxFileSize
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg, nil
}

// checkLoopback refuses an address that other computers can reach: a server
// that takes any key must not be found on a network.
func checkLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("sandbox: address %q is not host:port: %w", addr, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("sandbox: %q is not an address of this computer only; use 127.0.0.1", addr)
	}
	return nil
}
