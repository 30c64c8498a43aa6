// Package notify shows notifications of the desktop's, with buttons where the
// desktop has them. A note takes the place of the one before it in its slot, so
// that a burst is one notification. docs/decisions tells who is asked where.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Note is one notification. All texts are plain: no markup.
type Note struct {
	Slot    string // of which there is one note at a time
	Title   string
	Body    string
	Actions []Action
	Data    any // the caller's own, given back with its actions
}

// Action is a button. The key Default is a click on the note itself.
type Action struct{ Key, Label string }

// Default is the key of what a click on the note does.
const Default = "default"

// Config of a Notifier. All may be left out.
type Config struct {
	// OnAction is called when a button was pressed, with the note that was
	// shown then. OnClosed is called when a note is gone, by whatever cause but
	// another note in its slot. Both are called on the Notifier's goroutine and
	// must return soon; they may Show, and must not Close.
	OnAction func(note Note, key string)
	OnClosed func(note Note)
	// Fallback shows a note without buttons where no notification service can
	// be reached. It is called on the Notifier's goroutine and must return soon.
	Fallback func(title, body string)
	Logger   *slog.Logger // nil = discard

	Limit time.Duration // how long the service may take for an answer; 0 = 5 s
	Again time.Duration // after how long a service that did not answer is asked again; 0 = 1 min
}

const (
	defaultLimit = 5 * time.Second
	defaultAgain = time.Minute
	closeLimit   = time.Second

	longestTitle = 200 // characters
	longestBody  = 1000
)

// desk is the desktop's notification service. One goroutine uses it.
type desk interface {
	// show shows a note. errNobody means that there is no service.
	show(ctx context.Context, note Note) error
	// withdraw takes the note of a slot away.
	withdraw(ctx context.Context, slot string) error
	// hear calls back for what the user has done.
	hear()
	// close withdraws all notes with buttons, which nobody would answer.
	close(ctx context.Context)
}

var errNobody = errors.New("no notification service")

// Notifier shows notes. Its methods may be called from any goroutine and return
// at once, apart from Close.
type Notifier struct {
	cfg  Config
	stop context.CancelFunc // nothing new is begun
	end  context.CancelFunc // nor gone on with
	done sync.WaitGroup
	wake chan struct{}

	mu      sync.Mutex
	closed  bool
	order   []string         // slots with something to do
	pending map[string]*Note // nil: to be withdrawn
}

// New gives a Notifier. It connects to nothing before the first Show. Close
// ends it.
func New(cfg Config) *Notifier { return start(cfg, newDesk) }

func start(cfg Config, open func(cfg Config, wake func()) desk) *Notifier {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.OnAction == nil {
		cfg.OnAction = func(Note, string) {}
	}
	if cfg.OnClosed == nil {
		cfg.OnClosed = func(Note) {}
	}
	if cfg.Fallback == nil {
		cfg.Fallback = func(string, string) {}
	}
	if cfg.Limit <= 0 {
		cfg.Limit = defaultLimit
	}
	if cfg.Again <= 0 {
		cfg.Again = defaultAgain
	}
	work, end := context.WithCancel(context.Background())
	ctx, stop := context.WithCancel(work)
	n := &Notifier{cfg: cfg, stop: stop, end: end, wake: make(chan struct{}, 1), pending: map[string]*Note{}}
	d := open(cfg, n.stir)
	n.done.Go(func() { n.run(ctx, work, d) })
	return n
}

// Show shows a note, or changes the one in its slot. A note that was not shown
// yet is left out when the next one for its slot comes.
func (n *Notifier) Show(note Note) {
	note.Title, note.Body = plain(note.Title, longestTitle), plain(note.Body, longestBody)
	actions := make([]Action, 0, len(note.Actions))
	for _, a := range note.Actions {
		actions = append(actions, Action{Key: a.Key, Label: plain(a.Label, longestTitle)})
	}
	note.Actions = actions
	n.queue(note.Slot, &note)
}

// Withdraw takes the note of a slot away, if there is one.
func (n *Notifier) Withdraw(slot string) { n.queue(slot, nil) }

func (n *Notifier) queue(slot string, note *Note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	if _, waits := n.pending[slot]; !waits {
		n.order = append(n.order, slot)
	}
	n.pending[slot] = note
	n.stir()
}

func (n *Notifier) stir() {
	select {
	case n.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Close withdraws the notes with buttons, still shows those without, and waits
// for that about a second. When it returns nothing is called back any more, and
// Show does nothing.
func (n *Notifier) Close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.stop()
	limit := time.AfterFunc(closeLimit, n.end)
	defer limit.Stop()
	n.done.Wait()
	n.end()
}

// run begins things until ctx ends, and has until work ends for them.
func (n *Notifier) run(ctx, work context.Context, d desk) {
	s := &speaker{cfg: n.cfg, desk: d}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-n.wake:
			d.hear()
			for slot, note := range n.each(ctx) {
				s.tell(work, slot, note)
				d.hear()
			}
		}
	}
	for slot, note := range n.each(work) {
		if note != nil && len(note.Actions) == 0 {
			s.tell(work, slot, note)
		}
	}
	d.close(work)
}

// each gives what there is to do, in order, until ctx ends.
func (n *Notifier) each(ctx context.Context) func(yield func(string, *Note) bool) {
	return func(yield func(string, *Note) bool) {
		for ctx.Err() == nil {
			n.mu.Lock()
			if len(n.order) == 0 {
				n.mu.Unlock()
				return
			}
			slot := n.order[0]
			note := n.pending[slot]
			n.order = n.order[1:]
			delete(n.pending, slot)
			n.mu.Unlock()
			if !yield(slot, note) {
				return
			}
		}
	}
}

// speaker gives notes to the desktop and copes with one that is absent or mute.
type speaker struct {
	cfg    Config
	desk   desk
	quiet  time.Time // no try before
	absent bool      // at the last try
	told   bool      // of the failure
}

func (s *speaker) tell(ctx context.Context, slot string, note *Note) {
	var err error
	if time.Now().After(s.quiet) {
		err = s.try(ctx, slot, note)
		s.absent = errors.Is(err, errNobody)
	} else if !s.absent {
		return
	}
	if s.absent && note != nil {
		s.cfg.Fallback(note.Title, note.Body)
	}
	if err != nil && ctx.Err() == nil && !s.told {
		s.cfg.Logger.Info("the notification service can not be used", slog.Any("error", err))
	}
	s.told = s.told || err != nil
}

// try asks the desktop. One that did not answer is left alone for a while.
func (s *speaker) try(ctx context.Context, slot string, note *Note) error {
	limited, cancel := context.WithTimeout(ctx, s.cfg.Limit)
	defer cancel()
	var err error
	if note == nil {
		err = s.desk.withdraw(limited, slot)
	} else if err = s.desk.show(limited, *note); err == nil {
		s.told = false
	}
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		s.quiet = time.Now().Add(s.cfg.Again)
	}
	return err
}

// plain makes a text that every service takes: names of files can be anything.
func plain(text string, most int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "�")
	for i := range text {
		if most--; most < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
