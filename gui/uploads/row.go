package uploads

import (
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// Action is something that can be done with a job.
type Action uint8

// The actions.
const (
	ActionFront Action = iota
	ActionRetry
	ActionCopy
	ActionOpen
	ActionPause
	ActionResume
	ActionCancel // stop it
	ActionRemove // take the row away
)

// Row is one job in words, sizes and colours: all that a row shows.
type Row struct {
	ID      service.JobID
	Name    string
	Sub     string  // size · where from
	Part    float64 // of the bar, negative for none
	Detail  string  // below the bar, or alone
	Color   fyne.ThemeColorName
	Tip     string // the whole story, for a resting pointer
	Link    string // address as shown, in place of the detail
	State   string
	StateBy fyne.ThemeColorName
	Actions []Action
}

// Words turns jobs into rows.
type Words struct {
	Format *kit.Format
	Now    func() time.Time
	Short  func(*service.Error) string // an error in a few words
	Long   func(*service.Error) string // the same with what was kept and what to do
}

// Row gives the words for a job, with the totals that it waits under.
func (w *Words) Row(j *upload.Job, totals *upload.Totals) Row {
	r := Row{
		ID: j.ID, Name: kit.PlainName(j.Name), Part: -1,
		Color: kit.ColorSecondary, StateBy: kit.ColorAccent,
	}
	r.Sub = join(w.Format.Size(j.Size), w.from(j))
	switch j.State {
	case upload.Waiting:
		w.waiting(&r, totals)
	case upload.Retrying:
		w.retrying(&r, j, totals)
	case upload.Hashing, upload.Uploading, upload.Finishing, upload.Verifying:
		w.active(&r, j)
	case upload.Paused:
		r.State, r.StateBy = lang.L("Paused"), kit.ColorAmber
		if j.Sent > 0 {
			r.Detail = lang.L("Starts over when resumed")
		}
		r.Actions = []Action{ActionResume, ActionCancel}
	case upload.Uploaded, upload.AlreadyThere:
		w.finished(&r, j)
	case upload.Failed:
		w.failed(&r, j)
	case upload.Cancelled:
		r.State, r.StateBy = lang.L("Cancelled"), kit.ColorSecondary
		r.Detail = lang.L("You stopped this upload")
		r.Actions = []Action{ActionRemove}
	}
	return r
}

// from says where a file came from, or what became of it.
func (w *Words) from(j *upload.Job) string {
	switch {
	case j.State == upload.AlreadyThere:
		return lang.L("already in your files, nothing sent")
	case j.State == upload.Uploaded && j.Verified:
		return lang.L("verified")
	case j.Origin == upload.Watch:
		return lang.L("watched folder")
	case j.Path == "":
		return ""
	case strings.Contains(j.Path, "://"): // a web address, which its reason is about
		return j.Path
	}
	return w.Format.Folder(filepath.Dir(j.Path))
}

func (w *Words) waiting(r *Row, totals *upload.Totals) {
	r.State, r.StateBy = lang.L("Waiting"), kit.ColorSecondary
	r.Detail = holdUp(totals)
	r.Actions = []Action{ActionFront, ActionPause, ActionCancel}
}

// holdUp says what keeps every row from going on, "" for nothing.
func holdUp(totals *upload.Totals) string {
	switch {
	case totals.NeedsKey:
		return lang.L("Needs an API key first")
	case totals.Paused:
		return lang.L("Paused")
	case totals.Offline:
		return lang.L("Until the service can be reached")
	}
	return ""
}

func (w *Words) retrying(r *Row, j *upload.Job, totals *upload.Totals) {
	r.State, r.StateBy = lang.L("Retrying"), kit.ColorAmber
	left := j.NextTry.Sub(w.Now())
	try := lang.L("attempt {{.Try}} of {{.MaxTries}}", map[string]any{"Try": j.Try, "MaxTries": j.MaxTries})
	try = strings.ReplaceAll(try, " ", "\u00a0") // stays together when the line is wrapped
	if j.MaxTries == 0 {
		try = ""
	}
	next := ""
	held := holdUp(totals)
	switch {
	case held != "": // its own time means nothing then
		next = held
	case j.NextTry.IsZero(): // it depends on something else, which the notice above tells
	case left > 500*time.Millisecond:
		next = lang.L("next try in {{.Time}}", map[string]any{"Time": w.Format.Duration(left)})
	default:
		next = lang.L("trying again now")
	}
	if j.Err != nil {
		r.Tip = w.Long(j.Err)
		reason := w.Short(j.Err)
		switch {
		case next == "":
			next = reason
		case held == "":
			next = lang.L("{{.Reason}}: {{.Next}}", map[string]any{"Reason": reason, "Next": next})
		}
	}
	r.Detail = join(next, try)
	r.Actions = []Action{ActionFront, ActionPause, ActionCancel}
}

func (w *Words) active(r *Row, j *upload.Job) {
	r.Actions = []Action{ActionPause, ActionCancel}
	switch j.State { //nolint:exhaustive // the others do not come here
	case upload.Hashing:
		r.State = lang.L("Hashing")
		r.Part = part(j.Sent, j.Size)
		r.Detail = lang.L("Reading the file")
	case upload.Uploading:
		r.State = lang.L("Uploading")
		r.Part = part(j.Sent, j.Size)
		r.Detail = w.Format.Percent(r.Part)
		if j.Speed > 0 {
			r.Detail = join(r.Detail, w.Format.Speed(j.Speed))
		}
		if j.Left > 0 {
			r.Detail = join(r.Detail, lang.L("{{.Time}} left", map[string]any{"Time": w.Format.Duration(j.Left)}))
		}
	case upload.Finishing:
		r.State, r.Part = lang.L("Finishing"), 1
		r.Actions = []Action{ActionCancel}
		r.Detail = lang.L("All sent; the service is storing it")
	case upload.Verifying:
		r.State, r.Part = lang.L("Verifying"), 1
		r.Actions = []Action{ActionCancel}
		r.Detail = lang.L("Checking the server’s SHA-256")
		if j.Err != nil {
			r.Detail = lang.L("No clear answer: looking whether it arrived")
			r.Tip = w.Long(j.Err)
		}
	}
}

func (w *Words) finished(r *Row, j *upload.Job) {
	r.State, r.StateBy = w.Format.Time(j.Finished), kit.ColorSecondary
	r.Link = ShownLink(j.Link)
	r.Actions = []Action{ActionCopy, ActionOpen}
}

func (w *Words) failed(r *Row, j *upload.Job) {
	r.State, r.StateBy, r.Color = lang.L("Failed"), kit.ColorRed, kit.ColorRed
	if j.Err != nil {
		r.Detail, r.Tip = w.Short(j.Err), w.Long(j.Err)
	}
	r.Actions = []Action{ActionRetry, ActionRemove}
}

// Title gives the words above a section and, for some, what a click beside
// them does.
func (m *Model) Title(s Section) string {
	n := m.format.Number(int64(m.Len(s)))
	switch s {
	case SectionUploading:
		return lang.L("UPLOADING")
	case SectionWaiting:
		return lang.L("WAITING · {{.Count}}", map[string]any{"Count": n})
	case SectionPaused:
		return lang.L("PAUSED · {{.Count}}", map[string]any{"Count": n})
	case SectionFailed:
		return lang.L("FAILED · {{.Count}}", map[string]any{"Count": n})
	case SectionToday:
		return lang.L("FINISHED TODAY · {{.Count}}", map[string]any{"Count": n})
	case SectionEarlier:
		return lang.L("FINISHED EARLIER · {{.Count}}", map[string]any{"Count": n})
	case sections:
	}
	return ""
}

// Label names an action, as its button's tip and in the menu.
func (a Action) Label() string {
	switch a {
	case ActionFront:
		return lang.L("Upload next")
	case ActionRetry:
		return lang.L("Try again")
	case ActionCopy:
		return lang.L("Copy link")
	case ActionOpen:
		return lang.L("Open in the browser")
	case ActionPause:
		return lang.L("Pause")
	case ActionResume:
		return lang.L("Resume")
	case ActionCancel:
		return lang.L("Cancel")
	case ActionRemove:
		return lang.L("Remove from the list")
	}
	return ""
}

// Icon is the drawing on an action's button.
func (a Action) Icon() kit.IconName {
	switch a {
	case ActionFront:
		return kit.IconFront
	case ActionRetry:
		return kit.IconRetry
	case ActionCopy:
		return kit.IconCopy
	case ActionOpen:
		return kit.IconOpen
	case ActionPause:
		return kit.IconPause
	case ActionResume:
		return kit.IconPlay
	case ActionCancel, ActionRemove:
		return kit.IconCross
	}
	return ""
}

// ShownLink is an address without what every address has.
func ShownLink(link string) string {
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := strings.CutPrefix(link, scheme); ok {
			return rest
		}
	}
	return link
}

func part(done, all int64) float64 {
	if all <= 0 {
		return 0
	}
	return float64(done) / float64(all)
}

// join puts a dot between what is there.
func join(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + " · " + b
}
