// Package session puts one running Sluice together: the claim on its home
// folder, the database, the settings, the account, the client and the
// engines, opened in order and closed in the reverse one. The window and the
// commands both work on a Session, on the real service or on the embedded
// sandbox.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sluice/service"
	"sluice/service/account"
	"sluice/service/awake"
	"sluice/service/download"
	"sluice/service/feed"
	"sluice/service/handoff"
	"sluice/service/home"
	"sluice/service/pixeldrain"
	"sluice/service/settings"
	"sluice/service/upload"
	"sluice/storage"
)

// Server is an embedded service: the sandbox.
type Server interface {
	APIURL() string
	Close() error
}

// Config says what to put together.
type Config struct {
	Home      home.Home
	APIURL    string // from the environment; "" = what the settings say
	Key       string // from the environment; "" = the keyring's
	Keyring   account.Secrets
	UserAgent string

	// OnOpen is called, on any goroutine, when another start wants the window to
	// be seen; nil: there is no window.
	OnOpen func()

	// Patience is how long a command tries to reach the service for the first
	// time before it gives up; 0 = 30 s.
	Patience time.Duration

	// KeepAwake keeps the computer from going to sleep by itself while uploads
	// run, see awake.Take; nil: nothing does.
	KeepAwake func(ctx context.Context, reason string) (awake.Lock, error)

	// StartServer starts the embedded service with its contents in dir, at
	// addr when that is not empty and free. nil means the real service.
	StartServer func(ctx context.Context, dir, addr string) (Server, error)
}

// firstContact is Config.Patience when that is not set.
const firstContact = 30 * time.Second

// Session is everything behind a window or a command. Its methods may be
// called from any goroutine; those with an error wait for the disk, the
// keyring or the network.
type Session struct {
	cfg       Config
	db        *storage.DB
	settings  *settings.Store
	keeper    *account.Keeper
	engine    *upload.Engine
	downloads *download.Engine // nil without a window
	watched   *Watched         // the same
	server    Server           // nil on the real service
	guard     *awake.Guard     // nil: nothing keeps the computer awake
	instance  *handoff.Instance
	file      *home.Log // nil when it can't be written
	log       *slog.Logger

	shelving sync.Mutex // held while the library changes its account
	library  *Library   // set before shelved is closed
	shelved  chan struct{}

	background context.Context //nolint:containedctx // of the goroutine that follows the settings
	cancel     context.CancelFunc
	following  sync.WaitGroup
	closing    sync.Once

	changing sync.Mutex         // held over a whole change of key, address or workers
	apiURL   string             // in use
	workers  int                // in use
	skip     bool               // in use: duplicates are not sent
	loaded   bool               // the key has been looked for
	keyless  *pixeldrain.Client // of the downloads, nil while they have a key

	mu         sync.Mutex // guards what follows, and publishing in order
	status     Status
	client     *pixeldrain.Client // nil without a key
	scope      string             // of its account, for the library
	endRefresh context.CancelFunc // of RefreshAccount
	handed     []service.BatchID  // accepted from other starts with "open"
	changed    feed.Feed[struct{}, Status]
	ready      chan struct{} // closed once the key has been looked for
}

// Status is where the session stands with the service.
type Status struct {
	Account account.Status
	// Problem is why the service could not tell about the account, nil while it
	// was not asked or has told.
	Problem *service.Error
	// Refused is the answer of the service that does not take the key in use any
	// more, nil while it does.
	Refused      *service.Error
	Loaded       bool   // the key has been looked for; false for a moment after the start
	APIURL       string // in use
	AddressFixed bool   // the address comes from the environment or the sandbox, not from the settings
	Sandbox      bool
}

// open puts the parts together, without claiming the folder.
func open(ctx context.Context, cfg Config) (_ *Session, err error) {
	if cfg.Patience <= 0 {
		cfg.Patience = firstContact
	}
	s := &Session{cfg: cfg, log: slog.New(slog.DiscardHandler), ready: make(chan struct{}), shelved: make(chan struct{}), endRefresh: func() {}}
	s.openLog()
	s.background, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, s.closeParts())
		}
	}()
	if s.db, err = storage.Open(ctx, cfg.Home.Data); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if s.settings, err = settings.Load(ctx, s.db); err != nil {
		return nil, err
	}
	if err = s.startServer(ctx); err != nil {
		return nil, err
	}
	if s.apiURL, err = s.wantedAPIURL(s.settings.Values()); err != nil {
		return nil, err
	}
	values := s.settings.Values()
	s.workers, s.skip = values.Workers, values.SkipDuplicates
	s.status = Status{APIURL: s.apiURL, AddressFixed: s.server != nil || cfg.APIURL != "", Sandbox: s.server != nil}
	s.keeper = s.newKeeper()
	engine := upload.Config{
		DB: s.db, Workers: s.workers, Logger: s.log, MaxFileSize: s.maxFileSize,
		SpeedLimit: values.SpeedLimit, SendDuplicates: !s.skip,
		RememberPause: cfg.OnOpen != nil, // where there is a button to go on
	}
	s.engine, err = upload.New(engine) //nolint:contextcheck // it lives until Close
	if err != nil {
		return nil, fmt.Errorf("start the upload engine: %w", err)
	}
	if err = s.openWatched(); err != nil { //nolint:contextcheck // it lives until Close
		return nil, err
	}
	_, changes := s.settings.Subscribe(s.background) //nolint:contextcheck // until Close
	s.following.Go(func() { s.follow(changes) })
	snapshot, events := s.engine.Subscribe(s.background) //nolint:contextcheck // until Close
	s.following.Go(func() { s.watchKey(news(uploadLoad(&snapshot.Totals), events, uploadNews)) })
	if cfg.OnOpen != nil {
		if err = s.openDownloads(); err != nil { //nolint:contextcheck // until Close
			return nil, err
		}
	}
	s.keepAwake() //nolint:contextcheck // until Close
	if cfg.OnOpen != nil {
		s.following.Go(func() { s.openLibrary(s.background) })
	}
	return s, nil
}

// openLog begins to log into the home. Without a log everything else works.
func (s *Session) openLog() {
	file, err := home.OpenLog(s.cfg.Home.Logs, slog.LevelInfo)
	if err != nil {
		return
	}
	s.file, s.log = file, file.Logger
	s.hide(s.cfg.Key)
}

// hide keeps a key out of the log.
func (s *Session) hide(key string) {
	if s.file != nil {
		s.file.Hide(key)
	}
}

// Log writes to the home's log file, without keys.
func (s *Session) Log() *slog.Logger { return s.log }

// Engine is the upload queue.
func (s *Session) Engine() *upload.Engine { return s.engine }

// Settings is what the user has set. A change made there takes effect by
// itself.
func (s *Session) Settings() *settings.Store { return s.settings }

// Opening tells what opening the database met, for telling the user about
// damage.
func (s *Session) Opening() storage.Opening { return s.db.Opening() }

// Status is the present state.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Subscribe gives the present state and a stream of all that follow; of
// several that were not read yet only the last comes.
func (s *Session) Subscribe(ctx context.Context) (Status, *feed.Subscription[Status]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status, s.changed.Subscribe(ctx)
}

// Links makes the web addresses of the service in use.
func (s *Session) Links() service.Links {
	links, err := service.NewLinks(s.Status().APIURL)
	if err != nil { // the address was checked before it was taken into use
		s.log.Error("the address in use makes no links", slog.Any("err", err))
	}
	return links
}

// Host is the service's name as people know it: "pixeldrain.com", "sandbox".
func (s *Session) Host() string {
	status := s.Status()
	if status.Sandbox {
		return "sandbox"
	}
	host, err := hostOf(status.APIURL)
	if err != nil {
		return status.APIURL
	}
	return host
}

// LoadKeyInBackground is LoadKey for a window, which does not wait: Subscribe
// tells the outcome, and then what the service tells about the account.
func (s *Session) LoadKeyInBackground() {
	s.following.Go(func() {
		status, err := s.LoadKey(s.background)
		if err == nil && status.HasKey {
			_, err = s.RefreshAccount(s.background)
		}
		if err != nil {
			s.log.Warn("the account is not known", slog.Any("err", err))
		}
	})
}

// Close ends the conversations with other starts, stops the uploads so that
// the next session goes on with them, closes everything, and gives the folder
// free. It waits for all goroutines of the session.
func (s *Session) Close() error {
	var err error
	s.closing.Do(func() {
		if s.instance != nil {
			s.instance.Stop()
		}
		err = s.closeParts()
		if s.instance != nil {
			err = errors.Join(err, s.instance.Close())
		}
	})
	return err
}

// closeParts closes what open has opened, in the reverse order.
func (s *Session) closeParts() error {
	var errs []error
	s.cancel()
	s.following.Wait()
	errs = append(errs, s.closeLibrary()...)
	if s.guard != nil {
		s.guard.Close()
	}
	errs = append(errs, s.closeWatched(), s.closeDownloads())
	if s.engine != nil {
		errs = append(errs, s.engine.Close())
	}
	if s.client != nil {
		s.client.Close()
	}
	s.changed.Close()
	if s.settings != nil {
		s.settings.Close()
	}
	if s.server != nil {
		errs = append(errs, s.server.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.file != nil {
		s.log = slog.New(slog.DiscardHandler)
		errs = append(errs, s.file.Close())
	}
	return errors.Join(errs...)
}

// maxFileSize is the plan's limit in bytes, service.Unlimited when unknown.
func (s *Session) maxFileSize() int64 {
	user := s.Status().Account.User
	if !user.Known || user.FileSizeLimit <= 0 {
		return service.Unlimited
	}
	return user.FileSizeLimit
}
