package history

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

// Row is one upload in words and colours: all that a row shows.
type Row struct {
	ID      service.JobID
	Name    string
	Sub     string // size · folder
	Time    string // of the day
	Link    string // address as shown, "" when it failed
	State   string // "Uploaded and verified", "Failed" …
	StateBy fyne.ThemeColorName
	Reason  string // why it failed
	Tip     string // the same with what to do, for a resting pointer
}

// Words turns uploads into rows.
type Words struct {
	Format *kit.Format
	Short  func(*service.Error) string // an error in a few words
	Long   func(*service.Error) string // the same with what was kept and what to do
}

// Row gives the words for an upload.
func (w *Words) Row(j *upload.Job) Row {
	r := Row{ID: j.ID, Name: kit.PlainName(j.Name), Time: w.Format.Clock(j.Finished), StateBy: kit.ColorSecondary}
	r.Sub = w.Format.Size(j.Size)
	if j.Path != "" {
		r.Sub += " · " + w.Format.Folder(filepath.Dir(j.Path))
	}
	switch {
	case j.State == upload.Failed:
		r.State, r.StateBy = lang.L("Failed"), kit.ColorRed
		if j.Err != nil {
			r.Reason, r.Tip = w.Short(j.Err), w.Long(j.Err)
		}
		return r
	case j.State == upload.AlreadyThere:
		r.State = lang.L("Already there, nothing sent")
	case j.Verified:
		r.State = lang.L("Uploaded and verified")
	default:
		r.State = lang.L("Uploaded")
	}
	r.Link = shownLink(j.Link)
	return r
}

// Title gives the words above a day.
func (w *Words) Title(d *Day) string {
	n, all := d.Count()
	if !all { // the number would grow while people scroll
		return w.Format.Day(d.Time())
	}
	return w.Format.Day(d.Time()) + " · " + w.Format.Number(int64(n))
}

// shownLink is an address without what every address has.
func shownLink(link string) string {
	_, rest, ok := strings.Cut(link, "://")
	if !ok {
		return link
	}
	return rest
}
