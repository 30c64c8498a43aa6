package sandbox

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/service"
)

// blobs keeps the contents of files below a folder: first under incoming,
// then, whole, under contents. The file names are hexadecimal because ids
// differ by case and not every file system does.
type blobs struct {
	incoming, contents string
}

func openBlobs(dir string) (blobs, error) {
	b := blobs{incoming: filepath.Join(dir, "incoming"), contents: filepath.Join(dir, "contents")}
	for _, d := range []string{b.incoming, b.contents} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return b, fmt.Errorf("sandbox: %w", err)
		}
	}
	return b, nil
}

func (b blobs) path(id service.FileID) string {
	name := hex.EncodeToString([]byte(id))
	return filepath.Join(b.contents, name[len(name)-2:], name)
}

// create makes a file for an upload that is coming in.
func (b blobs) create() (*os.File, error) {
	return os.CreateTemp(b.incoming, "upload-*")
}

// keep makes a finished upload, closed by now, the contents of id.
func (b blobs) keep(incoming string, id service.FileID) error {
	path := b.path(id)
	err := os.Rename(incoming, path)
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.Rename(incoming, path)
}

func (b blobs) open(id service.FileID) (*os.File, error) { return os.Open(b.path(id)) }

func (b blobs) remove(id service.FileID) error {
	if err := os.Remove(b.path(id)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// size gives the size of id's contents, -1 if there are none.
func (b blobs) size(id service.FileID) int64 {
	info, err := os.Stat(b.path(id))
	if err != nil {
		return -1
	}
	return info.Size()
}

// sweep removes what a crash left: unfinished uploads, and contents that no
// file has. It touches only what this package has named.
func (b blobs) sweep(wanted func(service.FileID) bool) error {
	left, err := filepath.Glob(filepath.Join(b.incoming, "upload-*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, path := range left {
		errs = append(errs, os.Remove(path))
	}
	err = filepath.WalkDir(b.contents, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		id, err := hex.DecodeString(d.Name())
		ours := err == nil && len(id) == idLength && strings.HasSuffix(d.Name(), filepath.Base(filepath.Dir(path)))
		if ours && !wanted(service.FileID(id)) {
			errs = append(errs, os.Remove(path))
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}
