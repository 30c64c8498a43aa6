package thumbnail_test

import (
	"os"
	"path/filepath"
	"testing"

	"sluice/service"
	"sluice/service/thumbnail"
	"sluice/storage/thumbs"
)

// Without a service in use a local picture is shown, but kept for none.
func TestLocalPicturesOfNoServiceAreNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(path, dot(t, 1, 300), 0o600); err != nil {
		t.Fatal(err)
	}
	disk := newDisk(t)
	w := start(t, thumbnail.Config{Disk: disk, Local: func(service.FileID) (string, bool) { return path, true }})
	wanted := []thumbnail.Wanted{{File: "abc", MIME: "image/png"}}
	w.Want(100, wanted)
	w.awaitAll(t, 100, wanted)
	if _, state := w.Get("abc", 100); state != thumbnail.Ready {
		t.Errorf("the picture is %s", state)
	}
	if _, kept := disk.Get(t.Context(), thumbs.Key{File: "abc"}, service.MaxThumbnailNew); kept {
		t.Error("the picture is on the disk for a service without an address")
	}
}
