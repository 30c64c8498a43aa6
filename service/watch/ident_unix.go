//go:build unix

package watch

import (
	"errors"
	"io/fs"
	"syscall"
)

// number gives the device and number of a file, 0 when they are not known.
func number(_ string, info fs.FileInfo) (device, inode uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev), s.Ino //nolint:unconvert // other systems have other types there
	}
	return 0, 0
}

// otherDisk reports that a file could not be moved because it would change its
// disk.
func otherDisk(err error) bool { return errors.Is(err, syscall.EXDEV) }
