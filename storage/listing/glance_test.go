package listing

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func wantGlance(t *testing.T, s *Store, scope, want string, at int64) {
	t.Helper()
	data, when, err := s.Glance(t.Context(), scope)
	switch {
	case want == "" && errors.Is(err, ErrNone):
	case err != nil || string(data) != want || when.UnixMilli() != at:
		t.Errorf("%s: %q from %d, %v; want %q from %d", scope, data, when.UnixMilli(), err, want, at)
	}
}

func TestAGlanceIsKeptWithItsListing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put := func(scope string, at int64, whole bool, glance string) {
		t.Helper()
		if err := s.Save(t.Context(), scope, time.UnixMilli(at), whole, parts(map[int]string{1: "x"}), []byte(glance)); err != nil {
			t.Fatal(err)
		}
	}
	wantGlance(t, s, "a", "", 0)
	if err := s.SaveGlance(t.Context(), "a", []byte("of nothing")); !errors.Is(err, ErrNone) {
		t.Errorf("the glance of no listing: %v", err)
	}
	put("a", 1, true, "first")
	put("b", 2, true, "other")
	wantGlance(t, s, "a", "first", 1)
	put("a", 3, false, "second")
	for range 2 {
		wantGlance(t, s, "a", "second", 3)
		wantGlance(t, s, "b", "other", 2)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
	}
	if err := s.SaveGlance(t.Context(), "a", []byte("of another order")); err != nil {
		t.Fatal(err)
	}
	wantGlance(t, s, "a", "of another order", 3)
	want(t, s, "a", 3, map[int]string{1: "x"})
	put("a", 4, false, "") // never older than the listing
	wantGlance(t, s, "a", "", 0)
	put("a", 5, true, "whole")
	wantGlance(t, s, "a", "whole", 5)
	if err := s.Forget(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	wantGlance(t, s, "a", "", 0)
	wantGlance(t, s, "b", "other", 2)
}

// A glance that is damaged is none; the listing stays.
func TestADamagedGlanceIsNone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Save(t.Context(), "a", time.UnixMilli(1), true, parts(map[int]string{1: "x"}), []byte("glance")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.ExecContext(t.Context(), "UPDATE glance SET data = x'00'"); err != nil {
		t.Fatal(err)
	}
	wantGlance(t, s, "a", "", 0)
	want(t, s, "a", 1, map[int]string{1: "x"})
}

// A file of the version without glances keeps its listings.
func TestAFileOfVersionOneStays(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	save(t, s, "a", 7, true, map[int]string{1: "one"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite", filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(t.Context(), "DROP TABLE glance; PRAGMA user_version=1"); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s = open(t, dir)
		want(t, s, "a", 7, map[int]string{1: "one"})
		if err := s.SaveGlance(t.Context(), "a", []byte("glance")); err != nil {
			t.Error(err)
		}
		wantGlance(t, s, "a", "glance", 7)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
