// Package account keeps the API key of the service in use: it checks a key
// before keeping it, keeps it in the system keyring, and forgets it. There is
// one key for each API address.
//
// The key is in no error and no log record that this package makes.
package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"sluice/service"
	"sluice/storage/secret"
)

// Place says where the key in use is kept.
type Place string

// The places.
const (
	PlaceNone        Place = "none"        // there is no key
	PlaceKeyring     Place = "keyring"     // in the system keyring, for good
	PlaceSession     Place = "session"     // in memory only: gone when the program ends
	PlaceEnvironment Place = "environment" // given by SLUICE_API_KEY, never stored
)

// Status tells about the key in use, without the key.
type Status struct {
	HasKey bool
	Place  Place
	// KeyringProblem says why the system keyring could not be used, in the
	// words of the system, "" while it answers.
	KeyringProblem string
	// User and Files (how many the account has) are as of the last check, zero
	// when this key was not checked since the program started.
	User  service.User
	Files int
}

// Secrets is a keyring: secret.Keyring, or another one in tests. An error that
// is not secret.ErrNotFound never means that a key is gone.
type Secrets interface {
	Get(ctx context.Context, account string) (string, error)
	Set(ctx context.Context, account, secret string) error
	Delete(ctx context.Context, account string) error
}

// Check asks the service at apiURL whether the key is good. It gives the user
// behind it and the number of files, or an error of the service vocabulary.
type Check func(ctx context.Context, apiURL, key string) (service.User, int, error)

// Config is what a Keeper needs.
type Config struct {
	APIURL  string
	EnvKey  string `json:"-"` // from the environment, "" for none
	Keyring Secrets
	Check   Check
}

// Format implements fmt.Formatter without telling the key.
func (c Config) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "account at %s", c.APIURL) }

// LogValue implements slog.LogValuer without telling the key.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// How long the keyring may take: at the start nobody is there to answer its
// question, after a click somebody is.
const (
	startPatience = 3 * time.Second
	clickPatience = time.Minute
)

// maxKey is the length of the longest text that is taken for a key, in bytes.
const maxKey = 1000

// Keeper holds the key in use. Its methods may be called from any goroutine;
// those with a context ask the keyring and the service, one at a time, and must
// not be called on the goroutine of a window.
type Keeper struct {
	cfg  Config
	turn chan struct{} // holds the one permit to ask the keyring

	mu      sync.Mutex
	apiURL  string
	key     string
	status  Status
	session map[string]string // keys that no keyring took, by API address
	envGone bool              // the key of the environment was forgotten
}

// New makes a Keeper. Until Load has looked into the keyring it has the key of
// the environment or none.
func New(cfg Config) *Keeper {
	cfg.EnvKey = strings.TrimSpace(cfg.EnvKey)
	k := &Keeper{cfg: cfg, turn: make(chan struct{}, 1), session: map[string]string{}}
	k.use(strings.TrimRight(cfg.APIURL, "/"))
	return k
}

// Format implements fmt.Formatter without telling the key.
func (k *Keeper) Format(s fmt.State, verb rune) { k.cfg.Format(s, verb) }

// LogValue implements slog.LogValuer without telling the key.
func (k *Keeper) LogValue() slog.Value { return k.cfg.LogValue() }

// Key gives the key in use, "" for none.
func (k *Keeper) Key() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key
}

// Status tells about the key in use.
func (k *Keeper) Status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.status
}

// SetAPIURL changes the service. The key of the one before is not used any
// more; Load finds that of the new one.
func (k *Keeper) SetAPIURL(url string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	url = strings.TrimRight(url, "/")
	if url != k.apiURL {
		k.use(url)
	}
}

// use takes the key of an address that needs no keyring. mu is held, or nobody
// else knows k yet.
func (k *Keeper) use(url string) {
	k.apiURL = url
	k.put("", Status{Place: PlaceNone})
	if k.cfg.EnvKey != "" && !k.envGone {
		k.put(k.cfg.EnvKey, Status{HasKey: true, Place: PlaceEnvironment})
	} else if key := k.session[url]; key != "" {
		k.put(key, Status{HasKey: true, Place: PlaceSession})
	}
}

// put sets the key in use. mu is held.
func (k *Keeper) put(key string, status Status) { k.key, k.status = key, status }

// address gives the API address, which is also the account name in the keyring.
func (k *Keeper) address() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.apiURL
}

// apply makes a change unless the address is another one by now, and gives the
// status after it.
func (k *Keeper) apply(address string, change func()) Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.apiURL == address {
		change()
	}
	return k.status
}

// begin waits for the turn of an operation that asks the keyring.
func (k *Keeper) begin(ctx context.Context) (end func(), err error) {
	select {
	case k.turn <- struct{}{}:
		return func() { <-k.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// noKeyring stands in where there is none.
type noKeyring struct{}

func (noKeyring) Get(context.Context, string) (string, error) { return "", secret.ErrUnavailable }
func (noKeyring) Set(context.Context, string, string) error   { return secret.ErrUnavailable }
func (noKeyring) Delete(context.Context, string) error        { return secret.ErrUnavailable }

func (k *Keeper) keyring() Secrets {
	if k.cfg.Keyring == nil {
		return noKeyring{}
	}
	return k.cfg.Keyring
}

// clean trims a key and checks that it can be one: printable ASCII without
// spaces. Keys are UUIDs today (API document), which is not enforced.
func clean(key string) (string, error) {
	key = strings.TrimSpace(key)
	if key == "" {
		return "", &service.Error{Op: "check the key", Kind: service.Unauthorized, Value: service.ReasonNoKey}
	}
	odd := strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f })
	if odd || len(key) > maxKey {
		return "", &service.Error{Op: "check the key", Kind: service.Invalid, Value: service.ReasonKeyInvalid}
	}
	return key, nil
}

// hidden gives err, or what is left of it when its text has the key in it.
func hidden(err error, key string) error {
	if err == nil || !strings.Contains(err.Error(), key) {
		return err
	}
	e := service.AsError("check the key", err)
	return &service.Error{Op: "check the key", Kind: e.Kind, Status: e.Status, RetryAfter: e.RetryAfter, Err: errors.New("the cause is not told because the key is in it")}
}
