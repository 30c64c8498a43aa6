package watch

import (
	"io/fs"
	"syscall"
)

// concealed reports whether a file or folder has the mark of hidden ones.
func concealed(info fs.FileInfo) bool {
	const flagHidden = 0x8000 // UF_HIDDEN
	data, ok := info.Sys().(*syscall.Stat_t)
	return ok && data.Flags&flagHidden != 0
}

// concealedEntry is concealed for what a folder lists.
func concealedEntry(entry fs.DirEntry) bool {
	info, err := entry.Info()
	return err == nil && concealed(info)
}
