package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// rotating appends to dir/name. When the file would grow over limit it is
// renamed to name.1, an older name.1 to name.2, and so on up to name.<keep>.
type rotating struct {
	path  string
	limit int64
	keep  int

	mu     sync.Mutex
	file   *os.File // nil when it could not be opened again after a rotation
	size   int64
	closed bool
}

func openRotating(dir, name string, limit int64, keep int) (*rotating, error) {
	r := &rotating{path: filepath.Join(dir, name), limit: limit, keep: keep}
	if err := r.open(); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return r, nil
}

func (r *rotating) open() error {
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	r.file, r.size = file, info.Size()
	return nil
}

// Write appends p, which is never split over two files.
func (r *rotating) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, fs.ErrClosed
	}
	if r.file == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	if r.size > 0 && r.size+int64(len(p)) > r.limit {
		if err := r.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Write(p)
	r.size += int64(n)
	return n, err
}

// rotate puts the file aside. A rename that fails (someone has the file open,
// on Windows) leaves it growing: a large log is better than a lost line.
func (r *rotating) rotate() error {
	closed := r.file.Close()
	r.file = nil
	for i := r.keep; i > 0; i-- {
		from := r.path
		if i > 1 {
			from = r.aside(i - 1)
		}
		if err := os.Rename(from, r.aside(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return errors.Join(closed, r.open())
}

func (r *rotating) aside(i int) string { return r.path + "." + strconv.Itoa(i) }

// Close closes the file; writing fails afterwards. A second call does nothing.
func (r *rotating) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}
