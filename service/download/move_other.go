//go:build !linux && !darwin

package download

import "errors"

// renameNew can't be done here in one step.
func renameNew(string, string) error { return errors.ErrUnsupported }
