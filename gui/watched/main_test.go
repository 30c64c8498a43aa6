package watched

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"sluice/gui/guitest"
	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/feed"
	"sluice/service/screenshots"
	"sluice/service/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noon() time.Time {
	return time.Date(2026, time.November, 23, 12, 0, 0, 0, time.FixedZone("CET", 3600))
}

// yard is a Folders in memory.
type yard struct {
	mu      sync.Mutex
	events  feed.Feed[watch.FolderID, watch.Event]
	cards   []watch.Card
	pause   watch.Pause
	past    []watch.Entry // oldest first
	failure error         // of the next change
	added   []string      // "path existing"
	reads   []int64
	shots   []screenshots.Folder
}

func (y *yard) Suggest(context.Context) []screenshots.Folder { return y.shots }

func (y *yard) Subscribe(ctx context.Context) (watch.Snapshot, *feed.Subscription[watch.Event]) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return watch.Snapshot{Cards: slices.Clone(y.cards), Pause: y.pause}, y.events.Subscribe(ctx)
}

func (y *yard) Activity(_ context.Context, before int64, limit int) ([]watch.Entry, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.reads = append(y.reads, before)
	if y.failure != nil {
		return nil, y.failure
	}
	var page []watch.Entry
	for _, e := range slices.Backward(y.past) {
		if (before == 0 || e.ID < before) && len(page) < limit {
			page = append(page, e)
		}
	}
	return page, nil
}

func (y *yard) AddFolder(_ context.Context, path string, opts watch.Options, existing bool) (watch.FolderID, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.failure != nil {
		return 0, y.failure
	}
	y.added = append(y.added, fmt.Sprintf("%s %v", path, existing))
	c := watch.Card{ID: watch.FolderID(len(y.added) + 100), Path: path, Options: opts, State: watch.Watching}
	y.cards = append(y.cards, c)
	y.events.Publish(watch.Event{Cards: []watch.Card{c}})
	return c.ID, nil
}

// change changes a card and tells of it.
func (y *yard) change(id watch.FolderID, change func(*watch.Card)) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.failure != nil {
		return y.failure
	}
	for i := range y.cards {
		if y.cards[i].ID == id {
			change(&y.cards[i])
			y.events.Publish(watch.Event{Cards: []watch.Card{y.cards[i]}})
		}
	}
	return nil
}

func (y *yard) Update(_ context.Context, id watch.FolderID, opts watch.Options) error {
	return y.change(id, func(c *watch.Card) { c.Options = opts })
}

func (y *yard) SetEnabled(_ context.Context, id watch.FolderID, on bool) error {
	return y.change(id, func(c *watch.Card) {
		c.State = watch.Off
		if on {
			c.State = watch.Watching
		}
	})
}

func (y *yard) Remove(_ context.Context, id watch.FolderID) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.failure != nil {
		return y.failure
	}
	y.cards = slices.DeleteFunc(y.cards, func(c watch.Card) bool { return c.ID == id })
	y.events.Publish(watch.Event{Removed: []watch.FolderID{id}})
	return nil
}

func (y *yard) Pause(until time.Time) { y.setPause(watch.Pause{On: true, Until: until}) }
func (y *yard) Resume()               { y.setPause(watch.Pause{}) }

func (*yard) CaughtUp(string) bool        { return false }
func (*yard) WholeSince(string) time.Time { return time.Time{} }

func (y *yard) setPause(p watch.Pause) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.pause = p
	y.events.Publish(watch.Event{Pause: &p})
}

// fail makes every change from now on fail, with nil no longer.
func (y *yard) fail(err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.failure = err
}

// happen adds entries.
func (y *yard) happen(entries ...watch.Entry) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.past = append(y.past, entries...)
	y.events.Publish(watch.Event{Entries: entries})
}

func (y *yard) card(id watch.FolderID) watch.Card {
	y.mu.Lock()
	defer y.mu.Unlock()
	i := slices.IndexFunc(y.cards, func(c watch.Card) bool { return c.ID == id })
	if i < 0 {
		return watch.Card{}
	}
	return y.cards[i]
}

// bench is the screen in a window.
type bench struct {
	*guitest.Window
	*Screen

	t      testing.TB
	win    fyne.Window
	yard   *yard
	queue  *guitest.Queue
	now    time.Time
	said   []string
	picks  []func(path string) // dialogs that are open
	looks  func(ctx context.Context, path string, opts watch.Options, soFar func(int, int64)) (watch.Preview, error)
	remote bool
}

func wide() fyne.Size { return fyne.NewSize(972, 760) }

// open shows the screen with the folders of a yard.
func open(tb testing.TB, y *yard, prepare ...func(*bench)) *bench {
	tb.Helper()
	a := test.NewTempApp(tb)
	a.Settings().SetTheme(kit.NewTheme(kit.AppearanceLight))
	b := &bench{t: tb, yard: y, queue: guitest.NewQueue(), now: noon()}
	b.looks = func(context.Context, string, watch.Options, func(int, int64)) (watch.Preview, error) {
		return watch.Preview{Files: 318, Bytes: 1_200_000_000, Names: []string{"a.png", "b.png"}, Skipped: map[watch.Reason]int{watch.ReasonHidden: 2}}, nil
	}
	for _, p := range prepare {
		p(b)
	}
	say := func(format string, args ...any) { b.said = append(b.said, fmt.Sprintf(format, args...)) }
	b.Screen = New(Config{
		Now: func() time.Time { return b.now },
		Words: Words{
			Format: kit.NewFormat("en", func() time.Time { return b.now }, "/home/me"),
			Short:  func(e *service.Error) string { return "short " + e.Kind.String() + " " + e.Value },
			Long:   func(e *service.Error) string { return "long " + e.Kind.String() + " " + e.Value },
		},
		OnMain: b.queue.OnMain, Home: "/home/me",
		Act: func(f func(context.Context)) { b.queue.OnMain(func() { f(context.Background()) }) },
		Look: func(ctx context.Context, path string, opts watch.Options, _ int, soFar func(int, int64)) (watch.Preview, error) {
			return b.looks(ctx, path, opts, soFar)
		},
		OnNetwork: func(string) bool { return b.remote }, Downloads: func() string { return "/home/me/Downloads" },
		Intents: Intents{
			PickFolder: func(title string, chosen func(string)) { say("pick %s", title); b.picks = append(b.picks, chosen) },
			Copy:       func(e watch.Entry) { say("copy %s", e.Link) },
			CopyText:   func(text string) { say("copy text %s", text) },
			Open:       func(link string) { say("open %s", link) },
			ShowFolder: func(path string) { say("folder %s", path) },
			Ask: func(title, text string, answers ...kit.Answer) {
				kit.Ask(b.canvas(), title, text, answers...)
			},
			Tell:    func(text string) { say("tell %s", text) },
			Done:    func(text string) { say("done %s", text) },
			Changed: func(int) {},
		},
	})
	win := test.NewTempWindow(tb, kit.NewTipLayer(b.Object()))
	win.SetPadded(false)
	win.Resize(wide())
	b.win = win
	b.Window = guitest.Drive(tb, win, b.queue)
	tb.Cleanup(b.Close)
	tb.Cleanup(y.events.Close)
	b.Use(func(context.Context) (Folders, error) { return y, nil })
	b.Until("the folders", func() bool { return b.model.State() == Ready && b.model.Activity.read })
	return b
}

func (b *bench) canvas() fyne.Canvas { return kit.Canvas(b.root) }

// pick answers the folder dialog that was opened last.
func (b *bench) pick(path string) {
	b.t.Helper()
	b.Until("a folder dialog", func() bool { return len(b.picks) > 0 })
	chosen := b.picks[len(b.picks)-1]
	b.picks = nil
	chosen(path)
	b.Settle()
}

// told waits until something was said.
func (b *bench) told(what string) {
	b.t.Helper()
	b.Until("“"+what+"” to be said; said was "+strings.Join(b.said, "; "), func() bool {
		return slices.ContainsFunc(b.said, func(s string) bool { return strings.HasPrefix(s, what) })
	})
	b.said = nil
}

// folder is a card of a folder in which all is well.
func folder(id watch.FolderID, path string) watch.Card {
	opts := watch.DefaultOptions()
	opts.Rules.Kinds = []watch.Kind{watch.Images, watch.Videos}
	return watch.Card{ID: id, Path: path, Options: opts, State: watch.Watching, Uploaded: 318, Last: noon().Add(-2 * time.Minute)}
}

// uploads are entries, the last of them just now, so far apart.
func uploads(n int, apart time.Duration) []watch.Entry {
	entries := make([]watch.Entry, n)
	for i := range entries {
		entries[i] = watch.Entry{
			ID: int64(i + 1), Folder: 1, At: noon().Add(-time.Duration(n-1-i) * apart), Path: fmt.Sprintf("shot-%d.png", i+1),
			What: watch.Uploaded, Link: fmt.Sprintf("https://pixeldrain.com/u/id%d", i+1), Size: 1000,
		}
	}
	return entries
}
