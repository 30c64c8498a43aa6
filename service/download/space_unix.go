//go:build linux || darwin

package download

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// diskSpace tells how much room a folder has for its user.
func diskSpace(folder string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return Space{}, err
	}
	return Space{Free: s.Bavail * uint64(s.Bsize), Volume: fmt.Sprint(s.Fsid)}, nil
}

// isFull reports whether a write failed because there is no room for it, or
// because the disk takes no file of that size.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
