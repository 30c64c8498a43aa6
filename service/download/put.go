package download

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sluice/storage"
)

// maxNumber bounds the numbers that are tried for a name.
const maxNumber = 10_000

// put gives the finished file its date and its name. The name is in the
// database before the file has it, so that a crash in between leaves no file
// that would be fetched once more.
func (r *run) put() outcome {
	if whole, err := r.seal(); err != nil {
		return r.unwritten(err)
	} else if !whole {
		return r.lost()
	}
	e, j := r.e, r.j
	name := r.safeName()
	for n := range maxNumber {
		to := filepath.Join(j.row.Folder, numbered(name, n))
		switch _, err := os.Lstat(to); {
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return r.unwritten(err)
		}
		e.mu.Lock()
		j.row.State, j.row.Path = rowPlacing, to
		e.mu.Unlock()
		if e.keep(j) != nil {
			return outcome{verdict: back}
		}
		switch err := moveNew(j.row.Part, to); {
		case err == nil:
			syncFolder(j.row.Folder)
			return outcome{verdict: done} // whoever wants it to stop came too late
		case errors.Is(err, fs.ErrNotExist):
			r.displace()
			return r.lost()
		case !errors.Is(err, fs.ErrExist):
			return r.unwritten(err)
		}
	}
	return r.unwritten(fs.ErrExist)
}

// seal brings the content of the unfinished file to the disk and dates it. It
// reports false when that is not all there any more.
func (r *run) seal() (whole bool, err error) {
	row := &r.j.row
	if r.file == nil { // everything was here already
		r.file, err = os.OpenFile(row.Part, os.O_WRONLY, 0)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	err = r.file.Sync()
	size, whole := r.whole()
	err = errors.Join(err, r.file.Close())
	r.file = nil
	if err != nil || !whole {
		return false, err
	}
	if size != r.got.Load() {
		r.e.removePart(row) // ours, and of no use
		return false, nil
	}
	if !row.Uploaded.IsZero() {
		_ = os.Chtimes(row.Part, time.Time{}, row.Uploaded) // a file without its date is better than none
	}
	return true, nil
}

// moveNew moves a file to a name that nothing has. Of several that do so at
// once one succeeds; the others fail with fs.ErrExist.
func moveNew(from, to string) (err error) {
	for _, way := range []func(from, to string) error{renameNew, linkNew, coverNew} {
		if err = way(from, to); err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

// linkNew is moveNew in two steps.
func linkNew(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return err
	}
	_ = os.Remove(from) // placed removes it otherwise
	return nil
}

// coverNew is moveNew for disks without links, as sticks and cards are: it
// takes the name with an empty file.
func coverNew(from, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// syncFolder brings the names in a folder to the disk, where that can be done.
func syncFolder(folder string) {
	if dir, err := os.Open(folder); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}

// placed reports whether an earlier start has put the file into its place and
// was ended before it could say so.
func (r *run) placed() bool {
	row := &r.j.row
	final, err := os.Lstat(row.Path)
	if err != nil || !final.Mode().IsRegular() || final.Size() != row.Size {
		return false
	}
	part, err := os.Lstat(row.Part)
	switch {
	case err == nil && os.SameFile(part, final):
		return os.Remove(row.Part) == nil
	case !errors.Is(err, fs.ErrNotExist):
		return false
	}
	r.show(Checking)
	return r.holds(row)
}

// displace gives up the place that was chosen.
func (r *run) displace() {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.row.State, r.j.row.Path = rowWaiting, ""
}

// holds reports whether the file at the row's path has the row's content.
func (r *run) holds(row *storage.Download) bool {
	f, err := os.Open(row.Path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // only read from
	h := sha256.New()
	_, err = io.Copy(h, &stoppable{r.ctx, f})
	return err == nil && hex.EncodeToString(h.Sum(nil)) == row.SHA256
}
