//go:build unix

package upload

import (
	"errors"
	"os"
	"syscall"
)

// openFile opens a file for reading. Should it have become a FIFO since it was
// looked at, that does not wait for a writer.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// notFolder reports that a part of a path is a file where a folder is needed,
// or is longer than any name can be.
func notFolder(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}
