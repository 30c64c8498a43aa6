package listing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"sluice/storage/leftover"
)

func TestMain(m *testing.M) { leftover.Main(m) }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func parts(p map[int]string) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for n, data := range p {
			if !yield(n, []byte(data)) {
				return
			}
		}
	}
}

func save(t *testing.T, s *Store, scope string, at int64, whole bool, p map[int]string) {
	t.Helper()
	if err := s.Save(t.Context(), scope, time.UnixMilli(at), whole, parts(p), nil); err != nil {
		t.Fatal(err)
	}
}

func kept(ctx context.Context, s *Store, scope string) (map[int]string, int64, error) {
	got := map[int]string{}
	at, err := s.Load(ctx, scope, func(n int, data []byte) error { got[n] = string(data); return nil })
	return got, at.UnixMilli(), err
}

func want(t *testing.T, s *Store, scope string, at int64, p map[int]string) {
	t.Helper()
	got, when, err := kept(t.Context(), s, scope)
	if err != nil || when != at || !maps.Equal(got, p) {
		t.Errorf("%s: %v at %d, %v; want %v at %d", scope, got, when, err, p, at)
	}
}

func TestListingsAreKeptApart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	s := open(t, dir)
	if _, _, err := kept(t.Context(), s, "a"); !errors.Is(err, ErrNone) {
		t.Errorf("a fresh file: %v", err)
	}
	if err := s.Save(t.Context(), "a", time.Now(), false, parts(map[int]string{1: "x"}), nil); !errors.Is(err, ErrNone) {
		t.Errorf("a difference from nothing: %v", err)
	}
	save(t, s, "a", 1000, true, map[int]string{1: "one", 2: "two", 300: "three"})
	save(t, s, "b", 2000, true, map[int]string{1: "other"})
	save(t, s, "a", 3000, false, map[int]string{2: "TWO", 300: "", 4: "four"})
	save(t, s, "empty", 4000, true, nil)
	for range 2 {
		want(t, s, "a", 3000, map[int]string{1: "one", 2: "TWO", 4: "four"})
		want(t, s, "b", 2000, map[int]string{1: "other"})
		want(t, s, "empty", 4000, map[int]string{})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
	}
	save(t, s, "a", 5000, true, map[int]string{7: "seven"})
	want(t, s, "a", 5000, map[int]string{7: "seven"})
	for range 2 {
		if err := s.Forget(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := kept(t.Context(), s, "a"); !errors.Is(err, ErrNone) {
		t.Errorf("forgotten: %v", err)
	}
	want(t, s, "b", 2000, map[int]string{1: "other"})
	if info, err := os.Stat(filepath.Join(dir, fileName)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
}

// A save that is given up in the middle leaves what was there.
func TestSaveIsAllOrNothing(t *testing.T) {
	s := open(t, t.TempDir())
	save(t, s, "a", 1, true, map[int]string{1: "one"})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Save(ctx, "a", time.UnixMilli(2), true, func(yield func(int, []byte) bool) {
		for n := range 10 {
			if n == 5 {
				cancel()
			}
			if !yield(n, []byte("new")) {
				return
			}
		}
	}, nil)
	if err == nil {
		t.Error("it was written")
	}
	want(t, s, "a", 1, map[int]string{1: "one"})
	own := errors.New("own")
	if _, err := s.Load(t.Context(), "a", func(int, []byte) error { return own }); !errors.Is(err, own) {
		t.Errorf("got %v", err)
	}
	want(t, s, "a", 1, map[int]string{1: "one"})
}

func TestOldListingsGo(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range maxScopes + 3 {
		save(t, s, fmt.Sprint(i), int64(i), true, map[int]string{1: "x"})
	}
	for i := range maxScopes + 3 {
		if _, _, err := kept(t.Context(), s, fmt.Sprint(i)); errors.Is(err, ErrNone) != (i < 3) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// Whatever is in the file: it opens, gives what was saved or nothing, and can
// be written.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	full := map[int]string{}
	for n := range 40 {
		full[n] = string(bytes.Repeat([]byte{byte(n)}, 3000))
	}
	save(t, s, "a", 1, true, full)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fileName)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same damage each time
	gone := 0
	for round := range 40 {
		broken := bytes.Clone(sound)
		switch round % 4 {
		case 0:
			broken = broken[:r.IntN(len(broken))]
		case 1:
			clear(broken[:r.IntN(200)])
		default:
			for range 1 + r.IntN(50) {
				broken[r.IntN(len(broken))] ^= byte(1 + r.IntN(255))
			}
		}
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir)
		got, _, err := kept(t.Context(), s, "a")
		switch {
		case errors.Is(err, ErrNone):
			gone++
		case err != nil:
			t.Errorf("round %d: %v", round, err)
		case !reflect.DeepEqual(got, full):
			t.Errorf("round %d: %d parts of %d, or others", round, len(got), len(full))
		}
		if err := s.Save(t.Context(), "b", time.Now(), true, parts(map[int]string{1: "x"}), nil); errors.Is(err, ErrNone) {
			save(t, s, "b", 1, true, map[int]string{1: "x"})
		} else if err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if gone < 20 {
		t.Errorf("only %d rounds met damage", gone)
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil {
		t.Error("opened inside a file")
	}
}
