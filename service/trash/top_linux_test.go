package trash

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sluice/service"
)

// mounted pretends that a folder is where another file system begins. All that
// is done there is real.
func mounted(t *testing.T) (b bins, top string) {
	t.Helper()
	dir, _ := home(t)
	top = filepath.Join(dir, "mnt")
	if err := os.Mkdir(top, 0o700); err != nil {
		t.Fatal(err)
	}
	b = ours()
	b.place = func(dir string) (place, error) {
		at, err := placeOf(dir)
		if dir == top || strings.HasPrefix(dir, top+"/") {
			at.mount += 1 << 40
		}
		return at, err
	}
	return b, top
}

func uid() string { return strconv.Itoa(os.Getuid()) }

func folder(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestOwnBinAtTheTop(t *testing.T) {
	b, top := mounted(t)
	path := file(t, filepath.Join(top, "deep", "in it", "a b.png"), "x")
	kept, err := b.move(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(top, ".Trash-"+uid())
	if kept != filepath.Join(bin, "files", "a b.png") || exists(path) {
		t.Errorf("it is at %s", kept)
	}
	if record := contents(t, filepath.Join(bin, "info", "a b.png.trashinfo")); !strings.Contains(record, "\nPath=deep/in%20it/a%20b.png\n") {
		t.Errorf("record: %s", record)
	}
	wantRecord(t, bin, "a b.png", top, path)
	if info, err := os.Stat(bin); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if exists(filepath.Join(b.data, "Trash")) {
		t.Error("the home folder was touched")
	}
}

func TestSharedBinAtTheTop(t *testing.T) {
	b, top := mounted(t)
	folder(t, filepath.Join(top, ".Trash"), 0o777|fs.ModeSticky)
	path := file(t, filepath.Join(top, "a"), "x")
	kept, err := b.move(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(top, ".Trash", uid())
	if kept != filepath.Join(bin, "files", "a") {
		t.Errorf("it is at %s", kept)
	}
	wantRecord(t, bin, "a", top, path)
	if exists(filepath.Join(top, ".Trash-"+uid())) {
		t.Error("two bins were made")
	}
}

// A shared bin in which others could put their folder in place of ours is not
// used; our own is.
func TestSharedBinThatIsNotSafe(t *testing.T) {
	outside := t.TempDir()
	link := func(to string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.Symlink(to, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, arrange := range map[string]func(t *testing.T, all string){
		"no sticky bit": func(t *testing.T, all string) { t.Helper(); folder(t, all, 0o777) },
		"a link":        link(outside),
		"a broken link": link("nowhere"),
		"a file":        func(t *testing.T, all string) { t.Helper(); file(t, all, "") },
		"our folder is a link": func(t *testing.T, all string) {
			t.Helper()
			folder(t, all, 0o777|fs.ModeSticky)
			link(outside)(t, filepath.Join(all, uid()))
		},
		"our folder is a file": func(t *testing.T, all string) {
			t.Helper()
			folder(t, all, 0o777|fs.ModeSticky)
			file(t, filepath.Join(all, uid()), "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, top := mounted(t)
			arrange(t, filepath.Join(top, ".Trash"))
			kept, err := b.move(t.Context(), file(t, filepath.Join(top, "a"), "x"))
			if err != nil {
				t.Fatal(err)
			}
			if kept != filepath.Join(top, ".Trash-"+uid(), "files", "a") {
				t.Errorf("it is at %s", kept)
			}
			if left := names(t, outside); len(left) != 0 {
				t.Errorf("outside: %v", left)
			}
		})
	}
}

func TestOwnBinThatLeadsElsewhere(t *testing.T) {
	for _, linked := range []string{"", "files", "info"} {
		t.Run(linked, func(t *testing.T) {
			b, top := mounted(t)
			outside := t.TempDir()
			at := filepath.Join(top, ".Trash-"+uid(), linked)
			if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(outside, at); err != nil {
				t.Fatal(err)
			}
			path := file(t, filepath.Join(top, "a"), "x")
			_, err := b.move(t.Context(), path)
			wantRefused(t, err, service.ReasonNoBin)
			if left := names(t, outside); len(left) != 0 || !exists(path) {
				t.Errorf("outside: %v", left)
			}
		})
	}
}

func TestBinOfSomebodyElse(t *testing.T) {
	b, top := mounted(t)
	b.uid++ // what the file system gives us is not ours then
	path := file(t, filepath.Join(top, "a"), "x")
	_, err := b.move(t.Context(), path)
	wantRefused(t, err, service.ReasonNoBin)
	if !exists(path) {
		t.Error("gone")
	}
}

// Two file systems that are really two: nothing is copied from one to the
// other.
func TestOtherFileSystem(t *testing.T) {
	dir, _ := home(t)
	other := elsewhere(t, dir)
	b := ours()
	where, err := placeOf(other)
	if err != nil {
		t.Fatal(err)
	}
	top := b.top(other, where)
	remember(t, top)
	path := file(t, filepath.Join(other, "a.png"), "x")
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := b.move(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Dir(filepath.Dir(kept))
	info := filepath.Join(bin, "info", filepath.Base(kept)+infoSuffix)
	t.Cleanup(func() { _, _ = os.Remove(kept), os.Remove(info) })
	if after, err := os.Stat(kept); err != nil || !os.SameFile(before, after) || exists(path) {
		t.Errorf("not moved to %s: %v", kept, err)
	}
	if !strings.HasPrefix(kept, filepath.Join(top, ".Trash")) || exists(filepath.Join(b.data, "Trash")) {
		t.Errorf("it is at %s", kept)
	}
	wantRecord(t, bin, filepath.Base(kept), top, path)

	// The bin in the home folder, chosen wrongly, would fail and not copy.
	path = file(t, filepath.Join(other, "b"), "x")
	at := emptyBin(t, dir)
	if _, err := b.put(at, path); err == nil || !exists(path) {
		t.Errorf("moved to another file system: %v", err)
	}
	if left := names(t, filepath.Join(at.root, "info")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func emptyBin(t *testing.T, dir string) bin {
	t.Helper()
	at := bin{root: filepath.Join(dir, "Trash")}
	for _, name := range []string{"", "files", "info"} {
		folder(t, filepath.Join(at.root, name), 0o700)
	}
	return at
}

// elsewhere makes a folder on another file system than dir.
func elsewhere(t *testing.T, dir string) string {
	t.Helper()
	here, err := placeOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	tried := []string{"/dev/shm", os.Getenv("XDG_RUNTIME_DIR"), "/run", "/var/tmp", "."}
	for _, base := range tried {
		base, err := filepath.Abs(base)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := placeOf(base); err != nil || at.device == here.device {
			continue
		}
		made, err := os.MkdirTemp(base, "sluice-test-") //nolint:usetesting // not where temporary folders are
		if err != nil {
			continue
		}
		t.Cleanup(func() { _ = os.RemoveAll(made) })
		return realDir(t, made)
	}
	t.Fatalf("%s needs a second file system that can be written, and none of these is: %q", t.Name(), tried)
	return ""
}

// remember removes at the end what was not at the top before.
func remember(t *testing.T, top string) {
	t.Helper()
	own := filepath.Join(top, ".Trash-"+uid())
	for _, dir := range []string{own, filepath.Join(own, "files"), filepath.Join(own, "info")} {
		if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
			t.Cleanup(func() { _ = os.Remove(dir) })
		}
	}
}
