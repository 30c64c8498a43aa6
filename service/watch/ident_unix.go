//go:build unix

package watch

import (
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
