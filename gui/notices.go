package gui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
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
}

func newNotices(s *Shell) *notices {
	n := &notices{shell: s, state: kit.NewNotice(), said: kit.NewNotice()}
	n.state.Hide()
	n.said.Hide()
	n.box = kit.NewColumn(8, n.said, n.state)
	return n
}

// totals shows what is wrong with the queue as a whole.
func (n *notices) totals(t upload.Totals) {
	c := n.forTotals(&t)
	if now := [2]string{c.Text, c.Action}; now != n.shown {
		n.shown = now
		if c.Text != "" {
			n.state.Set(c)
		}
		n.visible(n.state, c.Text != "")
	}
}

func (n *notices) forTotals(t *upload.Totals) kit.NoticeContent {
	host := map[string]any{"Host": n.shell.backend.Host()}
	switch {
	case n.shell.backend.Engine == nil:
		return kit.NoticeContent{}
	case t.NeedsKey:
		text := lang.L("Uploads wait for an API key. Files you add now are kept in the list.")
		if t.Err != nil {
			text = ErrorText(t.Err)
		}
		c := kit.NoticeContent{Text: text, Color: kit.ColorAmber}
		if n.shell.cfg.NewSettings != nil {
			c.Action, c.Do = lang.L("Enter a key"), func() { n.shell.Show("settings") }
		}
		return c
	case t.Offline && t.Busy():
		text := lang.L("{{.Host}} can’t be reached. Your files are kept; uploads go on by themselves when it is back.", host)
		if t.Err != nil && t.Err.Kind != service.Offline {
			text = ErrorText(t.Err)
		}
		return kit.NoticeContent{Text: text, Color: kit.ColorAmber}
	case t.Err != nil && t.Busy():
		return kit.NoticeContent{Text: ErrorText(t.Err), Color: kit.ColorAmber}
	}
	return kit.NoticeContent{}
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
