//go:build !linux && !darwin && !windows

package download

import (
	"errors"
	"syscall"
)

// diskSpace is not known here.
func diskSpace(string) (Space, error) { return Space{}, errors.ErrUnsupported }

// isFull reports whether a write failed because there is no room for it.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }
