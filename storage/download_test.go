package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

func fullDownload() Download {
	return Download{
		API: "https://x/api", FileID: "abc", Album: "alb", Name: "näme\n", Folder: "/home/\xff", Part: "/home/\xff/x.part",
		Path: "/home/\xff/x", Size: 1 << 53, SHA256: "00", ETag: `"e"`, Uploaded: at(1), State: "waiting", Tries: 3, NextTry: at(2),
		FailKind: "offline", FailValue: "stalled", FailText: "text", Added: at(3), Verified: true,
	}
}

func TestDownloadComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	first := must(d.AddDownloads(t.Context(), []Download{fullDownload(), {Size: -1}}))(t)
	second := must(d.AddDownloads(t.Context(), []Download{{FileID: "x", Batch: 70}}))(t)
	if first[0].ID != 1 || first[1].Batch != 1 || first[1].Position != 2 || second[0].Batch != 70 {
		t.Errorf("%+v, %+v", first, second)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	want := append(first, second...)
	if got := must(d.UnfinishedDownloads(t.Context()))(t); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	ended := want[0]
	ended.Name, ended.Folder, ended.Part, ended.Path, ended.Size, ended.SHA256, ended.ETag = "1", "2", "", "3", 4, "5", "6"
	ended.Uploaded, ended.State, ended.Tries, ended.NextTry, ended.Verified, ended.Position = time.Time{}, "failed", 0, time.Time{}, false, -4
	ended.FailKind, ended.FailValue, ended.FailText, ended.Finished = "a", "b", "c", at(9)
	late := want[2]
	late.Finished = at(10)
	gone := Download{ID: 99, State: "never there"}
	if err := d.UpdateDownloads(t.Context(), ended, gone, late); err != nil {
		t.Fatal(err)
	}
	if got := must(d.FinishedDownloads(t.Context(), 9))(t); !reflect.DeepEqual(got, []Download{late, ended}) {
		t.Errorf("got  %+v\nwant %+v", got, ended)
	}
	if got := must(d.FinishedDownloads(t.Context(), 1))(t); len(got) != 1 {
		t.Errorf("%d of at most 1", len(got))
	}
	if err := d.DeleteDownloads(t.Context(), late.ID, ended.ID, 99); err != nil {
		t.Fatal(err)
	}
	if got := must(d.FinishedDownloads(t.Context(), 9))(t); len(got) != 0 {
		t.Errorf("still there: %+v", got)
	}
	if again := must(d.AddDownloads(t.Context(), make([]Download, 1)))(t); again[0].ID != 4 {
		t.Errorf("the id %d was used before", again[0].ID)
	}
}

func TestAnAlbumGivesItsPlaceToItsFiles(t *testing.T) {
	d := open(t, t.TempDir())
	added := must(d.AddDownloads(t.Context(), []Download{{FileID: "a"}, {Album: "l"}, {FileID: "b"}}))(t)
	files := must(d.ReplaceDownload(t.Context(), added[1].ID, []Download{{FileID: "l1", Batch: 1}, {FileID: "l2", Batch: 1}}))(t)
	var order []string
	queue := must(d.UnfinishedDownloads(t.Context()))(t)
	for _, l := range queue {
		order = append(order, l.FileID)
	}
	if !slices.Equal(order, []string{"a", "l1", "l2", "b"}) || queue[1] != files[0] || queue[2] != files[1] {
		t.Errorf("the queue is %q: %+v", order, queue)
	}
	if _, err := d.ReplaceDownload(t.Context(), added[1].ID, files); !errors.Is(err, ErrNotFound) {
		t.Errorf("replaced twice: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.AddDownloads(ctx, files); !errors.Is(err, context.Canceled) {
		t.Errorf("added for nobody: %v", err)
	}
}

func TestDownloadsAreSalvaged(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	want := must(d.AddDownloads(t.Context(), []Download{fullDownload(), {FileID: "b", Size: -1, Finished: at(7)}, {Album: "l"}}))(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	f := must(os.OpenFile(filepath.Join(dir, fileName), os.O_WRONLY, 0))(t)
	must(f.WriteAt(make([]byte, 60), 0))(t)
	closeAll(t, f)
	d = open(t, dir)
	if o := d.Opening(); o.MovedAside == "" || o.Salvaged != 3 {
		t.Errorf("%+v", o)
	}
	got := append(must(d.UnfinishedDownloads(t.Context()))(t), must(d.FinishedDownloads(t.Context(), 9))(t)...)
	if !reflect.DeepEqual(got, []Download{want[0], want[2], want[1]}) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if added := must(d.AddDownloads(t.Context(), make([]Download, 1)))(t); added[0].ID <= want[2].ID {
		t.Errorf("the id %d was used before", added[0].ID)
	}
}
