// Package settings is the Settings screen and the screen of a first start. Both
// work on one model of the account and of what is set; neither waits for a
// disk, the network or a keyring on the interface goroutine.
package settings

import (
	"context"
	"errors"
	"strings"
	"sync"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/account"
	"sluice/service/feed"
	"sluice/service/session"
	prefs "sluice/service/settings"
)

// Session is what the screens need of a *session.Session.
type Session interface {
	Subscribe(ctx context.Context) (session.Status, *feed.Subscription[session.Status])
	CheckKey(ctx context.Context, key string) (account.Status, error)
	ForgetKey(ctx context.Context) (account.Status, error)
	Settings() *prefs.Store
	Links() service.Links
	UsualFolder() string // for downloads when nothing is set, "" = none
}

// Config is what the screens are made of. Its functions are called on the
// interface goroutine, but for Act's argument.
type Config struct {
	Session Session
	Format  *kit.Format
	OnMain  func(func())                // runs a function on the interface goroutine
	Act     func(func(context.Context)) // runs a function elsewhere, after all that were given before
	Words   func(*service.Error) string // what happened, what was kept, what to do
	NameOf  func(service.LinkFormat) string
	Failed  func(op string, err error) // tells of a setting that could not be kept
	OpenURL func(address string)

	// PickFolder asks for a folder and gives it on the interface goroutine, if
	// one was chosen.
	PickFolder func(title string, chosen func(path string))

	TrySandbox func() // goes to the sandbox; nil: no such way
	UseAccount func() // leaves the sandbox; nil: no such way

	// Welcomed is told that the first start's screen has done its work, and what
	// people should know of how the key is kept, "" for nothing.
	Welcomed func(warning string)
}

// task is what is under way with the key.
type task uint8

const (
	taskNone task = iota
	taskCheck
	taskForget
)

// Model is what both screens show and do. All methods are for the interface
// goroutine, unless they say otherwise.
type Model struct {
	cfg    Config
	status session.Status
	values prefs.Values

	task           task
	stop           context.CancelFunc // gives the task up
	welcomes       bool               // the task is the first start's
	accepted       int                // keys that were kept: the entry of the last can be emptied
	keyProblem     string             // why the last key was not taken
	addressProblem string             // why the last address was not taken
	ownLimit       bool               // a speed limit is being written, or was
	limitRefused   bool               // what was written is no speed limit
	folderProblem  string             // why the last folder was not taken
	changing       int                // changes of what is set that are not on the disk yet
	watchers       []func()

	cancel context.CancelFunc
	ctx    context.Context //nolint:containedctx // the life of the model's goroutines
	wg     sync.WaitGroup
}

// NewModel makes a model that follows the session until Close.
func NewModel(cfg Config) *Model {
	m := &Model{cfg: cfg}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	status, statuses := cfg.Session.Subscribe(m.ctx)
	values, changes := cfg.Session.Settings().Subscribe(m.ctx)
	m.status, m.values = status, values
	m.wg.Go(func() { follow(m, statuses, func(s session.Status) { m.status = s }) })
	m.wg.Go(func() { follow(m, changes, func(prefs.Values) { m.takeValues() }) })
	return m
}

// follow shows the latest of a stream until it ends.
func follow[E any](m *Model, stream *feed.Subscription[E], take func(E)) {
	for {
		events, err := stream.Next(m.ctx)
		if err != nil {
			return
		}
		last := events[len(events)-1]
		m.onMain(func() { take(last) })
	}
}

// onMain runs f on the interface goroutine and shows the outcome. It may be
// called from any goroutine.
func (m *Model) onMain(f func()) {
	m.cfg.OnMain(func() {
		if m.ctx.Err() != nil {
			return
		}
		f()
		m.show()
	})
}

// Close gives up what is under way and waits for the model's goroutines.
func (m *Model) Close() {
	m.cancel()
	m.wg.Wait()
}

// watch has f called whenever something has changed.
func (m *Model) watch(f func()) { m.watchers = append(m.watchers, f) }

func (m *Model) show() {
	for _, f := range m.watchers {
		f()
	}
}

// checkKey has the service look at a key and, if it is good, keeps it; welcomes
// says that the first start's screen asks.
func (m *Model) checkKey(key string, welcomes bool) {
	key = strings.TrimSpace(key)
	if m.task != taskNone || key == "" {
		return
	}
	m.welcomes = welcomes
	m.begin(taskCheck, func(ctx context.Context) (account.Status, error) {
		return m.cfg.Session.CheckKey(ctx, key)
	})
}

// forgetKey removes the key from this computer.
func (m *Model) forgetKey() {
	if m.task == taskNone {
		m.begin(taskForget, m.cfg.Session.ForgetKey)
	}
}

func (m *Model) begin(t task, work func(context.Context) (account.Status, error)) {
	if m.ctx.Err() != nil {
		return // closed: another session takes its place
	}
	ctx, stop := context.WithCancel(m.ctx)
	m.task, m.stop, m.keyProblem = t, stop, ""
	m.show()
	m.wg.Go(func() {
		defer stop()
		status, err := work(ctx)
		if err != nil && ctx.Err() != nil {
			err = ctx.Err() // whatever giving up looks like further down
		}
		m.onMain(func() { m.end(status, err) })
	})
}

func (m *Model) end(status account.Status, err error) {
	done := m.task
	m.task = taskNone
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil {
		m.keyProblem = m.unchecked(service.AsError("check the key", err))
		return
	}
	m.status.Account, m.status.Loaded, m.status.Refused = status, true, nil
	if done != taskCheck {
		return
	}
	m.accepted++
	if m.welcomes && m.cfg.Welcomed != nil {
		warning := ""
		if n := m.keyNote(); n.color == kit.ColorAmber {
			warning = n.text
		}
		m.cfg.Welcomed(warning)
	}
}

// giveUp stops waiting for what is under way with the key.
func (m *Model) giveUp() {
	if m.task != taskNone {
		m.stop()
	}
}

// setAddress takes another service address into use, or tells why it can't be.
func (m *Model) setAddress(address string) bool {
	address, err := prefs.CheckAPIURL(address)
	if err != nil {
		m.addressProblem = m.cfg.Words(service.AsError("", err))
		m.show()
		return false
	}
	m.addressProblem = ""
	m.change(func(v *prefs.Values) { v.APIURL = address })
	return true
}

// setLimit takes a speed limit as people write it into use, or refuses it.
func (m *Model) setLimit(text string) bool {
	limit, err := prefs.ParseSpeed(text)
	m.limitRefused = err != nil
	if err != nil {
		m.show()
		return false
	}
	m.change(func(v *prefs.Values) { v.SpeedLimit = limit })
	return true
}

// change changes what is set, at once here and soon on the disk.
func (m *Model) change(change func(*prefs.Values)) {
	m.changing++
	change(&m.values)
	m.show()
	store := m.cfg.Session.Settings()
	m.cfg.Act(func(ctx context.Context) {
		err := store.Change(ctx, change)
		m.onMain(func() {
			m.changing--
			m.takeValues()
			if err != nil {
				m.cfg.Failed("change a setting", err)
			}
		})
	})
}

// takeValues takes over what is kept, once nothing newer waits to be.
func (m *Model) takeValues() {
	if m.changing == 0 {
		m.values = m.cfg.Session.Settings().Values()
	}
}
