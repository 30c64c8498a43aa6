package download

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"sluice/service"
	"sluice/storage"
)

// spareSpace is what a download leaves free on a disk, in bytes.
const spareSpace = 16 << 20

// ready makes sure that the file can be written and finds out how much of it
// is here.
func (r *run) ready() outcome {
	j := r.j
	if err := makeFolder(j.row.Folder); err != nil {
		return r.unwritten(err)
	}
	if j.spoiled {
		r.discard()
	}
	have, err := r.have()
	if err != nil {
		return r.unwritten(err)
	}
	if have > 0 && (j.row.Size >= 0 && have > j.row.Size || j.row.SHA256 == "" && strong(j.row.ETag) == "") {
		r.discard()
		have = 0
	}
	if out := r.room(have); out.verdict != goOn {
		return out
	}
	if have > 0 && (j.hash == nil || j.here != have) {
		if err := r.rehash(have); err != nil {
			return r.unwritten(err)
		}
	}
	r.at(have)
	return outcome{}
}

// makeFolder makes a folder if it is missing, but not the one above it: that
// may be on a disk which is not there.
func makeFolder(folder string) error {
	made := os.Mkdir(folder, 0o777)
	if made == nil {
		return nil
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil && !errors.Is(made, fs.ErrExist):
		return made
	case err == nil && !info.IsDir():
		return &fs.PathError{Op: "mkdir", Path: folder, Err: syscall.ENOTDIR}
	}
	return err
}

// at says how many bytes are here.
func (r *run) at(n int64) {
	r.got.Store(n)
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.here = n
}

// have looks how long the unfinished file is.
func (r *run) have() (int64, error) {
	row := &r.j.row
	if row.Part == "" {
		return 0, nil
	}
	info, err := os.Lstat(row.Part)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	case !info.Mode().IsRegular(): // not ours
		r.e.mu.Lock()
		defer r.e.mu.Unlock()
		row.Part, row.ETag = "", ""
		return 0, nil
	}
	return info.Size(), nil
}

// room looks whether the rest of the file, and of what is being downloaded to
// the same disk, fits there.
func (r *run) room(have int64) outcome {
	folder := r.j.row.Folder
	space, err := r.e.cfg.Space(folder)
	if err != nil || r.fits(have, space) {
		return outcome{} // or nobody knows: writing will tell
	}
	if err := CheckFolder(folder); err != nil && !isFull(err) { // what can't be written has no room, either
		return r.unwritten(err)
	}
	return outcome{verdict: refused, err: r.local(service.ReasonDiskFull, nil)}
}

// fits reports whether the rest of the file fits into a space, and notes that it
// goes there.
func (r *run) fits(have int64, space Space) bool {
	e, j := r.e, r.j
	e.mu.Lock()
	defer e.mu.Unlock()
	need := uint64(spareSpace)
	for other := range e.running {
		if o := other.run; other != j && o.volume == space.Volume {
			need += uint64(max(other.row.Size-o.got.Load(), 0))
		}
	}
	r.volume = space.Volume
	rest := j.row.Size - have
	return rest <= 0 || need+uint64(rest) <= space.Free
}

// local is an error of this computer.
func (r *run) local(reason string, err error) *service.Error {
	return &service.Error{Op: opDownload, Path: r.j.row.Name, Kind: service.Invalid, Value: reason, Err: err}
}

// unwritten decides what it means that the file could not be written.
func (r *run) unwritten(err error) outcome {
	if stoppedBy(r.ctx) != nil {
		return outcome{verdict: back}
	}
	r.j.hash = nil // nobody knows what is in the file
	if isFull(err) {
		return outcome{verdict: refused, err: r.local(service.ReasonDiskFull, err)}
	}
	return outcome{verdict: refused, err: r.local(service.ReasonFolderUnusable, err)}
}

// rehash reads the first n bytes of the unfinished file, as an earlier start
// left them, for the hash.
func (r *run) rehash(n int64) (err error) {
	r.show(Checking)
	f, err := os.Open(r.j.row.Part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.CopyN(h, &stoppable{r.ctx, f}, n); err != nil {
		return err
	}
	r.j.hash = h
	return nil
}

// stoppable is a reader that ends with a context.
type stoppable struct {
	ctx context.Context // io.Reader has no other way to be given up
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.r.Read(p)
}

// open opens the unfinished file, of which the first from bytes stay. Its path
// and the etag of its content are in the database before it is there, so that
// no file is left that nobody knows.
func (r *run) open(from int64, etag string) outcome {
	e, j := r.e, r.j
	fresh := j.row.Part == ""
	if fresh || j.row.ETag != etag {
		e.mu.Lock()
		if fresh {
			token := strings.ToLower(rand.Text()[:8])
			j.row.Part = filepath.Join(j.row.Folder, partName(r.safeName(), token))
		}
		j.row.ETag = etag
		e.mu.Unlock()
		if e.keep(j) != nil {
			return outcome{verdict: back}
		}
	}
	flags := os.O_WRONLY | os.O_CREATE
	if fresh {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(j.row.Part, flags, 0o666)
	if err != nil {
		return r.unwritten(err)
	}
	r.file = f
	if _, whole := r.whole(); !whole {
		return r.lost()
	}
	if from == 0 {
		j.hash = sha256.New()
		err = f.Truncate(0)
	} else {
		_, err = f.Seek(from, io.SeekStart)
	}
	if err != nil {
		return r.unwritten(err)
	}
	r.at(from)
	return outcome{}
}

// whole reports whether the unfinished file that is open is the one at its path,
// and how long it is.
func (r *run) whole() (size int64, whole bool) {
	open, err := r.file.Stat()
	if err != nil {
		return 0, false
	}
	there, err := os.Lstat(r.j.row.Part)
	return open.Size(), err == nil && os.SameFile(open, there)
}

// lost is the outcome when somebody took away the unfinished file, or changed
// it. What is there in its place is left alone.
func (r *run) lost() outcome {
	if _, err := os.Stat(r.j.row.Folder); err != nil {
		return r.unwritten(err)
	}
	e, j := r.e, r.j
	ours := false
	if r.file != nil {
		_, ours = r.whole()
		r.closeFile()
	}
	if ours {
		e.removePart(&j.row)
	}
	r.at(0)
	e.mu.Lock()
	defer e.mu.Unlock()
	j.hash, j.row.Part, j.row.ETag = nil, "", ""
	return outcome{verdict: again, costs: true, err: r.local(service.ReasonPartGone, nil)}
}

// safeName is the name that the file is to have.
func (r *run) safeName() string {
	if r.j.row.Name == "" {
		return SafeName(r.j.row.FileID)
	}
	return SafeName(r.j.row.Name)
}

// closeFile closes the unfinished file and notes what is in it.
func (r *run) closeFile() {
	if r.file == nil {
		return
	}
	if err := r.file.Close(); err != nil {
		r.j.hash = nil
	}
	r.file = nil
	r.at(r.got.Load())
}

// discard throws away what is here.
func (r *run) discard() {
	r.closeFile()
	r.e.removePart(&r.j.row)
	r.at(0)
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.hash, r.j.spoiled = nil, false
	r.j.row.ETag = ""
}

// removePart removes the unfinished file of a row.
func (e *Engine) removePart(row *storage.Download) {
	if row.Part == "" {
		return
	}
	if err := os.Remove(row.Part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.log.Warn("an unfinished file stays", slog.Any("error", err))
	}
}

// removeRest removes what a cancelled download leaves: the unfinished file, and
// the folder of its album if nothing else is in there.
func (e *Engine) removeRest(row *storage.Download) {
	if row.State == Downloaded.String() {
		return
	}
	e.removePart(row)
	if row.Album != "" && row.FileID != "" {
		_ = os.Remove(row.Folder) // not when it has files
	}
}

// strong gives an etag that can tell whether a file is still the same byte for
// byte, "" when it can't.
func strong(etag string) string {
	if strings.HasPrefix(etag, "W/") {
		return ""
	}
	return etag
}
