//go:build unix && !darwin

package trash

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

func move(ctx context.Context, path string) error {
	_, err := bins{data: dataHome(), uid: os.Getuid(), now: time.Now, place: placeOf}.move(ctx, path)
	return err
}

// dataHome is where programs keep a user's data, "" if nobody knows.
func dataHome() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	if home := os.Getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share")
	}
	return ""
}

// bins are those of one user, after the Trash specification 1.0 of
// freedesktop.org.
type bins struct {
	data  string // "" = no home
	uid   int
	now   func() time.Time
	place func(dir string) (place, error)
}

// place tells mounted file systems apart: within one, a file can be renamed.
type place struct{ device, mount uint64 }

// bin is one of them.
type bin struct {
	root string // the folder with "files" and "info"
	top  string // what recorded paths begin at, "" = the root of all
}

// move moves a file and says where it is now.
func (b bins) move(ctx context.Context, path string) (string, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", refused(path, err)
	}
	at, err := b.choose(dir)
	if err != nil {
		return "", refused(path, err)
	}
	source := filepath.Join(dir, filepath.Base(path))
	if strings.HasPrefix(source, at.root+"/") {
		return "", refused(path, errors.New("it is in the bin"))
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	kept, err := b.put(at, source)
	if err == nil {
		return kept, nil
	}
	if gone := check(path); gone != nil {
		return "", gone
	}
	return "", refused(path, err)
}

// choose gives the bin for files of a folder, and makes it if need be.
func (b bins) choose(dir string) (bin, error) {
	where, err := b.place(dir)
	if err != nil {
		return bin{}, err
	}
	if b.data == "" {
		return bin{}, errors.New("neither HOME nor XDG_DATA_HOME says where the bin is")
	}
	if at, is, err := b.home(where); is || err != nil {
		return at, err
	}
	top := b.top(dir, where)
	root, err := b.shared(top)
	if err != nil {
		own := filepath.Join(top, ".Trash-"+strconv.Itoa(b.uid))
		if also := b.ownFolder(own); also != nil {
			return bin{}, errors.Join(err, also)
		}
		root = own
	}
	at := bin{root: root, top: top}
	for _, name := range []string{"files", "info"} {
		if err := b.ownFolder(filepath.Join(root, name)); err != nil {
			return bin{}, err
		}
	}
	return at, nil
}

// home gives the bin in the home folder if that is on the file system. Links on
// the way there are the user's own wish.
func (b bins) home(where place) (at bin, is bool, err error) {
	root := filepath.Join(b.data, "Trash")
	for existing := root; ; existing = filepath.Dir(existing) {
		here, err := b.place(existing)
		if err == nil {
			if here != where {
				return bin{}, false, nil
			}
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return bin{}, false, err
		}
	}
	for _, name := range []string{"files", "info"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o700); err != nil {
			return bin{}, false, err
		}
	}
	root, err = filepath.EvalSymlinks(root)
	return bin{root: root}, true, err
}

// top is where the file system of a folder begins.
func (b bins) top(dir string, where place) string {
	for {
		up := filepath.Dir(dir)
		if here, err := b.place(up); up == dir || err != nil || here != where {
			return dir
		}
		dir = up
	}
}

// shared gives our folder in the bin that an administrator has made for all. It
// is good only if nobody can put something else in our folder's place.
func (b bins) shared(top string) (string, error) {
	all := filepath.Join(top, ".Trash")
	info, err := os.Lstat(all)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || info.Mode()&fs.ModeSticky == 0 {
		return "", fmt.Errorf("%s is not a folder with the sticky bit", all)
	}
	own := filepath.Join(all, strconv.Itoa(b.uid))
	return own, b.ownFolder(own)
}

// ownFolder makes a folder unless it is there, and refuses one that leads
// elsewhere or belongs to somebody else. Its mode is not looked at: many USB
// drives give all files the same.
func (b bins) ownFolder(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(owner.Uid) != b.uid {
		return fmt.Errorf("%s is not a folder of ours", path)
	}
	return nil
}

const (
	infoSuffix = ".trashinfo"
	counted    = 50  // names with a number that are tried before random ones
	tries      = 100 // names
	longName   = 255 // bytes: what nearly all file systems take
	shortName  = 143 // and those that encrypt names
)

// put moves a file into a bin. The record of where it was comes first, and
// takes the name.
func (b bins) put(at bin, source string) (string, error) {
	record, err := b.record(at, source)
	if err != nil {
		return "", err
	}
	room := longName
	for n := 1; n <= tries; n++ {
		name := binName(filepath.Base(source), n, room-len(infoSuffix))
		info, kept := filepath.Join(at.root, "info", name+infoSuffix), filepath.Join(at.root, "files", name)
		err = writeNew(info, record)
		if errors.Is(err, syscall.ENAMETOOLONG) && room > shortName {
			room = shortName
			continue
		}
		if err == nil {
			if err = rename(renameNew, source, kept); err == nil {
				return kept, nil
			}
			err = errors.Join(err, os.Remove(info))
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return "", err
}

// record is the contents of the .trashinfo file.
func (b bins) record(at bin, source string) (string, error) {
	path := source
	if at.top != "" {
		rel, err := filepath.Rel(at.top, source)
		if err != nil {
			return "", err
		}
		path = rel
	}
	return fmt.Sprintf("[Trash Info]\nPath=%s\nDeletionDate=%s\n",
		(&url.URL{Path: path}).EscapedPath(), b.now().Local().Format("2006-01-02T15:04:05")), nil
}

// binName is the n-th name to try, of at most room bytes.
func binName(base string, n, room int) string {
	ext := filepath.Ext(base)
	if ext == base || len(ext) > 20 { // ".profile" has none
		ext = ""
	}
	stem := strings.TrimSuffix(base, ext)
	switch {
	case n > counted:
		ext = "." + rand.Text() + ext
	case n > 1:
		ext = "." + strconv.Itoa(n) + ext
	}
	if most := room - len(ext); len(stem) > most {
		for most > 0 && !utf8.RuneStart(stem[most]) {
			most--
		}
		stem = stem[:most]
	}
	return stem + ext
}

// writeNew writes a file that was not there, and nothing of it if it can't.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// rename renames a file unless there is one of that name, in one step if that
// can be done.
func rename(step func(from, to string) error, from, to string) error {
	err := step(from, to)
	if !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	// The file system can't do that in one step. The record keeps other
	// programs from this name.
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	return os.Rename(from, to)
}
