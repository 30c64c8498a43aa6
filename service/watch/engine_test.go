package watch

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
)

// The real queue, the real database, and a real service on loopback; and all
// is closed and opened again in the middle.
func TestWithTheRealEngine(t *testing.T) {
	t.Parallel()
	box := sandboxtest.New(t)
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: box.APIURL(), Key: sandboxtest.Key, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	var engine *upload.Engine
	clock := clocktest.NewQuick(10)
	r := &rig{t: t, patience: 2 * time.Minute, home: t.TempDir(), dir: t.TempDir(), server: &server{}, cfg: Config{Clock: clock, Logger: slog.New(slog.DiscardHandler)}}
	start := func() {
		db, err := storage.Open(t.Context(), r.home)
		r.ok(err)
		engine, err = upload.New(upload.Config{DB: db, Client: client, Clock: clock})
		r.ok(err)
		r.cfg.DB, r.cfg.Uploader = db, Queue{Engine: engine, DB: db}
		r.w, err = New(r.cfg)
		r.ok(err)
		s, sub := r.w.Subscribe(t.Context())
		r.sub, r.cards = sub, make(map[FolderID]Card)
		for _, c := range s.Cards {
			r.cards[c.ID] = c
		}
	}
	stop := func() {
		r.sub.Close()
		r.ok(errors.Join(r.w.Close(), engine.Close(), r.cfg.DB.Close()))
	}
	start()
	id := r.watch(deepOptions())
	want := make(map[string]bool) // by hash
	put := func(i int) {
		name, content := fmt.Sprintf("sub%d/f%d.txt", i%3, i), fmt.Sprint("content ", i)
		r.mkdir(filepath.Dir(name))
		r.write(name, content)
		want[sumOf([]byte(content))] = true
	}
	for i := range 40 {
		put(i)
	}
	stop()
	for i := range 20 {
		put(40 + i)
	}
	r.ok(os.WriteFile(r.path("again.txt"), []byte("content 1"), 0o600)) // what is there already
	start()
	defer stop()
	r.until("everything uploaded", func() bool {
		return len(box.Uploads()) == len(want) && r.cards[id].Pending == 0 && r.cards[id].Queued == 0
	})
	for _, f := range box.Uploads() {
		if !want[f.SHA256] {
			t.Errorf("%s is wrong or there twice", f.Name)
		}
		delete(want, f.SHA256)
	}
	r.write("last.txt", "last")
	entry := r.entry("last.txt", Uploaded, "")
	if !slices.ContainsFunc(box.Uploads(), func(f service.File) bool { return f.Name == "last.txt" && entry.Link == box.URL()+"/u/"+string(f.ID) }) {
		t.Errorf("link %q", entry.Link)
	}
}
