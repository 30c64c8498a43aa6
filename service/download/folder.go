package download

import (
	"errors"
	"os"

	"sluice/service"
)

// CheckFolder makes sure that files can be downloaded into a folder, which it
// makes if only that one is missing. It fails with ReasonFolderUnusable.
func CheckFolder(folder string) error {
	unusable := func(err error) error {
		return &service.Error{Op: "use a folder", Path: folder, Kind: service.Invalid, Value: service.ReasonFolderUnusable, Err: err}
	}
	if err := makeFolder(folder); err != nil {
		return unusable(err)
	}
	f, err := os.CreateTemp(folder, ".sluice-*.part")
	if err != nil {
		return unusable(err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return unusable(err)
	}
	return nil
}
