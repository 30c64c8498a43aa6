// Package trash moves files to the bin of the platform, from where people take
// them back with their file manager. A file that no bin can take stays where
// it is: nothing is copied, and nothing is deleted.
// docs/decisions tells which bin is used where.
package trash

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/service"
)

// Move moves a regular file to the bin. It may be called on any goroutine; it
// waits for the disk, and looks at ctx before it changes something. The error
// is a *service.Error, or that of ctx; the file is then where it was. Its
// Value says why: ReasonMissingFile, ReasonNotRegular (also a link), or
// ReasonNoBin for all else.
func Move(ctx context.Context, path string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return refused(path, err)
	}
	if err := check(full); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return move(ctx, full)
}

// check looks whether there is a file that may be moved.
func check(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &service.Error{Op: operation, Path: path, Kind: service.NotFound, Value: service.ReasonMissingFile, Err: err}
	case err != nil:
		return refused(path, err)
	case !info.Mode().IsRegular():
		return &service.Error{Op: operation, Path: path, Kind: service.Invalid, Value: service.ReasonNotRegular}
	}
	return nil
}

const operation = "move to the bin"

// refused says that no bin takes the file.
func refused(path string, why error) error {
	return &service.Error{Op: operation, Path: path, Kind: service.Invalid, Value: service.ReasonNoBin, Err: why}
}
