package uploads

import (
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/download"
)

func (w *Words) download(r *Row, j *download.Job, held Held) {
	w.describe(r, j)
	switch j.State {
	case download.Waiting:
		w.waiting(r, held)
	case download.Retrying:
		w.retrying(r, &retry{j.Err, j.NextTry, j.Try, j.MaxTries}, held)
	case download.Looking, download.Downloading, download.Checking:
		w.coming(r, j)
	case download.Paused:
		w.paused(r)
		if j.Done > 0 {
			r.Detail = lang.L("{{.Size}} here; resumes from there", map[string]any{"Size": w.Format.Size(j.Done)})
		}
	case download.Downloaded:
		r.State, r.StateBy = w.Format.Time(j.Finished), kit.ColorSecondary
		r.Link, r.Linked = w.Format.Folder(filepath.Dir(j.Path)), ActionShow
		r.Actions, r.More = []Action{ActionFile, ActionShow}, []Action{ActionOpen, ActionRemove}
	case download.Failed:
		w.failed(r, j.Err)
		r.Actions = []Action{ActionRetry, ActionRemove}
		if j.InBrowser() {
			r.Actions = []Action{ActionOpen, ActionRetry, ActionRemove}
		} else if j.Link != "" {
			r.More = []Action{ActionOpen}
		}
	case download.Cancelled:
		w.cancelled(r)
		r.Detail = lang.L("You stopped this download")
	}
}

// describe tells what is downloaded and where to, as far as that is known.
func (w *Words) describe(r *Row, j *download.Job) {
	r.Picture = Picture{Name: j.Name, Path: j.Path, Size: j.Size, Mark: kit.IconDown}
	if j.File == "" {
		r.Picture.Icon = kit.IconAlbum
	}
	if r.Name = kit.PlainName(j.Name); j.Name == "" {
		r.Name = ShownLink(j.Link) // until the service has told
	}
	if j.Size >= 0 {
		r.Sub = w.Format.Size(j.Size)
	}
	switch {
	case j.State != download.Downloaded:
		r.Sub = join(r.Sub, lang.L("to {{.Folder}}", map[string]any{"Folder": w.Format.Folder(j.Folder)}))
	case j.Verified:
		r.Sub = join(r.Sub, lang.L("downloaded, verified"))
	default:
		r.Sub = join(r.Sub, lang.L("downloaded"))
	}
}

// coming is about a download that something is being done about.
func (w *Words) coming(r *Row, j *download.Job) {
	r.Actions = []Action{ActionPause, ActionCancel}
	switch j.State { //nolint:exhaustive // the others do not come here
	case download.Looking:
		r.State, r.Part = lang.L("Preparing"), part(j.Done, j.Size)
		r.Detail = lang.L("Getting the file’s details")
		if j.File == "" {
			r.Detail = lang.L("Getting the album’s files")
		}
	case download.Downloading:
		r.State = lang.L("Downloading")
		w.moving(r, j.Done, j.Size, j.Speed, j.Left)
	case download.Checking:
		r.State, r.Part = lang.L("Checking"), 1
		r.Detail = lang.L("Comparing the SHA-256")
	}
}
