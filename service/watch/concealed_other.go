//go:build !windows && !darwin

package watch

import "io/fs"

// concealed: only names hide, here.
func concealed(fs.FileInfo) bool { return false }

// concealedEntry: only names hide, here.
func concealedEntry(fs.DirEntry) bool { return false }
