package download

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// diskSpace tells how much room a folder has for its user.
func diskSpace(folder string) (Space, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return Space{}, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return Space{}, err
	}
	return Space{Free: free, Volume: filepath.VolumeName(folder)}, nil
}

// isFull reports whether a write failed because there is no room for it, or
// because the disk takes no file of that size.
func isFull(err error) bool {
	for _, full := range []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_FILE_TOO_LARGE} {
		if errors.Is(err, full) {
			return true
		}
	}
	return false
}
