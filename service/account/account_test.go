package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/service"
	"sluice/storage/secret"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

const (
	api    = "https://files.example/api"
	other  = "https://other.example/api"
	key1   = "11111111-aaaa-4bbb-8ccc-000000000001"
	key2   = "22222222-aaaa-4bbb-8ccc-000000000002"
	badKey = "33333333-aaaa-4bbb-8ccc-000000000003"
)

// ring is a keyring in memory.
type ring struct {
	mu     sync.Mutex
	keys   map[string]string
	broken error // what every operation fails with
	silent bool  // operations never end by themselves
	asked  int
}

func (r *ring) enter(ctx context.Context) (unlock func(), err error) {
	r.mu.Lock()
	r.asked++
	if r.silent {
		r.mu.Unlock()
		<-ctx.Done()
		return nil, fmt.Errorf("%w: it did not answer in time: %w", secret.ErrUnavailable, ctx.Err())
	}
	if r.broken != nil {
		defer r.mu.Unlock()
		return nil, r.broken
	}
	return r.mu.Unlock, nil
}

func (r *ring) Get(ctx context.Context, account string) (string, error) {
	unlock, err := r.enter(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	if r.keys[account] == "" {
		return "", secret.ErrNotFound
	}
	return r.keys[account], nil
}

func (r *ring) Set(ctx context.Context, account, key string) error {
	unlock, err := r.enter(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	r.keys[account] = key
	return nil
}

func (r *ring) Delete(ctx context.Context, account string) error {
	unlock, err := r.enter(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if r.keys[account] == "" {
		return secret.ErrNotFound
	}
	delete(r.keys, account)
	return nil
}

// check is a service that knows key1 and key2.
func check(_ context.Context, apiURL, key string) (service.User, int, error) {
	switch key {
	case key1:
		return service.User{Known: true, Name: "one at " + apiURL}, 3, nil
	case key2:
		return service.User{Known: true, Name: "two at " + apiURL}, 5, nil
	}
	return service.User{}, 0, &service.Error{
		Op: "user files", Kind: service.Unauthorized, Value: "authentication_failed", Status: 401,
		Err: errors.New("refused " + key), // what no client should do
	}
}

func unavailable() error { return fmt.Errorf("%w: locked", secret.ErrUnavailable) }

func newKeeper(r *ring, env string) *Keeper {
	if r.keys == nil {
		r.keys = map[string]string{}
	}
	return New(Config{APIURL: api, EnvKey: env, Keyring: r, Check: check})
}

// expect checks the outcome of an operation and the state after it.
func expect(t *testing.T, k *Keeper, got Status, err error, key string, want Status) {
	t.Helper()
	if err != nil {
		t.Errorf("failed: %v", err)
	}
	if got != want || k.Status() != want || k.Key() != key {
		t.Errorf("got %+v, then %+v with key %q, want %+v with %q", got, k.Status(), k.Key(), want, key)
	}
}

func TestKeyIsCheckedKeptLoadedAndForgotten(t *testing.T) {
	r := &ring{}
	k := newKeeper(r, "")
	s, err := k.Load(t.Context())
	expect(t, k, s, err, "", Status{Place: PlaceNone})

	s, err = k.CheckAndKeep(t.Context(), "  "+key1+"\n")
	checked := Status{HasKey: true, Place: PlaceKeyring, User: service.User{Known: true, Name: "one at " + api}, Files: 3}
	expect(t, k, s, err, key1, checked)
	if !maps.Equal(r.keys, map[string]string{api: key1}) {
		t.Errorf("the keyring holds %v", r.keys)
	}
	s, err = k.Load(t.Context()) // keeps what the check told
	expect(t, k, s, err, key1, checked)

	k = newKeeper(r, "") // the next start
	s, err = k.Load(t.Context())
	expect(t, k, s, err, key1, Status{HasKey: true, Place: PlaceKeyring})
	s, err = k.Refresh(t.Context())
	expect(t, k, s, err, key1, checked)

	s, err = k.CheckAndKeep(t.Context(), key2)
	expect(t, k, s, err, key2, Status{HasKey: true, Place: PlaceKeyring, User: service.User{Known: true, Name: "two at " + api}, Files: 5})
	s, err = k.Forget(t.Context())
	expect(t, k, s, err, "", Status{Place: PlaceNone})
	if len(r.keys) != 0 {
		t.Errorf("the keyring still holds %v", r.keys)
	}
	s, err = k.Forget(t.Context())
	expect(t, k, s, err, "", Status{Place: PlaceNone})
}

func TestRefusedKeyChangesNothing(t *testing.T) {
	r := &ring{}
	k := newKeeper(r, "")
	if _, err := k.CheckAndKeep(t.Context(), key1); err != nil {
		t.Fatal(err)
	}
	before := k.Status()
	for key, want := range map[string]service.Error{
		badKey: {Kind: service.Unauthorized, Status: 401},
		"":     {Kind: service.Unauthorized, Value: service.ReasonNoKey},
		" \n ": {Kind: service.Unauthorized, Value: service.ReasonNoKey},
		"a b":  {Kind: service.Invalid, Value: service.ReasonKeyInvalid},
		"a\nb": {Kind: service.Invalid, Value: service.ReasonKeyInvalid},
		"ключ": {Kind: service.Invalid, Value: service.ReasonKeyInvalid},
		strings.Repeat("k", 1001): {
			Kind: service.Invalid, Value: service.ReasonKeyInvalid,
		},
	} {
		s, err := k.CheckAndKeep(t.Context(), key)
		got, ok := errors.AsType[*service.Error](err)
		if !ok || got.Kind != want.Kind || got.Value != want.Value || got.Status != want.Status {
			t.Errorf("%.20q: %v", key, err)
		}
		if s != before || k.Status() != before || k.Key() != key1 || r.keys[api] != key1 {
			t.Errorf("%.20q changed something: %+v", key, s)
		}
		if strings.TrimSpace(key) != "" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, got.Err), key) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}

func TestWithoutAKeyringTheKeyIsForThisSession(t *testing.T) {
	for name, r := range map[string]*ring{"locked": {broken: unavailable()}, "other failure": {broken: errors.New("odd")}} {
		t.Run(name, func(t *testing.T) {
			k := newKeeper(r, "")
			s, err := k.Load(t.Context())
			expect(t, k, s, err, "", Status{Place: PlaceNone, KeyringProblem: problem(r.broken)})
			s, err = k.CheckAndKeep(t.Context(), key1)
			want := Status{
				HasKey: true, Place: PlaceSession, KeyringProblem: problem(r.broken),
				User: service.User{Known: true, Name: "one at " + api}, Files: 3,
			}
			expect(t, k, s, err, key1, want)
			s, err = k.Load(t.Context())
			expect(t, k, s, err, key1, want)
			s, err = k.Forget(t.Context())
			expect(t, k, s, err, "", Status{Place: PlaceNone, KeyringProblem: problem(r.broken)})
		})
	}
	k := New(Config{APIURL: api, Check: check})
	if s, err := k.CheckAndKeep(t.Context(), key1); err != nil || s.Place != PlaceSession || s.KeyringProblem == "" {
		t.Errorf("with no keyring at all: %+v, %v", s, err)
	}
}

func TestKeyThatCanNotBeRemovedIsNotForgotten(t *testing.T) {
	r := &ring{keys: map[string]string{api: key1}}
	k := newKeeper(r, "")
	if _, err := k.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.broken = unavailable()
	s, err := k.Forget(t.Context())
	if service.AsError("", err).Value != service.ReasonKeyringNoAnswer || !errors.Is(err, secret.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	expect(t, k, s, nil, key1, Status{HasKey: true, Place: PlaceKeyring})
	// Nor is it taken for gone when it can't be looked up.
	s, err = k.Load(t.Context())
	expect(t, k, s, err, key1, Status{HasKey: true, Place: PlaceKeyring, KeyringProblem: problem(r.broken)})
}

func TestKeyringThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &ring{silent: true}
		k := newKeeper(r, "")
		began := time.Now()
		s, err := k.Load(t.Context())
		if err != nil || time.Since(began) != 3*time.Second || s.HasKey || !strings.Contains(s.KeyringProblem, "in time") {
			t.Errorf("after %v: %+v, %v", time.Since(began), s, err)
		}
		began = time.Now()
		s, err = k.CheckAndKeep(t.Context(), key1)
		if err != nil || time.Since(began) != time.Minute || s.Place != PlaceSession || k.Key() != key1 {
			t.Errorf("after %v: %+v, %v", time.Since(began), s, err)
		}
		began = time.Now()
		if s, err = k.Forget(t.Context()); err != nil || time.Since(began) != time.Minute || s.HasKey {
			t.Errorf("after %v: %+v, %v", time.Since(began), s, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for name, try := range map[string]func() (Status, error){
			"load":   func() (Status, error) { return k.Load(ctx) },
			"keep":   func() (Status, error) { return k.CheckAndKeep(ctx, key1) },
			"forget": func() (Status, error) { return k.Forget(ctx) },
		} {
			if s, err := try(); !errors.Is(err, context.DeadlineExceeded) || s.HasKey || k.Key() != "" {
				t.Errorf("%s with a caller that gave up: %+v, %v", name, s, err)
			}
		}
	})
}

func TestKeyOfTheEnvironmentIsNeverStored(t *testing.T) {
	r := &ring{keys: map[string]string{api: key2}}
	k := newKeeper(r, " "+key1+" ")
	env := Status{HasKey: true, Place: PlaceEnvironment}
	expect(t, k, k.Status(), nil, key1, env)
	s, err := k.Load(t.Context())
	expect(t, k, s, err, key1, env)
	s, err = k.CheckAndKeep(t.Context(), key1)
	if err != nil || s.Place != PlaceEnvironment || s.Files != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	if r.asked != 0 {
		t.Errorf("the keyring was asked %d times", r.asked)
	}
	k.SetAPIURL(other)
	expect(t, k, k.Status(), nil, key1, env)
	k.SetAPIURL(api)
	// A key that was typed in goes before it, and is kept.
	r.keys[api] = ""
	if s, err = k.CheckAndKeep(t.Context(), key2); err != nil || s.Place != PlaceKeyring || r.keys[api] != key2 {
		t.Errorf("%+v, %v", s, err)
	}
	k = newKeeper(r, key1)
	if s, err = k.Forget(t.Context()); err != nil || s.HasKey || k.Key() != "" {
		t.Errorf("%+v, %v", s, err)
	}
	k.SetAPIURL(other)
	if k.Key() != "" {
		t.Error("a forgotten key came back")
	}
	if _, err = k.CheckAndKeep(t.Context(), key1); err != nil || k.Status().Place != PlaceEnvironment {
		t.Errorf("%+v, %v", k.Status(), err)
	}
}

func TestEachAddressHasItsKey(t *testing.T) {
	r := &ring{keys: map[string]string{api: key1, other: key2}}
	k := newKeeper(r, "")
	if _, err := k.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.SetAPIURL(api + "/") // the same
	if k.Key() != key1 {
		t.Error("the key is gone without a change")
	}
	k.SetAPIURL(other)
	expect(t, k, k.Status(), nil, "", Status{Place: PlaceNone}) // key1 must not go to another service
	s, err := k.Load(t.Context())
	expect(t, k, s, err, key2, Status{HasKey: true, Place: PlaceKeyring})
	if _, err := k.Forget(t.Context()); err != nil || r.keys[api] != key1 || r.keys[other] != "" {
		t.Errorf("%v, %v", r.keys, err)
	}
	r.broken = unavailable()
	if _, err := k.CheckAndKeep(t.Context(), key2); err != nil {
		t.Fatal(err)
	}
	k.SetAPIURL(api)
	if k.Key() != "" {
		t.Error("the key of another service is in use")
	}
	k.SetAPIURL(other)
	if k.Key() != key2 || k.Status().Place != PlaceSession {
		t.Errorf("the session forgot its key: %+v", k.Status())
	}
}

func TestAddressThatChangesMeanwhile(t *testing.T) {
	r := &ring{keys: map[string]string{}}
	var k *Keeper
	k = New(Config{APIURL: api, Keyring: r, Check: func(ctx context.Context, apiURL, key string) (service.User, int, error) {
		k.SetAPIURL(other)
		return check(ctx, apiURL, key)
	}})
	s, err := k.CheckAndKeep(t.Context(), key1)
	expect(t, k, s, err, "", Status{Place: PlaceNone})
	if r.keys[api] != key1 || r.keys[other] != "" {
		t.Errorf("the keyring holds %v", r.keys)
	}
	r.keys[other] = key2
	if _, err := k.Load(t.Context()); err != nil || k.Key() != key2 {
		t.Fatalf("%v, %q", err, k.Key())
	}
	k.cfg.Check = func(ctx context.Context, apiURL, key string) (service.User, int, error) {
		k.SetAPIURL(api)
		return check(ctx, apiURL, key)
	}
	if s, err := k.Refresh(t.Context()); err != nil || s.Files != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestKeyringWithRubbish(t *testing.T) {
	r := &ring{keys: map[string]string{api: "two words"}}
	k := newKeeper(r, "")
	s, err := k.Load(t.Context())
	if err != nil || s.HasKey || s.KeyringProblem == "" || strings.Contains(s.KeyringProblem, "words") || k.Key() != "" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := k.Refresh(t.Context()); service.AsError("", err).Value != service.ReasonNoKey {
		t.Errorf("refreshed without a key: %v", err)
	}
}

func TestKeyIsInNothingThatIsPrinted(t *testing.T) {
	k := newKeeper(&ring{keys: map[string]string{}}, key2)
	if _, err := k.CheckAndKeep(t.Context(), key1); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("all", slog.Any("keeper", k), slog.Any("config", k.cfg), slog.Any("status", k.Status()))
	}
	for _, v := range []any{k, k.cfg, &k.cfg, k.Status()} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %d", v, v, v, v, v, v)
		if err := json.NewEncoder(&out).Encode(v); err != nil && strings.Contains(err.Error(), key2) {
			t.Error(err)
		}
	}
	if text := out.String(); strings.Contains(text, key1) || strings.Contains(text, key2) {
		t.Errorf("told: %s", text)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := &ring{keys: map[string]string{api: key1, other: key2}}
	k := newKeeper(r, "")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				var err error
				switch i % 4 {
				case 0:
					_, err = k.Load(t.Context())
				case 1:
					_, err = k.CheckAndKeep(t.Context(), key1)
				case 2:
					k.SetAPIURL(other)
					k.SetAPIURL(api)
				case 3:
					if s := k.Status(); s.HasKey && s.Place == PlaceNone {
						err = fmt.Errorf("half a state: %+v", s)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if s, err := k.Load(t.Context()); err != nil || k.Key() != key1 || s.Place != PlaceKeyring {
		t.Errorf("%+v, %v, %q", s, err, k.Key())
	}
}
