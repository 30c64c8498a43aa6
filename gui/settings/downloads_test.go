package settings

import (
	"os"
	"path/filepath"
	"testing"

	prefs "sluice/service/settings"
)

func TestDownloadFolderIsChosen(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("Downloads", "Save to", "~/Downloads")
	b.MustNotSee("Use the default folder")
	b.Tap("Change folder…") // and given up
	b.still("downloads.folder")
	dir := t.TempDir()
	b.folder = filepath.Join(dir, "in")
	b.Tap("Change folder…")
	b.kept("downloads.folder", b.folder)
	b.UntilSees("Use the default folder")
	if b.model.downloadFolder() != b.folder {
		t.Errorf("shows %q", b.model.downloadFolder())
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used := b.folder
	b.folder = file
	b.Tap("Change folder…")
	b.UntilSees("Sluice can’t write to ")
	b.idle()
	if got := b.session.store.Values().DownloadFolder; got != used {
		t.Errorf("downloads go to %q", got)
	}
	b.Tap("Use the default folder")
	b.kept("downloads.folder", "")
	b.UntilSees("~/Downloads")
	b.MustNotSee("Use the default folder", "Sluice can’t write to ")
}

func TestDownloadsAtATimeAreShown(t *testing.T) {
	b := newBench(t, noKey(), NewScreen)
	b.MustSee("Downloads at a time", "3")
	if err := b.session.store.Change(t.Context(), func(v *prefs.Values) { v.Downloads = 7 }); err != nil {
		t.Fatal(err)
	}
	b.UntilSees("7")
	b.model.onMain(func() { b.model.change(func(v *prefs.Values) { v.Downloads = 9 }) })
	b.kept("downloads.workers", "9")
}
