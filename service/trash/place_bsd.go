//go:build unix && !darwin && !linux

package trash

import (
	"errors"

	"golang.org/x/sys/unix"
)

// placeOf says on which file system a folder is.
func placeOf(dir string) (place, error) {
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return place{}, err
	}
	return place{device: uint64(st.Dev)}, nil //nolint:gosec,unconvert // its type is another on each system
}

// renameNew can't be done here in one step.
func renameNew(string, string) error { return errors.ErrUnsupported }
