package gui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service"
)

// How long passing words stay, and how closely that is counted.
const (
	toastTime  = 4 * time.Second
	noticeStep = time.Second
	looseSteps = 4 // then cards with room below them are moved down
)

// mostSaid is how many sentences stand on the window at a time.
const mostSaid = 3

// notices are what the window announces, on cards above the screens: conditions,
// which hold as long as something is so, and what was said. Whatever comes and
// goes, the screens stay where they are.
type notices struct {
	shell *Shell
	cards *kit.Cards
	queue condition // what holds everything up
	files condition // why the files are of an earlier time
	said  []*said   // the oldest first
	told  []told    // of all that was said the last, the newest last
	wait  func()    // ends the waiting for the next step; nil: nothing is counted
	quiet int       // steps in which nothing came or went

	offline time.Time // since when the service can't be reached, zero while it can
	until   time.Time // when it is tried again
}

// offlineKind is the condition that the service is out of reach.
const offlineKind = "offline"

// condition is a notice that stands as long as something is so, or until people
// close it.
type condition struct {
	kind    string // tells conditions apart, "" = none
	ofFiles bool   // it is told where the files are
	shown   kit.NoticeContent
	closed  bool
	card    *kit.Notice
}

// said is a sentence that stands until it is closed, or passes.
type said struct {
	topic string // another sentence about the same takes its place; "" = about nothing else
	text  string
	left  time.Duration // until it passes, 0: it does not
	card  *kit.Notice
}

func newNotices(s *Shell) *notices {
	return &notices{
		shell: s, cards: kit.NewCards(), queue: condition{card: kit.NewNotice()},
		files: condition{card: kit.NewNotice(), ofFiles: true},
	}
}

// totals shows what is wrong with the queue as a whole.
func (n *notices) totals(t uploads.Totals) {
	if !t.Offline {
		n.offline = time.Time{}
	} else if n.offline.IsZero() {
		n.offline = n.shell.now()
	}
	n.until = t.Until
	kind, c := n.forTotals(&t)
	n.set(&n.queue, kind, c)
}

// set shows what a condition is now.
func (n *notices) set(c *condition, kind string, content kit.NoticeContent) {
	c.closed = c.closed && c.kind == kind
	if c.kind == kind && c.shown.Text == content.Text && c.shown.Action == content.Action {
		return
	}
	if c.kind != kind {
		n.cards.Take(c.card) // another one is another card
	}
	c.kind, c.shown = kind, content
	if kind != "" {
		content.Close, content.Dismiss = lang.L("Close"), func() {
			c.closed = true
			n.place(c)
		}
		c.card.Set(content)
	}
	n.place(c)
}

// place shows a condition where it is to be told.
func (n *notices) place(c *condition) {
	frame := n.shell.frame
	onFiles := frame != nil && n.shell.filesSeen()
	here := (!c.ofFiles || onFiles) && (frame == nil || frame.hello == nil) // the first start's screen is about nothing else
	if c == &n.queue && c.kind == offlineKind && onFiles && n.files.kind != "" {
		here = false // that the service is out of reach is told once
	}
	if c.kind != "" && !c.closed && here {
		n.cards.Put(c.card)
		return
	}
	n.cards.Take(c.card)
	n.bell()
	n.count()
}

// forFiles shows why the files are of an earlier time, where they are shown; words
// without text: they are not.
func (n *notices) forFiles(c kit.NoticeContent) {
	n.set(&n.files, c.Text, c)
	n.place(&n.queue)
}

// shown fits the cards to the screen that is shown, which needs some room at the
// bottom for itself.
func (n *notices) shown(floor float32) {
	n.cards.Settle(floor)
	n.place(&n.files)
	n.place(&n.queue)
}

// ticks reports whether the state counts down.
func (n *notices) ticks() bool {
	return n.queue.kind != "" && n.until.After(n.shell.now().Add(-time.Second))
}

// forTotals chooses the words: first what only its user can change. kind tells
// conditions apart whose words change while they last, "" is none.
func (n *notices) forTotals(t *uploads.Totals) (kind string, c kit.NoticeContent) {
	switch {
	case n.shell.backend.Engine == nil:
		return "", c
	case t.Up.NeedsKey && t.Up.Err == nil:
		return "key", n.forKey(nil)
	case t.Up.NeedsKey:
		return "refused", n.forKey(t.Up.Err)
	case t.Down.NeedsKey && t.Down.Err != nil:
		return "refused", n.forKey(t.Down.Err)
	case t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable:
		return "disk", kit.NoticeContent{
			Text: n.one(t, lang.L("Sluice can’t write to its folder on this computer: the disk is full or has failed. Your list is kept. Free up disk space; uploads then resume by themselves."),
				lang.L("Sluice can’t write to its folder on this computer: the disk is full or has failed. Your list is kept. Free up disk space; everything then resumes by itself.")),
			Color: kit.ColorRed,
		}
	case t.Paused:
		return "paused", kit.NoticeContent{
			Text: n.one(t, lang.L("All uploads are paused. Files you add now wait too."),
				lang.L("Everything is paused. Anything you add now waits too.")),
			Color:  kit.ColorAmber,
			Action: lang.L("Resume"), Do: n.shell.resumeAll,
		}
	case !t.Busy():
		return "", c
	case t.Offline:
		return offlineKind, kit.NoticeContent{
			Text: n.forOffline(t), Color: kit.ColorAmber,
			Action: lang.L("Try now"), Do: n.shell.tryNow,
		}
	case t.Err != nil && t.Err.Kind == service.RateLimited:
		return "limit", kit.NoticeContent{Text: n.forLimit(t), Color: kit.ColorAmber}
	case t.Err != nil:
		return "error", kit.NoticeContent{Text: ErrorText(t.Err), Color: kit.ColorAmber}
	}
	return "", c
}

// one chooses between words for uploads and words for downloads too.
func (n *notices) one(t *uploads.Totals, ups, all string) string {
	if t.Down.Busy() {
		return all
	}
	return ups
}

func (n *notices) forKey(err *service.Error) kit.NoticeContent {
	text := lang.L("Uploads wait for an API key. Files you add now are kept in the list.")
	if err != nil {
		text = ErrorText(err)
	}
	c := kit.NoticeContent{Text: text, Color: kit.ColorAmber}
	if n.shell.cfg.NewSettings != nil {
		c.Action, c.Do = lang.L("Enter a key"), func() { n.shell.Show("settings") }
	}
	return c
}

// since writes from when on the service can't be reached: the time, and the day
// where that does not tell which.
func (n *notices) since() string {
	if n.shell.now().Sub(n.offline) < 20*time.Hour {
		return n.shell.format.Clock(n.offline)
	}
	return n.shell.format.Moment(n.offline)
}

// forOffline tells since when the service can't be reached, or what else is
// wrong with the way there.
func (n *notices) forOffline(t *uploads.Totals) string {
	if t.Err != nil && t.Err.Kind != service.Offline {
		return ErrorText(t.Err)
	}
	d := map[string]any{"Host": n.shell.backend.Host(), "Time": n.since()}
	text := n.one(t, lang.L("{{.Host}} has been unreachable since {{.Time}}. Your files are kept; uploads resume by themselves.", d),
		lang.L("{{.Host}} has been unreachable since {{.Time}}. Nothing is lost; everything resumes by itself.", d))
	if left := t.Until.Sub(n.shell.now()); left > time.Second {
		return text + " " + lang.L("Next try in {{.Time}}.", map[string]any{"Time": n.inOne(left)})
	}
	return text + " " + lang.L("Trying again now.")
}

// inOne writes a duration that stays on one line.
func (n *notices) inOne(d time.Duration) string {
	return strings.ReplaceAll(n.shell.format.Duration(d), " ", "\u00a0")
}

// forLimit tells that the service asks to slow down.
func (n *notices) forLimit(t *uploads.Totals) string {
	host := map[string]any{"Host": n.shell.backend.Host()}
	text := n.one(t, lang.L("{{.Host}} asks for fewer uploads at a time. Your files are kept.", host),
		lang.L("{{.Host}} asks for fewer files at a time. Nothing is lost.", host))
	if left := t.Until.Sub(n.shell.now()); left > time.Second {
		d := map[string]any{"Time": n.inOne(left)}
		return text + " " + n.one(t, lang.L("Uploads resume in {{.Time}}.", d), lang.L("Everything resumes in {{.Time}}.", d))
	}
	return text + " " + n.one(t, lang.L("Uploads resume by themselves."), lang.L("Everything resumes by itself."))
}

// tell says a sentence until it is closed.
func (n *notices) tell(text string, c fyne.ThemeColorName) {
	n.say("", kit.NoticeContent{Text: text, Color: c}, 0)
}

// toast says a few words that pass by themselves. What happens in the background is
// only kept: nobody wants to see it much later.
func (n *notices) toast(topic, text string) {
	c := kit.NoticeContent{Text: text, Color: kit.ColorAccent}
	if n.shell.hidden() {
		n.keep(topic, &c)
		return
	}
	n.say(topic, c, toastTime)
}

// offer says what was done until it is closed, with a button.
func (n *notices) offer(topic, text, label string, do func()) {
	n.say(topic, kit.NoticeContent{Text: text, Color: kit.ColorAccent, Action: label, Do: do}, 0)
}

// say shows a sentence for a time; 0: until it is closed.
func (n *notices) say(topic string, c kit.NoticeContent, left time.Duration) {
	i := slices.IndexFunc(n.said, func(w *said) bool { return w.topic == topic && (topic != "" || w.text == c.Text) })
	if i < 0 {
		n.makeRoom()
		i = len(n.said)
		n.said = append(n.said, &said{topic: topic, card: kit.NewNotice()})
	}
	w := n.said[i]
	w.text, w.left = c.Text, left
	n.keep(topic, &c)
	c.Close, c.Dismiss = lang.L("Close"), func() { n.hush(w) }
	w.card.Set(c)
	n.cards.Put(w.card)
	n.quiet = 0
	n.count()
}

// makeRoom takes the oldest sentence away where there are many, first of all one
// that would pass.
func (n *notices) makeRoom() {
	if len(n.said) < mostSaid {
		return
	}
	i := slices.IndexFunc(n.said, func(w *said) bool { return w.left > 0 })
	n.hush(n.said[max(0, i)])
}

func (n *notices) hush(w *said) {
	n.said = slices.DeleteFunc(n.said, func(one *said) bool { return one == w })
	n.cards.Take(w.card)
	n.quiet = 0
	n.count()
}

// count lets time pass for what passes by itself, in steps, while people can see
// it. So a computer that stands still for a while takes one step from it at most.
func (n *notices) count() {
	if n.wait == nil && n.shell.looked() && (n.passes() || n.cards.Loose()) {
		n.wait = n.shell.cfg.After(noticeStep, n.step)
	}
}

// passes reports whether something passes by itself.
func (n *notices) passes() bool {
	return slices.ContainsFunc(n.said, func(w *said) bool { return w.left > 0 })
}

// step takes a step from everything that is seen, unless people are at the cards.
func (n *notices) step() {
	n.wait = nil
	if n.shell.looked() && !n.cards.Attended() {
		if n.quiet++; n.quiet >= looseSteps && !n.passes() && n.cards.Loose() {
			n.cards.Settle(n.shell.frame.floor())
		}
		for _, w := range slices.Clone(n.said) {
			if w.left > 0 && n.cards.Shown(w.card) {
				if w.left -= noticeStep; w.left <= 0 {
					n.hush(w)
				}
			}
		}
	}
	n.count()
}
