package session

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"

	"sluice/service"
	"sluice/service/account"
	"sluice/service/feed"
	"sluice/service/library"
	"sluice/service/pixeldrain"
	"sluice/service/settings"
)

// sandboxKey is the key for the embedded sandbox, which takes any.
const sandboxKey = "sandbox"

// startServer starts the embedded service, at the address of the last time if
// that is free: links made then still work.
func (s *Session) startServer(ctx context.Context) error {
	if s.cfg.StartServer == nil {
		return nil
	}
	dir := filepath.Join(s.cfg.Home.Data, "server")
	before := s.settings.Values().SandboxAddr
	server, err := s.cfg.StartServer(ctx, dir, before)
	if err != nil && before != "" {
		s.log.Warn("the sandbox's last address is taken", slog.String("addr", before), slog.Any("err", err))
		server, err = s.cfg.StartServer(ctx, dir, "")
	}
	if err != nil {
		return err
	}
	s.server = server
	addr, err := hostOf(server.APIURL())
	if err != nil {
		return err
	}
	return s.settings.Change(ctx, func(v *settings.Values) { v.SandboxAddr = addr })
}

// wantedAPIURL is the address that is to be used with these settings.
func (s *Session) wantedAPIURL(v settings.Values) (string, error) {
	switch {
	case s.server != nil:
		return s.server.APIURL(), nil
	case s.cfg.APIURL != "":
		return settings.CheckAPIURL(s.cfg.APIURL)
	}
	return v.APIURL, nil
}

func (s *Session) newKeeper() *account.Keeper {
	key := s.cfg.Key
	if s.server != nil {
		key = sandboxKey
	}
	return account.New(account.Config{APIURL: s.apiURL, EnvKey: key, Keyring: s.cfg.Keyring, Check: s.check})
}

// check asks the service about a key that is not in use yet.
func (s *Session) check(ctx context.Context, apiURL, key string) (service.User, int, error) {
	client, err := pixeldrain.New(pixeldrain.Config{
		APIURL: apiURL, Key: key, UserAgent: s.cfg.UserAgent, Workers: 1, Logger: s.log,
	})
	if err != nil {
		return service.User{}, 0, err
	}
	defer client.Close()
	user, err := client.User(ctx)
	if err != nil || user.Known {
		return user, int(user.FileCount), err
	}
	files := 0
	err = client.EachFile(ctx, func(service.File) error { files++; return nil })
	return user, files, err
}

// LoadKey looks for the key of the address in use, which can take some
// seconds, and lets the uploads begin. Until it has returned the queue waits.
// A keyring that does not answer is told in the status, not as an error.
func (s *Session) LoadKey(ctx context.Context) (account.Status, error) {
	defer s.change()()
	return s.loadKey(ctx)
}

// loadKey is LoadKey under changing.
func (s *Session) loadKey(ctx context.Context) (account.Status, error) {
	status, err := s.keeper.Load(ctx)
	if ctx.Err() != nil {
		return status, ctx.Err()
	}
	return status, errors.Join(err, s.take(ctx, status))
}

// CheckKey asks the service whether key is good and, if it is, keeps it and
// uses it. The status tells where it is kept.
func (s *Session) CheckKey(ctx context.Context, key string) (account.Status, error) {
	defer s.change()()
	s.hide(key)
	s.apply(ctx)
	status, err := s.keeper.CheckAndKeep(ctx, key)
	if err != nil {
		return status, err
	}
	return status, s.take(ctx, status)
}

// ForgetKey removes the key from the keyring and from memory; uploads wait.
func (s *Session) ForgetKey(ctx context.Context) (account.Status, error) {
	defer s.change()()
	status, err := s.keeper.Forget(ctx)
	s.forgetLibrary(err)
	return status, errors.Join(err, s.take(ctx, status))
}

// RefreshAccount asks the service about the account: its plan and the number
// of files. The key in use stays, whatever comes back. Changes of key or
// address do not wait for it: they end it.
func (s *Session) RefreshAccount(ctx context.Context) (account.Status, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.endRefresh = cancel
	s.mu.Unlock()
	status, err := s.keeper.Refresh(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return status, ctx.Err()
	}
	s.status.Problem = service.AsError("ask about the account", err)
	switch {
	case err == nil:
		s.status.Account, s.status.Refused = status, nil
	case s.status.Problem.Kind == service.Unauthorized:
		s.status.Refused = s.status.Problem
	}
	s.changed.Progress(struct{}{}, s.status)
	return status, err
}

// watchKey notes when transfers meet that the key in use is refused, until the
// session closes.
func (s *Session) watchKey(first load, next loads) {
	var last *service.Error
	for l := first; ; {
		var refused *service.Error
		if l.needsKey && l.err != nil && l.err.Kind == service.Unauthorized {
			refused = l.err
		}
		if refused != last {
			s.refuse(last, refused)
			last = refused
		}
		if err := next(s.background, &l); err != nil {
			return
		}
	}
}

// refuse notes how the service refused the key in use, or with nil that this is
// over.
func (s *Session) refuse(last, err *service.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.status.Refused != last {
		return // others know better
	}
	s.status.Refused = err
	s.changed.Progress(struct{}{}, s.status)
}

// change begins a change of key or address, which ends with the function that
// it gives.
func (s *Session) change() (end func()) {
	s.mu.Lock()
	s.endRefresh()
	s.mu.Unlock()
	s.changing.Lock()
	return s.changing.Unlock
}

// take puts what the keeper has into use: a new client, and the news.
func (s *Session) take(_ context.Context, status account.Status) error {
	key := s.keeper.Key()
	s.hide(key)
	var client *pixeldrain.Client
	if key != "" {
		var err error
		client, err = pixeldrain.New(pixeldrain.Config{
			APIURL: s.apiURL, Key: key, UserAgent: s.cfg.UserAgent, Workers: s.workers, Logger: s.log,
		})
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	old := s.client
	s.client, s.scope = client, library.Scope(s.apiURL, key)
	s.status.Account, s.status.APIURL, s.status.Loaded, s.status.Problem = status, s.apiURL, true, nil
	s.status.Refused = nil
	s.changed.Progress(struct{}{}, s.status)
	s.mu.Unlock()
	s.engine.Use(client)
	err := s.useDownloads(client)
	s.useLibrary()
	if old != nil {
		old.Close()
	}
	if !s.loaded {
		s.loaded = true
		close(s.ready)
	}
	return err
}

// follow applies the settings whenever they change.
func (s *Session) follow(changes *feed.Subscription[settings.Values]) {
	for {
		if _, err := changes.Next(s.background); err != nil {
			return
		}
		s.applyNow()
	}
}

func (s *Session) applyNow() {
	defer s.change()()
	s.apply(s.background)
}

// apply takes changed settings into use. The key of another address is another
// key: it is looked for again.
func (s *Session) apply(ctx context.Context) {
	v := s.settings.Values()
	if v.Workers != s.workers {
		s.workers = v.Workers
		s.engine.SetWorkers(v.Workers)
		if client := s.currentClient(); client != nil {
			client.SetWorkers(v.Workers)
		}
	}
	s.engine.SetSpeedLimit(v.SpeedLimit)
	if v.SkipDuplicates != s.skip {
		s.skip = v.SkipDuplicates
		s.engine.SetSkipDuplicates(s.skip)
	}
	address, err := s.wantedAPIURL(v)
	if err != nil || address == s.apiURL {
		return // an address that is fixed was good at the start
	}
	s.apiURL = address
	s.keeper.SetAPIURL(address)
	if _, err := s.loadKey(ctx); err != nil {
		s.log.Warn("the key for a new address was not found", slog.Any("err", err))
	}
}

func (s *Session) currentClient() *pixeldrain.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client
}

// hostOf gives the host:port of an address.
func hostOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	return u.Host, nil
}
