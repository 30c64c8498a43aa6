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

// Row is one item in words, sizes and colours: all that a row shows.
type Row struct {
	ID      ID
	Name    string
	Picture Picture
	Sub     string  // size · where from or where to
	Part    float64 // of the bar, negative for none
	Detail  string  // below the bar, or alone
	Color   fyne.ThemeColorName
	Tip     string // the whole story, for a resting pointer
	Link    string // to click on, in place of the detail
	Linked  Action // what a click on it does
	State   string
	StateBy fyne.ThemeColorName
	Actions []Action // with a button
	More    []Action // in the menu only
}

// Picture is what a row's tile shows.
type Picture struct {
	Name string       // of the file, tells its kind
	Path string       // of its content on this computer, "" = it is not here
	Size int64        // bytes, with Path tells another content
	Icon kit.IconName // in place of the kind that the name tells; "" = that
	Mark kit.IconName // on its corner, "" = none
}

// Words turns items into rows.
type Words struct {
	Format *kit.Format
	Now    func() time.Time
	Short  func(*service.Error) string // an error in a few words
	Long   func(*service.Error) string // the same with what was kept and what to do
}

// Row gives the words for an item, with what its queue waits for.
func (w *Words) Row(it *Item, held Held) Row {
	r := Row{ID: it.ID(), Part: -1, Color: kit.ColorSecondary, StateBy: kit.ColorAccent}
	if it.Download != nil {
		w.download(&r, it.Download, held)
	} else {
		w.upload(&r, it.Upload, held)
	}
	return r
}

func (w *Words) upload(r *Row, j *upload.Job, held Held) {
	r.Name = kit.PlainName(j.Name)
	r.Picture = Picture{Name: j.Name, Path: j.Path, Size: j.Size}
	r.Sub = join(w.Format.Size(j.Size), w.from(j))
	switch j.State {
	case upload.Waiting:
		w.waiting(r, held)
	case upload.Retrying:
		w.retrying(r, &retry{j.Err, j.NextTry, j.Try, j.MaxTries}, held)
	case upload.Hashing, upload.Uploading, upload.Finishing, upload.Verifying:
		w.active(r, j)
	case upload.Paused:
		w.paused(r)
		if j.Sent > 0 {
			r.Detail = lang.L("Starts over when resumed")
		}
	case upload.Uploaded, upload.AlreadyThere:
		w.finished(r, j)
	case upload.Failed:
		w.failed(r, j.Err)
		r.Actions = []Action{ActionRetry, ActionRemove}
	case upload.Cancelled:
		w.cancelled(r)
		r.Detail = lang.L("You stopped this upload")
	}
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

func (w *Words) waiting(r *Row, held Held) {
	r.State, r.StateBy = lang.L("Waiting"), kit.ColorSecondary
	r.Detail = held.words()
	r.Actions = []Action{ActionFront, ActionPause, ActionCancel}
}

// words says what keeps every row from going on, "" for nothing.
func (h Held) words() string {
	switch {
	case h.NeedsKey:
		return lang.L("Needs an API key first")
	case h.Paused:
		return lang.L("Paused")
	case h.Offline:
		return lang.L("Until the service is back")
	}
	return ""
}

// retry is a try that failed and the one that is due.
type retry struct {
	err           *service.Error
	at            time.Time // zero: it depends on something else, which a notice tells
	try, maxTries int
}

func (w *Words) retrying(r *Row, t *retry, held Held) {
	r.State, r.StateBy = lang.L("Retrying"), kit.ColorAmber
	left := t.at.Sub(w.Now())
	try := lang.L("attempt {{.Try}} of {{.MaxTries}}", map[string]any{"Try": t.try, "MaxTries": t.maxTries})
	try = strings.ReplaceAll(try, " ", "\u00a0") // stays together when the line is wrapped
	if t.maxTries == 0 {
		try = ""
	}
	next := held.words() // its own time means nothing then
	waits := next == ""
	switch {
	case !waits, t.at.IsZero():
	case left > 500*time.Millisecond:
		next = lang.L("next try in {{.Time}}", map[string]any{"Time": w.Format.Duration(left)})
	default:
		next = lang.L("trying again now")
	}
	if t.err != nil {
		r.Tip = w.Long(t.err)
		reason := w.Short(t.err)
		switch {
		case next == "":
			next = reason
		case waits:
			next = lang.L("{{.Reason}}: {{.Next}}", map[string]any{"Reason": reason, "Next": next})
		}
	}
	r.Detail = join(next, try)
	r.Actions = []Action{ActionFront, ActionPause, ActionCancel}
}

func (w *Words) paused(r *Row) {
	r.State, r.StateBy = lang.L("Paused"), kit.ColorAmber
	r.Actions = []Action{ActionResume, ActionCancel}
}

func (w *Words) failed(r *Row, err *service.Error) {
	r.State, r.StateBy, r.Color = lang.L("Failed"), kit.ColorRed, kit.ColorRed
	if err != nil {
		r.Detail, r.Tip = w.Short(err), w.Long(err)
	}
}

func (w *Words) cancelled(r *Row) {
	r.State, r.StateBy = lang.L("Cancelled"), kit.ColorSecondary
	r.Actions = []Action{ActionRemove}
}

// moving shows how far bytes have come, and how fast.
func (w *Words) moving(r *Row, done, size int64, speed float64, left time.Duration) {
	r.Part = part(done, size)
	r.Detail = w.Format.Percent(r.Part)
	if size < 0 { // nobody knows of how much
		r.Detail = w.Format.Size(done)
	}
	if speed > 0 {
		r.Detail = join(r.Detail, w.Format.Speed(speed))
	}
	if left > 0 {
		r.Detail = join(r.Detail, lang.L("{{.Time}} left", map[string]any{"Time": w.Format.Duration(left)}))
	}
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
		w.moving(r, j.Sent, j.Size, j.Speed, j.Left)
	case upload.Finishing:
		r.State, r.Part = lang.L("Finishing"), 1
		r.Actions = []Action{ActionCancel}
		r.Detail = lang.L("All sent; the service is storing it")
	case upload.Verifying:
		r.State, r.Part = lang.L("Verifying"), 1
		r.Actions = []Action{ActionCancel}
		r.Detail = lang.L("Checking the server’s SHA-256")
		if j.Err != nil {
			r.Detail = lang.L("No clear answer: checking if it arrived")
			r.Tip = w.Long(j.Err)
		}
	}
}

func (w *Words) finished(r *Row, j *upload.Job) {
	r.State, r.StateBy = w.Format.Time(j.Finished), kit.ColorSecondary
	r.Link, r.Linked = ShownLink(j.Link), ActionOpen
	r.Actions = []Action{ActionCopy, ActionOpen}
}

// Title gives the words above a section.
func (m *Model) Title(s Section) string {
	n := m.format.Number(int64(m.Len(s)))
	switch s {
	case SectionUploading:
		switch m.downs[s] {
		case 0:
			return lang.L("UPLOADING")
		case m.Len(s):
			return lang.L("DOWNLOADING")
		}
		return lang.L("TRANSFERRING")
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
