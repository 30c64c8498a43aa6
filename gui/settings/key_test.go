package settings

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/service"
	"sluice/service/account"
	"sluice/service/session"
)

const (
	placeholder = "Paste your API key"
	hiddenKey   = "••••••••-••••-••••-••••-••••••••••••"
)

func TestGoodKeyIsKept(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("No key yet. You need one to upload.")
	b.MustNotSee("Forget")
	c := b.check(placeholder)
	b.secret()
	c.answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceKeyring, Files: 1234}}
	b.UntilSees("✓ Works: 1,234 files. Kept in the system keyring, never in a file.", hiddenKey, "Check and save", "Forget")
	b.MustNotSee("•••…", "Give up")
	b.secret()
	if len(b.welcomed) != 0 {
		t.Error("Settings was left, with what it tells of the key")
	}
}

func TestKeyCanBeSentWithReturn(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.Type(placeholder, "   ")
	b.Press(fyne.KeyReturn) // nothing to check
	b.MustSee("No key yet. You need one to upload.")
	b.Type(placeholder, secretKey)
	b.Press(fyne.KeyReturn)
	if c := b.call(); c.key != secretKey {
		t.Errorf("the key %q was checked", c.key)
	}
}

func TestKeyThatIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"wrong":   {&service.Error{Op: "check the key", Kind: service.Unauthorized, Value: "authentication_failed", Err: errors.New(secretKey)}, ""},
		"offline": {&service.Error{Op: "check the key", Kind: service.Offline}, "The service can’t be reached, so the key could not be checked. Nothing was changed."},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, noKey(), NewScreen)
			want := c.want
			if want == "" {
				want = b.model.cfg.Words(service.AsError("", c.err))
			}
			b.check(placeholder).answer <- outcome{err: c.err}
			b.UntilSees(want, "Check and save", "•••") // what was typed can be mended
			b.MustNotSee("No key yet", "Give up", "Forget")
			b.secret()
			if len(b.welcomed) != 0 {
				t.Error("welcomed without a key")
			}
			c := b.check("API key") // try again
			b.MustNotSee(want)
			c.answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceKeyring}}
			b.UntilSees("Kept in the system keyring, never in a file.")
		})
	}
}

func TestLockedKeyring(t *testing.T) {
	s := noKey()
	s.Account.KeyringProblem = "the collection is locked.\nsecond line"
	b := newBench(t, s, NewScreen)
	b.MustSee("Your key can’t be read from the system keyring (the collection is locked). Nothing was deleted.")
	b.MustNotSee("second line")
	b.check(placeholder).answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceSession, KeyringProblem: "the collection is locked."}}
	b.UntilSees("Kept for this session only: the system keyring can’t be used (the collection is locked).")
	b.secret()
}

func TestGivingUpTheCheck(t *testing.T) {
	b := newBench(t, keyIn(account.PlaceKeyring), NewScreen)
	b.MustSee("Kept in the system keyring, never in a file.")
	b.check(hiddenKey)
	b.MustNotSee("Forget")
	b.Tap("Give up")
	b.UntilSees("Check and save", "Kept in the system keyring, never in a file.", "Forget", "•••")
	b.MustNotSee("can’t be reached")
	b.secret()
}

func TestForgettingTheKey(t *testing.T) {
	b := newBench(t, keyIn(account.PlaceKeyring), NewScreen)
	b.Tap("Forget")
	c := b.call()
	b.MustSee("Removing the key from the system keyring…", "Give up")
	refused := &service.Error{Op: "forget the key", Kind: service.Internal, Value: service.ReasonKeyringNoAnswer}
	c.answer <- outcome{err: refused}
	b.UntilSees(b.model.cfg.Words(refused), "Forget")
	b.Tap("Forget")
	c = b.call()
	c.answer <- outcome{status: account.Status{Place: account.PlaceNone}}
	b.UntilSees("No key yet. You need one to upload.", placeholder)
	b.UntilGone("Forget")
	if len(b.welcomed) != 0 {
		t.Error("welcomed without a key")
	}
}

func TestKeyOfTheEnvironment(t *testing.T) {
	b := newBench(t, keyIn(account.PlaceEnvironment), NewScreen)
	b.MustSee("Taken from SLUICE_API_KEY and never stored.", hiddenKey, "Forget")
}

func TestNewsOfTheSessionAreShown(t *testing.T) {
	s := noKey()
	s.Loaded = false
	b := newBench(t, s, NewScreen)
	b.MustSee("Reading the key from the system keyring…")
	b.session.publish(func(s *session.Status) { *s = keyIn(account.PlaceKeyring) })
	b.UntilSees("Kept in the system keyring, never in a file.")
	b.MustNotSee("✓ Works")
	b.session.publish(func(s *session.Status) {
		s.Account.User, s.Account.Files = service.User{Known: true}, 1
	})
	b.UntilSees("✓ Works: 1 file. Kept in the system keyring")
}

func TestWhereKeysAreMade(t *testing.T) {
	for name, show := range screens() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, noKey(), show)
			b.Tap("Get a key…")
			if len(b.opened) != 1 || b.opened[0] != "https://pixeldrain.com/user/api_keys" {
				t.Errorf("opened %q", b.opened)
			}
		})
	}
}

func screens() map[string]func(*Model) fyne.CanvasObject {
	return map[string]func(*Model) fyne.CanvasObject{"settings": NewScreen, "welcome": NewWelcome}
}

func TestClosingDuringACheck(t *testing.T) {
	for name, show := range screens() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, noKey(), show)
			b.check(placeholder)
			b.model.Close() // returns, and shows nothing any more
			b.MustSee("Give up")
			b.model.end(account.Status{}, context.Canceled)
			b.model.checkKey(secretKey, false) // begins nothing
			if b.model.task != taskNone {
				t.Error("a closed model has begun something")
			}
		})
	}
}

func TestWelcome(t *testing.T) {
	b := newBench(t, noKey(), NewWelcome)
	b.MustSee("Welcome to Sluice", "With your Pixeldrain account", "Or try it first")
	b.MustNotSee("Forget")
	b.Tap("Try the sandbox")
	if b.tried != 1 {
		t.Errorf("the sandbox was tried %d times", b.tried)
	}
	wrong := &service.Error{Kind: service.Unauthorized, Value: "authentication_failed"}
	b.check(placeholder).answer <- outcome{err: wrong}
	b.UntilSees(b.model.cfg.Words(wrong))
	b.Tap("Check and save")
	b.call().answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceKeyring}}
	b.UntilSees("Kept in the system keyring, never in a file.", hiddenKey)
	b.secret()
	if len(b.welcomed) != 1 || b.welcomed[0] != "" {
		t.Errorf("welcomed with %q", b.welcomed)
	}
}

// Where no keyring takes the key, the first start's screen goes away all the
// same: what it has to tell goes along.
func TestWelcomeWithoutAKeyring(t *testing.T) {
	b := newBench(t, noKey(), NewWelcome)
	b.check(placeholder).answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceSession, KeyringProblem: "there is none"}}
	b.Until("the screen to be done", func() bool { return len(b.welcomed) == 1 })
	if got := b.welcomed[0]; !strings.HasPrefix(got, "Kept for this session only: the system keyring can’t be used (there is none).") {
		t.Errorf("told %q", got)
	}
}

func TestRefusedKeyIsNotSaidToWork(t *testing.T) {
	s := keyIn(account.PlaceKeyring)
	s.Account.User, s.Account.Files = service.User{Known: true}, 7
	b := newBench(t, s, NewScreen)
	b.MustSee("✓ Works: 7 files.")
	b.session.publish(func(s *session.Status) { s.Refused = &service.Error{Kind: service.Unauthorized} })
	b.UntilSees("The service no longer accepts this key", hiddenKey)
	b.MustNotSee("✓ Works")
	b.check("API key").answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceKeyring}}
	b.UntilSees("Kept in the system keyring, never in a file.")
	b.MustNotSee("does not accept")
}

// Both screens work on one model: no entry keeps a key that was taken.
func TestBothScreensEmptyTheirEntries(t *testing.T) {
	var fields []*keyField
	b := newBench(t, noKey(), func(m *Model) fyne.CanvasObject {
		fields = []*keyField{newKeyField(m, fieldWidth, true), newKeyField(m, welcomeWidth, false)}
		return container.NewVBox(fields[1].line, fields[1].note)
	})
	b.check(placeholder).answer <- outcome{status: account.Status{HasKey: true, Place: account.PlaceKeyring}}
	b.UntilSees(hiddenKey)
	for i, f := range fields {
		if f.entry.Text != "" {
			t.Errorf("entry %d still has the key", i)
		}
	}
}

func TestWithoutASandbox(t *testing.T) {
	b := newBench(t, noKey(), func(m *Model) fyne.CanvasObject {
		m.cfg.TrySandbox = nil
		return NewWelcome(m)
	})
	b.MustNotSee("Try the sandbox", "Or try it first")
}
