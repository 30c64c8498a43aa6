package leftover

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWhatIsLeftIsTold(t *testing.T) {
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, t.TempDir()) // taken back afterwards
	}
	check, err := watch()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(os.Getenv("TMPDIR"), "x"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	told := check()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"left " + f.Name(), "1 open: socket", "1 open: " + f.Name()} {
		if open := strings.Contains(want, "open"); open && runtime.GOOS != "linux" {
			continue
		}
		if told == nil || !strings.Contains(told.Error(), want) {
			t.Errorf("%v\ndoes not tell %q", told, want)
		}
	}
	if _, err := os.Stat(filepath.Dir(f.Name())); err == nil {
		t.Error("the folder is still there")
	}
}

func TestNothingLeft(t *testing.T) {
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, t.TempDir())
	}
	check, err := watch()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(os.Getenv("TMPDIR"), "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	if err := check(); err != nil {
		t.Error(err)
	}
}
