package home

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readLogs(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, logName+"*"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

func TestLogHidesSecrets(t *testing.T) {
	dir := t.TempDir()
	l, err := OpenLog(dir, slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"5f0a-secret", "5f0a-secret-longer", `odd "key" / ü`}
	for _, s := range secrets {
		l.Hide(s)
		l.Hide(s)
		l.Hide("")
	}
	for _, s := range secrets {
		l.Info("sent", slog.String("text", "before "+s+" after"))
		l.Info("header", slog.String("got", "Basic "+base64.StdEncoding.EncodeToString([]byte(":"+s))))
		l.Error("failed", slog.Any("err", fmt.Errorf("asked %q", s)))
		l.With(slog.String("inner", s)).Info("kept")
	}
	l.Info("named", slog.String("Authorization", "never told of this one"), slog.String("file", "kept.png"))
	l.Debug("below the level", slog.String("file", "unseen.png"))
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	text := readLogs(t, dir)
	for _, s := range secrets {
		for _, form := range forms(s) {
			if strings.Contains(text, form) {
				t.Errorf("%q is in the log:\n%s", form, text)
			}
		}
	}
	for _, bad := range []string{"never told", "longer", "unseen"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in the log:\n%s", bad, text)
		}
	}
	if !strings.Contains(text, "before [hidden] after") || !strings.Contains(text, "kept.png") {
		t.Errorf("too much is hidden:\n%s", text)
	}
}

func TestLogRotates(t *testing.T) {
	dir := t.TempDir()
	const limit, keep, lines = 1000, 2, 200
	r, err := openRotating(dir, logName, limit, keep)
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(r, r, slog.LevelInfo)
	for i := range lines {
		l.Info("line", slog.Int("number", i))
		if i == lines/2 { // goes on in the same file after a restart
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if r, err = openRotating(dir, logName, limit, keep); err != nil {
				t.Fatal(err)
			}
			l = newLog(r, r, slog.LevelInfo)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Write([]byte("late")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("writing after Close gave %v", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != keep+1 {
		t.Fatalf("got files %v, %v", names, err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || info.Size() > limit || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	// The newest lines are all there, none split.
	text := readLogs(t, dir)
	kept := strings.Count(text, "msg=line")
	for i := lines - kept; i < lines; i++ {
		if !strings.Contains(text, fmt.Sprintf("number=%d\n", i)) {
			t.Errorf("line %d is lost", i)
		}
	}
	if kept < 20 {
		t.Errorf("only %d lines are kept", kept)
	}
}

func TestLogNeedsItsFolder(t *testing.T) {
	if _, err := OpenLog(filepath.Join(t.TempDir(), "none"), slog.LevelInfo); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
