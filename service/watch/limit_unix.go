//go:build unix

package watch

import (
	"errors"
	"syscall"
)

// limitReason tells whether the system has no more room for watches.
func limitReason(err error) Reason {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return ReasonWatches
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return ReasonInstances
	}
	return ReasonNoWatcher
}

// notThere reports that a path leads nowhere, also because a folder in it is
// none.
func notThere(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR)
}
