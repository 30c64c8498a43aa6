package account

import (
	"context"
	"errors"
	"strings"

	"sluice/service"
	"sluice/storage/secret"
)

// Load looks for the key of the address in use, for 3 seconds at most: that of
// the environment, one that was given for this session, or the keyring's. A
// keyring that can't be used is told in the status and is no error; the error
// is that of ctx.
func (k *Keeper) Load(ctx context.Context) (Status, error) {
	end, err := k.begin(ctx)
	if err != nil {
		return k.Status(), err
	}
	defer end()
	address := k.address()
	if now := k.Status(); now.Place == PlaceEnvironment || now.Place == PlaceSession {
		return now, nil
	}
	limited, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	key, err := k.keyring().Get(limited, address)
	if ctx.Err() != nil {
		return k.Status(), ctx.Err()
	}
	if err == nil {
		key, err = clean(key)
	}
	return k.apply(address, func() {
		switch {
		case err == nil && key == k.key:
			k.status.KeyringProblem = "" // with what its check has told
		case err == nil:
			k.put(key, Status{HasKey: true, Place: PlaceKeyring})
		case errors.Is(err, secret.ErrNotFound):
			k.put("", Status{Place: PlaceNone})
		default:
			// A key that was loaded before stays in use.
			k.status.KeyringProblem = problem(err)
		}
	}), nil
}

// CheckAndKeep asks the service whether key is good and, if it is, uses it from
// now on and keeps it in the keyring, which has a minute to answer. Where the
// keyring can't be used, the key is for this session only, and the status says
// so and why. Space around the key is taken away. A failed check gives its
// error and changes nothing: a *service.Error of Kind Unauthorized for a wrong
// key, Offline when the service did not answer, Invalid with
// service.ReasonKeyInvalid for what can't be a key.
func (k *Keeper) CheckAndKeep(ctx context.Context, key string) (Status, error) {
	key, err := clean(key)
	if err != nil {
		return k.Status(), err
	}
	end, err := k.begin(ctx)
	if err != nil {
		return k.Status(), err
	}
	defer end()
	address := k.address()
	user, files, err := k.cfg.Check(ctx, address, key)
	if err != nil {
		return k.Status(), hidden(err, key)
	}
	status := Status{HasKey: true, Place: PlaceKeyring, User: user, Files: files}
	if key == k.cfg.EnvKey {
		status.Place = PlaceEnvironment
	} else if err := k.store(ctx, address, key); err != nil {
		if ctx.Err() != nil {
			return k.Status(), ctx.Err()
		}
		status.Place, status.KeyringProblem = PlaceSession, problem(hidden(err, key))
	}
	k.remember(address, key, status.Place)
	return k.apply(address, func() { k.put(key, status) }), nil
}

func (k *Keeper) store(ctx context.Context, address, key string) error {
	ctx, cancel := context.WithTimeout(ctx, clickPatience)
	defer cancel()
	return k.keyring().Set(ctx, address, key)
}

// remember notes a key that only memory has, and that the environment's is
// wanted again.
func (k *Keeper) remember(address, key string, place Place) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.session, address)
	switch place {
	case PlaceSession:
		k.session[address] = key
	case PlaceEnvironment:
		k.envGone = false
	case PlaceKeyring, PlaceNone:
	}
}

// Refresh asks the service about the key in use again and gives the status
// with what it told. It fails as CheckAndKeep does; without a key with
// service.ReasonNoKey.
func (k *Keeper) Refresh(ctx context.Context) (Status, error) {
	k.mu.Lock()
	address, key := k.apiURL, k.key
	k.mu.Unlock()
	if _, err := clean(key); err != nil {
		return k.Status(), err
	}
	user, files, err := k.cfg.Check(ctx, address, key)
	if err != nil {
		return k.Status(), hidden(err, key)
	}
	return k.apply(address, func() {
		if k.key == key {
			k.status.User, k.status.Files = user, files
		}
	}), nil
}

// Forget stops using the key and removes it from the keyring, which has a
// minute to answer. A key of the environment comes back with the next start.
// When the key is in the keyring and can't be removed, it fails with
// service.ReasonKeyringNoAnswer and the key stays in use.
func (k *Keeper) Forget(ctx context.Context) (Status, error) {
	end, err := k.begin(ctx)
	if err != nil {
		return k.Status(), err
	}
	defer end()
	address, before := k.address(), k.Status()
	limited, cancel := context.WithTimeout(ctx, clickPatience)
	defer cancel()
	err = k.keyring().Delete(limited, address)
	if errors.Is(err, secret.ErrNotFound) {
		err = nil
	}
	if err != nil && (before.Place == PlaceKeyring || ctx.Err() != nil) {
		return k.Status(), &service.Error{Op: "forget the key", Kind: service.Internal, Value: service.ReasonKeyringNoAnswer, Err: err}
	}
	after := Status{Place: PlaceNone}
	if err != nil {
		after.KeyringProblem = problem(err)
	}
	k.mu.Lock()
	delete(k.session, address)
	k.envGone = k.envGone || before.Place == PlaceEnvironment
	k.mu.Unlock()
	return k.apply(address, func() { k.put("", after) }), nil
}

// problem is what the system says of a keyring that can't be used.
func problem(err error) string {
	return strings.TrimPrefix(err.Error(), secret.ErrUnavailable.Error()+": ")
}
