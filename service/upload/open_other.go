//go:build !unix

package upload

import (
	"errors"
	"os"
	"syscall"
)

// openFile opens a file for reading.
func openFile(path string) (*os.File, error) { return os.Open(path) }

// notFolder reports that a path can't be one: Windows does not tell a wrong
// name (error 123) from a missing file.
func notFolder(err error) bool { return errors.Is(err, syscall.Errno(123)) }
