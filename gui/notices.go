package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service"
)

// toastTime is how long passing words stay.
const toastTime = 4 * time.Second

// notices are the lines above the screens: what is wrong as a whole, and what
// was said last.
type notices struct {
	shell *Shell
	state *kit.Notice // for as long as something is wrong
	said  *kit.Notice // until it is closed or its time is over
	box   *fyne.Container
	timer *time.Timer
	count int // of what was said, so that a timer ends its own words only
	shown [2]string

	offline time.Time // since when the service can't be reached, zero while it can
	until   time.Time // when it is tried again
}

func newNotices(s *Shell) *notices {
	n := &notices{shell: s, state: kit.NewNotice(), said: kit.NewNotice()}
	n.state.Hide()
	n.said.Hide()
	n.box = kit.NewColumn(8, n.said, n.state)
	return n
}

// totals shows what is wrong with the queue as a whole.
func (n *notices) totals(t uploads.Totals) {
	if !t.Offline {
		n.offline = time.Time{}
	} else if n.offline.IsZero() {
		n.offline = n.shell.now()
	}
	n.until = t.Until
	c := n.forTotals(&t)
	if now := [2]string{c.Text, c.Action}; now != n.shown {
		n.shown = now
		if c.Text != "" {
			n.state.Set(c)
		}
		n.visible(n.state, c.Text != "")
	}
}

// ticks reports whether the state counts down.
func (n *notices) ticks() bool {
	return n.state.Visible() && n.until.After(n.shell.now().Add(-time.Second))
}

// forTotals chooses the words: first what only its user can change.
func (n *notices) forTotals(t *uploads.Totals) kit.NoticeContent {
	switch {
	case n.shell.backend.Engine == nil:
		return kit.NoticeContent{}
	case t.Up.NeedsKey:
		return n.forKey(t.Up.Err)
	case t.Down.NeedsKey && t.Down.Err != nil:
		return n.forKey(t.Down.Err)
	case t.Err != nil && t.Err.Value == service.ReasonQueueUnwritable:
		return kit.NoticeContent{
			Text: n.one(t, lang.L("Sluice can’t write to its folder on this computer: the disk is full or failed. Your list is kept. Make room on the disk; uploads then go on by themselves."),
				lang.L("Sluice can’t write to its folder on this computer: the disk is full or failed. Your list is kept. Make room on the disk; everything then goes on by itself.")),
			Color: kit.ColorRed,
		}
	case t.Paused:
		return kit.NoticeContent{
			Text: n.one(t, lang.L("All uploads are paused. Files you add now wait too."),
				lang.L("Everything is paused. What you add now waits too.")),
			Color:  kit.ColorAmber,
			Action: lang.L("Resume"), Do: n.shell.resumeAll,
		}
	case !t.Busy():
		return kit.NoticeContent{}
	case t.Offline:
		return kit.NoticeContent{
			Text: n.forOffline(t), Color: kit.ColorAmber,
			Action: lang.L("Try now"), Do: n.shell.tryNow,
		}
	case t.Err != nil && t.Err.Kind == service.RateLimited:
		return kit.NoticeContent{Text: n.forLimit(t), Color: kit.ColorAmber}
	case t.Err != nil:
		return kit.NoticeContent{Text: ErrorText(t.Err), Color: kit.ColorAmber}
	}
	return kit.NoticeContent{}
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

// forOffline tells since when the service can't be reached, or what else is
// wrong with the way there.
func (n *notices) forOffline(t *uploads.Totals) string {
	if t.Err != nil && t.Err.Kind != service.Offline {
		return ErrorText(t.Err)
	}
	d := map[string]any{"Host": n.shell.backend.Host(), "Time": n.shell.format.Time(n.offline)}
	text := n.one(t, lang.L("{{.Host}} has been out of reach since {{.Time}}. Your files are kept; uploads go on by themselves.", d),
		lang.L("{{.Host}} has been out of reach since {{.Time}}. Nothing is lost; everything goes on by itself.", d))
	if left := t.Until.Sub(n.shell.now()); left > time.Second {
		return text + " " + lang.L("Next try in {{.Time}}.", map[string]any{"Time": n.shell.format.Duration(left)})
	}
	return text + " " + lang.L("Trying again now.")
}

// forLimit tells that the service asks to slow down.
func (n *notices) forLimit(t *uploads.Totals) string {
	host := map[string]any{"Host": n.shell.backend.Host()}
	text := n.one(t, lang.L("{{.Host}} asks for fewer uploads at a time. Your files are kept.", host),
		lang.L("{{.Host}} asks for fewer files at a time. Nothing is lost.", host))
	if left := t.Until.Sub(n.shell.now()); left > time.Second {
		d := map[string]any{"Time": n.shell.format.Duration(left)}
		return text + " " + n.one(t, lang.L("Uploads go on in {{.Time}}.", d), lang.L("Everything goes on in {{.Time}}.", d))
	}
	return text + " " + n.one(t, lang.L("Uploads go on by themselves."), lang.L("Everything goes on by itself."))
}

// tell shows a sentence until it is closed.
func (n *notices) tell(text string, c fyne.ThemeColorName) {
	n.stop()
	n.said.Set(kit.NoticeContent{Text: text, Color: c, Close: lang.L("Close"), Dismiss: n.hush})
	n.visible(n.said, true)
}

// toast shows a few words that go away by themselves.
func (n *notices) toast(text string) {
	n.tell(text, kit.ColorAccent)
	count := n.count
	n.timer = time.AfterFunc(toastTime, func() {
		n.shell.onMain(func() {
			if n.count == count {
				n.hush()
			}
		})
	})
}

func (n *notices) hush() {
	n.stop()
	n.visible(n.said, false)
}

func (n *notices) stop() {
	n.count++
	if n.timer != nil {
		n.timer.Stop()
		n.timer = nil
	}
}

func (n *notices) visible(notice *kit.Notice, on bool) {
	if on {
		notice.Show()
	} else {
		notice.Hide()
	}
	n.box.Refresh()
	if n.shell.frame != nil {
		n.shell.frame.relayout()
	}
}

// height is what the notices need, with the room around them; 0 for none.
func (n *notices) height() float32 {
	if !n.state.Visible() && !n.said.Visible() {
		return 0
	}
	return n.box.MinSize().Height
}
