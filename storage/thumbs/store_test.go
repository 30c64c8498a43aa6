package thumbs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/storage/leftover"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		fmt.Fprintln(os.Stderr, putUntilKilled(context.Background(), dir))
		os.Exit(1)
	}
	leftover.Main(m)
}

func open(tb testing.TB, dir string, opts ...func(*Config)) *Store {
	tb.Helper()
	cfg := Config{Dir: dir}
	for _, o := range opts {
		o(&cfg)
	}
	s, err := Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { closeStore(tb, s) })
	return s
}

func closeStore(tb testing.TB, s *Store) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Error(err)
	}
}

func flush(tb testing.TB, s *Store) {
	tb.Helper()
	if err := s.Flush(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

func key(n int) Key { return Key{"https://example.org/api", fmt.Sprintf("file%d", n)} }

// made gives bytes that follow from the key and the class.
func made(k Key, class, size int) []byte {
	seed := [32]byte{byte(class)}
	copy(seed[1:], k.File)
	b := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(b) // never fails
	return b
}

func want(tb testing.TB, s *Store, k Key, class, gotClass, size int) {
	tb.Helper()
	got, ok := s.Get(tb.Context(), k, class)
	if !ok || got.None || got.Class != gotClass || !bytes.Equal(got.Data, made(k, gotClass, size)) {
		tb.Errorf("%s at %d: ok %v, none %v, class %d with %d bytes, want class %d with %d", k.File, class, ok, got.None, got.Class, len(got.Data), gotClass, size)
	}
}

func wantMiss(tb testing.TB, s *Store, k Key) {
	tb.Helper()
	if got, ok := s.Get(tb.Context(), k, 128); ok {
		tb.Errorf("%s: found class %d, none %v", k.File, got.Class, got.None)
	}
}

func TestWhatIsPutIsFoundAtOnceAndAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	other := Key{"https://example.org/other", key(1).File}
	s.Put(key(1), 128, made(key(1), 128, 9000))
	s.Put(key(1), 256, made(key(1), 256, 30000))
	s.Put(key(2), 128, made(key(2), 128, 10))
	check := func() {
		t.Helper()
		want(t, s, key(1), 128, 128, 9000)
		want(t, s, key(1), 64, 128, 9000)
		want(t, s, key(1), 200, 256, 30000)
		want(t, s, key(1), 500, 256, 30000)
		want(t, s, key(2), 256, 128, 10)
		wantMiss(t, s, other)
		wantMiss(t, s, key(3))
	}
	check()
	flush(t, s)
	check()
	closeStore(t, s)
	s = open(t, dir)
	check()
	s.Put(key(2), 256, made(key(2), 256, 70)) // waits, while 128 is on the disk
	want(t, s, key(2), 256, 256, 70)
	want(t, s, key(2), 128, 128, 10)
	s.Put(key(4), 128, made(key(4), 128, 70))
	flush(t, s)
	s.Put(key(4), 64, made(key(4), 64, 70))
	want(t, s, key(4), 256, 128, 70)
}

func TestAPictureIsReplaced(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range 3 {
		data := made(key(1), 128, 100+i)
		s.Put(key(1), 128, made(key(1), 128, 5))
		s.Put(key(1), 128, data)
		want(t, s, key(1), 128, 128, 100+i)
		flush(t, s)
		want(t, s, key(1), 128, 128, 100+i)
	}
	if got := s.Size(); got != cost(102) {
		t.Errorf("one picture takes %d bytes", got)
	}
}

func TestAFileWithoutThumbnailIsRememberedForItsTime(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := open(t, t.TempDir(), func(c *Config) { c.Now = func() time.Time { return now } })
	s.Put(key(1), 128, made(key(1), 128, 10))
	flush(t, s)
	for _, written := range []bool{false, true} {
		s.PutNone(key(1), now.Add(time.Hour))
		if written {
			flush(t, s)
		}
		if got, ok := s.Get(t.Context(), key(1), 128); !ok || !got.None {
			t.Errorf("written %v: %+v %v", written, got, ok)
		}
		now = now.Add(time.Hour)
		wantMiss(t, s, key(1))
	}
	s.PutNone(key(1), now.Add(time.Hour))
	flush(t, s)
	s.Put(key(1), 128, made(key(1), 128, 10))
	want(t, s, key(1), 128, 128, 10)
	flush(t, s)
	want(t, s, key(1), 128, 128, 10)
}

// onDisk is what the cache's files take.
func onDisk(tb testing.TB, dir string) (n int64) {
	tb.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			tb.Fatal(err)
		}
		if err == nil && filepath.Ext(f.Name()) != ".db-shm" {
			n += info.Size()
		}
	}
	return n
}

func TestTheBudgetHoldsAndTheLeastRecentlyUsedGoes(t *testing.T) {
	dir := t.TempDir()
	const budget, size, favourites = 6 << 20, 20_000, 20
	s := open(t, dir, func(c *Config) { c.Budget = budget })
	for i := range 800 { // 16 MB
		s.Put(key(i), 128, made(key(i), 128, size))
		if i >= favourites && i%80 == 0 {
			flush(t, s)
			for f := range favourites {
				want(t, s, key(f), 128, 128, size)
			}
			if got := onDisk(t, dir); got > budget+batchBytes {
				t.Fatalf("%d bytes on the disk after %d pictures", got, i)
			}
			if got := s.Size(); got > budget || i > 400 && got < budget*3/4 {
				t.Fatalf("%d bytes in use after %d pictures", got, i)
			}
		}
	}
	flush(t, s)
	want(t, s, key(799), 128, 128, size)
	wantMiss(t, s, key(favourites))
	wantMiss(t, s, key(400))
	closeStore(t, s)

	// What was used last, before the restart, stays in a smaller cache.
	s = open(t, dir, func(c *Config) { c.Budget = leastBudget })
	if got := onDisk(t, dir); got > leastBudget+batchBytes {
		t.Errorf("%d bytes on the disk with a smaller budget", got)
	}
	want(t, s, key(799), 128, 128, size)
	want(t, s, key(0), 128, 128, size)
}

func TestClearGivesTheSpaceBack(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 200 {
		s.Put(key(i), 128, made(key(i), 128, 10_000))
		if i == 150 {
			flush(t, s)
		}
	}
	if err := s.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 199} {
		wantMiss(t, s, key(i))
	}
	if got := onDisk(t, dir); got > fixed || s.Size() != 0 {
		t.Errorf("%d bytes on the disk, %d in use", got, s.Size())
	}
	s.Put(key(1), 128, made(key(1), 128, 10))
	flush(t, s)
	want(t, s, key(1), 128, 128, 10)
}

func TestADamagedFileIsBegunAnew(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"not a database": func(t *testing.T, path string) {
			t.Helper()
			write(t, path, []byte("something else, long enough to have a header of a hundred bytes, which it lacks………………………………………"))
		},
		"cut": func(t *testing.T, path string) {
			t.Helper()
			if err := os.Truncate(path, 6000); err != nil {
				t.Fatal(err)
			}
		},
		"a folder": func(t *testing.T, path string) {
			t.Helper()
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				t.Fatal(err)
			}
		},
		"newer": func(t *testing.T, path string) {
			t.Helper()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			data[63]++
			write(t, path, data)
		},
		"first pages": func(t *testing.T, path string) {
			t.Helper()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 200; i < 12*pageSize; i++ {
				data[i] ^= 0x5a
			}
			write(t, path, data)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			for i := range 100 {
				s.Put(key(i), 128, made(key(i), 128, 9000))
			}
			closeStore(t, s)
			harm(t, filepath.Join(dir, fileName))
			s = open(t, dir)
			for i := range 100 {
				if got, ok := s.Get(t.Context(), key(i), 128); ok {
					t.Fatalf("found %+v in a damaged cache", got)
				}
			}
			s.Put(key(1), 128, made(key(1), 128, 10))
			flush(t, s)
			want(t, s, key(1), 128, 128, 10)
		})
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever bytes change on the disk, no wrong picture comes out and the cache
// goes on working.
func TestDamageNeverGivesAWrongPicture(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	r := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	anew := 0
	for range 8 {
		s := open(t, dir)
		for i := range 60 {
			s.Put(key(i), 128, made(key(i), 128, 9000))
		}
		closeStore(t, s)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(40) {
			data[r.IntN(len(data))] ^= byte(1 + r.IntN(255))
		}
		write(t, path, data)
		s = open(t, dir)
		hits := 0
		for i := range 60 {
			got, ok := s.Get(t.Context(), key(i), 128)
			if !ok || got.None {
				continue
			}
			hits++
			if !bytes.Equal(got.Data, made(key(i), got.Class, 9000)) {
				t.Fatal("a wrong picture")
			}
		}
		if hits < 60 {
			anew++
		}
		closeStore(t, s)
	}
	if anew == 0 {
		t.Error("no damage was met: this test shows nothing")
	}
}

func TestManyUsers(t *testing.T) {
	s := open(t, t.TempDir(), func(c *Config) { c.Budget = leastBudget })
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(2, uint64(w)))
			for range 500 {
				k := key(r.IntN(400))
				switch r.IntN(10) {
				case 0:
					s.PutNone(k, time.Now().Add(time.Hour))
				case 1, 2, 3, 4:
					s.Put(k, 128, made(k, 128, 12_000))
				default:
					got, ok := s.Get(t.Context(), k, 128)
					if ok && !got.None && !bytes.Equal(got.Data, made(k, 128, 12_000)) {
						t.Error("a wrong picture")
					}
				}
			}
		})
	}
	wg.Go(func() {
		for range 5 {
			if err := errors.Join(s.Flush(t.Context()), s.Clear(t.Context())); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	flush(t, s)
	if s.Size() > leastBudget {
		t.Errorf("%d bytes in use", s.Size())
	}
}

func TestAfterClose(t *testing.T) {
	s := open(t, t.TempDir())
	closeStore(t, s)
	s.Put(key(1), 128, []byte("x"))
	wantMiss(t, s, key(1))
	for _, err := range []error{s.Flush(t.Context()), s.Clear(t.Context())} {
		if !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
	if s.Size() != 0 {
		t.Error(s.Size())
	}
}

func TestAPlaceThatCannotBeUsedIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, nil)
	if s, err := Open(t.Context(), Config{Dir: filepath.Join(path, "below")}); err == nil {
		t.Error("opened below a file")
		closeStore(t, s)
	}
}

func TestAnOpenThatIsInterruptedHarmsNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Put(key(1), 128, made(key(1), 128, 10))
	closeStore(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(ctx, Config{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
		if err == nil {
			closeStore(t, s)
		}
	}
	s = open(t, dir)
	want(t, s, key(1), 128, 128, 10)
}

func TestWhatIsTooLargeIsNotKept(t *testing.T) {
	s := open(t, t.TempDir(), func(c *Config) { c.Budget = leastBudget })
	s.Put(key(1), 128, make([]byte, leastBudget/maxShare+1))
	s.Put(key(2), 0, []byte("no class"))
	s.Put(key(3), 128, nil)
	for i := 1; i <= 3; i++ {
		wantMiss(t, s, key(i))
	}
}

func BenchmarkGet(b *testing.B) {
	s := open(b, b.TempDir())
	for i := range 1000 {
		s.Put(key(i), 128, made(key(i), 128, 12_000))
		if i%100 == 0 {
			flush(b, s)
		}
	}
	flush(b, s)
	for i := 0; b.Loop(); i++ {
		if _, ok := s.Get(b.Context(), key(i%1000), 128); !ok {
			b.Fatal("missing")
		}
	}
}

func BenchmarkPut(b *testing.B) {
	s := open(b, b.TempDir(), func(c *Config) { c.Budget = 16 << 20 })
	data := made(key(0), 128, 12_000)
	for i := 0; b.Loop(); i++ {
		s.Put(key(i), 128, data)
		if i%50 == 0 {
			flush(b, s)
		}
	}
	flush(b, s)
}
