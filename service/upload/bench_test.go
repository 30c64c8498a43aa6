package upload_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
)

// BenchmarkSmallFiles uploads 500 files of 16 KiB in turn by the client alone,
// which only opens and sends them, and by the engine, which also finds them,
// keeps the queue, states and attempts on the disk, looks for duplicates and
// verifies. The difference is what the engine costs a file.
func BenchmarkSmallFiles(b *testing.B) {
	const files, size, workers = 500, 16 << 10, 4
	server := sandboxtest.New(b, func(c *sandbox.Config) { c.Discard = true })
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: server.APIURL(), Key: sandboxtest.Key, Workers: workers + 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	db, err := storage.Open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	engine, err := upload.New(upload.Config{DB: db, Client: client, Workers: workers})
	if err != nil {
		b.Fatal(errors.Join(err, db.Close()))
	}
	b.Cleanup(func() {
		if err := errors.Join(engine.Close(), db.Close()); err != nil {
			b.Error(err)
		}
	})
	random := rand.NewChaCha8([32]byte{4})
	dir := b.TempDir()
	fresh := func() (paths []string) { // contents that nobody has
		content := make([]byte, size)
		for i := range files {
			_, _ = random.Read(content) // never fails
			path := filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				b.Fatal(err)
			}
			paths = append(paths, path)
		}
		return paths
	}
	var alone, whole time.Duration
	for range b.N {
		paths := fresh()
		start := time.Now()
		sendAlone(b, client, paths, workers)
		alone += time.Since(start)
		fresh()
		start = time.Now()
		sendWhole(b, engine, paths)
		whole += time.Since(start)
	}
	each := float64(time.Microsecond) * float64(b.N) * files
	b.ReportMetric(0, "ns/op") // of both together: says nothing
	b.ReportMetric(float64(alone)/each, "client-µs/file")
	b.ReportMetric(float64(whole)/each, "engine-µs/file")
	b.ReportMetric(float64(whole-alone)/each, "overhead-µs/file")
}

func sendAlone(b *testing.B, client *pixeldrain.Client, paths []string, workers int) {
	b.Helper()
	var wg sync.WaitGroup
	next := make(chan string)
	for range workers {
		wg.Go(func() {
			for path := range next {
				if err := sendOne(b, client, path); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, path := range paths {
		next <- path
	}
	close(next)
	wg.Wait()
}

func sendOne(b *testing.B, client *pixeldrain.Client, path string) error {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = client.Upload(b.Context(), pixeldrain.Upload{Name: info.Name(), Size: info.Size(), Body: file})
	}
	return errors.Join(err, file.Close())
}

func sendWhole(b *testing.B, engine *upload.Engine, paths []string) {
	b.Helper()
	id, err := engine.Add(b.Context(), upload.Drop, paths)
	if err != nil {
		b.Fatal(err)
	}
	jobs, err := engine.Wait(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	for _, j := range jobs {
		if j.State != upload.Uploaded || !j.Verified {
			b.Fatalf("%q: %v, %v", j.Name, j.State, j.Err)
		}
	}
}
