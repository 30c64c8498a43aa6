package trash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"sluice/service"
)

// home gives the user of the test a home folder of his own.
func home(t *testing.T) (dir, bin string) {
	t.Helper()
	dir = realDir(t, t.TempDir())
	t.Setenv("HOME", dir)
	t.Setenv("XDG_DATA_HOME", "")
	return dir, filepath.Join(dir, ".local", "share", "Trash")
}

func realDir(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func file(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func contents(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// recorded reads what a record says, as any file manager does.
func recorded(bin, name, top string) (path string, when time.Time, err error) {
	b, err := os.ReadFile(filepath.Join(bin, "info", name+".trashinfo"))
	if err != nil {
		return "", when, err
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) != 4 || lines[0] != "[Trash Info]" || lines[3] != "" {
		return "", when, fmt.Errorf("record: %q", b)
	}
	coded, is := strings.CutPrefix(lines[1], "Path=")
	for _, c := range []byte(coded) {
		if c <= ' ' || c > '~' {
			is = false
		}
	}
	date, also := strings.CutPrefix(lines[2], "DeletionDate=")
	if !is || !also {
		return "", when, fmt.Errorf("record: %q", b)
	}
	if path, err = url.PathUnescape(coded); err != nil {
		return "", when, err
	}
	if top != "" {
		if filepath.IsAbs(path) || strings.Contains(path, "..") {
			return "", when, fmt.Errorf("path %q leaves its file system", path)
		}
		path = filepath.Join(top, path)
	}
	when, err = time.ParseInLocation("2006-01-02T15:04:05", date, time.Local) //nolint:gosmopolitan // as the specification says
	return path, when, err
}

func wantRecord(t *testing.T, bin, name, top, path string) {
	t.Helper()
	got, when, err := recorded(bin, name, top)
	if err != nil {
		t.Fatal(err)
	}
	if got != path {
		t.Errorf("it is to go back to %q, not to %q", got, path)
	}
	if age := time.Since(when); age < -time.Second || age > time.Minute {
		t.Errorf("deleted at %v", when)
	}
}

func wantRefused(t *testing.T, err error, value string) {
	t.Helper()
	var e *service.Error
	if !errors.As(err, &e) || e.Value != value || e.Op != operation || e.Path == "" {
		t.Errorf("got %v, want %s", err, value)
	}
}

func TestHomeBin(t *testing.T) {
	dir, bin := home(t)
	path := file(t, filepath.Join(dir, "Pictures", "shot 1.png"), "one")
	if err := Move(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if exists(path) || contents(t, filepath.Join(bin, "files", "shot 1.png")) != "one" {
		t.Error("not moved")
	}
	wantRecord(t, bin, "shot 1.png", "", path)
	for _, made := range []string{bin, filepath.Join(bin, "files"), filepath.Join(bin, "info")} {
		if info, err := os.Stat(made); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", made, info.Mode(), err)
		}
	}
	if exists(filepath.Join(bin, "directorysizes")) {
		t.Error("sizes of folders, and there is none")
	}
}

func TestDataHome(t *testing.T) {
	dir, bin := home(t)
	data := filepath.Join(dir, "data")
	t.Setenv("XDG_DATA_HOME", data)
	if err := Move(t.Context(), file(t, filepath.Join(dir, "a"), "")); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, filepath.Join(data, "Trash"), "a", "", filepath.Join(dir, "a"))
	t.Setenv("XDG_DATA_HOME", "relative") // to be ignored
	if err := Move(t.Context(), file(t, filepath.Join(dir, "b"), "")); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, bin, "b", "", filepath.Join(dir, "b"))

	t.Setenv("HOME", "")
	path := file(t, filepath.Join(dir, "c"), "")
	wantRefused(t, Move(t.Context(), path), service.ReasonNoBin)
	if !exists(path) {
		t.Error("gone")
	}
}

func TestRelativePathAndLinkedFolder(t *testing.T) {
	dir, bin := home(t)
	file(t, filepath.Join(dir, "real", "a"), "")
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "link"))
	if err := Move(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	wantRecord(t, bin, "a", "", filepath.Join(dir, "real", "a"))
}

func TestOddNames(t *testing.T) {
	dir, bin := home(t)
	for i, name := range []string{
		" ", "-rf", "a\nb", "100%", "%41", "*", "a:b", "#?&=+;", "ünïcödé", "日本.png", "\xff\xfe", `back\slash`, `"'`,
		"...", ".profile", ".x.y", "a.", "[Trash Info]", "name.trashinfo", strings.Repeat("l", 255), strings.Repeat("ö", 127) + "x",
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			path := file(t, filepath.Join(dir, name), name)
			kept, err := ours().move(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Dir(kept) != filepath.Join(bin, "files") || contents(t, kept) != name {
				t.Errorf("it is at %q", kept)
			}
			wantRecord(t, bin, filepath.Base(kept), "", path)
		})
	}
}

func ours() bins {
	return bins{data: dataHome(), uid: os.Getuid(), now: time.Now, place: placeOf}
}

// Whatever its name: the record leads back to where it was.
func TestAnyName(t *testing.T) {
	dir, bin := home(t)
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 1, 255).Draw(t, "name")
		name := strings.NewReplacer("/", "_", "\x00", "_").Replace(string(raw))
		if name == "." || name == ".." {
			name = "dots"
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			if errors.Is(err, syscall.EISDIR) {
				return // ".local"
			}
			t.Fatal(err)
		}
		kept, err := ours().move(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := recorded(bin, filepath.Base(kept), "")
		if err != nil || back != path {
			t.Fatalf("%q, %v", back, err)
		}
		if got, err := os.ReadFile(kept); err != nil || !bytes.Equal(got, raw) {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

func TestSameNames(t *testing.T) {
	dir, bin := home(t)
	path := filepath.Join(dir, "a.png")
	seen := map[string]bool{}
	for i := range counted + 5 {
		text := strconv.Itoa(i)
		kept, err := ours().move(t.Context(), file(t, path, text))
		if err != nil {
			t.Fatal(err)
		}
		if seen[kept] || contents(t, kept) != text || filepath.Ext(kept) != ".png" {
			t.Errorf("%d: it is at %s", i, kept)
		}
		seen[kept] = true
		wantRecord(t, bin, filepath.Base(kept), "", path)
	}
	if n := len(names(t, filepath.Join(bin, "files"))); n != counted+5 {
		t.Errorf("%d files", n)
	}
	if !exists(filepath.Join(bin, "files", "a.2.png")) {
		t.Error("no a.2.png")
	}
}

func TestNamesToTry(t *testing.T) {
	for _, c := range []struct {
		base string
		n    int
		want string
	}{
		{"a.png", 1, "a.png"},
		{"a.png", 2, "a.2.png"},
		{".profile", 2, ".profile.2"},
		{"none", 3, "none.3"},
		{"a.this is no extension at all", 2, "a.this is no extension at all.2"},
	} {
		if got := binName(c.base, c.n, 245); got != c.want {
			t.Errorf("%s, %d: %s", c.base, c.n, got)
		}
	}
	for room := 20; room < 30; room++ {
		got := binName(strings.Repeat("ö", 100)+".png", 2, room)
		if len(got) > room || len(got) < room-1 || !utf8.ValidString(got) || !strings.HasSuffix(got, ".2.png") {
			t.Errorf("in %d bytes: %q", room, got)
		}
	}
	// Many of one name do not make the search long.
	one, two := binName("a.png", counted+1, 245), binName("a.png", counted+1, 245)
	if one == two || !strings.HasPrefix(one, "a.") || filepath.Ext(one) != ".png" {
		t.Errorf("%s and %s", one, two)
	}
}

func TestFileThatGoesMeanwhile(t *testing.T) {
	dir, bin := home(t)
	path := file(t, filepath.Join(dir, "a"), "")
	b := ours()
	b.place = func(dir string) (place, error) {
		_ = os.Remove(path)
		return placeOf(dir)
	}
	_, err := b.move(t.Context(), path)
	wantRefused(t, err, service.ReasonMissingFile)
	if left := names(t, filepath.Join(bin, "info")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// A record without its file, or a file without its record, keeps its name.
func TestNothingInTheBinIsReplaced(t *testing.T) {
	dir, bin := home(t)
	file(t, filepath.Join(bin, "info", "a.png.trashinfo"), "old record")
	file(t, filepath.Join(bin, "files", "a.2.png"), "old file")
	kept, err := ours().move(t.Context(), file(t, filepath.Join(dir, "a.png"), "new"))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(kept) != "a.3.png" || contents(t, kept) != "new" {
		t.Errorf("it is at %s", kept)
	}
	if contents(t, filepath.Join(bin, "files", "a.2.png")) != "old file" ||
		contents(t, filepath.Join(bin, "info", "a.png.trashinfo")) != "old record" {
		t.Error("replaced")
	}
	if exists(filepath.Join(bin, "info", "a.2.png.trashinfo")) {
		t.Error("a record of nothing is left")
	}
}

func TestManyAtOnce(t *testing.T) {
	dir, bin := home(t)
	const n = 40
	done := make(chan error)
	for i := range n {
		path := file(t, filepath.Join(dir, strconv.Itoa(i), "same"), strconv.Itoa(i))
		go func() { done <- Move(t.Context(), path) }()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, name := range names(t, filepath.Join(bin, "files")) {
		wantRecord(t, bin, name, "", filepath.Join(dir, contents(t, filepath.Join(bin, "files", name)), "same"))
	}
	if got := len(names(t, filepath.Join(bin, "info"))); got != n {
		t.Errorf("%d records", got)
	}
}

func TestWhatIsNotMoved(t *testing.T) {
	dir, bin := home(t)
	wantRefused(t, Move(t.Context(), filepath.Join(dir, "nothing")), service.ReasonMissingFile)
	target := file(t, filepath.Join(dir, "target"), "")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, Move(t.Context(), link), service.ReasonNotRegular)
	wantRefused(t, Move(t.Context(), dir), service.ReasonNotRegular)
	t.Chdir(dir) // a socket's path must be short
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	wantRefused(t, Move(t.Context(), "socket"), service.ReasonNotRegular)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Move(ctx, target); !errors.Is(err, context.Canceled) || !exists(target) {
		t.Errorf("got %v", err)
	}
	if exists(bin) {
		t.Error("a bin was made for nothing")
	}
	if err := Move(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, Move(t.Context(), filepath.Join(bin, "files", "target")), service.ReasonNoBin) // from the bin into it
	wantRecord(t, bin, "target", "", target)
}

// What is in the way of the bin leaves the file where it is. That holds for an
// administrator too, who may write everywhere.
func TestBinThatCanNotBeUsed(t *testing.T) {
	for _, obstacle := range []string{".local", ".local/share/Trash", ".local/share/Trash/files", ".local/share/Trash/info"} {
		t.Run(obstacle, func(t *testing.T) {
			dir, bin := home(t)
			file(t, filepath.Join(dir, obstacle), "in the way")
			path := file(t, filepath.Join(dir, "a"), "kept")
			wantRefused(t, Move(t.Context(), path), service.ReasonNoBin)
			if contents(t, path) != "kept" || exists(filepath.Join(bin, "info", "a.trashinfo")) {
				t.Error("something was done")
			}
		})
	}
}

// The kernel's own files are on file systems on which nothing can be made.
func TestFileSystemWithoutABin(t *testing.T) {
	home(t)
	wantRefused(t, Move(t.Context(), "/proc/self/status"), service.ReasonNoBin)
	if !exists("/proc/self/status") {
		t.Error("gone")
	}
}

// A file that can't be renamed leaves no record.
func TestNoRecordOfWhatWasNotMoved(t *testing.T) {
	dir, bin := home(t)
	b := ours()
	at, err := b.choose(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.put(at, filepath.Join(dir, "never there")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if left := names(t, filepath.Join(bin, "info")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// Some file systems can't rename in one step without replacing.
func TestFileSystemThatOnlyReplaces(t *testing.T) {
	for _, why := range []error{syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP} {
		plain := func(string, string) error { return why }
		dir := t.TempDir()
		from, to := file(t, filepath.Join(dir, "from"), "new"), file(t, filepath.Join(dir, "to"), "old")
		if err := rename(plain, from, to); !errors.Is(err, fs.ErrExist) || contents(t, to) != "old" {
			t.Errorf("%v: %v", why, err)
		}
		if err := rename(plain, from, filepath.Join(dir, "free")); err != nil || contents(t, filepath.Join(dir, "free")) != "new" {
			t.Errorf("%v: %v", why, err)
		}
	}
	if err := rename(func(string, string) error { return syscall.EXDEV }, "a", "b"); !errors.Is(err, syscall.EXDEV) {
		t.Errorf("got %v", err)
	}
}
