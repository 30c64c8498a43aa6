package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"sluice/service"
)

const (
	samplePiece = 64 << 10 // bytes of each of the three samples of a contentPrint
	hashPiece   = 1 << 20  // bytes read at a time for a hash
	lookEvery   = 8 << 20  // bytes sent between two looks at the source
)

// contentPrint is the hash of samples of a large file. Equal contents have
// equal prints; different ones nearly always differ.
type contentPrint [sha256.Size]byte

// source is a file that is being uploaded, pinned as it was when opened.
type source struct {
	path string
	file *os.File    // nil for a tiny file, once read
	info fs.FileInfo // as opened
	data []byte      // all of a tiny file
	sum  string      // SHA-256 of what was read whole

	looked int64          // bytes since the last look
	final  func() error   // called before the last byte is given out
	err    *service.Error // why reading failed
}

// openSource opens a regular file, reading it whole when it is tiny.
func openSource(path string) (*source, *service.Error) {
	file, err := openFile(path)
	if err != nil {
		return nil, unseen(path, err)
	}
	s := &source{path: path, file: file}
	if s.info, err = file.Stat(); err != nil {
		s.close()
		return nil, refusal(path, service.ReasonUnreadable, err)
	}
	if !s.info.Mode().IsRegular() {
		s.close()
		return nil, refusal(path, service.ReasonNotRegular, nil)
	}
	return s, nil
}

func (s *source) size() int64        { return s.info.Size() }
func (s *source) modTime() time.Time { return s.info.ModTime() }

func (s *source) close() {
	if s != nil && s.file != nil {
		_ = s.file.Close() // it was only read
	}
}

// swallow reads a tiny file whole into buffer, which it may grow, and lets go
// of the file.
func (s *source) swallow(buffer []byte) *service.Error {
	s.data = slices.Grow(buffer[:0], int(s.size()))[:s.size()]
	_, err := io.ReadFull(s.file, s.data)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return changed(s.path) // shorter than it said
	case err != nil:
		return refusal(s.path, service.ReasonUnreadable, err)
	}
	if err := s.check(); err != nil {
		return err
	}
	s.close()
	s.file = nil
	sum := sha256.Sum256(s.data)
	s.sum = hex.EncodeToString(sum[:])
	return nil
}

// ReadAt implements io.ReaderAt for the upload. Between pieces it makes sure
// that the file is still what was pinned.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	end := off + int64(len(p))
	if s.final != nil && end >= s.size() {
		if err := s.final(); err != nil {
			return 0, err
		}
		s.final = nil
	}
	if s.data != nil {
		if off >= int64(len(s.data)) {
			return 0, io.EOF
		}
		n := copy(p, s.data[off:])
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	return s.readFile(p, off)
}

func (s *source) readFile(p []byte, off int64) (int, error) {
	n, err := s.file.ReadAt(p, off)
	s.looked += int64(n)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF) && off+int64(n) >= s.size():
	case errors.Is(err, io.EOF):
		s.err = changed(s.path)
		return n, s.err
	default:
		s.err = refusal(s.path, service.ReasonUnreadable, err)
		return n, s.err
	}
	if s.looked >= lookEvery {
		s.looked = 0
		if s.err = s.check(); s.err != nil {
			return 0, s.err
		}
	}
	return n, err
}

// check makes sure that the open file is still what was pinned.
func (s *source) check() *service.Error {
	now, err := s.file.Stat()
	if err != nil {
		return refusal(s.path, service.ReasonUnreadable, err)
	}
	if !same(now, s.info) {
		return changed(s.path)
	}
	return nil
}

// checkEnd makes sure that what was sent is still the file of that name. A file
// that is gone was sent whole all the same.
func (s *source) checkEnd() *service.Error {
	if s.file == nil {
		return nil // sent as it was when read
	}
	if err := s.check(); err != nil {
		return err
	}
	if now, err := os.Stat(s.path); err == nil && !os.SameFile(now, s.info) {
		return changed(s.path)
	}
	return nil
}

func same(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func changed(path string) *service.Error {
	return &service.Error{Op: "upload", Path: path, Kind: service.SourceChanged}
}

// hash reads the whole file, telling how many bytes after each piece.
func (s *source) hash(ctx context.Context, read func(n int)) (string, *service.Error) {
	if s.sum != "" {
		return s.sum, nil
	}
	h, piece := sha256.New(), make([]byte, hashPiece)
	for off := int64(0); off < s.size(); {
		if ctx.Err() != nil {
			return "", &service.Error{Op: "hash", Path: s.path, Kind: service.Internal, Err: context.Cause(ctx)}
		}
		n, err := s.readFile(piece[:min(hashPiece, s.size()-off)], off)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", s.err
		}
		_, _ = h.Write(piece[:n])
		off += int64(n)
		read(n)
	}
	if err := s.check(); err != nil {
		return "", err
	}
	s.sum = hex.EncodeToString(h.Sum(nil))
	return s.sum, nil
}

// printOf takes the samples of a file of a given size.
func printOf(r io.ReaderAt, size int64) (contentPrint, error) {
	h, piece := sha256.New(), make([]byte, samplePiece)
	for _, at := range []int64{0, (size - samplePiece) / 2, size - samplePiece} {
		if _, err := r.ReadAt(piece, max(at, 0)); err != nil && !errors.Is(err, io.EOF) {
			return contentPrint{}, err
		}
		_, _ = h.Write(piece)
	}
	return contentPrint(h.Sum(nil)), nil
}

// openPinned opens a file that must still have this size and time.
func openPinned(path string, size int64, mod time.Time) (*source, *service.Error) {
	s, err := openSource(path)
	if err != nil {
		return nil, err
	}
	if s.size() != size || !s.modTime().Equal(mod) {
		s.close()
		return nil, changed(path)
	}
	return s, nil
}
