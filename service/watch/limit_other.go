//go:build !unix

package watch

import (
	"errors"
	"io/fs"
)

// limitReason tells whether the system has no more room for watches.
func limitReason(error) Reason { return ReasonNoWatcher }

// notThere reports that a path leads nowhere.
func notThere(err error) bool { return errors.Is(err, fs.ErrNotExist) }
