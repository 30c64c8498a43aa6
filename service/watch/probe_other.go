//go:build !linux && !windows

package watch

import "os"

// limitOf: there is none that can be raised.
func limitOf(Reason) int { return 0 }

// holds can't be told here.
func holds(*os.File) holding { return unknown }
