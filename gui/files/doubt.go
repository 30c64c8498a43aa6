package files

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/library"
)

// doubtAfter is how long nothing is typed before the search tells what it left out:
// each filter is wrong until the last letter of it is typed.
const doubtAfter = 700 * time.Millisecond

// doubts is a line below the chips for what of the search says nothing and so was
// left out. It may be used on the interface goroutine only.
type doubts struct {
	screen *Screen
	text   *kit.Text
	stop   func() // ends the waiting
}

func newDoubts(s *Screen) *doubts {
	d := &doubts{screen: s, stop: func() {}}
	d.text = kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorAmber, Elide: kit.ElideEnd})
	d.text.Hide()
	return d
}

// searched takes over another search: what is right is no longer doubted, what is
// wrong is told of when nothing more is typed.
func (d *doubts) searched(text string) {
	d.stop()
	words := doubted(library.ParseQuery(text, time.Local).Unfinished)
	if words == "" || d.text.Visible() {
		d.tell(words)
		return
	}
	d.stop = d.screen.cfg.After(doubtAfter, func() { d.tell(words) })
}

func (d *doubts) tell(words string) {
	if words == d.text.Text() && d.text.Visible() == (words != "") {
		return
	}
	d.text.SetText(words)
	d.text.Hidden = words == ""
	d.screen.body.Refresh()
}

// doubted tells the first part of a search that was left out, and what would stand
// in its place; "" when there is none.
func doubted(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	part := map[string]any{"Part": kit.PlainName(parts[0])}
	key, _, _ := strings.Cut(strings.ToLower(parts[0]), ":")
	switch {
	case strings.HasPrefix(key, ">"), strings.HasPrefix(key, "<"):
		return lang.L("“{{.Part}}” is ignored: use a size, like >10MB", part)
	case key == "after", key == "before", key == "on":
		return lang.L("“{{.Part}}” is ignored: use a day, a month or a year, like after:2026-01-31", part)
	case key == "type", key == "kind":
		return lang.L("“{{.Part}}” is ignored: use image, video, audio, document, archive or other", part)
	}
	return lang.L("“{{.Part}}” is ignored: that is too much to search for at once", part)
}
