package storage

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

func watchFile(path string) WatchFile {
	return WatchFile{
		Path: path, Device: 1<<63 + 5, Inode: 1<<64 - 1, Size: 9, Changed: -7, SHA256: "00", State: "uploaded", Batch: 3,
		Handed: at(1), Gone: at(2), Link: "l",
	}
}

func fillWatch(t *testing.T, d *DB) (WatchFolder, []WatchFile, []WatchEntry) {
	t.Helper()
	folder := must(d.AddWatchFolder(t.Context(), WatchFolder{Path: "/w\xff", Options: "{}", Enabled: true, Added: at(3)}, []WatchFile{{Path: "old", State: "first"}}))(t)
	one := watchFile("n\xffw")
	one.Folder = folder.ID
	entries := must(d.KeepWatched(t.Context(), WatchChange{Put: []WatchFile{one}, Add: []WatchEntry{
		{Folder: folder.ID, At: at(4), Path: "n\xff", What: "uploaded", Reason: "r", Link: "l", Size: 5}, {Folder: folder.ID, At: at(5)},
	}}))(t)
	return folder, []WatchFile{one, {Folder: folder.ID, Path: "old", State: "first"}}, entries
}

func ledger(t *testing.T, d *DB, folder int64) []WatchFile {
	t.Helper()
	files := must(d.WatchFiles(t.Context(), folder))(t)
	slices.SortFunc(files, func(a, b WatchFile) int { return len(a.SHA256)*-1 + len(b.SHA256) })
	return files
}

func TestWatchedFoldersComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	folder, files, entries := fillWatch(t, d)
	folder.Enabled, folder.Uploaded, folder.Last, folder.Options = false, 7, at(9), "x"
	if err := errors.Join(d.UpdateWatchFolder(t.Context(), folder), d.Close()); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	if got := must(d.WatchFolders(t.Context()))(t); !reflect.DeepEqual(got, []WatchFolder{folder}) {
		t.Errorf("got  %+v\nwant %+v", got, folder)
	}
	if got := ledger(t, d, folder.ID); !reflect.DeepEqual(got, files) {
		t.Errorf("got  %+v\nwant %+v", got, files)
	}
	if got := must(d.WatchActivity(t.Context(), 0, 9))(t); !reflect.DeepEqual(got, []WatchEntry{entries[1], entries[0]}) {
		t.Errorf("got  %+v\nwant %+v", got, entries)
	}
	if got := must(d.WatchActivity(t.Context(), entries[1].ID, 9))(t); len(got) != 1 || got[0] != entries[0] {
		t.Errorf("second page %+v", got)
	}
	files[0].State, files[0].Gone = "other", time.Time{}
	must(d.KeepWatched(t.Context(), WatchChange{Put: files[:1], Forget: files[1:]}))(t)
	if got := ledger(t, d, folder.ID); !reflect.DeepEqual(got, files[:1]) {
		t.Errorf("got  %+v\nwant %+v", got, files[:1])
	}
	if err := d.DeleteWatchFolder(t.Context(), folder.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(must(d.WatchFolders(t.Context()))(t)) + len(ledger(t, d, folder.ID)) + len(must(d.WatchActivity(t.Context(), 0, 9))(t)); n != 0 {
		t.Errorf("%d rows left", n)
	}
	if err := d.UpdateWatchFolder(t.Context(), folder); !errors.Is(err, ErrNotFound) {
		t.Errorf("updated what is not there: %v", err)
	}
}

func TestOldActivityIsForgotten(t *testing.T) {
	d := open(t, t.TempDir())
	folder, files, entries := fillWatch(t, d)
	if err := d.ForgetWatched(t.Context(), at(5), at(2)); err != nil {
		t.Fatal(err)
	}
	if got := must(d.WatchActivity(t.Context(), 0, 9))(t); !reflect.DeepEqual(got, entries[1:]) {
		t.Errorf("left %+v", got)
	}
	if got := ledger(t, d, folder.ID); len(got) != len(files) {
		t.Errorf("forgot a file that went at that time: %+v", got)
	}
	if err := d.ForgetWatched(t.Context(), at(5), at(3)); err != nil {
		t.Fatal(err)
	}
	if got := ledger(t, d, folder.ID); !reflect.DeepEqual(got, files[1:]) {
		t.Errorf("left %+v", got)
	}
}

func TestWatchedFoldersAreSalvaged(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	folder, files, entries := fillWatch(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	f := must(os.OpenFile(filepath.Join(dir, fileName), os.O_WRONLY, 0))(t)
	must(f.WriteAt(make([]byte, 60), 0))(t)
	closeAll(t, f)
	d = open(t, dir)
	if o := d.Opening(); o.MovedAside == "" || o.Salvaged != 5 || o.Lost != 0 {
		t.Errorf("%+v", o)
	}
	if got := must(d.WatchFolders(t.Context()))(t); !reflect.DeepEqual(got, []WatchFolder{folder}) {
		t.Errorf("folders %+v", got)
	}
	if got := ledger(t, d, folder.ID); !reflect.DeepEqual(got, files) {
		t.Errorf("files %+v", got)
	}
	if got := must(d.WatchActivity(t.Context(), 0, 9))(t); !reflect.DeepEqual(got, []WatchEntry{entries[1], entries[0]}) {
		t.Errorf("activity %+v", got)
	}
}

func TestBatchOfPath(t *testing.T) {
	d := open(t, t.TempDir())
	first, intakes, err := d.AddIntake(t.Context(), "watch", []string{"/a", "/b\xff"}, at(5))
	if err != nil {
		t.Fatal(err)
	}
	find := func(origin, path string, since time.Time) int64 {
		t.Helper()
		return must(d.BatchOfPath(t.Context(), origin, path, since))(t)
	}
	if got := find("watch", "/b\xff", at(5)); got != first {
		t.Errorf("before the walk: %d", got)
	}
	must(d.AddJobs(t.Context(), intakes[0].ID, []Job{{Path: "/a", Origin: "watch", State: "waiting", Added: at(5)}}))(t)
	if err := d.EndIntake(t.Context(), intakes[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := find("watch", "/a", at(4)); got != first {
		t.Errorf("after the walk: %d", got)
	}
	if find("drop", "/a", at(4)) != 0 || find("watch", "/a", at(6)) != 0 || find("watch", "/c", at(1)) != 0 {
		t.Error("found what is another")
	}
}

func TestDownloadedTo(t *testing.T) {
	d := open(t, t.TempDir())
	must(d.AddDownloads(t.Context(), []Download{{Path: "/a\xff", SHA256: "sum"}, {Path: "/b", SHA256: "other"}}))(t)
	if got := must(d.DownloadedTo(t.Context(), "/a\xff"))(t); !reflect.DeepEqual(got, []string{"sum"}) {
		t.Errorf("%q", got)
	}
	if got := must(d.DownloadedTo(t.Context(), "/c"))(t); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
