package gui

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

// costlyDownload is how much may be thrown away without asking, in bytes.
const costlyDownload = 32 << 20

// downloadFiles brings files of the account to this computer.
func (s *Shell) downloadFiles(files []service.File) {
	targets := make([]download.Target, len(files))
	for i := range files {
		targets[i] = download.Target{File: files[i].ID, Name: files[i].Name, Size: files[i].Size}
	}
	s.download(s.downloadFolder(), targets)
}

// download puts files and albums into the queue, and says where they go.
func (s *Shell) download(folder string, targets []download.Target) {
	s.actDown("download", func(ctx context.Context, e *download.Engine) error {
		if _, err := e.Add(ctx, folder, targets); err != nil {
			return err
		}
		s.onMain(func() {
			s.toast(lang.N("{{.Count}} downloads go to {{.Folder}}", len(targets), map[string]any{
				"Count": s.format.Number(int64(len(targets))), "Folder": s.format.Folder(folder),
			}))
		})
		return nil
	})
}

// downloadFolder is where downloads go when nobody says otherwise.
func (s *Shell) downloadFolder() string {
	if s.backend.DownloadFolder != nil {
		if folder := s.backend.DownloadFolder(); folder != "" {
			return folder
		}
	}
	return filepath.Join(s.cfg.Home, "Downloads")
}

// stopDownload cancels a download, and asks first where much is here of it.
func (s *Shell) stopDownload(row uploads.ID, do func()) {
	id, _ := row.Download()
	job, ok := s.uploads.Model().Download(id)
	if !ok || job.Done < costlyDownload {
		do()
		return
	}
	text := lang.L("{{.Done}} of {{.Size}} is here and would be deleted. If you pause it, it can resume from there any time.",
		map[string]any{"Done": s.format.Size(job.Done), "Size": s.format.Size(max(job.Size, job.Done))})
	s.ask(func() bool {
		j, ok := s.uploads.Model().Download(id)
		return ok && !j.State.Finished()
	}, lang.L("Stop “{{.Name}}”?", map[string]any{"Name": kit.PlainName(job.Name)}), text,
		kit.Answer{Label: lang.L("Stop it"), Kind: kit.ButtonDanger, Do: do},
		kit.Answer{Label: lang.L("Keep downloading"), Kind: kit.ButtonPrimary})
}

// downloadsDone says that batches of downloads have ended. In the background
// only the end of everything is told.
func (s *Shell) downloadsDone(done []download.Batch) {
	n := 0
	for i := range done {
		for j := range done[i].Jobs {
			if done[i].Jobs[j].State == download.Downloaded {
				n++
			}
		}
	}
	if n > 0 && !s.hidden() {
		s.toast(lang.N("{{.Count}} files downloaded", n, map[string]any{"Count": s.format.Number(int64(n))}))
	}
}

// tryNow does not wait any longer for the service to be back.
func (s *Shell) tryNow() {
	s.actOnAll("try", (*upload.Engine).TryNow, (*download.Engine).TryNow)
}

// openDownloaded opens a file with the program that the desktop has for it. What
// may be a program itself is not started by one click.
func (s *Shell) openDownloaded(id service.DownloadID) {
	do := func() {
		s.withDownloaded(id, func(_ context.Context, path string) error { return s.cfg.OpenURL(fileURL(path)) })
	}
	job, ok := s.uploads.Model().Download(id)
	if !ok || !mayRun(job.Name) {
		do()
		return
	}
	s.ask(nil, lang.L("Open “{{.Name}}”?", map[string]any{"Name": kit.PlainName(job.Name)}),
		lang.L("Opening this kind of file can start a program. Only do that if you know where it comes from."),
		kit.Answer{Label: lang.L("Open the file"), Kind: kit.ButtonDanger, Do: do},
		kit.Answer{Label: lang.L("Show in folder"), Kind: kit.ButtonPlain, Do: func() { s.showDownloaded(id) }},
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPrimary})
}

// mayRun reports whether some desktop starts a program when a file of this name
// is opened.
func mayRun(name string) bool {
	return slices.Contains([]string{
		".app", ".appimage", ".appref-ms", ".bat", ".cmd", ".com", ".command", ".cpl", ".deb", ".desktop", ".dmg", ".exe", ".hta", ".inf",
		".jar", ".js", ".jse", ".lnk", ".msc", ".msi", ".msix", ".msp", ".pif", ".pkg", ".ps1", ".py", ".pyw", ".reg", ".rpm", ".run",
		".scf", ".scr", ".sh", ".terminal", ".url", ".vb", ".vbe", ".vbs", ".workflow", ".ws", ".wsf", ".wsh",
	}, strings.ToLower(filepath.Ext(name)))
}

// showDownloaded shows a file in its folder.
func (s *Shell) showDownloaded(id service.DownloadID) {
	s.withDownloaded(id, func(ctx context.Context, path string) error {
		if err := s.cfg.Reveal(ctx, path); err == nil {
			return nil
		}
		return s.cfg.OpenURL(fileURL(filepath.Dir(path)))
	})
}

// withDownloaded does something with a file away from the interface goroutine,
// if it is still where it was put.
func (s *Shell) withDownloaded(id service.DownloadID, do func(ctx context.Context, path string) error) {
	job, ok := s.uploads.Model().Download(id)
	if !ok || job.Path == "" {
		return
	}
	s.acts.add(func(ctx context.Context) {
		switch _, err := os.Lstat(job.Path); {
		case errors.Is(err, fs.ErrNotExist):
			s.Tell(lang.L("“{{.Name}}” is no longer in {{.Folder}}. It was moved or deleted.",
				map[string]any{"Name": kit.PlainName(job.Name), "Folder": s.format.Folder(filepath.Dir(job.Path))}))
			return
		case do(ctx, job.Path) != nil && ctx.Err() == nil:
			s.Tell(lang.L("No program could open {{.Path}}. The file is there: open it yourself.",
				map[string]any{"Path": s.format.Folder(job.Path)}))
		}
	})
}

// fileURL is the address of a file or folder of this computer.
func fileURL(path string) *url.URL {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	return &url.URL{Scheme: "file", Path: path}
}
