package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sluice/service/trash"
)

// maxNumber bounds the numbers that are tried for a name.
const maxNumber = 10_000

// partName is how files begin that are being copied to another disk.
const partName = ".sluice-moving-"

// Disk is the Remover for the real disk and the real bin.
type Disk struct{}

// Bin implements Remover.
func (Disk) Bin(ctx context.Context, path string) error { return trash.Move(ctx, path) }

// Move implements Remover. A name that is taken gets a number. To another disk
// the file is copied, and removed here once the copy is on that disk.
func (Disk) Move(ctx context.Context, path, folder string) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("move to a folder: %w", err)
	}
	err := moveInto(path, folder, filepath.Base(path))
	if otherDisk(err) {
		err = copyInto(ctx, path, folder)
	}
	if err != nil {
		return fmt.Errorf("move to a folder: %w", err)
	}
	return nil
}

// moveInto moves a file into a folder of the same disk, under a name that
// nothing has there.
func moveInto(path, folder, name string) error {
	ext := filepath.Ext(name)
	for n := 1; n < maxNumber; n++ {
		to := filepath.Join(folder, name)
		if n > 1 {
			to = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		err := moveNew(path, to)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return fs.ErrExist
}

// moveNew moves a file to a name that nothing has; of several that do so at once
// one succeeds, as an empty file takes the name first. What is at from is moved
// in one step: it is never a link that is removed, which could be another file
// by then.
func moveNew(from, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), os.Rename(from, to)); err != nil {
		return errors.Join(err, os.Remove(to))
	}
	return nil
}

// copyInto is moveInto for a folder of another disk.
func copyInto(ctx context.Context, path, folder string) (err error) {
	from, err := openForProbe(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	info, err := from.Stat()
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(folder, partName+"*")
	if err != nil {
		return err
	}
	moved := false
	defer func() {
		if !moved {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	_, err = io.Copy(part, reader{ctx, from})
	err = errors.Join(err, part.Chmod(info.Mode().Perm()), part.Sync(), part.Close())
	if err != nil {
		return err
	}
	_ = os.Chtimes(part.Name(), info.ModTime(), info.ModTime()) // a file without its date is better than none
	now, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(info, now) || !identOf(path, now).sameVersion(identOf(path, info)) {
		return errChanged
	}
	if err = moveInto(part.Name(), folder, filepath.Base(path)); err != nil {
		return err
	}
	moved = true
	return os.Remove(path)
}
