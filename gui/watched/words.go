package watched

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/watch"
)

// Words turns folders and entries into what people read.
type Words struct {
	Format *kit.Format
	Short  func(*service.Error) string // an error in a few words
	Long   func(*service.Error) string // the same with what to do
}

// Status is the line below a folder's name.
type Status struct {
	Text    string
	Color   fyne.ThemeColorName
	Problem bool   // the card asks for attention
	Command string // what mends it, for a terminal; "" for nothing
}

// Status says how a folder is.
func (w *Words) Status(c *watch.Card, p watch.Pause) Status {
	if c.Reason == watch.ReasonUnwritable {
		return problem(lang.L("Sluice can’t write to its own folder, so nothing is uploaded from here: the disk is full or has failed. Sluice tries again every few seconds."))
	}
	switch c.State {
	case watch.Missing:
		return problem(lang.L("Folder not found. Watching resumes by itself when it is back."))
	case watch.Unreadable:
		return problem(lang.L("This can’t be read: Sluice lacks permission, or it is no longer a folder. Watching resumes by itself when it can be read again."))
	case watch.Polling:
		return w.polling(c, p)
	case watch.Starting:
		return Status{Text: w.counted(lang.L("Looking through the folder…"), c), Color: kit.ColorSecondary}
	case watch.Off:
		return Status{Text: w.counted(lang.L("Switched off"), c), Color: kit.ColorSecondary}
	case watch.Watching:
	}
	return w.usual(lang.L("Watching"), c, p)
}

func problem(text string) Status { return Status{Text: text, Color: kit.ColorAmber, Problem: true} }

// usual is the line of a folder in which nothing is wrong.
func (w *Words) usual(state string, c *watch.Card, p watch.Pause) Status {
	s := Status{Color: kit.ColorSecondary}
	if p.On {
		state, s.Color = w.Paused(p), kit.ColorAmber
	}
	s.Text = w.counted(state, c)
	return s
}

// Paused says until when everything is paused.
func (w *Words) Paused(p watch.Pause) string {
	if p.Until.IsZero() {
		return lang.L("Paused until Sluice restarts")
	}
	return lang.L("Paused until {{.Time}}", map[string]any{"Time": w.Format.Clock(p.Until)})
}

// polling is the line of a folder that is looked through every few seconds.
func (w *Words) polling(c *watch.Card, p watch.Pause) Status {
	switch c.Reason { //nolint:exhaustive // others are no reasons of folders
	case watch.ReasonNetwork:
		return w.usual(lang.L("On another computer, so checked every few seconds"), c, p)
	case watch.ReasonWatches:
		s := problem(lang.L("The system’s limit on watched folders is reached, so this one is checked every few seconds instead. Nothing is missed. To raise the limit, run this in a terminal:"))
		s.Command = raise("max_user_watches", 1<<19, c.Limit)
		return w.elsewhere(s, lang.L("The system’s limit on watched folders is reached, so this one is checked every few seconds instead. Nothing is missed."))
	case watch.ReasonInstances:
		s := problem(lang.L("The system’s limit on programs that watch folders is reached, so this one is checked every few seconds instead. Nothing is missed. To raise the limit, run this in a terminal:"))
		s.Command = raise("max_user_instances", 1<<10, c.Limit)
		return w.elsewhere(s, lang.L("The system’s limit on open files is reached, so this folder is checked every few seconds instead. Nothing is missed."))
	}
	return w.usual(lang.L("The system reports no changes here, so it is checked every few seconds"), c, p)
}

// raise is the command with which Linux allows more than the limit, now and after
// a restart.
func raise(setting string, usual, limit int) string {
	return "echo fs.inotify." + setting + "=" + strconv.Itoa(max(usual, 2*limit)) + " | sudo tee /etc/sysctl.d/60-sluice-" + strings.ReplaceAll(setting, "_", "-") + ".conf && sudo sysctl --system"
}

// elsewhere leaves the command out where there is none.
func (w *Words) elsewhere(s Status, text string) Status {
	if runtime.GOOS != "linux" {
		s.Text, s.Command = text, ""
	}
	return s
}

// counted adds to a state what there is to do and what was done.
func (w *Words) counted(state string, c *watch.Card) string {
	count := func(n int) map[string]any { return map[string]any{"Count": w.Format.Number(int64(n))} }
	parts := []string{state}
	if c.Pending > 0 {
		parts = append(parts, lang.N("{{.Count}} files not complete yet", c.Pending, count(c.Pending)))
	}
	if c.Queued > 0 {
		parts = append(parts, lang.N("{{.Count}} files in the queue", c.Queued, count(c.Queued)))
	}
	switch {
	case c.Uploaded > 0 && !c.Last.IsZero():
		parts = append(parts, lang.L("last upload {{.Time}}", map[string]any{"Time": w.Format.Ago(c.Last)}))
		fallthrough
	case c.Uploaded > 0:
		parts = append(parts, lang.L("{{.Count}} uploaded", count(c.Uploaded)))
	case c.State == watch.Watching || c.State == watch.Polling:
		parts = append(parts, lang.L("nothing uploaded yet"))
	}
	return strings.Join(parts, " · ")
}

// Outcome is what became of a file, in words.
type Outcome struct {
	Time  string
	Name  string
	Text  string // the link without what every address has, or what happened
	Link  bool   // Text is a link
	Color fyne.ThemeColorName
	Tip   string // more, for a resting pointer
}

// Outcome says what an entry tells; copied says that its link is on the
// clipboard.
func (w *Words) Outcome(e *watch.Entry, copied bool) Outcome {
	o := Outcome{Time: w.Format.Clock(e.At), Name: kit.PlainName(e.Path), Color: kit.ColorSecondary}
	switch e.What {
	case watch.Uploaded, watch.AlreadyThere:
		o.Color, o.Link, o.Text = kit.ColorAccent, e.Link != "", shownLink(e.Link)
		o.Tip = lang.L("Copy link")
		if e.What == watch.AlreadyThere {
			o.Tip = lang.L("Already there, nothing sent") + " · " + o.Tip
		}
		if copied {
			o.Text, o.Tip = lang.L("Link copied"), shownLink(e.Link)
		}
	case watch.Skipped:
		o.Text = lang.L("Skipped: {{.Reason}}", map[string]any{"Reason": Reason(e.Reason)})
	case watch.Waiting:
		o.Text = lang.L("Waiting: {{.Reason}}", map[string]any{"Reason": Reason(e.Reason)})
	case watch.Failed:
		o.Color = kit.ColorRed
		o.Text, o.Tip = w.failure(e.Reason)
	case watch.Moved:
		o.Text = lang.L("Moved after the upload")
	case watch.Binned:
		o.Text = lang.L("Moved to the bin")
	case watch.Kept:
		o.Color = kit.ColorAmber
		o.Text = lang.L("Not moved: {{.Reason}}", map[string]any{"Reason": Reason(e.Reason)})
	}
	return o
}

// failure says why an upload failed: the reason is the kind or the value of its
// error.
func (w *Words) failure(reason watch.Reason) (text, tip string) {
	if reason == "cancelled" {
		return lang.L("You stopped this upload"), ""
	}
	err := &service.Error{Kind: service.ParseKind(string(reason))}
	if err.Kind.String() != string(reason) {
		err.Kind, err.Value = service.Invalid, string(reason)
	}
	return lang.L("Failed: {{.Reason}}", map[string]any{"Reason": w.Short(err)}), w.Long(err)
}

// shownLink is an address without what every address has.
func shownLink(link string) string {
	if _, rest, ok := strings.Cut(link, "://"); ok {
		return rest
	}
	return link
}

// Title gives the words above a day.
func (w *Words) Title(t time.Time) string { return w.Format.Day(t) }

// Reason says in a few words why a file was not taken, or not moved.
func Reason(r watch.Reason) string {
	if text := reasonOfRules(r); text != "" {
		return text
	}
	switch r { //nolint:exhaustive // others are in reasonOfRules, or of folders
	case watch.ReasonNotRegular:
		return lang.L("not an ordinary file")
	case watch.ReasonLink:
		return lang.L("a symlink, not followed")
	case watch.ReasonEmpty:
		return lang.L("an empty file")
	case watch.ReasonWriting:
		return lang.L("still being written")
	case watch.ReasonUnreadable:
		return lang.L("it can’t be read")
	case watch.ReasonEdited:
		return lang.L("edited after its upload")
	case watch.ReasonSame:
		return lang.L("another name for an earlier file")
	case watch.ReasonDownloaded:
		return lang.L("downloaded by Sluice")
	case watch.ReasonName:
		return lang.L("its name is too long or invalid")
	case watch.ReasonNotMoved:
		return lang.L("it could not be moved")
	case watch.ReasonChanged:
		return lang.L("it has changed since")
	case service.ReasonNoBin:
		return lang.L("this computer has no bin for it")
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

// reasonOfRules is Reason for what people have chosen.
func reasonOfRules(r watch.Reason) string {
	switch r { //nolint:exhaustive // others are no rules
	case watch.ReasonHidden:
		return lang.L("hidden")
	case watch.ReasonTemporary:
		return lang.L("an unfinished file")
	case watch.ReasonKind:
		return lang.L("another kind of file")
	case watch.ReasonInclude:
		return lang.L("not one of the chosen names")
	case watch.ReasonExclude:
		return lang.L("a name you excluded")
	case watch.ReasonSmall:
		return lang.L("too small")
	case watch.ReasonLarge:
		return lang.L("too large")
	}
	return ""
}

// inside reports whether path is below dir.
func inside(path, dir string) bool {
	separator := string(filepath.Separator)
	return path != dir && strings.HasPrefix(path, strings.TrimRight(dir, separator)+separator)
}
