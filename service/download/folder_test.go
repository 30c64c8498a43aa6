package download_test

import (
	"os"
	"path/filepath"
	"testing"

	"sluice/service"
	"sluice/service/download"
)

func TestCheckFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, download.CheckFolder(filepath.Join(dir, "new")))
	entries, err := os.ReadDir(filepath.Join(dir, "new"))
	must(t, err)
	if len(entries) != 0 {
		t.Errorf("left %v", entries)
	}
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for name, folder := range map[string]string{
		"a file": file, "below a file": filepath.Join(file, "x"), "on a disk that is away": filepath.Join(dir, "away", "in"),
	} {
		err := service.AsError("", download.CheckFolder(folder))
		if err == nil || err.Kind != service.Invalid || err.Value != service.ReasonFolderUnusable || err.Path != folder {
			t.Errorf("%s: %v", name, err)
		}
	}
}
